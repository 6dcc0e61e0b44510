#include <inttypes.h>
#include <stdio.h>

#include "tester/chaos/weather_priv.h"

#define LOOK_EVERY_MS 500u
#define FLOW_SETTLE_MS 500u   /* what is in flight when an action begins */
#define FLOW_PROOF_S 60u      /* how long flows are watched for a change */
#define SILENCE_PROOF_S 5u

struct instant proof_in(const struct proof *proof, struct duration d)
{
    return instant_add(env_now(proof->weather->config.env), d);
}

bool proof_has_time(const struct proof *proof, struct instant deadline)
{
    return !proof_is_over(proof) && instant_before(env_now(proof->weather->config.env), deadline);
}

void proof_look_again(const struct proof *proof)
{
    fiber_sleep(proof->weather->config.env, duration_ms(LOOK_EVERY_MS));
}

/* Views by name, "v3, v7 and 12 more". */
static void names_text(const bool *named, uint32_t validators, char *out, size_t cap)
{
    uint32_t count = 0;
    size_t used = 0;
    out[0] = 0;
    for (uint32_t i = 1; i <= validators; i++) {
        if (!named[i]) continue;
        if (++count > 6) continue;
        used += (size_t)snprintf(out + used, cap - used, "%sv%u", used ? ", " : "", i);
        if (used >= cap) used = cap - 1;
    }
    if (count > 6) snprintf(out + used, cap - used, " and %u more", count - 6);
    if (count == 0) snprintf(out, cap, "no view");
}

/* ---- views that fall silent, and come back ---- */

static void prove_silence(struct proof *proof)
{
    struct weather *weather = proof->weather;
    const uint32_t n = weather->config.validators;
    const bool named = proof->deed->action->targets.kind == TARGETS_NAMED;
    const struct instant deadline = proof_in(proof, duration_s(SILENCE_PROOF_S));
    bool changed[ACTION_TARGETS_MAX + 1];
    char who[120];
    uint32_t count = 0, dead_before = 0;
    do {
        count = dead_before = 0;
        for (uint32_t i = 1; i <= n; i++) {
            changed[i] = proof->touched[i] && proof->before[i].answers && !proof->after[i].answers;
            count += changed[i];
            dead_before += named && proof->touched[i] && !proof->before[i].answers;
        }
        if (count >= proof->wanted && proof->wanted > 0) {
            names_text(changed, n, who, sizeof(who));
            EVIDENCE(proof, "%s answered before and no longer %s", who, count == 1 ? "does" : "do");
            proof->state = DEED_PROVEN;
            return;
        }
        if (dead_before > 0 || proof->wanted == 0) break;
        proof_look_again(proof);
        probe_all(proof, proof->after);
        for (uint32_t i = 1; i <= n; i++) {
            if (!proof->before[i].answers || proof->after[i].answers) continue;
            proof->touched[i] = true;
            weather->down[chain_at(proof->chain)][i] = true;
        }
        weather_settle(weather);
    } while (proof_has_time(proof, deadline));
    if (proof->wanted == 0) EVIDENCE(proof, "it names nobody");
    else if (dead_before > 0) EVIDENCE(proof, "%u of %u named views were silent already", dead_before, proof->wanted);
    else EVIDENCE(proof, "%u of %u views fell silent", count, proof->wanted);
}

