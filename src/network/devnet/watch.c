#include "network/devnet/watch.h"

#include "chain/payload.h"
#include "network/devnet/devnet_priv.h"
#include "network/ledger/staking_view.h"

#define TICK_MS 500
#define AGAIN_MS 4000 /* what was submitted and is not on the chain by then is submitted by the next validator */
#define TRIES_MAX 12
#define CASES_MAX 10000

/* One finding on its way to one chain. */
struct charge {
    struct hash id;
    struct evidence evidence;
    enum chain_id before; /* whose ledger is to know */
    uint32_t by;          /* the validator whose turn it is to submit */
    uint32_t tries;
    struct instant due;
};
struct watch {
    struct devnet *net;
    struct sign_suite suite;
    struct timer timer;
    struct map known;           /* ids of all findings so far */
    VEC(struct charge) charges; /* not settled yet */
    uint32_t *seen[DEVCHAINS_MAX]; /* findings looked at, by seat */
};

static struct node *node_at(struct devnet *net, enum chain_id id, uint32_t i)
{
    const struct devchain *chain = devnet_chain(net, id);
    return chain && chain->seats[i].state == SEAT_RUNNING ? chain->seats[i].node : NULL;
}

static void charge_add(struct watch *watch, const struct evidence *evidence, const struct hash *id, enum chain_id before, uint32_t by)
{
    const struct charge charge = {.id = *id, .evidence = *evidence, .before = before, .by = by, .due = env_now(watch->net->env)};
    if (devnet_chain(watch->net, before)) vec_push(&watch->charges, charge);
}

/* What this seat's view has found since it was looked at; a view that was started anew is looked at from the beginning. */
static void look(struct watch *watch, struct devchain *chain, uint32_t i)
{
    struct node *node = node_at(watch->net, chain->chain, i);
    uint32_t *seen = &watch->seen[chain - watch->net->chains][i];
    struct evidence evidence;
    struct hash id;
    if (!node) return;
    if (*seen > node_findings(node)) *seen = 0;
    while (*seen < node_findings(node) && map_count(&watch->known) < CASES_MAX) {
        bool fresh;
        node_finding_at(node, (*seen)++, &id, &evidence);
        (void)map_put(&watch->known, &id, &fresh);
        if (!fresh) continue;
        charge_add(watch, &evidence, &id, CHAIN_ALPHA, i);
        if (chain->chain == CHAIN_DELTA) charge_add(watch, &evidence, &id, CHAIN_DELTA, i);
    }
}

static void submit(struct watch *watch, struct node *node, const struct charge *charge)
{
    const struct validator *by = &watch->net->validators[charge->by];
    const struct ledger_state *head = node_state(node, false);
    const struct params *params = ledger_params(head);
    const enum kind kind = charge->before == CHAIN_ALPHA ? KIND_ALPHA_EVIDENCE_SUBMIT : KIND_DELTA_EVIDENCE_SUBMIT;
    const union payload payload = {.evidence = {(uint8_t)charge->evidence.type,
                                                {(const char *)charge->evidence.first, charge->evidence.first_bytes},
                                                {(const char *)charge->evidence.second, charge->evidence.second_bytes}}};
    struct apierror error;
    struct buf bytes = {0};
    payload_encode(kind, &payload, &bytes);
    struct tx_spec spec = {.domain = devnet_chain(watch->net, charge->before)->space->rules.domain,
                           .kind = kind,
                           .nonce = node_pending_nonce(node, &by->address),
                           .payload = buf_str(&bytes)};
    spec.fee = AMOUNT(params->min_fee_base + params->min_fee_per_byte * tx_spec_size(&spec));
    struct tx *tx = tx_build(&spec, watch->suite, &by->account, &error);
    if (tx && !node_submit(node, tx, &error)) { /* refused: the next one sees whether it is any better there */ }
    tx_unref(tx);
    buf_done(&bytes);
}

/* The next validator that runs on that chain. False: nobody does. */
static bool next_by(struct watch *watch, struct charge *charge)
{
    for (uint32_t step = 0; step < watch->net->count; step++) {
        const uint32_t i = (charge->by + step) % watch->net->count;
        if (!node_at(watch->net, charge->before, i)) continue;
        charge->by = i;
        return true;
    }
    return false;
}

/* True: it is settled. */
static bool pursue(struct watch *watch, struct charge *charge, struct arena *arena)
{
    struct evidence_view view;
    if (!next_by(watch, charge)) return false;
    struct node *node = node_at(watch->net, charge->before, charge->by);
    if (staking_evidence_find(node_state(node, true), &charge->id, arena, &view)) return true;
    if (charge->due.ns > env_now(watch->net->env).ns || staking_evidence_find(node_state(node, false), &charge->id, arena, &view)) return false;
    if (charge->tries++ == TRIES_MAX) return true; /* it convinces nobody: its validator has no bond any more, or left long ago */
    submit(watch, node, charge);
    charge->due = instant_add(env_now(watch->net->env), duration_ms(AGAIN_MS));
    charge->by = (charge->by + 1) % watch->net->count;
    return false;
}

static void tick(struct timer *timer)
{
    struct watch *watch = CONTAINER_OF(timer, struct watch, timer);
    struct arena arena;
    size_t kept = 0;
    EACH_CHAIN(watch->net, chain)
    {
        for (uint32_t i = 0; i < watch->net->count; i++) look(watch, chain, i);
    }
    arena_init(&arena, 0);
    for (size_t i = 0; i < watch->charges.count; i++) {
        struct charge *charge = &watch->charges.data[i];
        if (!pursue(watch, charge, &arena)) watch->charges.data[kept++] = *charge;
        arena_reset(&arena);
    }
    watch->charges.count = kept;
    arena_done(&arena);
    env_timer_set(watch->net->env, timer, instant_add(env_now(watch->net->env), duration_ms(TICK_MS)));
}

struct watch *watch_new(struct devnet *net, struct sign_suite suite)
{
    struct watch *watch = base_alloc(sizeof(*watch));
    watch->net = net;
    watch->suite = suite;
    watch->timer = TIMER(tick);
    map_init(&watch->known, sizeof(struct hash), 1);
    for (uint32_t i = 0; i < net->chains_count; i++) watch->seen[i] = base_alloc(sizeof(*watch->seen[i]) * DEVNET_VALIDATORS_MAX);
    env_timer_set(net->env, &watch->timer, instant_add(env_now(net->env), duration_ms(TICK_MS)));
    return watch;
}

void watch_free(struct watch *watch)
{
    if (!watch) return;
    env_timer_cancel(watch->net->env, &watch->timer);
    for (uint32_t i = 0; i < DEVCHAINS_MAX; i++) base_free(watch->seen[i]);
    map_done(&watch->known);
    vec_done(&watch->charges);
    base_free(watch);
}
