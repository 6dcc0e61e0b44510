/* Random blocks of governors, proposals, votes, delegations and executions against a model that keeps plain tables, writes down every
 * weight at every height and looks through all of it for each question. Every code, balance, status, tally and score must be the same,
 * after every block. */
#include "network/ledger/staking_priv.h"
#include "network/ledger/test/governance_fixture.h"

enum { ACTORS = 12, ROUNDS = 8, BLOCKS = 1500, BLOCK_TXS = 10, EPOCH = 70, PROPOSALS = 2048, FREE = -1 };

struct m_governor {
    bool ever, active;
    uint32_t registered, votes, proposals;
    u128 deposit;
    int conduct;
};
struct m_proposal {
    struct hash id;
    int owner;
    uint32_t created, start, end, eta, executed, expiry;
    enum proposal_phase phase;
    bool held, voted[ACTORS], no_quorum;
    u128 deposit, yes, no, abstain;
    uint64_t value;
    int closed_epoch;
};
struct model {
    u128 free[ACTORS], staked[ACTORS], treasury;
    int delegate[ACTORS];
    bool revoked[ACTORS];
    struct m_governor g[ACTORS];
    struct m_proposal p[PROPOSALS];
    size_t count;
    struct {
        uint32_t height;
        int who;
        u128 amount;
    } release[4096];
    size_t releases;
    u128 weight[BLOCKS + 2][ACTORS], total[BLOCKS + 2];
    uint64_t parameter;
    uint32_t height;
};

static struct town town;
static struct model model;
static uint64_t seed = 1, done[KIND_GOV_EXECUTE + 1], refused[CODE_COUNT];

/* ---- the model ---- */

static u128 m_weight(const struct model *m, int who)
{
    u128 sum = m->delegate[who] == FREE ? m->staked[who] : 0;
    for (int i = 0; i < ACTORS; i++)
        if (m->delegate[i] == who) sum += m->staked[i];
    return sum;
}
static bool m_open(const struct m_proposal *p) { return p->phase == LIFE_OPEN || p->phase == LIFE_SUCCEEDED || p->phase == LIFE_QUEUED; }
static void m_back(struct model *m, struct m_proposal *p)
{
    if (p->held) m->free[p->owner] += p->deposit;
    p->held = false;
}
static void m_end_governor(struct model *m, int who)
{
    if (!m->g[who].active) return;
    m->release[m->releases].height = m->height + GOV_UNBONDING;
    m->release[m->releases].who = who;
    m->release[m->releases++].amount = m->g[who].deposit;
    m->g[who].active = false;
    m->g[who].deposit = 0;
}
static bool m_quorum(const struct model *m, const struct m_proposal *p)
{
    return (p->yes + p->no + p->abstain) * 10000 >= (u128)3334 * m->total[p->created];
}
static bool m_passed(const struct model *m, const struct m_proposal *p)
{
    return m_quorum(m, p) && p->yes * 10000 > (u128)5000 * (p->yes + p->no);
}