/* A view that is back must also move: its height changes from what it first said. With the chain halted that waits for a quorum. */
static void prove_return(struct proof *proof)
{
    struct weather *weather = proof->weather;
    const uint32_t n = weather->config.validators;
    uint32_t first[ACTION_TARGETS_MAX + 1] = {0}, back = 0, moved = 0;
    bool is_back[ACTION_TARGETS_MAX + 1] = {false}, has_moved[ACTION_TARGETS_MAX + 1] = {false};
    const struct instant patience = proof_in(proof, duration_s(SILENCE_PROOF_S * 2));
    char who[120];
    uint32_t wanted = proof->wanted, were_down = 0;
    for (uint32_t i = 1; i <= n; i++) were_down += !proof->before[i].answers;
    if (proof->deed->action->spec->id == ACTION_CLEAR) wanted = were_down;
    const bool named = proof->deed->action->targets.kind == TARGETS_NAMED;
    bool pinned = false;
    if (wanted == 0 || were_down == 0) {
        EVIDENCE(proof, wanted == 0 ? "it names nobody" : "every view answered already");
        return;
    }
    for (;;) {
        back = moved = 0;
        for (uint32_t i = 1; i <= n; i++) {
            if ((named || pinned) && !proof->touched[i]) continue;
            if (proof->before[i].answers || !proof->after[i].answers) continue;
            if (!is_back[i]) first[i] = proof->after[i].height;
            is_back[i] = true;
            has_moved[i] = has_moved[i] || proof->after[i].height != first[i];
            weather->down[chain_at(proof->chain)][i] = false;
            back++;
            moved += has_moved[i];
        }
        weather_settle(weather);
        if (!named && !pinned && back >= wanted) { /* those it was about are back; who returns later is of a later action */
            pinned = true;
            memcpy(proof->touched, is_back, n + 1);
        }
        if (moved >= MIN(wanted, were_down)) break;
        if (proof_is_over(proof) || (back == 0 && !instant_before(env_now(weather->config.env), patience))) break;
        proof_look_again(proof);
        for (uint32_t i = 1; i <= n; i++)
            if (!proof->before[i].answers && !has_moved[i] && (!pinned || proof->touched[i])) (void)probe_one(proof, i, &proof->after[i]); /* the probe says it */
    }
    names_text(is_back, n, who, sizeof(who));
    if (moved >= wanted) {
        for (uint32_t i = 1; i <= n; i++)
            if (is_back[i]) {
                EVIDENCE(proof, "%s did not answer before, %s again and moved on (v%" PRIu32 " from height %" PRIu32 " to %" PRIu32 ")", who,
                         back == 1 ? "answers" : "answer", i, first[i], proof->after[i].height);
                break;
            }
        proof->state = DEED_PROVEN;
        return;
    }
    EVIDENCE(proof, "%u of %u views are back, of %u the height moved", back, wanted, moved);
}

/* ---- flows between groups ---- */

bool flow_is_cut(const struct flow *before, const struct flow *after)
{
    return before->links > 0 && after->links > 0 && after->received == before->received && after->dropped > before->dropped;
}

bool flow_is_healed(const struct flow *before, const struct flow *after)
{
    return before->links > 0 && after->links > 0 && after->received > before->received && after->dropped == before->dropped;
}

static void group_mark(const struct proof *proof, uint32_t group, bool *out)
{
    for (uint32_t i = 1; i <= proof->weather->config.validators; i++) out[i] = proof->groups[i] == group && proof->after[i].answers;
}

/* Looks at one pair of groups twice. */
static bool pair_holds(struct proof *proof, uint32_t a, uint32_t b, bool cut, struct instant deadline)
{
    bool from[ACTION_TARGETS_MAX + 1] = {false}, to[ACTION_TARGETS_MAX + 1] = {false};
    group_mark(proof, a, from);
    group_mark(proof, b, to);
    struct flow first = flow_read(proof, from, to), last = first;
    bool holds = false;
    while (!holds && proof_has_time(proof, deadline)) {
        proof_look_again(proof);
        last = flow_read(proof, from, to);
        holds = cut ? flow_is_cut(&first, &last) : flow_is_healed(&first, &last);
        /* What must stand still moved: begin again from here. */
        if (cut ? last.received != first.received : last.dropped != first.dropped) first = last;
    }
    const char *state = holds ? "" : "not proven: ";
    EVIDENCE(proof, "%sbetween groups %c and %c received %" PRIu64 " -> %" PRIu64 ", dropped %" PRIu64 " -> %" PRIu64 " (%u links)", state,
             (char)('a' + a), (char)('a' + b), first.received, last.received, first.dropped, last.dropped, last.links);
    return holds;
}

static void prove_groups(struct proof *proof, bool cut)
{
    if (proof->groups_count < 2) {
        EVIDENCE(proof, cut ? "it parts nobody from anybody" : "there was no partition");
        return;
    }
    fiber_sleep(proof->weather->config.env, duration_ms(FLOW_SETTLE_MS));
    const struct instant deadline = proof_in(proof, duration_s(FLOW_PROOF_S));
    for (uint32_t a = 0; a < proof->groups_count; a++)
        for (uint32_t b = a + 1; b < proof->groups_count; b++)
            if (!pair_holds(proof, a, b, cut, deadline)) return;
    proof->state = DEED_PROVEN;
}

