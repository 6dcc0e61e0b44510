/* What the cross_chain behaviours claim can fail: planted weaknesses, and views that lie. */
#include "broken.h"

static const char *const drops[] = {"timeout=60s", NULL};

static const struct breaking rows[] = {
    {"cross_chain.await_finality", NULL, "vuln.mint-on-inclusion", {0}, "no mint is applied before its lock is final"},
    {"cross_chain.lock_mint", drops, NULL, {"claim:", "height", "7", 0}, "the claim's state path does not hold"},
    {"cross_chain.lock_mint", drops, NULL, {"/crosschain/locks/", "source_height", "1", 0}, "the mint's proof refers to the lock's final block"},
    {"cross_chain.lock_mint", drops, NULL, {"/crosschain/locks/", "amount", "\"499999\"", 0}, "the mint's proof refers to the lock's final block"},
    {"cross_chain.lock_mint", drops, NULL, {"/proof", "index", "3", 0}, "the message is not among those its block sent"},
    {"cross_chain.burn_unlock", NULL, NULL, {"/crosschain/unlocks/", "amount", "\"1\"", 0}, "the unlock is told as it was claimed"},
};

static void every_claim_can_fail(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "cross_chain.lock_mint", NULL);
    const struct op op = village_once(v, &track, 0, 0);
    check_done(&op);
    for (uint32_t i = 0; i < ARRAY_LEN(rows); i++) check_breaks(v, &rows[i], 0, i + 1);
}

/* Every 20th lock sends no message. */
static void a_lock_without_message_is_told(struct village *v)
{
    struct village_track track;
    struct op op = {0};
    weakness_set(v, "vuln.drop-bridge-message", true);
    for (uint32_t i = 0; i < 20 && op.status == OP_DONE; i++) {
        village_track(v, &track, "cross_chain.lock", NULL);
        op = village_once(v, &track, 1, i);
    }
    weakness_set(v, "vuln.drop-bridge-message", false);
    CHECK_U64(op.status, OP_POSTCONDITION);
    CHECK(strncmp(op.note, "a lock sends its message", 24) == 0);
    printf("broken: %-32s | %-60s | %s\n", "cross_chain.lock", "vuln.drop-bridge-message", op.note);
}

struct second {
    struct village *v;
    struct village_track track;
    struct op *op;
    struct gate *gate;
    char id[64 + 8 + 1];
    bool known;
};
static void id_take(void *context, struct str name, struct str value)
{
    struct second *second = context;
    if (!str_eq(name, STR("lock_id"))) return;
    snprintf(second->id, sizeof(second->id), "lock_id=" STR_FMT, STR_ARG(value));
    second->known = true;
}
static void first_run(void *arg)
{
    struct second *second = arg;
    struct act act;
    act_init(&act, &second->v->crew, &second->track.track, second->v->bots[2], env_now(second->v->env), 0);
    act.output = id_take;
    act.context = second;
    behavior_run(second->track.spec, &act, second->op);
    gate_leave(second->v->env, second->gate);
}

/* Two hasty claims of one lock, with its message and proof, where ids may be used again. */
static void a_second_mint_is_told(struct village *v)
{
    struct gate gate = {0};
    struct op first, claims[2];
    static struct second second;
    static struct village_track hasty;
    static const char *const slow[] = {"auto=false", "claim_after=300s", "timeout=120s", NULL};
    second = (struct second){.v = v, .op = &first, .gate = &gate};
    village_track(v, &second.track, "cross_chain.lock_mint", slow);
    weakness_set(v, "vuln.no-unlock-id-uniqueness", true);
    weakness_set(v, "vuln.mint-on-inclusion", true);
    gate_enter(&gate);
    (void)fiber_spawn(v->env, first_run, &second);
    while (!second.known) fiber_sleep(v->env, duration_ms(10));
    const char *const sets[] = {second.id, "early=true", NULL};
    village_track(v, &hasty, "cross_chain.mint", sets);
    village_begin(v, &hasty, 3, 0, (struct str){0}, &claims[0], &gate);
    village_begin(v, &hasty, 1, 1, (struct str){0}, &claims[1], &gate);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(200))));
    weakness_set(v, "vuln.no-unlock-id-uniqueness", false);
    weakness_set(v, "vuln.mint-on-inclusion", false);
    check_done(&claims[0]);
    check_done(&claims[1]);
    if (first.status != OP_POSTCONDITION) CHECK_FAIL("%s: %s", op_status_text(first.status), first.note);
    if (strncmp(first.note, "exactly one mint has the lock's id", 34) != 0) CHECK_FAIL("%s", first.note);
    printf("broken: %-32s | %-60s | %s\n", "cross_chain.lock_mint", "vuln.no-unlock-id-uniqueness", first.note);
}

static void body(struct village *v)
{
    every_claim_can_fail(v);
    a_lock_without_message_is_told(v);
    a_second_mint_is_told(v);
}

int main(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 4, .seed = 34, .ax = 100000000, .dx = 10000000}, body));
    return 0;
}
