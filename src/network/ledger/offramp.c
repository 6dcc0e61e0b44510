/* Family of the off-ramp (D007): registrations none -> pending -> approved or rejected (-> pending), withdrawals requested -> approved or
 * denied -> settled or failed -> approved again or cancelled. */
#include "network/ledger/offramp_priv.h"

#include "network/ledger/role_priv.h"

static uint32_t height_of(const struct exec *x) { return x->work->parent->height + 1; }

static void kyc_tell(struct exec *x, const struct address *who, const struct kyc_record *record)
{
    const struct kyc_event event = {*who, record->status};
    work_event(x->work, EVENT_KYC_STATUS, &shape_kyc_event, &event);
}

static enum code kyc_submit_apply(struct exec *x)
{
    const struct payload_kyc_submit *p = &x->payload->kyc_submit;
    struct kyc_record record = {0};
    const bool known = kyc_load(&x->work->objects, &x->sender, &record);
    if (known && record.status != KYC_REJECTED) return refuse(x, CODE_ALREADY_REGISTERED, RECEIPT_FIELD_SENDER);
    const uint32_t attempts = record.attempts;
    record = (struct kyc_record){.registration = x->id,
                                 .profile = p->profile_hash,
                                 .documents = p->documents_hash,
                                 .status = KYC_PENDING,
                                 .attempts = attempts + 1,
                                 .updated = height_of(x),
                                 .country_len = (uint8_t)MIN(p->country.len, sizeof(record.country))};
    if (record.country_len > 0) memcpy(record.country, p->country.data, record.country_len);
    kyc_store(x->work, &x->sender, &record);
    kyc_tell(x, &x->sender, &record);
    return CODE_NONE;
}

static enum code kyc_review_apply(struct exec *x)
{
    const struct payload_kyc_review *p = &x->payload->kyc_review;
    struct kyc_record record;
    if (!role_has(&x->work->objects, &x->sender, LEDGER_ROLE_KYC_OFFICER)) return refuse(x, CODE_FORBIDDEN, RECEIPT_FIELD_SENDER);
    if (!kyc_load(&x->work->objects, &p->subject, &record)) return refuse(x, CODE_KYC_NOT_FOUND, RECEIPT_FIELD_SUBJECT);
    if (!hash_eq(&record.registration, &p->registration)) return refuse(x, CODE_KYC_NOT_FOUND, RECEIPT_FIELD_REGISTRATION);
    if (record.status != KYC_PENDING) return refuse(x, CODE_REQUEST_CLOSED, RECEIPT_FIELD_REGISTRATION);
    record.status = p->decision == KYC_APPROVE ? KYC_APPROVED : KYC_REJECTED;
    record.reason = p->reason;
    record.reviewer = (struct opt_address){true, x->sender};
    record.updated = height_of(x);
    kyc_store(x->work, &p->subject, &record);
    kyc_tell(x, &p->subject, &record);
    return CODE_NONE;
}

/* ---- withdrawals ---- */

static void advance(struct exec *x, const struct hash *id, struct offramp_record *record, enum offramp_status status)
{
    record->status = status;
    record->updated = height_of(x);
    ASSERT(record->steps_count < OFFRAMP_STEPS_MAX); /* with so few retries no life is longer */
    record->steps[record->steps_count++] = (struct offramp_step){status, record->updated, x->sender};
    offramp_store(x->work, id, record);
    const struct offramp_event event = {*id, status};
    work_event(x->work, EVENT_OFFRAMP_STATUS, &shape_offramp_event, &event);
}
_Static_assert(3 + 2 * OFFRAMP_RETRIES_MAX + 1 <= OFFRAMP_STEPS_MAX, "requested, approved, failed, (approved, failed) a retry, cancelled");

/* Escrow goes to somebody's free balance. */
static void escrow_pay(struct exec *x, struct offramp_record *record, const struct address *to, u128 units)
{
    record->escrow -= units;
    HOLDING(x->work, TOKEN_DX, escrow) -= units;
    money_give(x->work, to, TOKEN_DX, (struct amount){units});
}

static enum code kyc_gate(struct exec *x)
{
    struct kyc_record record;
    const bool known = kyc_load(&x->work->objects, &x->sender, &record);
    if (guard_kyc(x->work->rules, known && record.status == KYC_APPROVED)) return CODE_NONE;
    const enum code code = !known ? CODE_KYC_REQUIRED : record.status == KYC_PENDING ? CODE_KYC_PENDING : CODE_KYC_REJECTED;
    return refuse(x, code, RECEIPT_FIELD_SENDER);
}

static enum code request_apply(struct exec *x)
{
    const struct payload_offramp_request *p = &x->payload->offramp_request;
    enum code code = kyc_gate(x);
    if (code == CODE_NONE) code = money_take(x, &x->sender, TOKEN_DX, p->amount, RECEIPT_FIELD_AMOUNT);
    if (code != CODE_NONE) return code;
    HOLDING(x->work, TOKEN_DX, escrow) += p->amount.units;
    struct offramp_record record = {.owner = x->sender,
                                    .amount = p->amount.units,
                                    .escrow = p->amount.units,
                                    .bank = p->bank_hash,
                                    .created = height_of(x),
                                    .currency_len = (uint8_t)MIN(p->currency.len, sizeof(record.currency))};
    if (record.currency_len > 0) memcpy(record.currency, p->currency.data, record.currency_len);
    advance(x, &x->id, &record, OFFRAMP_REQUESTED);
    return CODE_NONE;
}