static void prove_cut(struct proof *proof) { prove_groups(proof, true); }
static void prove_healed(struct proof *proof) { prove_groups(proof, false); }

/* ---- faults of links ---- */

static uint64_t latency_of(const struct flow *flow) { return flow->links ? flow->latency_ms / flow->links : 0; }

static bool link_effect(const struct proof *proof, const struct flow *first, const struct flow *now)
{
    const struct chaos_action *action = proof->deed->action;
    const enum action_id id = action->spec->id;
    if (id == ACTION_LATENCY) return latency_of(now) >= latency_of(&proof->flow_before) + (uint64_t)MAX(action->measure / 2, 1);
    if (id == ACTION_BANDWIDTH) return latency_of(now) > latency_of(&proof->flow_before) + MAX(latency_of(&proof->flow_before) / 10, 1);
    if (id == ACTION_LOSS || id == ACTION_CORRUPT) return now->dropped > first->dropped;
    if (id == ACTION_DUPLICATE) return now->duplicates > first->duplicates;
    return id == ACTION_REORDER && now->out_of_order > first->out_of_order;
}

static void prove_links(struct proof *proof)
{
    struct weather *weather = proof->weather;
    const struct chaos_action *action = proof->deed->action;
    bool from[ACTION_TARGETS_MAX + 1] = {false}, to[ACTION_TARGETS_MAX + 1] = {false};
    for (uint32_t i = 1; i <= weather->config.validators; i++) {
        from[i] = action->from.kind != TARGETS_NAMED || targets_has(&action->from, i);
        to[i] = action->to.kind != TARGETS_NAMED || targets_has(&action->to, i);
    }
    const struct flow first = flow_read(proof, from, to);
    struct flow now = first;
    const struct instant deadline = proof_in(proof, duration_s(FLOW_PROOF_S));
    while (!link_effect(proof, &first, &now) && proof_has_time(proof, deadline)) {
        proof_look_again(proof);
        now = flow_read(proof, from, to);
    }
    const bool timed = action->spec->id == ACTION_LATENCY || action->spec->id == ACTION_BANDWIDTH;
    const struct flow *base = timed ? &proof->flow_before : &first;
    EVIDENCE(proof, "%u links: latency %" PRIu64 " -> %" PRIu64 " ms, dropped %" PRIu64 " -> %" PRIu64 ", duplicates %" PRIu64 " -> %" PRIu64
             ", out of order %" PRIu64 " -> %" PRIu64, now.links, latency_of(base), latency_of(&now), base->dropped, now.dropped, base->duplicates,
             now.duplicates, base->out_of_order, now.out_of_order);
    if (action->measure != 0 && link_effect(proof, &first, &now)) proof->state = DEED_PROVEN;
}

/* ---- clocks ---- */

static bool proposer_is_target(const struct proof *proof, const struct page *validators, const struct address *proposer)
{
    const struct validator_view *items = validators->items;
    for (uint32_t i = 0; i < validators->count; i++) {
        uint64_t number;
        if (!address_eq(&items[i].address, proposer)) continue;
        return items[i].name.len > 1 && str_to_u64(str_sub(items[i].name, 1, items[i].name.len), &number) &&
               targets_has(&proof->deed->action->targets, (uint32_t)number);
    }
    return false;
}

/* A clock ahead shows in its blocks' timestamps; one behind in timestamps that only just follow the parent's. */
static bool timestamps_off(struct proof *proof, const struct page *validators, uint32_t *height, uint64_t *parent_ms)
{
    struct weather *weather = proof->weather;
    const struct alpha *alpha = proof->client;
    struct answer answer;
    bool off = false;
    const struct block_view *block = alpha_block_latest(alpha, proof_in(proof, duration_s(5)), &answer);
    if (block && block->header.height > *height) {
        const int64_t ahead = (int64_t)block->header.timestamp_ms - (int64_t)instant_ms(env_now(weather->config.env));
        const int64_t offset = proof->deed->action->measure;
        const bool followed = block->header.height == *height + 1 && block->header.timestamp_ms <= *parent_ms + 2;
        off = proposer_is_target(proof, validators, &block->header.proposer) && (offset > 0 ? ahead >= offset / 2 : offset < 0 && followed);
        if (off)
            EVIDENCE(proof, "block %" PRIu32 " of a skewed proposer is stamped %+" PRId64 " ms from now, %" PRIu64 " ms after its parent",
                     block->header.height, ahead, block->header.timestamp_ms - *parent_ms);
        *height = block->header.height;
        *parent_ms = block->header.timestamp_ms;
    }
    answer_done(&answer);
    return off;
}

