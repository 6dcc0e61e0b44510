/* What must hold of payments, and of what any bot may ask, can fail: views that lie. One line a row. */
#include "broken.h"

static const char *const burst[] = {"size=4", NULL};
static const char *const batch[] = {"outputs=3", NULL};
static const struct {
    const char *behavior;
    const char *const *sets;
} paying[] = {{"transfer.batch", batch}, {"transfer.burst", burst}, {"transfer.simple", NULL}, {"transfer.with_memo", NULL}};

static const struct breaking lying[] = {
    {.lie = {"/account/", "free", "\"7\""}, .claim = "balances are the sums of all transfers"},
    {.lie = {"/account/", "nonce", "0"}, .claim = "nonces are the numbers of transfers"},
};

/* All that was paid is compared when it is over: accounts against the sums of what the bots submitted. */
static void sums_that_do_not_hold_are_told(struct village *v)
{
    for (size_t i = 0; i < ARRAY_LEN(paying); i++) {
        for (uint32_t bot = 0; bot < v->config.bots; bot++) village_live_done(v, bot, paying[i].behavior, paying[i].sets);
        village_check_settled(v);
        for (size_t k = 0; k < ARRAY_LEN(lying); k++) {
            struct breaking row = lying[k];
            struct liar *liar = arena_new(&v->arena, struct liar);
            struct postconditions found;
            char note[300];
            row.behavior = paying[i].behavior;
            liar_begin(v, liar, row.lie);
            behavior_find(str_of(row.behavior))->settle(&v->crew, v->indices, v->config.bots, village_in(v, duration_s(60)), &found);
            liar_end(v, liar);
            CHECK(liar->told > 0);
            CHECK_U64(found.violations, v->config.bots);
            snprintf(note, sizeof(note), "%s: %.200s", row.claim, found.note);
            broken_tell(&row, note);
        }
    }
}

static const struct breaking asking[] = {
    {"query.mempool", NULL, NULL, {"/memoryPool/", "m1", "9999999"}, "the pool holds no more than its capacity", .too = {"/memoryPool/", "total", "9999999"}},
    {"query.state", NULL, NULL, {"/statePath/", "value", "\"00\""}, "the state path leads to its root"},
};

static void answers_that_cannot_be_are_told(struct village *v)
{
    for (size_t i = 0; i < ARRAY_LEN(asking); i++) check_breaks(v, &asking[i], 0, v->numbers++);
}

static void body(struct village *v)
{
    sums_that_do_not_hold_are_told(v);
    answers_that_cannot_be_are_told(v);
}

int main(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 4, .seed = 17, .ax = 1000000, .simulated = true}, body));
    return 0;
}
