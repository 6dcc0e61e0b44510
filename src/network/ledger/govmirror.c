/* Joint proposals across the bridge: Alpha mirrors them, Delta votes on its own and tells its count, Alpha executes and tells that,
 * Delta follows. What a message says is believed: its delivery proved it. */
#include "network/ledger/governance_priv.h"

/* ---- Alpha's side ---- */

void mirror_tell(struct work *work, const struct proposal *p, uint8_t outcome)
{
    const union ipc_body body = {.governance_executed = {.proposal = p->id, .outcome = outcome, .action = p->action}};
    (void)work_emit(work, IPC_GOVERNANCE_EXECUTED, &body); /* its sequence says nothing here */
}

static bool proposal_take(struct work *work, const struct hash *id, struct proposal *out)
{
    if (!proposal_get(&work->objects, id, out)) return false;
    out->title = str_dup(&work->arena, out->title);
    out->action.key = str_dup(&work->arena, out->action.key);
    out->action.value = str_dup(&work->arena, out->action.value);
    return true;
}

/* Delta's count has come. */
static enum code tally_execute(struct work *work, const struct ipc_message *message)
{
    const struct ipc_tally *tally = &message->body.tally;
    struct proposal p;
    gov_advance(work);
    if (!proposal_take(work, &tally->proposal, &p)) return CODE_PROPOSAL_NOT_FOUND;
    if (!p.joint || p.counterpart != COUNTERPART_UNKNOWN) return CODE_ALREADY_EXECUTED;
    p.counterpart = tally->passed ? COUNTERPART_PASSED : COUNTERPART_FAILED;
    p.counterpart_phase = tally->passed ? LIFE_QUEUED : LIFE_DEFEATED;
    if (p.phase != LIFE_SUCCEEDED) { /* still voting here, or over already */
        proposal_put(work, &p);
        return CODE_NONE;
    }
    if (!tally->passed) {
        mirror_tell(work, &p, 2);
        proposal_phase_to(work, &p, LIFE_DEFEATED);
        return CODE_NONE;
    }
    const uint64_t expiry = work->frame->height + work->params.unbonding_blocks;
    proposal_expire_at(work, &p, (uint32_t)MIN(expiry, UINT32_MAX));
    proposal_put(work, &p);
    return CODE_NONE;
}

/* ---- Delta's side ---- */

static struct hash id_of(const struct ipc_message *message)
{
    struct buf bytes = {0};
    ipc_encode(message, &bytes);
    const struct hash id = ipc_id(buf_str(&bytes));
    buf_done(&bytes);
    return id;
}

static enum code mirror_execute(struct work *work, const struct ipc_message *message)
{
    const struct ipc_mirror *mirror = &message->body.mirror;
    struct proposal known;
    gov_advance(work);
    if (proposal_get(&work->objects, &mirror->proposal, &known)) return CODE_ALREADY_EXISTS;
    const uint64_t start = (uint64_t)work->frame->height + MAX(work->params.voting_delay_blocks, UINT64_C(1));
    const uint64_t end = start + MAX(mirror->voting_blocks, 1u) - 1;
    struct proposal p = {.id = mirror->proposal,
                         .joint = mirror->joint,
                         .mirrored = true,
                         .action = mirror->action,
                         .end = (uint32_t)MIN(end, UINT32_MAX - 1),
                         .timelock_blocks = mirror->timelock_blocks,
                         .counterpart_phase = LIFE_OPEN,
                         .last_message = id_of(message)};
    proposal_open(work, &p);
    return CODE_NONE;
}

void mirror_tally(struct work *work, const struct proposal *p)
{
    const bool passed = proposal_passed(work->rules, p);
    const union ipc_body body = {
        .tally = {.proposal = p->id, .yes = p->yes, .no = p->no, .abstain = p->abstain, .passed = passed}};
    (void)work_emit(work, IPC_GOVERNANCE_TALLY, &body); /* its sequence says nothing here */
}

