/* Parameters and rates from any text: taken or refused with a message, never worse; and what was taken can be drawn. */
#include "core/base/check.h"
#include "tester/bot/arg.h"
#include "tester/bot/schedule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    if (bytes < 1 || bytes > 4096) return 0;
    static const char *const words[] = {"buy", "sell", NULL};
    const struct str text = {(const char *)data + 1, bytes - 1};
    struct arena arena;
    arena_init(&arena, 0);
    const enum param_type type = (enum param_type)(data[0] % 10);
    const struct param_spec spec = {"p", type, NULL,
                                    type == PARAM_CHOICE || type == PARAM_LIST || type == PARAM_WEIGHTS ? words : NULL};
    struct arg arg;
    struct err err = {0};
    if (arg_parse(&spec, text, &arena, &arg, &err)) {
        struct rng rng;
        rng_init(&rng, 1);
        const u128 value = arg_draw(&arg, &rng);
        CHECK(value >= arg.lo && value <= arg.hi);
        (void)arg_draw_word(&arg, &rng);
        if (type == PARAM_TEXT && (!arg.filler || arg.lo < 10000))
            CHECK(!arg.filler || arg_text(&arg, &rng, &arena).len == (size_t)arg.lo);
    } else {
        CHECK(err.text[0] != '\0');
    }
    struct schedule_plan plan = {.bots = 3, .length = duration_ms(20), .count_max = 50};
    err = (struct err){0};
    if (schedule_parse(text, &plan, &err)) {
        struct rng rng;
        rng_init(&rng, 2);
        struct pacer pacer;
        pacer_init(&pacer, &plan, &rng);
        uint32_t bot;
        struct instant at, last = {0};
        while (pacer_next(&pacer, &bot, &at)) {
            CHECK(bot < 3 && at.ns >= last.ns && at.ns < plan.length.ns);
            last = at;
        }
        pacer_done(&pacer);
    } else {
        CHECK(err.text[0] != '\0');
    }
    arena_done(&arena);
    return 0;
}
