/* A network that has dropped the bodies of its old blocks: who comes late follows its committees from the genesis all the same, and
 * nobody waits for ever for another's proof. */
#include "village.h"

static const struct devnet_parameter short_memory[] = {{STR("history_blocks"), STR("64")}, {STR("epoch_blocks"), STR("40")}};

static void the_late(struct village *v)
{
    struct village_track locks;
    struct op ops[8];
    struct gate gate = {0};
    village_final_at(v, 320); /* the ends of seven epochs are beyond the horizon */
    village_track(v, &locks, "cross_chain.lock_mint", NULL);
    for (uint32_t i = 0; i < ARRAY_LEN(ops); i++) village_begin(v, &locks, i, 0, (struct str){0}, &ops[i], &gate);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(120))));
    for (uint32_t i = 0; i < ARRAY_LEN(ops); i++) check_done(&ops[i]);
    const struct postconditions found = village_settle(v);
    if (found.violations + found.unknown > 0) CHECK_FAIL("%s", found.note);
}

static void who_comes_late_crosses_a_bridge_whose_old_blocks_are_gone(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 8, .seed = 43, .ax = 10000000, .dx = 1000000, .simulated = true,
                                                     .simulated_proofs = true, .parameters = short_memory, .parameters_count = ARRAY_LEN(short_memory)},
                             the_late));
}

/* Somebody has a proof checked and never comes back. */
static void the_stuck(struct village *v)
{
    v->crew.proving[chain_index(CHAIN_ALPHA)].busy = true;
    const struct op op = village_live(v, 0, "cross_chain.lock_mint", NULL);
    CHECK_U64(op.status, OP_TIMED_OUT);
    CHECK_STR(str_of(op.note), STR("others' proofs that blocks are final took too long"));
    CHECK(v->crew.proving[chain_index(CHAIN_ALPHA)].waiters == NULL);
}

static void nobody_waits_for_ever_for_anothers_proof(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 44, .ax = 10000000, .dx = 1000000, .simulated = true, .simulated_proofs = true}, the_stuck));
}

int main(void)
{
    RUN(who_comes_late_crosses_a_bridge_whose_old_blocks_are_gone);
    RUN(nobody_waits_for_ever_for_anothers_proof);
    return 0;
}
