#include "network/byzantine/liar.h"

static const struct str mode_texts[] = {
#define M(constant, name) {"" name, sizeof(name) - 1},
    LIAR_LIST(M)
#undef M
};
_Static_assert(ARRAY_LEN(mode_texts) == LIAR_MODES, "a name for every mode");

struct str liar_mode_text(enum liar_mode mode)
{
    ASSERT(mode < LIAR_MODES);
    return mode_texts[mode];
}

bool liar_mode_parse(struct str text, enum liar_mode *out)
{
    for (size_t i = 0; i < LIAR_MODES; i++) {
        if (!str_eq(text, mode_texts[i])) continue;
        *out = (enum liar_mode)i;
        return true;
    }
    return false;
}

bool liar_flavour_parse(struct str text, enum evidence_flavour *out)
{
    static const char *const texts[] = {"bad_state_root", "invalid_transaction", "wrong_parent", "future_timestamp", "oversize", "bad_signature"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (!str_eq(text, str_of(texts[i]))) continue;
        *out = (enum evidence_flavour)(FLAVOUR_BAD_STATE_ROOT + (int)i);
        return true;
    }
    return false;
}
