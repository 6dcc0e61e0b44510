#include "network/node/node_priv.h"

/* Convenience routes (api 2.3): a signed transaction of the route's kinds, with what its body repeats of the payload. */

static const struct json *parsed(struct call *call, struct str text)
{
    struct err err;
    return json_parse(call->arena, text, &err);
}

/* The JSON body, when it is {"tx": envelope, ...} or plain members; NULL: bytes, the bare envelope, or not JSON. */
static const struct json *wrapped_body(struct call *call)
{
    if (call->request->shape || call_media(call) != CALL_MEDIA_JSON) return NULL;
    const struct json *body = parsed(call, http_request_body(call->exchange));
    if (!json_is(body, JSON_OBJECT)) return NULL;
    const bool envelope = json_find(body, STR("payload")) || json_find(body, STR("signature")) || json_find(body, STR("public_key"));
    return json_find(body, STR("tx")) || !envelope ? body : NULL;
}

static struct tx *read_tx(struct call *call, const struct json *wrapped, const struct tx_rules *rules, struct apierror *error)
{
    if (!wrapped) return rest_body_tx(call, rules, error);
    const struct json *envelope = json_find(wrapped, STR("tx"));
    if (envelope) return tx_from_json(envelope, rules, error);
    (void)apierror_set(error, CODE_SIGNATURE_REQUIRED, "tx", "the body has no signed transaction");
    apierror_suggest(error, "sign the transaction and send it as \"tx\"");
    return NULL;
}

static bool kind_fits(const struct rest_takes *takes, const struct tx *tx, struct apierror *error)
{
    for (size_t i = 0; i < takes->kinds_count; i++)
        if (tx->kind == takes->kinds[i]) return true;
    const struct kind_row *wanted = kind_find((uint16_t)takes->kinds[0]);
    (void)apierror_set(error, CODE_FIELD_MISMATCH, "kind", "this route takes " STR_FMT, STR_ARG(wanted->name));
    return false;
}

/* The payload as the envelope's JSON shows it. */
static const struct json *payload_of(struct call *call, const struct tx *tx)
{
    struct buf text = {0};
    struct json_writer w = json_writer_of(&text);
    tx_to_json(tx, &w);
    const struct json *envelope = parsed(call, str_dup(call->arena, buf_str(&text)));
    buf_done(&text);
    ASSERT(envelope);
    return json_find(envelope, STR("payload"));
}

/* In pairs '-' stands for '/' (api 2.7). */
static bool same_pair(const struct json *a, const struct json *b)
{
    struct str left, right;
    if (!json_str(a, &left) || !json_str(b, &right) || left.len != right.len) return false;
    for (size_t i = 0; i < left.len; i++) {
        const bool slashes = (left.data[i] == '/' || left.data[i] == '-') && (right.data[i] == '/' || right.data[i] == '-');
        if (left.data[i] != right.data[i] && !slashes) return false;
    }
    return true;
}

static bool same_value(const struct json *a, const struct json *b)
{
    struct buf text = {0};
    struct json_writer w = json_writer_of(&text);
    json_put_tree(&w, a);
    const size_t first = text.len;
    struct json_writer again = json_writer_of(&text);
    json_put_tree(&again, b);
    const bool same = text.len == 2 * first && memcmp(text.data, text.data + first, first) == 0;
    buf_done(&text);
    return same;
}

static bool mismatch(struct call *call, struct apierror *error, struct str member, const char *what)
{
    return apierror_set(error, CODE_FIELD_MISMATCH, str_dup(call->arena, member).data, "%s is not what the signed payload says", what);
}

/* A member of the payload that the body repeats must be the same. */
static bool echoes_fit(struct call *call, const struct json *wrapped, const struct json *payload, struct apierror *error)
{
    for (const struct json *member = wrapped ? wrapped->child : NULL; member; member = member->next) {
        const struct json *signed_ = str_eq(member->key, STR("tx")) ? NULL : json_find(payload, member->key);
        if (!signed_ || same_value(member, signed_)) continue;
        if (str_eq(member->key, STR("pair")) && same_pair(member, signed_)) continue;
        return mismatch(call, error, member->key, "an echoed member");
    }
    return true;
}

static bool path_fits(struct rest *rest, const struct rest_takes *takes, const struct json *payload, struct apierror *error)
{
    if (!takes->path_member) return true;
    struct str wanted, text;
    const struct json *node = json_find(payload, str_of(takes->path_member));
    const bool fits = http_unescape(rest->call.arena, rest->args[0], &wanted) && json_str(node, &text) && str_eq(wanted, text);
    return fits || mismatch(&rest->call, error, str_of(takes->path_member), "the path");
}

static bool fits(struct rest *rest, const struct rest_takes *takes, const struct json *wrapped, const struct tx *tx, struct apierror *error)
{
    if (!kind_fits(takes, tx, error)) return false;
    if (!takes->path_member && !wrapped) return true;
    const struct json *payload = payload_of(&rest->call, tx);
    return path_fits(rest, takes, payload, error) && echoes_fit(&rest->call, wrapped, payload, error);
}

struct tx *rest_take_tx(struct rest *rest, const struct rest_takes *takes, struct tx_ack *out_ack)
{
    struct apierror error;
    struct mempool_ack ack;
    struct node *node = rest->node;
    const struct tx_rules rules = ledger_tx_rules(&node->space->rules);
    const struct json *wrapped = wrapped_body(&rest->call);
    struct tx *tx = read_tx(&rest->call, wrapped, &rules, &error);
    const bool well = tx && fits(rest, takes, wrapped, tx, &error);
    if (!well) mempool_rejected_note(node->pool, error.code);
    if (well && rest_admit(node, tx, &ack, &error)) {
        *out_ack = (struct tx_ack){.transaction_id = tx->id, .status = TX_PENDING, .stage = ack.stage, .nonce = tx->nonce};
        return tx;
    }
    call_refuse(&rest->call, &error);
    tx_unref(tx);
    return NULL;
}

void rest_take(struct rest *rest, const struct rest_takes *takes)
{
    struct tx_ack ack;
    struct tx *tx = rest_take_tx(rest, takes, &ack);
    if (!tx) return;
    struct object_ack *answer = arena_new(rest->call.arena, struct object_ack);
    *answer = (struct object_ack){.ack = ack, .id = tx->id};
    if (takes->ack) call_answer(&rest->call, 202, takes->ack, answer);
    else call_answer(&rest->call, 202, &wire_tx_ack, &answer->ack);
    tx_unref(tx);
}
