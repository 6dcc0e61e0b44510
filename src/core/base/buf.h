/* Buf: growable bytes, for building encodings and text. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "core/base/str.h"

struct buf {
    uint8_t *data;
    size_t len, cap;
};

void buf_init(struct buf *buf); /* same as {0} */
void buf_done(struct buf *buf);
void buf_clear(struct buf *buf); /* keeps the memory */
uint8_t *buf_grow(struct buf *buf, size_t bytes); /* appends uninitialised room, returns where it starts */
void buf_put(struct buf *buf, const void *data, size_t bytes);
void buf_put_str(struct buf *buf, struct str s);
void buf_put_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_put_hex(struct buf *buf, const void *data, size_t bytes);
struct str buf_str(const struct buf *buf); /* borrowed view */

#endif
