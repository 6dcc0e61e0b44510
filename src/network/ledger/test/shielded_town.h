/* A town with a shielded pool: one wallet owns all notes; spends are built as wanted, and as nobody should want them. */
#ifndef LEDGER_TEST_SHIELDED_TOWN_H
#define LEDGER_TEST_SHIELDED_TOWN_H

#include "chain/spend.h"
#include "core/codec/binary.h"
#include "fixture.h"
#include "network/ledger/proofcache.h"
#include "network/ledger/shielded_priv.h"

enum { FEE = 5000, NOTE = 100000, STRANGER = PEOPLE, POOL_NOTES_MAX = 512 };

static struct shield_suite pool_suite __attribute__((unused)); /* of all pools: a test runs its claims with each */

struct pool_wallet {
    struct shield_keys keys;
    uint32_t count; /* of notes in the chain that were looked at; only own ones have an owner */
    struct pool_wallet_note {
        bool mine;
        struct shield_note note;
        struct shield_owned owned;
    } notes[POOL_NOTES_MAX];
};
struct pool {
    struct town town;
    struct person stranger; /* who has nothing */
    uint64_t nonces[PEOPLE + 1];
    struct source source;
    struct pool_wallet wallet;
    struct ledger_result *last;
    uint8_t images_taken;
};

struct spend_want {
    enum kind kind;
    size_t sender;
    uint64_t nonce;
    uint32_t ref_height, ring_count;
    uint32_t first, inputs; /* notes first, first + 1 ... */
    uint32_t outputs_count;
    struct spend_output outputs[SHIELDED_OUTPUTS_MAX];
    struct address to;
    uint64_t amount, pool_fee;
    uint64_t negative; /* moves that much more than there is from the last output to the first */
    bool unknown_member, break_balance, wrong_key, plain;
};

static inline uint32_t pool_height(const struct pool *p) { return ledger_height(p->town.state); }
static inline struct person *pool_person(struct pool *p, size_t i) { return i == STRANGER ? &p->stranger : &p->town.people[i]; }
static inline struct amount pool_free(const struct pool *p, size_t i) { return (struct amount){town_free(&p->town, i)}; }
static inline u128 pool_held(const struct pool *p)
{
    struct supply supply;
    ledger_supply(p->town.state, &supply);
    return supply.tokens[0].shielded.units;
}
static inline struct amount pool_rewards(const struct pool *p)
{
    struct supply supply;
    ledger_supply(p->town.state, &supply);
    return supply.tokens[0].rewards;
}
static inline void pool_switch(struct pool *p, enum weakness weakness, bool on) { weakness_put(&p->town.rules.weak, weakness, on); }

/* Looks at the notes that are new. */
static inline void pool_scan(struct pool *p)
{
    const struct ordmap *objects = ledger_objects(p->town.state);
    const uint32_t count = pool_counts(objects).notes;
    CHECK(count <= POOL_NOTES_MAX);
    for (; p->wallet.count < count; p->wallet.count++) {
        struct pool_wallet_note *own = &p->wallet.notes[p->wallet.count];
        struct pool_note note;
        struct pool_origin origin;
        CHECK(pool_note(objects, p->wallet.count, &note) && pool_note_origin(objects, p->wallet.count, &origin));
        own->note = note.note;
        own->mine = suite_note_own(pool_suite, &p->wallet.keys, &note.note, origin.output, &own->owned);
    }
}

static inline struct ledger_result *pool_run(struct pool *p, struct tx **txs, size_t count)
{
    const struct ledger_frame frame = town_frame(&p->town);
    return ledger_execute(&p->town.rules, p->town.state, &frame, NULL, txs, count);
}

/* A block of these; the town moves on, its record is checked, transactions are released. Answers the first one's code. */
static inline enum code pool_block(struct pool *p, struct tx **txs, size_t count)
{
    ledger_result_unref(p->last);
    p->last = pool_run(p, txs, count);
    CHECK_U64(p->last->verdict, LEDGER_GOOD);
    for (size_t i = 0; i < count; i++) {
        for (size_t who = 0; who <= PEOPLE; who++)
            if (address_eq(&pool_person(p, who)->address, &txs[i]->sender)) p->nonces[who]++;
        tx_unref(txs[i]);
    }
    ledger_state_unref(p->town.state);
    p->town.state = ledger_state_ref(p->last->state);
    town_check_supply(&p->town, true);
    pool_scan(p);
    return count > 0 ? (enum code)p->last->receipts[0].code : CODE_NONE;
}

