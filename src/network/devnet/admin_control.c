#include "chain/feature.h"
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
    if (!devnet_chain(admin->net, token_chain(token))) return refuse_field(admin, CODE_FEATURE_NOT_AVAILABLE, "token", "Delta does not run on this network");
    code = address_parse(address, token_chain(token), &out->to);
    if (code != CODE_NONE) return refuse_field(admin, code, "address", "the address is not one of the token's chain");
    if (!json_find(node, STR("amount"))) return refuse_field(admin, CODE_MISSING_FIELD, "amount", "amount is missing");
    if (!json_str(json_find(node, STR("amount")), &text)) return refuse_field(admin, CODE_INVALID_FIELD_TYPE, "amount", "amount is text");
    code = amount_parse(text, &out->money.amount);
    if (code != CODE_NONE) return refuse_field(admin, code, "amount", "the amount is not one");
    if (amount_is_zero(out->money.amount)) return refuse_field(admin, CODE_AMOUNT_NOT_POSITIVE, "amount", "the amount is zero");
    out->money.token = token;
    return true;
}

/* Those of a chain's tokens, in effect at that chain's next height; `effective_height` tells the higher of two. */
static void grants_order(struct devchain *chain, const struct ledger_grant *grants, uint32_t count, struct admin_faucet *answer)
{
    struct ledger_grant *own = base_alloc(sizeof(*own) * count);
    uint32_t own_count = 0;
    for (uint32_t i = 0; i < count; i++)
        if (token_chain(grants[i].money.token) == chain->chain) own[own_count++] = grants[i];
    if (own_count > 0) {
        const uint32_t height = devchain_next_height(chain);
        node_space_order(chain->space, height, own, own_count, NULL, 0);
        *(chain->chain == CHAIN_ALPHA ? &answer->alpha_height : &answer->delta_height) = (struct opt_u32){true, height};
        answer->effective_height = MAX(answer->effective_height, height);
    }
    base_free(own);
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
    EACH_CHAIN(net, chain) grants_order(chain, grants, count, answer);
    devnet_log(net, STR("faucet"), count == 1 ? body : NULL, "{\"granted\":%u,\"effective_height\":%u}", count, answer->effective_height);
    call_answer(&admin->call, 200, &wire_admin_faucet, answer);
}

/* ---- mode and step ---- */

static void hold_all(struct devchain *chain, bool held)
{
    for (uint32_t i = 0; i < devnet_nodes(chain->net); i++)
        if (chain->seats[i].node && chain->seats[i].state == SEAT_RUNNING) node_hold(chain->seats[i].node, held);
}

static void params_spread(struct devchain *chain)
{
    for (uint32_t i = 0; i < devnet_nodes(chain->net); i++)
        if (chain->seats[i].node) node_params_changed(chain->seats[i].node);
}

static bool interval_read(struct admin *admin, const struct json *node, uint64_t *out)
{
    struct err err;
    if (!json_u64(node, out)) return refuse_field(admin, CODE_INVALID_FIELD_TYPE, "block_interval_ms", "block_interval_ms is a whole number");
    struct params probe = admin->net->chains[0].space->params;
    return params_set_u64(&probe, STR("block_interval_ms"), *out, &err) || refuse_field(admin, CODE_INVALID_FORMAT, "block_interval_ms", err.text);
}

void devnet_admin_mode(struct admin *admin)
{
    struct devnet *net = admin->net;
    const struct json *body = call_json(&admin->call);
    if (!body) return;
    struct str mode;
    if (!json_str(json_find(body, STR("mode")), &mode) || (!str_eq(mode, STR("auto")) && !str_eq(mode, STR("manual")))) {
        refuse_field(admin, json_find(body, STR("mode")) ? CODE_INVALID_FORMAT : CODE_MISSING_FIELD, "mode", "mode is auto or manual");
        return;
    }
    const struct json *interval = json_find(body, STR("block_interval_ms"));
    uint64_t ms = 0;
    if (interval && !interval_read(admin, interval, &ms)) return;
    net->manual = str_eq(mode, STR("manual"));
    EACH_CHAIN(net, chain) {
        if (interval) chain->space->params.block_interval_ms = ms;
        if (interval) params_spread(chain);
        hold_all(chain, net->manual && !chain->stepping);
    }
    devnet_log(net, STR("mode"), body, "{}");
    call_answer_json(&admin->call, 200, str_fmt(admin->call.arena, "{\"mode\":\"" STR_FMT "\",\"block_interval_ms\":%" PRIu64 "}", STR_ARG(mode),
                                                net->chains[0].space->params.block_interval_ms));
}

