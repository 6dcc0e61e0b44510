/* Staking model: staking, bonding, validators and evidence in plain tables that are looked through for every question. Slow, and obviously right. */
#ifndef LEDGER_TEST_STAKING_MODEL_H
#define LEDGER_TEST_STAKING_MODEL_H

#include "staking_fixture.h"

#include "network/ledger/staking_priv.h"

enum { ACTORS = 14, GENESIS = 4, BLOCK_TXS = 14, BLOCKS = 5000, BACK_MAX = 4096, FEE = 7, MIN_STAKE = 10000, RICH = 1000000000 };
enum { UNBONDING = 13, EPOCH = 17, WINDOW = 12, REWARD = 100003 };

struct m_unbonding {
    int owner, source; /* source -1: only staked */
    uint32_t release;
    u128 amount;
};
struct m_validator {
    bool is, exiting, jailed;
    uint32_t until;
    uint32_t bps;
    u128 fees, slashed;
    uint32_t turns, missed, window_turns, window_missed;
};
struct model {
    u128 free[ACTORS], staked[ACTORS], bond[ACTORS][ACTORS], pending[ACTORS][ACTORS]; /* [validator][owner] */
    int delegate[ACTORS];
    struct m_validator v[ACTORS];
    struct m_unbonding unbonding[4096];
    size_t unbonding_count;
    u128 issued, slashed;
    bool seated[3][ACTORS]; /* in the committee, in the one before, and the one before that */
    struct committee *committee;
    uint32_t height, first;
    uint64_t epoch, round;
    u128 weights[BACK_MAX][ACTORS], totals[BACK_MAX]; /* by height */
};

static struct town town;
static struct model model;
static struct person actors[ACTORS];
static struct person keys[ACTORS];
static uint64_t seed = 1, evidence_count;
static uint64_t done[16], refused[16];

static inline u128 bonded_at(const struct model *m, int v)
{
    u128 sum = 0;
    for (int o = 0; o < ACTORS; o++) sum += m->bond[v][o];
    return sum;
}
static inline u128 own(const struct model *m, int o)
{
    u128 sum = m->staked[o];
    for (int v = 0; v < ACTORS; v++) sum += m->bond[v][o];
    return sum;
}
static inline u128 weight(const struct model *m, int o)
{
    u128 sum = m->delegate[o] < 0 ? own(m, o) : 0;
    for (int i = 0; i < ACTORS; i++) sum += m->delegate[i] == o ? own(m, i) : 0;
    return sum;
}
static inline void unbond(struct model *m, int owner, int source, u128 amount)
{
    for (size_t i = 0; i < m->unbonding_count; i++) {
        struct m_unbonding *u = &m->unbonding[i];
        if (u->owner != owner || u->source != source || u->release != m->height + UNBONDING) continue;
        u->amount += amount;
        return;
    }
    CHECK(m->unbonding_count < ARRAY_LEN(m->unbonding));
    m->unbonding[m->unbonding_count++] = (struct m_unbonding){owner, source, m->height + UNBONDING, amount};
}
static inline u128 slash(struct model *m, int v, uint32_t bps)
{
    u128 sum = 0;
    for (int o = 0; o < ACTORS; o++) {
        const u128 cut = m->bond[v][o] * bps / 10000;
        m->bond[v][o] -= cut;
        sum += cut;
    }
    for (size_t i = 0; i < m->unbonding_count; i++) {
        if (m->unbonding[i].source != v) continue;
        const u128 cut = m->unbonding[i].amount * bps / 10000;
        m->unbonding[i].amount -= cut;
        sum += cut;
    }
    m->v[v].slashed += sum;
    m->slashed += sum;
    return sum;
}
static inline void jail(struct model *m, int v, uint32_t until)
{
    m->v[v].jailed = true;
    m->v[v].until = MAX(m->v[v].until, until);
}

/* ---- blocks ---- */

