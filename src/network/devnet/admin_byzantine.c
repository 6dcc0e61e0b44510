#include "network/devnet/devnet_priv.h"

/* Byzantine switches (api 5.3): which validators break which rules. The liar itself is network/byzantine. */

bool seat_lies(const struct seat *seat)
{
    for (size_t i = 0; i < LIAR_MODES; i++)
        if (seat->lies[i]) return true;
    return false;
}

void seat_lies_free(struct seat *seat)
{
    for (size_t i = 0; i < LIAR_MODES; i++) base_free(seat->lies[i]);
    liar_free(seat->liar);
    seat->liar = NULL;
}

/* ---- reading ---- */

static bool refuse(struct admin *admin, enum code code, const char *field, const char *why)
{
    call_refuse_with(&admin->call, code, field, "%s", why);
    return false;
}

static bool number_read(struct admin *admin, const struct json *params, const char *name, uint64_t max, uint64_t *out)
{
    const struct json *node = json_find(params, str_of(name));
    uint64_t value;
    if (!node) return true;
    if (!json_u64(node, &value) || value > max) return refuse(admin, CODE_INVALID_PARAMETER, name, "not a whole number within its bounds");
    *out = value;
    return true;
}

static bool split_read(struct admin *admin, const struct json *node, struct liar_params *out)
{
    struct devnet *net = admin->net;
    struct target_set everybody = {0};
    struct err err;
    if (!json_is(node, JSON_ARRAY) || node->count != 2) return refuse(admin, CODE_INVALID_PARAMETER, "split", "split is two lists of targets");
    for (uint32_t i = 0; i < net->count; i++) target_add(&everybody, i);
    size_t half = 0;
    for (const struct json *item = node->child; item; item = item->next, half++) {
        struct target_set set;
        if (!targets_parse(item, net->count, &everybody, &net->rng, &set, &err)) return refuse(admin, CODE_INVALID_PARAMETER, "split", err.text);
        for (uint32_t i = 0; i < net->count; i++)
            if (target_has(&set, i)) liar_peers_add(&out->split[half], i);
    }
    return true;
}

static bool address_read(struct admin *admin, const struct json *node, const char *field, struct address *out)
{
    struct str text;
    if (!json_str(node, &text)) return refuse(admin, CODE_INVALID_FIELD_TYPE, field, "an address is text");
    if (address_parse(text, CHAIN_ALPHA, out) == CODE_NONE || address_parse(text, CHAIN_DELTA, out) == CODE_NONE) return true;
    return refuse(admin, CODE_INVALID_ADDRESS, field, "the address is not one");
}

static bool senders_read(struct admin *admin, const struct json *node, struct liar_params *out)
{
    if (!json_is(node, JSON_ARRAY) || node->count > LIAR_NAMES_MAX) return refuse(admin, CODE_INVALID_PARAMETER, "senders", "senders is a list of at most 64 addresses");
    for (const struct json *item = node->child; item; item = item->next)
        if (!address_read(admin, item, "senders", &out->senders[out->senders_count++])) return false;
    return true;
}

/* A name may be a kind of either chain, and of both. */
static bool kinds_read(struct admin *admin, const struct json *node, struct liar_params *out)
{
    if (!json_is(node, JSON_ARRAY) || node->count > LIAR_NAMES_MAX / 2) return refuse(admin, CODE_INVALID_PARAMETER, "kinds", "kinds is a list of at most 32 names");
    for (const struct json *item = node->child; item; item = item->next) {
        struct str text;
        const uint32_t before = out->kinds_count;
        for (int chain = CHAIN_ALPHA; json_str(item, &text) && chain <= CHAIN_DELTA; chain++) {
            const struct kind_row *row = kind_find_name((enum chain_id)chain, text);
            if (row) out->kinds[out->kinds_count++] = (uint16_t)row->kind;
        }
        if (out->kinds_count == before) return refuse(admin, CODE_INVALID_PARAMETER, "kinds", "no such kind");
    }
    return true;
}

static bool words_read(struct admin *admin, enum liar_mode mode, const struct json *params, struct liar_params *out)
{
    struct str text;
    const struct json *flavour = json_find(params, STR("flavour")), *policy = json_find(params, STR("policy"));
    if (mode == LIAR_INVALID_PROPOSAL && !flavour) return refuse(admin, CODE_MISSING_FIELD, "flavour", "flavour is missing");
    if (flavour && (!json_str(flavour, &text) || !liar_flavour_parse(text, &out->flavour))) return refuse(admin, CODE_INVALID_PARAMETER, "flavour", "no such flavour");
    if (mode == LIAR_REORDER_TRANSACTIONS && !policy) return refuse(admin, CODE_MISSING_FIELD, "policy", "policy is missing");
    if (!policy) return true;
    if (!json_str(policy, &text) || (!str_eq(text, STR("reverse_tip")) && !str_eq(text, STR("insert_own"))))
        return refuse(admin, CODE_INVALID_PARAMETER, "policy", "policy is reverse_tip or insert_own");
    out->policy = str_eq(text, STR("insert_own")) ? LIAR_INSERT_OWN : LIAR_REVERSE_TIP;
    return true;
}