static inline void pool_wait(struct pool *p, uint32_t height)
{
    while (pool_height(p) < height) (void)pool_block(p, NULL, 0);
}

static inline struct tx_spec pool_spec(const struct pool *p, enum kind kind, uint64_t nonce)
{
    return (struct tx_spec){.domain = p->town.rules.domain, .kind = kind, .nonce = nonce, .fee = AMOUNT(FEE)};
}

static inline struct tx *pool_deposit(struct pool *p, size_t sender, uint64_t amount)
{
    struct buf payload = {0};
    struct tx_spec spec = pool_spec(p, KIND_SHIELDED_DEPOSIT, p->nonces[sender]);
    const struct deposit_plan plan = {.to = p->wallet.keys.address, .amount = amount, .suite = pool_suite};
    deposit_build(&plan, &p->source, &payload);
    spec.payload = buf_str(&payload);
    struct tx *tx = town_sign(&p->town, sender, &spec);
    CHECK_U64(tx->size, DEPOSIT_BYTES);
    buf_done(&payload);
    return tx;
}

static inline void pool_init_with(struct pool *p, uint32_t deposits, uint32_t genesis_notes)
{
    struct params params;
    params_init(&params, PROFILE_TEST, CHAIN_ALPHA);
    memset(p, 0, sizeof(*p));
    town_init_notes(&p->town, 1, &params, genesis_notes);
    person_init(&p->stranger, 4711);
    p->town.rules.shield = pool_suite;
    const uint8_t seed[32] = {42};
    p->source = source_of(seed);
    p->wallet.keys = shield_keys_draw(&p->source);
    pool_scan(p);
    if (deposits == 0) return;
    struct tx *txs[32];
    for (uint32_t i = 0; i < deposits; i++) txs[i] = pool_deposit(p, 20 + i, NOTE);
    CHECK_U64(pool_block(p, txs, deposits), CODE_NONE);
    pool_wait(p, 4);
}
static inline void pool_init(struct pool *p, uint32_t deposits) { pool_init_with(p, deposits, 0); }

static inline void pool_done(struct pool *p)
{
    ledger_result_unref(p->last);
    proofcache_free(p->town.rules.proofs);
    town_done(&p->town);
}

/* ---- spends ---- */

static inline struct spend_want spend_want(const struct pool *p, uint32_t inputs, uint32_t outputs)
{
    struct spend_want want = {.kind = KIND_SHIELDED_TRANSFER, .sender = 1, .nonce = p->nonces[1], .ref_height = 1, .ring_count = 11,
                              .inputs = inputs, .outputs_count = outputs};
    for (uint32_t i = 0; i < outputs; i++) want.outputs[i].to = p->wallet.keys.address;
    uint32_t first = 0;
    while (first < p->wallet.count && !p->wallet.notes[first].mine) first++;
    want.first = first;
    return want;
}

struct ring {
    uint32_t indexes[CLSAG_RING_MAX];
    struct clsag_member members[CLSAG_RING_MAX];
};

static inline uint32_t ring_make(const struct pool *p, uint32_t real, const struct spend_want *want, struct ring *out)
{
    uint32_t place = 0, next = real >= want->ring_count ? real - want->ring_count + 1 : 0;
    if (want->ring_count == p->wallet.count) next = 0;
    for (uint32_t i = 0; i < want->ring_count; i++, next++) {
        out->indexes[i] = next;
        out->members[i] = (struct clsag_member){p->wallet.notes[next].note.one_time_key, p->wallet.notes[next].note.commitment};
        if (next == real) place = i;
    }
    if (want->unknown_member) out->indexes[want->ring_count - 1] = 99999;
    return place;
}

