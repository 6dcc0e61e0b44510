/* Err: why something a person asked for could not be done. Owned by the caller, never allocates. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "core/base/attr.h"

enum err_code {
    ERR_NONE,
    ERR_PARSE,       /* text or bytes are malformed */
    ERR_LIMIT,       /* well formed, beyond a stated limit */
    ERR_NOT_FOUND,
    ERR_CONFLICT,    /* contradicts something else that was said */
    ERR_IO,          /* the operating system said no */
    ERR_TIMEOUT,
    ERR_UNAVAILABLE, /* nobody answers there */
    ERR_REFUSED,     /* the other side answered, with a refusal */
    ERR_UNSUPPORTED,
    ERR_INTERRUPTED,
};

struct err {
    enum err_code code;
    char text[500];
};

/* Both return false, so that `return err_set(...)` reads well. err_wrap puts "what: " in front. */
bool err_set(struct err *err, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
bool err_wrap(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