#define DELAY_MS_MAX UINT64_C(3600000)
static bool params_read(struct admin *admin, enum liar_mode mode, const struct json *params, struct liar_params *out)
{
    uint64_t rate = 10000, from = 0, length = mode == LIAR_PRIVATE_BRANCH || mode == LIAR_OLD_KEY_FORK ? 10 : 0, delay = 0;
    *out = (struct liar_params){.rate_bps = 10000};
    if (params && !json_is(params, JSON_OBJECT)) return refuse(admin, CODE_INVALID_FIELD_TYPE, "params", "params is an object");
    if (!number_read(admin, params, "rate_bps", 10000, &rate) || !number_read(admin, params, "delay_ms", DELAY_MS_MAX, &delay)) return false;
    if (!number_read(admin, params, "from_height", UINT32_MAX, &from) || !number_read(admin, params, "length", LIAR_BRANCH_MAX, &length)) return false;
    if (mode == LIAR_DELAY_VOTES && delay == 0) return refuse(admin, CODE_MISSING_FIELD, "delay_ms", "delay_ms is missing");
    const struct json *split = json_find(params, STR("split")), *senders = json_find(params, STR("senders")), *kinds = json_find(params, STR("kinds"));
    const struct json *beneficiary = json_find(params, STR("beneficiary"));
    if (split && !split_read(admin, split, out)) return false;
    if (senders && !senders_read(admin, senders, out)) return false;
    if (kinds && !kinds_read(admin, kinds, out)) return false;
    if (mode == LIAR_CENSOR && out->senders_count == 0 && out->kinds_count == 0) return refuse(admin, CODE_MISSING_FIELD, "senders", "senders or kinds are missing");
    if (beneficiary && !address_read(admin, beneficiary, "beneficiary", &out->beneficiary)) return false;
    out->has_beneficiary = beneficiary != NULL;
    out->rate_bps = (uint32_t)rate;
    out->delay_ms = delay;
    out->from_height = (uint32_t)from;
    out->length = (uint32_t)length;
    return words_read(admin, mode, params, out);
}

/* ---- doing ---- */

static void liar_ensure(struct devchain *chain, uint32_t i)
{
    struct seat *seat = &chain->seats[i];
    if (seat->liar) return;
    const struct node_space *space = chain->space;
    seat->liar = liar_new(&(const struct liar_config){.seed = chain->net->seed,
                                                      .domain = space->rules.domain,
                                                      .suite = space->suite,
                                                      .key = &chain->net->validators[i].consensus,
                                                      .account = &chain->net->validators[i].account,
                                                      .index = i,
                                                      .peers = chain->net->count,
                                                      .skew_ms = space->params.max_block_skew_ms,
                                                      .block_txs_max = space->params.max_block_transactions,
                                                      .block_bytes_max = space->params.max_block_bytes});
    if (seat->node) node_lie(seat->node, seat->liar);
}

static char *text_of(const struct json *params)
{
    struct buf json = {0};
    struct json_writer w = json_writer_of(&json);
    if (params) json_put_tree(&w, params);
    else json_put_raw(&w, STR("{}"));
    buf_put_char(&json, 0);
    return (char *)json.data;
}

static void mode_set(struct devchain *chain, uint32_t i, enum liar_mode mode, const struct liar_params *params, const struct json *json, bool enabled)
{
    struct seat *seat = &chain->seats[i];
    base_free(seat->lies[mode]);
    seat->lies[mode] = NULL;
    if (enabled) {
        liar_ensure(chain, i);
        liar_on(seat->liar, mode, params);
        seat->lies[mode] = text_of(json);
    } else if (seat->liar) {
        liar_off(seat->liar, mode);
        if (seat->node && seat->state == SEAT_RUNNING) node_lie_serve(seat->node);
    }
}