static bool offsets_told(struct proof *proof)
{
    struct answer answer;
    const struct page *nodes = admin_nodes(proof->weather->config.admin, proof_in(proof, duration_s(5)), &answer);
    const struct admin_node *items = nodes ? nodes->items : NULL;
    uint32_t off = 0;
    for (uint32_t i = 0; nodes && i < nodes->count; i++) {
        const int64_t told = items[i].clock_offset_ms, wanted = proof->deed->action->measure;
        if (items[i].chain == proof->chain && wanted != 0 && (wanted > 0 ? told >= wanted / 2 : told <= wanted / 2)) off++;
    }
    answer_done(&answer);
    if (off >= proof->wanted && proof->wanted > 0) EVIDENCE(proof, "no own turn in the window; %u nodes tell a clock_offset_ms that is off", off);
    return off >= proof->wanted && proof->wanted > 0;
}

static void prove_clock(struct proof *proof)
{
    const struct instant deadline = proof_in(proof, (struct duration){MAX(proof->weather->config.interval.ns * 3 * proof->weather->config.validators, 30 * NS_PER_S)});
    struct answer answer;
    const struct page *validators = alpha_validators(proof->client, 500, (struct str){0}, proof_in(proof, duration_s(5)), &answer);
    uint32_t height = 0;
    uint64_t parent_ms = 0;
    bool seen = false;
    while (!seen && validators && proof->deed->action->targets.kind == TARGETS_NAMED && proof_has_time(proof, deadline)) {
        fiber_sleep(proof->weather->config.env, (struct duration){MAX(proof->weather->config.interval.ns / 4, 10 * NS_PER_MS)});
        seen = timestamps_off(proof, validators, &height, &parent_ms);
    }
    answer_done(&answer);
    if (seen || offsets_told(proof)) proof->state = DEED_PROVEN;
    else EVIDENCE(proof, "no timestamp and no clock_offset_ms is off");
}

/* ---- transactions a block ---- */

/* Reads new blocks one by one: how many transactions the next one has, and how many more wait. */
static bool block_read(struct proof *proof, uint32_t *height, uint32_t *out_transactions, uint32_t *out_waiting)
{
    const struct alpha *alpha = proof->client;
    struct answer answer;
    const struct block_view *block = alpha_block_latest(alpha, proof_in(proof, duration_s(5)), &answer);
    const bool fresh = block && block->header.height > *height;
    if (fresh) {
        *height = block->header.height;
        *out_transactions = block->header.transaction_count;
    }
    answer_done(&answer);
    if (!fresh) return false;
    const struct pool_stats *stats = alpha_pool_stats(alpha, proof_in(proof, duration_s(5)), &answer);
    *out_waiting = stats ? stats->total : 0;
    answer_done(&answer);
    return true;
}

/* The cap bites when blocks are no fuller than it allows while more transactions wait than one block would take. */
static void prove_capacity(struct proof *proof)
{
    struct weather *weather = proof->weather;
    const uint64_t a_block = (uint64_t)proof->deed->action->measure * weather->config.interval.ns / NS_PER_S;
    const struct instant deadline = proof_in(proof, duration_s(FLOW_PROOF_S));
    uint32_t height = 0, transactions = 0, waiting = 0, capped = 0, fuller = 0;
    while (capped < 3 && proof_has_time(proof, deadline)) {
        fiber_sleep(weather->config.env, (struct duration){MAX(weather->config.interval.ns / 4, 10 * NS_PER_MS)});
        if (!block_read(proof, &height, &transactions, &waiting)) continue;
        const bool within = transactions <= a_block + a_block / 2 + 1;
        fuller += !within;
        capped += within && waiting > a_block;
    }
    EVIDENCE(proof, "%" PRIu32 " blocks within %" PRIu64 " transactions while more waited (%" PRIu32 " in block %" PRIu32 ", %" PRIu32 " waiting), %" PRIu32 " fuller", capped, a_block,
             transactions, height, waiting, fuller);
    if (capped >= 3) proof->state = DEED_PROVEN;
}

