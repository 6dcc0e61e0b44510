/* Many operations that wait at once: a network that has halted, and every bot's payments followed until it goes on. Prints bytes
 * of memory an operation and what the waiting costs in wall time. */
#include <malloc.h>
#include <sys/resource.h>

#include "../tests/bots/village.h"

#define OPERATIONS 25000

static double rss_mib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static void admin_do(struct village *v, const char *action, const char *params)
{
    struct answer answer;
    if (admin_chaos_start(&v->admin, str_of(action), (struct str){0}, str_of(params), (struct duration){0}, village_in(v, duration_s(10)),
                          &answer) == NULL)
        CHECK_FAIL("%s", action);
    answer_done(&answer);
}

static void wait_here(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "transfer.simple", NULL);
    struct op *ops = base_alloc(sizeof(*ops) * OPERATIONS);
    struct gate gate = {0};
    admin_do(v, "crash", "{\"targets\":[\"v3\",\"v4\"],\"method\":\"kill\"}");
    const double before = rss_mib();
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        village_begin(v, &track, i % v->config.bots, i, (struct str){0}, &ops[i], &gate);
        if (i % 100 == 99) fiber_sleep(v->env, duration_ms(50));
    }
    fiber_sleep(v->env, duration_s(60));
    const double waiting = rss_mib();
    printf("%d operations wait: %.1f MiB more, %.0f bytes each (stacks: %zu bytes each)\n", OPERATIONS, waiting - before,
           (waiting - before) * 1048576 / OPERATIONS, sched_stack_bytes(v->env->sched) / OPERATIONS);
    printf("admitted %llu, refused %llu\n", (unsigned long long)track.track.submitted, (unsigned long long)track.track.refused);
    admin_do(v, "restart", "{\"targets\":[\"v3\",\"v4\"]}");
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(600))));
    printf("done %llu of %d\n", (unsigned long long)track.track.by_status[OP_DONE], OPERATIONS);
    base_free(ops);
}

int main(void)
{
    const struct devnet_parameter parameters[] = {{STR("mempool_capacity"), STR("30000")}};
    village_free(village_run((struct village_config){.validators = 4,
                                                     .bots = 64,
                                                     .seed = 1,
                                                     .ax = 1000000000,
                                                     .simulated = true,
                                                     .parameters = parameters,
                                                     .parameters_count = 1},
                             wait_here));
    return 0;
}
