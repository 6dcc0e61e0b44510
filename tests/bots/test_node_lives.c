/* New nodes join a network that has come some way: from genesis while no epoch has ended, from the newest epoch end afterwards. */
#include "towns.h"

/* The lowest epoch end that a view shows; 0: none. */
static uint32_t first_shown(struct village *v, const struct alpha *chain, const char *view)
{
    struct alpha at = *chain;
    struct answer answer;
    at.view = str_of(view);
    const struct page *page = alpha_checkpoints(&at, 1, (struct str){0}, village_in(v, duration_s(10)), &answer);
    CHECK(page != NULL);
    const uint32_t height = page->count > 0 ? ((const struct checkpoint_view *)page->items)[0].height : 0;
    answer_done(&answer);
    return height;
}

static void join_here(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "node.sync_with_checkpoint", NULL);
    village_final_at(v, 5);
    struct op op = village_once(v, &track, 0, 0); /* v5: from genesis */
    check_done(&op);
    village_final_at(v, 2 * EPOCH + 5);
    op = village_once(v, &track, 0, 1); /* v6: from a checkpoint */
    check_done(&op);
    CHECK_U64(op.chain, v->config.dx > 0 ? OP_BOTH : OP_ALPHA);
    CHECK_U64(first_shown(v, &v->crew.alpha, "v5"), EPOCH);
    CHECK_U64(first_shown(v, &v->crew.alpha, "v6"), 2 * EPOCH);
    CHECK_U64(track.track.claims_count, 3);
    for (uint32_t i = 0; i < track.track.claims_count; i++) CHECK(track.track.claims[i].held > 0 && track.track.claims[i].broken == 0);
    struct crew *crew = &v->crew;
    const struct admin *admin = crew->admin;
    crew->admin = NULL;
    op = village_once(v, &track, 0, 2);
    CHECK_U64(op.status, OP_UNSUPPORTED);
    crew->admin = admin;
}
static void a_new_node_joins_from_genesis_and_from_a_checkpoint(void)
{
    struct village *alone = village_run(town(0), join_here), *again = village_run(town(0), join_here);
    CHECK(hash_eq(&alone->digest, &again->digest));
    village_free(alone);
    village_free(again);
    village_free(village_run(town(1000000), join_here));
}

int main(void)
{
    RUN(a_new_node_joins_from_genesis_and_from_a_checkpoint);
    return 0;
}