/* Money from nothing: what the first output gains the last one lacks. Sums still balance, and the owner signs. */
static inline void make_negative(struct pool *p, const struct spend_want *want, const struct spend_input *input, const struct tx_spec *spec,
                                 struct buf *bytes)
{
    union payload payload;
    struct arena arena;
    arena_init(&arena, 0);
    const struct tx_rules rules = {0};
    CHECK_U64(payload_decode(want->kind, buf_str(bytes), &rules, &arena, &payload, NULL), CODE_NONE);
    struct payload_shielded_spend *s = &payload.shielded_spend;
    struct scalar z = input->owned.opening.blinding;
    const struct scalar by = scalar_of(want->negative);
    const struct point more = point_mul(&by, &shield_table.h);
    for (uint32_t i = 0; i < s->outputs.count; i++) {
        struct shield_owned owned;
        CHECK(suite_note_own(pool_suite, &p->wallet.keys, shielded_note(&s->outputs.items[i]), i, &owned));
        z = scalar_sub(&z, &owned.opening.blinding);
        const struct point was = *shielded_point(&s->outputs.items[i].commitment);
        const struct point now = i == 0 ? point_add(&was, &more) : point_sub(&was, &more);
        memcpy(&s->outputs.items[i].commitment, &now, sizeof(now));
    }
    s->signatures.count = 0;
    buf_clear(bytes);
    uint8_t signature[CLSAG_BYTES_MAX];
    struct buf unsigned_bytes = {0}, fresh = {0};
    payload_encode(want->kind, &payload, &fresh);
    struct tx_spec with = *spec;
    with.payload = buf_str(&fresh);
    tx_spec_encode(&with, &pool_person(p, want->sender)->key.pub, &unsigned_bytes);
    const struct clsag_statement statement = {input->members, input->ring_count, *shielded_point(&s->inputs.items[0].pseudo),
                                              *shielded_point(&s->inputs.items[0].key_image),
                                              clsag_message(unsigned_bytes.data, str_sub(buf_str(&fresh), 0, fresh.len - 2))};
    const struct clsag_secret secret = {input->real, input->owned.secret, z};
    const uint8_t rnd[32] = {1};
    suite_ring_sign(pool_suite, &statement, &secret, rnd, signature);
    s->signatures.items[0] = (struct str){(const char *)signature, clsag_bytes(input->ring_count)};
    s->signatures.count = 1;
    struct buf done = {0};
    payload_encode(want->kind, &payload, &done);
    buf_put(bytes, done.data, done.len);
    buf_done(&unsigned_bytes);
    buf_done(&fresh);
    buf_done(&done);
    arena_done(&arena);
}

static inline struct tx *pool_spend(struct pool *p, const struct spend_want *asked)
{
    static struct ring rings[SHIELDED_INPUTS_MAX];
    static struct apierror error;
    struct spend_want want = *asked;
    struct spend_input inputs[SHIELDED_INPUTS_MAX];
    struct tx_spec spec = pool_spec(p, want.kind, want.nonce);
    for (uint32_t i = 0; i < want.inputs; i++) {
        const struct pool_wallet_note *own = &p->wallet.notes[want.first + i];
        CHECK(own->mine);
        const uint32_t real = ring_make(p, want.first + i, &want, &rings[i]);
        inputs[i] = (struct spend_input){own->owned, own->note, rings[i].indexes, rings[i].members, want.ring_count, real};
        const struct scalar one = scalar_of(1);
        if (want.wrong_key) inputs[i].owned.secret = scalar_add(&inputs[i].owned.secret, &one);
    }
    if (want.break_balance) want.outputs[0].value++;
    const struct spend_plan plan = {.spec = &spec, .ref_height = want.ref_height, .pool_fee = AMOUNT(want.pool_fee), .to = want.to,
                                    .amount = AMOUNT(want.amount), .inputs = inputs, .inputs_count = want.inputs,
                                    .outputs = want.outputs, .outputs_count = want.outputs_count, .plain = want.plain, .suite = pool_suite};
    struct buf payload = {0};
    spend_build(&plan, &pool_person(p, want.sender)->key.pub, &p->source, &payload);
    if (want.negative > 0) make_negative(p, &want, &inputs[0], &spec, &payload);
    spec.payload = buf_str(&payload);
    struct tx *tx = tx_build(&spec, SIM, &pool_person(p, want.sender)->key, &error);
    if (tx == NULL) CHECK_FAIL("%s", error.message);
    CHECK_U64(tx->size, spend_bytes(want.kind, want.inputs, want.ring_count, want.outputs_count));
    buf_done(&payload);
    return tx;
}

/* What a pool would answer. */
static inline enum code pool_admit(struct pool *p, const struct tx *tx, struct apierror *error)
{
    struct ledger_account account;
    ledger_account_get(p->town.state, &tx->sender, &account);
    const struct ledger_sender sender = {.account = &account, .images_taken = p->images_taken};
    const struct ledger_moment moment = {ledger_params(p->town.state), pool_height(p) + 1, 0, p->town.state};
    return ledger_admit(&p->town.rules, &sender, &moment, tx, error);
}
static inline enum code pool_admit_code(struct pool *p, const struct tx *tx) { return pool_admit(p, tx, NULL); }
/* What becomes of it in a block; what a pool would hold back until its nonce comes fails there too. */
static inline enum code pool_verdict(struct pool *p, struct tx *tx)
{
    enum code code = pool_admit(p, tx, NULL);
    if (code != CODE_NONE) return code;
    struct ledger_result *result = pool_run(p, &tx, 1);
    code = result->verdict == LEDGER_GOOD ? (enum code)result->receipts[0].code : CODE_INVALID_BLOCK;
    ledger_result_unref(result);
    return code;
}

