/* Programs (PT-L-071, PT-L-072): deployments of a small known shape, and calls whose result the bot works out itself.
 *
 * The shape has one mapping, `cells`, and three functions of a key and a value: `put` sets the cell, `bump` adds to it, `thrice` adds
 * three times in a loop. What stands behind them only fills the source to its size. */
#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/governance_priv.h"
#include "tester/bot/claim.h"
#include "tester/behavior/families_priv.h"
#include "tester/bot/send.h"
#include "tester/client/alpha_names.h"

#define SOURCE_MAX 131072u
#define SHAPE                                                                                                                    \
    "\nmapping cells\nfunction put/2\nset cells $0 $1\nfunction bump/2\nadd cells $0 $1\nfunction thrice/2\nloop 3\nadd cells $0 $1\nend\n"

static const struct param_spec deploy_params[] = {
    {"size", PARAM_COUNT, "4096", NULL},
    {0},
};
static const struct param_spec execute_params[] = {
    {"function", PARAM_TEXT, NULL, NULL},
    {"program", PARAM_TEXT, NULL, NULL},
    {0},
};

/* ---- deployments ---- */

static void source_write(struct str program, uint64_t size, struct buf *out)
{
    static const char filling[] = "add cells 0 1\n";
    buf_put_str(out, STR("program "));
    buf_put_str(out, program);
    buf_put_str(out, STR(SHAPE));
    if (out->len + 20 < size) buf_put_str(out, STR("function fill/0\n"));
    while (out->len + sizeof(filling) - 1 <= size) buf_put_str(out, str_of(filling));
    while (out->len < size) buf_put_char(out, '\n'); /* lines without a statement */
}

static struct str deployed_name(const struct act *act, char out[64])
{
    char hex[17] = {0};
    str_hex(act->bot->identity.address.b, 8, hex);
    const int len = snprintf(out, 64, "p%s-%" PRIu32 "-%" PRIu64, hex, act->track->number, act->number);
    return (struct str){out, (size_t)len};
}

/* The least fee for a source of this size; *out_by_size: without what storage costs. */
static bool deploy_fee(struct act *act, const union payload *payload, struct amount *out, struct amount *out_by_size)
{
    char text[ACTION_VALUE_BYTES_MAX + 1];
    uint64_t per_byte = 0;
    struct buf bytes = {0};
    payload_encode(KIND_PROGRAM_DEPLOY, payload, &bytes);
    *out_by_size = crew_fee(act->crew, CHAIN_ALPHA, TX_BYTES_MIN + bytes.len);
    buf_done(&bytes);
    if (!gov_parameter(act, CHAIN_ALPHA, "storage_fee_per_byte", text)) return false;
    if (!str_to_u64(str_of(text), &per_byte)) return act_claim(act, "the fee for storage is a parameter", false, "it reads %.20s", text);
    out->units = out_by_size->units + (u128)per_byte * payload->program_deploy.source.len;
    return true;
}

