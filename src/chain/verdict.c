#include "chain/verdict.h"

struct str verdict_text(enum verdict verdict)
{
    static const struct str names[] = {
#define V(name, text) [VERDICT_##name] = {text, sizeof(text) - 1},
        VERDICT_LIST(V)
#undef V
    };
    _Static_assert(ARRAY_LEN(names) == VERDICT_COUNT, "a name for every verdict");
    ASSERT((unsigned)verdict < VERDICT_COUNT);
    return names[verdict];
}