static enum code mirror_apply(struct work *work, struct proposal *p, enum receipt_field *field)
{
    const enum code code = action_apply(work, p, field);
    if (code != CODE_NONE) return code;
    p->executed = work->frame->height;
    proposal_phase_to(work, p, LIFE_EXECUTED);
    return CODE_NONE;
}

/* Nobody sent gov_execute in time: done without it. What cannot be done any more is over. */
void mirror_apply_due(struct work *work, struct proposal *p)
{
    enum receipt_field field;
    if (p->phase != LIFE_QUEUED || p->counterpart != COUNTERPART_PASSED) return;
    if (mirror_apply(work, p, &field) != CODE_NONE) proposal_phase_to(work, p, LIFE_EXPIRED);
}

/* A treasury allocation that Alpha alone decided: there is no mirrored proposal to it. */
static enum code alone_execute(struct work *work, const struct ipc_governance_executed *executed)
{
    enum receipt_field field;
    const struct proposal p = {.id = executed->proposal, .action = executed->action};
    if (executed->outcome != 1 || executed->action.type != ACTION_TREASURY_ALLOCATION) return CODE_PROPOSAL_NOT_FOUND;
    return action_apply(work, &p, &field);
}

static enum code executed_execute(struct work *work, const struct ipc_message *message)
{
    const struct ipc_governance_executed *executed = &message->body.governance_executed;
    struct proposal p;
    gov_advance(work);
    if (!proposal_take(work, &executed->proposal, &p)) return alone_execute(work, executed);
    p.last_message = id_of(message);
    if (executed->outcome != 1) {
        p.counterpart = executed->outcome == 2 ? COUNTERPART_FAILED : COUNTERPART_UNKNOWN;
        p.counterpart_phase = executed->outcome == 2 ? LIFE_DEFEATED : LIFE_CANCELLED;
        if (proposal_is_over(p.phase)) proposal_put(work, &p);
        else proposal_phase_to(work, &p, executed->outcome == 2 ? LIFE_DEFEATED : LIFE_CANCELLED);
        return CODE_NONE;
    }
    p.counterpart = COUNTERPART_PASSED;
    p.counterpart_phase = LIFE_EXECUTED;
    proposal_put(work, &p);
    if (p.phase != LIFE_QUEUED) return CODE_PROPOSAL_NOT_EXECUTABLE; /* not passed here: Alpha would not have executed it */
    if (work->frame->height >= p.eta) {
        enum receipt_field field;
        return mirror_apply(work, &p, &field);
    }
    agenda_put(work, (uint32_t)MIN((uint64_t)p.eta + MIRROR_PATIENCE_BLOCKS, UINT32_MAX), AGENDA_APPLY, &p.id);
    return CODE_NONE;
}

enum code gov_execute_apply(struct exec *x)
{
    struct proposal p;
    enum receipt_field field = RECEIPT_FIELD_PROPOSAL;
    gov_advance(x->work);
    if (!proposal_take(x->work, &x->payload->id.id, &p)) return refuse(x, CODE_PROPOSAL_NOT_FOUND, RECEIPT_FIELD_PROPOSAL);
    if (p.phase == LIFE_EXECUTED) return refuse(x, CODE_ALREADY_EXECUTED, RECEIPT_FIELD_PROPOSAL);
    if (p.phase != LIFE_QUEUED) return gov_not_executable(x, &p);
    const enum code early = gov_timelock(x, &p);
    if (p.counterpart != COUNTERPART_PASSED)
        return refuse_for(x, CODE_PROPOSAL_NOT_EXECUTABLE, RECEIPT_FIELD_PROPOSAL, RECEIPT_REASON_NOT_QUEUED);
    if (early != CODE_NONE) return early;
    const enum code code = mirror_apply(x->work, &p, &field);
    return code == CODE_NONE ? CODE_NONE : refuse(x, code, field);
}

const struct family_message governance_messages[GOVERNANCE_MESSAGES] = {
    {IPC_GOVERNANCE_EXECUTED, executed_execute},
    {IPC_GOVERNANCE_MIRROR, mirror_execute},
    {IPC_GOVERNANCE_TALLY, tally_execute},
};
