/* Withdrawals (PT-L-081): who is approved takes money out of the chain; it waits in escrow until the bank has answered, and is then paid out or
 * comes back. The bank is a stub of the settler's: it takes `delay`, and pays a share of `success_fraction` of what it is told to. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/d007_priv.h"
#include "tester/bot/tide.h"
#include "world/fiber/fiber.h"

static void tell(struct act *act, const struct hash *request)
{
    char hex[64];
    str_hex(act->op->tx_id.b, sizeof(act->op->tx_id.b), hex);
    act_output(act, STR("tx_id"), (struct str){hex, sizeof(hex)});
    str_hex(request->b, sizeof(request->b), hex);
    act_output(act, STR("request_id"), (struct str){hex, sizeof(hex)});
}

static bool claim_paid(struct act *act, const char *claim, const struct landing *landing, u128 gained, u128 lost)
{
    const struct movement movement = {.chain = CHAIN_DELTA,
                                      .address = &act->bot->identity.address,
                                      .height = landing->height,
                                      .token = TOKEN_DX,
                                      .gained = {gained},
                                      .lost = {lost + landing->receipt.fee_charged.units},
                                      .by = &landing->id};
    return act_claim_moved(act, claim, &movement);
}

/* ---- opening ---- */

/* What a registration like this one is answered with; CODE_NONE: it may withdraw. */
static enum code code_of(const struct kyc_seen *kyc)
{
    if (!kyc->known) return CODE_KYC_REQUIRED;
    return kyc->status == KYC_APPROVED ? CODE_NONE : kyc->status == KYC_PENDING ? CODE_KYC_PENDING : CODE_KYC_REJECTED;
}
static bool is_kyc_code(enum code code) { return code == CODE_KYC_REQUIRED || code == CODE_KYC_PENDING || code == CODE_KYC_REJECTED; }

/* `got`: how the request was answered. It must be what the registration asks for; that may have changed on the way. */
static bool claim_gate(struct act *act, const struct kyc_seen *before, enum code got)
{
    struct kyc_seen after = *before;
    if (got != code_of(before) && !kyc_read(act, &act->bot->identity.address, NULL, 0, &after)) return false;
    return act_claim(act, "only the approved withdraw", got == code_of(before) || got == code_of(&after), "answered " STR_FMT ", where it is " STR_FMT,
                     STR_ARG(got == CODE_NONE ? STR("by taking it") : code_text(got)), STR_ARG(before->known ? kyc_status_text(before->status) : STR("unknown")));
}

static void opened(struct act *act, const struct kyc_seen *kyc, const struct papers *papers, const union payload *payload, const struct landing *landing)
{
    struct ramp_seen ramp;
    if (!claim_gate(act, kyc, CODE_NONE) || !ramp_read(act, &landing->id, papers, landing->height, &ramp)) return;
    const bool stands = address_eq(&ramp.owner, &act->bot->identity.address) && ramp.amount == payload->offramp_request.amount.units &&
                        ramp.created == landing->height && ramp_stepped(&ramp, OFFRAMP_REQUESTED, landing->height, &act->bot->identity.address);
    (void)act_claim(act, "it stands as it was requested", stands, "created in %" PRIu32 ", requested in %" PRIu32, ramp.created, landing->height);
    (void)claim_escrow(act, &ramp); /* op tells, as behind all of these */
    (void)claim_unread(act, ramp.shows, "withdrawal");
    (void)claim_hidden(act, landing, KIND_OFFRAMP_REQUEST, payload, papers);
    (void)claim_paid(act, "the amount leaves the account", landing, 0, ramp.amount);
    (void)claim_conserved(act);
}

static bool has_one(struct act *act)
{
    struct ramp_seen ramp;
    bool found = false;
    const unsigned kept = 1u << OFFRAMP_REQUESTED | 1u << OFFRAMP_APPROVED | 1u << OFFRAMP_SETTLED | 1u << OFFRAMP_FAILED;
    if (!ramp_find(act, &act->bot->identity.address, kept, false, &ramp, &found)) return true;
    if (!found) return false;
    act->op->status = OP_SKIPPED;
    op_note(act->op, "has a withdrawal already");
    return true;
}

