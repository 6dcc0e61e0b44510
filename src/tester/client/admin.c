#include "tester/client/admin.h"

#include <inttypes.h>
#include <stdio.h>

#include "tester/client/call_priv.h"

#define TOKEN_BYTES_MAX 120

/* `bearer` must outlive the call. */
__attribute__((format(printf, 5, 6))) static void call_init(struct call *call, const struct admin *admin,
                                                            char bearer[TOKEN_BYTES_MAX + 8], enum http_method method,
                                                            const char *fmt, ...)
{
    call->http = admin->http;
    call->origin = admin->origin;
    call->chain = 0;
    call->request = (struct http_request){.method = method};
    call->query[0] = '\0';
    const int len = snprintf(call->path, sizeof(call->path), "/admin/v1/");
    va_list args;
    va_start(args, fmt);
    const int more = vsnprintf(call->path + len, sizeof(call->path) - (size_t)len, fmt, args);
    va_end(args);
    ASSERT(more > 0 && (size_t)(len + more) < sizeof(call->path));
    ASSERT(admin->token.len <= TOKEN_BYTES_MAX);
    const int bytes = snprintf(bearer, TOKEN_BYTES_MAX + 8, "Bearer " STR_FMT, STR_ARG(admin->token));
    ask_header(call, STR("authorization"), (struct str){bearer, (size_t)bytes});
}

static void body_set(struct call *call, const struct buf *body)
{
    ask_header(call, STR("content-type"), STR("application/json"));
    call->request.body = buf_str(body);
}

static const void *get(const struct admin *admin, const char *route, const struct wire *wire, struct instant deadline,
                       struct answer *out)
{
    char bearer[TOKEN_BYTES_MAX + 8];
    struct call call;
    call_init(&call, admin, bearer, HTTP_GET, "%s", route);
    if (wire != NULL) return ask_object(&call, wire, 200, deadline, out);
    (void)ask_make(&call, deadline, out); /* the outcome is in `out` */
    return NULL;
}

/* Sends `body` (consumed) and reads an object of `wire` (NULL: any success). */
static const void *send(const struct admin *admin, enum http_method method, const char *route, struct buf *body,
                        const struct wire *wire, struct instant deadline, struct answer *out)
{
    char bearer[TOKEN_BYTES_MAX + 8];
    struct call call;
    call_init(&call, admin, bearer, method, "%s", route);
    body_set(&call, body);
    const void *object = NULL;
    if (wire != NULL)
        object = ask_object(&call, wire, 200, deadline, out);
    else
        (void)ask_make(&call, deadline, out); /* the outcome is in `out` */
    buf_done(body);
    return object;
}

/* ---- capabilities ---- */

static bool has_route(const struct admin *admin, const char *route, struct instant deadline, bool *out, struct err *err)
{
    char bearer[TOKEN_BYTES_MAX + 8];
    struct call call;
    struct answer answer;
    call_init(&call, admin, bearer, HTTP_GET, "%s", route);
    (void)ask_make(&call, deadline, &answer); /* looked at below */
    const enum answer_status status = answer.status;
    answer_done(&answer);
    switch (status) {
    case ANSWER_OK: *out = true; return true;
    case ANSWER_REFUSED:
    case ANSWER_UNREACHABLE: *out = false; return true;
    case ANSWER_TIMED_OUT: return err_set(err, ERR_TIMEOUT, "admin route /%s did not answer in time", route);
    case ANSWER_MALFORMED: return err_set(err, ERR_PARSE, "admin route /%s answers nonsense", route);
    }
    UNREACHABLE();
}

bool admin_discover(const struct admin *admin, struct instant deadline, struct capabilities *out, struct err *err)
{
    struct capabilities found = {0};
    if (!has_route(admin, "info", deadline, &found.admin, err)) return false;
    if (found.admin) {
        if (!has_route(admin, "chaos", deadline, &found.chaos, err)) return false;
        if (!has_route(admin, "byzantine", deadline, &found.byzantine, err)) return false;
        if (!has_route(admin, "switches", deadline, &found.switches, err)) return false;
    }
    *out = found;
    return true;
}

/* ---- general ---- */

const struct admin_info *admin_info(const struct admin *admin, struct instant deadline, struct answer *out)
{
    return get(admin, "info", &wire_admin_info, deadline, out);
}

