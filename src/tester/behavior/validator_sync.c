/* A validator answers for its node: it follows the chain as the node has it, and puts its name under a checkpoint. */
#include "tester/behavior/validator_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tester/behavior/peers.h"
#include "tester/bot/claim.h"
#include "tester/bot/proven.h"
#include "tester/client/pager.h"
#include "tester/client/trust.h"

#define BLOCKS_PAGE 50u /* AB7 gives no more */
#define CHECKPOINTS_PAGE 100u

static bool has_node(const struct act *act, struct op *op)
{
    if (act->bot != NULL && act->bot->seat.number > 0) return true;
    op->status = OP_SKIPPED;
    op_note(op, "the bot carries no validator's keys");
    return false;
}

static struct alpha own_view(const struct act *act, enum chain_id chain)
{
    struct alpha own = *crew_client(act->crew, chain);
    own.view = str_of(act->bot->seat.name);
    return own;
}

static void number_tell(struct act *act, const char *name, uint64_t number)
{
    char text[24];
    const int len = snprintf(text, sizeof(text), "%" PRIu64, number);
    act_output(act, str_of(name), (struct str){text, (size_t)len});
}

/* ---- validator.sync ---- */

/* What was seen of two views' blocks, page by page. */
struct comparison {
    uint32_t next; /* height */
    bool linked, same; /* so far */
    uint32_t where;    /* the first height at which one of them is not so */
    struct hash last;  /* hash and state root of the peers' newest block */
    struct hash root;
};

static const struct page *blocks_read(struct act *act, const struct alpha *view, uint32_t start, uint32_t end, struct answer *answer)
{
    uint64_t wait = 0;
    const struct page *page;
    do page = alpha_blocks(view, start, end, act_deadline(act, ACT_READ_TIMEOUT), answer);
    while (page == NULL && act_again(act, answer, &wait));
    return page;
}

static void page_compare(struct comparison *c, const struct page *here, const struct page *there)
{
    const struct block_view *own = here->items, *others = there->items;
    for (uint32_t i = 0; i < MIN(here->count, there->count); i++) {
        const bool linked = hash_is_zero(&c->last) || hash_eq(&own[i].header.parent_hash, &c->last);
        const bool same = hash_eq(&own[i].hash, &others[i].hash) && own[i].header.height == c->next;
        if (c->linked && c->same && !(linked && same)) c->where = c->next;
        c->linked = c->linked && linked;
        c->same = c->same && same;
        c->last = own[i].hash;
        c->root = others[i].header.state_root;
        c->next++;
    }
}

/* One page of both. False: it was not told; op says. */
static bool page_follow(struct act *act, const struct alpha *own, const struct alpha *peers, uint32_t end, struct comparison *c, struct op *op)
{
    struct answer mine, theirs;
    const struct page *here = blocks_read(act, own, c->next, end, &mine);
    if (here == NULL) (void)act_fail(op, &mine); /* op tells */
    const struct page *there = here != NULL ? blocks_read(act, peers, c->next, end, &theirs) : NULL;
    if (here != NULL && there == NULL) (void)act_fail(op, &theirs);
    const bool both = here != NULL && there != NULL;
    const bool whole = both && here->count > 0 && here->count == there->count;
    if (both) page_compare(c, here, there);
    if (both && !whole) c->same = false;
    if (both && !whole && c->where == 0) c->where = c->next;
    answer_done(&mine);
    if (here != NULL) answer_done(&theirs);
    return both;
}

