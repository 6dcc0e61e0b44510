/* Decisions: proposals, votes, queues and executions of a village, by the clients alone, each followed to its end. */
#ifndef BOTS_DECISIONS_H
#define BOTS_DECISIONS_H

#include "tester/client/alpha_governance.h"
#include "village.h"

#include "chain/payload.h"

static struct answer answer;

enum { PERIOD = 20, TIMELOCK = 30, GOVERNOR_DEPOSIT = 10000000, PROPOSAL_DEPOSIT = 1000000 };

static inline struct instant soon(struct village *v) { return village_in(v, duration_s(60)); }
static const struct seckey *key_of(const struct village *v, size_t bot) { return &v->bots[bot]->identity.key; }
static const struct address *address_at(const struct village *v, size_t bot) { return &v->bots[bot]->identity.address; }

static inline struct tx *build(struct village *v, const struct alpha *on, size_t bot, enum kind kind, const union payload *payload)
{
    struct apierror error;
    struct buf bytes = {0};
    const struct account_view *account = alpha_account(on, address_at(v, bot), soon(v), &answer);
    WANT(account);
    payload_encode(kind, payload, &bytes);
    const struct tx_spec spec = {.domain = domain_of(alpha_chain(on), on->network),
                                 .kind = kind,
                                 .nonce = account->pending_nonce,
                                 .fee = AMOUNT(4000),
                                 .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, v->crew.suite, key_of(v, bot), &error);
    answer_done(&answer);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    buf_done(&bytes);
    return tx;
}

static inline void follow(struct village *v, const struct alpha *on, struct tx *tx)
{
    const struct tx_view *view = alpha_transaction(on, &tx->id, TX_WAIT_FINALIZED, ALPHA_WAIT_MAX, soon(v), &answer);
    WANT(view);
    CHECK_U64(view->status, TX_FINALIZED);
    if (view->receipt.code != CODE_NONE) CHECK_FAIL("failed: " STR_FMT, STR_ARG(code_text((enum code)view->receipt.code)));
    answer_done(&answer);
    tx_unref(tx);
}
static inline void run(struct village *v, const struct alpha *on, size_t bot, enum kind kind, union payload payload)
{
    struct tx *tx = build(v, on, bot, kind, &payload);
    WANT(alpha_broadcast(on, tx, soon(v), &answer));
    answer_done(&answer);
    follow(v, on, tx);
}
static inline void until(struct village *v, const struct alpha *on, uint32_t height)
{
    for (uint32_t now = 0; now < height;) {
        fiber_sleep(v->env, duration_ms(200));
        WANT(alpha_height(on, soon(v), &now, &answer));
        answer_done(&answer);
    }
}

/* ---- the writes: NULL wanted is success, followed to its end ---- */

static inline struct tx *creation(struct village *v, size_t bot, uint64_t deposit, bool joint, struct action action)
{
    const union payload payload = {.proposal_create = {.title = STR("t"), .joint = joint, .deposit = AMOUNT(deposit), .action = action}};
    return build(v, &v->crew.alpha, bot, KIND_PROPOSAL_CREATE, &payload);
}
static inline void create_refused(struct village *v, size_t bot, uint64_t deposit, enum code code)
{
    struct tx *tx = creation(v, bot, deposit, false, (struct action){.type = ACTION_TEXT});
    CHECK(alpha_propose(&v->crew.alpha, tx, soon(v), &answer) == NULL);
    REFUSED(code);
    tx_unref(tx);
}
static inline struct hash create(struct village *v, size_t bot, bool joint, struct action action)
{
    struct tx *tx = creation(v, bot, PROPOSAL_DEPOSIT, joint, action);
    const struct hash id = tx->id;
    const struct object_ack *ack = alpha_propose(&v->crew.alpha, tx, soon(v), &answer);
    WANT(ack);
    CHECK(hash_eq(&ack->id, &id));
    answer_done(&answer);
    follow(v, &v->crew.alpha, tx);
    return id;
}
static inline void vote(struct village *v, const struct alpha *on, size_t bot, const struct hash *id, enum vote_choice choice, enum code code)
{
    const union payload payload = {.vote = {.proposal = *id, .choice = (uint8_t)choice}};
    struct tx *tx = build(v, on, bot, alpha_chain(on) == CHAIN_DELTA ? KIND_GOV_VOTE : KIND_PROPOSAL_VOTE, &payload);
    const struct tx_ack *ack = alpha_proposal_vote(on, id, tx, soon(v), &answer);
    if (code != CODE_NONE) {
        REFUSED(code);
        tx_unref(tx);
        return;
    }
    WANT(ack);
    answer_done(&answer);
    follow(v, on, tx);
}
static inline void queue(struct village *v, size_t bot, const struct hash *id, enum code code)
{
    const union payload payload = {.id = {*id}};
    struct tx *tx = build(v, &v->crew.alpha, bot, KIND_PROPOSAL_QUEUE, &payload);
    const struct queue_ack *ack = alpha_proposal_queue(&v->crew.alpha, id, tx, soon(v), &answer);
    if (code != CODE_NONE) {
        REFUSED(code);
        tx_unref(tx);
        return;
    }
    WANT(ack);
    CHECK(ack->eta_height.has);
    answer_done(&answer);
    follow(v, &v->crew.alpha, tx);
}
static inline void execute(struct village *v, const struct alpha *on, size_t bot, const struct hash *id, enum code code)
{
    const union payload payload = {.id = {*id}};
    struct tx *tx = build(v, on, bot, alpha_chain(on) == CHAIN_DELTA ? KIND_GOV_EXECUTE : KIND_PROPOSAL_EXECUTE, &payload);
    const struct tx_ack *ack = alpha_proposal_execute(on, id, tx, soon(v), &answer);
    if (code != CODE_NONE) {
        REFUSED(code);
        tx_unref(tx);
        return;
    }
    WANT(ack);
    answer_done(&answer);
    follow(v, on, tx);
}

static inline struct gov_proposal_view seen(struct village *v, const struct alpha *on, const struct hash *id)
{
    const struct gov_proposal_view *view = alpha_proposal(on, id, soon(v), &answer);
    WANT(view);
    struct gov_proposal_view copy = *view;
    copy.title = copy.action = (struct str){0}; /* they go with the answer */
    answer_done(&answer);
    return copy;
}
static inline void until_status(struct village *v, const struct alpha *on, const struct hash *id, enum proposal_status status)
{
    for (int i = 0; seen(v, on, id).status != status; i++) {
        if (i > 600) CHECK_FAIL("it is still " STR_FMT, STR_ARG(proposal_status_text(seen(v, on, id).status)));
        fiber_sleep(v->env, duration_ms(100));
    }
}
static inline uint64_t parameter(struct village *v, const struct alpha *on, const char *key)
{
    uint64_t value;
    const struct gov_parameters_view *view = alpha_parameters(on, soon(v), &answer);
    WANT(view);
    CHECK(str_to_u64(alpha_parameter_find(view, str_of(key), &v->arena), &value));
    answer_done(&answer);
    return value;
}

static const struct devnet_parameter decision_parameters[] = {{STR("voting_delay_blocks"), STR("10")},
                                                              {STR("voting_period_blocks"), STR("20")},
                                                              {STR("timelock_blocks"), STR("30")}};

#endif
