/* New nodes join a network that has come some way: from genesis while no epoch has ended, from the newest epoch end afterwards. */
#include "broken.h"

#define EPOCH 20
static const struct devnet_parameter short_epochs[] = {{STR("epoch_blocks"), STR("20")}, {STR("block_interval_ms"), STR("200")}};

static struct village_config town(uint64_t dx)
{
    return (struct village_config){.validators = 4, .bots = 1, .seed = 75, .ax = 1000000, .dx = dx, .simulated = true, .wire = WIRE_TEXT,
                                   .parameters = short_epochs, .parameters_count = ARRAY_LEN(short_epochs)};
}

static void final_at(struct village *v, uint32_t height)
{
    uint32_t reached = 0;
    struct answer answer;
    for (uint32_t i = 0; reached < height; i++) {
        CHECK(i < 600);
        fiber_sleep(v->env, duration_ms(200));
        CHECK(alpha_height_final(&v->crew.alpha, village_in(v, duration_s(10)), &reached, &answer));
        answer_done(&answer);
    }
}

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
    final_at(v, 5);
    struct op op = village_once(v, &track, 0, 0); /* v5: from genesis */
    check_done(&op);
    final_at(v, 2 * EPOCH + 5);
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

static void broken_here(struct village *v)
{
    static const struct breaking rows[] = {
        {.behavior = "node.sync_with_checkpoint",
         .lie = {.path = "/checkpoints", .member = "hash", .value = "\"00000000000000000000000000000000000000000000000000000000000000ff\""},
         .claim = "a new node's checkpoint is a block of its peers"},
    };
    final_at(v, 2 * EPOCH + 5);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) check_breaks(v, &rows[i], 0, i);
}

/* v5 is cut off as soon as it is there: it stays where it began. */
static void cut_off_here(struct village *v)
{
    struct village_track track;
    struct op op;
    struct gate gate = {0};
    struct answer answer;
    village_track(v, &track, "node.sync_with_checkpoint", NULL);
    final_at(v, EPOCH - 5);
    village_begin(v, &track, 0, 0, (struct str){0}, &op, &gate);
    for (bool cut = false; !cut;) {
        cut = admin_chaos_start(&v->admin, STR("partition"), (struct str){0}, STR("{\"groups\":[[\"v1\",\"v2\",\"v3\",\"v4\"],[\"v5\"]]}"), (struct duration){0},
                                village_in(v, duration_s(10)), &answer) != NULL;
        answer_done(&answer);
    }
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(400))));
    CHECK_U64(op.status, OP_POSTCONDITION);
    if (strncmp(op.note, "a new node reaches the final height of its peers", 48) != 0) CHECK_FAIL("%s", op.note);
}
static void a_node_that_is_cut_off_is_told_to_be_behind(void) { village_free(village_run(town(0), cut_off_here)); }

static void what_a_view_says_otherwise_breaks_a_claim(void) { village_free(village_run(town(0), broken_here)); }

int main(void)
{
    RUN(a_new_node_joins_from_genesis_and_from_a_checkpoint);
    RUN(a_node_that_is_cut_off_is_told_to_be_behind);
    RUN(what_a_view_says_otherwise_breaks_a_claim);
    return 0;
}
