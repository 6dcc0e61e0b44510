/* The family `node`: a node that has nothing joins the network, starts from a checkpoint that whoever runs the network trusts, and catches up. */
#include "tester/behavior/families_priv.h"
#include "tester/bot/claim.h"
#include "tester/bot/tide.h"
#include "tester/client/admin.h"

/* PT-L-075: a node that has not caught up by then does not. */
#define SYNC_TIMEOUT duration_s(300)

/* The end of an epoch, as a view tells it: where its history may begin. height 0: it knows none. */
struct anchor {
    uint32_t height;
    struct hash hash;
};

static bool final_read(struct act *act, const struct alpha *view, uint32_t *out, struct op *op)
{
    struct answer answer;
    uint64_t wait = 0;
    bool told;
    do told = alpha_height_final(view, act_deadline(act, ACT_READ_TIMEOUT), out, &answer);
    while (!told && act_again(act, &answer, &wait));
    if (!told) (void)act_fail(op, &answer);
    answer_done(&answer);
    return told;
}

static bool hash_read(struct act *act, const struct alpha *view, uint32_t height, struct hash *out, struct op *op)
{
    struct answer answer;
    uint64_t wait = 0;
    const struct block_view *block;
    do block = alpha_block(view, height, false, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (block == NULL && act_again(act, &answer, &wait));
    if (block != NULL) *out = block->hash;
    else (void)act_fail(op, &answer);
    answer_done(&answer);
    return block != NULL;
}

/* The lowest epoch end that the view can show: for a node that began with a checkpoint, that one. */
static bool anchor_read(struct act *act, const struct alpha *view, struct anchor *out, struct op *op)
{
    struct answer answer;
    uint64_t wait = 0;
    const struct page *page;
    do page = alpha_checkpoints(view, 1, (struct str){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait));
    *out = (struct anchor){0};
    if (page != NULL && page->count > 0) {
        const struct checkpoint_view *first = page->items;
        *out = (struct anchor){first->height, first->hash};
    }
    if (page == NULL) (void)act_fail(op, &answer);
    answer_done(&answer);
    return page != NULL;
}

/* The new node's final height comes to `wanted`. A block changes it, so each is waited for. */
static bool catch_up(struct act *act, const struct alpha *node, uint32_t wanted, struct op *op)
{
    const struct instant deadline = act_deadline(act, SYNC_TIMEOUT);
    uint32_t reached;
    do
        if (!final_read(act, node, &reached, op)) return false;
    while (reached < wanted && tide_next(act, act->chain, deadline));
    if (reached < wanted && act_is_closing(act)) {
        op->status = OP_TIMED_OUT;
        return false;
    }
    return act_claim(act, "a new node reaches the final height of its peers", reached >= wanted, "%u of %u", reached, wanted);
}

/* INV-01: what the new node holds final is what the others do, at the height that they had when it came, and at the checkpoint that it shows first. */
static bool chain_sync(struct act *act, enum chain_id chain, struct str name, uint32_t wanted, struct op *op)
{
    if (!act_on(act, chain, op)) return false;
    const struct alpha peers = *crew_client(act->crew, chain);
    struct alpha node = peers;
    node.view = name;
    struct hash here, there;
    struct anchor anchor;
    if (!catch_up(act, &node, wanted, op)) return false;
    if (!hash_read(act, &node, wanted, &here, op) || !hash_read(act, &peers, wanted, &there, op)) return false;
    if (!act_claim(act, "a new node holds the final blocks of its peers", hash_eq(&here, &there), "not at height %u", wanted)) return false;
    if (!anchor_read(act, &node, &anchor, op)) return false;
    if (anchor.height == 0) return true;
    if (!hash_read(act, &peers, anchor.height, &there, op)) return false;
    return act_claim(act, "a new node's checkpoint is a block of its peers", hash_eq(&anchor.hash, &there), "not at height %u", anchor.height);
}

static void sync_with_checkpoint(struct act *act, struct op *op)
{
    static const enum chain_id chains[] = {CHAIN_ALPHA, CHAIN_DELTA};
    const struct crew *crew = act->crew;
    uint32_t wanted[ARRAY_LEN(chains)] = {0};
    struct answer answer;
    char name[16];
    if (crew->admin == NULL) {
        op->status = OP_UNSUPPORTED;
        op_note(op, "the target adds no nodes");
        return;
    }
    const struct str added = admin_node_add(crew->admin, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    const bool fits = added.len > 0 && added.len < sizeof(name);
    if (fits) memcpy(name, added.data, added.len);
    else (void)act_fail(op, &answer);
    answer_done(&answer);
    if (!fits) return;
    const struct str view = {name, added.len};
    for (size_t i = 0; i < ARRAY_LEN(chains); i++)
        if (crew_has(crew, chains[i]) && !final_read(act, crew_client(crew, chains[i]), &wanted[i], op)) return;
    for (size_t i = 0; i < ARRAY_LEN(chains); i++)
        if (crew_has(crew, chains[i]) && !chain_sync(act, chains[i], view, wanted[i], op)) return;
    if (crew_has(crew, CHAIN_DELTA)) op->chain = OP_BOTH;
    act_output(act, STR("node"), view);
}

static const struct behavior_spec specs[] = {
    {.name = "node.sync_with_checkpoint",
     .summary = "sync a new node from a trusted checkpoint",
     .roles = "observer",
     .pattern = "PT-L-075",
     .step = sync_with_checkpoint},
};

const struct behavior_family behavior_node = {"node", specs, ARRAY_LEN(specs)};