#define STEP_BLOCKS_MAX 10000
static void step_answer(struct devnet *net)
{
    struct step *step = net->step;
    struct call call = {.exchange = step->exchange, .request = http_request(step->exchange), .arena = http_arena(step->exchange), .made_id = ++net->answers};
    struct admin_step *answer = arena_new(call.arena, struct admin_step);
    answer->heights = arena_array(call.arena, struct admin_height, DEVCHAINS_MAX);
    EACH_CHAIN(net, chain) answer->heights[answer->heights_count++] = (struct admin_height){chain->chain, devchain_height(chain)};
    net->step = NULL;
    env_timer_cancel(net->env, &step->timer);
    env_timer_cancel(net->env, &step->reached);
    base_free(step);
    EACH_CHAIN(net, chain) {
        chain->stepping = false;
        hold_all(chain, net->manual);
    }
    call_answer(&call, 200, &wire_admin_step, answer);
}

/* A chain that is there holds again while another still makes blocks. */
static void step_reached(struct timer *timer)
{
    struct devnet *net = CONTAINER_OF(timer, struct step, reached)->net;
    bool all = true;
    EACH_CHAIN(net, chain) {
        if (!chain->stepping) continue;
        if (devchain_height(chain) < chain->step_target) {
            all = false;
            continue;
        }
        chain->stepping = false;
        hold_all(chain, net->manual);
    }
    if (all) step_answer(net);
}
static void step_given_up(struct timer *timer) { step_answer(CONTAINER_OF(timer, struct step, timer)->net); }

void admin_step_head(void *ctx, uint32_t height)
{
    const struct devchain *chain = ctx;
    struct devnet *net = chain->net;
    /* Not from here: the replica that told is in the middle of its actions. */
    if (chain->stepping && height >= chain->step_target) env_timer_set(net->env, &net->step->reached, env_now(net->env));
}

/* Ordinary rounds: without a quorum they make nothing, and the step ends with what there is. */
static struct duration step_patience(const struct devchain *chain, uint64_t blocks)
{
    const struct params *params = &chain->space->params;
    return duration_ms(blocks * (params->block_interval_ms + 1000) + 3 * params->round_timeout_max_ms);
}

void devnet_admin_step(struct admin *admin)
{
    struct devnet *net = admin->net;
    const struct json *body = call_json(&admin->call);
    uint64_t blocks;
    uint32_t chains;
    if (!body || !admin_chains(admin, body, &chains)) return;
    if (!json_u64(json_find(body, STR("blocks")), &blocks) || blocks == 0 || blocks > STEP_BLOCKS_MAX) {
        refuse_field(admin, json_find(body, STR("blocks")) ? CODE_INVALID_FORMAT : CODE_MISSING_FIELD, "blocks", "blocks is 1 to 10000");
        return;
    }
    if (!net->manual || net->step) {
        refuse_field(admin, CODE_FORBIDDEN, NULL, net->step ? "a step is under way" : "steps are made in manual mode");
        return;
    }
    struct step *step = base_alloc(sizeof(*step));
    *step = (struct step){.net = net, .exchange = admin->call.exchange, .chains = chains, .timer = TIMER(step_given_up), .reached = TIMER(step_reached)};
    net->step = step;
    struct duration patience = {0};
    devnet_log(net, STR("step"), body, "{\"blocks\":%" PRIu64 ",\"chains\":\"" STR_FMT "\"}", blocks, STR_ARG(chains_text(chains)));
    EACH_CHAIN(net, chain) {
        if (!chains_has(chains, chain)) continue;
        chain->stepping = true;
        chain->step_target = devchain_height(chain) + (uint32_t)blocks;
        if (step_patience(chain, blocks).ns > patience.ns) patience = step_patience(chain, blocks);
    }
    env_timer_set(net->env, &step->timer, instant_add(env_now(net->env), patience));
    EACH_CHAIN(net, chain) if (chain->stepping) hold_all(chain, false);
}

/* ---- parameters ---- */