static void m_begin(struct model *m)
{
    const uint32_t h = m->height;
    for (size_t i = 0; i < m->count; i++) {
        struct m_proposal *p = &m->p[i];
        if (p->phase == LIFE_OPEN && h == p->end + 1) {
            p->closed_epoch = (int)((h - 1) / EPOCH);
            p->no_quorum = !m_quorum(m, p);
            if (p->no_quorum) m->treasury += p->held ? p->deposit : 0, p->held = false;
            else m_back(m, p);
            p->phase = m_passed(m, p) ? LIFE_SUCCEEDED : LIFE_DEFEATED;
            if (p->phase == LIFE_SUCCEEDED) p->expiry = h + GOV_UNBONDING;
        }
        if ((p->phase == LIFE_SUCCEEDED || p->phase == LIFE_QUEUED) && h == p->expiry) p->phase = LIFE_EXPIRED;
    }
    for (size_t i = 0; i < m->releases; i++)
        if (m->release[i].height == h) m->free[m->release[i].who] += m->release[i].amount;
}
static void m_revoke(struct model *m, int who)
{
    if (m->revoked[who]) return;
    m->revoked[who] = true;
    m_end_governor(m, who);
    for (size_t i = 0; i < m->count; i++)
        if (m->p[i].owner == who && m_open(&m->p[i])) m_back(m, &m->p[i]), m->p[i].phase = LIFE_CANCELLED;
    m->delegate[who] = FREE;
}
static void m_end(struct model *m)
{
    const int epoch = (int)((m->height - 1) / EPOCH);
    for (int a = 0; m->height % EPOCH == 0 && a < ACTORS; a++) {
        struct m_governor *g = &m->g[a];
        int closed = 0, voted = 0, lost = 0;
        if (!g->active) continue;
        for (size_t i = 0; i < m->count; i++) {
            const struct m_proposal *p = &m->p[i];
            if (p->closed_epoch != epoch) continue;
            lost += p->owner == a && p->no_quorum;
            if (p->end < g->registered) continue;
            closed++;
            voted += p->voted[a];
        }
        if (closed > 0) g->conduct += 2 * voted >= closed ? 100 : -300;
        g->conduct -= 500 * lost;
        g->conduct = g->conduct < 0 ? 0 : g->conduct > 10000 ? 10000 : g->conduct;
        if (g->conduct < 3000) m_revoke(m, a);
    }
    m->total[m->height] = 1000; /* the validator's */
    for (int a = 0; a < ACTORS; a++) {
        m->weight[m->height][a] = m_weight(m, a);
        m->total[m->height] += m->staked[a];
    }
}

/* ---- operations: what is asked, and what the model says to it ---- */

struct op {
    enum kind kind;
    int who, other;
    u128 amount;
    uint64_t value;
    size_t proposal; /* >= count: none there is */
    uint8_t choice;
};

