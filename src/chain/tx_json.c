/* The envelope of api 2.3: strict, in the order of api 2.5. Names and types of all members come first (decoding), then
 * the values in their order. */
#include <stdio.h>

#include "chain/field_priv.h"
#include "chain/payload_priv.h"
#include "chain/tx_priv.h"
#include "core/codec/binary.h"
#include "core/codec/diags.h"

/* In the order of api 2.5, which is also the order in which missing ones are told; `id` may be missing. */
enum {
    M_VERSION,
    M_CHAIN,
    M_NETWORK,
    M_KIND,
    M_FLAGS,
    M_PAYLOAD,
    M_SENDER,
    M_KEY,
    M_SIGNATURE,
    M_VALID_UNTIL,
    M_TIMESTAMP,
    M_NONCE,
    M_FEE,
    M_TIP,
    M_ID,
    M_COUNT
};
static const struct str names[M_COUNT] = {{"version", 7},   {"chain", 5},        {"network_id", 10}, {"kind", 4},
                                          {"flags", 5},     {"payload", 7},      {"sender", 6},      {"public_key", 10},
                                          {"signature", 9}, {"valid_until", 11}, {"timestamp", 9},   {"nonce", 5},
                                          {"fee", 3},       {"tip", 3},          {"id", 2}};


struct name_list {
    const struct str *items;
    size_t count;
};

struct envelope {
    const struct json *members[M_COUNT];
    const struct kind_row *kind; /* NULL: unknown */
    struct tx_spec spec;
    struct arena *arena; /* for the outputs and the memo */
    struct pubkey key;
    struct signature signature;
    struct address sender;
    const struct tx_rules *rules;
    struct apierror *error;
    struct json guesses[M_COUNT]; /* what a lenient reader makes of members */
};

/* What stands for a missing member while vuln.default-missing-fields is on. */
static const struct json *zero_member(struct envelope *e, size_t member)
{
    static const char zeros[] = "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000";
    static const struct str texts[M_COUNT] = {[M_VERSION] = {"1", 1},  [M_NETWORK] = {"0", 1},   [M_FLAGS] = {"0", 1},
                                              [M_SENDER] = {"", 0},    [M_KEY] = {zeros, 64},    [M_SIGNATURE] = {zeros, 128},
                                              [M_NONCE] = {"0", 1},    [M_VALID_UNTIL] = {"0", 1}, [M_TIMESTAMP] = {"0", 1},
                                              [M_FEE] = {"0", 1},      [M_TIP] = {"0", 1}};
    static const bool numbers[M_COUNT] = {[M_VERSION] = true, [M_NETWORK] = true,   [M_FLAGS] = true,
                                          [M_NONCE] = true,   [M_VALID_UNTIL] = true, [M_TIMESTAMP] = true};
    struct json *node = &e->guesses[member];
    *node = (struct json){.type = member == M_PAYLOAD ? JSON_OBJECT : numbers[member] ? JSON_NUMBER : JSON_STRING};
    node->text = member == M_CHAIN ? chain_text(e->rules->domain.chain) : member == M_KIND ? STR("transfer") : texts[member];
    return node;
}

static bool refuse(struct apierror *error, enum code code, const char *field)
{
    return apierror_set(error, code, field, "%s: %s", field, code_message(code).data);
}

static bool known_members(const struct json *object, struct name_list list, const char *prefix, struct apierror *error)
{
    for (const struct json *member = object->child; member != NULL; member = member->next) {
        size_t i = 0;
        while (i < list.count && !str_eq(list.items[i], member->key)) i++;
        if (i < list.count) continue;
        char field[64];
        snprintf(field, sizeof(field), "%s" STR_FMT, prefix, (int)MIN(member->key.len, (size_t)40), member->key.data);
        apierror_set(error, CODE_UNKNOWN_FIELD, field, "there is no member '%s' here", field);
        const struct str near = did_you_mean(member->key, list.items, list.count);
        if (near.len > 0) apierror_suggest(error, "did you mean '%s" STR_FMT "'?", prefix, STR_ARG(near));
        return false;
    }
    return true;
}

struct missing {
    char first[64], all[160];
    size_t count;
};

static void missing_add(struct missing *missing, const char *prefix, struct str name)
{
    char field[64];
    snprintf(field, sizeof(field), "%s" STR_FMT, prefix, STR_ARG(name));
    if (missing->count++ == 0) snprintf(missing->first, sizeof(missing->first), "%s", field);
    const size_t used = strlen(missing->all);
    snprintf(missing->all + used, sizeof(missing->all) - used, "%s%s", used > 0 ? ", " : "", field);
}

