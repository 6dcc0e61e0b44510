#include "network/consensus/replica_priv.h"

/* ---- actions ---- */

struct replica_action *action_push(struct replica *r, enum replica_action_type type)
{
    struct replica_action action;
    memset(&action, 0, sizeof(action));
    action.type = type;
    vec_push(&r->actions, action);
    return &vec_last(&r->actions);
}

void action_block(struct replica *r, enum replica_action_type type, struct block *block, struct certificate *certificate)
{
    struct replica_action *action = action_push(r, type);
    action->block.block = block_ref(block);
    action->block.certificate = certificate_ref(certificate);
}

static struct replica_action *send_push(struct replica *r, struct message *message, enum replica_to to)
{
    struct replica_action action;
    memset(&action, 0, sizeof(action));
    action.type = REPLICA_SEND;
    action.send.message = message;
    action.send.to = to;
    vec_push(&r->sends, action);
    return &vec_last(&r->sends);
}

void send_all(struct replica *r, struct message *message) { (void)send_push(r, message, REPLICA_TO_ALL); }

void send_validator(struct replica *r, const struct address *to, struct message *message)
{
    send_push(r, message, REPLICA_TO_VALIDATOR)->send.validator = *to;
}

void send_peer(struct replica *r, uint32_t peer, struct message *message)
{
    if (peer == NOBODY) {
        message_unref(message);
        return;
    }
    send_push(r, message, REPLICA_TO_PEER)->send.peer = peer;
}

static void actions_release(struct replica *r)
{
    for (size_t i = 0; i < r->actions.count; i++) {
        struct replica_action *action = &r->actions.data[i];
        switch (action->type) {
        case REPLICA_SEND: message_unref(action->send.message); break;
        case REPLICA_STORE_BLOCK:
        case REPLICA_STORE_CERTIFICATE:
        case REPLICA_HEAD:
        case REPLICA_FINAL:
        case REPLICA_ORPHANED:
        case REPLICA_ALERT:
        case REPLICA_REWOUND:
            block_unref(action->block.block);
            certificate_unref(action->block.certificate);
            break;
        case REPLICA_PERSIST:
        case REPLICA_STORE_EPOCH:
        case REPLICA_ROUND:
        case REPLICA_EVIDENCE: break;
        }
    }
    vec_clear(&r->actions);
}

size_t replica_actions_count(const struct replica *r) { return r->actions.count; }

const struct replica_action *replica_action_at(const struct replica *r, size_t i)
{
    ASSERT(i < r->actions.count);
    return &r->actions.data[i];
}

/* ---- life ---- */

static void epoch_first_set(struct replica *r, const struct replica_config *config)
{
    const struct replica_epoch first = {.committee = config->committee, .base = {config->genesis, NULL}};
    epoch_set(r, &first);
    r->first = (struct replica_epoch){.committee = config->committee == NULL ? NULL : committee_ref(config->committee),
                                      .base = {block_ref(config->genesis), NULL}};
    r->root = tree_add(r, config->genesis, NULL, config->committee, 1);
    r->head = r->root;
    r->lock = (struct votestate_lock){config->genesis->hash, 0, 0};
}

struct replica *replica_new(const struct replica_config *config)
{
    ASSERT(config->genesis != NULL && config->genesis->header.height == 0);
    struct replica *r = base_alloc(sizeof(*r));
    r->domain = config->domain;
    r->params = *config->params;
    r->validator = config->validator;
    r->suite = config->suite;
    r->verifier = config->verifier;
    r->ledger = config->ledger;
    r->store = config->store;
    r->checkpoint = config->checkpoint;
    r->weak = config->weak;
    r->rewind_from = NOBODY;
    r->has_key = config->key != NULL;
    if (r->has_key) r->key = *config->key;
    map_init(&r->twigs, sizeof(struct hash), sizeof(struct twig *));
    map_init(&r->loose, sizeof(struct hash), sizeof(struct certificate *));
    map_init(&r->refused, sizeof(struct hash), 1);
    votestate_init(&r->votes, config->domain, &config->validator);
    r->timeout_ms = r->params.round_timeout_ms;
    r->timer_at = r->deadline = r->share_at = INSTANT_NEVER;
    epoch_first_set(r, config);
    return r;
}

