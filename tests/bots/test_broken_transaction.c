/* Each claim about transactions that are signed now and sent later, and about the payments of a mix, can fail. One line a row. */
#include "broken.h"

static struct village *v;

#define NO_SIGNATURE                                                                                                             \
    "\"00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\""

static void live_done(uint32_t bot, const char *behavior, const char *const *sets) { village_live_done(v, bot, behavior, sets); }

static void breaks(uint32_t bot, const char *behavior, const char *const *sets, struct lie lie, const char *claim)
{
    check_breaks(v, &(struct breaking){behavior, sets, NULL, lie, claim}, bot, v->numbers++);
}

static const char *frozen(uint32_t bot) { return lie_frozen(v, CHAIN_ALPHA, bot); }

static void claims_of_views_that_lie(void)
{
    live_done(0, "transfer.simple", NULL); /* its account is in the state */
    breaks(0, "transaction.create", NULL, (struct lie){"/account/", "pending_nonce", "99", 0}, "nothing waits on its nonce");
    breaks(0, "transaction.submit", NULL, (struct lie){"/block/", "signature", NO_SIGNATURE, 0}, "it stands in its block byte for byte as it was signed");
    live_done(0, "transaction.create", NULL);
    breaks(0, "transaction.submit", NULL, (struct lie){"/statePath/", "value", frozen(0), 0}, "its nonce is used");
    live_done(0, "transaction.create", NULL);
    breaks(0, "transaction.submit", NULL, (struct lie){"/statePath/", "value", frozen(0), 1}, "its sender paid what it says");
    live_done(1, "transfer.simple", NULL);
    const char *still = frozen(1); /* the sixteenth part of the payments looks */
    struct liar *liar = arena_new(&v->arena, struct liar);
    struct village_track track;
    village_track(v, &track, "mix.network_day", SETS("weights={transfer: 1}"));
    struct op op = {0};
    liar_begin(v, liar, (struct lie){"/statePath/", "value", still, 0});
    for (uint32_t i = 0; i < 200 && op.status == OP_DONE; i++) op = village_once(v, &track, 1, i);
    liar_end(v, liar);
    CHECK_U64(op.status, OP_POSTCONDITION);
    CHECK(strncmp(op.note, "a payment takes its amount and its fee", 38) == 0);
    printf("broken: %-32s | %-60s | %s\n", "mix.network_day", "a view for which the account never moves", op.note);
}

/* ---- views that take what they say they refuse ---- */

struct denier {
    const char *path, *code;
    uint16_t http;
    struct http_watcher before;
};
static void denier_answered(void *ctx, struct str origin, struct http_exchange *exchange)
{
    const struct denier *denier = ctx;
    if (denier->before.answered) denier->before.answered(denier->before.ctx, origin, exchange);
    if (http_is_stream(exchange)) return;
    struct http_response *response = (struct http_response *)http_response(exchange); /* ours to forge, in this test */
    const struct str path = http_request(exchange)->path;
    if (memmem(path.data, path.len, denier->path, strlen(denier->path)) == NULL || response->status / 100 != 2) return;
    response->status = denier->http;
    response->body = str_fmt(http_arena(exchange), "{\"error\":{\"code\":\"%s\",\"message\":\"no\",\"suggestion\":\"ask again\",\"field\":null,\"details\":{},\"request_id\":\"r\"}}", denier->code);
    response->object = NULL;
    response->shape = NULL;
}

static void denied(const char *on, const char *code, uint16_t http, const char *const *sets, const char *claim)
{
    struct denier denier = {.path = on, .code = code, .http = http, .before = *http_client_watcher(v->crew.alpha.http)};
    const struct http_watcher watcher = {.answered = denier_answered, .ctx = &denier};
    struct village_track track;
    village_track(v, &track, "transaction.submit", sets);
    http_client_watch(v->crew.alpha.http, &watcher);
    const struct op op = village_once(v, &track, 3, v->numbers++);
    http_client_watch(v->crew.alpha.http, &denier.before);
    if (op.status != OP_POSTCONDITION || strncmp(op.note, claim, strlen(claim)) != 0) CHECK_FAIL("%s: %s", op_status_text(op.status), op.note);
    printf("broken: %-32s | a view answers %-45s | %s\n", "transaction.submit", code, op.note);
}

