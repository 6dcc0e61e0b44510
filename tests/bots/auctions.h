/* Auctions: what tests about names wait for. */
#ifndef BOTS_AUCTIONS_H
#define BOTS_AUCTIONS_H

#include "tester/client/alpha_names.h"
#include "village.h"

/* Until the name's auction is in that phase (an enum of response_names.h); fails when that does not come within 100 s of the village's time. */
static inline void auction_wait(struct village *v, const char *name, uint32_t phase)
{
    struct answer answer;
    for (unsigned i = 0; i < 400; i++) {
        const struct name_view *view = alpha_name(&v->crew.alpha, str_of(name), village_in(v, duration_s(10)), &answer);
        CHECK(view != NULL);
        const bool reached = view->phase == phase;
        answer_done(&answer);
        if (reached) return;
        fiber_sleep(v->env, duration_ms(250));
    }
    CHECK_FAIL("the phase never came");
}

#endif
