#include "tester/invariant/observer.h"

#include "tester/invariant/watch_bridge.h"
#include "tester/invariant/watch_state.h"

#include <stdio.h>

#include "tester/client/alpha_governance.h"
#include "tester/client/pager.h"

#define BALLOTS_A_PAGE 200u
#define VIEWS_ROUND_S 10u    /* every view is looked at about once in so many seconds */
#define CALL_TIMEOUT_S 10u

struct observer {
    struct observer_config config;
    struct judge *judge;
    struct watch_bridge *bridge; /* NULL: one chain */
    struct watch_state *state;
    struct view_state *views; /* 1 ... validators */
    uint32_t *looked_at;      /* by view: a height it called final earlier; 0: none yet */
    struct pool_reading pool;
    struct str pool_node;     /* whose counters are in pool_base */
    char pool_node_text[32];
    uint64_t evicted_base, rejected_base;
    uint32_t final_height;
    struct instant final_since;
    VEC(struct instant) seen; /* by height, from 1 */
    void (*on_final)(void *context, uint32_t height, struct instant at);
    void *on_final_context;
    observer_block_call *on_block;
    void *on_block_context;
    struct rng rng;
    uint32_t running; /* fibers */
    bool stopping;
    uint32_t asking;  /* parallel questions under way */
    struct fiber *asker;
};

struct observer *observer_new(const struct observer_config *config, struct judge *judge)
{
    struct observer *observer = base_alloc(sizeof(*observer));
    observer->config = *config;
    observer->judge = judge;
    observer->views = base_alloc(sizeof(struct view_state) * (config->validators + 1));
    observer->looked_at = base_alloc(sizeof(uint32_t) * (config->validators + 1));
    observer->rng = env_rng(config->env, STR("observer"), 0);
    observer->final_since = env_now(config->env);
    if (config->delta.http) {
        const struct watch_bridge_config bridge = {config->env, config->alpha, config->delta, config->genesis_delta, config->verifier, config->interval};
        observer->bridge = watch_bridge_new(&bridge, judge);
    }
    const struct watch_state_config state = {config->env, config->alpha, config->delta, observer->bridge ? watch_bridge_trust(observer->bridge) : NULL,
                                             config->validators, config->interval};
    observer->state = watch_state_new(&state, judge);
    return observer;
}

void observer_free(struct observer *observer)
{
    if (!observer) return;
    watch_state_free(observer->state);
    watch_bridge_free(observer->bridge);
    base_free(observer->views);
    base_free(observer->looked_at);
    vec_done(&observer->seen);
    base_free(observer);
}

static struct instant soon(const struct observer *observer)
{
    return instant_add(env_now(observer->config.env), duration_s(CALL_TIMEOUT_S));
}

struct view_name {
    char text[12];
};

static struct alpha view_of(const struct observer *observer, uint32_t number, struct view_name *name)
{
    struct alpha alpha = observer->config.alpha;
    if (number == 0) return alpha;
    const int len = snprintf(name->text, sizeof(name->text), "v%u", number);
    alpha.view = (struct str){name->text, (size_t)len};
    return alpha;
}

/* ---- the chain, block by block ---- */

static void final_seen(struct observer *observer, uint32_t height)
{
    if (height <= observer->final_height) return;
    const struct instant now = env_now(observer->config.env);
    while (observer->seen.count < height) vec_push(&observer->seen, now);
    observer->final_height = height;
    observer->final_since = now;
    if (observer->on_final) observer->on_final(observer->on_final_context, height, now);
}

static bool proof_take(struct observer *observer, const struct alpha *alpha, struct str view, uint32_t height, bool again)
{
    struct answer answer;
    const struct finality_view *finality = alpha_finality(alpha, height, soon(observer), &answer);
    enum trust_verdict verdict = TRUST_MALFORMED;
    if (finality) verdict = judge_proof(observer->judge, view, height, finality->proof, again);
    answer_done(&answer);
    return verdict == TRUST_OK || verdict == TRUST_KNOWN;
}

