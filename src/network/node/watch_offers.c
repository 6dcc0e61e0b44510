#include "chain/payload.h"
#include "network/ledger/guard_api.h"
#include "network/node/node_priv.h"

/* ---- VOTE_BUYING_OFFER: a program that wants to see votes, or a payment that speaks of one ---- */

static bool says(struct str text, const char *word)
{
    const size_t len = strlen(word);
    for (size_t i = 0; i + len <= text.len; i++) {
        size_t k = 0;
        while (k < len && (text.data[i + k] | 0x20) == word[k]) k++;
        if (k == len) return true;
    }
    return false;
}

/* The words stand in letters alone: lower case is all that says() looks at. */
static bool is_offer(const struct tx *tx)
{
    if (tx->kind == KIND_ALPHA_TRANSFER || tx->kind == KIND_DELTA_TRANSFER) return says(tx_memo(tx), "vote");
    if (tx->kind != KIND_PROGRAM_DEPLOY) return false;
    struct arena arena;
    union payload payload;
    arena_init(&arena, 0);
    payload_of_tx(tx, &arena, &payload);
    const struct str source = payload.program_deploy.source;
    const bool offer = says(source, "votes") || says(source, "bribe");
    arena_done(&arena);
    return offer;
}

void node_watch_offer(struct node *node, const struct tx *tx)
{
    if (!guard_votes_unreadable(&node->space->rules) || !is_offer(tx)) return;
    for (size_t i = node->alerts.count; i-- > 0;) /* told once of each, wherever it is met */
        if (strcmp(node->alerts.data[i].type, "VOTE_BUYING_OFFER") == 0 && hash_eq(&node->alerts.data[i].subject, &tx->id)) return;
    node_alert(node, "VOTE_BUYING_OFFER", node_height(node), &tx->id, &tx->sender);
}

bool node_watches(const struct tx *tx) { return tx->kind == KIND_PROPOSAL_VOTE || tx->kind == KIND_GOV_VOTE || is_offer(tx); }