static enum code m_register(struct model *m, const struct op *op)
{
    struct m_governor *g = &m->g[op->who];
    if (m->free[op->who] < op->amount) return CODE_INSUFFICIENT_BALANCE;
    if (m->revoked[op->who]) return CODE_GOVERNANCE_REVOKED;
    if (g->active) return CODE_ALREADY_REGISTERED;
    if (op->amount < GOV_DEPOSIT) return CODE_INSUFFICIENT_DEPOSIT;
    m->free[op->who] -= op->amount;
    if (!g->ever) g->conduct = 5000;
    g->ever = g->active = true;
    g->registered = m->height;
    g->deposit = op->amount;
    return CODE_NONE;
}
static enum code m_propose(struct model *m, const struct op *op, const struct hash *id)
{
    int own = 0, all = 0;
    uint32_t last = 0;
    if (m->free[op->who] < op->amount) return CODE_INSUFFICIENT_BALANCE;
    if (m->revoked[op->who]) return CODE_GOVERNANCE_REVOKED;
    if (!m->g[op->who].active) return CODE_NOT_A_GOVERNOR;
    if (op->amount < GOV_PROPOSAL) return CODE_INSUFFICIENT_DEPOSIT;
    for (size_t i = 0; i < m->count; i++) {
        all += m_open(&m->p[i]);
        own += m_open(&m->p[i]) && m->p[i].owner == op->who;
        if (m->p[i].owner == op->who) last = m->p[i].created;
    }
    if (all >= 100 || own >= 3 || (last > 0 && m->height - last < 100)) return CODE_PROPOSAL_LIMIT;
    if (op->value > 10000) return CODE_INVALID_FORMAT;
    CHECK(m->count < PROPOSALS);
    m->free[op->who] -= op->amount;
    m->g[op->who].proposals++;
    m->p[m->count++] = (struct m_proposal){.id = *id, .owner = op->who, .created = m->height, .start = m->height + GOV_DELAY,
                                           .end = m->height + GOV_DELAY + GOV_PERIOD - 1, .held = true, .deposit = op->amount,
                                           .value = op->value, .closed_epoch = -1};
    return CODE_NONE;
}
static enum code m_vote(struct model *m, const struct op *op)
{
    if (op->proposal >= m->count) return CODE_PROPOSAL_NOT_FOUND;
    struct m_proposal *p = &m->p[op->proposal];
    if (p->phase == LIFE_OPEN && m->height < p->start) return CODE_VOTING_NOT_STARTED;
    if (p->phase != LIFE_OPEN) return CODE_VOTING_PERIOD_ENDED;
    if (p->voted[op->who]) return CODE_ALREADY_VOTED;
    if (m->revoked[op->who]) return CODE_GOVERNANCE_REVOKED;
    const u128 weight = m->weight[p->created][op->who];
    if (weight < GOV_VOTE_STAKE) return CODE_INSUFFICIENT_STAKE;
    *(op->choice == CHOICE_YES ? &p->yes : op->choice == CHOICE_NO ? &p->no : &p->abstain) += weight;
    p->voted[op->who] = true;
    if (m->g[op->who].ever) m->g[op->who].votes++;
    return CODE_NONE;
}
static enum code m_queue(struct model *m, const struct op *op)
{
    if (op->proposal >= m->count) return CODE_PROPOSAL_NOT_FOUND;
    struct m_proposal *p = &m->p[op->proposal];
    if (p->phase == LIFE_QUEUED || p->phase == LIFE_EXECUTED) return CODE_ALREADY_EXECUTED;
    if (p->phase != LIFE_SUCCEEDED) return CODE_PROPOSAL_NOT_EXECUTABLE;
    p->phase = LIFE_QUEUED;
    p->eta = m->height + GOV_TIMELOCK;
    p->expiry = p->eta + 1 + GOV_UNBONDING;
    return CODE_NONE;
}
static enum code m_execute(struct model *m, const struct op *op)
{
    if (op->proposal >= m->count) return CODE_PROPOSAL_NOT_FOUND;
    struct m_proposal *p = &m->p[op->proposal];
    if (p->phase == LIFE_EXECUTED) return CODE_ALREADY_EXECUTED;
    if (p->phase != LIFE_SUCCEEDED && p->phase != LIFE_QUEUED) return CODE_PROPOSAL_NOT_EXECUTABLE;
    if (p->phase == LIFE_SUCCEEDED || m->height < p->eta) return CODE_TIMELOCK_NOT_EXPIRED;
    p->phase = LIFE_EXECUTED;
    p->executed = m->height;
    m->parameter = p->value;
    return CODE_NONE;
}
static enum code m_cancel(struct model *m, const struct op *op)
{
    if (op->proposal >= m->count) return CODE_PROPOSAL_NOT_FOUND;
    struct m_proposal *p = &m->p[op->proposal];
    if (p->owner != op->who) return CODE_NOT_OWNER;
    if (!m_open(p)) return CODE_ALREADY_EXECUTED;
    m_back(m, p);
    p->phase = LIFE_CANCELLED;
    return CODE_NONE;
}
static enum code m_apply(struct model *m, const struct op *op, const struct hash *id)
{
    m->free[op->who] -= GOV_FEE;
    switch (op->kind) {
    case KIND_GOVERNOR_REGISTER: return m_register(m, op);
    case KIND_GOVERNOR_RESIGN:
        if (!m->g[op->who].active) return CODE_NOT_A_GOVERNOR;
        m_end_governor(m, op->who);
        return CODE_NONE;
    case KIND_PROPOSAL_CREATE: return m_propose(m, op, id);
    case KIND_PROPOSAL_VOTE: return m_vote(m, op);
    case KIND_PROPOSAL_QUEUE: return m_queue(m, op);
    case KIND_PROPOSAL_EXECUTE: return m_execute(m, op);
    case KIND_PROPOSAL_CANCEL: return m_cancel(m, op);
    case KIND_VOTE_DELEGATE:
        if (op->other == op->who) return CODE_INVALID_ADDRESS;
        if (m->revoked[op->who]) return CODE_GOVERNANCE_REVOKED;
        if (m->staked[op->who] == 0) return CODE_INSUFFICIENT_STAKE;
        m->delegate[op->who] = op->other;
        return CODE_NONE;
    case KIND_VOTE_UNDELEGATE: m->delegate[op->who] = FREE; return CODE_NONE;
    case KIND_ALPHA_STAKE:
        if (m->free[op->who] < op->amount) return CODE_INSUFFICIENT_BALANCE;
        m->free[op->who] -= op->amount;
        m->staked[op->who] += op->amount;
        return CODE_NONE;
    default: UNREACHABLE();
    }
}

