#include "core/crypto/hash.h"
#include "tester/scenario/run_priv.h"

/* Which topics of the chains a plan asks for, and when they are read. */

#define BREAKER_EVERY_MS 1000u
#define ASK_S 20u

static uint32_t criteria_topics(const struct criteria *criteria)
{
    uint32_t topics = 0;
    for (uint32_t i = 0; i < criteria->count; i++) {
        const struct criterion *c = &criteria->items[i];
        topics |= c->is_check ? (c->check < CHECK_IDS ? check_topics(c->check) : 0) : metric_topics(c->metric);
    }
    return topics;
}

static uint32_t metrics_topics(const enum metric_id *metrics, uint32_t count)
{
    uint32_t topics = 0;
    for (uint32_t i = 0; i < count; i++) topics |= metric_topics(metrics[i]);
    return topics;
}

static uint32_t topics_of(const struct plan *plan, uint32_t phase)
{
    if (phase == PLAN_NO_PARENT) return metrics_topics(plan->metrics, plan->metrics_count) | criteria_topics(&plan->criteria);
    const struct plan_phase *p = &plan->phases[phase];
    uint32_t topics = metrics_topics(p->metrics, p->metrics_count) | criteria_topics(&p->assertions) | criteria_topics(&p->until.criteria);
    for (uint32_t t = 0; t < p->tracks_count; t++) {
        topics |= metrics_topics(p->tracks[t].metrics, p->tracks[t].metrics_count) | criteria_topics(&p->tracks[t].assertions);
        if (p->tracks[t].behavior && strcmp(p->tracks[t].behavior->name, "verify.cross_chain_atomicity") == 0) topics |= TOPIC_BIT(TOPIC_BRIDGE);
    }
    return topics;
}

static void name_note(struct run *run, struct str name)
{
    for (uint32_t i = 0; i < run->names_count; i++)
        if (str_eq(run->names[i], name)) return;
    run->names[run->names_count++] = name;
}

/* The names that tracks of name_service speak of. */
static void names_gather(struct run *run)
{
    size_t words = 0;
    for (uint32_t t = 0; t < run->plan->tracks_count; t++) {
        const struct plan_track *track = run->tracks[t].plan;
        size_t row;
        if (track && str_starts(str_of(track->behavior->name), STR("name_service.")) && param_specs_find(track->behavior->params, STR("names"), &row))
            words += track->args[row].words_count;
    }
    run->names = arena_array(&run->arena, struct str, words + 1);
    for (uint32_t t = 0; t < run->plan->tracks_count; t++) {
        const struct plan_track *track = run->tracks[t].plan;
        size_t row;
        if (!track || !str_starts(str_of(track->behavior->name), STR("name_service.")) || !param_specs_find(track->behavior->params, STR("names"), &row)) continue;
        for (uint32_t i = 0; i < track->args[row].words_count; i++) name_note(run, track->args[row].words[i].word);
    }
}

void gauges_prepare(struct run *run)
{
    const struct plan *plan = run->plan;
    names_gather(run);
    run->breaker_watched = (topics_of(plan, PLAN_NO_PARENT) & TOPIC_BIT(TOPIC_BREAKER)) != 0;
    for (uint32_t i = 0; i < plan->phases_count; i++) run->breaker_watched = run->breaker_watched || (topics_of(plan, i) & TOPIC_BIT(TOPIC_BREAKER));
}

/* The bots that act in the phase, or all; each once. */
static uint32_t actors_of(const struct run *run, uint32_t phase, bool *out)
{
    const struct plan *plan = run->plan;
    uint32_t count = 0;
    memset(out, phase == PLAN_NO_PARENT, plan->bots_count);
    for (uint32_t t = 0; phase != PLAN_NO_PARENT && t < plan->phases[phase].tracks_count; t++)
        for (uint32_t b = 0; b < plan->phases[phase].tracks[t].bots_count; b++) out[plan->phases[phase].tracks[t].bots[b]] = true;
    for (uint32_t i = 0; i < plan->bots_count; i++) count += out[i];
    return count;
}

/* What the scenario's bots have at stake: who is asked to vote. Validators' bonds weigh, too, but nobody drives those to the ballot. */
static u128 electorate_of(const struct plan *plan)
{
    u128 sum = 0;
    for (uint32_t i = 0; i < plan->bots_count; i++)
        if (plan_seat(plan, i) == 0) sum += plan->groups[plan->bots[i].group].stake;
    return sum;
}