/* The history that those of the plot rewrite together, handed to each. */
static void fork_spread(struct devchain *chain, const struct target_set *plot, const struct liar_params *params)
{
    const struct seckey *keys[DEVNET_VALIDATORS_MAX] = {0};
    struct liar_peers members = {0};
    struct node *maker = NULL;
    struct certified_block *fork = base_alloc(sizeof(*fork) * LIAR_BRANCH_MAX);
    for (uint32_t i = 0; i < chain->net->count; i++) {
        if (!target_has(plot, i)) continue;
        keys[i] = &chain->net->validators[i].consensus;
        liar_peers_add(&members, i);
        if (!maker && chain->seats[i].state == SEAT_RUNNING) maker = chain->seats[i].node;
    }
    const size_t count = maker ? node_fork_make(maker, keys, params->from_height, MIN(params->length, LIAR_BRANCH_MAX), fork) : 0;
    for (uint32_t i = 0; count > 0 && i < chain->net->count; i++) {
        struct seat *seat = &chain->seats[i];
        if (!target_has(plot, i)) continue;
        liar_fork_set(seat->liar, fork, count, &members);
        if (seat->node && seat->state == SEAT_RUNNING) node_lie_serve(seat->node);
    }
    for (size_t i = 0; i < count; i++) {
        block_unref(fork[i].block);
        certificate_unref(fork[i].certificate);
    }
    base_free(fork);
}

static void liars_tell(struct devchain *chain)
{
    VEC(struct address) liars = {0};
    for (uint32_t i = 0; i < chain->net->count; i++)
        if (seat_lies(&chain->seats[i])) vec_push(&liars, chain->net->validators[i].address);
    node_space_liars(chain->space, liars.data, liars.count);
    vec_done(&liars);
}

static uint32_t entries_fill(const struct admin *admin, struct devchain *chain, uint32_t i, struct byzantine_entry *out)
{
    uint32_t count = 0;
    for (size_t mode = 0; mode < LIAR_MODES; mode++) {
        const char *params = chain->seats[i].lies[mode];
        if (!params) continue;
        out[count++] = (struct byzantine_entry){.validator = str_of(chain->net->validators[i].name),
                                                .chain = chain->chain,
                                                .mode = liar_mode_text((enum liar_mode)mode),
                                                .params = str_dup(admin->call.arena, str_of(params))};
    }
    return count;
}

/* Everything that is on, Alpha's first, v1 first. */
void devnet_admin_byzantine(struct admin *admin)
{
    struct devnet *net = admin->net;
    struct page *page = arena_new(admin->call.arena, struct page);
    struct byzantine_entry *items = arena_array(admin->call.arena, struct byzantine_entry, (size_t)net->count * net->chains_count * LIAR_MODES);
    *page = (struct page){.items = items};
    EACH_CHAIN(net, chain) {
        for (uint32_t i = 0; i < net->count; i++) page->count += entries_fill(admin, chain, i, items + page->count);
    }
    call_answer(&admin->call, 200, &wire_byzantine_list, page);
}

static bool body_read(struct admin *admin, const struct json *body, struct target_set *out_set, enum liar_mode *out_mode, bool *out_enabled)
{
    struct devnet *net = admin->net;
    struct str text;
    struct err err;
    const struct json *validators = json_find(body, STR("validators")), *mode = json_find(body, STR("mode")), *enabled = json_find(body, STR("enabled"));
    uint32_t chains;
    if (!admin_chains(admin, body, &chains)) return false;
    const struct target_set running = validators_in(net, chains, SEAT_RUNNING);
    if (!validators) return refuse(admin, CODE_MISSING_FIELD, "validators", "validators are missing");
    if (!targets_parse(validators, net->count, &running, &net->rng, out_set, &err)) return refuse(admin, CODE_INVALID_PARAMETER, "validators", err.text);
    if (!mode) return refuse(admin, CODE_MISSING_FIELD, "mode", "mode is missing");
    if (!json_str(mode, &text) || !liar_mode_parse(text, out_mode)) return refuse(admin, CODE_INVALID_PARAMETER, "mode", "no such mode");
    *out_enabled = true;
    if (enabled && !json_bool(enabled, out_enabled)) return refuse(admin, CODE_INVALID_FIELD_TYPE, "enabled", "enabled is true or false");
    return true;
}

void devnet_admin_byzantine_put(struct admin *admin)
{
    struct devnet *net = admin->net;
    struct target_set set;
    enum liar_mode mode;
    bool enabled;
    uint32_t chains;
    struct liar_params *params = arena_new(admin->call.arena, struct liar_params);
    const struct json *body = call_json(&admin->call);
    if (!body || !body_read(admin, body, &set, &mode, &enabled) || !admin_chains(admin, body, &chains)) return;
    const struct json *given = json_find(body, STR("params"));
    if (enabled && !params_read(admin, mode, given, params)) return;
    EACH_CHAIN(net, chain) {
        if (!chains_has(chains, chain)) continue;
        for (uint32_t i = 0; i < net->count; i++)
            if (target_has(&set, i)) mode_set(chain, i, mode, params, given, enabled);
        if (enabled && mode == LIAR_OLD_KEY_FORK) fork_spread(chain, &set, params);
        liars_tell(chain);
    }
    devnet_log(net, STR("byzantine"), body, "{\"validators\":%u}", target_count(&set));
    devnet_admin_byzantine(admin);
}
