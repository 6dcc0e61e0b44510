/* Turns: who was to propose and did or did not, as headers show it; the committees that evidence is checked by; downtime.
 *
 * A ledger sees no certificates, only that rounds are missing between a block and its parent. Those were somebody's turns. The
 * first block of an epoch tells nothing: rounds before it went to the closing blocks of the committee before (api 6.8). */
#include "core/codec/binary.h"
#include "network/ledger/staking_priv.h"

enum { MISSED_ROUNDS_MAX = 1000 }; /* looked at in one block: a longer silence was nobody's fault alone */

bool turns_get(const struct ordmap *objects, const struct address *validator, struct turns *out)
{
    const struct okey key = staking_key(TAG_TURNS, validator);
    struct str value;
    memset(out, 0, sizeof(*out));
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    out->proposed = bin_get_u64(&r);
    out->missed = bin_get_u64(&r);
    out->epoch_turns = bin_get_u32(&r);
    out->epoch_missed = bin_get_u32(&r);
    out->window_turns = bin_get_u32(&r);
    out->window_missed = bin_get_u32(&r);
    out->window_first = bin_get_u64(&r);
    const bool sound = bin_done(&r);
    ASSERT(sound); /* only turns_put writes there */
    return true;
}

void turns_put(struct work *work, const struct address *validator, const struct turns *turns)
{
    const struct okey key = staking_key(TAG_TURNS, validator);
    uint8_t bytes[40];
    bin_store_u64(bytes, turns->proposed);
    bin_store_u64(bytes + 8, turns->missed);
    bin_store_u32(bytes + 16, turns->epoch_turns);
    bin_store_u32(bytes + 20, turns->epoch_missed);
    bin_store_u32(bytes + 24, turns->window_turns);
    bin_store_u32(bytes + 28, turns->window_missed);
    bin_store_u64(bytes + 32, turns->window_first);
    work_set(work, &key, (struct str){(const char *)bytes, sizeof(bytes)});
}

/* ---- committees ---- */

static struct okey term_key(uint64_t epoch)
{
    struct okey key = okey_of_text(SPACE_PARAM, "committee/");
    okey_u64(&key, epoch);
    return key;
}

struct term { /* one kept committee */
    uint64_t start_round;
    uint32_t first_height;
    struct committee *committee; /* a reference */
};

static struct term term_decode(struct str value)
{
    struct bin_reader r = bin_reader_of(value.data, value.len);
    struct term term;
    term.first_height = bin_get_u32(&r);
    term.start_round = bin_get_u64(&r);
    struct committee *bare = committee_decode(&r);
    ASSERT(bare != NULL && bin_done(&r)); /* only term_put writes there */
    term.committee = committee_rebase(bare, bare->epoch, term.start_round);
    committee_unref(bare);
    return term;
}

struct committee *term_get(const struct ordmap *objects, uint64_t epoch)
{
    const struct okey key = term_key(epoch);
    struct str value;
    return ordmap_get(objects, okey_view(&key), &value) ? term_decode(value).committee : NULL;
}

static void term_put(struct work *work, const struct committee *committee)
{
    const struct okey key = term_key(committee->epoch);
    struct buf bytes = {0};
    bin_put_u32(&bytes, work_height(work));
    bin_put_u64(&bytes, committee->start_round);
    committee_encode(committee, &bytes);
    work_set(work, &key, buf_str(&bytes));
    buf_done(&bytes);
}

/* Who takes over with this block: worked out from the same state as the consensus does. */
static void term_begin(struct work *work, uint64_t epoch)
{
    const uint64_t start_round = ledger_round(work->parent) + 1;
    struct committee *next = ledger_next_committee(work->parent, epoch, start_round);
    if (next == NULL && epoch > 0) {
        struct committee *same = term_get(&work->objects, epoch - 1);
        if (same != NULL) next = committee_rebase(same, epoch, start_round);
        committee_unref(same);
    }
    if (next != NULL) term_put(work, next);
    committee_unref(next);
}

/* A committee can be accused for as long as what its members unbonded may still be there. */
static void terms_prune(struct work *work)
{
    const struct okey prefix = okey_of_text(SPACE_PARAM, "committee/");
    const uint64_t span = work->params.unbonding_blocks + work->params.epoch_blocks;
    struct ordmap_entry first, second;
    while (ordmap_first(&work->objects, okey_view(&prefix), &first) &&
           ordmap_next(&work->objects, okey_view(&prefix), first.key, &second)) {
        const uint64_t ended = bin_load_u32((const uint8_t *)second.value.data);
        if (ended + span >= work_height(work)) return;
        struct okey gone = {.len = (uint16_t)first.key.len};
        memcpy(gone.b, first.key.data, first.key.len);
        work_remove(work, &gone);
    }
}

