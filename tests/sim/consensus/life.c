/* Nodes start, crash and restart; the weather; the healing. */
#include "world.h"

void host_start(struct world *w, struct host *host)
{
    const struct validator *v = &w->validators[host->validator];
    const struct replica_config config = {.domain = w->domain,
                                          .params = &w->params,
                                          .genesis = w->genesis,
                                          .committee = w->committee,
                                          .key = &v->key,
                                          .validator = v->address,
                                          .suite = {SIGN_SIMULATED},
                                          .verifier = verifier_of_cache(w->cache),
                                          .ledger = {w, toy_execute, toy_build, toy_jailed},
                                          .store = {host, store_final_at, store_block_of, store_epoch_proof, store_committee_of}};
    host->replica = replica_new(&config);
    host->up = true;
}

static void host_restore(struct world *w, struct host *host)
{
    struct disk *disk = &host->disk;
    struct replica_restored in = {0};
    struct votestate votes;
    const bool has_votes = disk->votes.len > 0 &&
                           votestate_decode(buf_str(&disk->votes), w->domain, &w->validators[host->validator].address, &votes);
    VEC(struct certified_block) tentative = {0};
    vec_clear(&host->finals);
    vec_push(&host->finals, ((struct certified_block){w->genesis, NULL}));
    host->lock_round = host->lock_epoch = 0;
    host->lock_hash = w->genesis->hash;
    for (size_t i = 0; i < disk->log.count; i++) {
        const struct log_item *item = &disk->log.data[i];
        if (item->type == LOG_EPOCH) {
            in.epoch = &item->epoch;
            audit_epoch(host, in.epoch);
        }
        if (item->type == LOG_CERTIFICATE) audit_lock(w, host, item->block);
        if (item->type == LOG_FINAL && item->block->header.height == host->finals.count)
            vec_push(&host->finals, ((struct certified_block){item->block, item->certificate}));
        if (item->type == LOG_BLOCK || item->type == LOG_CERTIFICATE)
            vec_push(&tentative, ((struct certified_block){item->block, item->certificate}));
    }
    in.final = vec_last(&host->finals);
    in.votes = has_votes ? &votes : NULL;
    in.tentative = tentative.data;
    in.tentative_count = tentative.count;
    host->final_height = (uint32_t)host->finals.count - 1;
    replica_restore(host->replica, &in);
    if (has_votes) votestate_done(&votes);
    vec_done(&tentative);
}

static void crash(struct world *w, struct host *host)
{
    struct disk *disk = &host->disk;
    ASSERT(host->up);
    host->up = false;
    replica_free(host->replica);
    host->replica = NULL;
    heap_remove(&w->heap, &host->tick);
    const size_t kept = disk->synced + rng_below(&w->rng, disk->log.count - disk->synced + 1);
    while (disk->log.count > kept) log_free(&vec_pop(&disk->log));
    disk->synced = disk->log.count;
    if (host->liar && chance(w, 30)) buf_clear(&disk->votes); /* liars forget what they signed */
    w->crashed++;
}

void restart(struct world *w, struct host *host)
{
    if (host->up) return;
    host_start(w, host);
    host_restore(w, host);
    replica_start(host->replica, time_at(w, host));
    perform(w, host);
    uint32_t peer = pick(w, w->hosts_count);
    if (peer == host->number) return;
    replica_sync_with(host->replica, time_at(w, host), peer);
    perform(w, host);
}

void weather(struct world *w)
{
    struct faults *f = &w->faults;
    *f = (struct faults){0};
    if (chance(w, 50)) f->loss_bps = pick(w, 3000);
    if (chance(w, 40)) f->duplicate_bps = pick(w, 3000);
    if (chance(w, 60)) {
        f->slow_bps = pick(w, 6000);
        f->slow_ns = (1 + rng_below(&w->rng, 30)) * 100 * NS_PER_MS;
    }
    const bool part = w->partitions && chance(w, 35);
    for (uint32_t i = 0; i < w->hosts_count; i++) {
        struct host *host = &w->hosts[i];
        host->group = part ? pick(w, 2) : 0;
        if (w->skews && chance(w, 20)) host->skew_ms = (int64_t)pick(w, 4800) - 2400; /* max_block_skew_ms is 5,000 */
        if (!w->crashes || !host->up || !chance(w, 15)) continue;
        crash(w, host);
        struct event *event = event_add(w, EVENT_RESTART, w->now_ns + rng_below(&w->rng, 6000) * NS_PER_MS);
        event->to = i;
    }
    (void)event_add(w, EVENT_WEATHER, w->now_ns + (500 + rng_below(&w->rng, 5000)) * NS_PER_MS);
}

void heal(struct world *w)
{
    w->healed = true;
    w->faults = (struct faults){0};
    w->liars_rest = w->liars_count == 0 || chance(w, 50);
    w->final_at_heal = w->finals.count == 0 ? 0 : (uint32_t)w->finals.count - 1;
    for (uint32_t i = 0; i < w->hosts_count; i++) {
        w->hosts[i].group = 0;
        restart(w, &w->hosts[i]);
    }
}
