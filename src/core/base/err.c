#include "core/base/err.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/base/str.h"

_Static_assert(sizeof(struct err) <= 512, "errors live on fiber stacks");

bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    err->code = code;
    (void)vsnprintf(err->text, sizeof(err->text), fmt, args); /* a longer text is cut */
    va_end(args);
    return false;
}

bool err_wrap(struct err *err, const char *fmt, ...)
{
    char inner[sizeof(err->text)];
    memcpy(inner, err->text, sizeof(inner));
    inner[sizeof(inner) - 1] = '\0';
    va_list args;
    va_start(args, fmt);
    const int len = vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    size_t used = len > 0 ? MIN((size_t)len, sizeof(err->text) - 1) : 0;
    const struct str parts[] = {STR(": "), str_of(inner)};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        const size_t take = MIN(parts[i].len, sizeof(err->text) - 1 - used); /* a longer text is cut */
        memcpy(err->text + used, parts[i].data, take);
        used += take;
    }
    err->text[used] = '\0';
    return false;
}
