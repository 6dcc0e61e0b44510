#include "network/byzantine/liar_priv.h"

/* ---- life ---- */

struct liar *liar_new(const struct liar_config *config)
{
    ASSERT(config->peers <= LIAR_PEERS_MAX && config->index < config->peers);
    struct liar *liar = base_alloc(sizeof(*liar));
    liar->config = *config;
    liar->key = *config->key;
    liar->account = *config->account;
    liar->config.key = liar->config.account = NULL;
    liar->address = address_of_key(&liar->account.pub);
    struct rng rng;
    rng_init(&rng, config->seed);
    liar->rng = rng_split(&rng, STR("liar"), config->index);
    return liar;
}

void liar_peers_grow(struct liar *liar, uint32_t peers)
{
    ASSERT(peers >= liar->config.peers && peers <= LIAR_PEERS_MAX);
    liar->config.peers = peers;
}

static void outs_clear(struct liar *liar)
{
    for (size_t i = 0; i < liar->outs.count; i++) message_unref(liar->outs.data[i].message);
    vec_clear(&liar->outs);
}

static void turn_clear(struct turn *turn)
{
    message_unref(turn->shown[0]);
    message_unref(turn->shown[1]);
    *turn = (struct turn){0};
}

static void branch_clear(struct liar *liar)
{
    for (size_t i = 0; i < liar->branch.count; i++) block_unref(liar->branch.data[i]);
    vec_clear(&liar->branch);
}

static void fork_clear(struct liar *liar)
{
    for (size_t i = 0; i < liar->fork.count; i++) {
        block_unref(liar->fork.data[i].block);
        certificate_unref(liar->fork.data[i].certificate);
    }
    vec_clear(&liar->fork);
}

void liar_free(struct liar *liar)
{
    if (liar == NULL) return;
    outs_clear(liar);
    turn_clear(&liar->turn);
    branch_clear(liar);
    fork_clear(liar);
    vec_done(&liar->outs);
    vec_done(&liar->branch);
    vec_done(&liar->fork);
    seckey_wipe(&liar->key);
    seckey_wipe(&liar->account);
    base_free(liar);
}

void liar_attach(struct liar *liar, const struct liar_host *host) { liar->host = *host; }

void liar_on(struct liar *liar, enum liar_mode mode, const struct liar_params *params)
{
    ASSERT(mode < LIAR_MODES);
    if (mode == LIAR_PRIVATE_BRANCH && !liar->on[mode]) branch_clear(liar);
    liar->on[mode] = true;
    liar->params[mode] = *params;
}

void liar_off(struct liar *liar, enum liar_mode mode)
{
    ASSERT(mode < LIAR_MODES);
    liar->on[mode] = false;
    if (mode == LIAR_OLD_KEY_FORK) fork_clear(liar);
}

bool liar_has(const struct liar *liar, enum liar_mode mode) { return liar->on[mode]; }

bool liar_idle(const struct liar *liar)
{
    for (size_t i = 0; i < LIAR_MODES; i++)
        if (liar->on[i]) return false;
    return liar->branch.count == 0;
}

/* ---- what leaves ---- */

bool liar_draws(const struct liar *liar, enum liar_mode mode, uint64_t round)
{
    if (!liar->on[mode]) return false;
    struct rng rng = rng_split(&liar->rng, liar_mode_text(mode), round);
    return rng_chance_bps(&rng, liar->params[mode].rate_bps);
}

void liar_tell(struct liar *liar, struct message *message, const struct liar_peers *to, uint64_t delay_ms)
{
    if (liar_peers_none(to)) {
        message_unref(message);
        return;
    }
    vec_push(&liar->outs, ((struct liar_out){.message = message, .to = *to, .delay_ms = delay_ms}));
}

struct liar_peers liar_everybody(const struct liar *liar)
{
    struct liar_peers all = {0};
    for (uint32_t i = 0; i < liar->config.peers; i++)
        if (i != liar->config.index) liar_peers_add(&all, i);
    return all;
}

size_t liar_outs_count(const struct liar *liar) { return liar->outs.count; }