/* ---- drawing ---- */

static size_t draw_proposal(struct rng *rng, const struct model *m, bool voting)
{
    if (m->count == 0 || rng_chance_bps(rng, 100)) return m->count;
    for (int tries = 0; tries < 6; tries++) {
        const size_t i = m->count - 1 - rng_below(rng, MIN(m->count, (size_t)14));
        if (!voting || (m->p[i].phase == LIFE_OPEN && m->height >= m->p[i].start)) return i;
    }
    return m->count - 1 - rng_below(rng, MIN(m->count, (size_t)14));
}
static struct op draw(struct rng *rng, const struct model *m)
{
    static const enum kind kinds[] = {KIND_PROPOSAL_VOTE,   KIND_PROPOSAL_VOTE,    KIND_PROPOSAL_VOTE,   KIND_PROPOSAL_VOTE,
                                      KIND_PROPOSAL_VOTE,   KIND_PROPOSAL_VOTE,    KIND_PROPOSAL_VOTE,   KIND_PROPOSAL_VOTE,
                                      KIND_PROPOSAL_VOTE,   KIND_PROPOSAL_CREATE,  KIND_PROPOSAL_CREATE, KIND_PROPOSAL_QUEUE,
                                      KIND_PROPOSAL_QUEUE,  KIND_PROPOSAL_EXECUTE, KIND_PROPOSAL_EXECUTE};
    struct op op = {.kind = kinds[rng_below(rng, ARRAY_LEN(kinds))], .who = (int)rng_below(rng, ACTORS), .other = (int)rng_below(rng, ACTORS)};
    if (rng_chance_bps(rng, 1500)) {
        static const enum kind rare[] = {KIND_GOVERNOR_REGISTER, KIND_GOVERNOR_REGISTER, KIND_GOVERNOR_RESIGN, KIND_PROPOSAL_CANCEL,
                                         KIND_VOTE_DELEGATE,     KIND_VOTE_UNDELEGATE,   KIND_ALPHA_STAKE};
        op.kind = rare[rng_below(rng, ARRAY_LEN(rare))];
    }
    op.amount = op.kind == KIND_GOVERNOR_REGISTER ? GOV_DEPOSIT : op.kind == KIND_PROPOSAL_CREATE ? GOV_PROPOSAL : 1 + rng_below(rng, 4000);
    if (rng_chance_bps(rng, 500)) op.amount = rng_chance_bps(rng, 2000) ? m->free[op.who] + 1 : op.amount - 1 + rng_below(rng, 100);
    if (op.amount == 0) op.amount = 1;
    op.value = rng_below(rng, 10100);
    op.choice = (uint8_t)(rng_chance_bps(rng, 6500) ? CHOICE_YES : CHOICE_NO + rng_below(rng, 2));
    op.proposal = draw_proposal(rng, m, op.kind == KIND_PROPOSAL_VOTE);
    const struct m_proposal *p = op.proposal < m->count ? &m->p[op.proposal] : NULL;
    for (int tries = 0; p && op.kind == KIND_PROPOSAL_VOTE && tries < 5 && (p->voted[op.who] || m->revoked[op.who]); tries++)
        op.who = (int)rng_below(rng, ACTORS); /* most votes are cast by those who have not */
    if (m->height <= 2 * ACTORS) { /* at first everybody stakes, and registers */
        op.who = (int)(m->height - 1) / 2;
        op.kind = m->height % 2 ? KIND_ALPHA_STAKE : KIND_GOVERNOR_REGISTER;
        op.amount = m->height % 2 ? 1000 + rng_below(rng, 4000) : GOV_DEPOSIT;
    }
    return op;
}
static struct tx *op_tx(const struct model *m, const struct op *op, uint64_t nonce)
{
    static const struct hash nobody = {{0xee}};
    const struct hash *id = op->proposal < m->count ? &m->p[op->proposal].id : &nobody;
    char value[24];
    union payload p = {0};
    snprintf(value, sizeof(value), "%" PRIu64, op->value);
    if (op->kind == KIND_GOVERNOR_REGISTER) p.governor_register.deposit.units = op->amount;
    else if (op->kind == KIND_PROPOSAL_CREATE)
        p.proposal_create = (struct payload_proposal_create){.title = STR("m"), .deposit = {op->amount}, .action = gov_parameter("taker_bps", value)};
    else if (op->kind == KIND_PROPOSAL_VOTE) p.vote = (struct payload_vote){*id, op->choice};
    else if (op->kind == KIND_VOTE_DELEGATE) p.vote_delegate.to = town.people[op->other].address;
    else if (op->kind == KIND_ALPHA_STAKE) p.amount.amount.units = op->amount;
    else p.id.id = *id;
    return gov_tx_at(&town, (size_t)op->who, nonce, op->kind, &p);
}

