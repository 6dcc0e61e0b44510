/* Alpha's kinds of governance: governors, and proposals from their creation to their execution (api 2.6, 2.9). */
#include "core/codec/binary.h"
#include "network/ledger/governance_priv.h"
#include "network/ledger/guard_governance_priv.h"

/* ---- governors ---- */

static struct okey governor_place(uint32_t number)
{
    struct okey key = gov_index(GOV_GOVERNOR);
    okey_u32(&key, number);
    return key;
}

/* Enters `governor` under the next number; its deposit is held already. */
static void governor_enter(struct work *work, const struct address *who, struct governor *governor)
{
    struct gov_counts counts = gov_counts(&work->objects);
    governor->number = ++counts.governors;
    governor->active = true;
    gov_counts_put(work, &counts);
    const struct okey place = governor_place(governor->number);
    work_set(work, &place, (struct str){(const char *)who, sizeof(*who)});
    governor_put(work, who, governor);
}

static bool governors_genesis(struct work *work, const struct ledger_genesis *genesis, struct err *err)
{
    if (work->parent->chain != CHAIN_ALPHA) return true;
    struct amount *made = &work->tallies[TOKEN_AX - 1].token.genesis;
    for (size_t i = 0; i < genesis->governors_count; i++) {
        const struct ledger_governor *given = &genesis->governors[i];
        const struct amount minimum = AMOUNT(work->params.min_governor_deposit);
        struct governor governor;
        if (governor_get(&work->objects, &given->who, &governor)) return err_set(err, ERR_CONFLICT, "two genesis governors have one address");
        governor = (struct governor){.conduct = CONDUCT_START, .deposit = amount_is_zero(given->deposit) ? minimum : given->deposit};
        if (!amount_add(*made, governor.deposit, made)) return err_set(err, ERR_LIMIT, "genesis deposits add up to more than 2^128 - 1");
        HOLDING(work, TOKEN_AX, deposits) += governor.deposit.units;
        governor_enter(work, &given->who, &governor);
    }
    return true;
}

static enum code governor_register_apply(struct exec *x)
{
    struct work *work = x->work;
    const struct amount deposit = x->payload->governor_register.deposit, minimum = AMOUNT(work->params.min_governor_deposit);
    struct governor governor = {.conduct = CONDUCT_START};
    gov_advance(work);
    const enum code code = money_take(x, &x->sender, TOKEN_AX, deposit, RECEIPT_FIELD_DEPOSIT);
    if (code != CODE_NONE) return code;
    if (governance_revoked(work->rules, &work->objects, &x->sender)) return refuse(x, CODE_GOVERNANCE_REVOKED, RECEIPT_FIELD_SENDER);
    const bool known = governor_get(&work->objects, &x->sender, &governor); /* one who comes back keeps its conduct */
    if (known && governor.active) return refuse(x, CODE_ALREADY_REGISTERED, RECEIPT_FIELD_SENDER);
    if (!guard_governor_deposit(work->rules, deposit, minimum))
        return refuse_lack(x, CODE_INSUFFICIENT_DEPOSIT, RECEIPT_FIELD_DEPOSIT, deposit, minimum);
    HOLDING(work, TOKEN_AX, deposits) += deposit.units;
    governor.registered_height = work->frame->height;
    governor.deposit = deposit;
    governor_enter(work, &x->sender, &governor);
    return CODE_NONE;
}

static enum code governor_resign_apply(struct exec *x)
{
    struct governor governor;
    gov_advance(x->work);
    if (!governor_get(&x->work->objects, &x->sender, &governor) || !governor.active)
        return refuse(x, CODE_NOT_A_GOVERNOR, RECEIPT_FIELD_SENDER);
    gov_governor_end(x->work, &x->sender, &governor);
    return CODE_NONE;
}

/* The deposit comes back when a bond would: one deposit must not carry many identities. */
void gov_governor_end(struct work *work, const struct address *who, struct governor *governor)
{
    if (!governor->active) return;
    const struct okey place = governor_place(governor->number);
    work_remove(work, &place);
    gov_deposit_release(work, who, governor->deposit);
    governor->deposit = AMOUNT(0);
    governor->active = false;
    governor_put(work, who, governor);
}

/* ---- proposals ---- */

