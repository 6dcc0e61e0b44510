/* Each claim about a node that joins can fail: a node that is cut off, one of another history, a view that lies. One line a row. */
#include "broken.h"
#include "towns.h"

static void broken_here(struct village *v)
{
    static const struct breaking rows[] = {
        {.behavior = "node.sync_with_checkpoint",
         .lie = {.path = "/checkpoints", .member = "hash", .value = "\"00000000000000000000000000000000000000000000000000000000000000ff\""},
         .claim = "a new node's checkpoint is a block of its peers"},
    };
    village_final_at(v, 2 * EPOCH + 5);
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
    village_final_at(v, EPOCH - 5);
    village_begin(v, &track, 0, 0, (struct str){0}, &op, &gate);
    for (bool cut = false; !cut;) {
        cut = admin_chaos_start(&v->admin, STR("partition"), (struct str){0}, STR("{\"groups\":[[\"v1\",\"v2\",\"v3\",\"v4\"],[\"v5\"]]}"), (struct duration){0},
                                village_in(v, duration_s(10)), &answer) != NULL;
        answer_done(&answer);
    }
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(400))));
    CHECK_U64(op.status, OP_POSTCONDITION);
    if (strncmp(op.note, "a new node reaches the final height of its peers", 48) != 0) CHECK_FAIL("%s", op.note);
    broken_print("node.sync_with_checkpoint", "a partition: the new node alone on its side", op.note);
}
static void a_node_that_is_cut_off_is_told_to_be_behind(void) { village_free(village_run(town(0), cut_off_here)); }

/* What another network has in the place of a block. */
static struct {
    char path[24], body[16384];
} others[3];
static void others_here(struct village *v)
{
    village_final_at(v, 2 * EPOCH + 10);
    for (uint32_t i = 0; i < ARRAY_LEN(others); i++) {
        struct answer answer;
        const uint32_t height = 2 * EPOCH + 5 + i;
        CHECK(alpha_block(&v->crew.alpha, height, false, village_in(v, duration_s(10)), &answer) != NULL);
        snprintf(others[i].path, sizeof(others[i].path), "/block/%u", height);
        const struct str body = answer_body(&answer);
        CHECK(body.len > 0 && body.len < sizeof(others[i].body));
        memcpy(others[i].body, body.data, body.len);
        others[i].body[body.len] = '\0';
        answer_done(&answer);
    }
}
static void forked_here(struct village *v)
{
    village_final_at(v, 2 * EPOCH + 5);
    check_breaks(v, &(struct breaking){"node.sync_with_checkpoint",
                                       .lie = {others[0].path, "", others[0].body, 0, 1},
                                       .too = {others[1].path, "", others[1].body, 0, 1},
                                       .claim = "a new node holds the final blocks of its peers",
                                       .how = "the new node shows a block of another network"}, 0, 9);
}
static void a_node_of_another_history_is_told(void)
{
    struct village_config other = town(0);
    other.seed++;
    village_free(village_run(other, others_here));
    village_free(village_run(town(0), forked_here));
}

static void what_a_view_says_otherwise_breaks_a_claim(void) { village_free(village_run(town(0), broken_here)); }

int main(void)
{
    RUN(a_node_that_is_cut_off_is_told_to_be_behind);
    RUN(a_node_of_another_history_is_told);
    RUN(what_a_view_says_otherwise_breaks_a_claim);
    return 0;
}
