/* Programs: the language, its limits, the codes of both kinds in their order, and what each switch removes. */
#include "network/ledger/names_view.h"
#include "network/ledger/program.h"
#include "network/ledger/programs_priv.h"

#include "act.h"

static const char counter[] = "program counter\nmapping hits\nmapping last\n"
                              "function hit/2\nge 100 $1\nadd hits $0 $1\nset last 0 @hits[$0]\n"
                              "function fill/1\nloop $0\nadd hits 7 1\nend\nend\n"
                              "function down/1\nsub hits 1 $0\n"
                              "function spread/1\nloop $0\nadd last 1 1\nset hits @last[1] 1\nend\n";

static struct town town;

static enum code deploy(size_t person, const char *name, const char *source)
{
    const union payload payload = {.program_deploy = {str_of(name), str_of(source)}};
    const struct receipt receipt = act(&town, person, KIND_PROGRAM_DEPLOY, &payload);
    return (enum code)receipt.code;
}

static struct receipt call(size_t person, const char *name, const char *function, u128 a, u128 b, uint32_t count)
{
    struct amount inputs[2] = {{a}, {b}};
    union payload payload = {.program_execute = {str_of(name), str_of(function), {inputs, count}}};
    return act(&town, person, KIND_PROGRAM_EXECUTE, &payload);
}

static u128 cell(const char *mapping, u128 key)
{
    struct mapping_value value;
    CHECK_U64(ledger_mapping_get(town.state, STR("counter"), str_of(mapping), key, &value), CODE_NONE);
    return value.value.has ? value.value.value.units : 999999;
}

static void a_program_runs_as_it_reads(void)
{
    town_init(&town, 1);
    CHECK_U64(deploy(0, "counter", counter), CODE_NONE);
    struct receipt receipt = call(1, "counter", "hit", 5, 3, 2);
    CHECK_U64(receipt.code, CODE_NONE);
    CHECK_U64(receipt.steps, 3);
    CHECK_U64(call(1, "counter", "hit", 5, 4, 2).code, CODE_NONE);
    CHECK(cell("hits", 5) == 7 && cell("last", 0) == 7 && cell("hits", 6) == 999999);
    receipt = call(1, "counter", "fill", 4, 0, 1);
    CHECK_U64(receipt.steps, 1 + 4 * 2); /* loop, and each turn's add and end */
    CHECK(cell("hits", 7) == 4);
    CHECK_U64(call(1, "counter", "fill", 0, 0, 1).steps, 1);
    town_check_supply(&town, true);
    town_done(&town);
}

static void a_failed_call_changes_nothing_but_is_paid(void)
{
    town_init(&town, 1);
    CHECK_U64(deploy(0, "counter", counter), CODE_NONE);
    const u128 before = town_free(&town, 1);
    const struct receipt receipt = call(1, "counter", "hit", 5, 101, 2);
    CHECK_U64(receipt.code, CODE_ASSERTION_FAILED);
    CHECK(town_free(&town, 1) == before - 5000);
    CHECK(cell("hits", 5) == 999999);
    CHECK_U64(call(1, "counter", "down", 1, 0, 1).code, CODE_AMOUNT_OUT_OF_RANGE);
    CHECK_U64(call(1, "counter", "hit", 1, 0, 1).code, CODE_INVALID_FORMAT);
    CHECK_U64(call(1, "counter", "none", 1, 0, 1).code, CODE_FUNCTION_NOT_FOUND);
    CHECK_U64(call(1, "nothing", "hit", 1, 0, 1).code, CODE_PROGRAM_NOT_FOUND);
    town_check_supply(&town, true);
    town_done(&town);
}

