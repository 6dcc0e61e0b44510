/* Registrations (PT-L-080): a synthetic person registers, a reviewer decides, who was rejected hands in corrected papers. The chain has hashes
 * of the papers alone. */
#include <inttypes.h>

#include "tester/behavior/d007_priv.h"

static void tell(struct act *act, const struct hash *registration)
{
    char hex[64];
    str_hex(act->op->tx_id.b, sizeof(act->op->tx_id.b), hex);
    act_output(act, STR("tx_id"), (struct str){hex, sizeof(hex)});
    str_hex(registration->b, sizeof(registration->b), hex);
    act_output(act, STR("registration_id"), (struct str){hex, sizeof(hex)});
}

static const char *const transitions = "only the state machine's transitions";

/* What `landing` handed in is pending, one attempt further, or has been decided since. */
static void claim_pending(struct act *act, const struct kyc_seen *before, const struct kyc_seen *after, const struct landing *landing)
{
    const bool mine = after->known && hash_eq(&after->registration, &landing->id) && after->attempts == before->attempts + 1;
    const bool waits = after->status == KYC_PENDING && after->updated == landing->height && !after->reviewer.has;
    const bool decided = after->status != KYC_PENDING && after->updated > landing->height && after->reviewer.has;
    (void)act_claim(act, transitions, mine && (waits || decided), "attempt %" PRIu32 " then %" PRIu32 ", " STR_FMT " in %" PRIu32 ", handed in in %" PRIu32,
                    before->attempts, after->attempts, STR_ARG(kyc_status_text(after->status)), after->updated, landing->height);
}

static void hand_in(struct act *act, const struct kyc_seen *before, struct op *op)
{
    const struct papers papers = papers_of(act->bot);
    const uint32_t attempt = before->attempts + 1;
    papers_plant(act->crew, &papers);
    const union payload payload = {.kyc_submit = {papers_profile(&papers, attempt), papers_documents(&papers, attempt), str_of(papers.country)}};
    const struct send_plan plan = {.kind = KIND_KYC_SUBMIT, .payload = &payload};
    struct landing landing = {0};
    struct kyc_seen after;
    if (!act_send(act, &plan, &landing, op)) return;
    tell(act, &landing.id);
    desk_tell(act, DESK_KYC);
    if (!kyc_read(act, &act->bot->identity.address, &papers, landing.height, &after)) return;
    claim_pending(act, before, &after, &landing);
    if (claim_unread(act, after.shows, "registration")) (void)claim_hidden(act, &landing, KIND_KYC_SUBMIT, &payload, &papers); /* op tells */
}

/* Who is registered already is refused, as the network has it. */
void d007_kyc_register(struct act *act, struct op *op)
{
    struct kyc_seen before;
    if (!act_on(act, CHAIN_DELTA, op) || !kyc_read(act, &act->bot->identity.address, NULL, 0, &before)) return;
    hand_in(act, &before, op);
    if (op->status != OP_REFUSED || op->code != CODE_ALREADY_REGISTERED) return;
    (void)act_claim(act, transitions, before.known, "refused as registered, where nothing was");
}

void d007_kyc_resubmit(struct act *act, struct op *op)
{
    struct kyc_seen before;
    if (!act_on(act, CHAIN_DELTA, op) || !kyc_read(act, &act->bot->identity.address, NULL, 0, &before)) return;
    if (before.known && before.status == KYC_REJECTED) {
        hand_in(act, &before, op);
        return;
    }
    op->status = OP_SKIPPED;
    op_note(op, "was not rejected");
}

/* ---- reviewers ---- */

static struct str reason_text(uint8_t reason)
{
    static const struct str texts[] = {{"none", 4}, {"incomplete_docs", 15}, {"suspicious_activity", 19}, {"duplicate", 9}};
    return texts[reason];
}

/* It is decided as it was sent; who was rejected may have handed in again since. */
static void claim_decided(struct act *act, const struct kyc_seen *before, const struct kyc_seen *after, const struct payload_kyc_review *sent, uint32_t height)
{
    const bool approved = sent->decision == KYC_APPROVE;
    const bool stands = after->attempts == before->attempts && hash_eq(&after->registration, &before->registration) && after->updated == height &&
                        after->status == (approved ? KYC_APPROVED : KYC_REJECTED) && after->reviewer.has &&
                        address_eq(&after->reviewer.value, &act->bot->identity.address) && str_eq(str_of(after->reason), reason_text(sent->reason));
    const bool again = !approved && after->attempts > before->attempts && after->updated > height;
    (void)act_claim(act, transitions, stands || again, STR_FMT " in %" PRIu32 ", told as " STR_FMT " in %" PRIu32, STR_ARG(approved ? STR("approved") : STR("rejected")),
                    height, STR_ARG(kyc_status_text(after->status)), after->updated); /* a reason is for no log */
}

/* False: another took it first, or op says. */
static bool review(struct act *act, struct desk_item *item, struct op *op)
{
    struct rng rng = rng_split(&act->rng, STR("reason"), item->bot->index);
    const bool approve = quota_draw(act, (uint32_t)act_u64(act, "approve_fraction"));
    const uint8_t reason = approve ? KYC_NONE : (uint8_t)rng_range(&rng, KYC_INCOMPLETE_DOCS, KYC_DUPLICATE);
    const struct address *subject = &item->bot->identity.address;
    const union payload payload = {.kyc_review = {*subject, item->kyc.registration, approve ? KYC_APPROVE : KYC_REJECT, reason}};
    const struct send_plan plan = {.kind = KIND_KYC_REVIEW, .payload = &payload};
    const struct papers papers = papers_of(item->bot);
    struct landing landing = {0};
    struct kyc_seen after;
    if (!act_send(act, &plan, &landing, op)) {
        quota_return(act, approve);
        if (!op_pardon(op, CODE_REQUEST_CLOSED)) (void)op_pardon(op, CODE_KYC_NOT_FOUND); /* decided by somebody else, or handed in again */
        return false;
    }
    tell(act, &item->kyc.registration);
    if (!kyc_read(act, subject, &papers, landing.height, &after)) return false;
    (void)claim_unread(act, after.shows, "decision"); /* op tells */
    claim_decided(act, &item->kyc, &after, &payload.kyc_review, landing.height);
    return op->status == OP_DONE;
}

/* One registration; with neither rate nor count all that come while the phase lasts. */
void d007_kyc_review(struct act *act, struct op *op)
{
    if (!act_on(act, CHAIN_DELTA, op)) return;
    struct desk_service *service = desk_open(act, DESK_KYC);
    const struct instant patience = act->track->standing ? act->deadline : act_deadline(act, D007_KYC_PATIENCE);
    struct desk_item item;
    uint32_t decided = 0;
    while (op->status == OP_DONE && (act->track->standing || decided == 0) && desk_next(act, service, patience, &item)) {
        decided += review(act, &item, op);
        desk_done(act, &item);
    }
    desk_close(act, service);
    if (op->status != OP_DONE || decided > 0) return;
    op->status = OP_SKIPPED;
    op_note(op, "nothing was handed in");
}
