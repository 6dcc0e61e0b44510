#include "core/codec/binary.h"

void bin_put_u8(struct buf *out, uint8_t value) { *buf_grow(out, 1) = value; }
void bin_put_u16(struct buf *out, uint16_t value) { bin_store_u16(buf_grow(out, 2), value); }
void bin_put_u32(struct buf *out, uint32_t value) { bin_store_u32(buf_grow(out, 4), value); }
void bin_put_u64(struct buf *out, uint64_t value) { bin_store_u64(buf_grow(out, 8), value); }
void bin_put_u128(struct buf *out, u128 value) { bin_store_u128(buf_grow(out, 16), value); }

void bin_put_bytes(struct buf *out, const void *data, size_t bytes) { buf_put(out, data, bytes); }

void bin_put_str(struct buf *out, struct str text)
{
    ASSERT(text.len <= UINT16_MAX);
    bin_put_u16(out, (uint16_t)text.len);
    buf_put(out, text.data, text.len);
}

void bin_put_blob(struct buf *out, struct str bytes)
{
    ASSERT(bytes.len <= UINT32_MAX);
    bin_put_u32(out, (uint32_t)bytes.len);
    buf_put(out, bytes.data, bytes.len);
}

struct bin_reader bin_reader_of(const void *data, size_t bytes)
{
    const uint8_t *start = data;
    return (struct bin_reader){.start = start, .at = start, .end = bytes == 0 ? start : start + bytes};
}

const uint8_t *bin_take(struct bin_reader *r, size_t bytes)
{
    if (r->bad || bytes > (size_t)(r->end - r->at)) {
        r->bad = true;
        return NULL;
    }
    const uint8_t *at = r->at;
    if (bytes > 0) r->at += bytes;
    return at;
}

uint8_t bin_get_u8(struct bin_reader *r)
{
    const uint8_t *at = bin_take(r, 1);
    return at == NULL ? 0 : *at;
}

uint16_t bin_get_u16(struct bin_reader *r)
{
    const uint8_t *at = bin_take(r, 2);
    return at == NULL ? 0 : bin_load_u16(at);
}

uint32_t bin_get_u32(struct bin_reader *r)
{
    const uint8_t *at = bin_take(r, 4);
    return at == NULL ? 0 : bin_load_u32(at);
}

uint64_t bin_get_u64(struct bin_reader *r)
{
    const uint8_t *at = bin_take(r, 8);
    return at == NULL ? 0 : bin_load_u64(at);
}

u128 bin_get_u128(struct bin_reader *r)
{
    const uint8_t *at = bin_take(r, 16);
    return at == NULL ? 0 : bin_load_u128(at);
}

bool bin_get_bool(struct bin_reader *r)
{
    const uint8_t value = bin_get_u8(r);
    if (value > 1) bin_fail(r);
    return value == 1;
}

void bin_get_bytes(struct bin_reader *r, void *out, size_t bytes)
{
    const uint8_t *at = bin_take(r, bytes);
    if (bytes == 0) return;
    if (at == NULL)
        memset(out, 0, bytes);
    else
        memcpy(out, at, bytes);
}

static bool has_control(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        if (c < 0x20 || c == 0x7f) return true;
    }
    return false;
}

struct str bin_get_str(struct bin_reader *r, size_t bytes_max)
{
    const size_t len = bin_get_u16(r);
    if (len > bytes_max) bin_fail(r);
    const uint8_t *at = bin_take(r, len);
    if (at == NULL) return (struct str){0};
    const struct str text = {(const char *)at, len};
    if (has_control(text) || !str_is_utf8(text)) {
        bin_fail(r);
        return (struct str){0};
    }
    return text;
}

struct str bin_get_blob(struct bin_reader *r, size_t bytes_max)
{
    const size_t len = bin_get_u32(r);
    if (len > bytes_max) bin_fail(r);
    const uint8_t *at = bin_take(r, len);
    if (at == NULL) return (struct str){0};
    return (struct str){(const char *)at, len};
}

uint16_t bin_get_count(struct bin_reader *r, size_t count_max, size_t item_bytes_min)
{
    const uint16_t count = bin_get_u16(r);
    if (count > count_max || (size_t)count * item_bytes_min > bin_left(r)) {
        bin_fail(r);
        return 0;
    }
    return count;
}

void bin_fail(struct bin_reader *r) { r->bad = true; }

size_t bin_left(const struct bin_reader *r) { return r->bad ? 0 : (size_t)(r->end - r->at); }

size_t bin_offset(const struct bin_reader *r) { return (size_t)(r->at - r->start); }

bool bin_done(const struct bin_reader *r) { return !r->bad && r->at == r->end; }