/* Officers and settlers alike may let a withdrawal go on. */
static enum code approve_apply(struct exec *x)
{
    const struct payload_offramp_approve *p = &x->payload->offramp_approve;
    const struct ordmap *objects = &x->work->objects;
    struct offramp_record record;
    if (!offramp_load(objects, &p->request_id, &record)) return refuse(x, CODE_REQUEST_NOT_FOUND, RECEIPT_FIELD_REQUEST_ID);
    if (!role_has(objects, &x->sender, LEDGER_ROLE_KYC_OFFICER) && !role_has(objects, &x->sender, LEDGER_ROLE_SETTLER))
        return refuse(x, CODE_FORBIDDEN, RECEIPT_FIELD_SENDER);
    if (record.status != OFFRAMP_REQUESTED) return refuse(x, CODE_REQUEST_CLOSED, RECEIPT_FIELD_REQUEST_ID);
    if (!p->approve) escrow_pay(x, &record, &record.owner, record.escrow);
    advance(x, &p->request_id, &record, p->approve ? OFFRAMP_APPROVED : OFFRAMP_DENIED);
    return CODE_NONE;
}

static enum code settle_apply(struct exec *x)
{
    const struct payload_offramp_settle *p = &x->payload->offramp_settle;
    struct offramp_record record;
    if (!offramp_load(&x->work->objects, &p->request_id, &record)) return refuse(x, CODE_REQUEST_NOT_FOUND, RECEIPT_FIELD_REQUEST_ID);
    if (!role_has(&x->work->objects, &x->sender, LEDGER_ROLE_SETTLER)) return refuse(x, CODE_FORBIDDEN, RECEIPT_FIELD_SENDER);
    if (record.status != OFFRAMP_APPROVED) return refuse(x, CODE_REQUEST_CLOSED, RECEIPT_FIELD_REQUEST_ID);
    record.reference_len = (uint8_t)MIN(p->reference.len, (size_t)OFFRAMP_REFERENCE_MAX);
    if (record.reference_len > 0) memcpy(record.reference, p->reference.data, record.reference_len);
    const bool success = p->outcome == SETTLE_SUCCESS;
    if (success)
        escrow_pay(x, &record, &x->sender, record.escrow);
    else if (!guard_escrow_whole(x->work->rules))
        escrow_pay(x, &record, &x->sender, record.escrow / 100);
    advance(x, &p->request_id, &record, success ? OFFRAMP_SETTLED : OFFRAMP_FAILED);
    return CODE_NONE;
}

static enum code failed_of_owner(struct exec *x, const struct hash *id, struct offramp_record *out)
{
    if (!offramp_load(&x->work->objects, id, out)) return refuse(x, CODE_REQUEST_NOT_FOUND, RECEIPT_FIELD_REQUEST_ID);
    if (!address_eq(&out->owner, &x->sender)) return refuse(x, CODE_NOT_OWNER, RECEIPT_FIELD_SENDER);
    if (out->status != OFFRAMP_FAILED) return refuse(x, CODE_REQUEST_CLOSED, RECEIPT_FIELD_REQUEST_ID);
    return CODE_NONE;
}

static enum code retry_apply(struct exec *x)
{
    const struct hash *id = &x->payload->id.id;
    struct offramp_record record;
    const enum code code = failed_of_owner(x, id, &record);
    if (code != CODE_NONE) return code;
    if (record.retries == OFFRAMP_RETRIES_MAX) return refuse(x, CODE_REQUEST_CLOSED, RECEIPT_FIELD_REQUEST_ID);
    record.retries++;
    advance(x, id, &record, OFFRAMP_APPROVED);
    return CODE_NONE;
}

static enum code cancel_apply(struct exec *x)
{
    const struct hash *id = &x->payload->id.id;
    struct offramp_record record;
    const enum code code = failed_of_owner(x, id, &record);
    if (code != CODE_NONE) return code;
    escrow_pay(x, &record, &record.owner, record.escrow);
    advance(x, id, &record, OFFRAMP_CANCELLED);
    return CODE_NONE;
}

static void offramp_audit(const struct ordmap *objects, struct supply_token holdings[TOKEN_COUNT])
{
    const struct okey prefix = okey(SPACE_OFFRAMP);
    struct ordmap_entry entry;
    for (bool more = ordmap_first(objects, okey_view(&prefix), &entry); more;
         more = ordmap_next(objects, okey_view(&prefix), entry.key, &entry)) {
        struct hash id;
        struct offramp_record record;
        if (entry.key.len != 1 + sizeof(id)) continue; /* a registration */
        memcpy(&id, entry.key.data + 1, sizeof(id));
        if (offramp_load(objects, &id, &record)) holdings[TOKEN_DX - 1].escrow.units += record.escrow;
    }
}

static const struct family_kind kinds[] = {
    {.kind = KIND_KYC_SUBMIT, .apply = kyc_submit_apply},       {.kind = KIND_KYC_REVIEW, .apply = kyc_review_apply},
    {.kind = KIND_OFFRAMP_REQUEST, .apply = request_apply},     {.kind = KIND_OFFRAMP_APPROVE, .apply = approve_apply},
    {.kind = KIND_OFFRAMP_SETTLE, .apply = settle_apply},       {.kind = KIND_OFFRAMP_RETRY, .apply = retry_apply},
    {.kind = KIND_OFFRAMP_CANCEL, .apply = cancel_apply},
};
extern const struct family family_offramp;
const struct family family_offramp = {.name = "offramp", .kinds = kinds, .kinds_count = ARRAY_LEN(kinds), .audit = offramp_audit};
