/* Proofs of the shielded pool on a whole network: those of one suite are nothing in the other, and checking them takes a node time. */
#include "wallets.h"

/* ---- simulated proofs ---- */

/* The network's suite is not the wallet's: nothing of one is good in the other, and the wallet does not even see its notes. */
static void crossed_here(struct village *v)
{
    struct two two;
    struct shield_spend made;
    const struct shield_suite other = {v->crew.shield.scheme == SHIELD_REAL ? SHIELD_SIMULATED : SHIELD_REAL};
    two_init(v, &two);
    deposit(v, 0, &two.a, 1000000);
    fiber_sleep(v->env, duration_s(4));
    scan(v, &two.a);
    CHECK_U64(shieldwallet_balance(&two.a), 1000000);
    two.a.suite = other;
    const struct shield_order order = {.kind = KIND_SHIELDED_TRANSFER, .to = two.b.keys.address, .amount = 10000};
    CHECK_U64(shieldwallet_spend(&two.a, &order, v->crew.suite, &made), SHIELD_OK);
    CHECK_U64(send(v, made.tx), CODE_INVALID_PROOF);
    tx_unref(made.tx);
    shieldwallet_release(&two.a, &made);
    two.a.suite = v->crew.shield;
    spend(v, &two.a, &order);
    two_done(&two);
}
static void proofs_of_one_suite_are_refused_in_the_other(void)
{
    village_free(village_run((struct village_config){.validators = 1, .bots = 2, .seed = 3, .ax = 10000000, .simulated = true}, crossed_here));
    village_free(village_run((struct village_config){.validators = 1, .bots = 2, .seed = 3, .ax = 10000000, .simulated = true, .simulated_proofs = true}, crossed_here));
}

/* ---- what proofs cost their verifier ---- */

static struct duration time_of_sending(struct village *v, struct tx *const *txs, size_t count)
{
    struct answer answer;
    const struct instant from = env_now(v->env);
    if (count == 1) {
        CHECK_U64(send(v, txs[0]), CODE_NONE);
    } else {
        const struct batch_ack *ack = alpha_broadcast_batch(&v->crew.alpha, txs, count, soon(v), &answer);
        CHECK(ack != NULL);
        CHECK_U64(ack->accepted, count);
        answer_done(&answer);
    }
    return instant_since(env_now(v->env), from);
}

static void proofs_cost_here(struct village *v)
{
    struct two two;
    two_init(v, &two);
    for (uint32_t i = 0; i < 4; i++) deposit(v, i % 2, &two.a, 1000000);
    fiber_sleep(v->env, duration_s(4));
    scan(v, &two.a);
    struct shield_spend made[4];
    struct tx *txs[4];
    for (size_t i = 0; i < ARRAY_LEN(made); i++) {
        const struct shield_order order = {.kind = KIND_SHIELDED_TRANSFER, .to = two.b.keys.address, .amount = 10000};
        CHECK_U64(shieldwallet_spend(&two.a, &order, v->crew.suite, &made[i]), SHIELD_OK);
        CHECK_U64(made[i].inputs_count, 1);
        txs[i] = made[i].tx;
    }
    const uint64_t ring = UINT64_C(11) * 380 * NS_PER_US, alone = 2 * UINT64_C(10500) * NS_PER_US, each = 2300 * NS_PER_US, way = 5 * NS_PER_MS;
    uint64_t took = time_of_sending(v, txs, 1).ns;
    CHECK(took >= ring + alone + each && took <= ring + alone + each + way);
    took = time_of_sending(v, txs + 1, 3).ns; /* a bundle is one batch */
    CHECK(took >= 3 * ring + alone + 3 * each && took <= 3 * ring + alone + 3 * each + way);
    for (size_t i = 0; i < ARRAY_LEN(made); i++) {
        CHECK(receipt_success(&(struct receipt){.code = follow(v, txs[i]).code}));
        tx_unref(made[i].tx);
    }
    two_done(&two);
}
static void checking_proofs_takes_a_node_time(void)
{
    village_free(village_run((struct village_config){.validators = 1, .bots = 2, .seed = 9, .ax = 10000000, .simulated = true}, proofs_cost_here));
    village_free(village_run((struct village_config){.validators = 1, .bots = 2, .seed = 9, .ax = 10000000, .simulated = true, .wire = WIRE_TEXT}, proofs_cost_here));
}

int main(void)
{
    RUN(proofs_of_one_suite_are_refused_in_the_other);
    RUN(checking_proofs_takes_a_node_time);
    return 0;
}
