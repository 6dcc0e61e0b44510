/* Faults overlap, replace each other and end in any order; what is left on a link must be exactly the faults that still own it. */
#include "core/base/check.h"
#include "network/devnet/faults.h"

#define N 6

static struct link_fault links[N + 1][N + 1];

static bool fake_link_set(struct env *env, struct host from, struct host to, const struct link_fault *fault)
{
    (void)env;
    links[from.number][to.number] = fault ? *fault : (struct link_fault){0};
    return true;
}

static const struct env_ops fake_ops = {.link_set = fake_link_set};
static struct env fake_env = {.ops = &fake_ops};
static const struct host hosts[N] = {{1}, {2}, {3}, {4}, {5}, {6}};

static struct target_set range(uint32_t from, uint32_t to)
{
    struct target_set set = {0};
    for (uint32_t i = from; i <= to; i++) target_add(&set, i - 1);
    return set;
}

static struct faults *fresh(void)
{
    memset(links, 0, sizeof(links));
    return faults_new(&fake_env, hosts, N);
}

static void faults_of_different_kinds_compose(void)
{
    struct faults *faults = fresh();
    const struct target_set all = range(1, 6), low = range(1, 2);
    const uint32_t group[N] = {1, 1, 1, 2, 2, 2};
    CHECK_U64(faults_set(faults, FAULT_LOSS, 1, &all, &all, &(struct link_fault){.loss_bps = 500, .delay_ns = 99}), N * (N - 1));
    CHECK_U64(faults_set(faults, FAULT_LATENCY, 2, &low, &all, &(struct link_fault){.delay_ns = 7}), 2 * (N - 1));
    faults_partition(faults, 3, group, 9);
    CHECK_U64(links[1][2].loss_bps, 500);
    CHECK_U64(links[1][2].delay_ns, 7);
    CHECK_U64(links[3][2].delay_ns, 0); /* only the members of its kind count */
    CHECK(links[1][4].blocked && !links[1][3].blocked);
    CHECK_U64(faults_group(faults, 3), 2);
    faults_end(faults, 1);
    CHECK(links[1][4].blocked && links[1][4].loss_bps == 0 && links[1][4].delay_ns == 7);
    faults_end(faults, 3);
    CHECK(!links[1][4].blocked);
    CHECK_U64(faults_group(faults, 3), 0);
    faults_free(faults);
}

static void a_repeat_takes_the_link_over(void)
{
    struct faults *faults = fresh();
    const struct target_set all = range(1, 6), low = range(1, 2);
    faults_set(faults, FAULT_LOSS, 1, &low, &low, &(struct link_fault){.loss_bps = 100});
    faults_set(faults, FAULT_LOSS, 2, &all, &all, &(struct link_fault){.loss_bps = 900});
    CHECK_U64(links[1][2].loss_bps, 900);
    CHECK(!faults_has(faults, 1)); /* it owns nothing any more */
    faults_end(faults, 1);         /* and ending it takes nothing away */
    CHECK_U64(links[1][2].loss_bps, 900);
    faults_end(faults, 2);
    CHECK_U64(links[1][2].loss_bps, 0);
    const uint32_t one[N] = {1, 1, 1, 2, 2, 2}, two[N] = {1, 2, 2, 2, 2, 2};
    faults_partition(faults, 3, one, 9);
    faults_partition(faults, 4, two, 9);
    CHECK(!faults_has(faults, 3) && faults_has(faults, 4));
    CHECK(links[1][2].blocked && !links[3][4].blocked);
    faults_free(faults);
}

int main(void)
{
    RUN(faults_of_different_kinds_compose);
    RUN(a_repeat_takes_the_link_over);
    return 0;
}
