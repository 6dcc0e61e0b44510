#include "chain/kind.h"

static const struct kind_row rows[] = {
#define K(constant, code, name, chain, lane, flash, build)                                                                       \
    {KIND_##constant, {name, sizeof(name) - 1}, CHAIN_##chain, LANE_##lane, flash, build},
    KIND_LIST(K)
#undef K
};

const struct kind_row *kind_at(size_t i) { return i < ARRAY_LEN(rows) ? &rows[i] : NULL; }

/* By code: the number of its row, from 1. */
enum {
    PLACE_NONE,
#define K(constant, code, name, chain, lane, flash, build) PLACE_##constant,
    KIND_LIST(K)
#undef K
};
static const uint8_t places[] = {
#define K(constant, code, name, chain, lane, flash, build) [code] = PLACE_##constant,
    KIND_LIST(K)
#undef K
};
_Static_assert(ARRAY_LEN(rows) <= UINT8_MAX, "a place is a byte");

const struct kind_row *kind_find(uint16_t code)
{
    return code < ARRAY_LEN(places) && places[code] != PLACE_NONE ? &rows[places[code] - 1] : NULL;
}

const struct kind_row *kind_find_name(enum chain_id chain, struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].chain == chain && str_eq(rows[i].name, name)) return &rows[i];
    return NULL;
}

struct str lane_text(enum lane lane) { return lane == LANE_GENERAL ? STR("general") : STR("dex"); }

bool lane_parse(struct str text, enum lane *out)
{
    const bool general = str_eq(text, STR("general"));
    if (!general && !str_eq(text, STR("dex"))) return false;
    *out = general ? LANE_GENERAL : LANE_DEX;
    return true;
}
