/* Puppet: one replica of four, and the test in the place of everybody else: it holds all keys and makes any block, certificate or
 * timeout certificate it likes. For tests of this room only. */
#ifndef CONSENSUS_TEST_PUPPET_H
#define CONSENSUS_TEST_PUPPET_H

#include "core/base/check.h"
#include "core/base/vec.h"
#include "network/consensus/replica.h"

#define PUPPETS 4
#define ALL 0xf

struct puppet {
    struct domain domain;
    struct params params;
    struct seckey keys[PUPPETS]; /* by member index */
    struct sign_suite suite;
    struct committee *committee, *next; /* next: of the second epoch, the same members */
    struct block *genesis;
    struct sigcache *cache;
    uint32_t self; /* leads rounds 4, 8, ... */
    struct replica *replica;
    uint64_t now_ms, skew_ms;
    uint32_t epoch_blocks;
    bool jailed;            /* the leader of round 1 is */
    enum code verdict;      /* of the ledger */
    VEC(struct vote) votes; /* what the replica sent since it was last cleared */
    VEC(struct message *) sent;
    VEC(struct evidence) evidence;
    uint32_t persisted_before_vote, alerts, finals;
    struct buf disk;
};

static inline struct hash puppet_state(const struct block *parent, uint64_t timestamp_ms)
{
    struct hasher h;
    hasher_init(&h, "adnet/puppet/v1");
    hasher_add(&h, &parent->header.state_root, 32);
    hasher_add_u64(&h, timestamp_ms);
    return hasher_final(&h);
}

static inline struct committee *puppet_next(const struct puppet *p, const struct replica_place *place)
{
    if (place->parent->header.height + 2 - place->epoch_first_height < p->epoch_blocks) return NULL;
    return committee_rebase(p->next, place->committee->epoch + 1, place->round + 1);
}

static inline enum code puppet_execute(void *ctx, const struct replica_place *place, struct block *block,
                                       struct replica_outcome *out)
{
    const struct puppet *p = ctx;
    const struct hash state = puppet_state(place->parent, block->header.timestamp_ms);
    if (p->verdict != CODE_NONE || !hash_eq(&state, &block->header.state_root)) return CODE_INVALID_BLOCK;
    out->next_committee = puppet_next(p, place);
    return CODE_NONE;
}

static inline bool puppet_build(void *ctx, const struct replica_place *place, struct header *out, struct tx *const **txs,
                                size_t *count, struct replica_outcome *outcome)
{
    out->state_root = puppet_state(place->parent, place->timestamp_ms);
    *txs = NULL;
    *count = 0;
    outcome->next_committee = puppet_next(ctx, place);
    return true;
}

static inline uint32_t puppet_leader(const struct committee *committee, uint64_t round)
{
    uint32_t leader;
    CHECK(committee_leader(committee, round, &leader));
    return leader;
}

static inline bool puppet_jailed(void *ctx, const struct block *parent, const struct address *member)
{
    const struct puppet *p = ctx;
    (void)parent;
    return p->jailed && address_eq(member, &p->committee->members[puppet_leader(p->committee, 1)].address);
}

static inline struct replica_time puppet_time(const struct puppet *p)
{
    return (struct replica_time){{p->now_ms * NS_PER_MS}, p->now_ms + p->skew_ms};
}

/* Takes down what the last input led to. */
static inline void puppet_note(struct puppet *p)
{
    bool persisted = false;
    for (size_t i = 0; i < replica_actions_count(p->replica); i++) {
        const struct replica_action *action = replica_action_at(p->replica, i);
        if (action->type == REPLICA_PERSIST) {
            persisted = true;
            buf_clear(&p->disk);
            votestate_encode(action->votes, &p->disk);
        }
        if (action->type == REPLICA_EVIDENCE) vec_push(&p->evidence, action->found.evidence);
        if (action->type == REPLICA_ALERT) p->alerts++;
        if (action->type == REPLICA_FINAL) p->finals++;
        if (action->type != REPLICA_SEND) continue;
        vec_push(&p->sent, message_ref(action->send.message));
        if (action->send.message->type != MESSAGE_VOTE) continue;
        p->persisted_before_vote += persisted;
        vec_push(&p->votes, action->send.message->vote);
    }
}

