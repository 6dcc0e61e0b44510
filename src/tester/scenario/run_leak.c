/* The look for what must not be told (no_plaintext_leak): when all is over, everything public is read once more, as clients get it, each
 * block from another view, and held against what bots planted (bot/canary.h); so are the events that were told while it went, and the
 * run's own records. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/bot/canary.h"
#include "tester/bot/shieldtape.h"
#include "tester/client/alpha_shielded.h"
#include "tester/scenario/run_priv.h"
#include "world/fiber/chan.h"

#define READERS 16u
#define ASK_S 20u
#define TRIES 3u
#define PAGE 1000u
#define TRANSACTIONS_MAX 4000u /* read one by one, evenly over the run */
#define EVENTS_FOR_S 60u

struct leak_search {
    struct run *run;
    const struct alpha *client;
    uint32_t height, final; /* of blocks: the last that somebody reads; of all */
    VEC(struct hash) transactions;
    size_t transaction, stride;
    struct gate readers;
};

static struct instant soon(const struct run *run) { return instant_add(env_now(run->env), duration_s(ASK_S)); }

static void text_take(struct run *run, struct str text, enum canary_text kind, const char *where, uint64_t number)
{
    struct leak_found *leak = &run->leak;
    leak->documents++;
    leak->bytes += text.len;
    const char *what = canary_find(&run->crew, text, kind);
    if (what == NULL || leak->leaks++ > 0) return;
    snprintf(leak->note, sizeof(leak->note), "%s in %s %" PRIu64, what, where, number);
}

static struct alpha view_of(const struct leak_search *search, uint32_t number, uint32_t again, char name[12])
{
    struct alpha alpha = *search->client;
    if (search->run->target.validators == 0 || again + 1 == TRIES) return alpha; /* at last the gateway */
    const int len = snprintf(name, 12, "v%" PRIu32, (number + again) % search->run->target.validators + 1);
    alpha.view = (struct str){name, (size_t)len};
    return alpha;
}

/* ---- blocks and transactions ---- */

static void block_take(struct leak_search *search, uint32_t height)
{
    bool read = false;
    for (uint32_t again = 0; !read && again < TRIES; again++) {
        char name[12];
        struct answer answer;
        const struct alpha alpha = view_of(search, height, again, name);
        const struct block_view *block = alpha_block(&alpha, height, true, soon(search->run), &answer);
        read = block != NULL;
        for (uint32_t i = 0; read && i < block->transactions_count; i++) vec_push(&search->transactions, block->transactions[i].envelope->id);
        if (read) text_take(search->run, answer_body(&answer), CANARY_IN_ANSWER, "block", height);
        answer_done(&answer);
    }
    search->run->leak.unread += !read;
}

static void transaction_take(struct leak_search *search, size_t index)
{
    bool read = false;
    for (uint32_t again = 0; !read && again < TRIES; again++) {
        char name[12];
        struct answer answer;
        const struct alpha alpha = view_of(search, (uint32_t)index, again, name);
        const struct tx_view *view = alpha_transaction(&alpha, &search->transactions.data[index], TX_WAIT_NONE, (struct duration){0}, soon(search->run), &answer);
        read = view != NULL;
        if (read) text_take(search->run, answer_body(&answer), CANARY_IN_ANSWER, "a transaction of block", view->block_height.value);
        answer_done(&answer);
    }
    search->run->leak.unread += !read;
}

static void blocks_run(void *arg)
{
    struct leak_search *search = arg;
    while (search->height < search->final && !run_is_interrupted(search->run)) block_take(search, ++search->height);
    gate_leave(search->run->env, &search->readers);
}

static void transactions_run(void *arg)
{
    struct leak_search *search = arg;
    while (search->transaction < search->transactions.count && !run_is_interrupted(search->run)) {
        const size_t index = search->transaction;
        search->transaction += search->stride;
        transaction_take(search, index);
    }
    gate_leave(search->run->env, &search->readers);
}

static void readers_run(struct leak_search *search, void (*reader)(void *arg) FIBER)
{
    for (uint32_t i = 0; i < READERS; i++) {
        gate_enter(&search->readers);
        (void)fiber_spawn(search->run->env, reader, search);
    }
    (void)gate_wait(search->run->env, &search->readers, INSTANT_NEVER); /* each call has a deadline */
}

static void blocks_read(struct leak_search *search)
{
    struct answer answer;
    const bool told = alpha_height_final(search->client, soon(search->run), &search->final, &answer);
    answer_done(&answer);
    search->run->leak.unread += !told;
    readers_run(search, blocks_run);
    search->stride = MAX((search->transactions.count + TRANSACTIONS_MAX - 1) / TRANSACTIONS_MAX, 1);
    readers_run(search, transactions_run);
}

