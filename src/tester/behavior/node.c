/* The family `node`: a node that has nothing joins the network, starts from a checkpoint that whoever runs the network trusts, and catches up. */
#include "tester/behavior/families_priv.h"
#include "tester/behavior/peers.h"
#include "tester/bot/claim.h"
#include "tester/client/admin.h"

/* INV-01: what the new node holds final is what the others do, at the height that they had when it came, and at the checkpoint that it shows first. */
static bool chain_sync(struct act *act, enum chain_id chain, struct str name, uint32_t wanted, struct op *op)
{
    if (!act_on(act, chain, op)) return false;
    const struct alpha peers = *crew_client(act->crew, chain);
    struct alpha node = peers;
    node.view = name;
    struct hash here, there;
    struct anchor anchor;
    uint32_t reached;
    if (!peers_catch_up(act, &node, wanted, &reached, op)) return false;
    if (!act_claim(act, "a new node reaches the final height of its peers", reached >= wanted, "%u of %u", reached, wanted)) return false;
    if (!peers_hash(act, &node, wanted, &here, op) || !peers_hash(act, &peers, wanted, &there, op)) return false;
    if (!act_claim(act, "a new node holds the final blocks of its peers", hash_eq(&here, &there), "not at height %u", wanted)) return false;
    if (!peers_anchor(act, &node, &anchor, op)) return false;
    if (anchor.height == 0) return true;
    if (!peers_hash(act, &peers, anchor.height, &there, op)) return false;
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
        if (crew_has(crew, chains[i]) && !peers_final(act, crew_client(crew, chains[i]), &wanted[i], op)) return;
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
