#include "tester/bot/ferry.h"

#include "chain/payload.h"
#include "tester/bot/claim.h"
#include "tester/bot/tide.h"

#define LOOK_EVERY duration_s(2) /* a crew that stops wakes nobody */

struct voyage {
    struct act act; /* of nobody: the crew's own reading */
    enum chain_id chain;
};

static struct ferry *ferry_of(struct crew *crew, enum chain_id chain) { return &crew->ferries[chain_index(chain)]; }

static void wake(struct crew *crew, const struct passage *passage)
{
    if (passage->fiber != NULL) fiber_wake(crew->env, passage->fiber);
}

/* ---- reading ---- */

static void claim_take(struct crew *crew, struct ferry *ferry, const struct block_view *block, const struct tx_view *view)
{
    struct arena arena;
    union payload payload;
    arena_init(&arena, 0);
    payload_of_tx(view->envelope, &arena, &payload);
    const struct hash id = payload.claim.source_id;
    arena_done(&arena);
    struct passage **first = map_find(&ferry->waiting, &id);
    for (struct passage *passage = first != NULL ? *first : NULL; passage != NULL; passage = passage->next) {
        if (passage->claims++ > 0) continue;
        passage->claim = view->id;
        passage->sender = view->envelope->sender;
        passage->fee = view->receipt.fee_charged;
        passage->height = block->header.height;
        passage->height_ms = block->header.timestamp_ms;
        wake(crew, passage);
    }
}

static void block_take(struct crew *crew, struct ferry *ferry, enum chain_id chain, const struct block_view *block)
{
    const enum kind kind = chain == CHAIN_DELTA ? KIND_MINT_CLAIM : KIND_BRIDGE_UNLOCK_CLAIM;
    for (uint32_t i = 0; i < block->transactions_count; i++) {
        const struct tx_view *view = &block->transactions[i];
        if (view->envelope != NULL && view->envelope->kind == kind && view->has_receipt && receipt_success(&view->receipt))
            claim_take(crew, ferry, block, view);
    }
}

static bool is_wanted(const struct crew *crew, const struct ferry *ferry) { return ferry->passengers > 0 && !crew_is_stopping(crew); }

/* The next block, which is final. False: nobody told it. */
static bool read_one(struct voyage *voyage, struct ferry *ferry)
{
    struct crew *crew = voyage->act.crew;
    struct answer answer;
    uint64_t wait = 0;
    const struct block_view *block;
    do block = alpha_block(crew_client(crew, voyage->chain), ferry->read + 1, true, act_deadline(&voyage->act, ACT_READ_TIMEOUT), &answer);
    while (block == NULL && act_again(&voyage->act, &answer, &wait));
    if (block != NULL) {
        block_take(crew, ferry, voyage->chain, block);
        ferry->read++;
    }
    answer_done(&answer);
    return block != NULL;
}

static void voyage_run(void *arg)
{
    struct voyage *voyage = arg;
    struct crew *crew = voyage->act.crew;
    struct ferry *ferry = ferry_of(crew, voyage->chain);
    while (is_wanted(crew, ferry)) {
        if (!tide_await(&voyage->act, voyage->chain, ferry->read + 1, instant_add(env_now(crew->env), LOOK_EVERY), NULL)) continue;
        /* A view that is behind the one that told the height: asked again, without haste. */
        if (!read_one(voyage, ferry) && is_wanted(crew, ferry)) fiber_sleep(crew->env, duration_ms(200));
    }
    ferry->sails = false;
    crew->helpers--;
    base_free(voyage);
}

static void set_sail(struct crew *crew, enum chain_id chain, uint32_t height)
{
    struct ferry *ferry = ferry_of(crew, chain);
    struct voyage *voyage = base_alloc(sizeof(*voyage));
    *voyage = (struct voyage){{.crew = crew, .deadline = INSTANT_NEVER, .chain = chain}, chain};
    ferry->sails = true;
    ferry->read = height;
    crew->helpers++;
    (void)fiber_spawn(crew->env, voyage_run, voyage);
}

/* ---- passengers ---- */

static bool height_ask(struct act *act, enum chain_id chain, uint32_t *out)
{
    struct answer answer;
    uint64_t wait = 0;
    bool told;
    do told = alpha_height_final(crew_client(act->crew, chain), act_deadline(act, ACT_READ_TIMEOUT), out, &answer);
    while (!told && act_again(act, &answer, &wait));
    if (!told) (void)act_fail(act->op, &answer);
    answer_done(&answer);
    return told;
}

bool ferry_board(struct act *act, enum chain_id chain, struct passage *out)
{
    struct ferry *ferry = ferry_of(act->crew, chain);
    uint32_t height = 0;
    *out = (struct passage){.chain = chain};
    if (!ferry->sails && !height_ask(act, chain, &height)) return false;
    if (ferry->passengers++ == 0) map_init(&ferry->waiting, sizeof(struct hash), sizeof(struct passage *));
    if (!ferry->sails) set_sail(act->crew, chain, height);
    out->since = ferry->read + 1;
    return true;
}

void ferry_expect(struct act *act, struct passage *passage, const struct hash *id)
{
    struct ferry *ferry = ferry_of(act->crew, passage->chain);
    if (passage->expected) return;
    struct passage **first = map_put(&ferry->waiting, id, NULL);
    passage->id = *id;
    passage->expected = true;
    passage->next = *first;
    *first = passage;
}

static bool wait_more(struct act *act, struct passage *passage, struct instant until)
{
    struct env *env = act->crew->env;
    if (crew_is_stopping(act->crew) || !instant_before(env_now(env), until)) return false;
    const struct instant soon = instant_add(env_now(env), LOOK_EVERY);
    passage->fiber = fiber_self();
    (void)fiber_park(env, instant_before(soon, until) ? soon : until);
    passage->fiber = NULL;
    return true;
}

bool ferry_await(struct act *act, struct passage *passage, struct instant deadline)
{
    const struct instant until = instant_before(deadline, act->deadline) ? deadline : act->deadline;
    while (passage->claims == 0 && wait_more(act, passage, until)) {
    }
    return passage->claims > 0;
}

bool ferry_read_to(struct act *act, const struct passage *passage, uint32_t height, struct instant deadline)
{
    const struct ferry *ferry = ferry_of(act->crew, passage->chain);
    const struct instant until = instant_before(deadline, act->deadline) ? deadline : act->deadline;
    while (ferry->read < height && !crew_is_stopping(act->crew) && instant_before(env_now(act->crew->env), until))
        fiber_sleep(act->crew->env, duration_ms(100));
    return ferry->read >= height;
}

void ferry_leave(struct act *act, struct passage *passage)
{
    struct ferry *ferry = ferry_of(act->crew, passage->chain);
    struct passage **first = passage->expected ? map_find(&ferry->waiting, &passage->id) : NULL;
    for (struct passage **at = first; at != NULL && *at != NULL; at = &(*at)->next)
        if (*at == passage) {
            *at = passage->next;
            break;
        }
    if (first != NULL && *first == NULL) (void)map_remove(&ferry->waiting, &passage->id);
    if (--ferry->passengers == 0) map_done(&ferry->waiting);
}
