/* Each round every member's credit grows by its stake; the highest credit leads and pays the total. When all credits
 * are zero again the rotation has come round, and from then on the table answers any round. */
#include "chain/leaders_priv.h"

#include <stdlib.h>

#include "core/base/vec.h"

struct credit {
    __int128 units; /* within total * members of zero */
};

struct leaders {
    bool equal;             /* all stakes are the same: plain rotation */
    uint64_t period;        /* 0: not found yet */
    uint16_t *order;        /* members by H("adnet/leader/v1", address), ascending */
    struct credit *credits; /* in that order, after table.count rounds */
    VEC(uint16_t) table;
};

_Static_assert(COMMITTEE_MEMBERS_MAX <= UINT16_MAX, "an index fits the table");

struct ranked {
    struct hash rank;
    uint16_t index;
};

static int by_rank(const void *a, const void *b)
{
    return hash_cmp(&((const struct ranked *)a)->rank, &((const struct ranked *)b)->rank);
}

struct leaders *leaders_new(const struct committee *committee)
{
    struct leaders *leaders = base_alloc(sizeof(*leaders));
    struct ranked *ranked = base_alloc(committee->count * sizeof(*ranked));
    leaders->equal = true;
    for (uint32_t i = 0; i < committee->count; i++) {
        const struct member *member = &committee->members[i];
        ranked[i].rank = hash_tagged("adnet/leader/v1", member->address.b, sizeof(member->address.b));
        ranked[i].index = (uint16_t)i;
        leaders->equal = leaders->equal && amount_eq(member->stake, committee->members[0].stake);
    }
    qsort(ranked, committee->count, sizeof(*ranked), by_rank);
    leaders->order = base_alloc(committee->count * sizeof(*leaders->order));
    leaders->credits = base_alloc(committee->count * sizeof(*leaders->credits));
    for (uint32_t i = 0; i < committee->count; i++) leaders->order[i] = ranked[i].index;
    base_free(ranked);
    return leaders;
}

void leaders_free(struct leaders *leaders)
{
    if (leaders == NULL) return;
    vec_done(&leaders->table);
    base_free(leaders->order);
    base_free(leaders->credits);
    base_free(leaders);
}

static void step(struct leaders *leaders, const struct committee *committee)
{
    uint32_t best = 0;
    for (uint32_t i = 0; i < committee->count; i++) {
        leaders->credits[i].units += (__int128)committee->members[leaders->order[i]].stake.units;
        if (leaders->credits[i].units > leaders->credits[best].units) best = i;
    }
    leaders->credits[best].units -= (__int128)committee->total_stake.units;
    vec_push(&leaders->table, leaders->order[best]);
    if (leaders->credits[best].units != 0) return; /* the last step of a period brings its leader to zero */
    for (uint32_t i = 0; i < committee->count; i++)
        if (leaders->credits[i].units != 0) return;
    leaders->period = leaders->table.count;
}

bool leaders_at(struct leaders *leaders, const struct committee *committee, uint64_t offset, uint32_t *out_index)
{
    if (leaders->equal) {
        *out_index = leaders->order[offset % committee->count];
        return true;
    }
    if (leaders->period == 0 && offset >= leaders->table.count && offset - leaders->table.count >= LEADER_ROUNDS_AHEAD_MAX)
        return false;
    while (leaders->period == 0 && leaders->table.count <= offset) step(leaders, committee);
    *out_index = leaders->table.data[leaders->period == 0 ? offset : offset % leaders->period];
    return true;
}
