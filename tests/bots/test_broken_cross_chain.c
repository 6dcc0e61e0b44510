/* What the cross_chain behaviours claim can fail, each claim of the family: planted weaknesses, views that lie, and somebody who claims ahead of
 * the owner what a weak chain lets him claim. */
#include "broken.h"
#include "chain/ipc.h"
#include "tester/bot/send.h"
#include "tester/client/alpha_bridge.h"

#define LOCKS "/crosschain/locks/"
#define UNLOCKS "/crosschain/unlocks/"
#define AX_STATE "account:ax1"
#define DX_STATE "account:dx1"

/* One execution must end as a broken post-condition, with this claim among those that broke. */
static void breaks(struct village *v, uint32_t bot, const struct breaking *row)
{
    struct village_track track;
    struct liar *liar = arena_new(&v->arena, struct liar);
    village_track(v, &track, row->behavior, row->sets);
    if (row->weakness != NULL) weakness_set(v, row->weakness, true);
    liar_begin(v, liar, row->lie);
    const struct op op = village_once(v, &track, bot, v->numbers++);
    liar_end(v, liar);
    if (row->weakness != NULL) weakness_set(v, row->weakness, false);
    if (row->lie.path != NULL && liar->told == 0) CHECK_FAIL("%s: nothing was asked of %s", row->behavior, row->lie.path);
    const struct claim_count *found = NULL;
    for (uint32_t i = 0; i < track.track.claims_count; i++)
        if (strcmp(track.track.claims[i].name, row->claim) == 0 && track.track.claims[i].broken == 1) found = &track.track.claims[i];
    const bool noted = strncmp(op.note, row->claim, MIN(strlen(row->claim), sizeof(op.note) - 1)) == 0; /* proofs that do not hold are no counted claims */
    if (op.status != OP_POSTCONDITION || (found == NULL && !noted))
        CHECK_FAIL("%s with %s%s: %s, \"%s\", not \"%s\"", row->behavior, row->weakness ? row->weakness : "", row->lie.path ? row->lie.path : "",
                   op_status_text(op.status), op.note, row->claim);
    char lie[160] = "";
    if (row->lie.path != NULL) snprintf(lie, sizeof(lie), "a view says %s: %.24s for %s", row->lie.member, row->lie.value, row->lie.path);
    printf("broken: %-32s | %-60s | %s%s%s\n", row->behavior, row->weakness ? row->weakness : row->lie.path ? lie : "-", found ? row->claim : "", found ? ": " : "",
           found ? found->note : op.note);
    memset(&v->bots[bot]->cycle, 0, sizeof(v->bots[bot]->cycle));
}

/* ---- views that lie ---- */

static void views_of_a_lock(struct village *v)
{
    const char *const *quick = SETS("timeout=60s");
    const struct breaking rows[] = {
        {"cross_chain.lock", NULL, NULL, {AX_STATE, "value", lie_frozen(v, CHAIN_ALPHA, 0), 0}, "a lock takes amount and fee in AX"},
        {"cross_chain.lock", NULL, NULL, {"/transaction/", "events", "[]", 0}, "a lock sends its message"},
        {"cross_chain.lock_mint", quick, NULL, {AX_STATE, "value", lie_frozen(v, CHAIN_ALPHA, 0), 0}, "a lock takes amount and fee in AX"},
        {"cross_chain.lock_mint", quick, NULL, {DX_STATE, "value", lie_frozen(v, CHAIN_DELTA, 0), 0}, "a mint adds its amount in sAX"},
        {"cross_chain.lock_mint", quick, NULL, {"claim:", "height", "7", 0}, "the claim's state path does not hold"},
        {"cross_chain.lock_mint", quick, NULL, {LOCKS, "source_height", "1", 0}, "the mint's proof refers to the lock's final block"},
        {"cross_chain.lock_mint", quick, NULL, {LOCKS, "amount", "\"499999\"", 0}, "the mint's proof refers to the lock's final block"},
        {"cross_chain.lock_mint", quick, NULL, {"/proof", "index", "3", 0}, "the message is not among those its block sent"},
        {"cross_chain.await_finality", SETS("finality_depth=90"), NULL, {0}, "finality is told with the first block that proves it"},
    };
    for (uint32_t i = 0; i < ARRAY_LEN(rows); i++) breaks(v, 0, &rows[i]);
}

