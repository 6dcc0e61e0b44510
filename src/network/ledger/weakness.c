#include "network/ledger/weakness.h"

static const struct weakness_row rows[] = {
#define W(constant, text, area_text, description_text, build)                                                                    \
    {.weakness = WEAKNESS_##constant,                                                                                            \
     .name = {"" text, sizeof(text) - 1},                                                                                        \
     .area = {"" area_text, sizeof(area_text) - 1},                                                                              \
     .description = {"" description_text, sizeof(description_text) - 1},                                                         \
     .in_build = (build)},
    WEAKNESS_LIST(W)
#undef W
};
_Static_assert(ARRAY_LEN(rows) == WEAKNESS_COUNT, "a row for every weakness");

void weakness_put(struct weaknesses *set, enum weakness weakness, bool on)
{
    ASSERT(weakness < WEAKNESS_COUNT);
    const uint64_t bit = UINT64_C(1) << (weakness % 64);
    if (on)
        set->bits[weakness / 64] |= bit;
    else
        set->bits[weakness / 64] &= ~bit;
}

const struct weakness_row *weakness_at(size_t i) { return i < ARRAY_LEN(rows) ? &rows[i] : NULL; }

const struct weakness_row *weakness_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_eq(rows[i].name, name)) return &rows[i];
    return NULL;
}
