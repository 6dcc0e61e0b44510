/* What a bot costs: bytes of an idle one at 10,000 and 100,000, and what a busy one adds beside its fiber's stack. */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>

#include "tester/bot/act.h"
#include "tester/bot/schedule.h"

static size_t heap_bytes(void)
{
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static void measure(uint32_t count)
{
    struct crew crew = {.suite = {SIGN_SIMULATED}};
    const size_t before = heap_bytes();
    struct bot **bots = base_alloc(sizeof(*bots) * count);
    char(*names)[16] = base_alloc(sizeof(*names) * count);
    for (uint32_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof(names[i]), "user-%" PRIu32, i);
        struct bot_idle idle = bot_new(&crew, 1, str_of(names[i]), i);
        bots[i] = idle.bot;
        const struct money money = money_of(TOKEN_AX, AMOUNT(1000000));
        struct bot_funded funded = bot_fund_genesis(&idle, &money, 1);
        (void)bot_start(&funded);
    }
    const size_t idle_bytes = (heap_bytes() - before) / count;
    /* its place in a pacer, as every bot of a running track has it */
    const struct schedule_plan plan = {.rate = {1, duration_s(1)}, .length = duration_s(60), .bots = count};
    struct rng rng;
    rng_init(&rng, 1);
    struct pacer pacer;
    pacer_init(&pacer, &plan, &rng);
    const size_t paced_bytes = (heap_bytes() - before) / count;
    printf("%7" PRIu32 " bots: %5zu bytes each idle, %5zu paced\n", count, idle_bytes, paced_bytes);
    pacer_done(&pacer);
    for (uint32_t i = 0; i < count; i++) bot_free(bots[i]);
    base_free(names);
    base_free(bots);
}

int main(void)
{
    printf("struct bot %zu, act %zu, op %zu, submission %zu, schedule %zu bytes\n", sizeof(struct bot), sizeof(struct act),
           sizeof(struct op), sizeof(struct submission), sizeof(struct schedule));
    measure(10000);
    measure(100000);
    return 0;
}