static bool block_take(struct observer *observer, uint32_t height)
{
    struct hash known;
    const struct alpha alpha = observer->config.alpha;
    if (!trust_hash(observer->judge->trust, height, &known) && !proof_take(observer, &alpha, STR("the gateway"), height, false)) return false;
    struct answer answer;
    const struct block_view *block = alpha_block(&alpha, height, true, soon(observer), &answer);
    const bool taken = block && judge_block(observer->judge, block, observer->seen.data[height - 1]);
    if (taken && observer->on_block) observer->on_block(observer->on_block_context, CHAIN_ALPHA, block);
    answer_done(&answer);
    return taken;
}

/* ---- proposals ---- */

/* All votes of a proposal, and what each voter weighed at its snapshot. False: somebody did not answer. */
struct reading {
    VEC(struct ballot_view) ballots;
    VEC(struct amount) weights;
};
static bool ballots_take(struct observer *observer, const struct hash *id, struct reading *reading)
{
    for (struct pager pager = {0}; pager_more(&pager);) {
        struct answer answer;
        const struct page *page = alpha_proposal_votes(&observer->config.alpha, id, BALLOTS_A_PAGE, pager_cursor(&pager), soon(observer), &answer);
        for (uint32_t i = 0; page != NULL && i < page->count; i++) vec_push(&reading->ballots, ((const struct ballot_view *)page->items)[i]);
        const bool told = pager_turn(&pager, page, &answer);
        answer_done(&answer);
        if (!told) return false;
    }
    return true;
}
static bool weights_take(struct observer *observer, uint32_t snapshot, struct reading *reading)
{
    for (size_t i = 0; i < reading->ballots.count; i++) {
        struct answer answer;
        const struct power_view *power = alpha_power(&observer->config.alpha, &reading->ballots.data[i].voter, snapshot, soon(observer), &answer);
        const bool took = power != NULL;
        if (took) vec_push(&reading->weights, power->weight);
        answer_done(&answer);
        if (!took) return false;
    }
    return true;
}

/* False: ask again at the next look. */
static bool proposal_take(struct observer *observer, const struct hash *id)
{
    struct answer answer;
    struct reading reading = {0};
    const struct gov_proposal_view *proposal = alpha_proposal(&observer->config.alpha, id, soon(observer), &answer);
    bool took = proposal != NULL;
    if (took && (proposal->status == PROPOSAL_PENDING || proposal->status == PROPOSAL_ACTIVE)) {
        judge_governance_later(observer->judge, id, proposal->voting_end_height + 1);
    } else if (took) {
        took = ballots_take(observer, id, &reading) && weights_take(observer, proposal->snapshot_height, &reading);
        if (took) judge_governance_proposal(observer->judge, proposal, reading.ballots.data, reading.weights.data, reading.ballots.count);
    }
    vec_done(&reading.ballots);
    vec_done(&reading.weights);
    answer_done(&answer);
    return took;
}

static void proposals_take(struct observer *observer)
{
    struct hash id;
    const uint32_t height = observer->judge->read_height;
    while (judge_governance_due(observer->judge, height, &id))
        if (!proposal_take(observer, &id)) judge_governance_later(observer->judge, &id, height + 1);
}

static void final_ask(struct observer *observer)
{
    struct answer answer;
    uint32_t height;
    if (alpha_height_final(&observer->config.alpha, soon(observer), &height, &answer)) final_seen(observer, height);
    answer_done(&answer);
}

static void read_on(struct observer *observer)
{
    while (observer->judge->read_height < observer->final_height)
        if (!block_take(observer, observer->judge->read_height + 1)) return; /* asked again at the next look */
}

/* Two fibers: one looks when blocks become final, so that times are right, whatever it takes the other to read them. */
static void watch_run(void *arg)
{
    struct observer *observer = arg;
    const struct duration pause = {MAX(observer->config.interval.ns / 4, 10 * NS_PER_MS)};
    while (!observer->stopping) {
        final_ask(observer);
        fiber_sleep(observer->config.env, pause);
    }
    observer->running--;
}

static void read_run(void *arg)
{
    struct observer *observer = arg;
    const struct duration pause = {MAX(observer->config.interval.ns / 2, 10 * NS_PER_MS)};
    while (!observer->stopping) {
        read_on(observer);
        proposals_take(observer);
        fiber_sleep(observer->config.env, pause);
    }
    observer->running--;
}

/* ---- the views, in turn ---- */