void d007_offramp(struct act *act, struct op *op)
{
    struct kyc_seen kyc;
    char currency[16];
    struct arena arena;
    if (!act_on(act, CHAIN_DELTA, op) || (act_flag(act, "once") && has_one(act))) return;
    if (!kyc_read(act, &act->bot->identity.address, NULL, 0, &kyc)) return;
    arena_init(&arena, 0);
    snprintf(currency, sizeof(currency), STR_FMT, STR_ARG(act_text(act, "currency", &arena)));
    arena_done(&arena);
    const struct papers papers = papers_of(act->bot);
    const struct amount amount = AMOUNT(act_amount(act, "amount"));
    papers_plant(act->crew, &papers);
    const union payload payload = {.offramp_request = {amount, str_of(currency), papers_bank(&papers)}};
    const struct send_plan plan = {.kind = KIND_OFFRAMP_REQUEST, .payload = &payload, .leaves = money_of(TOKEN_DX, amount), .held = true};
    struct landing landing = {0};
    if (act_send(act, &plan, &landing, op)) {
        tell(act, &landing.id);
        desk_tell(act, DESK_RAMP);
        opened(act, &kyc, &papers, &payload, &landing);
    } else if (op->status == OP_REFUSED && is_kyc_code(op->code)) {
        (void)claim_gate(act, &kyc, op->code); /* op tells */
    }
}

/* ---- settling ---- */

static bool approve(struct act *act, struct desk_item *item, bool yes, struct op *op)
{
    const union payload payload = {.offramp_approve = {item->ramp.id, yes}};
    const struct send_plan plan = {.kind = KIND_OFFRAMP_APPROVE, .payload = &payload};
    struct landing landing = {0};
    struct ramp_seen after;
    if (!act_send(act, &plan, &landing, op) || !ramp_read(act, &item->ramp.id, NULL, landing.height, &after)) return false;
    const enum offramp_status now = yes ? OFFRAMP_APPROVED : OFFRAMP_DENIED;
    return act_claim(act, "a request is approved or denied once", item->ramp.status == OFFRAMP_REQUESTED && ramp_stepped(&after, now, landing.height, &act->bot->identity.address),
                     "not " STR_FMT " in %" PRIu32, STR_ARG(offramp_status_text(now)), landing.height) &&
           claim_escrow(act, &after);
}

/* What the bank tells of its transfer. */
static struct hash reference_of(const struct ramp_seen *ramp)
{
    struct hasher hasher;
    hasher_init(&hasher, "adnet-testbots/transfer");
    hasher_add(&hasher, ramp->id.b, sizeof(ramp->id.b));
    hasher_add_u32(&hasher, ramp->attempts);
    return hasher_final(&hasher);
}

static void settled(struct act *act, const struct desk_item *item, bool paid, const struct hash *reference, const struct landing *landing)
{
    struct ramp_seen after;
    struct kyc_seen owner;
    const struct papers papers = papers_of(item->bot);
    if (!ramp_read(act, &item->ramp.id, &papers, landing->height, &after) || !kyc_read(act, &after.owner, &papers, 0, &owner)) return;
    const bool told = after.updated > landing->height || (after.has_reference && memcmp(after.reference, reference->b, sizeof(after.reference)) == 0);
    (void)act_claim(act, "the bank's answer is kept", told && ramp_stepped(&after, paid ? OFFRAMP_SETTLED : OFFRAMP_FAILED, landing->height, &act->bot->identity.address),
                    STR_FMT " in %" PRIu32 ", answered in %" PRIu32, STR_ARG(offramp_status_text(after.status)), after.updated, landing->height);
    (void)act_claim(act, "only approved owners are settled", !paid || (owner.known && owner.status == KYC_APPROVED), "the owner is not approved");
    (void)claim_escrow(act, &after); /* op tells, as behind all of these */
    (void)claim_unread(act, after.shows != NULL ? after.shows : owner.shows, "settlement");
    (void)claim_paid(act, paid ? "what is settled is paid out once" : "a failed settlement pays nobody", landing, paid ? after.amount : 0, 0);
    (void)claim_conserved(act);
}

/* False: another settled it first, or op says. */
static bool settle(struct act *act, struct desk_item *item, struct op *op)
{
    struct kyc_seen owner;
    if (!kyc_read(act, &item->ramp.owner, NULL, 0, &owner)) return false;
    const bool may = owner.known && owner.status == KYC_APPROVED;
    if (item->ramp.status == OFFRAMP_REQUESTED && (!approve(act, item, may, op) || !may)) {
        (void)op_pardon(op, CODE_REQUEST_CLOSED); /* by somebody else */
        return !may && op->status == OP_DONE;
    }
    const struct duration delay = {act_u64(act, "delay")};
    if (delay.ns > 0) fiber_sleep(act->crew->env, delay);
    const bool paid = quota_draw(act, (uint32_t)act_u64(act, "success_fraction"));
    const struct hash reference = reference_of(&item->ramp);
    const union payload payload = {
        .offramp_settle = {item->ramp.id, paid ? SETTLE_SUCCESS : SETTLE_FAILURE, {(const char *)reference.b, sizeof(reference.b)}}};
    const struct send_plan plan = {.kind = KIND_OFFRAMP_SETTLE, .payload = &payload, .loose = 1u << TOKEN_DX};
    struct landing landing = {0};
    if (!act_send(act, &plan, &landing, op)) {
        quota_return(act, paid);
        (void)op_pardon(op, CODE_REQUEST_CLOSED); /* by somebody else */
        return false;
    }
    tell(act, &item->ramp.id);
    settled(act, item, paid, &reference, &landing);
    return op->status == OP_DONE;
}