static struct gauge_reader reader_of(struct run *run)
{
    return (struct gauge_reader){.electorate = electorate_of(run->plan), .env = run->env, .alpha = &run->target.alpha, .delta = &run->target.delta, .resources = run->target.resources,
                                 .names = run->names, .names_count = run->names_count};
}

void gauges_take(struct run *run, uint32_t plan_phase, struct gauges *out)
{
    const uint32_t topics = topics_of(run->plan, plan_phase);
    struct gauge_reader reader = reader_of(run);
    struct address *accounts = NULL;
    if (topics == 0) return;
    reader.since_ms = instant_ms(plan_phase == PLAN_NO_PARENT ? run->whole.span.start : run->phases[plan_phase].span.start);
    if (topics & TOPIC_BIT(TOPIC_OFFRAMP)) { /* whatever phase they acted in */
        accounts = base_alloc(sizeof(*accounts) * (run->plan->bots_count + 1));
        for (uint32_t i = 0; i < run->plan->bots_count; i++) accounts[i] = run->bots[i]->identity.address;
        reader.accounts = accounts;
        reader.accounts_count = run->plan->bots_count;
    }
    gauges_read(&reader, topics, out);
    out->unmatched = judge_bridge_orphans(&run->judge);
    base_free(accounts);
}

bool bridge_is_drained(struct run *run)
{
    struct gauges now = {0};
    const struct gauge_reader reader = reader_of(run);
    return gauges_bridge_status(&reader, &now) && now.pending == 0 && judge_bridge_is_settled(&run->judge);
}

void breaker_look(struct run *run)
{
    struct gauges now;
    const struct gauge_reader reader = reader_of(run);
    if (!run->breaker_watched) return;
    gauges_read(&reader, TOPIC_BIT(TOPIC_BREAKER), &now);
    if (now.markets_halted == 0) return;
    run->breaker_ever = true;
    for (uint32_t i = 0; i < run->plan->phases_count; i++)
        if (run->phases[i].open) run->phases[i].span.breaker_seen = true;
    if (run->whole.open) run->whole.span.breaker_seen = true;
}

/* ---- accounts ---- */

static bool account_fold(const struct alpha *client, const struct address *who, struct instant deadline, struct buf *out)
{
    struct answer answer;
    const struct account_view *account = alpha_account(client, who, deadline, &answer);
    if (account) buf_printf(out, "%llu ", (unsigned long long)account->nonce);
    for (uint32_t i = 0; account && i < account->balances_count; i++) {
        char free[AMOUNT_TEXT], locked[AMOUNT_TEXT];
        amount_text(account->balances[i].free, free);
        amount_text(account->balances[i].locked, locked);
        buf_printf(out, "%u:%s:%s ", account->balances[i].token, free, locked);
    }
    if (account) {
        char staked[AMOUNT_TEXT];
        amount_text(account->staked, staked);
        buf_printf(out, "%s;", staked);
    }
    const bool told = account != NULL;
    answer_done(&answer);
    return told;
}

static bool account_digest(const struct run *run, uint32_t bot, struct hash *out)
{
    struct buf text = {0};
    const struct instant deadline = instant_add(env_now(run->env), duration_s(ASK_S));
    const struct address *who = &run->bots[bot]->identity.address;
    const bool told = account_fold(&run->target.alpha, who, deadline, &text) &&
                      (!run->target.delta.http || account_fold(&run->target.delta, who, deadline, &text));
    *out = hash_tagged("adnet-testbots/account", text.data, text.len);
    buf_done(&text);
    return told;
}

void accounts_take(struct run *run, uint32_t plan_phase, struct run_phase *phase)
{
    if (!plan_asks_check(run->plan, plan_phase, CHECK_STATE_UNCHANGED)) return;
    bool *acts = base_alloc(run->plan->bots_count + 1);
    phase->accounts = base_alloc(sizeof(struct hash) * (run->plan->bots_count + 1));
    (void)actors_of(run, plan_phase, acts); /* how many does not matter here */
    for (uint32_t i = 0; i < run->plan->bots_count; i++)
        if (acts[i] && !account_digest(run, i, &phase->accounts[i])) phase->accounts[i] = (struct hash){0};
    base_free(acts);
}

void accounts_compare(struct run *run, struct run_phase *phase)
{
    static const struct hash unread;
    if (!phase->accounts) return;
    for (uint32_t i = 0; i < run->plan->bots_count; i++) {
        struct hash now;
        if (hash_eq(&phase->accounts[i], &unread) || !account_digest(run, i, &now)) continue;
        const bool same = hash_eq(&now, &phase->accounts[i]);
        phase->span.accounts_same += same;
        phase->span.accounts_changed += !same;
    }
}