const struct liar_out *liar_out_at(const struct liar *liar, size_t i)
{
    ASSERT(i < liar->outs.count);
    return &liar->outs.data[i];
}

/* Who is told the first story, and who the second. */
static void halves(const struct liar *liar, enum liar_mode mode, struct liar_peers out[2])
{
    const struct liar_peers *split = liar->params[mode].split;
    const bool said = !liar_peers_none(&split[0]) || !liar_peers_none(&split[1]);
    memset(out, 0, 2 * sizeof(out[0]));
    for (uint32_t i = 0; i < liar->config.peers; i++) {
        if (i == liar->config.index) continue;
        const bool second = said ? liar_peers_has(&split[1], i) : (i & 1) != 0;
        const bool first = said ? liar_peers_has(&split[0], i) || !second : !second;
        if (first) liar_peers_add(&out[0], i);
        if (second) liar_peers_add(&out[1], i);
    }
}

static struct liar_peers both(const struct liar_peers *a, const struct liar_peers *b)
{
    struct liar_peers set;
    for (size_t i = 0; i < ARRAY_LEN(set.bits); i++) set.bits[i] = a->bits[i] & b->bits[i];
    return set;
}

static struct liar_peers without(const struct liar_peers *a, const struct liar_peers *b)
{
    struct liar_peers set;
    for (size_t i = 0; i < ARRAY_LEN(set.bits); i++) set.bits[i] = a->bits[i] & ~b->bits[i];
    return set;
}

/* ---- proposals ---- */

static void heard_note(struct liar *liar, const struct block *block)
{
    liar->heard[liar->heard_count++ % HEARD_MAX] = (struct heard){block->header.round, block->header.height, block->hash};
}

static bool heard_has(const struct liar *liar, const struct hash *hash)
{
    for (uint32_t i = 0; i < MIN(liar->heard_count, HEARD_MAX); i++)
        if (hash_eq(&liar->heard[i].hash, hash)) return true;
    return false;
}

static void branch_grow(struct liar *liar, struct block *meant)
{
    const struct liar_params *params = &liar->params[LIAR_PRIVATE_BRANCH];
    if (liar->branch.count >= MIN(params->length, LIAR_BRANCH_MAX)) return;
    struct block *next;
    if (liar->branch.count == 0) {
        if (header_is_closing(&meant->header) || header_is_epoch_end(&meant->header)) return;
        next = block_ref(meant);
    } else {
        next = forge_child(liar, vec_last(&liar->branch), meant);
    }
    if (next == NULL) return;
    if (liar->host.keep != NULL) liar->host.keep(liar->host.ctx, next);
    vec_push(&liar->branch, next);
}

/* What it shows of the block that its replica means to propose. */
static void turn_decide(struct liar *liar, struct message *message)
{
    struct turn *turn = &liar->turn;
    struct block *meant = message->proposal.block;
    const uint64_t round = meant->header.round;
    turn_clear(turn);
    turn->round = round;
    turn->meant = meant->hash;
    if (liar->on[LIAR_PRIVATE_BRANCH]) {
        branch_grow(liar, meant);
        return;
    }
    if (liar_draws(liar, LIAR_WITHHOLD_PROPOSALS, round)) return;
    if (liar_draws(liar, LIAR_INVALID_PROPOSAL, round)) {
        struct block *forged = forge_invalid(liar, meant, liar->params[LIAR_INVALID_PROPOSAL].flavour);
        if (forged == NULL) return;
        turn->shown[0] = message_of_proposal(forged, message->proposal.epoch_proof);
        block_unref(forged);
        return;
    }
    turn->shown[0] = message_ref(message);
    if (!liar_draws(liar, LIAR_EQUIVOCATE_PROPOSAL, round)) return;
    struct block *twin = forge_twin(liar, meant);
    if (twin == NULL) return;
    heard_note(liar, twin);
    turn->shown[1] = message_of_proposal(twin, message->proposal.epoch_proof);
    block_unref(twin);
}