/* One withdrawal; with neither rate nor count all that come while the phase lasts. */
void d007_settle(struct act *act, struct op *op)
{
    if (!act_on(act, CHAIN_DELTA, op)) return;
    struct desk_service *service = desk_open(act, DESK_RAMP);
    struct desk_item *item = base_alloc(sizeof(*item));
    const struct instant patience = act->track->standing ? act->deadline : act_deadline(act, D007_RAMP_PATIENCE);
    uint32_t done = 0;
    while (op->status == OP_DONE && (act->track->standing || done == 0) && desk_next(act, service, patience, item)) {
        done += settle(act, item, op);
        desk_done(act, item);
    }
    base_free(item);
    desk_close(act, service);
    if (op->status != OP_DONE || done > 0) return;
    op->status = OP_SKIPPED;
    op_note(op, "nothing was to be settled");
}

/* ---- what failed ---- */

/* Until the bank has answered again. False: op says. */
static bool answer_await(struct act *act, const struct hash *id, struct ramp_seen *out, struct op *op)
{
    const struct instant until = act_deadline(act, D007_RAMP_PATIENCE);
    for (;;) {
        if (!ramp_read(act, id, NULL, 0, out)) return false;
        if (out->status != OFFRAMP_APPROVED) return true;
        if (tide_next(act, CHAIN_DELTA, until)) continue;
        op->status = OP_TIMED_OUT;
        op_note(op, "nobody settled what was to be tried again");
        return false;
    }
}

static bool retry(struct act *act, struct ramp_seen *ramp, struct op *op)
{
    const union payload payload = {.id = {ramp->id}};
    const struct send_plan plan = {.kind = KIND_OFFRAMP_RETRY, .payload = &payload};
    const uint32_t before = ramp->attempts;
    struct landing landing = {0};
    if (!act_send(act, &plan, &landing, op)) return false;
    tell(act, &payload.id.id);
    desk_tell(act, DESK_RAMP);
    if (!ramp_read(act, &payload.id.id, NULL, landing.height, ramp)) return false;
    const bool back = ramp->attempts == before + 1 && ramp_stepped(ramp, OFFRAMP_APPROVED, landing.height, &act->bot->identity.address);
    return act_claim(act, "a retry is approved again", back, "retry %" PRIu32 " then %" PRIu32 ", in %" PRIu32, before, ramp->attempts, landing.height) &&
           claim_escrow(act, ramp);
}

/* What was tried often enough comes back. */
static void cancel(struct act *act, struct ramp_seen *ramp, struct op *op)
{
    const union payload payload = {.id = {ramp->id}};
    const struct send_plan plan = {.kind = KIND_OFFRAMP_CANCEL, .payload = &payload, .loose = 1u << TOKEN_DX};
    struct landing landing = {0};
    if (!act_send(act, &plan, &landing, op)) return;
    tell(act, &payload.id.id);
    if (!ramp_read(act, &payload.id.id, NULL, landing.height, ramp)) return;
    (void)act_claim(act, "in the end settled or returned", ramp->status == OFFRAMP_CANCELLED, "it is " STR_FMT, STR_ARG(offramp_status_text(ramp->status)));
    (void)claim_paid(act, "what failed is returned in full", &landing, ramp->amount, 0);
}

void d007_retry_settlement(struct act *act, struct op *op)
{
    struct ramp_seen *ramp = base_alloc(sizeof(*ramp));
    const uint64_t retries = act_u64(act, "retries");
    bool found = false;
    if (!act_on(act, CHAIN_DELTA, op) || !ramp_find(act, &act->bot->identity.address, 1u << OFFRAMP_FAILED, false, ramp, &found) || !found) {
        if (op->status == OP_DONE) {
            op->status = OP_SKIPPED;
            op_note(op, "nothing of its has failed");
        }
        base_free(ramp);
        return;
    }
    bool told = true;
    while (told && ramp->status == OFFRAMP_FAILED && ramp->attempts < retries)
        told = retry(act, ramp, op) && answer_await(act, &ramp->id, ramp, op);
    if (told && ramp->status == OFFRAMP_FAILED) cancel(act, ramp, op);
    else if (told) (void)act_claim(act, "in the end settled or returned", ramp->status == OFFRAMP_SETTLED, "it is " STR_FMT, STR_ARG(offramp_status_text(ramp->status)));
    if (told && op->status == OP_DONE && claim_escrow(act, ramp)) (void)claim_conserved(act); /* op tells */
    base_free(ramp);
}
