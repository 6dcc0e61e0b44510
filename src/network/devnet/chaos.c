#include "network/devnet/devnet_priv.h"

/* The chaos API (api 5.2): what is active, how it begins and how it ends. The actions themselves are in actions.c. */

#define DURATION_MS_MAX (UINT64_C(366) * 86400000)

static void chaos_remove(struct chaos *chaos)
{
    struct devnet *net = chaos->net;
    for (size_t i = 0; i < net->chaos.count; i++) {
        if (net->chaos.data[i] != chaos) continue;
        vec_remove(&net->chaos, i);
        break;
    }
    env_timer_cancel(net->env, &chaos->timer);
    base_free(chaos->params);
    base_free(chaos);
}

/* Those of which a later action has left nothing (a restart, a repeat) are over. */
static void sweep(struct devnet *net)
{
    for (size_t i = net->chaos.count; i-- > 0;) {
        struct chaos *chaos = net->chaos.data[i];
        bool active = false;
        EACH_CHAIN(net, chain) active = active || chaos->row->active(chain, chaos->id);
        if (!active) chaos_remove(chaos);
    }
}

void chaos_end(struct chaos *chaos)
{
    struct devnet *net = chaos->net;
    EACH_CHAIN(net, chain) if (chains_has(chaos->chains, chain)) chaos->row->end(chain, chaos->id);
    devnet_log(net, STR("chaos_end"), NULL, "{\"chaos_id\":\"c%u\"}", chaos->id);
    chaos_remove(chaos);
    sweep(net);
}

void chaos_free_all(struct devnet *net)
{
    while (net->chaos.count > 0) chaos_remove(vec_last(&net->chaos));
    vec_done(&net->chaos);
}

static void chaos_fire(struct timer *timer) { chaos_end(CONTAINER_OF(timer, struct chaos, timer)); }

static struct chaos *chaos_begin(const struct deed *deed, const struct chaos_row *row, uint64_t now_ms, uint64_t duration_ms_)
{
    struct devnet *net = deed->net;
    struct chaos *chaos = base_alloc(sizeof(*chaos));
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    if (deed->params) json_put_tree(&w, deed->params);
    else json_put_raw(&w, STR("{}"));
    buf_put_char(&json, 0);
    *chaos = (struct chaos){.id = deed->id,
                            .net = net,
                            .row = row,
                            .chains = deed->chains,
                            .params = (char *)json.data,
                            .started_ms = now_ms,
                            .ends_ms = duration_ms_ ? now_ms + duration_ms_ : 0,
                            .timer = TIMER(chaos_fire)};
    vec_push(&net->chaos, chaos);
    if (duration_ms_) env_timer_set(net->env, &chaos->timer, instant_add(env_now(net->env), duration_ms(duration_ms_)));
    return chaos;
}

static void entry_fill(struct arena *arena, const struct chaos *chaos, struct chaos_entry *out)
{
    *out = (struct chaos_entry){
        .chaos_id = str_fmt(arena, "c%u", chaos->id),
        .action = str_of(chaos->row->action),
        .chain = chains_text(chaos->chains),
        .params = str_dup(arena, str_of(chaos->params)),
        .started_at = chaos->started_ms,
        .ends_at = {chaos->ends_ms != 0, chaos->ends_ms},
    };
}

struct str chains_text(uint32_t chains) { return chains == CHAINS_ALPHA ? STR("alpha") : chains == CHAINS_DELTA ? STR("delta") : STR("both"); }

bool admin_chains(struct admin *admin, const struct json *body, uint32_t *out)
{
    const uint32_t here = admin->net->chains_count > 1 ? CHAINS_ALPHA | CHAINS_DELTA : CHAINS_ALPHA;
    struct str text = STR("both");
    const struct json *node = json_find(body, STR("chain"));
    if (node && !json_is(node, JSON_NULL) && !json_str(node, &text)) {
        call_refuse_with(&admin->call, CODE_INVALID_FIELD_TYPE, "chain", "chain is alpha, delta or both");
        return false;
    }
    const bool alpha = str_eq(text, STR("alpha")), delta = str_eq(text, STR("delta"));
    if (!alpha && !delta && !str_eq(text, STR("both"))) {
        call_refuse_with(&admin->call, CODE_INVALID_PARAMETER, "chain", "chain is alpha, delta or both");
        return false;
    }
    *out = alpha ? CHAINS_ALPHA : delta ? CHAINS_DELTA : here; /* "both" is all there are */
    if ((*out & here) == *out) return true;
    call_refuse_with(&admin->call, CODE_FEATURE_NOT_AVAILABLE, "chain", "Delta does not run on this network");
    return false;
}