static void propose(struct liar *liar, struct message *message, const struct liar_peers *to)
{
    const struct block *block = message->proposal.block;
    if (!address_eq(&block->header.proposer, &liar->address)) {
        liar_tell(liar, message_ref(message), to, 0);
        return;
    }
    struct turn *turn = &liar->turn;
    if (turn->round != block->header.round || !hash_eq(&turn->meant, &block->hash)) turn_decide(liar, message);
    if (turn->shown[0] == NULL) return;
    if (turn->shown[1] == NULL) {
        liar_tell(liar, message_ref(turn->shown[0]), to, 0);
        return;
    }
    struct liar_peers half[2];
    halves(liar, LIAR_EQUIVOCATE_PROPOSAL, half);
    for (size_t i = 0; i < 2; i++) {
        const struct liar_peers those = both(&half[i], to);
        liar_tell(liar, message_ref(turn->shown[i]), &those, 0);
    }
}

/* ---- votes ---- */

/* A vote for something else in the same round: what was really proposed, or else what nobody ever saw. */
static struct vote other_vote(const struct liar *liar, const struct vote *vote)
{
    struct vote other = *vote;
    for (size_t i = 0; i < sizeof(other.block_hash.b); i++) other.block_hash.b[i] ^= 0xff;
    for (uint32_t i = 0; i < MIN(liar->heard_count, HEARD_MAX); i++) {
        const struct heard *heard = &liar->heard[i];
        if (heard->round != vote->round || hash_eq(&heard->hash, &vote->block_hash)) continue;
        other.block_hash = heard->hash;
        other.height = heard->height;
    }
    vote_sign(&other, liar->config.suite, &liar->key);
    return other;
}

static void vote(struct liar *liar, struct message *message, const struct liar_peers *to)
{
    const struct vote *own = &message->vote;
    const struct turn *turn = &liar->turn;
    const uint64_t delay_ms = liar->on[LIAR_DELAY_VOTES] ? liar->params[LIAR_DELAY_VOTES].delay_ms : 0;
    if (!address_eq(&own->voter, &liar->address)) {
        liar_tell(liar, message_ref(message), to, 0);
        return;
    }
    const bool unseen = turn->round == own->round && hash_eq(&turn->meant, &own->block_hash) &&
                        (turn->shown[0] == NULL || !hash_eq(&turn->shown[0]->proposal.block->hash, &turn->meant));
    if (unseen || liar_draws(liar, LIAR_WITHHOLD_VOTES, own->round)) return;
    if (!liar_draws(liar, LIAR_EQUIVOCATE_VOTE, own->round)) {
        liar_tell(liar, message_ref(message), to, delay_ms);
        return;
    }
    if (liar->voted_round >= own->round) return; /* told already, to everybody */
    liar->voted_round = own->round;
    struct liar_peers half[2];
    halves(liar, LIAR_EQUIVOCATE_VOTE, half);
    const struct vote other = other_vote(liar, own);
    liar_tell(liar, message_ref(message), &half[0], delay_ms);
    liar_tell(liar, message_of_vote(&other), &half[1], delay_ms);
}

static void vote_for(struct liar *liar, const struct block *block)
{
    const struct header *header = &block->header;
    const struct committee *committee = liar->host.committee == NULL ? NULL : liar->host.committee(liar->host.ctx);
    uint32_t index;
    if (committee == NULL || !committee_find(committee, &liar->address, &index)) return;
    struct vote vote = {.domain = liar->config.domain,
                        .height = header->height,
                        .round = header->round,
                        .block_hash = block->hash,
                        .voter = liar->address};
    vote_sign(&vote, liar->config.suite, &liar->key);
    struct liar_peers to = {0};
    for (uint64_t ahead = 1; ahead <= 2; ahead++) {
        uint32_t leader, peer;
        if (!committee_leader(committee, header->round + ahead, &leader)) continue;
        if (liar->host.peer_of(liar->host.ctx, &committee->members[leader].address, &peer) && peer != liar->config.index) liar_peers_add(&to, peer);
    }
    liar_tell(liar, message_of_vote(&vote), &to, 0);
}

/* ---- old blocks ---- */

static bool rewritten(const struct liar *liar) { return liar->on[LIAR_OLD_KEY_FORK] && liar->fork.count > 0; }