/* ---- comparing ---- */

static void compare_proposal(const struct m_proposal *p, struct arena *arena)
{
    struct gov_proposal_view view;
    CHECK(governance_proposal(&town.rules, town.state, &p->id, arena, &view));
    const enum proposal_status wanted[] = {[LIFE_OPEN] = model.height < p->start ? PROPOSAL_PENDING : PROPOSAL_ACTIVE,
                                           [LIFE_DEFEATED] = PROPOSAL_DEFEATED, [LIFE_SUCCEEDED] = PROPOSAL_SUCCEEDED,
                                           [LIFE_QUEUED] = PROPOSAL_QUEUED, [LIFE_EXECUTED] = PROPOSAL_EXECUTED,
                                           [LIFE_CANCELLED] = PROPOSAL_CANCELLED, [LIFE_EXPIRED] = PROPOSAL_EXPIRED};
    if (view.status != wanted[p->phase])
        CHECK_FAIL("height %u: created %u is " STR_FMT ", not " STR_FMT, model.height, p->created, STR_ARG(proposal_status_text(view.status)),
                   STR_ARG(proposal_status_text(wanted[p->phase])));
    CHECK(view.tally.yes.units == p->yes && view.tally.no.units == p->no && view.tally.abstain.units == p->abstain);
    CHECK(view.tally.total_weight.units == model.total[p->created]);
    CHECK_U64(view.eta_height.value, p->eta);
    CHECK_U64(view.executed_height.value, p->executed);
}
static void compare(struct arena *arena)
{
    u128 deposits = 0;
    for (int a = 0; a < ACTORS; a++) {
        const struct m_governor *g = &model.g[a];
        struct governor_view view;
        CHECK(town_free(&town, (size_t)a) == model.free[a]);
        CHECK(governance_governor(&town.rules, town.state, &town.people[a].address, &view) == g->ever);
        deposits += g->deposit;
        if (!g->ever) continue;
        CHECK(view.active == g->active && view.revoked == model.revoked[a] && view.deposit.units == g->deposit);
        CHECK_U64(view.conduct, g->conduct);
        CHECK_U64(view.votes, g->votes);
        CHECK_U64(view.proposals, g->proposals);
    }
    for (size_t i = 0; i < model.count; i++) {
        deposits += model.p[i].held ? model.p[i].deposit : 0;
        if (m_open(&model.p[i]) || i + 8 > model.count || model.height % 500 == 0) compare_proposal(&model.p[i], arena);
    }
    for (size_t i = 0; i < model.releases; i++)
        if (model.release[i].height > model.height) deposits += model.release[i].amount;
    CHECK(gov_holding_deposits(&town) == deposits);
    CHECK(gov_treasury(&town) == model.treasury);
    CHECK_U64(ledger_params(town.state)->taker_bps, model.parameter);
    if (model.height % 50 == 0) gov_check_supply(&town);
}

