/* What a node wrote and reads again. */
#include "world.h"

void log_free(struct log_item *item)
{
    block_unref(item->block);
    certificate_unref(item->certificate);
    committee_unref(item->epoch.committee);
    committee_unref(item->epoch.previous);
    block_unref(item->epoch.base.block);
    certificate_unref(item->epoch.base.certificate);
    finality_unref(item->epoch.proof);
}

void log_add(struct host *host, enum log_type type, const struct replica_action *action)
{
    struct log_item item = {.type = type};
    if (type == LOG_EPOCH) {
        item.epoch = *action->epoch;
        (void)committee_ref(item.epoch.committee);
        if (item.epoch.previous != NULL) (void)committee_ref(item.epoch.previous);
        (void)block_ref(item.epoch.base.block);
        (void)certificate_ref(item.epoch.base.certificate);
        (void)finality_ref(item.epoch.proof);
    } else {
        item.block = block_ref(action->block.block);
        item.certificate = certificate_ref(action->block.certificate);
    }
    vec_push(&host->disk.log, item);
}

bool store_final_at(void *ctx, uint32_t height, struct certified_block *out)
{
    const struct host *host = ctx;
    if (height >= host->finals.count) return false;
    *out = host->finals.data[height];
    return true;
}

bool store_block_of(void *ctx, const struct hash *hash, struct certified_block *out)
{
    const struct host *host = ctx;
    bool found = false;
    for (size_t i = host->disk.log.count; i-- > 0;) {
        const struct log_item *item = &host->disk.log.data[i];
        if (item->block == NULL || !hash_eq(&item->block->hash, hash)) continue;
        *out = (struct certified_block){item->block, item->certificate};
        found = true;
        if (item->certificate != NULL) break;
    }
    return found;
}

struct finality_proof *store_epoch_proof(void *ctx, const struct hash *epoch_end)
{
    const struct host *host = ctx;
    for (size_t i = host->disk.log.count; i-- > 0;) {
        const struct replica_epoch *epoch = &host->disk.log.data[i].epoch;
        if (epoch->proof != NULL && hash_eq(&epoch->base.block->hash, epoch_end)) return epoch->proof;
    }
    return NULL;
}

struct committee *store_committee_of(void *ctx, const struct hash *hash)
{
    const struct host *host = ctx;
    for (size_t i = host->disk.log.count; i-- > 0;) {
        const struct replica_epoch *epoch = &host->disk.log.data[i].epoch;
        if (epoch->committee != NULL && hash_eq(&epoch->committee->hash, hash)) return epoch->committee;
        if (epoch->previous != NULL && hash_eq(&epoch->previous->hash, hash)) return epoch->previous;
    }
    return NULL;
}
