#include "tester/invariant/watch_bridge.h"

#include <stdio.h>

#include "tester/client/alpha_bridge.h"

#define CALL_TIMEOUT_S 10u
#define BLOCKS_A_LOOK 64u
#define PAGE 100u
#define PAGES_A_LOOK 20u

struct watch_bridge {
    struct watch_bridge_config config;
    struct judge *judge;
    struct trust *trust; /* in Delta */
    uint32_t read_height, heights[2];
    uint64_t sent_read[2]; /* by source - 1: records read up to here */
    void (*on_block)(void *context, enum chain_id chain, const struct block_view *block);
    void *on_block_context;
    bool stopping, running;
};

struct watch_bridge *watch_bridge_new(const struct watch_bridge_config *config, struct judge *judge)
{
    struct watch_bridge *watch = base_alloc(sizeof(*watch));
    watch->config = *config;
    watch->judge = judge;
    watch->trust = trust_new(&config->genesis, config->verifier);
    return watch;
}

void watch_bridge_free(struct watch_bridge *watch)
{
    if (watch == NULL) return;
    trust_free(watch->trust);
    base_free(watch);
}

const struct trust *watch_bridge_trust(const struct watch_bridge *watch) { return watch->trust; }
uint32_t watch_bridge_read(const struct watch_bridge *watch) { return watch->read_height; }

static struct instant soon(const struct watch_bridge *watch) { return instant_add(env_now(watch->config.env), duration_s(CALL_TIMEOUT_S)); }
static const struct alpha *side(const struct watch_bridge *watch, enum chain_id chain) { return chain == CHAIN_DELTA ? &watch->config.delta : &watch->config.alpha; }

/* ---- Delta's blocks ---- */

static bool block_read(struct watch_bridge *watch, uint32_t height)
{
    struct answer answer;
    struct hash known;
    if (!trust_hash(watch->trust, height, &known)) {
        const struct finality_view *finality = alpha_finality(&watch->config.delta, height, soon(watch), &answer);
        const enum trust_verdict verdict = finality != NULL ? trust_take(watch->trust, finality->proof) : TRUST_MALFORMED;
        answer_done(&answer);
        if (verdict != TRUST_OK && verdict != TRUST_KNOWN) return false;
    }
    const struct block_view *block = alpha_block(&watch->config.delta, height, true, soon(watch), &answer);
    const bool proven = block != NULL && block->has_transactions && trust_block_final(watch->trust, block) <= TRUST_KNOWN;
    if (proven) judge_delta_block(watch->judge, block, env_now(watch->config.env));
    if (proven && watch->on_block) watch->on_block(watch->on_block_context, CHAIN_DELTA, block);
    answer_done(&answer);
    return proven;
}

static void blocks_read(struct watch_bridge *watch)
{
    for (enum chain_id chain = CHAIN_ALPHA; chain <= CHAIN_DELTA; chain++) {
        struct answer answer;
        uint32_t height;
        if (alpha_height_final(side(watch, chain), soon(watch), &height, &answer)) watch->heights[chain - 1] = height;
        answer_done(&answer);
    }
    for (uint32_t i = 0; i < BLOCKS_A_LOOK && watch->read_height < watch->heights[CHAIN_DELTA - 1]; i++) {
        if (!block_read(watch, watch->read_height + 1)) return;
        watch->read_height++;
    }
}

/* ---- messages ---- */

/* True: there is more. */
static bool sent_read(struct watch_bridge *watch, enum chain_id source)
{
    struct answer answer;
    uint64_t *last = &watch->sent_read[source - 1];
    const struct ipc_question question = {.direction = DIRECTION_OUT, .after = *last, .limit = PAGE};
    const struct page *page = alpha_ipc_messages(side(watch, source), &question, soon(watch), &answer);
    bool more = page != NULL && page->count == PAGE;
    for (uint32_t i = 0; page != NULL && i < page->count; i++) {
        const struct ipc_record *record = (const struct ipc_record *)page->items + i;
        more = more && record->status != IPC_EMITTED;
        if (record->status == IPC_EMITTED) break; /* not final yet */
        judge_bridge_sent(watch->judge, source, record, watch->heights[chain_other(source) - 1], env_now(watch->config.env));
        *last = record->sequence;
    }
    answer_done(&answer);
    return more;
}