void replica_free(struct replica *r)
{
    if (r == NULL) return;
    for (size_t i = 0; i < r->sends.count; i++) message_unref(r->sends.data[i].send.message);
    actions_release(r);
    vec_done(&r->actions);
    vec_done(&r->sends);
    timeouts_clear(r);
    vec_done(&r->timeouts);
    for (size_t i = 0; i < r->tallies.count; i++) tally_free(r->tallies.data[i].tally);
    vec_done(&r->tallies);
    for (size_t i = 0; i < r->headers.count; i++) header_free(&r->headers.data[i]);
    vec_done(&r->headers);
    for (size_t i = 0; i < r->parked.count; i++) {
        block_unref(r->parked.data[i].block);
        certificate_unref(r->parked.data[i].certificate);
        finality_unref(r->parked.data[i].proof);
    }
    vec_done(&r->parked);
    for (size_t i = 0; i < r->strays.count; i++) block_unref(r->strays.data[i]);
    vec_done(&r->strays);
    vec_done(&r->wants);
    vec_done(&r->absent);
    for (size_t i = map_next(&r->loose, 0); i != MAP_END; i = map_next(&r->loose, i + 1))
        certificate_unref(*(struct certificate **)map_value_at(&r->loose, i));
    map_done(&r->loose);
    map_done(&r->refused);
    tree_clear(r);
    map_done(&r->twigs);
    certificate_unref(r->high);
    certificate_unref(r->entry_certificate);
    timeoutcert_unref(r->entry_tc);
    block_unref(r->template);
    finality_unref(r->root_proof);
    votestate_done(&r->votes);
    const struct replica_epoch none = {0};
    epoch_set(r, &none);
    committee_unref(r->first.committee);
    block_unref(r->first.base.block);
    seckey_wipe(&r->key);
    base_free(r);
}

/* ---- restoring ---- */

static void restore_base(struct replica *r, const struct replica_restored *in)
{
    if (in->epoch != NULL) epoch_set(r, in->epoch);
    const bool below = in->final.block == NULL || in->final.block->header.height < r->epoch.base.block->header.height;
    const struct certified_block final = below ? r->epoch.base : in->final;
    tree_clear(r);
    const bool at_base = hash_eq(&final.block->hash, &r->epoch.base.block->hash);
    struct committee *voters = at_base && r->epoch.previous != NULL ? r->epoch.previous : r->epoch.committee;
    r->root = tree_add(r, final.block, NULL, voters, r->epoch.base.block->header.height + 1);
    r->head = r->root;
    r->root->received = (struct instant){0};
    r->root->certificate = certificate_ref(final.certificate);
    if (at_base && r->epoch.previous != NULL) r->root->next = committee_ref(r->epoch.committee);
    certificate_unref(r->high);
    r->high = certificate_ref(final.certificate);
    r->lock = (struct votestate_lock){final.block->hash, final.block->header.round, final.block->header.height};
    finality_unref(r->root_proof);
    if (in->final.block != NULL && below)
        action_block(r, REPLICA_FINAL, final.block, final.certificate); /* the store lost that word */
    r->root_proof = at_base ? finality_ref(r->epoch.proof) : NULL;
}

void replica_restore(struct replica *r, const struct replica_restored *in)
{
    ASSERT(!r->started);
    if (in->votes != NULL) {
        votestate_done(&r->votes);
        votestate_copy(&r->votes, in->votes);
    }
    restore_base(r, in);
    for (size_t i = 0; i < in->tentative_count; i++) {
        const struct arrival arrival = {
            .block = in->tentative[i].block, .certificate = in->tentative[i].certificate, .from = NOBODY};
        (void)admit_block(r, &arrival);
    }
    votes_adopt(r);
}

static void round_first(struct replica *r)
{
    if (r->round == 0) round_enter(r, 1, ENTRY_START, NULL, NULL);
    if (certificate_round(r->high) >= r->round) round_enter(r, r->high->round + 1, ENTRY_CERTIFICATE, r->high, NULL);
    if (r->epoch.proof != NULL) {
        const struct header *last = &r->epoch.proof->headers[r->epoch.proof->headers_count - 1];
        if (last->round >= r->round) round_enter(r, last->round + 1, ENTRY_PROOF, NULL, NULL);
    }
    round_resume(r);
}

/* ---- inputs ---- */

void replica_begin(struct replica *r, struct replica_time now)
{
    actions_release(r);
    ASSERT(r->sends.count == 0);
    ASSERT(!instant_before(now.now, r->now.now)); /* the host's clock for timers goes forward */
    r->now = now;
    r->persist = r->quiet = false;
}

/* Votes for what this round offers, until nothing follows from anything any more. */
static void settle(struct replica *r)
{
    bool again = true;
    while (again) {
        again = false;
        admit_settle(r);
        for (size_t i = map_next(&r->twigs, 0); i != MAP_END && !again; i = map_next(&r->twigs, i + 1))
            again = vote_try(r, *(struct twig **)map_value_at(&r->twigs, i));
        if (again) continue;
        const uint64_t round = r->round;
        timeouts_count(r);
        again = r->round != round;
    }
    head_update(r);
}