static void views_of_a_burn(struct village *v)
{
    const char *const *some = SETS("amount=700", "timeout=60s");
    const struct breaking rows[] = {
        {"cross_chain.burn_unlock", some, NULL, {DX_STATE, "value", lie_frozen(v, CHAIN_DELTA, 0), 0}, "a burn takes its amount in sAX"},
        {"cross_chain.burn_unlock", some, NULL, {"/transaction/", "events", "[]", 0}, "a burn sends its message"},
        {"cross_chain.burn_unlock", some, NULL, {AX_STATE, "value", lie_frozen(v, CHAIN_ALPHA, 0), 0}, "an unlock adds its amount in AX"},
        {"cross_chain.burn_unlock", some, NULL, {"claim:", "height", "7", 0}, "the claim's state path does not hold"},
        {"cross_chain.burn_unlock", some, NULL, {UNLOCKS, "amount", "\"1\"", 0}, "the unlock is told as it was claimed"},
        {"cross_chain.burn_unlock", some, NULL, {"/proof", "index", "3", 0}, "the message is not among those its block sent"},
    };
    village_live_done(v, 0, "cross_chain.lock_mint", NULL);
    for (uint32_t i = 0; i < ARRAY_LEN(rows); i++) breaks(v, 0, &rows[i]);
}

/* The account is read twice for the unlock (the burn), and again for the cycle. */
static void views_of_a_cycle(struct village *v)
{
    village_live_done(v, 0, "cross_chain.lock_mint", SETS("amount=1500"));
    const struct lie ax = {AX_STATE, "value", lie_frozen(v, CHAIN_ALPHA, 0), 2};
    breaks(v, 0, &(struct breaking){"cross_chain.burn_unlock", NULL, NULL, ax, "after a full cycle AX is the start less fees"});
    village_live_done(v, 0, "cross_chain.lock_mint", SETS("amount=1500"));
    const struct lie sax = {DX_STATE, "value", lie_frozen(v, CHAIN_DELTA, 0), 2};
    breaks(v, 0, &(struct breaking){"cross_chain.burn_unlock", NULL, NULL, sax, "after a full cycle sAX is the start"});
}

/* A view that tells of the chain's first message, which is proven, and is another's. */
static const char *another_message(struct village *v, enum chain_id chain)
{
    struct answer answer;
    char hex[65] = "";
    const struct ipc_question question = {.direction = DIRECTION_OUT, .limit = 1};
    const struct page *page = alpha_ipc_messages(chain == CHAIN_DELTA ? &v->crew.delta : &v->crew.alpha, &question, village_in(v, duration_s(10)), &answer);
    CHECK(page != NULL && page->count == 1);
    const struct ipc_record *record = page->items;
    str_hex(record->message_id.b, sizeof(record->message_id.b), hex);
    const char *events = str_fmt(&v->arena, "[{\"type\":\"ipc.emitted\",\"data\":{\"message_id\":\"%.64s\",\"sequence\":%llu}}]%c", hex,
                                 (unsigned long long)record->sequence, 0).data;
    answer_done(&answer);
    return events;
}

static void views_of_messages(struct village *v)
{
    const struct lie of_lock = {"/transaction/", "events", another_message(v, CHAIN_ALPHA), 0};
    const struct lie of_burn = {"/transaction/", "events", another_message(v, CHAIN_DELTA), 0};
    breaks(v, 0, &(struct breaking){"cross_chain.lock_mint", NULL, NULL, of_lock, "the message of a final block says what was sent"});
    breaks(v, 0, &(struct breaking){"cross_chain.burn_unlock", SETS("amount=700"), NULL, of_burn, "the message of a final block says what was sent"});
}

/* A chain that shows no proofs is believed what its claim entries say. */
static void views_without_proofs(struct village *v)
{
    struct trust *const trust[2] = {v->crew.trust[0], v->crew.trust[1]};
    const char *const *quick = SETS("timeout=60s");
    v->crew.trust[0] = v->crew.trust[1] = NULL;
    const struct lie other = {"claim:", "value", lie_frozen(v, CHAIN_DELTA, 0), 0};
    breaks(v, 0, &(struct breaking){"cross_chain.lock_mint", quick, NULL, other, "exactly one mint has the lock's id"});
    v->crew.trust[0] = trust[0];
    v->crew.trust[1] = trust[1];
}

static void a_wallet_can_be_full(struct village *v)
{
    struct purse *purse = &v->bots[0]->wallet.purses[TOKEN_SAX];
    const struct purse before = *purse;
    purse->settled = AMOUNT(~(u128)0);
    breaks(v, 0, &(struct breaking){"cross_chain.lock_mint", NULL, NULL, {0}, "what arrives fits the wallet"});
    *purse = before;
}