/* Over when a block is fuller than the cap allowed, or nothing waits any more. */
static void prove_capacity_over(struct proof *proof)
{
    const uint64_t a_block = (uint64_t)proof->capacity * proof->weather->config.interval.ns / NS_PER_S;
    const struct instant deadline = proof_in(proof, duration_s(FLOW_PROOF_S));
    uint32_t height = 0, transactions = 0, waiting = 0;
    bool over = false;
    while (!over && proof_has_time(proof, deadline)) {
        fiber_sleep(proof->weather->config.env, (struct duration){MAX(proof->weather->config.interval.ns / 4, 10 * NS_PER_MS)});
        over = block_read(proof, &height, &transactions, &waiting) && (transactions > a_block + a_block / 2 + 1 || waiting <= a_block);
    }
    EVIDENCE(proof, "%" PRIu32 " transactions in block %" PRIu32 ", %" PRIu32 " waiting, where %" PRIu64 " were allowed", transactions, height, waiting, a_block);
    if (over) proof->state = DEED_PROVEN;
}

/* ---- clear: what it ended must be over ---- */

static bool clocks_right(struct proof *proof)
{
    struct answer answer;
    const struct page *nodes = admin_nodes(proof->weather->config.admin, proof_in(proof, duration_s(5)), &answer);
    const struct admin_node *items = nodes ? nodes->items : NULL;
    bool right = nodes != NULL;
    for (uint32_t i = 0; nodes && i < nodes->count; i++) right = right && (items[i].chain != proof->chain || items[i].clock_offset_ms == 0);
    answer_done(&answer);
    return right;
}

/* Only what it ended is judged: another fault may begin right after it. */
static bool links_over(const struct proof *proof, const struct flow *first, const struct flow *now)
{
    const bool *ended = proof->ended;
    if (now->links == 0 || now->received <= first->received) return false;
    if ((ended[ACTION_LOSS] || ended[ACTION_CORRUPT]) && now->dropped != first->dropped) return false;
    if (ended[ACTION_DUPLICATE] && now->duplicates != first->duplicates) return false;
    if (ended[ACTION_REORDER] && now->out_of_order != first->out_of_order) return false;
    return !(ended[ACTION_LATENCY] || ended[ACTION_BANDWIDTH]) || latency_of(now) < MAX(latency_of(&proof->flow_before) * 3 / 4, 1);
}

static void prove_links_over(struct proof *proof)
{
    struct weather *weather = proof->weather;
    bool all[ACTION_TARGETS_MAX + 1];
    memset(all, 1, sizeof(all));
    fiber_sleep(weather->config.env, duration_ms(FLOW_SETTLE_MS));
    struct flow first = flow_read(proof, all, all), now = first;
    const struct instant deadline = proof_in(proof, duration_s(FLOW_PROOF_S));
    bool over = false;
    while (!over && proof_has_time(proof, deadline)) {
        fiber_sleep(weather->config.env, duration_s(2));
        const struct flow look = flow_read(proof, all, all);
        over = links_over(proof, &first, &look);
        if (!over) first = now; /* begin again from the look before */
        now = look;
    }
    EVIDENCE(proof, "all links: received %" PRIu64 " -> %" PRIu64 ", latency %" PRIu64 " ms, dropped %" PRIu64 " -> %" PRIu64 ", duplicates %" PRIu64
             " -> %" PRIu64 ", out of order %" PRIu64 " -> %" PRIu64, first.received, now.received, latency_of(&now), first.dropped, now.dropped,
             first.duplicates, now.duplicates, first.out_of_order, now.out_of_order);
    proof->state = over ? DEED_PROVEN : DEED_OPEN;
}

/* Faults that nothing but load, messages or prices would show: the network lists them no longer. */
static void prove_unlisted(struct proof *proof)
{
    bool listed = true;
    uint32_t count = 0;
    const char *name = "";
    for (size_t i = 0; i < ACTION_IDS; i++)
        if (proof->ended[i]) {
            count++;
            name = action_specs[i].name;
        }
    if (count == 0) {
        EVIDENCE(proof, "nothing was in effect that it could end");
        return;
    }
    const bool told = faults_listed(proof, &listed);
    EVIDENCE(proof, "%s%s %s among the network's active faults", name, count > 1 ? " and others" : "", listed ? "still stands" : "stands no longer");
    if (told && !listed) proof->state = DEED_PROVEN;
}