void replica_finish(struct replica *r)
{
    if (r->rewind_from != NOBODY) sync_rewind(r);
    if (r->started && r->epoch.committee != NULL && !r->quiet) settle(r);
    if (r->persist) action_push(r, REPLICA_PERSIST)->votes = &r->votes;
    for (size_t i = 0; i < r->sends.count; i++) vec_push(&r->actions, r->sends.data[i]);
    vec_clear(&r->sends);
}

void replica_start(struct replica *r, struct replica_time now)
{
    ASSERT(!r->started);
    r->now = now;
    r->persist = false;
    r->started = true;
    if (r->epoch.committee != NULL) {
        votes_adopt(r);
        round_first(r);
        r->round_began = now.now;
        r->timer_at = r->deadline = instant_add(now.now, duration_ms(r->timeout_ms));
        if (r->round == r->votes.timed_out.round) r->timer_at = now.now; /* repeats the bytes it has signed */
    }
    replica_finish(r);
}

/* Most votes are one more of many: nothing follows from them. */
static bool vote_is_quiet(struct replica *r, const struct vote *vote, uint32_t from)
{
    const struct certificate *high = r->high;
    const uint64_t round = r->round;
    tally_vote(r, vote, from, false);
    return r->round == round && r->high == high && r->actions.count == 0 && r->sends.count == 0;
}

void replica_receive(struct replica *r, struct replica_time now, uint32_t from, struct message *message)
{
    replica_begin(r, now);
    if (r->started && domain_eq(message->domain, r->domain)) {
        switch (message->type) {
        case MESSAGE_PROPOSAL: {
            const struct arrival in = {
                .block = message->proposal.block, .proof = message->proposal.epoch_proof, .from = from, .proposal = true};
            if (r->epoch.committee != NULL) (void)admit_block(r, &in);
            break;
        }
        case MESSAGE_VOTE: r->quiet = vote_is_quiet(r, &message->vote, from); break;
        case MESSAGE_TIMEOUT: timeout_take(r, from, &message->timeout); break;
        case MESSAGE_FINALITY:
            if (r->epoch.committee != NULL) (void)proof_take(r, message->finality, from);
            break;
        case MESSAGE_SYNC_REQUEST: sync_answer(r, from, &message->sync_request); break;
        case MESSAGE_BLOCK_REQUEST: sync_answer_block(r, from, &message->block_request); break;
        case MESSAGE_BLOCKS:
            if (r->epoch.committee != NULL) sync_blocks(r, from, &message->blocks);
            break;
        case MESSAGE_TXS:
        case MESSAGE_TYPE_COUNT: break;
        }
    }
    replica_finish(r);
}

void replica_tick(struct replica *r, struct replica_time now)
{
    replica_begin(r, now);
    if (r->started && r->epoch.committee != NULL) {
        if (!instant_before(now.now, propose_due(r))) propose(r);
        if (!r->held && !instant_before(now.now, r->share_at)) share_fire(r);
        if (!r->held && !instant_before(now.now, r->timer_at)) timer_fire(r);
        sync_tick(r);
    }
    replica_finish(r);
}

struct instant replica_wake(const struct replica *r)
{
    if (!r->started || r->epoch.committee == NULL) return INSTANT_NEVER;
    struct instant due = r->held ? INSTANT_NEVER : r->timer_at;
    const struct instant proposal = propose_due(r), sync = sync_due(r);
    if (instant_before(proposal, due)) due = proposal;
    if (!r->held && instant_before(r->share_at, due)) due = r->share_at;
    if (instant_before(sync, due)) due = sync;
    return due;
}

void replica_hold(struct replica *r, struct replica_time now, bool held)
{
    replica_begin(r, now);
    if (r->held && !held && r->started) r->timer_at = r->deadline = instant_add(now.now, duration_ms(r->timeout_ms));
    r->held = held;
    replica_finish(r);
}

void replica_set_external(struct replica *r, struct replica_time now, bool external)
{
    replica_begin(r, now);
    r->external = external;
    replica_finish(r);
}

void replica_sync_with(struct replica *r, struct replica_time now, uint32_t peer)
{
    replica_begin(r, now);
    if (r->epoch.committee != NULL) sync_ahead(r, peer, 0);
    replica_finish(r);
}

void replica_set_weak(struct replica *r, const struct replica_weak *weak)
{
    r->weak = *weak;
    if (r->started && r->epoch.committee != NULL) round_leader(r);
}

void replica_set_params(struct replica *r, const struct params *params) { r->params = *params; }