static void what_is_no_program_is_refused_with_its_line(void)
{
    static const struct {
        const char *source;
        uint32_t line;
    } cases[] = {{"", 0},
                 {"mapping m\n", 1},
                 {"program P\n", 1},
                 {"program p q\n", 1},
                 {"program p\nset m 1 1\n", 2},
                 {"program p\nmapping votes\n", 2},
                 {"program p\nmapping m\nmapping m\n", 3},
                 {"program p\nfunction f\n", 2},
                 {"program p\nfunction f/17\n", 2},
                 {"program p\nfunction f/1\nset m 1 1\n", 3},
                 {"program p\nfunction f/1\nge $1 1\n", 3},
                 {"program p\nfunction f/1\nge 01 1\n", 3},
                 {"program p\nfunction f/1\nge 1\n", 3},
                 {"program p\nfunction f/1\nge 1 1 1\n", 3},
                 {"program p\nfunction f/1\nge @m[1] 1\n", 3},
                 {"program p\nfunction f/1\nloop 2\n", 3},
                 {"program p\nfunction f/1\nend\nge 1 1\n", 4},
                 {"program p\nfunction f/0\njump 3\n", 3}};
    struct arena arena;
    arena_init(&arena, 0);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct program program;
        struct program_fault fault = {0};
        CHECK(!program_parse(str_of(cases[i].source), false, &arena, &program, &fault));
        CHECK_U64(fault.line, cases[i].line);
        CHECK(fault.what != NULL);
    }
    arena_done(&arena);
}

static void deploying_has_its_codes_in_order(void)
{
    town_init(&town, 1);
    CHECK_U64(deploy(0, "Counter", counter), CODE_INVALID_NAME);
    CHECK_U64(deploy(0, "other", counter), CODE_INVALID_PROGRAM);
    CHECK_U64(deploy(0, "counter", counter), CODE_NONE);
    CHECK_U64(deploy(2, "counter", "nonsense"), CODE_ALREADY_EXISTS);
    town_done(&town);
    struct params params;
    params_init(&params, PROFILE_TEST, CHAIN_ALPHA);
    params.program_storage_bytes = 200;
    town_init_params(&town, 1, &params);
    CHECK_U64(deploy(0, "counter", counter), CODE_STORAGE_LIMIT_EXCEEDED);
    town_done(&town);
}

static void steps_and_storage_have_limits_and_their_switches_lift_them(void)
{
    struct params params;
    params_init(&params, PROFILE_TEST, CHAIN_ALPHA);
    params.program_storage_bytes = sizeof(counter) + 5 * 32;
    params.max_steps = 50;
    town_init_params(&town, 1, &params);
    CHECK_U64(deploy(0, "counter", counter), CODE_NONE);
    const struct receipt receipt = call(1, "counter", "fill", 100, 0, 1);
    CHECK_U64(receipt.code, CODE_STEP_LIMIT);
    CHECK_U64(receipt.steps, 50);
    CHECK_U64(call(1, "counter", "spread", 10, 0, 1).code, CODE_STORAGE_LIMIT_EXCEEDED);
    weakness_put(&town.rules.weak, WEAKNESS_UNMETERED_STEPS, true);
    CHECK_U64(call(1, "counter", "fill", 100, 0, 1).code, CODE_NONE);
    CHECK_U64(call(1, "counter", "spread", 10, 0, 1).code, CODE_STORAGE_LIMIT_EXCEEDED);
    weakness_put(&town.rules.weak, WEAKNESS_UNMETERED_STORAGE, true);
    CHECK_U64(call(1, "counter", "spread", 10, 0, 1).code, CODE_NONE);
    town_done(&town);
}

static void a_source_has_a_limit_and_its_switch_lifts_it(void)
{
    town_init(&town, 1);
    static char source[PROGRAM_SOURCE_BYTES_MAX + 64];
    memset(source, '\n', sizeof(source) - 1);
    memcpy(source, "program large", 13);
    const union payload payload = {.program_deploy = {STR("large"), {source, PROGRAM_SOURCE_BYTES_MAX + 1}}};
    struct buf bytes = {0};
    payload_encode(KIND_PROGRAM_DEPLOY, &payload, &bytes);
    struct arena arena;
    arena_init(&arena, 0);
    union payload back;
    struct tx_rules rules = ledger_tx_rules(&town.rules);
    CHECK_U64(payload_decode(KIND_PROGRAM_DEPLOY, buf_str(&bytes), &rules, &arena, &back, NULL), CODE_PROGRAM_TOO_LARGE);
    weakness_put(&town.rules.weak, WEAKNESS_UNMETERED_STORAGE, true);
    rules = ledger_tx_rules(&town.rules);
    CHECK_U64(payload_decode(KIND_PROGRAM_DEPLOY, buf_str(&bytes), &rules, &arena, &back, NULL), CODE_NONE);
    arena_done(&arena);
    buf_done(&bytes);
    town_done(&town);
}