bool observer_ask(struct observer *observer, uint32_t number, struct view_state *out)
{
    struct view_name name;
    const struct alpha alpha = view_of(observer, number, &name);
    struct answer answer;
    const struct sync_status *status = alpha_sync_status(&alpha, soon(observer), &answer);
    struct view_state *view = &observer->views[number];
    view->asked = true;
    view->answers = status != NULL;
    view->http = answer.http;
    view->at = env_now(observer->config.env);
    if (status) {
        view->height = status->current_height;
        view->final_height = status->finalized_height;
        view->round = status->round;
    }
    answer_done(&answer);
    if (out) *out = *view;
    return view->answers;
}

static void pool_take(struct observer *observer, uint32_t number)
{
    struct view_name name;
    const struct alpha alpha = view_of(observer, number, &name);
    struct answer answer;
    const struct pool_stats *stats = alpha_pool_stats(&alpha, soon(observer), &answer);
    if (stats) judge_pool(observer->judge, number ? alpha.view : STR("the gateway"), stats->total, MIN(stats->capacity, observer->config.pool_capacity));
    if (stats && number == 0) {
        struct pool_reading *pool = &observer->pool;
        uint64_t rejected = 0;
        for (uint32_t i = 0; i < stats->rejected_count; i++) rejected += stats->rejected[i].count;
        const struct str node = answer_node(&answer);
        if (pool->samples == 0 || !str_eq(node, observer->pool_node)) {
            const size_t len = MIN(node.len, sizeof(observer->pool_node_text));
            memcpy(observer->pool_node_text, node.data, len);
            observer->pool_node = (struct str){observer->pool_node_text, len};
            observer->evicted_base = stats->evicted - MIN(pool->evicted, stats->evicted);
            observer->rejected_base = rejected - MIN(pool->rejected, rejected);
        }
        pool->samples++;
        pool->size = stats->total;
        pool->peak = MAX(pool->peak, stats->total);
        pool->evicted = stats->evicted - MIN(observer->evicted_base, stats->evicted);
        pool->rejected = rejected - MIN(observer->rejected_base, rejected);
        const uint64_t now = instant_ms(env_now(observer->config.env));
        pool->oldest_ms = stats->oldest_at.has && stats->oldest_at.value < now ? now - stats->oldest_at.value : 0;
    }
    answer_done(&answer);
}

/* What this view says is final, and once more something it said earlier. */
static void view_look(struct observer *observer, uint32_t number)
{
    struct view_state view;
    if (!observer_ask(observer, number, &view)) return;
    struct view_name name;
    const struct alpha alpha = view_of(observer, number, &name);
    const uint32_t height = MIN(view.final_height, trust_final_height(observer->judge->trust));
    if (height > 0) (void)proof_take(observer, &alpha, alpha.view, height, false);  /* the judge keeps what it found */
    const uint32_t before = observer->looked_at[number];
    if (before > 0) (void)proof_take(observer, &alpha, alpha.view, before, true);
    if (height > 0) observer->looked_at[number] = (uint32_t)rng_range(&observer->rng, height > 200 ? height - 200 : 1, height);
    pool_take(observer, number);
}

static void views_run(void *arg)
{
    struct observer *observer = arg;
    const uint32_t validators = observer->config.validators;
    const struct duration pause = {VIEWS_ROUND_S * NS_PER_S / MAX(validators, 10)};
    for (uint32_t number = 1; !observer->stopping; number = number % validators + 1) {
        view_look(observer, number);
        fiber_sleep(observer->config.env, pause);
    }
    observer->running--;
}

static void pool_run(void *arg)
{
    struct observer *observer = arg;
    while (!observer->stopping) {
        pool_take(observer, 0);
        fiber_sleep(observer->config.env, duration_ms(500));
    }
    observer->running--;
}

void observer_start(struct observer *observer)
{
    struct env *env = observer->config.env;
    observer->running = 3 + (observer->config.validators > 0);
    if (observer->bridge) watch_bridge_start(observer->bridge);
    watch_state_start(observer->state);
    (void)fiber_spawn(env, watch_run, observer);
    (void)fiber_spawn(env, read_run, observer);
    (void)fiber_spawn(env, pool_run, observer);
    if (observer->config.validators > 0) (void)fiber_spawn(env, views_run, observer);
}

