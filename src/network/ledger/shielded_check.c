/* Steps 8 to 18 of shielded 6, in that order: what is cheap first, ring signatures and range proofs last. */
#include "network/ledger/proofcache.h"
#include "network/ledger/shielded_priv.h"

static enum code refuse_input(struct exec *x, enum code code, uint32_t input)
{
    x->receipt->index = input;
    return refuse(x, code, RECEIPT_FIELD_INPUTS);
}

static enum code refuse_proof(struct exec *x, enum receipt_field field, enum receipt_reason reason)
{
    return refuse_for(x, CODE_INVALID_PROOF, field, reason);
}

/* Steps 8 to 10: what it refers to, and what it spends. */
static enum code anchor_check(struct exec *x, const struct payload_shielded_spend *spend)
{
    const struct work *work = x->work;
    const struct params *params = &work->parent->params;
    const uint32_t height = work->frame->height;
    if ((uint64_t)spend->ref_height + params->note_maturity_blocks > height)
        return refuse(x, CODE_UNKNOWN_ANCHOR, RECEIPT_FIELD_REF_HEIGHT);
    for (uint32_t i = 0; i < spend->inputs.count; i++) {
        const struct hash *image = &spend->inputs.items[i].key_image;
        uint32_t spent_height;
        struct hash spent_by;
        const bool fresh = !pool_nullifier(&work->objects, image, &spent_height, &spent_by) && !(x->images_taken >> i & 1);
        if (!guard_key_image(work->rules, fresh)) return refuse_input(x, CODE_NULLIFIER_SPENT, i);
    }
    if (!guard_proof_window(work->rules, height - spend->ref_height, params->proof_window_blocks))
        return refuse(x, CODE_PROOF_EXPIRED, RECEIPT_FIELD_REF_HEIGHT);
    return CODE_NONE;
}

/* Steps 11 and 12; fills members[i][j]. */
static enum code rings_check(struct exec *x, const struct payload_shielded_spend *spend, struct clsag_member (*members)[CLSAG_RING_MAX])
{
    const struct work *work = x->work;
    const uint64_t wanted = work->parent->params.ring_size;
    for (uint32_t i = 0; i < spend->inputs.count; i++) {
        const uint32_t size = spend->inputs.items[i].ring.count;
        if (!guard_ring_size(work->rules, size, wanted))
            return refuse_input(x, size < wanted ? CODE_RING_TOO_SMALL : CODE_INVALID_FORMAT, i);
    }
    for (uint32_t i = 0; i < spend->inputs.count; i++) {
        for (uint32_t j = 0; j < spend->inputs.items[i].ring.count; j++) {
            struct pool_note note;
            if (!pool_note(&work->objects, spend->inputs.items[i].ring.items[j], &note) || note.height > spend->ref_height)
                return refuse_input(x, CODE_UNKNOWN_RING_MEMBER, i);
            members[i][j] = (struct clsag_member){note.note.one_time_key, note.note.commitment};
        }
    }
    return CODE_NONE;
}

enum code notes_check(struct exec *x, const struct wire_note *notes, uint32_t count, enum receipt_field field)
{
    for (uint32_t i = 0; i < count; i++) {
        bool taken = pool_has_key(&x->work->objects, &notes[i].one_time_key);
        for (uint32_t j = 0; j < i; j++) taken |= hash_eq(&notes[j].one_time_key, &notes[i].one_time_key);
        if (!taken) continue;
        x->receipt->index = i;
        return refuse(x, CODE_ALREADY_EXISTS, field);
    }
    return CODE_NONE;
}

/* Step 16: nothing is made and nothing lost. */
static bool sums_balance(const struct payload_shielded_spend *spend)
{
    struct point in = {{0}}, out = {{0}};
    for (uint32_t i = 0; i < spend->inputs.count; i++) in = point_add(&in, shielded_point(&spend->inputs.items[i].pseudo));
    for (uint32_t i = 0; i < spend->outputs.count; i++) out = point_add(&out, shielded_point(&spend->outputs.items[i].commitment));
    const struct scalar leaving = scalar_of(spend->amount.units + spend->pool_fee.units);
    point_mul_add(&out, &leaving, &shield_table.h);
    return point_eq(&in, &out);
}

/* Step 17. */
static bool signature_holds(struct shield_suite suite, const struct payload_shielded_spend *spend, uint32_t i, const struct clsag_member *members, const struct hash *message)
{
    const struct wire_input *input = &spend->inputs.items[i];
    if (input->ring.count == 0) return false; /* taken where ring sizes are not looked at */
    const struct clsag_statement statement = {
        .ring = members,
        .count = input->ring.count,
        .pseudo = *shielded_point(&input->pseudo),
        .key_image = *shielded_point(&input->key_image),
        .message = *message,
    };
    return suite_ring_verify(suite, &statement, spend->signatures.items[i]);
}

