#include "chain/spend.h"

#include "core/crypto/wipe.h"

size_t spend_bytes(enum kind kind, uint32_t inputs, uint32_t ring, uint32_t outputs)
{
    const size_t own = 4 + 16 + (kind == KIND_SHIELDED_WITHDRAW ? 32 + 16 : 0);
    return TX_BYTES_MIN + own + 2 + (size_t)inputs * (66 + 4 * (size_t)ring) + 2 + WIRE_NOTE_BYTES * (size_t)outputs + 4 +
           rangeproof_bytes(outputs) + 2 + (size_t)inputs * (4 + clsag_bytes(ring));
}

/* With a constant tag the two high bytes of `enc` are those of the address, in every note to it, so that anybody finds all of them; the
 * value then has 48 bits. */
static void note_make(struct shield_suite suite, struct source *source, const struct shield_address *to, uint64_t value, uint32_t output, bool plain,
                      bool constant_tag, struct wire_note *out, struct shield_opening *opening)
{
    struct shield_note note;
    suite_note_make(suite, source, to, value, output, &note, opening);
    if (plain) memcpy(note.enc, &value, sizeof(value));
    if (constant_tag && !plain && value < UINT64_C(1) << 48) memcpy(note.enc + SPEND_TAG_AT, to->spend.b, SPEND_TAG_BYTES);
    memcpy(out, &note, sizeof(*out));
}

void deposit_build(const struct deposit_plan *plan, struct source *source, struct buf *out)
{
    union payload payload;
    struct shield_opening opening;
    memset(&payload, 0, sizeof(payload));
    struct payload_shielded_deposit *deposit = &payload.shielded_deposit;
    deposit->amount = AMOUNT(plan->amount);
    note_make(plan->suite, source, &plan->to, plan->amount, 0, plan->plain, plan->constant_tag, &deposit->note, &opening);
    memcpy(&deposit->blinding, &opening.blinding, sizeof(deposit->blinding));
    payload_encode(KIND_SHIELDED_DEPOSIT, &payload, out);
}

/* Everything under construction; on the heap: provers run on small stacks. */
struct spend_making {
    union payload payload;
    struct wire_input inputs[SHIELDED_INPUTS_MAX];
    struct wire_note outputs[SHIELDED_OUTPUTS_MAX];
    struct str signatures[SHIELDED_INPUTS_MAX];
    const struct spend_input *from[SHIELDED_INPUTS_MAX]; /* by key image */
    struct scalar pseudo[SHIELDED_INPUTS_MAX];
    struct shield_opening openings[SHIELDED_OUTPUTS_MAX];
    struct point commitments[SHIELDED_OUTPUTS_MAX]; /* of `openings` */
    const struct spend_plan *plan;
    struct source *source;
    uint8_t rnd[32]; /* for the range proof */
    uint8_t proof[RANGEPROOF_BYTES_MAX];
    uint8_t signed_bytes[SHIELDED_INPUTS_MAX][CLSAG_BYTES_MAX];
};

static void make_outputs(const struct spend_plan *plan, struct source *source, struct spend_making *m)
{
    uint32_t order[SHIELDED_OUTPUTS_MAX];
    for (uint32_t i = 0; i < plan->outputs_count; i++) order[i] = i;
    for (uint32_t i = plan->outputs_count; i > 1; i--) {
        const uint32_t j = (uint32_t)source_below(source, i), kept = order[i - 1];
        order[i - 1] = order[j];
        order[j] = kept;
    }
    for (uint32_t i = 0; i < plan->outputs_count; i++) { /* shuffled first, then derived: a note depends on its place */
        const struct spend_output *output = &plan->outputs[order[i]];
        note_make(plan->suite, source, &output->to, output->value, i, plan->plain, plan->constant_tag, &m->outputs[i], &m->openings[i]);
        m->commitments[i] = *shielded_point(&m->outputs[i].commitment);
    }
    source_bytes(source, m->rnd, sizeof(m->rnd));
}

static void make_inputs(const struct spend_plan *plan, struct source *source, struct spend_making *m)
{
    for (uint32_t i = 0; i < plan->inputs_count; i++) {
        const struct spend_input *input = &plan->inputs[i];
        const struct point image = shield_key_image(&input->owned.secret, &input->note.one_time_key);
        uint32_t place = i;
        for (; place > 0 && memcmp(&m->inputs[place - 1].key_image, &image, sizeof(image)) > 0; place--) {
            m->inputs[place] = m->inputs[place - 1];
            m->from[place] = m->from[place - 1];
        }
        memset(&m->inputs[place], 0, sizeof(m->inputs[place]));
        memcpy(&m->inputs[place].key_image, &image, sizeof(image));
        m->inputs[place].ring.items = (uint32_t *)(uintptr_t)input->ring; /* only read */
        m->inputs[place].ring.count = input->ring_count;
        m->from[place] = input;
    }
    struct scalar rest = {{0}};
    for (uint32_t i = 0; i < plan->outputs_count; i++) rest = scalar_add(&rest, &m->openings[i].blinding);
    for (uint32_t i = 0; i < plan->inputs_count; i++) {
        const bool last = i + 1 == plan->inputs_count;
        m->pseudo[i] = last ? rest : source_scalar(source);
        rest = scalar_sub(&rest, &m->pseudo[i]);
        const struct point pseudo = shield_commit(m->from[i]->owned.opening.value, &m->pseudo[i]);
        memcpy(&m->inputs[i].pseudo, &pseudo, sizeof(pseudo));
    }
}

