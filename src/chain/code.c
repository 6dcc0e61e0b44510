#include "chain/code.h"

struct row {
    struct str name;
    uint16_t http;
    struct str stages, message;
};

static const struct row rows[] = {[CODE_NONE] = {{"", 0}, 200, {"", 0}, {"", 0}},
#define C(name, http, stages, message)                                                                                           \
    [CODE_##name] = {{#name, sizeof(#name) - 1}, http, {stages, sizeof(stages) - 1}, {message, sizeof(message) - 1}},
                                  CODE_LIST(C)
#undef C
};
_Static_assert(ARRAY_LEN(rows) == CODE_COUNT, "a row for every code");

static const struct row *row_of(enum code code)
{
    ASSERT((unsigned)code < CODE_COUNT);
    return &rows[code];
}

struct str code_text(enum code code) { return row_of(code)->name; }
uint16_t code_http(enum code code) { return row_of(code)->http; }
struct str code_stages(enum code code) { return row_of(code)->stages; }
struct str code_message(enum code code) { return row_of(code)->message; }

bool code_has_retry_after(enum code code)
{
    const uint16_t http = code_http(code);
    return http == 429 || http == 503;
}

bool code_parse(struct str text, enum code *out)
{
    for (size_t i = 1; i < ARRAY_LEN(rows); i++) {
        if (!str_eq(rows[i].name, text)) continue;
        *out = (enum code)i;
        return true;
    }
    return false;
}

struct str code_at(size_t i) { return i + 1 < ARRAY_LEN(rows) ? rows[i + 1].name : (struct str){0}; }
