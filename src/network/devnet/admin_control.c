#include "network/devnet/devnet_priv.h"

#include <inttypes.h>

/* ---- faucet ---- */

static bool refuse_field(struct admin *admin, enum code code, const char *field, const char *why)
{
    call_refuse_with(&admin->call, code, field, "%s", why);
    return false;
}

static bool grant_read(struct admin *admin, const struct json *node, struct ledger_grant *out)
{
    struct str text;
    enum token token;
    enum code code;
    if (!json_find(node, STR("address"))) return refuse_field(admin, CODE_MISSING_FIELD, "address", "address is missing");
    if (!json_str(json_find(node, STR("address")), &text)) return refuse_field(admin, CODE_INVALID_FIELD_TYPE, "address", "address is text");
    const struct str address = text;
    if (!json_find(node, STR("token"))) return refuse_field(admin, CODE_MISSING_FIELD, "token", "token is missing");
    if (!json_str(json_find(node, STR("token")), &text)) return refuse_field(admin, CODE_INVALID_FIELD_TYPE, "token", "token is text");
    if (!token_parse(text, &token)) return refuse_field(admin, CODE_INVALID_FORMAT, "token", "no such token");
    if (token_chain(token) != CHAIN_ALPHA) return refuse_field(admin, CODE_FEATURE_NOT_AVAILABLE, "token", "Delta is not available on this network");
    code = address_parse(address, CHAIN_ALPHA, &out->to);
    if (code != CODE_NONE) return refuse_field(admin, code, "address", "the address is not one of Alpha");
    if (!json_find(node, STR("amount"))) return refuse_field(admin, CODE_MISSING_FIELD, "amount", "amount is missing");
    if (!json_str(json_find(node, STR("amount")), &text)) return refuse_field(admin, CODE_INVALID_FIELD_TYPE, "amount", "amount is text");
    code = amount_parse(text, &out->money.amount);
    if (code != CODE_NONE) return refuse_field(admin, code, "amount", "the amount is not one");
    if (amount_is_zero(out->money.amount)) return refuse_field(admin, CODE_AMOUNT_NOT_POSITIVE, "amount", "the amount is zero");
    out->money.token = token;
    return true;
}

#define GRANTS_MAX 10000
void devnet_admin_faucet(struct admin *admin)
{
    struct devnet *net = admin->net;
    const struct json *body = call_json(&admin->call);
    if (!body) return;
    const struct json *list = json_find(body, STR("grants"));
    if (list && !json_is(list, JSON_ARRAY)) {
        refuse_field(admin, CODE_INVALID_FIELD_TYPE, "grants", "grants is a list");
        return;
    }
    const uint32_t count = list ? list->count : 1;
    if (count == 0 || count > GRANTS_MAX) {
        refuse_field(admin, CODE_FIELD_TOO_LONG, "grants", "1 to 10000 grants are taken at once");
        return;
    }
    struct ledger_grant *grants = arena_array(admin->call.arena, struct ledger_grant, count);
    uint32_t i = 0;
    for (const struct json *item = list ? list->child : body; item && i < count; item = list ? item->next : NULL)
        if (!grant_read(admin, item, &grants[i++])) return;
    struct admin_faucet *answer = arena_new(admin->call.arena, struct admin_faucet);
    answer->granted = count;
    answer->effective_height = MAX(net->space->counters.height_max, devnet_height(net)) + 1;
    node_space_order(net->space, answer->effective_height, grants, count, NULL, 0);
    devnet_log(net, STR("faucet"), count == 1 ? body : NULL, "{\"granted\":%u,\"effective_height\":%u}", count, answer->effective_height);
    call_answer(&admin->call, 200, &wire_admin_faucet, answer);
}

/* ---- mode and step ---- */

static void hold_all(struct devnet *net, bool held)
{
    for (uint32_t i = 0; i < devnet_nodes(net); i++)
        if (net->validators[i].node && net->validators[i].state == VALIDATOR_RUNNING) node_hold(net->validators[i].node, held);
}

static void params_spread(struct devnet *net)
{
    for (uint32_t i = 0; i < devnet_nodes(net); i++)
        if (net->validators[i].node) node_params_changed(net->validators[i].node);
}