/* ---- the rest that a node serves ---- */

static void notes_read(struct leak_search *search)
{
    for (uint32_t from = 0; !run_is_interrupted(search->run);) {
        struct answer answer;
        const struct page *page = alpha_notes(search->client, from, PAGE, soon(search->run), &answer);
        const uint32_t count = page != NULL ? page->count : 0;
        search->run->leak.unread += page == NULL;
        if (count > 0) text_take(search->run, answer_body(&answer), CANARY_IN_ANSWER, "the notes from", from);
        answer_done(&answer);
        from += count;
        if (count < PAGE) return;
    }
}

static void route_read(struct leak_search *search, struct str path)
{
    struct answer answer;
    const struct str body = alpha_get_raw(search->client, path, (struct str){0}, soon(search->run), &answer);
    search->run->leak.unread += body.data == NULL;
    if (body.data != NULL) text_take(search->run, body, CANARY_IN_ANSWER, path.data, 0);
    answer_done(&answer);
}

static void events_read(struct leak_search *search, struct listener *listener)
{
    struct run *run = search->run;
    struct heard heard;
    listener_stop(listener, search->final, instant_add(env_now(run->env), duration_s(run_is_interrupted(run) ? 0 : EVENTS_FOR_S)));
    run->leak.unread += listener_missed(listener);
    for (size_t at = 0; listener_next(listener, &at, &heard);) text_take(run, heard.data, CANARY_IN_ANSWER, "event", heard.id);
}

static void chain_search(struct run *run, const struct alpha *client, struct listener *listener)
{
    struct leak_search search = {.run = run, .client = client};
    if (run->leak.canaries == 0) {
        listener_stop(listener, 0, env_now(run->env));
        return;
    }
    blocks_read(&search);
    if (alpha_chain(client) == CHAIN_ALPHA) notes_read(&search);
    route_read(&search, STR("/alerts"));
    events_read(&search, listener);
    vec_done(&search.transactions);
}

/* ---- what the run itself wrote down ---- */

static void records_search(struct run *run)
{
    struct recorded_list list = {0};
    struct recorder *shards[1] = {run->recorder};
    recorder_read(shards, 1, EVENTS_MAX, &list);
    for (size_t i = 0; i < list.items.count; i++) {
        const struct recorded *recorded = &list.items.data[i];
        char text[64 + EVENT_TEXT_BYTES];
        const int len = snprintf(text, sizeof(text), "%" PRIu64 " " STR_FMT, recorded->event.value, STR_ARG(recorded->text));
        text_take(run, (struct str){text, (size_t)MIN(len, (int)sizeof(text) - 1)}, CANARY_IN_LOG, "the run's own event", i);
    }
    recorded_list_done(&list);
    for (uint32_t i = 0; i < run->plan->tracks_count; i++) {
        const struct track *track = &run->tracks[i].shared;
        for (uint32_t k = 0; k < track->claims_count; k++) {
            text_take(run, str_of(track->claims[k].note), CANARY_IN_LOG, "a claim's note of track", i);
            if (strcmp(track->claims[k].name, CANARY_CLAIM) != 0) continue;
            run->leak.claims_held += track->claims[k].held;
            run->leak.claims_broken += track->claims[k].broken;
            if (track->claims[k].broken > 0 && run->leak.note[0] == 0) snprintf(run->leak.note, sizeof(run->leak.note), "%s", track->claims[k].note);
        }
    }
}

static bool is_asked(const struct run *run)
{
    bool asked = plan_asks_check(run->plan, PLAN_NO_PARENT, CHECK_NO_PLAINTEXT_LEAK);
    for (uint32_t i = 0; i < run->plan->phases_count; i++) asked = asked || plan_asks_check(run->plan, i, CHECK_NO_PLAINTEXT_LEAK);
    return asked;
}

void leak_listen(struct run *run)
{
    if (!is_asked(run)) return;
    run->listeners[0] = listener_start(run->env, &run->target.alpha);
    if (run->target.delta.http) run->listeners[1] = listener_start(run->env, &run->target.delta);
}

void leak_read(struct run *run)
{
    if (!is_asked(run)) return;
    shield_canaries(&run->crew, instant_add(env_now(run->env), duration_s(60)));
    run->leak.canaries = canary_count(&run->crew);
    chain_search(run, &run->target.alpha, run->listeners[0]);
    if (run->listeners[1]) chain_search(run, &run->target.delta, run->listeners[1]);
    records_search(run);
    run->leak.read = !run_is_interrupted(run);
}

void leak_free(struct run *run)
{
    for (size_t i = 0; i < ARRAY_LEN(run->listeners); i++) listener_free(run->listeners[i]);
}