static inline struct committee *seats(const struct model *m, uint64_t epoch, uint64_t start)
{
    struct member members[ACTORS] = {0};
    size_t count = 0;
    for (int v = 0; v < ACTORS; v++) {
        if (!m->v[v].is || m->v[v].exiting || m->v[v].jailed || bonded_at(m, v) < MIN_STAKE) continue;
        members[count].address = actors[v].address;
        members[count].consensus_key = keys[v].key.pub;
        members[count++].stake.units = bonded_at(m, v);
    }
    return count > 0 ? committee_new(epoch, start, members, count) : committee_rebase(m->committee, epoch, start);
}
static inline int actor_of(const struct address *address)
{
    for (int i = 0; i < ACTORS; i++)
        if (address_eq(&actors[i].address, address)) return i;
    CHECK_FAIL("an address of nobody");
}
static inline void turn(struct model *m, int v, bool missed)
{
    if (missed && m->v[v].jailed) return;
    m->v[v].turns++;
    m->v[v].window_turns++;
    m->v[v].missed += missed;
    m->v[v].window_missed += missed;
}
static inline void begin(struct model *m, int proposer, uint64_t round)
{
    m->height++;
    if (m->height == m->first) {
        struct committee *next = seats(m, m->epoch, m->round + 1);
        committee_unref(m->committee);
        m->committee = next;
        memmove(m->seated[1], m->seated[0], 2 * sizeof(m->seated[0]));
        memset(m->seated[0], 0, sizeof(m->seated[0]));
        for (uint32_t i = 0; i < next->count; i++) m->seated[0][actor_of(&next->members[i].address)] = true;
    } else {
        for (uint64_t r = m->round + 1; r < round; r++) {
            uint32_t leader;
            CHECK(committee_leader(m->committee, r, &leader));
            turn(m, actor_of(&m->committee->members[leader].address), true);
        }
    }
    turn(m, proposer, false);
    m->round = round;
    size_t kept = 0;
    for (size_t i = 0; i < m->unbonding_count; i++) {
        const struct m_unbonding *u = &m->unbonding[i];
        if (u->release <= m->height)
            m->free[u->owner] += u->amount;
        else
            m->unbonding[kept++] = *u;
    }
    m->unbonding_count = kept;
}
static inline void share(struct model *m, int v)
{
    u128 issued = 0;
    const struct m_validator *self = &m->v[v];
    if (m->seated[0][v] && !self->jailed)
        issued = self->turns == 0 ? REWARD : (u128)REWARD * (self->turns - self->missed) / self->turns;
    m->issued += issued;
    const u128 total = issued + self->fees, commission = total * self->bps / 10000, rest = total - commission;
    const u128 bonded = bonded_at(m, v);
    u128 left = total;
    for (int o = 0; o < ACTORS; o++) {
        if (o == v || bonded == 0) continue;
        const u128 part = rest * m->bond[v][o] / bonded;
        m->pending[v][o] += part;
        left -= part;
    }
    m->pending[v][v] += left;
    m->v[v].fees = 0;
}
static inline void end(struct model *m, int proposer, size_t txs)
{
    if (m->height - m->first + 1 == EPOCH) {
        for (int v = 0; v < ACTORS; v++)
            if (m->v[v].is) share(m, v);
        for (int v = 0; v < ACTORS; v++) {
            struct m_validator *self = &m->v[v];
            const bool judged = self->window_turns >= WINDOW;
            const bool down = judged && self->window_missed * 10000ull > 3000ull * self->window_turns;
            self->turns = self->missed = 0;
            if (judged) self->window_turns = self->window_missed = 0;
            if (!down) continue;
            slash(m, v, 10);
            jail(m, v, m->height + EPOCH);
        }
        m->epoch++;
        m->first = m->height + 1;
    }
    m->v[proposer].fees += (u128)FEE * txs;
    for (int o = 0; o < ACTORS; o++) {
        m->weights[m->height % BACK_MAX][o] = weight(m, o);
        m->totals[m->height % BACK_MAX] = o == 0 ? own(m, o) : m->totals[m->height % BACK_MAX] + own(m, o);
    }
}

/* ---- transactions ---- */

enum act {
    STAKE,
    UNSTAKE,
    BOND,
    UNBOND,
    REGISTER,
    UPDATE,
    EXIT,
    UNJAIL,
    CLAIM,
    DELEGATE,
    UNDELEGATE,
    EQUIVOCATION,
    BAD_PARENT,
    ACTS
};
struct op {
    enum act act;
    int who, other;
    u128 amount;
    uint32_t bps;
    bool restake;
    struct evidence evidence;
};

