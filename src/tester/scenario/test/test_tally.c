/* Failures by their reason: each told apart while there is room, none lost beyond it. */
#include "tester/scenario/tally.h"

#include "core/base/check.h"

static void failed(struct tally *tally, enum op_status status, enum code code, const char *note)
{
    struct op op = {.status = status, .code = code};
    op_note(&op, note);
    tally_started(tally);
    tally_ended(tally, &op, (struct tally_rule){.transaction = true});
}

static void failures_are_told_apart_and_all_counted(void)
{
    struct tally *tally = base_alloc(sizeof(*tally));
    tally_init(tally, (struct instant){0});
    for (int i = 0; i < 3; i++) failed(tally, OP_REFUSED, CODE_INVALID_NAME, i == 0 ? "the first" : "a later one");
    failed(tally, OP_TIMED_OUT, CODE_NONE, "");
    CHECK_U64(tally->causes_count, 2);
    CHECK_U64(tally->causes[0].count, 3);
    CHECK_STR(str_of(tally->causes[0].note), STR("the first"));
    CHECK(tally->causes[1].status == OP_TIMED_OUT && tally->causes[1].count == 1);
    for (int code = 1; code <= 20; code++) failed(tally, OP_DROPPED, (enum code)code, "");
    uint64_t sum = tally->causes_more;
    for (uint32_t i = 0; i < tally->causes_count; i++) sum += tally->causes[i].count;
    CHECK_U64(tally->causes_count, TALLY_CAUSES);
    CHECK_U64(tally->causes_more, 20 - (TALLY_CAUSES - 2));
    CHECK_U64(sum, tally->unexpected);
    tally_done(tally);
    base_free(tally);
}

static void what_went_as_intended_is_no_failure(void)
{
    struct tally *tally = base_alloc(sizeof(*tally));
    tally_init(tally, (struct instant){0});
    failed(tally, OP_DONE, CODE_NONE, "");
    CHECK(tally->causes_count == 0 && tally->unexpected == 0);
    tally_done(tally);
    base_free(tally);
}

int main(void)
{
    RUN(failures_are_told_apart_and_all_counted);
    RUN(what_went_as_intended_is_no_failure);
    return 0;
}