static void votes_can_be_read_on_a_weak_network_alone(void)
{
    static const char offer[] = "program offer\nmapping votes\nmapping paid\nfunction claim/1\nge @votes[$0] 1\nadd paid $0 1\n";
    town_init(&town, 1);
    CHECK_U64(deploy(0, "offer", offer), CODE_INVALID_PROGRAM);
    weakness_put(&town.rules.weak, WEAKNESS_TRANSFERABLE_VOTE_RECEIPT, true);
    CHECK_U64(deploy(0, "offer", offer), CODE_NONE);
    const struct hash proposal = {{9}};
    const struct address *voter = &town.people[3].address;
    const u128 key = program_vote_key(&proposal, voter);
    CHECK_U64(call(1, "offer", "claim", key, 0, 1).code, CODE_ASSERTION_FAILED);
    for (int weak = 0; weak < 2; weak++) { /* a hardened network keeps nothing to be read */
        weakness_put(&town.rules.weak, WEAKNESS_TRANSFERABLE_VOTE_RECEIPT, weak == 1);
        static struct work work;
        work_init(&work, town.state, &town.rules, NULL);
        programs_note_vote(&work, &proposal, voter, 1);
        struct ledger_state *next = work_commit(&work, ledger_height(town.state));
        work_done(&work);
        ledger_state_unref(town.state);
        town.state = next;
        CHECK_U64(call(1, "offer", "claim", key, 0, 1).code, weak ? CODE_NONE : CODE_ASSERTION_FAILED);
    }
    town_done(&town);
}

static void an_estimate_is_what_a_call_then_does(void)
{
    town_init(&town, 1);
    CHECK_U64(deploy(0, "counter", counter), CODE_NONE);
    struct amount inputs[2] = {{5}, {3}};
    const union payload payload = {.program_execute = {STR("counter"), STR("hit"), {inputs, 2}}};
    struct program_estimate estimate;
    ledger_program_estimate(&town.rules, town.state, KIND_PROGRAM_EXECUTE, &payload, &town.people[1].address, &estimate);
    CHECK(estimate.success && estimate.steps == 3 && estimate.storage_bytes == 64);
    CHECK(cell("hits", 5) == 999999); /* nothing was done */
    const union payload source = {.program_deploy = {STR("second"), STR("program second\n")}};
    ledger_program_estimate(&town.rules, town.state, KIND_PROGRAM_DEPLOY, &source, &town.people[1].address, &estimate);
    CHECK(estimate.success && estimate.storage_bytes == 15);
    CHECK(estimate.fee.units == 100 + (164 + 2 + 6 + 4 + 15) + 10 * 15); /* by size, and ten a byte stored */
    town_done(&town);
}

static void programs_are_listed_newest_first(void)
{
    town_init(&town, 1);
    CHECK_U64(deploy(0, "aa", "program aa\n"), CODE_NONE);
    CHECK_U64(deploy(1, "bb", "program bb\n"), CODE_NONE);
    CHECK_U64(deploy(0, "cc", "program cc\n"), CODE_NONE);
    struct program_item items[3];
    bool more;
    CHECK_U64(ledger_programs(town.state, NULL, 0, 2, items, &more), 2);
    CHECK(more && str_eq(items[0].program, STR("cc")) && str_eq(items[1].program, STR("bb")));
    CHECK_U64(ledger_programs(town.state, &town.people[0].address, 1, 2, items, &more), 1);
    CHECK(!more && str_eq(items[0].program, STR("aa")));
    town_done(&town);
}

int main(void)
{
    RUN(a_program_runs_as_it_reads);
    RUN(a_failed_call_changes_nothing_but_is_paid);
    RUN(what_is_no_program_is_refused_with_its_line);
    RUN(deploying_has_its_codes_in_order);
    RUN(steps_and_storage_have_limits_and_their_switches_lift_them);
    RUN(a_source_has_a_limit_and_its_switch_lifts_it);
    RUN(votes_can_be_read_on_a_weak_network_alone);
    RUN(an_estimate_is_what_a_call_then_does);
    RUN(programs_are_listed_newest_first);
    return 0;
}