static inline enum code registers(struct model *m, const struct op *op)
{
    struct m_validator *v = &m->v[op->who];
    if (m->free[op->who] < op->amount) return CODE_INSUFFICIENT_BALANCE;
    if (v->is && !(v->exiting && v->until != UINT32_MAX && m->bond[op->who][op->who] == 0)) return CODE_ALREADY_REGISTERED;
    if (op->amount < MIN_STAKE) return CODE_INSUFFICIENT_STAKE;
    v->is = true;
    v->exiting = false;
    v->bps = op->bps;
    m->free[op->who] -= op->amount;
    m->bond[op->who][op->who] += op->amount;
    return CODE_NONE;
}
static inline enum code convicts(struct model *m, const struct op *op)
{
    const int v = op->other;
    u128 left = bonded_at(m, v);
    for (size_t i = 0; i < m->unbonding_count; i++) left += m->unbonding[i].source == v ? m->unbonding[i].amount : 0;
    const int reign = m->height == m->first; /* the round accused is the parent's: of the committee before, then */
    if (!(m->seated[reign][v] || m->seated[reign + 1][v]) || left == 0) return CODE_INVALID_EVIDENCE;
    slash(m, v, op->act == EQUIVOCATION ? 10000 : 500);
    if (op->act == EQUIVOCATION) jail(m, v, UINT32_MAX);
    return CODE_NONE;
}
static inline enum code model_tx(struct model *m, const struct op *op)
{
    const int who = op->who, v = op->other;
    struct m_validator *self = &m->v[who];
    u128 *from, amount = op->amount;
    m->free[who] -= FEE;
    switch (op->act) {
    case STAKE:
        if (m->free[who] < amount) return CODE_INSUFFICIENT_BALANCE;
        m->free[who] -= amount;
        m->staked[who] += amount;
        return CODE_NONE;
    case UNSTAKE:
        if (m->staked[who] < amount) return CODE_INSUFFICIENT_STAKE;
        m->staked[who] -= amount;
        unbond(m, who, -1, amount);
        return CODE_NONE;
    case BOND:
    case UNBOND:
        if (!m->v[v].is) return CODE_VALIDATOR_NOT_FOUND;
        from = op->act == BOND ? &m->staked[who] : &m->bond[v][who];
        if (*from < amount) return CODE_INSUFFICIENT_STAKE;
        *from -= amount;
        if (op->act == BOND)
            m->bond[v][who] += amount;
        else
            unbond(m, who, v, amount);
        return CODE_NONE;
    case REGISTER: return registers(m, op);
    case UPDATE:
        if (!self->is || self->exiting) return CODE_NOT_IN_VALIDATOR_SET;
        self->bps = op->bps;
        return CODE_NONE;
    case EXIT:
        if (!self->is || self->exiting) return CODE_NOT_IN_VALIDATOR_SET;
        self->exiting = true;
        return CODE_NONE;
    case UNJAIL:
        if (!self->is || self->exiting) return CODE_NOT_IN_VALIDATOR_SET;
        if (self->jailed && m->height < self->until) return CODE_VALIDATOR_JAILED;
        self->jailed = false;
        self->until = 0;
        return CODE_NONE;
    case CLAIM:
        if (!m->v[v].is) return CODE_VALIDATOR_NOT_FOUND;
        if (m->pending[v][who] == 0) return CODE_NOTHING_TO_CLAIM;
        *(op->restake ? &m->staked[who] : &m->free[who]) += m->pending[v][who];
        m->pending[v][who] = 0;
        return CODE_NONE;
    case DELEGATE:
        if (v == who) return CODE_INVALID_ADDRESS;
        if (own(m, who) == 0) return CODE_INSUFFICIENT_STAKE;
        m->delegate[who] = v;
        return CODE_NONE;
    case UNDELEGATE: m->delegate[who] = -1; return CODE_NONE;
    case EQUIVOCATION:
    case BAD_PARENT: return convicts(m, op);
    case ACTS: break;
    }
    UNREACHABLE();
}

