/* Binary: the canonical byte forms of the wire contract: little-endian integers, counted strings, hex and
 * arrays, optionals. Writing appends to a struct buf and cannot fail; reading is sticky: after the first
 * fault every getter answers zero and bin_done answers false, so that a decoder checks once, at its end.
 * A reader borrows its bytes and never copies. */
#ifndef CODEC_BINARY_H
#define CODEC_BINARY_H

#include "core/base/buf.h"
#include "core/base/num.h"

/* ---- writing ---- */
void bin_put_u8(struct buf *out, uint8_t value);
void bin_put_u16(struct buf *out, uint16_t value);
void bin_put_u32(struct buf *out, uint32_t value);
void bin_put_u64(struct buf *out, uint64_t value);
void bin_put_u128(struct buf *out, u128 value);
void bin_put_bytes(struct buf *out, const void *data, size_t bytes); /* fixed length: no count in front */
void bin_put_str(struct buf *out, struct str text);                  /* u16 length ‖ bytes; at most 65535 */
void bin_put_blob(struct buf *out, struct str bytes);                /* `hex`: u32 length ‖ bytes */

/* The same into memory the caller has measured. */
static inline void bin_store_u16(uint8_t *at, uint16_t v) { memcpy(at, &v, 2); }
static inline void bin_store_u32(uint8_t *at, uint32_t v) { memcpy(at, &v, 4); }
static inline void bin_store_u64(uint8_t *at, uint64_t v) { memcpy(at, &v, 8); }
static inline void bin_store_u128(uint8_t *at, u128 v) { memcpy(at, &v, 16); }
static inline uint16_t bin_load_u16(const uint8_t *at)
{
    uint16_t v;
    memcpy(&v, at, 2);
    return v;
}
static inline uint32_t bin_load_u32(const uint8_t *at)
{
    uint32_t v;
    memcpy(&v, at, 4);
    return v;
}
static inline uint64_t bin_load_u64(const uint8_t *at)
{
    uint64_t v;
    memcpy(&v, at, 8);
    return v;
}
static inline u128 bin_load_u128(const uint8_t *at)
{
    u128 v;
    memcpy(&v, at, 16);
    return v;
}
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the canonical bytes are little-endian; this machine needs swapping loads and stores"
#endif

/* ---- reading ---- */
struct bin_reader {
    const uint8_t *start, *at, *end;
    bool bad; /* set by the first getter that ran out of bytes or met a refused value; never cleared */
};

struct bin_reader bin_reader_of(const void *data, size_t bytes);
uint8_t bin_get_u8(struct bin_reader *r);
uint16_t bin_get_u16(struct bin_reader *r);
uint32_t bin_get_u32(struct bin_reader *r);
uint64_t bin_get_u64(struct bin_reader *r);
u128 bin_get_u128(struct bin_reader *r);
bool bin_get_bool(struct bin_reader *r); /* bytes other than 0 and 1 are a fault */
/* Copies `bytes` bytes to `out`; zeroes `out` on a fault. */
void bin_get_bytes(struct bin_reader *r, void *out, size_t bytes);
/* Borrows `bytes` bytes; NULL on a fault. */
const uint8_t *bin_take(struct bin_reader *r, size_t bytes);
/* u16 length ‖ bytes. Longer than `bytes_max`, malformed UTF-8 or control characters are a fault. Borrowed. */
struct str bin_get_str(struct bin_reader *r, size_t bytes_max);
/* u32 length ‖ bytes, any bytes. Longer than `bytes_max` is a fault. Borrowed. */
struct str bin_get_blob(struct bin_reader *r, size_t bytes_max);
/* u16 count of an array whose items take at least `item_bytes_min` bytes each; a count above `count_max`, or one
 * that the remaining bytes cannot hold, is a fault (and 0). */
uint16_t bin_get_count(struct bin_reader *r, size_t count_max, size_t item_bytes_min);
void bin_fail(struct bin_reader *r); /* the caller met a value it refuses */
size_t bin_left(const struct bin_reader *r);
size_t bin_offset(const struct bin_reader *r);
/* True when nothing went wrong and no byte is left over. */
bool bin_done(const struct bin_reader *r) MUST_CHECK;

#endif
