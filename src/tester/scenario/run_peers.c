#include <inttypes.h>
#include <stdio.h>

#include "tester/scenario/run_priv.h"

/* Whom every live view is connected to (AN3). A peer that is a validator tells so and is honest as far as anybody knows, except where it was made
 * byzantine by an action; anybody else is a stranger, and strangers are counted by the group of their address. */

#define ASK_S 10u
#define STRANGERS_A_GROUP_MAX 8u /* PT-A-035: the slots that an attacker is after */

/* "127.200.3.4:3330" -> "127.200" */
static struct str group_of(struct str peer)
{
    size_t dots = 0, i = 0;
    for (; i < peer.len; i++)
        if (peer.data[i] == '.' && ++dots == 2) break;
    return str_sub(peer, 0, i);
}

struct peers_seen peers_look(const struct page *page)
{
    const struct peer_view *items = page->items;
    struct peers_seen seen = {0};
    for (uint32_t i = 0; i < page->count; i++) {
        if (items[i].address.has) {
            seen.proven++;
            continue;
        }
        uint32_t same = 0;
        for (uint32_t k = 0; k <= i; k++) same += !items[k].address.has && str_eq(group_of(items[k].peer), group_of(items[i].peer));
        seen.crowd = MAX(seen.crowd, same);
    }
    return seen;
}

void peers_read(struct run *run, uint32_t plan_phase, struct span *span)
{
    if (!plan_asks_check(run->plan, plan_phase, CHECK_PEERS_DIVERSE)) return;
    for (uint32_t i = 1; i <= run->target.validators && !run_is_interrupted(run); i++) {
        struct alpha client = run->target.alpha;
        struct answer answer;
        client.view = run->view_names[i];
        const struct page *page = alpha_peers_metrics(&client, instant_add(env_now(run->env), duration_s(ASK_S)), &answer);
        if (page) {
            const struct peers_seen seen = peers_look(page);
            const bool narrow = (seen.proven == 0 && run->target.validators > 1) || seen.crowd > STRANGERS_A_GROUP_MAX;
            span->peers_read++;
            if (narrow && span->peers_narrow++ == 0)
                snprintf(span->peers_note, sizeof(span->peers_note), "v%u has %u proven peers, and %u strangers of one group", i, seen.proven, seen.crowd);
        }
        answer_done(&answer);
    }
    if (span->peers_narrow == 0) snprintf(span->peers_note, sizeof(span->peers_note), "%" PRIu64 " views told whom they are connected to", span->peers_read);
}