static inline struct evidence proof(const struct op *op, uint64_t round)
{
    if (op->act == EQUIVOCATION) {
        struct vote a = {.domain = town.rules.domain, .height = 1, .round = round, .voter = actors[op->other].address}, b;
        memcpy(a.block_hash.b, &evidence_count, sizeof(evidence_count));
        b = a;
        b.block_hash.b[31] = 1;
        vote_sign(&a, SIM, &keys[op->other].key);
        vote_sign(&b, SIM, &keys[op->other].key);
        return evidence_of_votes(&a, &b);
    }
    struct header header = {
        .domain = town.rules.domain, .height = 1, .round = round, .justify_round = round, .proposer = actors[op->other].address};
    memcpy(header.state_root.b, &evidence_count, sizeof(evidence_count));
    const struct hash hash = header_hash(&header);
    const struct signature signature = header_sign(&hash, SIM, &keys[op->other].key);
    return evidence_of_wrong_parent(&header, &signature);
}

static inline void op_draw(struct rng *rng, const struct model *m, struct op *op)
{
    static const uint8_t odds[ACTS] = {16, 8, 16, 10, 5, 3, 1, 5, 10, 6, 3, 1, 2};
    uint64_t at = rng_below(rng, 86);
    memset(op, 0, sizeof(*op));
    while (at >= odds[op->act]) at -= odds[op->act++];
    op->who = (int)rng_below(rng, ACTORS);
    op->other = (int)rng_below(rng, ACTORS);
    op->amount = 1 + rng_below(rng, rng_below(rng, 4) == 0 ? 100 : 40000);
    op->bps = (uint32_t)rng_below(rng, 10001);
    op->restake = rng_below(rng, 2) == 0;
    if ((op->act == UNSTAKE || op->act == BOND) && rng_below(rng, 4) == 0 && m->staked[op->who] > 0)
        op->amount = m->staked[op->who];
    if (op->act == UNBOND && rng_below(rng, 2) == 0 && m->bond[op->other][op->who] > 0) op->amount = m->bond[op->other][op->who];
    if (op->act < EQUIVOCATION) return;
    if (op->act == EQUIVOCATION && rng_below(rng, 8) != 0) op->act = BAD_PARENT; /* or nobody is left */
    evidence_count++;
    op->evidence = proof(op, MAX(m->round, 1));
}

static inline struct tx *op_tx(const struct op *op, uint64_t nonce)
{
    static const enum kind kinds[ACTS] = {KIND_ALPHA_STAKE,
                                          KIND_ALPHA_UNSTAKE,
                                          KIND_BOND,
                                          KIND_UNBOND,
                                          KIND_VALIDATOR_REGISTER,
                                          KIND_VALIDATOR_UPDATE,
                                          KIND_VALIDATOR_EXIT,
                                          KIND_VALIDATOR_UNJAIL,
                                          KIND_REWARDS_CLAIM,
                                          KIND_VOTE_DELEGATE,
                                          KIND_VOTE_UNDELEGATE,
                                          KIND_ALPHA_EVIDENCE_SUBMIT,
                                          KIND_ALPHA_EVIDENCE_SUBMIT};
    static struct apierror error;
    union payload p = {0};
    struct buf bytes = {0};
    if (op->act <= UNSTAKE)
        p.amount.amount = AMOUNT(op->amount);
    else if (op->act <= UNBOND)
        p.bond = (struct payload_bond){actors[op->other].address, AMOUNT(op->amount)};
    else if (op->act == REGISTER)
        p.validator_register =
            (struct payload_validator_register){keys[op->who].key.pub, STR("somebody"), (uint16_t)op->bps, AMOUNT(op->amount)};
    else if (op->act == UPDATE)
        p.validator_update = (struct payload_validator_update){(uint16_t)op->bps, STR("somebody-2")};
    else if (op->act == CLAIM)
        p.rewards_claim = (struct payload_rewards_claim){actors[op->other].address, op->restake};
    else if (op->act == DELEGATE)
        p.vote_delegate.to = actors[op->other].address;
    else if (op->act >= EQUIVOCATION)
        p.evidence = (struct payload_evidence){(uint8_t)op->evidence.type,
                                               {(const char *)op->evidence.first, op->evidence.first_bytes},
                                               {(const char *)op->evidence.second, op->evidence.second_bytes}};
    payload_encode(kinds[op->act], &p, &bytes);
    const struct tx_spec spec = {
        .domain = town.rules.domain, .kind = kinds[op->act], .nonce = nonce, .fee = AMOUNT(FEE), .payload = buf_str(&bytes)};
    struct tx *tx = tx_build(&spec, SIM, &actors[op->who].key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    buf_done(&bytes);
    return tx;
}

#endif