/* Read back as anybody would. */
static bool claim_deployed(struct act *act, struct str name, struct str source, struct amount fee, const struct landing *landing)
{
    const struct alpha client = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct program_view *view;
    do view = alpha_program(&client, name, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    if (view == NULL) {
        (void)act_fail(act->op, &answer);
        answer_done(&answer);
        return false;
    }
    const struct hash hash = hash_tagged(PROGRAM_SOURCE_TAG, source.data, source.len);
    (void)act_claim(act, "the source hash is that of the source", hash_eq(&view->source_hash, &hash), "it is another");
    (void)act_claim(act, "the source reads back whole", str_eq(view->source, source) && view->size == source.len, "%" PRIu32 " bytes, not %zu", view->size, source.len);
    (void)act_claim(act, "it is told who deployed it, where and when", address_eq(&view->owner, &act->bot->identity.address) &&
                        view->deployed_height == landing->height && hash_eq(&view->transaction_id, &landing->id), "owner, height or transaction are others");
    answer_done(&answer);
    char charged[AMOUNT_TEXT], due[AMOUNT_TEXT];
    amount_text(landing->receipt.fee_charged, charged);
    amount_text(fee, due);
    return act_claim(act, "the fee includes storage", amount_eq(landing->receipt.fee_charged, fee), "%s, not %s", charged, due);
}

/* With a fee that leaves out storage it must not be taken; then with the whole one. */
static bool deploy_source(struct act *act, struct str name, struct str source, struct op *op)
{
    const union payload payload = {.program_deploy = {name, source}};
    struct amount fee = AMOUNT(0), by_size = AMOUNT(0);
    struct landing landing = {0};
    if (!deploy_fee(act, &payload, &fee, &by_size)) return false;
    struct send_plan plan = {.kind = KIND_PROGRAM_DEPLOY, .payload = &payload, .fee = by_size};
    if (!amount_eq(fee, by_size)) {
        const bool refused = act_send_refused(act, &plan, CODE_FEE_TOO_LOW, NULL, op);
        if (!refused && op->status != OP_POSTCONDITION) return false;
        if (!act_claim(act, "a fee without storage is refused", refused, "it was taken")) {
            op_note(op, "a fee without storage is refused: it was taken");
            return false;
        }
    }
    plan.fee = fee;
    if (!act_send(act, &plan, &landing, op)) return false;
    op_did(op, FEAT_DEPLOY);
    return claim_deployed(act, name, source, fee, &landing);
}

static void deploy(struct act *act, struct op *op)
{
    char text[64];
    struct buf source = {0};
    if (!act_on(act, CHAIN_ALPHA, op)) return;
    const struct str name = deployed_name(act, text);
    source_write(name, MIN(act_u64(act, "size"), SOURCE_MAX), &source);
    if (deploy_source(act, name, buf_str(&source), op)) {
        char hex[64];
        str_hex(op->tx_id.b, sizeof(op->tx_id.b), hex);
        act_output(act, STR("tx_id"), (struct str){hex, sizeof(hex)});
        act_output(act, STR("program"), name);
        act_output(act, STR("program_id"), name);
    }
    buf_done(&source);
}

/* ---- calls ---- */

enum call { CALL_PUT, CALL_BUMP, CALL_THRICE, CALLS };
static const char *const functions[CALLS] = {"put", "bump", "thrice"};
static const uint32_t steps_of[CALLS] = {1, 1, 7}; /* a loop, and three turns of an addition and an end */

static struct amount interpret(enum call call, struct amount was, struct amount value)
{
    if (call == CALL_PUT) return value;
    return (struct amount){was.units + value.units * (call == CALL_BUMP ? 1 : 3)};
}

/* A cell as the chain shows it; unset is 0. */
static bool cell_read(struct act *act, struct str program, struct amount key, struct amount *out)
{
    const struct alpha client = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct mapping_value *value;
    do value = alpha_mapping(&client, program, STR("cells"), key, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (value == NULL && act_again(act, &answer, &wait));
    if (value != NULL) *out = value->value.has ? value->value.value : AMOUNT(0);
    else (void)act_fail(act->op, &answer); /* op tells */
    answer_done(&answer);
    return value != NULL;
}

/* The program is there and of the shape whose result is known. *out_absent: there is none of that name. */
static bool shape_check(struct act *act, struct str program, bool *out_absent)
{
    const struct alpha client = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    const struct program_view *view;
    do view = alpha_program(&client, program, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again(act, &answer, &wait));
    *out_absent = view == NULL && answer.status == ANSWER_REFUSED && answer.code == CODE_PROGRAM_NOT_FOUND;
    if (view == NULL) (void)act_fail(act->op, &answer);
    const bool known = view != NULL && view->source.len > 8 + program.len && str_starts(str_sub(view->source, 8 + program.len, view->source.len), STR(SHAPE));
    if (view != NULL && !known) {
        act->op->status = OP_SKIPPED;
        op_note(act->op, "the program is of another shape: its results are not known");
    }
    answer_done(&answer);
    return known;
}

/* The one it names, or the bot's own, which it deploys when it has none yet. */
static bool program_of(struct act *act, struct arena *arena, struct str *out, struct op *op)
{
    bool absent;
    if (act_has(act, "program")) {
        *out = act_text(act, "program", arena);
        return shape_check(act, *out, &absent);
    }
    char hex[17] = {0};
    str_hex(act->bot->identity.address.b, 8, hex);
    *out = str_fmt(arena, "own-%s", hex);
    if (shape_check(act, *out, &absent)) return true;
    if (!absent) return false;
    op->status = OP_DONE;
    op->code = CODE_NONE;
    op->note[0] = '\0';
    struct buf source = {0};
    source_write(*out, 0, &source);
    bool deployed = deploy_source(act, *out, buf_str(&source), op);
    buf_done(&source);
    if (deployed || op->status != OP_REFUSED || op->code != CODE_ALREADY_EXISTS) return deployed;
    op->status = OP_DONE; /* another execution of the same bot was first */
    op->code = CODE_NONE;
    op->note[0] = '\0';
    return true;
}

static bool call_of(struct act *act, struct arena *arena, enum call *out, struct op *op)
{
    struct rng rng = rng_split(&act->rng, STR("function"), 0);
    *out = (enum call)rng_below(&rng, CALLS);
    if (!act_has(act, "function")) return true;
    const struct str text = act_text(act, "function", arena);
    for (unsigned i = 0; i < CALLS; i++)
        if (str_eq(text, str_of(functions[i]))) return *out = (enum call)i, true;
    op->status = OP_SKIPPED;
    op_note(op, "`function` is put, bump or thrice");
    return false;
}

/* The rehearsal, and then the call. */
static bool call_send(struct act *act, struct str program, enum call call, struct amount inputs[2], struct landing *out, struct op *op)
{
    const struct alpha client = act_alpha(act);
    const struct str function = str_of(functions[call]);
    struct answer answer;
    uint64_t wait = 0;
    const struct program_estimate *estimate;
    do estimate = alpha_estimate_call(&client, program, function, inputs, 2, &act->bot->identity.address, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (estimate == NULL && act_again(act, &answer, &wait));
    const bool told = estimate != NULL;
    const uint32_t steps = told ? estimate->steps : 0;
    const struct amount fee = told ? estimate->fee : AMOUNT(0);
    const bool success = told && estimate->success;
    if (!told) (void)act_fail(op, &answer);
    answer_done(&answer);
    if (!told) return false;
    (void)act_claim(act, "the rehearsal is the local interpretation", success && steps == steps_of[call], "%s, %" PRIu32 " steps, not %" PRIu32, success ? "done" : "refused", steps,
                    steps_of[call]);
    const union payload payload = {.program_execute = {program, function, {inputs, 2}}};
    const struct send_plan plan = {.kind = KIND_PROGRAM_EXECUTE, .payload = &payload, .fee = fee};
    return op->status == OP_DONE && act_send(act, &plan, out, op);
}

static void call_claimed(struct act *act, struct str program, enum call call, struct op *op)
{
    struct rng rng = rng_split(&act->rng, STR("value"), 0);
    /* a key of this execution's own: nobody else of the run writes there */
    const struct amount key = {(u128)act->bot->index << 96 | (u128)act->track->number << 64 | act->number}, value = AMOUNT(rng_range(&rng, 1, 1000000));
    struct amount inputs[2] = {key, value}, was, is;
    struct landing landing = {0};
    if (!cell_read(act, program, key, &was) || !call_send(act, program, call, inputs, &landing, op)) return;
    const struct amount due = interpret(call, was, value);
    (void)act_claim(act, "the output is the local interpretation", landing.receipt.steps == steps_of[call], "%" PRIu32 " steps, not %" PRIu32, landing.receipt.steps, steps_of[call]);
    if (!cell_read(act, program, key, &is)) return;
    char is_text[AMOUNT_TEXT], due_text[AMOUNT_TEXT];
    amount_text(is, is_text);
    amount_text(due, due_text);
    (void)act_claim(act, "the state is the local interpretation", amount_eq(is, due), "%s, not %s", is_text, due_text);
}

static void execute(struct act *act, struct op *op)
{
    if (!act_on(act, CHAIN_ALPHA, op)) return;
    struct arena *arena = base_alloc(sizeof(*arena));
    arena_init(arena, 0);
    enum call call;
    struct str program;
    if (call_of(act, arena, &call, op) && program_of(act, arena, &program, op)) {
        call_claimed(act, program, call, op);
        act_output(act, STR("program"), program);
    }
    arena_done(arena);
    base_free(arena);
}

#define STORAGE_FEE_HIGH 10u /* for each byte, as networks begin */
#define NAME_BYTES 64u

static u128 source_fee(const struct act *plan, size_t size)
{
    return crew_fee(plan->crew, CHAIN_ALPHA, TX_BYTES_MIN + NAME_BYTES + 8 + size).units + (u128)STORAGE_FEE_HIGH * size;
}

static u128 deploy_max(const struct act *plan)
{
    size_t row;
    const struct arg *args = plan->args != NULL ? plan->args : plan->track->args;
    if (param_specs_find(plan->track->params, STR("size"), &row) == NULL) return 0;
    return source_fee(plan, (size_t)MAX(MIN(args[row].hi, (u128)SOURCE_MAX), (u128)(NAME_BYTES + sizeof(SHAPE) + 8)));
}

/* The call; the first of a bot deploys, too. */
static u128 execute_max(const struct act *plan)
{
    return crew_fee(plan->crew, CHAIN_ALPHA, TX_BYTES_MIN + 2 * NAME_BYTES + 2 * 16 + 8).units + 1 + source_fee(plan, NAME_BYTES + sizeof(SHAPE) + 8);
}

static const struct behavior_spec specs[] = {
    {.name = "program.deploy",
     .summary = "deploy a program",
     .roles = "any funded",
     .pattern = "PT-L-071",
     .transaction = true,
     .params = deploy_params,
     .step = deploy,
     .spend_max = deploy_max},
    {.name = "program.execute",
     .summary = "call a program",
     .roles = "any funded",
     .pattern = "PT-L-072",
     .transaction = true,
     .params = execute_params,
     .step = execute,
     .spend_max = execute_max},
};

const struct behavior_family behavior_program = {"program", specs, ARRAY_LEN(specs)};