/* Whether one more is within the caps: so many open of this one and of all, and the pause between two of one. */
static bool within_caps(const struct work *work, const struct address *who)
{
    const struct okey prefix = gov_index(GOV_OPEN);
    struct ordmap_entry entry;
    uint32_t all = 0, own = 0;
    for (bool more = ordmap_first(&work->objects, okey_view(&prefix), &entry); more;
         more = ordmap_next(&work->objects, okey_view(&prefix), entry.key, &entry)) {
        all++;
        own += entry.value.len == sizeof(*who) && memcmp(entry.value.data, who, sizeof(*who)) == 0;
        if (all >= PROPOSALS_OPEN_MAX || own >= GOVERNOR_OPEN_MAX) return false;
    }
    struct okey owner = gov_index(GOV_BY_OWNER);
    okey_address(&owner, who);
    if (!ordmap_last(&work->objects, okey_view(&owner), &entry)) return true;
    struct bin_reader r = bin_reader_of(entry.value.data, entry.value.len);
    (void)bin_take(&r, sizeof(struct hash)); /* the id; only the height counts here */
    return work->frame->height - bin_get_u32(&r) >= GOVERNOR_PAUSE_BLOCKS;
}

static enum code proposal_may_be_made(struct exec *x)
{
    const struct work *work = x->work;
    const struct payload_proposal_create *create = &x->payload->proposal_create;
    const struct amount minimum = AMOUNT(work->params.proposal_deposit);
    struct governor governor;
    if (governance_revoked(work->rules, &work->objects, &x->sender)) return refuse(x, CODE_GOVERNANCE_REVOKED, RECEIPT_FIELD_SENDER);
    if (!guard_governor(work->rules, governor_get(&work->objects, &x->sender, &governor) && governor.active))
        return refuse(x, CODE_NOT_A_GOVERNOR, RECEIPT_FIELD_SENDER);
    if (!guard_proposal_limit(work->rules, amount_cmp(create->deposit, minimum) >= 0))
        return refuse_lack(x, CODE_INSUFFICIENT_DEPOSIT, RECEIPT_FIELD_DEPOSIT, create->deposit, minimum);
    if (!guard_proposal_limit(work->rules, within_caps(work, &x->sender))) return refuse(x, CODE_PROPOSAL_LIMIT, RECEIPT_FIELD_SENDER);
    return action_check(x, &create->action);
}

static void mirror_send(struct work *work, const struct proposal *p)
{
    const union ipc_body body = {.mirror = {.proposal = p->id,
                                            .voting_blocks = p->end - p->start + 1,
                                            .timelock_blocks = (uint32_t)work->params.timelock_blocks,
                                            .joint = true,
                                            .action = p->action}};
    (void)work_emit(work, IPC_GOVERNANCE_MIRROR, &body); /* its sequence says nothing here */
}

static enum code proposal_create_apply(struct exec *x)
{
    struct work *work = x->work;
    const struct payload_proposal_create *create = &x->payload->proposal_create;
    gov_advance(work);
    enum code code = CODE_NONE;
    if (!amount_is_zero(create->deposit)) code = money_take(x, &x->sender, TOKEN_AX, create->deposit, RECEIPT_FIELD_DEPOSIT);
    if (code == CODE_NONE) code = proposal_may_be_made(x);
    if (code != CODE_NONE) return code;
    HOLDING(work, TOKEN_AX, deposits) += create->deposit.units;
    const uint64_t start = (uint64_t)work->frame->height + MAX(work->params.voting_delay_blocks, UINT64_C(1));
    const uint64_t end = start + work->params.voting_period_blocks - 1;
    struct proposal p = {.id = x->id,
                         .proposer = x->sender,
                         .title = create->title,
                         .body_hash = create->body_hash,
                         .joint = create->joint,
                         .deposit = create->deposit,
                         .deposit_held = !amount_is_zero(create->deposit),
                         .action = create->action,
                         .end = (uint32_t)MIN(end, UINT32_MAX - 1)};
    proposal_open(work, &p);
    struct governor governor;
    if (governor_get(&work->objects, &x->sender, &governor)) {
        governor.proposals++;
        governor_put(work, &x->sender, &governor);
    }
    if (p.joint) mirror_send(work, &p);
    return CODE_NONE;
}

/* The proposal a kind is about, in the arena. */
static enum code proposal_find(struct exec *x, struct proposal *out)
{
    gov_advance(x->work);
    if (!proposal_get(&x->work->objects, &x->payload->id.id, out)) return refuse(x, CODE_PROPOSAL_NOT_FOUND, RECEIPT_FIELD_PROPOSAL);
    out->title = str_dup(&x->work->arena, out->title);
    out->action.key = str_dup(&x->work->arena, out->action.key);
    out->action.value = str_dup(&x->work->arena, out->action.value);
    return CODE_NONE;
}