static inline void puppet_clear(struct puppet *p)
{
    for (size_t i = 0; i < p->sent.count; i++) message_unref(p->sent.data[i]);
    vec_clear(&p->sent);
    vec_clear(&p->votes);
    vec_clear(&p->evidence);
    p->alerts = p->finals = p->persisted_before_vote = 0;
}

static inline struct message *puppet_sent(const struct puppet *p, enum message_type type)
{
    for (size_t i = p->sent.count; i-- > 0;)
        if (p->sent.data[i]->type == type) return p->sent.data[i];
    return NULL;
}

static inline struct replica_config puppet_config(struct puppet *p)
{
    return (struct replica_config){.domain = p->domain,
                                   .params = &p->params,
                                   .genesis = p->genesis,
                                   .committee = p->committee,
                                   .key = &p->keys[p->self],
                                   .validator = p->committee->members[p->self].address,
                                   .suite = p->suite,
                                   .verifier = verifier_of_cache(p->cache),
                                   .ledger = {p, puppet_execute, puppet_build, puppet_jailed}};
}

static inline void puppet_open(struct puppet *p)
{
    struct member members[PUPPETS] = {0};
    memset(p, 0, sizeof(*p));
    p->domain = domain_of(CHAIN_ALPHA, NETWORK_TESTNET);
    p->suite = (struct sign_suite){SIGN_SIMULATED};
    p->cache = sigcache_new(p->suite, 4096);
    params_init(&p->params, PROFILE_TEST, CHAIN_ALPHA);
    p->epoch_blocks = 1000;
    p->now_ms = instant_ms(INSTANT_GENESIS);
    struct seckey keys[PUPPETS];
    for (uint8_t i = 0; i < PUPPETS; i++) {
        uint8_t seed[32] = {i, 1};
        seckey_from_seed(p->suite, seed, &keys[i]);
        members[i] = (struct member){address_of_key(&keys[i].pub), keys[i].pub, AMOUNT(10), ""};
    }
    p->committee = committee_new(0, 1, members, PUPPETS);
    p->next = committee_new(1, 1, members, PUPPETS);
    for (uint32_t i = 0; i < PUPPETS; i++)
        for (uint32_t k = 0; k < PUPPETS; k++)
            if (pubkey_eq(&keys[k].pub, &p->committee->members[i].consensus_key)) p->keys[i] = keys[k];
    const struct header header = {.domain = p->domain,
                                  .timestamp_ms = p->now_ms,
                                  .committee_hash = p->committee->hash,
                                  .next_committee_hash = p->committee->hash};
    p->genesis = block_new(&header, &(struct signature){{0}}, NULL, NULL, NULL, 0);
    p->self = puppet_leader(p->committee, 4);
    const struct replica_config config = puppet_config(p);
    p->replica = replica_new(&config);
    replica_start(p->replica, puppet_time(p));
    puppet_note(p);
}

static inline void puppet_close(struct puppet *p)
{
    puppet_clear(p);
    vec_done(&p->sent);
    vec_done(&p->votes);
    vec_done(&p->evidence);
    buf_done(&p->disk);
    replica_free(p->replica);
    block_unref(p->genesis);
    committee_unref(p->committee);
    committee_unref(p->next);
    sigcache_free(p->cache);
}

/* A block as the leader of `round` would make it; the caller may change the header and sign again. Leaks nothing: refs are the
 * caller's. */
static inline struct block *puppet_block(const struct puppet *p, const struct block *parent, struct certificate *justify,
                                         uint64_t round, struct timeoutcert *tc)
{
    const uint32_t leader = puppet_leader(p->committee, round);
    const uint64_t timestamp_ms = MAX(p->now_ms, parent->header.timestamp_ms + 1);
    struct header h = {.domain = p->domain,
                       .height = parent->header.height + 1,
                       .round = round,
                       .timestamp_ms = timestamp_ms,
                       .justify_round = parent->header.round,
                       .parent_hash = parent->hash,
                       .justify_hash = parent->hash,
                       .state_root = puppet_state(parent, timestamp_ms),
                       .committee_hash = p->committee->hash,
                       .next_committee_hash = p->committee->hash,
                       .proposer = p->committee->members[leader].address};
    const struct hash hash = header_hash(&h);
    const struct signature signature = header_sign(&hash, p->suite, &p->keys[leader]);
    return block_new(&h, &signature, justify, tc, NULL, 0);
}