static bool nothing_missing(struct envelope *e)
{
    struct missing missing = {0};
    for (size_t i = 0; i < M_ID; i++) {
        if (e->members[i] == NULL && e->rules->default_missing) e->members[i] = zero_member(e, i);
        if (e->members[i] == NULL) missing_add(&missing, "", names[i]);
        if (i != M_PAYLOAD || !json_is(e->members[i], JSON_OBJECT) || e->kind == NULL || !e->kind->in_build) continue;
        for (const struct payload_field *field = payload_row(e->kind->kind)->fields; field->type != FIELD_END; field++)
            if (json_find(e->members[i], field->name) == NULL && !e->rules->default_missing) missing_add(&missing, "payload.", field->name);
    }
    if (missing.count == 0) return true;
    return apierror_set(e->error, CODE_MISSING_FIELD, missing.first, "missing: %s", missing.all);
}

/* Looks at names only. */
static bool read_names(struct envelope *e, const struct json *object)
{
    const struct name_list all = {names, M_COUNT};
    if (!known_members(object, all, "", e->error)) return false;
    for (size_t i = 0; i < M_COUNT; i++) e->members[i] = json_find(object, names[i]);
    struct str chain_name, kind_name;
    enum chain_id chain;
    if (json_str(e->members[M_CHAIN], &chain_name) && chain_parse(chain_name, &chain) && json_str(e->members[M_KIND], &kind_name))
        e->kind = kind_find_name(chain, kind_name);
    static const struct field_path root = {"payload"};
    if (e->kind != NULL && e->kind->in_build && json_is(e->members[M_PAYLOAD], JSON_OBJECT) &&
        payload_names_check(payload_row(e->kind->kind)->fields, e->members[M_PAYLOAD], &root, e->error) != CODE_NONE)
        return false;
    return nothing_missing(e);
}

static bool take(const struct envelope *e, size_t member, enum code code)
{
    return code == CODE_NONE || refuse(e->error, code, names[member].data);
}

static bool take_type(const struct envelope *e, size_t member, enum json_type type)
{
    return json_is(e->members[member], type) || refuse(e->error, CODE_INVALID_FIELD_TYPE, names[member].data);
}