/* ---- a weak chain, and somebody who is faster ---- */

struct meddled {
    struct village *v;
    struct village_track track;
    struct op op;
    struct gate gate;
    char hex[65];
    bool known;
};
static void id_take(void *context, struct str name, struct str value)
{
    struct meddled *meddled = context;
    if (!str_eq(name, STR("lock_id")) && !str_eq(name, STR("burn_id"))) return;
    snprintf(meddled->hex, sizeof(meddled->hex), STR_FMT, STR_ARG(value));
    meddled->known = true;
}
static void meddled_run(void *arg)
{
    struct meddled *meddled = arg;
    struct act act;
    act_init(&act, &meddled->v->crew, &meddled->track.track, meddled->v->bots[2], env_now(meddled->v->env), meddled->v->numbers++);
    act.output = id_take;
    act.context = meddled;
    behavior_run(meddled->track.spec, &act, &meddled->op);
    gate_leave(meddled->v->env, &meddled->gate);
}

/* What `bot` claims with: a message that says what he likes. Nothing of it is checked where the source need not be final. */
struct forgery {
    enum chain_id from;
    struct hash id;
    struct amount amount;
    struct address to;
};
static void claim_by(struct village *v, uint32_t bot, const struct forgery *forgery)
{
    const bool lock = forgery->from == CHAIN_ALPHA;
    const struct domain alpha = domain_of(CHAIN_ALPHA, v->crew.alpha.network), delta = domain_of(CHAIN_DELTA, v->crew.delta.network);
    const struct ipc_message message = {.type = lock ? IPC_LOCK_TRANSACTION : IPC_BURN_TRANSACTION, .source = lock ? alpha : delta,
                                        .destination = lock ? delta : alpha, .sequence = 1, .source_height = 4000000,
                                        .body.transfer = {.id = forgery->id, .sender = forgery->to, .recipient = forgery->to, .amount = forgery->amount}};
    struct buf bytes = {0};
    ipc_encode(&message, &bytes);
    const union payload payload = {.claim = {.source_id = forgery->id, .source_height = 4000000, .message = buf_str(&bytes)}};
    struct track none = {0};
    struct act act;
    struct op op = {0};
    struct submission submission;
    act_init(&act, &v->crew, &none, v->bots[bot], env_now(v->env), v->numbers++);
    act.op = &op;
    act.chain = chain_other(forgery->from);
    const struct send_plan plan = {.kind = lock ? KIND_MINT_CLAIM : KIND_BRIDGE_UNLOCK_CLAIM, .payload = &payload};
    if (!act_send_begin(&act, &plan, &submission, &op)) CHECK_FAIL("the forged claim: " STR_FMT " %s", STR_ARG(code_text(op.code)), op.note);
    (void)act_send_end(&act, &submission, NULL, &op); /* in its block or not */
    buf_done(&bytes);
}

struct theft {
    const char *behavior, *claim;
    u128 amount;       /* that is claimed */
    bool for_another;  /* it pays somebody else */
    uint32_t times;
};

struct thief {
    struct village *v;
    struct gate *gate;
    uint32_t bot;
    struct forgery forgery;
};
static void thief_run(void *arg)
{
    struct thief *thief = arg;
    claim_by(thief->v, thief->bot, &thief->forgery);
    gate_leave(thief->v->env, thief->gate);
}

static void steals(struct village *v, const struct theft *theft)
{
    struct meddled *meddled = arena_new(&v->arena, struct meddled);
    *meddled = (struct meddled){.v = v};
    const bool lock = strcmp(theft->behavior, "cross_chain.lock_mint") == 0;
    village_track(v, &meddled->track, theft->behavior, SETS("auto=false", "amount=900", "timeout=60s"));
    weakness_set(v, "vuln.mint-on-inclusion", true);
    weakness_set(v, "vuln.no-unlock-id-uniqueness", theft->times > 1);
    gate_enter(&meddled->gate);
    (void)fiber_spawn(v->env, meddled_run, meddled);
    for (unsigned i = 0; i < 1000 && !meddled->known; i++) fiber_sleep(v->env, duration_ms(10));
    CHECK(meddled->known);
    struct thief *thieves = arena_array(&v->arena, struct thief, theft->times);
    for (uint32_t i = 0; i < theft->times; i++) {
        thieves[i] = (struct thief){v, &meddled->gate, i == 0 ? 1 : 3, {lock ? CHAIN_ALPHA : CHAIN_DELTA, {{0}}, AMOUNT(theft->amount), v->bots[theft->for_another ? 1 : 2]->identity.address}};
        CHECK(str_unhex((struct str){meddled->hex, 64}, thieves[i].forgery.id.b, sizeof(thieves[i].forgery.id.b)));
        gate_enter(&meddled->gate);
        (void)fiber_spawn(v->env, thief_run, &thieves[i]);
    }
    CHECK(gate_wait(v->env, &meddled->gate, village_in(v, duration_s(200))));
    weakness_set(v, "vuln.mint-on-inclusion", false);
    weakness_set(v, "vuln.no-unlock-id-uniqueness", false);
    if (meddled->op.status != OP_POSTCONDITION || strncmp(meddled->op.note, theft->claim, strlen(theft->claim)) != 0)
        CHECK_FAIL("%s: %s, \"%s\", not \"%s\"", theft->behavior, op_status_text(meddled->op.status), meddled->op.note, theft->claim);
    printf("broken: %-32s | %-60s | %s\n", theft->behavior,
           theft->times > 1 ? "vuln.no-unlock-id-uniqueness, vuln.mint-on-inclusion" : "vuln.mint-on-inclusion", meddled->op.note);
}