/* Each kind of fault it ended has a proof of its own; all must hold. */
static void prove_clear(struct proof *proof)
{
    const bool *ended = proof->ended;
    const bool silent = ended[ACTION_CRASH] || ended[ACTION_PAUSE], split = ended[ACTION_PARTITION] && proof->groups_count >= 2,
               links = ended[ACTION_LOSS] || ended[ACTION_DUPLICATE] || ended[ACTION_REORDER] || ended[ACTION_LATENCY] ||
                       ended[ACTION_CORRUPT] || ended[ACTION_BANDWIDTH];
    if (ended[ACTION_BLOCK_CAPACITY] && !silent && !split && !links) {
        prove_capacity_over(proof);
        return;
    }
    if (!silent && !split && !links && !ended[ACTION_CLOCK_SKEW]) {
        prove_unlisted(proof);
        return;
    }
    proof->state = DEED_PROVEN;
    if (silent) {
        proof->state = DEED_OPEN;
        prove_return(proof);
    }
    if (split && proof->state == DEED_PROVEN) {
        proof->state = DEED_OPEN;
        prove_groups(proof, false);
    }
    if (links && proof->state == DEED_PROVEN) prove_links_over(proof);
    if (!ended[ACTION_CLOCK_SKEW] || proof->state != DEED_PROVEN) return;
    const bool right = clocks_right(proof);
    if (!silent && !split && !links) EVIDENCE(proof, "clock_offset_ms of all nodes is %s", right ? "0 again" : "not 0");
    if (!right) proof->state = DEED_OPEN;
}

void prove(struct proof *proof)
{
    static void (*const proofs[ACTION_IDS])(struct proof *proof) = {
        [ACTION_CRASH] = prove_silence, [ACTION_PAUSE] = prove_silence, [ACTION_RESTART] = prove_return, [ACTION_RESUME] = prove_return,
        [ACTION_PARTITION] = prove_cut, [ACTION_HEAL] = prove_healed, [ACTION_LATENCY] = prove_links, [ACTION_LOSS] = prove_links,
        [ACTION_DUPLICATE] = prove_links, [ACTION_REORDER] = prove_links, [ACTION_CLOCK_SKEW] = prove_clock, [ACTION_CLEAR] = prove_clear,
        [ACTION_CORRUPT] = prove_links, [ACTION_BANDWIDTH] = prove_links, [ACTION_BLOCK_CAPACITY] = prove_capacity, [ACTION_SET_BYZANTINE] = prove_liars,
        [ACTION_CLEAR_BYZANTINE] = prove_liars, [ACTION_ENABLE_VULNERABILITY] = prove_switch, [ACTION_DISABLE_VULNERABILITY] = prove_switch,
        [ACTION_MEMORY_LIMIT] = prove_memory, [ACTION_MEMPOOL_CLEAR] = prove_reading, [ACTION_PEER_FLOOD] = prove_reading, [ACTION_REORG] = prove_reading,
        [ACTION_DISK_FULL] = prove_disk, [ACTION_PEER_ISOLATE] = prove_isolated, [ACTION_API_FAULT] = prove_listener,
        [ACTION_IPC_DELAY] = prove_messages, [ACTION_IPC_DROP] = prove_messages, [ACTION_IPC_REORDER] = prove_messages,
        [ACTION_IPC_DUPLICATE] = prove_messages, [ACTION_IPC_CENSOR] = prove_messages, [ACTION_IPC_FORGE] = prove_messages,
        [ACTION_ORACLE_OUTAGE] = prove_prices, [ACTION_ORACLE_SKEW] = prove_prices, [ACTION_ORACLE_STALE] = prove_prices,
        [ACTION_ADVANCE_CLOCK] = prove_advance, [ACTION_STOP_NETWORK] = prove_silence, [ACTION_STOP_NODES] = prove_silence,
        [ACTION_START_NETWORK] = prove_return, [ACTION_SPAWN_NODES] = prove_spawned,
    };
    const enum action_id id = proof->deed->action->spec->id;
    if (proofs[id]) proofs[id](proof);
    else EVIDENCE(proof, "this build knows no proof for it"); /* the loader lets none of the others through */
}
