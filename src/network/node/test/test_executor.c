/* Tries to make validators of one process disagree, or to get a state for a block that did not make it. */
#include "network/node/executor.h"

#include "network/ledger/test/fixture.h"

struct lab {
    struct town town;
    struct executor *executor;
    struct poststate *genesis;
};

static void lab_init(struct lab *lab)
{
    town_init(&lab->town, 2);
    lab->executor = executor_new(&lab->town.rules);
    lab->genesis = executor_genesis(lab->executor, lab->town.state);
}

static void lab_done(struct lab *lab)
{
    poststate_unref(lab->genesis);
    CHECK_U64(executor_stats(lab->executor).held, 0);
    executor_free(lab->executor);
    town_done(&lab->town);
}

static struct block *block_of(const struct lab *lab, const struct ledger_frame *frame, struct tx **txs, size_t count)
{
    static const struct signature none;
    const struct header header = {.domain = lab->town.rules.domain,
                                  .height = frame->height,
                                  .round = frame->round,
                                  .timestamp_ms = frame->timestamp_ms,
                                  .proposer = frame->proposer,
                                  .transaction_count = (uint32_t)count};
    return block_new(&header, &none, NULL, NULL, txs, count);
}

static void a_block_is_executed_once_for_all(void)
{
    static struct lab lab;
    lab_init(&lab);
    struct ledger_frame frame = town_frame(&lab.town);
    struct tx *txs[2] = {town_pay(&lab.town, 0, 1, 0, 5, 0), town_pay(&lab.town, 1, 0, 0, 5, 0)};
    struct poststate *built = executor_run(lab.executor, lab.genesis, &frame, NULL, txs, 2);
    struct block *block = block_of(&lab, &frame, txs, 2), *twin = block_of(&lab, &frame, txs, 2);
    struct poststate *seen = executor_run_block(lab.executor, lab.genesis, block, NULL);
    struct poststate *again = executor_run_block(lab.executor, lab.genesis, block, NULL);
    struct poststate *same = executor_run_block(lab.executor, lab.genesis, twin, NULL);
    CHECK(built == seen && seen == again && again == same);
    const struct executor_stats stats = executor_stats(lab.executor);
    CHECK_U64(stats.executed, 1);
    CHECK_U64(stats.shared, 3);
    CHECK_U64(stats.transactions, 2);
    block_unref(block);
    block_unref(twin);
    for (size_t i = 0; i < 2; i++) tx_unref(txs[i]);
    poststate_unref(built);
    poststate_unref(seen);
    poststate_unref(again);
    poststate_unref(same);
    CHECK_U64(executor_stats(lab.executor).held, 1);
    lab_done(&lab);
}

/* Whatever differs in what goes in must give another post-state, also where the roots are equal. */
static void another_input_is_another_post_state(void)
{
    static struct lab lab;
    lab_init(&lab);
    const struct ledger_frame frame = town_frame(&lab.town);
    struct tx *txs[2] = {town_pay(&lab.town, 0, 1, 0, 5, 0), town_pay(&lab.town, 1, 0, 0, 5, 0)}, *swapped[2] = {txs[1], txs[0]};
    const struct ledger_grant grant = {lab.town.people[0].address, {TOKEN_AX, AMOUNT(1)}};
    const struct ledger_orders orders = {.grants = &grant, .grants_count = 1};
    struct ledger_frame later = frame, other = frame, round = frame;
    later.timestamp_ms++;
    other.proposer = lab.town.validators[1].address;
    round.round++;
    struct poststate *posts[] = {
        executor_run(lab.executor, lab.genesis, &frame, NULL, txs, 2),
        executor_run(lab.executor, lab.genesis, &later, NULL, txs, 2),
        executor_run(lab.executor, lab.genesis, &other, NULL, txs, 2),
        executor_run(lab.executor, lab.genesis, &round, NULL, txs, 2),
        executor_run(lab.executor, lab.genesis, &frame, &orders, txs, 2),
        executor_run(lab.executor, lab.genesis, &frame, NULL, txs, 1),
        executor_run(lab.executor, lab.genesis, &frame, NULL, swapped, 2),
    };
    for (size_t i = 0; i < ARRAY_LEN(posts); i++)
        for (size_t k = 0; k < i; k++) CHECK(posts[i] != posts[k]);
    CHECK_U64(executor_stats(lab.executor).executed, ARRAY_LEN(posts));
    for (size_t i = 0; i < ARRAY_LEN(posts); i++) poststate_unref(posts[i]);
    weakness_put(&lab.town.rules.weak, WEAKNESS_TOKEN_ALIAS, true);
    struct poststate *weak = executor_run(lab.executor, lab.genesis, &frame, NULL, txs, 2);
    weakness_put(&lab.town.rules.weak, WEAKNESS_TOKEN_ALIAS, false);
    struct poststate *hard = executor_run(lab.executor, lab.genesis, &frame, NULL, txs, 2);
    CHECK(weak != hard);
    poststate_unref(weak);
    poststate_unref(hard);
    for (size_t i = 0; i < 2; i++) tx_unref(txs[i]);
    lab_done(&lab);
}

static void only_the_header_that_claims_what_happened_matches(void)
{
    static struct lab lab;
    lab_init(&lab);
    const struct ledger_frame frame = town_frame(&lab.town);
    struct tx *tx = town_pay(&lab.town, 0, 1, 0, 5, 0);
    struct poststate *post = executor_run(lab.executor, lab.genesis, &frame, NULL, &tx, 1);
    const struct ledger_result *result = post->result;
    const struct header honest = {.state_root = result->state_root,
                                  .transactions_root = result->transactions_root,
                                  .receipts_root = result->receipts_root,
                                  .messages_root = result->messages_root,
                                  .transaction_count = 1};
    CHECK(poststate_matches(post, &honest));
    struct header lies[6];
    for (size_t i = 0; i < 6; i++) lies[i] = honest;
    lies[0].state_root.b[0] ^= 1;
    lies[1].transactions_root.b[0] ^= 1;
    lies[2].receipts_root.b[0] ^= 1;
    lies[3].messages_root.b[0] ^= 1;
    lies[4].transaction_count++;
    lies[5].message_count++;
    for (size_t i = 0; i < 6; i++) CHECK(!poststate_matches(post, &lies[i]));
    poststate_unref(post);
    tx_unref(tx);
    lab_done(&lab);
}

static void a_bad_block_is_judged_once_too_and_matches_nothing(void)
{
    static struct lab lab;
    lab_init(&lab);
    const struct ledger_frame frame = town_frame(&lab.town);
    struct tx *tx = town_pay(&lab.town, 0, 1, 7, 5, 0);
    struct poststate *post = executor_run(lab.executor, lab.genesis, &frame, NULL, &tx, 1);
    CHECK(!poststate_is_good(post));
    CHECK_U64(post->result->verdict, LEDGER_NONCE);
    const struct header zero = {0};
    CHECK(!poststate_matches(post, &zero));
    poststate_unref(post);
    tx_unref(tx);
    lab_done(&lab);
}

int main(void)
{
    RUN(a_block_is_executed_once_for_all);
    RUN(another_input_is_another_post_state);
    RUN(only_the_header_that_claims_what_happened_matches);
    RUN(a_bad_block_is_judged_once_too_and_matches_nothing);
    return 0;
}