static void weak_chains(struct village *v)
{
    static const struct theft thefts[] = {
        {"cross_chain.lock_mint", "exactly one mint has the lock's id", 900, false, 2},
        {"cross_chain.lock_mint", "the mint is of the lock's amount", 1, false, 1},
        {"cross_chain.lock_mint", "the mint pays the named recipient", 900, true, 1},
        {"cross_chain.burn_unlock", "exactly one unlock has the burn's id", 900, false, 2},
        {"cross_chain.burn_unlock", "the unlock is of the burn's amount", 1, false, 1},
        {"cross_chain.burn_unlock", "the unlock pays the named recipient", 900, true, 1},
    };
    village_live_done(v, 2, "cross_chain.lock_mint", NULL); /* what is burned */
    for (uint32_t i = 0; i < ARRAY_LEN(thefts); i++) steals(v, &thefts[i]);
    breaks(v, 0, &(struct breaking){"cross_chain.await_finality", NULL, "vuln.mint-on-inclusion", {0}, "no mint is applied before its lock is final"});
    breaks(v, 0, &(struct breaking){"cross_chain.await_finality", NULL, "vuln.mint-on-inclusion", {0}, "a mint ahead of finality is refused"});
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

/* ---- mints of locks that were made before ---- */

static void lock_note(void *context, struct str name, struct str value)
{
    char *set = context;
    if (str_eq(name, STR("lock_id"))) snprintf(set, 80, "lock_id=" STR_FMT, STR_ARG(value));
}

static void mint_breaks(struct village *v, struct lie lie, const char *weakness, const char *claim)
{
    struct village_track track;
    struct act act;
    struct op op;
    char *set = arena_array(&v->arena, char, 80);
    village_track(v, &track, "cross_chain.lock", SETS("auto=false", "amount=800"));
    act_init(&act, &v->crew, &track.track, v->bots[3], env_now(v->env), v->numbers++);
    act.output = lock_note;
    act.context = set;
    behavior_run(track.spec, &act, &op);
    check_done(&op);
    breaks(v, 3, &(struct breaking){"cross_chain.mint", SETS(set, "timeout=60s"), weakness, lie, claim});
}

static void mints(struct village *v)
{
    mint_breaks(v, (struct lie){DX_STATE, "value", lie_frozen(v, CHAIN_DELTA, 3), 0}, NULL, "a mint adds its amount in sAX");
    mint_breaks(v, (struct lie){LOCKS, "source_height", "1", 0}, NULL, "the mint's proof refers to the lock's final block");
    mint_breaks(v, (struct lie){"claim:", "height", "7", 0}, NULL, "the claim's state path does not hold");
    mint_breaks(v, (struct lie){"/proof", "index", "3", 0}, NULL, "the message is not among those its block sent");
}

static void body(struct village *v)
{
    village_live_done(v, 0, "cross_chain.lock_mint", NULL);
    memset(&v->bots[0]->cycle, 0, sizeof(v->bots[0]->cycle));
    views_of_a_lock(v);
    views_of_a_burn(v);
    views_of_a_cycle(v);
    views_of_messages(v);
    views_without_proofs(v);
    a_wallet_can_be_full(v);
    weak_chains(v);
    mints(v);
    a_lock_without_message_is_told(v);
}

int main(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 4, .seed = 34, .ax = 100000000, .dx = 10000000}, body));
    return 0;
}