/* `heights`: from when on, by chain; NULL: not asked. */
static struct str parameters_json(const struct devchain *of, struct arena *arena, const uint32_t heights[DEVCHAINS_MAX])
{
    const struct devnet *net = of->net;
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    uint32_t effective = 0;
    json_object(&w);
    for (uint32_t i = 0; heights && i < net->chains_count; i++) effective = MAX(effective, heights[i]);
    if (heights) {
        json_put_member_u64(&w, STR("effective_height"), effective);
        json_key(&w, STR("heights"));
        json_object(&w);
        for (uint32_t i = 0; i < net->chains_count; i++)
            if (heights[i] > 0) json_put_member_u64(&w, chain_text(net->chains[i].chain), heights[i]);
        json_object_end(&w);
    }
    json_put_member_str(&w, STR("chain"), chain_text(of->chain));
    json_key(&w, STR("parameters"));
    json_object(&w);
    for (size_t i = 0; param_at(i); i++) {
        json_key(&w, param_at(i)->name);
        json_put_u128_str(&w, params_get(&of->space->params, param_at(i)));
    }
    json_object_end(&w);
    json_key(&w, STR("features"));
    json_array(&w);
    for (unsigned bit = 1; bit <= FEATURES_ALL; bit <<= 1)
        if ((of->space->params.features & bit) != 0) json_put_str(&w, feature_text((enum feature)bit));
    json_array_end(&w);
    json_object_end(&w);
    const struct str text = str_dup(arena, buf_str(&json));
    buf_done(&json);
    return text;
}

/* ?chain=alpha|delta; Alpha's unless it says otherwise. */
void devnet_admin_parameters(struct admin *admin)
{
    struct str text;
    bool has;
    enum chain_id id = CHAIN_ALPHA;
    if (!call_query_str(&admin->call, "chain", &text, &has)) return;
    const struct devchain *chain = has && !chain_parse(text, &id) ? NULL : devnet_chain(admin->net, id);
    if (chain) call_answer_json(&admin->call, 200, parameters_json(chain, admin->call.arena, NULL));
    else refuse_field(admin, CODE_INVALID_PARAMETER, "chain", "no such chain runs on this network");
}

/* `features` as the list of their names. */
static bool features_read(struct admin *admin, const struct json *list, uint64_t *out)
{
    *out = 0;
    for (const struct json *item = list->child; item; item = item->next) {
        enum feature feature;
        struct str name;
        if (!json_str(item, &name) || !feature_parse(name, &feature))
            return refuse_field(admin, CODE_INVALID_FORMAT, "features", "features are shielded, joint_governance, perpetuals, offramp");
        *out |= feature;
    }
    return true;
}

static bool setting_read(struct admin *admin, const struct json *member, struct ledger_setting *out)
{
    uint64_t value;
    const struct param_row *row = param_find(member->key);
    const char *field = str_dup(admin->call.arena, member->key).data;
    if (str_eq(member->key, STR("features")) && json_is(member, JSON_ARRAY)) {
        *out = (struct ledger_setting){row, 0};
        return features_read(admin, member, &out->value);
    }
    if (!row) return refuse_field(admin, CODE_UNKNOWN_FIELD, field, "no such parameter");
    const bool number = json_u64(member, &value), text = json_is(member, JSON_STRING) && str_to_u64(member->text, &value);
    if (!number && !text) return refuse_field(admin, CODE_INVALID_FIELD_TYPE, field, "a parameter is a whole number");
    *out = (struct ledger_setting){row, value};
    return true;
}

/* The settings checked against what a chain has now; the result in *params. */
static bool settings_fit(struct admin *admin, const struct devchain *chain, const struct ledger_setting *settings, uint32_t count, struct params *params)
{
    struct err err;
    *params = chain->space->params;
    for (uint32_t i = 0; i < count; i++)
        if (!params_set_u64(params, settings[i].row->name, settings[i].value, &err))
            return refuse_field(admin, CODE_INVALID_FORMAT, str_dup(admin->call.arena, settings[i].row->name).data, err.text);
    return params_check(params, &err) || refuse_field(admin, CODE_INVALID_FORMAT, "parameters", err.text);
}

/* Every validator applies them at the start of one block; what drives rounds rather than blocks changes at once. */
void devnet_admin_parameters_put(struct admin *admin)
{
    struct devnet *net = admin->net;
    uint32_t chains;
    const struct json *body = call_json(&admin->call);
    if (!body || !admin_chains(admin, body, &chains)) return;
    const bool inner = json_find(body, STR("parameters")) != NULL;
    const struct json *list = inner ? json_find(body, STR("parameters")) : body;
    if (!json_is(list, JSON_OBJECT) || list->count == 0) {
        refuse_field(admin, CODE_INVALID_FIELD_TYPE, "parameters", "parameters is an object of names and values");
        return;
    }
    struct ledger_setting *settings = arena_array(admin->call.arena, struct ledger_setting, list->count);
    uint32_t count = 0, heights[DEVCHAINS_MAX] = {0};
    for (const struct json *member = list->child; member; member = member->next) {
        if (!inner && str_eq(member->key, STR("chain"))) continue;
        if (!setting_read(admin, member, &settings[count++])) return;
    }
    struct params params[DEVCHAINS_MAX];
    EACH_CHAIN(net, chain) if (chains_has(chains, chain) && !settings_fit(admin, chain, settings, count, &params[chain - net->chains])) return;
    EACH_CHAIN(net, chain) {
        if (!chains_has(chains, chain)) continue;
        const uint32_t height = devchain_next_height(chain);
        node_space_order(chain->space, height, NULL, 0, settings, count);
        chain->space->params = params[chain - net->chains];
        params_spread(chain);
        heights[chain - net->chains] = height;
    }
    devnet_log(net, STR("parameters"), body, "{\"alpha\":%u,\"delta\":%u}", heights[0], heights[1]);
    call_answer_json(&admin->call, 200, parameters_json(chains_has(chains, &net->chains[0]) ? &net->chains[0] : &net->chains[1], admin->call.arena, heights));
}