/* The answer to whoever asks for blocks: true below the fork, the fork's from there on. */
static void blocks(struct liar *liar, struct message *message, const struct liar_peers *to)
{
    const struct message_blocks *in = &message->blocks;
    const struct liar_peers friends = both(to, &liar->plot), others = without(to, &liar->plot);
    if (!rewritten(liar) || in->count == 0) {
        liar_tell(liar, message_ref(message), to, 0);
        return;
    }
    liar_tell(liar, message_ref(message), &friends, 0);
    const uint32_t first = in->items[0].block->header.height, from = liar->fork.data[0].block->header.height;
    struct certified_block items[MESSAGE_BLOCKS_MAX];
    size_t count = 0;
    for (uint32_t i = 0; i < in->count && in->items[i].block->header.height < from; i++) items[count++] = in->items[i];
    const bool reaches = first >= from || count < in->count || (count > 0 && items[count - 1].block->header.height + 1 == from);
    for (size_t i = first > from ? first - from : 0; reaches && i < liar->fork.count && count < MESSAGE_BLOCKS_MAX; i++) items[count++] = liar->fork.data[i];
    if (count == 0) return;
    const uint32_t tip = vec_last(&liar->fork).block->header.height;
    liar_tell(liar, message_of_blocks(liar->config.domain, items, count, tip, NULL), &others, 0);
}

void liar_fork_set(struct liar *liar, const struct certified_block *fork, size_t count, const struct liar_peers *plot)
{
    fork_clear(liar);
    liar->plot = *plot;
    for (size_t i = 0; i < MIN(count, LIAR_BRANCH_MAX); i++) {
        const struct certified_block item = {block_ref(fork[i].block), certificate_ref(fork[i].certificate)};
        vec_push(&liar->fork, item);
    }
}

static void serve_items(struct liar *liar, const struct certified_block *items, size_t count, const struct liar_peers *to)
{
    const uint32_t tip = items[count - 1].block->header.height;
    for (size_t done = 0; done < count; done += MESSAGE_BLOCKS_MAX) {
        const size_t some = MIN(count - done, MESSAGE_BLOCKS_MAX);
        liar_tell(liar, message_of_blocks(liar->config.domain, items + done, some, tip, NULL), to, 0);
    }
}

void liar_serve(struct liar *liar)
{
    const struct liar_peers all = liar_everybody(liar), others = without(&all, &liar->plot);
    outs_clear(liar);
    if (rewritten(liar)) serve_items(liar, liar->fork.data, liar->fork.count, &others);
    if (liar->on[LIAR_PRIVATE_BRANCH] || liar->branch.count == 0) return;
    VEC(struct certified_block) items = {0};
    for (size_t i = 0; i < liar->branch.count; i++) vec_push(&items, ((struct certified_block){liar->branch.data[i], NULL}));
    serve_items(liar, items.data, items.count, &all);
    vec_done(&items);
    branch_clear(liar);
}

/* ---- the filter ---- */

void liar_send(struct liar *liar, struct message *message, const struct liar_peers *to)
{
    outs_clear(liar);
    switch (message->type) {
    case MESSAGE_PROPOSAL: propose(liar, message, to); return;
    case MESSAGE_VOTE: vote(liar, message, to); return;
    case MESSAGE_BLOCKS: blocks(liar, message, to); return;
    case MESSAGE_TIMEOUT:
    case MESSAGE_TXS:
    case MESSAGE_FINALITY:
    case MESSAGE_SYNC_REQUEST:
    case MESSAGE_BLOCK_REQUEST:
    case MESSAGE_TYPE_COUNT: break;
    }
    liar_tell(liar, message_ref(message), to, 0);
}

void liar_hear(struct liar *liar, const struct message *message)
{
    outs_clear(liar);
    if (message->type != MESSAGE_PROPOSAL) return;
    const struct block *block = message->proposal.block;
    if (!domain_eq(block->header.domain, liar->config.domain) || heard_has(liar, &block->hash)) return;
    heard_note(liar, block);
    if (liar->on[LIAR_VOTE_ALL_FORKS]) vote_for(liar, block);
}