static const struct chaos_row *row_of(struct admin *admin, const struct json *body, uint32_t *out_chains)
{
    struct str action;
    if (!json_str(json_find(body, STR("action")), &action)) {
        call_refuse_with(&admin->call, json_find(body, STR("action")) ? CODE_INVALID_FIELD_TYPE : CODE_MISSING_FIELD, "action", "action is a name");
        return NULL;
    }
    if (!admin_chains(admin, body, out_chains)) return NULL;
    const struct chaos_row *row = chaos_row_find(action);
    if (row) return row;
    call_refuse_with(&admin->call, CODE_FEATURE_NOT_AVAILABLE, "action", "%.40s: not available on this network", str_dup(admin->call.arena, action).data);
    return NULL;
}

void devnet_admin_chaos_post(struct admin *admin)
{
    struct devnet *net = admin->net;
    struct call *call = &admin->call;
    const struct json *body = call_json(call);
    uint32_t chains = 0;
    const struct chaos_row *row = body ? row_of(admin, body, &chains) : NULL;
    if (!row) return;
    const struct json *params = json_find(body, STR("params")), *duration = json_find(body, STR("duration_ms"));
    uint64_t duration_ms_ = 0;
    if (params && !json_is(params, JSON_OBJECT)) {
        call_refuse_with(call, CODE_INVALID_FIELD_TYPE, "params", "params is an object");
        return;
    }
    if (duration && !json_is(duration, JSON_NULL) && (!json_u64(duration, &duration_ms_) || duration_ms_ == 0 || duration_ms_ > DURATION_MS_MAX)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "duration_ms", "duration_ms is a whole number above 0");
        return;
    }
    struct deed deed = {.admin = admin, .net = net, .params = params, .id = net->chaos_last + 1, .chains = chains};
    if (!row->begin(&deed)) return;
    net->chaos_last++;
    const uint64_t now_ms = instant_ms(env_now(net->env));
    struct chaos_entry *answer = arena_new(call->arena, struct chaos_entry);
    *answer = (struct chaos_entry){.chaos_id = str_fmt(call->arena, "c%u", deed.id), .started_at = now_ms};
    if (deed.lasts) {
        const struct chaos *chaos = chaos_begin(&deed, row, now_ms, duration_ms_);
        answer->ends_at = (struct opt_u64){chaos->ends_ms != 0, chaos->ends_ms};
    }
    sweep(net);
    devnet_log(net, str_of(row->action), params, "{\"chaos_id\":\"c%u\"}", deed.id);
    call_answer(call, 200, &wire_chaos_entry, answer);
}

void devnet_admin_chaos_list(struct admin *admin)
{
    const struct devnet *net = admin->net;
    struct page *page = arena_new(admin->call.arena, struct page);
    struct chaos_entry *items = arena_array(admin->call.arena, struct chaos_entry, net->chaos.count);
    for (size_t i = 0; i < net->chaos.count; i++) entry_fill(admin->call.arena, net->chaos.data[i], &items[i]);
    *page = (struct page){.items = items, .count = (uint32_t)net->chaos.count};
    call_answer(&admin->call, 200, &wire_chaos_list, page);
}

void devnet_admin_chaos_end(struct admin *admin)
{
    struct devnet *net = admin->net;
    struct call *call = &admin->call;
    uint64_t id = 0;
    const bool named = str_starts(admin->arg, STR("c")) && str_to_u64(str_sub(admin->arg, 1, admin->arg.len), &id);
    for (size_t i = 0; named && i < net->chaos.count; i++) {
        struct chaos *chaos = net->chaos.data[i];
        if (chaos->id != id) continue;
        struct chaos_entry *answer = arena_new(call->arena, struct chaos_entry);
        entry_fill(call->arena, chaos, answer);
        answer->ends_at = (struct opt_u64){true, instant_ms(env_now(net->env))};
        chaos_end(chaos);
        call_answer(call, 200, &wire_chaos_entry, answer);
        return;
    }
    call_refuse_with(call, CODE_CHAOS_NOT_FOUND, "chaos_id", "no such chaos is active");
}

/* Everything ends; crashed nodes restart, however they came down. */
void devnet_admin_chaos_end_all(struct admin *admin)
{
    struct devnet *net = admin->net;
    while (net->chaos.count > 0) chaos_end(vec_last(&net->chaos));
    EACH_CHAIN(net, chain) {
        for (uint32_t i = 0; i < net->count; i++) {
            if (chain->seats[i].state == SEAT_PAUSED) seat_resume(chain, i);
            if (chain->seats[i].state == SEAT_CRASHED) seat_start(chain, i, false);
        }
    }
    devnet_admin_chaos_list(admin);
}
