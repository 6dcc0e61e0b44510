/* Messages on their way, and what becomes of a replica's actions. */
#include "world.h"

static void post_one(struct world *w, uint32_t from, uint32_t to, struct message *message)
{
    const struct faults *f = &w->faults;
    uint64_t delay = 2 * NS_PER_MS + rng_below(&w->rng, 10 * NS_PER_MS);
    if (w->hosts[from].group != w->hosts[to].group || rng_chance_bps(&w->rng, f->loss_bps)) return;
    if (rng_chance_bps(&w->rng, f->slow_bps)) delay += rng_below(&w->rng, f->slow_ns);
    struct event *event = event_add(w, EVENT_MESSAGE, w->now_ns + delay);
    event->from = from;
    event->to = to;
    event->message = message_ref(message);
    w->messages++;
}

void post(struct world *w, uint32_t from, uint32_t to, struct message *message)
{
    post_one(w, from, to, message);
    if (rng_chance_bps(&w->rng, w->faults.duplicate_bps)) post_one(w, from, to, message);
}

static void post_validator(struct world *w, uint32_t from, const struct address *address, struct message *message)
{
    for (uint32_t i = 0; i < w->hosts_count; i++)
        if (i != from && address_eq(&w->validators[w->hosts[i].validator].address, address)) post(w, from, i, message);
}

void post_all(struct world *w, uint32_t from, struct message *message, uint32_t percent)
{
    for (uint32_t i = 0; i < w->hosts_count; i++)
        if (i != from && chance(w, percent)) post(w, from, i, message);
}

/* The adversary hears everything. */
static void overhear(struct world *w, struct message *message)
{
    if (w->liars_count == 0) return;
    if (message->type == MESSAGE_PROPOSAL) vec_push(&w->recent, block_ref(message->proposal.block));
    if (message->type == MESSAGE_TIMEOUT) vec_push(&w->timeouts, message_ref(message));
    if (w->pool.count < POOL_MAX)
        vec_push(&w->pool, message_ref(message));
    else if (chance(w, 10)) {
        const uint32_t i = pick(w, POOL_MAX);
        message_unref(w->pool.data[i]);
        w->pool.data[i] = message_ref(message);
    }
}

static void perform_send(struct world *w, struct host *host, const struct replica_action *action)
{
    struct message *message = action->send.message;
    if (w->trace)
        printf("%9.3f host %u sends " STR_FMT " round %" PRIu64 "\n", (double)(w->now_ns - INSTANT_GENESIS.ns) / 1e9,
               host->number, STR_ARG(message_type_text(message->type)),
               message->type == MESSAGE_PROPOSAL  ? message->proposal.block->header.round
               : message->type == MESSAGE_VOTE    ? message->vote.round
               : message->type == MESSAGE_TIMEOUT ? message->timeout.timeout.round
                                                  : 0);
    if (!host->liar) {
        if (message->type == MESSAGE_VOTE) audit_vote(w, host, &message->vote);
        if (message->type == MESSAGE_PROPOSAL) audit_proposal(w, host, message->proposal.block);
    } else if (message->type == MESSAGE_PROPOSAL) {
        remember(w, message->proposal.block, NULL);
    }
    overhear(w, message);
    const uint32_t percent = host->liar && !w->liars_rest ? 60 : 100; /* liars speak to some only */
    if (action->send.to == REPLICA_TO_ALL)
        post_all(w, host->number, message, percent);
    else if (!chance(w, percent))
        return;
    else if (action->send.to == REPLICA_TO_PEER)
        post(w, host->number, action->send.peer, message);
    else
        post_validator(w, host->number, &action->send.validator, message);
}

static void perform_round(struct world *w, const struct host *host, const struct replica_action *action)
{
    if (w->trace)
        printf("%9.3f host %u enters round %" PRIu64 "%s\n", (double)(w->now_ns - INSTANT_GENESIS.ns) / 1e9, host->number,
               action->round.round, action->round.by_timeout ? " by timeout" : "");
    if (!host->liar) w->round_max = MAX(w->round_max, action->round.round);
    w->rounds_lost += action->round.by_timeout;
}

static void perform_one(struct world *w, struct host *host, const struct replica_action *action)
{
    switch (action->type) {
    case REPLICA_PERSIST:
        host->disk.synced = host->disk.log.count;
        buf_clear(&host->disk.votes);
        votestate_encode(action->votes, &host->disk.votes);
        break;
    case REPLICA_SEND: perform_send(w, host, action); break;
    case REPLICA_STORE_BLOCK:
        remember(w, action->block.block, NULL);
        log_add(host, LOG_BLOCK, action);
        break;
    case REPLICA_STORE_CERTIFICATE:
        remember(w, action->block.block, action->block.certificate);
        log_add(host, LOG_CERTIFICATE, action);
        audit_lock(w, host, action->block.block);
        break;
    case REPLICA_STORE_EPOCH:
        log_add(host, LOG_EPOCH, action);
        audit_epoch(host, action->epoch);
        w->epochs = MAX(w->epochs, action->epoch->committee->epoch);
        break;
    case REPLICA_HEAD:
        if (action->block.depth > 0) w->reorgs++;
        w->reorg_max = MAX(w->reorg_max, action->block.depth);
        if (!host->liar && !w->overrun && action->block.depth > 2)
            broken(w, "depth", "host %u replaced %u blocks", host->number, action->block.depth);
        break;
    case REPLICA_FINAL:
        log_add(host, LOG_FINAL, action);
        if (!host->liar)
            audit_final(w, host, action);
        else
            vec_push(&host->finals, ((struct certified_block){action->block.block, action->block.certificate}));
        break;
    case REPLICA_ORPHANED: break;
    case REPLICA_ROUND: perform_round(w, host, action); break;
    case REPLICA_EVIDENCE:
        w->evidence++;
        if (is_honest_key(w, &action->found.accused)) broken(w, "innocence", "evidence against an honest validator");
        break;
    case REPLICA_ALERT:
        w->alerts++;
        if (!w->overrun && is_honest_key(w, &action->block.block->header.proposer))
            broken(w, "innocence", "alert about an honest block");
        break;
    case REPLICA_REWOUND:
        broken(w, "finality", "a replica began again from genesis with no switch on");
        break;
    }
}

void perform(struct world *w, struct host *host)
{
    const uint32_t final_before = host->final_height;
    for (size_t i = 0; i < replica_actions_count(host->replica); i++) perform_one(w, host, replica_action_at(host->replica, i));
    if (!host->liar && !w->agreement_only)
        for (uint32_t height = final_before + 1; height <= host->final_height; height++) audit_proof(w, host, height);
    heap_remove(&w->heap, &host->tick);
    const struct instant wake = replica_wake(host->replica);
    if (wake.ns != INSTANT_NEVER.ns) schedule(w, &host->tick, wake.ns);
}

struct replica_time time_at(const struct world *w, const struct host *host)
{
    return (struct replica_time){{w->now_ns}, (uint64_t)((int64_t)(w->now_ns / NS_PER_MS) + host->skew_ms)};
}