size_t turns_keys_of(const struct ordmap *objects, const struct address *accused, uint64_t round, bool foreign,
                     struct pubkey *out_keys, size_t max)
{
    const struct okey prefix = okey_of_text(SPACE_PARAM, "committee/");
    struct ordmap_entry entry;
    size_t count = 0;
    uint32_t reigns = 0; /* committees of that round met so far: its own, and the one before */
    for (bool more = ordmap_last(objects, okey_view(&prefix), &entry); more && count < max && (foreign || reigns < 2);
         more = ordmap_previous(objects, okey_view(&prefix), entry.key, &entry)) {
        if (!foreign && bin_load_u64((const uint8_t *)entry.value.data + 4) > round) continue;
        struct committee *committee = term_decode(entry.value).committee;
        uint32_t index;
        reigns++;
        if (committee_find(committee, accused, &index)) {
            const struct pubkey *key = &committee->members[index].consensus_key;
            if (count == 0 || memcmp(&out_keys[count - 1], key, sizeof(*key)) != 0) out_keys[count++] = *key;
        }
        committee_unref(committee);
    }
    return count;
}

/* ---- blocks of this chain ----
 * INDEX_STAKING: 'p' ‖ hash -> u32 height ‖ u64 round, and 'P' ‖ u32 height -> hash, to let the oldest go. */

static struct okey parent_key(const struct hash *hash)
{
    struct okey key = okey(INDEX_STAKING);
    okey_u8(&key, 'p');
    okey_hash(&key, hash);
    return key;
}

bool turns_parent(const struct ordmap *objects, const struct hash *hash, uint32_t *out_height, uint64_t *out_round)
{
    const struct okey key = parent_key(hash);
    struct str value;
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    *out_height = bin_load_u32((const uint8_t *)value.data);
    *out_round = bin_load_u64((const uint8_t *)value.data + 4);
    return true;
}

static void parent_note(struct work *work)
{
    static const struct hash none;
    const struct hash *hash = &work->frame->parent_hash;
    if (hash_eq(hash, &none)) return;
    struct okey prefix = okey(INDEX_STAKING);
    okey_u8(&prefix, 'P');
    struct okey by_height = prefix;
    const struct okey by_hash = parent_key(hash);
    uint8_t bytes[12];
    okey_u32(&by_height, work->parent->height);
    bin_store_u32(bytes, work->parent->height);
    bin_store_u64(bytes + 4, ledger_round(work->parent));
    work_set(work, &by_hash, (struct str){(const char *)bytes, sizeof(bytes)});
    work_set(work, &by_height, (struct str){(const char *)hash, sizeof(*hash)});
    struct ordmap_entry first;
    struct hash oldest;
    if (work->parent->height < TURNS_PARENTS_KEPT || !ordmap_first(&work->objects, okey_view(&prefix), &first)) return;
    memcpy(&oldest, first.value.data, sizeof(oldest));
    struct okey gone = {.len = (uint16_t)first.key.len};
    memcpy(gone.b, first.key.data, first.key.len);
    const struct okey gone_hash = parent_key(&oldest);
    work_remove(work, &gone);
    work_remove(work, &gone_hash);
}

/* ---- counting ---- */

static void turn_count(struct work *work, const struct address *who, uint64_t round, bool missed)
{
    struct ledger_validator v;
    struct turns turns;
    if (!work_validator(&work->objects, who, &v)) return;
    if (missed && v.jailed) return; /* it was not allowed to */
    (void)turns_get(&work->objects, who, &turns);
    if (turns.window_turns == 0) turns.window_first = round;
    turns.epoch_turns++;
    turns.window_turns++;
    turns.proposed += !missed;
    turns.missed += missed;
    turns.epoch_missed += missed;
    turns.window_missed += missed;
    turns_put(work, who, &turns);
}

static void turns_missed(struct work *work, uint64_t epoch, uint64_t from, uint64_t before)
{
    struct committee *committee = from < before ? term_get(&work->objects, epoch) : NULL;
    if (committee == NULL) return;
    for (uint64_t round = from; round < before && round - from < MISSED_ROUNDS_MAX; round++) {
        uint32_t index;
        if (!committee_leader(committee, round, &index)) break;
        turn_count(work, &committee->members[index].address, round, true);
    }
    committee_unref(committee);
}

void turns_block_begin(struct work *work)
{
    uint32_t first_height;
    const uint64_t epoch = ledger_epoch(work->parent, &first_height), round = work->frame->round;
    if (work_height(work) == first_height)
        term_begin(work, epoch);
    else
        turns_missed(work, epoch, ledger_round(work->parent) + 1, round);
    turn_count(work, &work->frame->proposer, round, false);
    parent_note(work);
}

static bool turns_judge(struct work *work, const struct turns *turns)
{
    return turns->window_turns >= work->params.downtime_window_blocks &&
           (uint64_t)turns->window_missed * 10000 > work->params.downtime_bps * turns->window_turns;
}

void turns_epoch_end(struct work *work)
{
    struct ledger_validator v;
    for (bool more = validator_next(&work->objects, NULL, &v); more; more = validator_next(&work->objects, &v.address, &v)) {
        struct turns turns;
        if (!turns_get(&work->objects, &v.address, &turns)) continue;
        const bool down = turns_judge(work, &turns);
        const uint64_t first = turns.window_first;
        turns.epoch_turns = turns.epoch_missed = 0;
        if (turns.window_turns >= work->params.downtime_window_blocks) turns.window_turns = turns.window_missed = 0;
        turns_put(work, &v.address, &turns);
        if (down) evidence_downtime(work, &v.address, first, work->frame->round);
    }
    terms_prune(work);
}