/* What the signatures sign: the envelope as it will be, and the payload so far. */
static struct hash message_of(const struct spend_plan *plan, const struct pubkey *key, const struct spend_making *m)
{
    struct buf bytes = {0}, payload = {0};
    payload_encode(plan->spec->kind, &m->payload, &payload);
    struct tx_spec spec = *plan->spec;
    spec.payload = buf_str(&payload);
    tx_spec_encode(&spec, key, &bytes);
    const struct hash message = clsag_message(bytes.data, str_sub(buf_str(&payload), 0, payload.len - 2));
    buf_done(&bytes);
    buf_done(&payload);
    return message;
}

static void sign_inputs(const struct spend_plan *plan, const struct pubkey *key, struct source *source, struct spend_making *m)
{
    const struct hash message = message_of(plan, key, m);
    for (uint32_t i = 0; i < plan->inputs_count; i++) {
        const struct spend_input *from = m->from[i];
        const struct clsag_statement statement = {
            .ring = from->members,
            .count = from->ring_count,
            .pseudo = *shielded_point(&m->inputs[i].pseudo),
            .key_image = *shielded_point(&m->inputs[i].key_image),
            .message = message,
        };
        const struct clsag_secret secret = {from->real, from->owned.secret, scalar_sub(&from->owned.opening.blinding, &m->pseudo[i])};
        uint8_t rnd[32];
        source_bytes(source, rnd, sizeof(rnd));
        suite_ring_sign(plan->suite, &statement, &secret, rnd, m->signed_bytes[i]);
        m->signatures[i] = (struct str){(const char *)m->signed_bytes[i], clsag_bytes(from->ring_count)};
    }
}

struct spend_making *spend_begin(const struct spend_plan *plan, struct source *source)
{
    ASSERT(plan->inputs_count >= 1 && plan->inputs_count <= SHIELDED_INPUTS_MAX);
    ASSERT(plan->outputs_count >= 1 && plan->outputs_count <= SHIELDED_OUTPUTS_MAX);
    struct spend_making *m = base_alloc(sizeof(*m));
    m->plan = plan;
    m->source = source;
    make_outputs(plan, source, m);
    return m;
}

struct spend_statement spend_statement(const struct spend_making *m)
{
    return (struct spend_statement){m->openings, m->commitments, m->plan->outputs_count};
}

bool spend_proof_take(struct spend_making *m, struct str proof)
{
    const struct rangeproof_check check = {m->commitments, m->plan->outputs_count, proof};
    if (!rangeproof_well_formed(proof, check.count) || !suite_range_verify(m->plan->suite, &check)) return false;
    memcpy(m->proof, proof.data, proof.len);
    return true;
}

void spend_prove(struct spend_making *m)
{
    suite_range_prove(m->plan->suite, m->openings, m->commitments, m->plan->outputs_count, m->rnd, m->proof);
}

void spend_end(struct spend_making *m, const struct pubkey *key, struct buf *out)
{
    const struct spend_plan *plan = m->plan;
    make_inputs(plan, m->source, m);
    struct payload_shielded_spend *spend = &m->payload.shielded_spend;
    spend->ref_height = plan->ref_height;
    spend->pool_fee = plan->pool_fee;
    spend->to = plan->to;
    spend->amount = plan->amount;
    spend->inputs.items = m->inputs;
    spend->inputs.count = plan->inputs_count;
    spend->outputs.items = m->outputs;
    spend->outputs.count = plan->outputs_count;
    spend->range_proof = (struct str){(const char *)m->proof, rangeproof_bytes(plan->outputs_count)};
    sign_inputs(plan, key, m->source, m);
    spend->signatures.items = m->signatures;
    spend->signatures.count = plan->inputs_count;
    payload_encode(plan->spec->kind, &m->payload, out);
    spend_drop(m);
}

void spend_drop(struct spend_making *m)
{
    if (m == NULL) return;
    crypto_wipe(m, sizeof(*m));
    base_free(m);
}

void spend_build(const struct spend_plan *plan, const struct pubkey *key, struct source *source, struct buf *out)
{
    struct spend_making *m = spend_begin(plan, source);
    spend_prove(m);
    spend_end(m, key, out);
}