/* Types, and the formats of what has no later step of its own. */
static bool read_types(struct envelope *e)
{
    static const enum json_type types[] = {[M_VERSION] = JSON_NUMBER, [M_CHAIN] = JSON_STRING, [M_NETWORK] = JSON_NUMBER,
                                           [M_KIND] = JSON_STRING,    [M_FLAGS] = JSON_NUMBER, [M_PAYLOAD] = JSON_OBJECT,
                                           [M_SENDER] = JSON_STRING,  [M_KEY] = JSON_STRING,   [M_SIGNATURE] = JSON_STRING};
    for (size_t i = 0; i < M_ID; i++) {
        const bool number = i < ARRAY_LEN(types) ? types[i] == JSON_NUMBER : i != M_FEE && i != M_TIP;
        e->members[i] = field_coerced(e->members[i], number ? JSON_NUMBER : JSON_STRING, e->rules, &e->guesses[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (!take_type(e, i, types[i])) return false;
    if (e->members[M_ID] != NULL && !take_type(e, M_ID, JSON_STRING)) return false;
    uint64_t valid_until;
    if (!take(e, M_KEY, field_hex(e->members[M_KEY], e->key.b, sizeof(e->key.b)))) return false;
    if (!take(e, M_SIGNATURE, field_hex(e->members[M_SIGNATURE], e->signature.b, sizeof(e->signature.b)))) return false;
    if (!take(e, M_VALID_UNTIL, field_u64(e->members[M_VALID_UNTIL], UINT32_MAX, &valid_until))) return false;
    if (!take(e, M_TIMESTAMP, field_u64(e->members[M_TIMESTAMP], JSON_INT_MAX, &e->spec.timestamp_ms))) return false;
    if (!take(e, M_NONCE, field_u64(e->members[M_NONCE], JSON_INT_MAX, &e->spec.nonce))) return false;
    if (!take(e, M_FEE, field_amount_by(e->members[M_FEE], e->rules, &e->spec.fee))) return false;
    if (!take(e, M_TIP, field_amount_by(e->members[M_TIP], e->rules, &e->spec.tip))) return false;
    e->spec.valid_until = (uint32_t)valid_until;
    return true;
}

/* A number of any size whose value decides: what is not a whole number counts as one that nobody uses. */
static uint64_t number_of(const struct json *node)
{
    uint64_t value;
    return json_u64(node, &value) ? value : UINT64_MAX;
}

static bool read_header(struct envelope *e, const struct tx_rules *rules)
{
    const uint64_t version = number_of(e->members[M_VERSION]), network_id = number_of(e->members[M_NETWORK]);
    const struct str chain = e->members[M_CHAIN]->text, kind = e->members[M_KIND]->text;
    struct domain domain = {.network_id = network_id > UINT16_MAX ? UINT16_MAX : (uint16_t)network_id};
    if (version == TX_VERSION && !chain_parse(chain, &domain.chain))
        return apierror_set(e->error, CODE_INVALID_CHAIN_ID, "chain", "chain '" STR_FMT "' is neither alpha nor delta",
                            STR_ARG(chain));
    if (!tx_check_header(version, domain, rules, e->error)) return false;
    if (!tx_check_kind(e->kind, domain.chain, kind, e->error)) return false;
    if (!tx_check_flags(number_of(e->members[M_FLAGS]), rules, e->error)) return false;
    e->spec.flags = (uint16_t)number_of(e->members[M_FLAGS]);
    e->spec.domain = domain;
    e->spec.kind = e->kind->kind;
    return true;
}

/* The payload's bytes, rebuilt from its members. */
static bool read_payload(struct envelope *e, const struct tx_rules *rules, struct buf *bytes)
{
    union payload payload;
    const enum kind kind = e->kind->kind;
    if (payload_read(kind, e->members[M_PAYLOAD], rules, e->arena, &payload, e->error) != CODE_NONE) return false;
    payload_encode(kind, &payload, bytes);
    e->spec.payload = buf_str(bytes);
    return true;
}

/* `sender` and `id`, against what the canonical bytes say. */
static bool check_echoes(const struct envelope *e, struct tx *tx)
{
    struct address sender = tx->sender;
    const bool told = e->members[M_SENDER]->text.len > 0 || !e->rules->default_missing;
    const enum code code = told ? field_address_by(e->members[M_SENDER], e->spec.domain.chain, e->rules, &sender) : CODE_NONE;
    if (code != CODE_NONE) return refuse(e->error, code, "sender");
    if (e->rules->trust_sender) tx->sender = sender;
    if (!address_eq(&sender, &tx->sender)) return refuse(e->error, CODE_SENDER_MISMATCH, "sender");
    if (e->members[M_ID] == NULL) return true;
    struct hash id = {0};
    if (field_hex(e->members[M_ID], id.b, sizeof(id.b)) != CODE_NONE) return refuse(e->error, CODE_INVALID_FORMAT, "id");
    if (hash_eq(&id, &tx->id)) return true;
    return apierror_set(e->error, CODE_FIELD_MISMATCH, "id", "id is not that of the transaction");
}

static struct tx *assemble(const struct envelope *e, const struct tx_rules *rules)
{
    struct buf bytes = {0};
    tx_spec_encode(&e->spec, &e->key, &bytes);
    buf_put(&bytes, e->signature.b, sizeof(e->signature.b));
    struct tx *tx = tx_decode(buf_str(&bytes), rules, e->error);
    buf_done(&bytes);
    if (tx != NULL && !check_echoes(e, tx)) {
        tx_unref(tx);
        return NULL;
    }
    return tx;
}

struct tx *tx_from_json(const struct json *object, const struct tx_rules *rules, struct apierror *error)
{
    static const struct json nothing = {.type = JSON_OBJECT};
    if (rules->lenient && !json_is(object, JSON_OBJECT)) object = &nothing;
    if (!json_is(object, JSON_OBJECT)) {
        apierror_set(error, CODE_PARSE_ERROR, NULL, "a transaction is an object");
        return NULL;
    }
    struct arena arena;
    arena_init(&arena, 0);
    struct envelope e = {.error = error, .arena = &arena, .rules = rules};
    struct tx *tx = NULL;
    struct buf payload = {0};
    if (read_names(&e, object) && read_types(&e) && read_header(&e, rules) && read_payload(&e, rules, &payload))
        tx = assemble(&e, rules);
    buf_done(&payload);
    arena_done(&arena);
    return tx;
}

/* ---- writing ---- */

static void write_payload(const struct tx *tx, struct json_writer *w)
{
    union payload payload;
    struct arena arena;
    arena_init(&arena, 0);
    payload_of_tx(tx, &arena, &payload);
    payload_write((enum kind)tx->kind, &payload, w);
    arena_done(&arena);
}

void tx_to_json(const struct tx *tx, struct json_writer *w)
{
    const enum chain_id chain = (enum chain_id)tx->chain;
    json_object(w);
    json_put_member_u64(w, STR("version"), TX_VERSION);
    json_put_member_str(w, STR("chain"), chain_text(chain));
    json_put_member_u64(w, STR("network_id"), tx->network_id);
    json_put_member_str(w, STR("kind"), kind_find(tx->kind)->name);
    json_put_member_u64(w, STR("flags"), tx_flags(tx));
    json_put_member_u64(w, STR("nonce"), tx->nonce);
    put_amount(w, STR("fee"), tx->fee);
    put_amount(w, STR("tip"), tx->tip);
    json_put_member_u64(w, STR("valid_until"), tx->valid_until);
    json_put_member_u64(w, STR("timestamp"), tx->timestamp_ms);
    put_address(w, STR("sender"), &tx->sender, chain);
    put_hex(w, STR("public_key"), tx_pubkey(tx)->b, sizeof(struct pubkey));
    json_key(w, STR("payload"));
    write_payload(tx, w);
    put_hex(w, STR("signature"), tx_signature(tx)->b, sizeof(struct signature));
    put_hex(w, STR("id"), tx->id.b, sizeof(tx->id));
    json_object_end(w);
}