/* From which height on: a node that began with a checkpoint has nothing below. */
static bool start_of(struct act *act, const struct alpha *own, uint32_t *out, struct op *op)
{
    struct answer answer;
    struct anchor anchor;
    uint64_t wait = 0;
    const struct block_view *block;
    do block = alpha_block(own, *out, false, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (block == NULL && act_again(act, &answer, &wait));
    const bool has = block != NULL, hidden = !has && answer.status == ANSWER_REFUSED && answer.code == CODE_BLOCK_NOT_FOUND;
    if (!has && !hidden) (void)act_fail(op, &answer);
    answer_done(&answer);
    if (!hidden) return has;
    if (!peers_anchor(act, own, &anchor, op)) return false;
    *out = MAX(*out, anchor.height);
    return true;
}

static bool root_read(struct act *act, const struct alpha *view, uint32_t height, struct hash *out, struct op *op)
{
    struct answer answer;
    uint64_t wait = 0;
    bool told;
    do told = alpha_state_root_at(view, height, act_deadline(act, ACT_READ_TIMEOUT), out, &answer);
    while (!told && act_again(act, &answer, &wait));
    if (!told) (void)act_fail(op, &answer);
    answer_done(&answer);
    return told;
}

static bool sync_chain(struct act *act, enum chain_id chain, struct op *op)
{
    if (!act_on(act, chain, op)) return false;
    const struct alpha peers = *crew_client(act->crew, chain), own = own_view(act, chain);
    uint32_t wanted, reached, from = MAX((uint32_t)MIN(act_u64(act, "from_height"), UINT32_MAX), 1);
    struct hash root;
    if (!peers_final(act, &peers, &wanted, op) || !peers_catch_up(act, &own, wanted, &reached, op)) return false;
    if (!act_claim(act, "its node comes to the final height of its peers", reached >= wanted, "%" PRIu32 " of %" PRIu32, reached, wanted)) return false;
    if (from > wanted) {
        op->status = OP_SKIPPED;
        op_note(op, "the chain has not come that far");
        return false;
    }
    if (!start_of(act, &own, &from, op)) return false;
    struct comparison c = {.next = from, .linked = true, .same = true};
    while (c.next <= wanted && c.same && !act_is_closing(act))
        if (!page_follow(act, &own, &peers, MIN(c.next + BLOCKS_PAGE, wanted + 1), &c, op)) return false;
    if (!act_claim(act, "each of its blocks builds on the one before", c.linked, "not at height %" PRIu32, c.where)) return false;
    if (!act_claim(act, "its blocks are those of its peers", c.same, "not at height %" PRIu32, c.where)) return false;
    if (c.next <= wanted) { /* the phase is over; what was compared is the same */
        op->status = OP_TIMED_OUT;
        return false;
    }
    if (!root_read(act, &own, wanted, &root, op)) return false;
    return act_claim(act, "its state is the one in the block of its peers", hash_eq(&root, &c.root), "not at height %" PRIu32, wanted);
}

void validator_sync(struct act *act, struct op *op)
{
    uint32_t height;
    if (!has_node(act, op)) return;
    op->sent = env_now(act->crew->env);
    if (crew_has(act->crew, CHAIN_DELTA) && !sync_chain(act, CHAIN_DELTA, op)) return;
    if (!sync_chain(act, CHAIN_ALPHA, op)) return;
    op->admitted = env_now(act->crew->env);
    if (crew_has(act->crew, CHAIN_DELTA)) op->chain = OP_BOTH;
    const struct alpha own = own_view(act, CHAIN_ALPHA);
    if (peers_final(act, &own, &height, op)) number_tell(act, "height", height);
}

/* ---- validator.sign_checkpoint ---- */

/* "1200", "head" or "head-1000". False: neither, and op says so. */
static bool limit_of(struct act *act, uint32_t head, uint32_t *out, struct op *op)
{
    struct arena arena;
    uint64_t number = 0;
    arena_init(&arena, 0);
    const struct str text = act_text(act, "height", &arena);
    const bool back = str_starts(text, STR("head"));
    const struct str rest = back ? str_sub(text, 4, text.len) : text;
    bool good = back && rest.len == 0;
    if (!good) good = str_to_u64(back && str_starts(rest, STR("-")) ? str_sub(rest, 1, rest.len) : rest, &number) && (!back || rest.data[0] == '-');
    arena_done(&arena);
    *out = back ? (number < head ? head - (uint32_t)number : 0) : (uint32_t)MIN(number, UINT32_MAX);
    if (good) return true;
    op->status = OP_SKIPPED;
    op_note(op, "a height is a number, \"head\" or \"head-1000\"");
    return false;
}

/* The newest epoch end at `limit` or below, as the validator's own node has it. out->height 0: there is none. */
static bool checkpoint_find(struct act *act, const struct alpha *own, uint32_t limit, struct checkpoint_view *out, struct op *op)
{
    *out = (struct checkpoint_view){0};
    for (struct pager pager = {0}; pager_more(&pager);) {
        struct answer answer;
        uint64_t wait = 0;
        const struct page *page;
        do page = alpha_checkpoints(own, CHECKPOINTS_PAGE, pager_cursor(&pager), act_deadline(act, ACT_READ_TIMEOUT), &answer);
        while (page == NULL && act_again(act, &answer, &wait));
        const struct checkpoint_view *items = page != NULL ? page->items : NULL;
        for (uint32_t i = 0; page != NULL && i < page->count; i++)
            if (items[i].height <= limit && items[i].height > out->height) *out = items[i];
        const bool told = pager_turn(&pager, page, &answer);
        if (!told) (void)act_fail(op, &answer); /* op tells */
        if (told && (page->count == 0 || items[page->count - 1].height >= limit)) pager_stop(&pager);
        answer_done(&answer);
        if (!told) return false;
    }
    return true;
}

/* The header of the checkpoint's block, from a proof; without trust, as the peers tell it. */
static bool end_read(struct act *act, const struct checkpoint_view *checkpoint, struct header *out, struct op *op)
{
    const struct trust *trust = act->crew->trust[chain_index(CHAIN_ALPHA)];
    if (!proven_height(act, CHAIN_ALPHA, checkpoint->height)) return false;
    const struct header *proven = trust != NULL ? trust_header(trust, checkpoint->height) : NULL;
    if (proven != NULL) {
        *out = *proven;
        return true;
    }
    struct answer answer;
    uint64_t wait = 0;
    const struct block_view *block;
    do block = alpha_block(crew_client(act->crew, CHAIN_ALPHA), checkpoint->height, false, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (block == NULL && act_again(act, &answer, &wait));
    if (block != NULL) *out = block->header;
    else (void)act_fail(op, &answer);
    answer_done(&answer);
    return block != NULL;
}

/* Whether it was a member of the committee that ended there, which must be the one that the checkpoint names. */
static bool was_member(struct act *act, const struct checkpoint_view *checkpoint, uint64_t round, struct op *op)
{
    struct answer answer;
    uint64_t wait = 0;
    uint32_t index;
    const struct committee_view *view;
    do view = alpha_committee(crew_client(act->crew, CHAIN_ALPHA), round, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    if (view == NULL) (void)act_fail(op, &answer);
    const bool named = view != NULL && hash_eq(&view->committee->hash, &checkpoint->committee_hash);
    const bool member = view != NULL && committee_find(view->committee, &act->bot->identity.address, &index);
    const bool told = view != NULL;
    answer_done(&answer);
    if (!told || !act_claim(act, "the committee of its round is the one that it names", named, "not in round %" PRIu64, round)) return false;
    if (member) return true;
    op->status = OP_SKIPPED;
    op_note(op, "it was no member of the committee that ended there");
    return false;
}

/* Whether its node has seen another vote of its for that round: then it must not sign (api 6.2: at most one a round). */
static bool voted_otherwise(struct act *act, const struct alpha *own, const struct vote *vote, bool *out, struct op *op)
{
    struct answer answer;
    uint64_t wait = 0;
    const struct page *page;
    do page = alpha_votes(own, vote->height, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    const struct vote_seen *items = page != NULL ? page->items : NULL;
    *out = false;
    for (uint32_t i = 0; page != NULL && i < page->count; i++)
        *out = *out || (address_eq(&items[i].vote.voter, &vote->voter) && items[i].vote.round == vote->round && !hash_eq(&items[i].vote.block_hash, &vote->block_hash));
    const bool told = page != NULL;
    if (!told) (void)act_fail(op, &answer);
    answer_done(&answer);
    return told;
}

/* The key that the chain has for it verifies what it signed. */
static bool claim_signed(struct act *act, const struct vote *vote, struct op *op)
{
    struct answer answer;
    uint64_t wait = 0;
    const struct validator_view *view;
    const struct verifier verifier = verifier_plain(&act->crew->suite);
    do view = alpha_validator(crew_client(act->crew, CHAIN_ALPHA), &vote->voter, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    const bool told = view != NULL, stands = told && vote_check(vote, &view->consensus_key, &verifier);
    if (!told) (void)act_fail(op, &answer);
    answer_done(&answer);
    return told && act_claim(act, "its signature stands by the key that the chain has for it", stands, "at height %" PRIu32, vote->height);
}

static void signed_tell(struct act *act, const struct vote *vote)
{
    char text[2 * sizeof(vote->signature) + 1];
    number_tell(act, "height", vote->height);
    str_hex(vote->block_hash.b, sizeof(vote->block_hash.b), text);
    act_output(act, STR("block_hash"), (struct str){text, 2 * sizeof(vote->block_hash.b)});
    str_hex(vote->signature.b, sizeof(vote->signature.b), text);
    act_output(act, STR("signature"), (struct str){text, 2 * sizeof(vote->signature.b)});
}

void validator_sign_checkpoint(struct act *act, struct op *op)
{
    struct checkpoint_view checkpoint;
    struct header end;
    uint32_t head, limit;
    bool otherwise;
    if (!has_node(act, op) || !act_on(act, CHAIN_ALPHA, op)) return;
    const struct alpha own = own_view(act, CHAIN_ALPHA);
    op->sent = env_now(act->crew->env);
    if (!peers_final(act, crew_client(act->crew, CHAIN_ALPHA), &head, op) || !limit_of(act, head, &limit, op) || !checkpoint_find(act, &own, limit, &checkpoint, op)) return;
    if (checkpoint.height == 0) {
        op->status = OP_SKIPPED;
        op_note(op, "no epoch had ended by then");
        return;
    }
    if (!end_read(act, &checkpoint, &end, op)) return;
    const struct hash hash = header_hash(&end);
    if (!act_claim(act, "the checkpoint is a proven end of an epoch",
                   hash_eq(&hash, &checkpoint.hash) && header_is_epoch_end(&end) && hash_eq(&end.state_root, &checkpoint.state_root) &&
                       hash_eq(&end.next_committee_hash, &checkpoint.next_committee_hash),
                   "not at height %" PRIu32, checkpoint.height))
        return;
    if (!was_member(act, &checkpoint, end.round, op)) return;
    struct vote vote = {.domain = crew_domain(act->crew, CHAIN_ALPHA), .height = end.height, .round = end.round, .block_hash = hash, .voter = act->bot->identity.address};
    if (!voted_otherwise(act, &own, &vote, &otherwise, op) || !act_claim(act, "it voted for no other block there", !otherwise, "in round %" PRIu64, vote.round)) return;
    vote_sign(&vote, act->crew->suite, &act->bot->seat.consensus);
    if (claim_signed(act, &vote, op)) signed_tell(act, &vote);
    op->admitted = env_now(act->crew->env);
}