static char tx_hex[2048];
static void output_keep(void *context, struct str name, struct str value)
{
    (void)context;
    if (str_eq(name, STR("tx"))) snprintf(tx_hex, sizeof(tx_hex), "tx=" STR_FMT, STR_ARG(value));
}
static void created(const char *const *sets, void (*output)(void *, struct str, struct str), struct op *op)
{
    struct village_track track;
    struct act act;
    village_track(v, &track, "transaction.create", sets);
    act_init(&act, &v->crew, &track.track, v->bots[3], env_now(v->env), v->numbers++);
    act.output = output;
    behavior_run(track.spec, &act, op);
}

static void refusals_that_are_none(void)
{
    struct op op;
    created(NULL, output_keep, &op);
    check_done(&op);
    denied("/transaction/broadcast", "FEE_TOO_LOW", 402, NULL, "a refused transaction is on no chain");
    fiber_sleep(v->env, duration_s(10)); /* it ran */
    char nonce[40];
    struct answer answer;
    uint8_t bytes[1024];
    snprintf(nonce, sizeof(nonce), "fields=nonce=%" PRIu64, v->bots[3]->wallet.lanes[0].next + 1);
    created(SETS(nonce), output_keep, &op); /* behind a gap: it waits */
    check_done(&op);
    const struct str hex = str_of(tx_hex + 3);
    CHECK(str_unhex(hex, bytes, hex.len / 2));
    CHECK(alpha_broadcast_raw(&v->crew.alpha, (struct str){(const char *)bytes, hex.len / 2}, STR("application/octet-stream"), village_in(v, duration_s(10)), &answer) != NULL);
    answer_done(&answer);
    denied("/transaction/", "TRANSACTION_NOT_FOUND", 404, SETS(tx_hex), "a known transaction is there");
}

/* Somebody sends what the bot only signed, before it looks. */
static void output_send(void *context, struct str name, struct str value)
{
    (void)context;
    if (!str_eq(name, STR("tx"))) return;
    uint8_t bytes[1024];
    struct answer answer;
    CHECK(str_unhex(value, bytes, value.len / 2));
    CHECK(alpha_broadcast_raw(&v->crew.alpha, (struct str){(const char *)bytes, value.len / 2}, STR("application/octet-stream"), village_in(v, duration_s(10)), &answer) != NULL);
    answer_done(&answer);
}
static void somebody_sends_what_is_only_signed(void)
{
    struct op op;
    struct village_track track;
    struct act act;
    village_track(v, &track, "transaction.create", NULL);
    act_init(&act, &v->crew, &track.track, v->bots[2], env_now(v->env), v->numbers++);
    act.output = output_send;
    behavior_run(track.spec, &act, &op);
    CHECK_U64(op.status, OP_POSTCONDITION);
    CHECK(strncmp(op.note, "what is only signed is on no chain", 34) == 0);
    printf("broken: %-32s | %-60s | %s\n", "transaction.create", "somebody has sent it", op.note);
}

/* Bytes that are no transaction are admitted. */
static void admit_all_answered(void *ctx, struct str origin, struct http_exchange *exchange)
{
    const struct denier *denier = ctx;
    (void)origin;
    (void)denier;
    if (http_is_stream(exchange)) return;
    struct http_response *response = (struct http_response *)http_response(exchange);
    response->status = 202;
    response->body = STR("{\"transaction_id\":\"0000000000000000000000000000000000000000000000000000000000000001\",\"status\":\"pending\",\"stage\":\"m2\",\"arrival\":1,\"nonce\":0}");
    response->object = NULL;
    response->shape = NULL;
}
static void nonsense_is_taken(void)
{
    struct denier denier = {.before = *http_client_watcher(v->crew.alpha.http)};
    const struct http_watcher watcher = {.answered = admit_all_answered, .ctx = &denier};
    struct village_track track;
    village_track(v, &track, "transaction.submit", SETS("tx=00"));
    http_client_watch(v->crew.alpha.http, &watcher);
    const struct op op = village_once(v, &track, 0, v->numbers++);
    http_client_watch(v->crew.alpha.http, &denier.before);
    if (op.status != OP_POSTCONDITION || strncmp(op.note, "only transactions are taken", 27) != 0) CHECK_FAIL("%s: %s", op_status_text(op.status), op.note);
    printf("broken: %-32s | %-60s | %s\n", "transaction.submit", "a view admits anything", op.note);
}

static void body(struct village *village)
{
    v = village;
    v->numbers = 1;
    claims_of_views_that_lie();
    refusals_that_are_none();
    somebody_sends_what_is_only_signed();
    nonsense_is_taken();
}

int main(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 4, .seed = 53, .ax = 100000000, .dx = 10000000}, body));
    return 0;
}