static inline enum code pool_try(struct pool *p, const struct spend_want *want)
{
    struct tx *tx = pool_spend(p, want);
    const enum code code = pool_admit_code(p, tx);
    tx_unref(tx);
    return code;
}

static inline enum code pool_try_reason(struct pool *p, const struct spend_want *want, enum receipt_reason reason)
{
    static struct apierror error;
    static const char *const texts[] = {[RECEIPT_REASON_POOL] = "pool", [RECEIPT_REASON_BALANCE] = "balance",
                                        [RECEIPT_REASON_SIGNATURE] = "signature", [RECEIPT_REASON_RANGE] = "range"};
    struct tx *tx = pool_spend(p, want);
    const enum code code = pool_admit(p, tx, &error);
    CHECK_STR(apierror_detail_find(&error, STR("reason")), str_of(texts[reason]));
    tx_unref(tx);
    return code;
}

/* Unsigned bytes, signed anew by that person. NULL: they are no transaction. */
static inline struct tx *pool_resign(struct pool *p, const uint8_t *bytes, size_t len, size_t signer)
{
    struct buf signed_bytes = {0};
    const struct tx_rules rules = ledger_tx_rules(&p->town.rules);
    static struct apierror error;
    tx_sign_raw((struct str){(const char *)bytes, len}, SIM, &pool_person(p, signer)->key, &signed_bytes);
    struct tx *tx = tx_decode(buf_str(&signed_bytes), &rules, &error);
    buf_done(&signed_bytes);
    return tx;
}

/* ---- editing a transaction's payload ---- */

struct edit {
    struct arena arena;
    struct tx_spec spec;
    size_t signer;
    union payload payload;
    struct apierror error;
};

static inline void edit_init(struct edit *e, const struct tx *tx)
{
    arena_done(&e->arena); /* of the one before; {0} at first */
    memset(e, 0, sizeof(*e));
    arena_init(&e->arena, 0);
    const struct str bytes = str_dup(&e->arena, tx_payload(tx));
    const struct tx_rules rules = {0};
    CHECK_U64(payload_decode((enum kind)tx->kind, bytes, &rules, &e->arena, &e->payload, NULL), CODE_NONE);
    e->spec = (struct tx_spec){.domain = tx_domain(tx), .kind = (enum kind)tx->kind, .nonce = tx->nonce, .fee = tx->fee, .tip = tx->tip};
    e->signer = 1;
}
static inline void edit_done(struct edit *e)
{
    arena_done(&e->arena);
    memset(&e->arena, 0, sizeof(e->arena));
}

/* NULL with e->error: refused as it is read. */
static inline struct tx *edit_build(struct edit *e, struct pool *p)
{
    struct buf payload = {0}, bytes = {0};
    payload_encode(e->spec.kind, &e->payload, &payload);
    struct tx_spec spec = e->spec;
    spec.payload = buf_str(&payload);
    tx_spec_encode(&spec, &pool_person(p, e->signer)->key.pub, &bytes);
    struct buf signed_bytes = {0};
    tx_sign_raw(buf_str(&bytes), SIM, &pool_person(p, e->signer)->key, &signed_bytes);
    const struct tx_rules rules = ledger_tx_rules(&p->town.rules);
    struct tx *tx = tx_decode(buf_str(&signed_bytes), &rules, &e->error);
    buf_done(&payload);
    buf_done(&bytes);
    buf_done(&signed_bytes);
    return tx;
}

static inline enum code edit_code(struct edit *e, struct pool *p) /* of reading it */
{
    struct tx *tx = edit_build(e, p);
    const enum code code = tx != NULL ? CODE_NONE : e->error.code;
    tx_unref(tx);
    return code;
}
static inline enum code edit_verdict(struct edit *e, struct pool *p) /* of reading and admitting it */
{
    struct tx *tx = edit_build(e, p);
    if (tx == NULL) return e->error.code;
    const enum code code = pool_admit_code(p, tx);
    tx_unref(tx);
    return code;
}

/* s + L, in place. */
static inline void edit_add_order(uint8_t s[32])
{
    uint8_t order[32];
    CHECK(str_unhex(STR("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"), order, 32));
    unsigned carry = 0;
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned)s[i] + order[i];
        s[i] = (uint8_t)carry;
        carry >>= 8;
    }
    CHECK(carry == 0);
}

#endif