/* The same block with another header, signed by its proposer (or by `signer`). */
static inline struct block *puppet_resign(const struct puppet *p, const struct block *block, const struct header *header,
                                          uint32_t signer)
{
    const struct hash hash = header_hash(header);
    const struct signature signature = header_sign(&hash, p->suite, &p->keys[signer]);
    return block_new(header, &signature, block->justify, block->tc, NULL, 0);
}

static inline struct vote puppet_vote(const struct puppet *p, const struct block *block, uint32_t member)
{
    struct vote vote = {.domain = p->domain,
                        .height = block->header.height,
                        .round = block->header.round,
                        .block_hash = block->hash,
                        .voter = p->committee->members[member].address};
    vote_sign(&vote, p->suite, &p->keys[member]);
    return vote;
}

static inline struct certificate *puppet_certificate(const struct puppet *p, const struct block *block, uint32_t mask)
{
    uint32_t signers[PUPPETS];
    struct signature signatures[PUPPETS];
    size_t count = 0;
    for (uint32_t i = 0; i < PUPPETS; i++) {
        if ((mask & (1u << i)) == 0) continue;
        signers[count] = i;
        signatures[count++] = puppet_vote(p, block, i).signature;
    }
    return certificate_new(block->header.height, block->header.round, &block->hash, p->committee, signers, signatures, count);
}

static inline struct timeout puppet_timeout(const struct puppet *p, uint64_t round, uint64_t high_round, uint32_t member)
{
    struct timeout timeout = {
        .domain = p->domain, .round = round, .high_round = high_round, .voter = p->committee->members[member].address};
    timeout_sign(&timeout, p->suite, &p->keys[member]);
    return timeout;
}

static inline struct timeoutcert *puppet_timeoutcert(const struct puppet *p, uint64_t round, struct certificate *high,
                                                     uint32_t mask)
{
    uint32_t signers[PUPPETS];
    uint64_t rounds[PUPPETS];
    struct signature signatures[PUPPETS];
    size_t count = 0;
    for (uint32_t i = 0; i < PUPPETS; i++) {
        if ((mask & (1u << i)) == 0) continue;
        signers[count] = i;
        rounds[count] = high == NULL ? 0 : high->round;
        signatures[count] = puppet_timeout(p, round, rounds[count], i).signature;
        count++;
    }
    return timeoutcert_new(round, p->committee, high, signers, rounds, signatures, count);
}

static inline void puppet_give(struct puppet *p, struct message *message)
{
    replica_receive(p->replica, puppet_time(p), 7, message);
    puppet_note(p);
    message_unref(message);
}

static inline void puppet_propose(struct puppet *p, struct block *block) { puppet_give(p, message_of_proposal(block, NULL)); }

static inline void puppet_tick(struct puppet *p, uint64_t ms)
{
    p->now_ms += ms;
    replica_tick(p->replica, puppet_time(p));
    puppet_note(p);
}

static inline struct replica_status puppet_status(const struct puppet *p)
{
    struct replica_status status;
    replica_status(p->replica, &status);
    return status;
}

static inline void unref_all(struct block *const *blocks, struct certificate *const *certificates, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        block_unref(blocks[i]);
        if (certificates != NULL) certificate_unref(certificates[i]);
    }
}

/* blocks[0..count) of rounds 1.., each certified by all; given to the replica as proposals. */
static inline void chain_give(struct puppet *p, struct block **blocks, struct certificate **certificates, size_t count)
{
    struct block *parent = p->genesis;
    struct certificate *justify = NULL;
    for (size_t i = 0; i < count; i++) {
        blocks[i] = puppet_block(p, parent, justify, i + 1, NULL);
        certificates[i] = puppet_certificate(p, blocks[i], ALL);
        puppet_propose(p, blocks[i]);
        parent = blocks[i];
        justify = certificates[i];
    }
}

#endif