/* ---- all views at once ---- */

struct question {
    struct observer *observer;
    uint32_t number;
};

static void question_run(void *arg)
{
    struct question *question = arg;
    struct observer *observer = question->observer;
    (void)observer_ask(observer, question->number, NULL); /* kept in its view_state */
    base_free(question);
    if (--observer->asking == 0 && observer->asker) fiber_wake(observer->config.env, observer->asker);
}

void observer_ask_all(struct observer *observer)
{
    while (observer->asking > 0) fiber_sleep(observer->config.env, duration_ms(5)); /* someone else's round: ours comes after it */
    observer->asking = observer->config.validators;
    observer->asker = fiber_self();
    for (uint32_t i = 1; i <= observer->config.validators; i++) {
        struct question *question = base_alloc(sizeof(*question));
        *question = (struct question){observer, i};
        (void)fiber_spawn(observer->config.env, question_run, question);
    }
    while (observer->asking > 0) (void)fiber_park(observer->config.env, INSTANT_NEVER);
    observer->asker = NULL;
}

uint32_t observer_compare_all(struct observer *observer)
{
    observer_ask_all(observer);
    uint32_t height = trust_final_height(observer->judge->trust), agreed = 0;
    for (uint32_t i = 1; i <= observer->config.validators; i++)
        if (observer->views[i].answers) height = MIN(height, observer->views[i].final_height);
    for (uint32_t i = 1; height > 0 && i <= observer->config.validators; i++) {
        if (!observer->views[i].answers) continue;
        struct view_name name;
        const struct alpha alpha = view_of(observer, i, &name);
        agreed += proof_take(observer, &alpha, alpha.view, height, false);
    }
    return agreed;
}

/* Even a short run looks twice at something each view called final. */
static void final_again_all(struct observer *observer)
{
    const uint32_t read = observer->judge->read_height;
    for (uint32_t i = 1; read > 0 && i <= observer->config.validators; i++) {
        const struct view_state *view = &observer->views[i];
        if (!view->answers || view->final_height == 0) continue;
        struct view_name name;
        const struct alpha alpha = view_of(observer, i, &name);
        const uint32_t before = observer->looked_at[i] ? observer->looked_at[i] : MAX(MIN(view->final_height, read) / 2, 1);
        (void)proof_take(observer, &alpha, alpha.view, before, true); /* the judge keeps what it found */
    }
}

bool observer_finish(struct observer *observer, struct instant deadline)
{
    final_ask(observer);
    const uint32_t height = observer->final_height;
    while (observer->judge->read_height < height && instant_before(env_now(observer->config.env), deadline))
        fiber_sleep(observer->config.env, duration_ms(50));
    const bool whole = observer->judge->read_height >= height;
    observer->stopping = true;
    while (observer->running > 0) fiber_sleep(observer->config.env, duration_ms(20));
    if (observer->bridge) watch_bridge_finish(observer->bridge);
    watch_state_finish(observer->state);
    proposals_take(observer);
    (void)observer_compare_all(observer); /* the judge keeps what it found */
    final_again_all(observer);
    return whole;
}

uint32_t observer_final(const struct observer *observer, struct instant *out_since)
{
    if (out_since) *out_since = observer->final_since;
    return observer->final_height;
}

const struct pool_reading *observer_pool(const struct observer *observer)
{
    return &observer->pool;
}

const struct view_state *observer_view(const struct observer *observer, uint32_t number)
{
    ASSERT(number >= 1 && number <= observer->config.validators);
    return &observer->views[number];
}

void observer_on_final(struct observer *observer, void (*call)(void *context, uint32_t height, struct instant at), void *context)
{
    observer->on_final = call;
    observer->on_final_context = context;
}

void observer_on_block(struct observer *observer, observer_block_call *call, void *context)
{
    observer->on_block = call;
    observer->on_block_context = context;
    if (observer->bridge) watch_bridge_on_block(observer->bridge, call, context);
}

uint32_t observer_read(const struct observer *observer, enum chain_id chain)
{
    if (chain == CHAIN_ALPHA) return observer->judge->read_height;
    return observer->bridge ? watch_bridge_read(observer->bridge) : 0;
}
