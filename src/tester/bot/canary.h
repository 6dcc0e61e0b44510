/* Canary: what must not be told in public. Whoever knows something private plants it: a shielded address, a secret, an amount inside the
 * pool, somebody's papers. The run then looks through all that is public, and through its own logs, and whatever is found there has leaked.
 *
 * Canaries are found wherever they stand in a text: as they are, and in lower-case hex. Amounts are found as whole numbers, not as a part
 * of a longer one, and no price. An amount that is public for a reason of its own (somebody deposited as much) is none. */
#ifndef BOT_CANARY_H
#define BOT_CANARY_H

#include "core/base/str.h"
#include "tester/bot/bot.h"

/* The claim of behaviours that look for themselves at what is told of what they did: counted together with the look at everything. */
#define CANARY_CLAIM "nothing private in clear"

#define CANARY_BYTES_MIN 8u        /* of a text; shorter ones stand in too many places */
#define CANARY_AMOUNT_MIN 10000u   /* of an amount, for the same reason */

/* `what` is a literal that says what it is ("a shielded address"); reports name it, never the canary itself. False: too short, or too common
 * (an amount below CANARY_AMOUNT_MIN, or a round one), and nothing is planted. Planting twice is fine. */
bool canary_plant(struct crew *crew, const char *what, struct str text);
bool canary_plant_bytes(struct crew *crew, const char *what, const void *data, size_t bytes); /* at least 4; told in hex */
bool canary_amount_tells(uint64_t amount); /* whether it is rare enough that where it stands, it was told */
bool canary_plant_amount(struct crew *crew, const char *what, uint64_t amount);
void canary_clear_amount(struct crew *crew, uint64_t amount); /* it is public: no canary, whenever it was or will be planted */
size_t canary_count(const struct crew *crew);

enum canary_text {
    CANARY_IN_ANSWER, /* JSON of the network: amounts stand in quotes */
    CANARY_IN_LOG,    /* any text */
};
/* What of the planted stands in the text, the first of it; NULL: nothing. */
const char *canary_find(const struct crew *crew, struct str text, enum canary_text kind);

void canaries_free(struct crew *crew);

#endif