/* Asked of a head: a record may go back to waiting, so only what stands at a final height counts; executed_at says when. */
static bool executed_read(struct watch_bridge *watch, enum chain_id source)
{
    struct answer answer;
    const struct ipc_question question = {.direction = DIRECTION_IN, .after = watch->judge->bridge.applied[source - 1], .limit = PAGE};
    const struct page *page = alpha_ipc_messages(side(watch, chain_other(source)), &question, soon(watch), &answer);
    bool more = page != NULL && page->count == PAGE;
    for (uint32_t i = 0; page != NULL && i < page->count; i++) {
        const struct ipc_record *record = (const struct ipc_record *)page->items + i;
        more = more && record->status != IPC_DELIVERED;
        if (record->status == IPC_DELIVERED) continue; /* waits for a gap: whatever is executed behind it is out of order */
        judge_bridge_executed(watch->judge, source, record);
    }
    answer_done(&answer);
    return more;
}

/* ---- claims: what the proven state says they paid ---- */

static bool claim_read(struct watch_bridge *watch, const struct crossing_claim *claim)
{
    const enum chain_id chain = chain_other(claim->source);
    struct trust *trust = chain == CHAIN_DELTA ? watch->trust : watch->judge->trust;
    const uint32_t height = chain == CHAIN_DELTA ? watch->read_height : watch->judge->read_height;
    char key[80] = "claim:";
    struct answer answer;
    struct trust_claim paid;
    bool there = false;
    str_hex(claim->id.b, sizeof(claim->id.b), key + 6);
    const struct state_path *path = height > 0 ? alpha_state_path(side(watch, chain), str_of(key), height, soon(watch), &answer) : NULL;
    if (height == 0) return false;
    const bool proven = path != NULL && trust_claim(trust, path, &claim->id, &paid, &there) == TRUST_OK;
    if (proven && there) judge_bridge_claim(watch->judge, claim->source, &claim->id, &paid.claimer, paid.amount, height);
    answer_done(&answer);
    return proven && there;
}

/* The list may grow while an answer is waited for. */
static void claims_read(struct watch_bridge *watch)
{
    struct judge_bridge *bridge = &watch->judge->bridge;
    size_t kept = 0;
    for (size_t i = 0; i < bridge->claims.count; i++) {
        const struct crossing_claim claim = bridge->claims.data[i];
        if (!claim_read(watch, &claim)) bridge->claims.data[kept++] = claim;
    }
    bridge->claims.count = kept;
}

/* ---- the fiber ---- */

static void look(struct watch_bridge *watch)
{
    blocks_read(watch);
    for (enum chain_id source = CHAIN_ALPHA; source <= CHAIN_DELTA; source++) {
        for (uint32_t i = 0; i < PAGES_A_LOOK && sent_read(watch, source); i++) continue;
        for (uint32_t i = 0; i < PAGES_A_LOOK && executed_read(watch, source); i++) continue;
    }
    claims_read(watch);
    judge_bridge_settle(watch->judge, watch->heights, env_now(watch->config.env));
}

static void watch_run(void *arg)
{
    struct watch_bridge *watch = arg;
    const struct duration pause = {MAX(watch->config.interval.ns, 100 * NS_PER_MS)};
    while (!watch->stopping) {
        look(watch);
        fiber_sleep(watch->config.env, pause);
    }
    look(watch);
    watch->running = false;
}

void watch_bridge_on_block(struct watch_bridge *watch, void (*call)(void *context, enum chain_id chain, const struct block_view *block), void *context)
{
    watch->on_block = call;
    watch->on_block_context = context;
}

void watch_bridge_start(struct watch_bridge *watch)
{
    watch->running = true;
    (void)fiber_spawn(watch->config.env, watch_run, watch);
}

void watch_bridge_finish(struct watch_bridge *watch)
{
    watch->stopping = true;
    while (watch->running) fiber_sleep(watch->config.env, duration_ms(20));
}