const struct page *admin_nodes(const struct admin *admin, struct instant deadline, struct answer *out)
{
    return get(admin, "nodes", &wire_admin_node_list, deadline, out);
}

const struct admin_faucet *admin_faucet(const struct admin *admin, const struct faucet_grant *grants, size_t count,
                                        struct instant deadline, struct answer *out)
{
    ASSERT(count > 0 && count <= 10000);
    struct buf body = {0};
    struct json_writer w = json_writer_of(&body);
    json_object(&w);
    json_key(&w, STR("grants"));
    json_array(&w);
    for (size_t i = 0; i < count; i++) {
        char address[ADDRESS_TEXT];
        address_text(&grants[i].address, token_chain(grants[i].money.token), address);
        json_object(&w);
        json_put_member_str(&w, STR("address"), str_of(address));
        json_put_member_str(&w, STR("token"), token_text(grants[i].money.token));
        json_key(&w, STR("amount"));
        json_put_u128_str(&w, grants[i].money.amount.units);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    const struct admin_faucet *faucet = send(admin, HTTP_POST, "faucet", &body, &wire_admin_faucet, deadline, out);
    if (faucet != NULL && faucet->granted != count) return ask_fault(out, "the faucet granted another number than asked");
    return faucet;
}

const struct admin_faucet *admin_role_put(const struct admin *admin, const struct address *address, struct str role, bool grant,
                                          struct instant deadline, struct answer *out)
{
    struct buf body = {0};
    char text[ADDRESS_TEXT];
    struct json_writer w = json_writer_of(&body);
    address_text(address, CHAIN_DELTA, text);
    json_object(&w);
    json_put_member_str(&w, STR("address"), str_of(text));
    json_put_member_str(&w, STR("role"), role);
    json_put_member_bool(&w, STR("grant"), grant);
    json_object_end(&w);
    return send(admin, HTTP_POST, "roles", &body, &wire_admin_faucet, deadline, out);
}

const struct admin_step *admin_step(const struct admin *admin, struct str chain, uint32_t blocks, struct instant deadline,
                                    struct answer *out)
{
    struct buf body = {0};
    buf_printf(&body, "{\"blocks\":%" PRIu32, blocks);
    if (chain.len > 0) buf_printf(&body, ",\"chain\":\"" STR_FMT "\"", STR_ARG(chain));
    buf_put_char(&body, '}');
    return send(admin, HTTP_POST, "step", &body, &wire_admin_step, deadline, out);
}

bool admin_set_mode(const struct admin *admin, enum admin_mode mode, uint64_t interval_ms, struct instant deadline,
                    struct answer *out)
{
    struct buf body = {0};
    buf_printf(&body, "{\"mode\":\"%s\"", mode == ADMIN_MANUAL ? "manual" : "auto");
    if (interval_ms > 0) buf_printf(&body, ",\"block_interval_ms\":%" PRIu64, interval_ms);
    buf_put_char(&body, '}');
    (void)send(admin, HTTP_POST, "mode", &body, NULL, deadline, out); /* the outcome is in `out` */
    return out->status == ANSWER_OK;
}

const struct audit_view *admin_audit(const struct admin *admin, bool finalized, struct instant deadline, struct answer *out)
{
    char bearer[TOKEN_BYTES_MAX + 8];
    struct call call;
    call_init(&call, admin, bearer, HTTP_GET, "audit");
    snprintf(call.query, sizeof(call.query), "at=%s", finalized ? "finalized" : "head");
    return ask_object(&call, &wire_audit, 200, deadline, out);
}

const struct json *admin_parameters(const struct admin *admin, struct instant deadline, struct answer *out)
{
    char bearer[TOKEN_BYTES_MAX + 8];
    struct call call;
    call_init(&call, admin, bearer, HTTP_GET, "parameters");
    if (!ask_make(&call, deadline, out)) return NULL;
    struct err err;
    const struct json *root = json_parse(http_arena(out->exchange), http_response_body(out->exchange), &err);
    if (!json_is(root, JSON_OBJECT)) return ask_fault(out, "parameters are no JSON object");
    return root;
}

bool admin_parameters_put(const struct admin *admin, struct str object, struct instant deadline, struct answer *out)
{
    struct buf body = {0};
    buf_put_str(&body, object);
    (void)send(admin, HTTP_PUT, "parameters", &body, NULL, deadline, out); /* the outcome is in `out` */
    return out->status == ANSWER_OK;
}

const struct page *admin_log(const struct admin *admin, uint32_t limit, struct str cursor, struct instant deadline,
                             struct answer *out)
{
    char bearer[TOKEN_BYTES_MAX + 8];
    struct call call;
    call_init(&call, admin, bearer, HTTP_GET, "log");
    if (limit > 0) snprintf(call.query, sizeof(call.query), "limit=%" PRIu32, limit);
    if (cursor.len > 0) ask_cursor(&call, cursor);
    return ask_object(&call, &wire_log_page, 200, deadline, out);
}

/* ---- byzantine modes ---- */

const struct page *admin_byzantine(const struct admin *admin, struct instant deadline, struct answer *out)
{
    return get(admin, "byzantine", &wire_byzantine_list, deadline, out);
}

bool admin_byzantine_put(const struct admin *admin, struct str body, struct instant deadline, struct answer *out)
{
    struct buf copy = {0};
    buf_put_str(&copy, body);
    (void)send(admin, HTTP_PUT, "byzantine", &copy, &wire_byzantine_list, deadline, out); /* the outcome is in `out` */
    return out->status == ANSWER_OK;
}

/* ---- other pasts, limits, validators ---- */

static const struct json *root_of(struct answer *out, enum json_type type)
{
    struct err err;
    const struct json *root = json_parse(http_arena(out->exchange), http_response_body(out->exchange), &err);
    return json_is(root, type) ? root : ask_fault(out, "the answer is not the JSON it should be");
}

struct str admin_snapshot(const struct admin *admin, struct instant deadline, struct answer *out)
{
    struct buf body = {0};
    struct str id = {0};
    buf_put_str(&body, STR("{}"));
    (void)send(admin, HTTP_POST, "snapshot", &body, NULL, deadline, out); /* the outcome is in `out` */
    const struct json *root = out->status == ANSWER_OK ? root_of(out, JSON_OBJECT) : NULL;
    if (root != NULL && !json_str(json_find(root, STR("snapshot_id")), &id)) (void)ask_fault(out, "a snapshot without an id");
    return id;
}

static bool timeline_changed(const struct admin *admin, const char *route, struct buf *body, struct instant deadline, struct answer *out)
{
    uint64_t timeline;
    (void)send(admin, HTTP_POST, route, body, NULL, deadline, out); /* the outcome is in `out` */
    const struct json *root = out->status == ANSWER_OK ? root_of(out, JSON_OBJECT) : NULL;
    if (root != NULL && !json_u64(json_find(root, STR("timeline")), &timeline)) (void)ask_fault(out, "no timeline is told");
    return out->status == ANSWER_OK;
}

bool admin_restore(const struct admin *admin, struct str snapshot_id, struct instant deadline, struct answer *out)
{
    struct buf body = {0};
    struct json_writer w = json_writer_of(&body);
    json_object(&w);
    json_put_member_str(&w, STR("snapshot_id"), snapshot_id);
    json_object_end(&w);
    return timeline_changed(admin, "restore", &body, deadline, out);
}

bool admin_reset(const struct admin *admin, uint64_t rng, uint32_t validators, struct instant deadline, struct answer *out)
{
    struct buf body = {0};
    buf_printf(&body, "{\"rng\":%" PRIu64, rng);
    if (validators != UINT32_MAX) buf_printf(&body, ",\"validators\":%" PRIu32, validators);
    buf_put_char(&body, '}');
    return timeline_changed(admin, "reset", &body, deadline, out);
}

bool admin_limits_put(const struct admin *admin, const struct admin_limit *limit, struct instant deadline, struct answer *out)
{
    struct buf body = {0};
    buf_printf(&body, "{\"listener\":\"" STR_FMT "\",\"per_client_rps\":%" PRIu64 ",\"per_peer_rps\":%" PRIu64 ",\"burst\":%" PRIu64 "}",
               STR_ARG(limit->listener), limit->per_client_rps, limit->per_peer_rps, limit->burst);
    (void)send(admin, HTTP_PUT, "limits", &body, NULL, deadline, out); /* the outcome is in `out` */
    return out->status == ANSWER_OK;
}

const struct json *admin_limits(const struct admin *admin, struct instant deadline, struct answer *out)
{
    (void)get(admin, "limits", NULL, deadline, out); /* the outcome is in `out` */
    return out->status == ANSWER_OK ? root_of(out, JSON_ARRAY) : NULL;
}

bool admin_external(const struct admin *admin, struct str names, bool enabled, struct instant deadline, struct answer *out)
{
    struct buf body = {0};
    buf_printf(&body, "{\"external\":" STR_FMT ",\"enabled\":%s}", STR_ARG(names), enabled ? "true" : "false");
    (void)send(admin, HTTP_POST, "validators", &body, NULL, deadline, out); /* the outcome is in `out` */
    return out->status == ANSWER_OK;
}

bool admin_validators_add(const struct admin *admin, uint32_t count, bool enrol, struct instant deadline, struct answer *out)
{
    struct buf body = {0};
    buf_printf(&body, "{\"add\":%u%s}", count, enrol ? "" : ",\"register\":false");
    (void)send(admin, HTTP_POST, "validators", &body, NULL, deadline, out); /* the outcome is in `out` */
    return out->status == ANSWER_OK;
}

struct str admin_node_add(const struct admin *admin, struct instant deadline, struct answer *out)
{
    struct str name = {0};
    const struct json *root = admin_validators_add(admin, 1, false, deadline, out) ? root_of(out, JSON_OBJECT) : NULL;
    const struct json *added = json_find(root, STR("added"));
    if (root != NULL && (!json_is(added, JSON_ARRAY) || !json_str(json_at(added, 0), &name))) (void)ask_fault(out, "no node is told");
    return name;
}

bool admin_switch_put(const struct admin *admin, struct str name, bool enabled, struct instant deadline, struct answer *out)
{
    char path[80];
    struct buf body = {0};
    const int len = snprintf(path, sizeof(path), "switches/" STR_FMT, STR_ARG(name));
    ASSERT(len > 0 && (size_t)len < sizeof(path)); /* names of switches are short */
    buf_printf(&body, "{\"enabled\":%s}", enabled ? "true" : "false");
    (void)send(admin, HTTP_PUT, path, &body, NULL, deadline, out); /* the outcome is in `out` */
    return out->status == ANSWER_OK;
}

/* ---- chaos ---- */

const struct chaos_entry *admin_chaos_start(const struct admin *admin, struct str action, struct str chain, struct str params,
                                            struct duration duration, struct instant deadline, struct answer *out)
{
    struct buf body = {0};
    struct json_writer w = json_writer_of(&body);
    json_object(&w);
    json_put_member_str(&w, STR("action"), action);
    if (chain.len > 0) json_put_member_str(&w, STR("chain"), chain);
    json_key(&w, STR("params"));
    json_put_raw(&w, params.len > 0 ? params : STR("{}"));
    if (duration.ns > 0) json_put_member_u64(&w, STR("duration_ms"), duration.ns / NS_PER_MS);
    json_object_end(&w);
    return send(admin, HTTP_POST, "chaos", &body, &wire_chaos_entry, deadline, out);
}

const struct page *admin_chaos(const struct admin *admin, struct instant deadline, struct answer *out)
{
    return get(admin, "chaos", &wire_chaos_list, deadline, out);
}

static bool chaos_delete(const struct admin *admin, struct str chaos_id, struct instant deadline, struct answer *out)
{
    char bearer[TOKEN_BYTES_MAX + 8];
    struct call call;
    call_init(&call, admin, bearer, HTTP_DELETE, "chaos%s" STR_FMT, chaos_id.len > 0 ? "/" : "",
              STR_ARG(str_sub(chaos_id, 0, 100)));
    return ask_make(&call, deadline, out);
}

bool admin_chaos_end(const struct admin *admin, struct str chaos_id, struct instant deadline, struct answer *out)
{
    ASSERT(chaos_id.len > 0);
    return chaos_delete(admin, chaos_id, deadline, out);
}

bool admin_chaos_end_all(const struct admin *admin, struct instant deadline, struct answer *out)
{
    return chaos_delete(admin, (struct str){0}, deadline, out);
}