void devnet_admin_mode(struct admin *admin)
{
    struct devnet *net = admin->net;
    const struct json *body = call_json(&admin->call);
    if (!body) return;
    struct str mode;
    struct err err;
    if (!json_str(json_find(body, STR("mode")), &mode) || (!str_eq(mode, STR("auto")) && !str_eq(mode, STR("manual")))) {
        refuse_field(admin, json_find(body, STR("mode")) ? CODE_INVALID_FORMAT : CODE_MISSING_FIELD, "mode", "mode is auto or manual");
        return;
    }
    const struct json *interval = json_find(body, STR("block_interval_ms"));
    uint64_t ms;
    if (interval && !json_u64(interval, &ms)) {
        refuse_field(admin, CODE_INVALID_FIELD_TYPE, "block_interval_ms", "block_interval_ms is a whole number");
        return;
    }
    if (interval && !params_set_u64(&net->space->params, STR("block_interval_ms"), ms, &err)) {
        refuse_field(admin, CODE_INVALID_FORMAT, "block_interval_ms", err.text);
        return;
    }
    if (interval) params_spread(net);
    net->manual = str_eq(mode, STR("manual"));
    hold_all(net, net->manual);
    devnet_log(net, STR("mode"), body, "{}");
    call_answer_json(&admin->call, 200, str_fmt(admin->call.arena, "{\"mode\":\"" STR_FMT "\",\"block_interval_ms\":%" PRIu64 "}", STR_ARG(mode),
                                                net->space->params.block_interval_ms));
}

#define STEP_BLOCKS_MAX 10000
static void step_answer(struct devnet *net)
{
    struct step *step = net->step;
    struct call call = {.exchange = step->exchange, .request = http_request(step->exchange), .arena = http_arena(step->exchange), .made_id = ++net->answers};
    struct admin_step *answer = arena_new(call.arena, struct admin_step);
    answer->heights = arena_array(call.arena, struct admin_height, 1);
    answer->heights[0] = (struct admin_height){CHAIN_ALPHA, devnet_height(net)};
    answer->heights_count = 1;
    net->step = NULL;
    env_timer_cancel(net->env, &step->timer);
    env_timer_cancel(net->env, &step->reached);
    base_free(step);
    hold_all(net, net->manual);
    call_answer(&call, 200, &wire_admin_step, answer);
}

static void step_reached(struct timer *timer) { step_answer(CONTAINER_OF(timer, struct step, reached)->net); }
static void step_given_up(struct timer *timer) { step_answer(CONTAINER_OF(timer, struct step, timer)->net); }

void admin_step_head(void *ctx, uint32_t height)
{
    struct devnet *net = ctx;
    /* Not from here: the replica that told is in the middle of its actions. */
    if (net->step && height >= net->step->target) env_timer_set(net->env, &net->step->reached, env_now(net->env));
}

void devnet_admin_step(struct admin *admin)
{
    struct devnet *net = admin->net;
    const struct json *body = call_json(&admin->call);
    if (!body) return;
    uint64_t blocks;
    struct str chain;
    if (json_find(body, STR("chain")) && (!json_str(json_find(body, STR("chain")), &chain) || !str_eq(chain, STR("alpha")))) {
        refuse_field(admin, CODE_FEATURE_NOT_AVAILABLE, "chain", "only alpha is on this network");
        return;
    }
    if (!json_u64(json_find(body, STR("blocks")), &blocks) || blocks == 0 || blocks > STEP_BLOCKS_MAX) {
        refuse_field(admin, json_find(body, STR("blocks")) ? CODE_INVALID_FORMAT : CODE_MISSING_FIELD, "blocks", "blocks is 1 to 10000");
        return;
    }
    if (!net->manual || net->step) {
        refuse_field(admin, CODE_FORBIDDEN, NULL, net->step ? "a step is under way" : "steps are made in manual mode");
        return;
    }
    struct step *step = base_alloc(sizeof(*step));
    *step = (struct step){.net = net,
                          .exchange = admin->call.exchange,
                          .target = devnet_height(net) + (uint32_t)blocks,
                          .timer = TIMER(step_given_up),
                          .reached = TIMER(step_reached)};
    net->step = step;
    /* Ordinary rounds: without a quorum they make nothing, and the step ends with what there is. */
    const struct params *params = &net->space->params;
    const uint64_t patience_ms = blocks * (params->block_interval_ms + 1000) + 3 * params->round_timeout_max_ms;
    env_timer_set(net->env, &step->timer, instant_add(env_now(net->env), duration_ms(patience_ms)));
    devnet_log(net, STR("step"), body, "{\"target\":%u}", step->target);
    hold_all(net, false);
}

/* ---- parameters ---- */

static struct str parameters_json(const struct devnet *net, struct arena *arena, uint32_t effective_height)
{
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    json_object(&w);
    if (effective_height > 0) json_put_member_u64(&w, STR("effective_height"), effective_height);
    json_key(&w, STR("parameters"));
    json_object(&w);
    for (size_t i = 0; param_at(i); i++) {
        json_key(&w, param_at(i)->name);
        json_put_u128_str(&w, params_get(&net->space->params, param_at(i)));
    }
    json_object_end(&w);
    json_key(&w, STR("features"));
    json_array(&w);
    json_array_end(&w);
    json_object_end(&w);
    const struct str text = str_dup(arena, buf_str(&json));
    buf_done(&json);
    return text;
}