static void step(struct rng *rng)
{
    struct tx *txs[BLOCK_TXS];
    struct op ops[BLOCK_TXS];
    enum code wanted[BLOCK_TXS];
    uint64_t nonces[ACTORS] = {0};
    size_t count = 0;
    model.height++;
    m_begin(&model);
    for (size_t i = rng_below(rng, BLOCK_TXS + 1); i > 0; i--) {
        struct op *op = &ops[count];
        *op = draw(rng, &model);
        if (model.free[op->who] < GOV_FEE) continue;
        txs[count] = op_tx(&model, op, town_account(&town, (size_t)op->who).nonce + nonces[op->who]++);
        wanted[count] = m_apply(&model, op, &txs[count]->id);
        count++;
    }
    m_end(&model);
    struct ledger_result *result = town_run(&town, NULL, txs, count);
    CHECK_U64(result->verdict, LEDGER_GOOD);
    for (size_t i = 0; i < count; i++) {
        if (result->receipts[i].code != wanted[i])
            CHECK_FAIL("height %u, %s: " STR_FMT ", not " STR_FMT, model.height, kind_find((uint16_t)ops[i].kind)->name.data,
                       STR_ARG(code_text((enum code)result->receipts[i].code)), STR_ARG(code_text(wanted[i])));
        if (wanted[i] == CODE_NONE) done[ops[i].kind]++;
        else refused[wanted[i]]++;
    }
    ledger_result_unref(result);
}

static uint64_t statuses[LIFE_EXPIRED + 1], proposals;

/* One network from its genesis, until most have lost their rights. */
static void round_run(uint64_t round_seed)
{
    struct rng rng;
    struct arena arena;
    struct params params = gov_params(CHAIN_ALPHA);
    params.epoch_blocks = EPOCH;
    gov_town_init(&town, CHAIN_ALPHA, &params);
    rng_init(&rng, round_seed);
    arena_init(&arena, 1 << 16);
    memset(&model, 0, sizeof(model));
    for (int a = 0; a < ACTORS; a++) model.free[a] = PEOPLE_BALANCE, model.delegate[a] = FREE;
    model.treasury = 5000;
    model.parameter = ledger_params(town.state)->taker_bps;
    for (size_t i = 0; i < BLOCKS; i++) {
        step(&rng);
        compare(&arena);
        arena_reset(&arena);
    }
    for (size_t i = 0; i < model.count; i++) statuses[model.p[i].phase]++;
    proposals += model.count;
    arena_done(&arena);
    town_done(&town);
}

static void random_governance_agrees_with_the_model(void)
{
    printf("seed %" PRIu64 "\n", seed);
    uint64_t operations = 0;
    for (uint64_t round = 0; round < ROUNDS; round++) round_run(seed * 1000 + round);
    for (size_t i = 0; i < ARRAY_LEN(done); i++) operations += done[i];
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) operations += refused[i];
    printf("  %" PRIu64 " operations in %d blocks, %" PRIu64 " proposals (%" PRIu64 " executed, %" PRIu64 " defeated, %" PRIu64
           " cancelled, %" PRIu64 " expired), %" PRIu64 " votes, no difference\n", operations, ROUNDS * BLOCKS, proposals, statuses[LIFE_EXECUTED],
           statuses[LIFE_DEFEATED], statuses[LIFE_CANCELLED], statuses[LIFE_EXPIRED], done[KIND_PROPOSAL_VOTE]);
    printf("  refused: %" PRIu64 " voted already, %" PRIu64 " before their time, %" PRIu64 " at the caps, %" PRIu64 " revoked\n",
           refused[CODE_ALREADY_VOTED], refused[CODE_TIMELOCK_NOT_EXPIRED], refused[CODE_PROPOSAL_LIMIT], refused[CODE_GOVERNANCE_REVOKED]);
    fflush(stdout);
    CHECK(statuses[LIFE_EXECUTED] > 5 && statuses[LIFE_DEFEATED] > 5 && statuses[LIFE_CANCELLED] > 0); /* or little was tried */
    CHECK(done[KIND_PROPOSAL_VOTE] > 200 && refused[CODE_ALREADY_VOTED] > 5 && refused[CODE_TIMELOCK_NOT_EXPIRED] > 5);
}

int main(int argc, char **argv)
{
    if (argc > 1) seed = strtoull(argv[1], NULL, 10);
    RUN(random_governance_agrees_with_the_model);
    return 0;
}
