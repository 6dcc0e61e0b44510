#include <stdio.h>

#include "tester/chaos/weather_priv.h"

/* Byzantine modes: told to the network by PUT /byzantine, and read again from GET /nodes. */

#define PATIENCE_S 10u

static void body_put(struct buf *body, const struct json *params, const struct json *targets, struct str mode, bool enabled)
{
    struct json_writer w = json_writer_of(body);
    json_object(&w);
    json_key(&w, STR("validators"));
    if (targets) json_put_tree(&w, targets);
    else json_put_str(&w, STR("*"));
    json_put_member_str(&w, STR("mode"), mode);
    json_put_member_bool(&w, STR("enabled"), enabled);
    json_key(&w, STR("params"));
    if (params) json_put_tree(&w, params);
    else json_put_raw(&w, STR("{}"));
    json_object_end(&w);
}

static bool mode_send(struct weather *weather, const struct json *params, struct str mode, bool enabled, struct answer *answer)
{
    struct buf body = {0};
    const struct instant deadline = instant_add(env_now(weather->config.env), duration_s(PATIENCE_S));
    body_put(&body, enabled ? params : NULL, json_find(params, STR("targets")), mode, enabled);
    answer_done(answer);
    const bool sent = admin_byzantine_put(weather->config.admin, buf_str(&body), deadline, answer);
    buf_done(&body);
    return sent;
}

static const char *const modes[] = {"equivocate_proposal", "equivocate_vote", "withhold_votes", "withhold_proposals", "censor", "invalid_proposal",
                                    "reorder_transactions", "vote_all_forks", "old_key_fork", "private_branch", "delay_votes"};

bool liars_send(struct weather *weather, const struct chaos_action *action, struct answer *answer)
{
    struct arena arena;
    struct err err;
    struct str mode;
    bool sent = true;
    arena_init(&arena, 0);
    const struct json *params = json_parse(&arena, action->params_json, &err);
    const struct json *list = json_find(params, STR("modes"));
    if (action->spec->id == ACTION_CLEAR_BYZANTINE)
        for (size_t i = 0; i < ARRAY_LEN(modes) && sent; i++) sent = mode_send(weather, params, str_of(modes[i]), false, answer);
    else if (json_str(json_find(params, STR("mode")), &mode)) sent = mode_send(weather, params, mode, true, answer);
    for (const struct json *item = list ? list->child : NULL; item && sent; item = item->next)
        sent = json_str(item, &mode) && mode_send(weather, params, mode, true, answer);
    arena_done(&arena);
    return sent;
}

/* How many validators show a mode, of those that the action names or of all. */
static uint32_t liars_shown(const struct chaos_action *action, const struct page *nodes)
{
    const struct admin_node *items = nodes->items;
    uint32_t count = 0;
    for (uint32_t i = 0; i < nodes->count; i++) {
        uint64_t number;
        if (items[i].chain != CHAIN_ALPHA || items[i].byzantine_count == 0 || items[i].name.len < 2) continue;
        if (!str_to_u64(str_sub(items[i].name, 1, items[i].name.len), &number)) continue;
        count += action->targets.kind != TARGETS_NAMED || targets_has(&action->targets, (uint32_t)number);
    }
    return count;
}

void prove_liars(struct proof *proof)
{
    struct weather *weather = proof->weather;
    const struct chaos_action *action = proof->deed->action;
    const bool set = action->spec->id == ACTION_SET_BYZANTINE;
    struct answer answer;
    const struct page *nodes = admin_nodes(weather->config.admin, instant_add(env_now(weather->config.env), duration_s(PATIENCE_S)), &answer);
    const uint32_t shown = nodes ? liars_shown(action, nodes) : 0;
    const bool holds = nodes && (set ? shown >= proof->wanted && proof->wanted > 0 : shown == 0);
    EVIDENCE(proof, "%u of %u nodes show a byzantine mode", shown, set ? proof->wanted : weather->config.validators);
    answer_done(&answer);
    if (holds) proof->state = DEED_PROVEN;
}