struct rangeproof_check range_check(const struct payload_shielded_spend *spend, struct point commitments[SHIELDED_OUTPUTS_MAX])
{
    for (uint32_t i = 0; i < spend->outputs.count; i++) commitments[i] = *shielded_point(&spend->outputs.items[i].commitment);
    return (struct rangeproof_check){commitments, spend->outputs.count, spend->range_proof};
}

/* Step 18. */
static bool range_holds(struct shield_suite suite, const struct payload_shielded_spend *spend)
{
    struct point commitments[SHIELDED_OUTPUTS_MAX];
    const struct rangeproof_check check = range_check(spend, commitments);
    return suite_range_verify(suite, &check);
}

struct hash rings_hash(const struct payload_shielded_spend *spend, struct clsag_member (*members)[CLSAG_RING_MAX])
{
    struct hasher hasher;
    hasher_init(&hasher, "ledger/rings");
    for (uint32_t i = 0; i < spend->inputs.count; i++) {
        hasher_add_u32(&hasher, spend->inputs.items[i].ring.count);
        hasher_add(&hasher, members[i], sizeof(members[i][0]) * spend->inputs.items[i].ring.count);
    }
    return hasher_final(&hasher);
}

struct proof_answer sums_and_signatures(const struct ledger_rules *rules, const struct tx *tx, const struct payload_shielded_spend *spend,
                                        struct clsag_member (*members)[CLSAG_RING_MAX])
{
    if (!sums_balance(spend)) return (struct proof_answer){PROOF_BALANCE, 0};
    const struct hash message = shielded_message(tx, spend);
    for (uint32_t i = 0; i < spend->inputs.count; i++) {
        proofcache_note(rules->proofs, 1, 0, 0);
        if (!signature_holds(rules->shield, spend, i, members[i], &message)) return (struct proof_answer){PROOF_SIGNATURE, (uint8_t)i};
    }
    return (struct proof_answer){PROOF_HOLDS, 0};
}

static enum code proofs_refuse(struct exec *x, struct proof_answer answer)
{
    switch ((enum proof_state)answer.state) {
    case PROOF_HOLDS: return CODE_NONE;
    case PROOF_BALANCE: return refuse_proof(x, RECEIPT_FIELD_OUTPUTS, RECEIPT_REASON_BALANCE);
    case PROOF_SIGNATURE:
        x->receipt->index = answer.index;
        return refuse_proof(x, RECEIPT_FIELD_SIGNATURES, RECEIPT_REASON_SIGNATURE);
    case PROOF_RANGE: return refuse_proof(x, RECEIPT_FIELD_RANGE_PROOF, RECEIPT_REASON_RANGE);
    }
    UNREACHABLE();
}

/* Steps 16 to 18, once for every transaction and rings. With a switch on, only what holds all of them is remembered or asked for. */
static enum code proofs_check(struct exec *x, const struct payload_shielded_spend *spend, struct clsag_member (*members)[CLSAG_RING_MAX])
{
    const struct ledger_rules *rules = x->work->rules;
    const struct hash rings = rings_hash(spend, members);
    const bool proofs = guard_shielded_proof(rules), ranges = guard_range_proof(rules);
    struct proof_answer answer;
    if (proofcache_find(rules->proofs, &x->tx->id, &rings, &answer) && (answer.state == PROOF_HOLDS || (proofs && ranges)))
        return proofs_refuse(x, answer);
    answer = proofs ? sums_and_signatures(rules, x->tx, spend, members) : (struct proof_answer){PROOF_HOLDS, 0};
    if (answer.state == PROOF_HOLDS && ranges) {
        proofcache_note(rules->proofs, 0, 1, 0);
        if (!range_holds(rules->shield, spend)) answer.state = PROOF_RANGE;
    }
    if (proofs && ranges) proofcache_put(rules->proofs, &x->tx->id, &rings, answer);
    return proofs_refuse(x, answer);
}

enum code spend_check_cheap(struct exec *x, const struct payload_shielded_spend *spend, struct clsag_member (*members)[CLSAG_RING_MAX])
{
    enum code code = anchor_check(x, spend);
    if (code == CODE_NONE) code = rings_check(x, spend, members);
    if (code == CODE_NONE) code = notes_check(x, spend->outputs.items, spend->outputs.count, RECEIPT_FIELD_OUTPUTS);
    const struct pool_sums sums = pool_sums(&x->work->objects);
    if (code == CODE_NONE && spend->amount.units + spend->pool_fee.units > pool_balance(&sums))
        code = refuse_proof(x, RECEIPT_FIELD_AMOUNT, RECEIPT_REASON_POOL);
    return code;
}

enum code spend_check(struct exec *x, const struct payload_shielded_spend *spend)
{
    struct clsag_member(*members)[CLSAG_RING_MAX] = base_alloc(sizeof(*members) * SHIELDED_INPUTS_MAX);
    enum code code = spend_check_cheap(x, spend, members);
    if (code == CODE_NONE) code = proofs_check(x, spend, members);
    base_free(members);
    return code;
}