void devnet_admin_parameters(struct admin *admin) { call_answer_json(&admin->call, 200, parameters_json(admin->net, admin->call.arena, 0)); }

static bool setting_read(struct admin *admin, const struct json *member, struct params *params, struct ledger_setting *out)
{
    struct err err;
    uint64_t value;
    const struct param_row *row = param_find(member->key);
    const char *field = str_dup(admin->call.arena, member->key).data;
    if (!row) return refuse_field(admin, CODE_UNKNOWN_FIELD, field, "no such parameter");
    const bool number = json_u64(member, &value), text = json_is(member, JSON_STRING) && str_to_u64(member->text, &value);
    if (!number && !text) return refuse_field(admin, CODE_INVALID_FIELD_TYPE, field, "a parameter is a whole number");
    if (!params_set_u64(params, row->name, value, &err)) return refuse_field(admin, CODE_INVALID_FORMAT, field, err.text);
    *out = (struct ledger_setting){row, value};
    return true;
}

/* Every validator applies them at the start of one block; what drives rounds rather than blocks changes at once. */
void devnet_admin_parameters_put(struct admin *admin)
{
    struct devnet *net = admin->net;
    struct err err;
    const struct json *body = call_json(&admin->call);
    if (!body) return;
    const struct json *list = json_find(body, STR("parameters")) ? json_find(body, STR("parameters")) : body;
    if (!json_is(list, JSON_OBJECT) || list->count == 0) {
        refuse_field(admin, CODE_INVALID_FIELD_TYPE, "parameters", "parameters is an object of names and values");
        return;
    }
    struct params params = net->space->params;
    struct ledger_setting *settings = arena_array(admin->call.arena, struct ledger_setting, list->count);
    uint32_t count = 0;
    for (const struct json *member = list->child; member; member = member->next)
        if (!setting_read(admin, member, &params, &settings[count++])) return;
    if (!params_check(&params, &err)) {
        refuse_field(admin, CODE_INVALID_FORMAT, "parameters", err.text);
        return;
    }
    const uint32_t height = MAX(net->space->counters.height_max, devnet_height(net)) + 1;
    node_space_order(net->space, height, NULL, 0, settings, count);
    net->space->params = params;
    params_spread(net);
    devnet_log(net, STR("parameters"), body, "{\"effective_height\":%u}", height);
    call_answer_json(&admin->call, 200, parameters_json(net, admin->call.arena, height));
}

void devnet_admin_limits(struct admin *admin)
{
    call_answer_json(&admin->call, 200,
                     str_fmt(admin->call.arena, "[{\"listener\":\"alpha\",\"per_client_rps\":0,\"per_peer_rps\":0,\"burst\":0,\"mempool_capacity\":%" PRIu64 "}]",
                             admin->net->space->params.mempool_capacity));
}

/* ---- external validators ---- */

void devnet_admin_validators(struct admin *admin)
{
    struct devnet *net = admin->net;
    const struct json *body = call_json(&admin->call);
    if (!body) return;
    const struct json *names = json_find(body, STR("external"));
    bool enabled;
    if (json_find(body, STR("add"))) {
        refuse_field(admin, CODE_FEATURE_NOT_AVAILABLE, "add", "validators join by transactions, which this network does not take");
        return;
    }
    if (!json_is(names, JSON_ARRAY) || !json_bool(json_find(body, STR("enabled")), &enabled)) {
        refuse_field(admin, names ? CODE_INVALID_FIELD_TYPE : CODE_MISSING_FIELD, "external", "external is a list of names, enabled true or false");
        return;
    }
    struct target_set set = {0};
    for (const struct json *item = names->child; item; item = item->next) {
        uint32_t i;
        if (!json_is(item, JSON_STRING) || !target_name_parse(item->text, net->count, &i)) {
            refuse_field(admin, CODE_NODE_NOT_FOUND, "external", "no validator has that name");
            return;
        }
        target_add(&set, i);
    }
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    json_object(&w);
    json_key(&w, STR("external"));
    json_array(&w);
    for (uint32_t i = 0; i < net->count; i++) {
        if (target_has(&set, i) && net->validators[i].external != enabled) {
            net->validators[i].external = enabled;
            if (net->validators[i].node) node_external(net->validators[i].node, enabled);
        }
        if (net->validators[i].external) json_put_str(&w, str_of(net->validators[i].name));
    }
    json_array_end(&w);
    json_object_end(&w);
    const struct str text = str_dup(admin->call.arena, buf_str(&json));
    buf_done(&json);
    devnet_log(net, STR("validators"), body, "{}");
    call_answer_json(&admin->call, 200, text);
}
