#include "core/base/buf.h"

#include <stdio.h>

void buf_init(struct buf *buf) { *buf = (struct buf){0}; }

void buf_done(struct buf *buf)
{
    base_free(buf->data);
    *buf = (struct buf){0};
}

void buf_clear(struct buf *buf) { buf->len = 0; }

static void buf_reserve(struct buf *buf, size_t bytes)
{
    ASSERT(bytes <= SIZE_MAX / 4 && buf->len <= SIZE_MAX / 4);
    const size_t need = buf->len + bytes;
    if (need <= buf->cap) return;
    size_t cap = buf->cap > 0 ? buf->cap : 64;
    while (cap < need) cap *= 2;
    buf->data = base_realloc(buf->data, cap);
    buf->cap = cap;
}

uint8_t *buf_grow(struct buf *buf, size_t bytes)
{
    buf_reserve(buf, MAX(bytes, 1));
    uint8_t *room = buf->data + buf->len;
    buf->len += bytes;
    return room;
}

void buf_put(struct buf *buf, const void *data, size_t bytes)
{
    if (bytes > 0) memcpy(buf_grow(buf, bytes), data, bytes);
}

void buf_put_str(struct buf *buf, struct str s) { buf_put(buf, s.data, s.len); }

void buf_put_char(struct buf *buf, char c) { *buf_grow(buf, 1) = (uint8_t)c; }

void buf_printf(struct buf *buf, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    buf_reserve(buf, 64);
    const size_t room = buf->cap - buf->len;
    const int len = vsnprintf((char *)buf->data + buf->len, room, fmt, args);
    ASSERT(len >= 0);
    if ((size_t)len >= room) {
        buf_reserve(buf, (size_t)len + 1);
        (void)vsnprintf((char *)buf->data + buf->len, (size_t)len + 1, fmt, again); /* measured above */
    }
    buf->len += (size_t)len;
    va_end(again);
    va_end(args);
}

void buf_put_hex(struct buf *buf, const void *data, size_t bytes) { str_hex(data, bytes, (char *)buf_grow(buf, 2 * bytes)); }

struct str buf_str(const struct buf *buf) { return (struct str){buf->len > 0 ? (const char *)buf->data : "", buf->len}; }