static enum code proposal_queue_apply(struct exec *x)
{
    struct work *work = x->work;
    struct proposal p;
    const enum code code = proposal_find(x, &p);
    if (code != CODE_NONE) return code;
    if (p.phase == LIFE_QUEUED || p.phase == LIFE_EXECUTED) return refuse(x, CODE_ALREADY_EXECUTED, RECEIPT_FIELD_PROPOSAL);
    if (p.phase != LIFE_SUCCEEDED || (p.joint && p.counterpart != COUNTERPART_PASSED)) return gov_not_executable(x, &p);
    const uint64_t eta = work->frame->height + work->params.timelock_blocks;
    p.eta = (uint32_t)MIN(eta, UINT32_MAX - 1);
    p.queued_ms = work->frame->timestamp_ms;
    proposal_expire_at(work, &p, (uint32_t)MIN(p.eta + 1 + work->params.unbonding_blocks, UINT32_MAX));
    proposal_phase_to(work, &p, LIFE_QUEUED);
    return CODE_NONE;
}

static enum code proposal_execute_apply(struct exec *x)
{
    struct proposal p;
    enum code code = proposal_find(x, &p);
    if (code != CODE_NONE) return code;
    if (p.phase == LIFE_EXECUTED) return refuse(x, CODE_ALREADY_EXECUTED, RECEIPT_FIELD_PROPOSAL);
    if (p.phase != LIFE_SUCCEEDED && p.phase != LIFE_QUEUED) return gov_not_executable(x, &p);
    if (p.joint && p.counterpart != COUNTERPART_PASSED) return gov_not_executable(x, &p);
    code = gov_timelock(x, &p);
    if (code != CODE_NONE) return code;
    enum receipt_field field = RECEIPT_FIELD_PROPOSAL;
    code = action_apply(x->work, &p, &field);
    if (code != CODE_NONE) return refuse(x, code, field);
    p.executed = x->work->frame->height;
    if (p.joint || (p.action.type == ACTION_TREASURY_ALLOCATION && p.action.dest_chain == CHAIN_DELTA)) mirror_tell(x->work, &p, 1);
    proposal_phase_to(x->work, &p, LIFE_EXECUTED);
    return CODE_NONE;
}

static enum code proposal_cancel_apply(struct exec *x)
{
    struct proposal p;
    const enum code code = proposal_find(x, &p);
    if (code != CODE_NONE) return code;
    if (!address_eq(&p.proposer, &x->sender)) return refuse(x, CODE_NOT_OWNER, RECEIPT_FIELD_PROPOSAL);
    if (proposal_is_over(p.phase)) return refuse(x, CODE_ALREADY_EXECUTED, RECEIPT_FIELD_PROPOSAL);
    gov_proposal_cancel(x->work, &p);
    return CODE_NONE;
}

void gov_proposal_cancel(struct work *work, struct proposal *p)
{
    proposal_deposit_back(work, p);
    if (p->joint) mirror_tell(work, p, 3);
    proposal_phase_to(work, p, LIFE_CANCELLED);
}

static const struct family_kind kinds[] = {
    {.kind = KIND_GOVERNOR_REGISTER, .apply = governor_register_apply},
    {.kind = KIND_GOVERNOR_RESIGN, .apply = governor_resign_apply},
    {.kind = KIND_PROPOSAL_CREATE, .apply = proposal_create_apply},
    {.kind = KIND_PROPOSAL_VOTE, .apply = gov_vote_apply},
    {.kind = KIND_PROPOSAL_QUEUE, .apply = proposal_queue_apply},
    {.kind = KIND_PROPOSAL_EXECUTE, .apply = proposal_execute_apply},
    {.kind = KIND_PROPOSAL_CANCEL, .apply = proposal_cancel_apply},
    {.kind = KIND_GOV_VOTE, .apply = gov_vote_apply},
    {.kind = KIND_GOV_EXECUTE, .apply = gov_execute_apply},
};
const struct family family_governance = {
    .name = "governance",
    .kinds = kinds,
    .kinds_count = ARRAY_LEN(kinds),
    .genesis = governors_genesis,
    .messages = governance_messages,
    .messages_count = GOVERNANCE_MESSAGES,
    .block_begin = gov_advance,
    .epoch_end = conduct_epoch_end,
    .audit = gov_audit,
};