static void limits_write(struct json_writer *w, struct str listener, const struct limits *limits, const struct devchain *chain)
{
    json_object(w);
    json_put_member_str(w, STR("listener"), listener);
    json_put_member_u64(w, STR("per_client_rps"), limits->per_client_rps);
    json_put_member_u64(w, STR("per_peer_rps"), limits->per_peer_rps);
    json_put_member_u64(w, STR("burst"), limits->burst);
    if (chain) json_put_member_u64(w, STR("mempool_capacity"), chain->space->params.mempool_capacity);
    json_object_end(w);
}

void devnet_admin_limits(struct admin *admin)
{
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    json_array(&w);
    EACH_CHAIN(admin->net, chain) limits_write(&w, chain_text(chain->chain), &chain->space->limits, chain);
    limits_write(&w, STR("adnet"), &admin->net->adnet_limits, NULL);
    json_array_end(&w);
    const struct str text = str_dup(admin->call.arena, buf_str(&json));
    buf_done(&json);
    call_answer_json(&admin->call, 200, text);
}

static bool rate_read(struct admin *admin, const struct json *body, const char *name, uint64_t *out)
{
    const struct json *node = json_find(body, str_of(name));
    if (!node) return true;
    uint64_t value;
    if (!json_u64(node, &value)) return refuse_field(admin, CODE_INVALID_FIELD_TYPE, name, "a limit is a whole number");
    if (value > LIMITER_RPS_MAX) return refuse_field(admin, CODE_INVALID_PARAMETER, name, "a limit is at most 1000000");
    *out = value;
    return true;
}

/* The pool's size is a parameter: it takes effect for everybody at one block. */
static bool capacity_put(struct admin *admin, struct devchain *chain, const struct json *node)
{
    struct params params;
    struct ledger_setting setting = {.row = param_find(STR("mempool_capacity"))};
    if (!node) return true;
    if (!chain) return refuse_field(admin, CODE_INVALID_PARAMETER, "mempool_capacity", "this listener has no pool");
    if (!json_u64(node, &setting.value)) return refuse_field(admin, CODE_INVALID_FIELD_TYPE, "mempool_capacity", "a capacity is a whole number");
    if (!settings_fit(admin, chain, &setting, 1, &params)) return false;
    node_space_order(chain->space, devchain_next_height(chain), NULL, 0, &setting, 1);
    chain->space->params = params;
    params_spread(chain);
    return true;
}

void devnet_admin_limits_put(struct admin *admin)
{
    struct devnet *net = admin->net;
    const struct json *body = call_json(&admin->call);
    struct str name;
    enum chain_id id;
    if (!body) return;
    if (!json_str(json_find(body, STR("listener")), &name)) {
        refuse_field(admin, json_find(body, STR("listener")) ? CODE_INVALID_FIELD_TYPE : CODE_MISSING_FIELD, "listener", "listener is alpha, delta or adnet");
        return;
    }
    struct devchain *chain = chain_parse(name, &id) ? devnet_chain(net, id) : NULL;
    if (!chain && !str_eq(name, STR("adnet"))) {
        refuse_field(admin, CODE_INVALID_PARAMETER, "listener", "no such listener is on this network");
        return;
    }
    struct limits *limits = chain ? &chain->space->limits : &net->adnet_limits, wanted = *limits;
    if (!rate_read(admin, body, "per_client_rps", &wanted.per_client_rps) || !rate_read(admin, body, "per_peer_rps", &wanted.per_peer_rps) ||
        !rate_read(admin, body, "burst", &wanted.burst) || !capacity_put(admin, chain, json_find(body, STR("mempool_capacity"))))
        return;
    *limits = wanted;
    devnet_log(net, STR("limits"), body, "{}");
    devnet_admin_limits(admin);
}
