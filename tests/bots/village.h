/* Village: a devnet in a simulated world and a crew of bots that live on it: what the tests of this folder stand on. */
#ifndef TESTS_BOTS_VILLAGE_H
#define TESTS_BOTS_VILLAGE_H

#include "chain/wire/test/keep.h"
#include "chain/wire/test/listen.h"
#include "core/base/check.h"
#include "core/crypto/derive.h"
#include "network/devnet/devnet.h"
#include "tester/bot/canary.h"
#include "tester/bot/shieldbot.h"
#include "tester/client/trust.h"
#include "tester/role/role.h"
#include "world/fiber/chan.h"
#include "world/sim/sim.h"

#define VILLAGE_TOKEN "0123456789abcdef"
#define VILLAGE_BOTS_MAX 128

struct village_config {
    uint32_t validators, bots;
    uint64_t seed;
    uint64_t ax; /* of each bot, by genesis */
    uint64_t dx; /* likewise; above 0: Delta runs, too */
    uint64_t sax, usd;
    uint32_t seats; /* the first bots carry the keys of v1, v2 ...; their nodes sign until village_drive */
    enum http_wire wire;
    bool simulated;
    bool simulated_proofs;
    bool listens; /* reads the event streams of the gateways all along */
    const struct node_costs *costs; /* NULL: the defaults */
    const struct devnet_parameter *parameters;
    size_t parameters_count;
};

struct village {
    struct village_config config;
    struct sim *sim;
    struct env *env;
    struct http_net *http;
    struct devnet *net;
    struct host self;
    struct crew crew;
    struct admin admin;
    struct bot *bots[VILLAGE_BOTS_MAX];
    struct bot_running running[VILLAGE_BOTS_MAX];
    char names[VILLAGE_BOTS_MAX][16];
    uint32_t indices[VILLAGE_BOTS_MAX];
    struct arena arena;
    bool stopping;
    uint64_t events[EVENT_KIND_COUNT];
    void (*body)(struct village *village);
    volatile bool done;
    struct hash digest;
    struct listener alpha_listener, delta_listener;
    struct traffic *traffic; /* what of the contract the village exercised */
    uint64_t numbers;        /* of the executions begun: each has its own */
};

static void village_receive(void *ctx, struct host from, struct packet *packet)
{
    struct village *v = ctx;
    if (http_is_answer(packet)) http_client_receive(v->crew.alpha.http, from, packet);
}
static const struct host_ops village_ops = {.receive = village_receive};

static void village_event(void *context, const struct event *event, struct str text)
{
    (void)text;
    ((struct village *)context)->events[event->kind]++;
}

static void village_fiber(void *arg)
{
    struct village *v = arg;
    struct err err = {0};
    if (!crew_learn(&v->crew, instant_add(env_now(v->env), duration_s(30)), &err)) CHECK_FAIL("crew_learn: %s", err.text);
    if (v->config.listens) listener_start(&v->alpha_listener, v->env, v->crew.alpha.http, "alpha", "/testnet/events");
    if (v->config.listens && v->config.dx > 0) listener_start(&v->delta_listener, v->env, v->crew.alpha.http, "delta", "/mainnet/events");
    v->body(v);
    listener_stop(&v->alpha_listener);
    listener_stop(&v->delta_listener);
    v->done = true;
}

static inline struct instant village_in(const struct village *v, struct duration d) { return instant_add(env_now(v->env), d); }

static inline struct village *village_run(struct village_config config, void (*body)(struct village *village))
{
    struct village *v = base_alloc(sizeof(*v));
    v->config = config;
    v->body = body;
    v->sim = sim_new(config.seed, sim_model_default(), NULL);
    v->env = sim_env(v->sim);
    v->http = http_net_new(v->env, config.wire);
    v->self = env_host_open(v->env, STR("bots"), &village_ops, v);
    sim_host_is_client(v->sim, v->self);
    arena_init(&v->arena, 0);
    v->admin = (struct admin){.origin = STR("admin"), .token = STR(VILLAGE_TOKEN)};
    v->crew = (struct crew){
        .env = v->env,
        .alpha = {.origin = STR("alpha")},
        .admin = &v->admin,
        .suite = {config.simulated ? SIGN_SIMULATED : SIGN_ED25519},
        .shield = {config.simulated_proofs ? SHIELD_SIMULATED : SHIELD_REAL},
        .prove = prove_costs_default(),
        .bus = bus_new(v->env),
        .bots = v->bots,
        .bots_count = config.bots,
        .stopping = &v->stopping,
        .event = village_event,
        .context = v,
    };
    v->crew.alpha.http = v->admin.http = http_client_new(v->http, v->self);
    v->crew.adnet = (struct adnet){.http = v->crew.alpha.http, .origin = STR("adnet")};
    v->traffic = traffic_new();
    traffic_watch(v->traffic, v->crew.alpha.http);
    if (config.dx > 0) v->crew.delta = (struct alpha){.http = v->crew.alpha.http, .origin = STR("delta"), .network = NETWORK_MAINNET, .chain = CHAIN_DELTA};
    struct devnet_grant *grants = base_alloc(sizeof(*grants) * 4 * VILLAGE_BOTS_MAX);
    size_t grants_count = 0;
    struct bot_idle idle[VILLAGE_BOTS_MAX];
    for (uint32_t i = 0; i < config.bots; i++) {
        snprintf(v->names[i], sizeof(v->names[i]), "user-%u", i + 1);
        idle[i] = bot_new(&v->crew, config.seed, str_of(v->names[i]), i);
        if (i < config.seats) bot_seat_take(&idle[i], config.seed, i + 1);
        v->bots[i] = idle[i].bot;
        v->indices[i] = i;
        if (config.ax > 0) grants[grants_count++] = (struct devnet_grant){idle[i].bot->identity.address, {TOKEN_AX, AMOUNT(config.ax)}};
        if (config.dx > 0) grants[grants_count++] = (struct devnet_grant){idle[i].bot->identity.address, {TOKEN_DX, AMOUNT(config.dx)}};
        if (config.sax > 0) grants[grants_count++] = (struct devnet_grant){idle[i].bot->identity.address, {TOKEN_SAX, AMOUNT(config.sax)}};
        if (config.usd > 0) grants[grants_count++] = (struct devnet_grant){idle[i].bot->identity.address, {TOKEN_USD, AMOUNT(config.usd)}};
    }
    const struct devnet_config net = {
        .validators = config.validators,
        .seed = config.seed,
        .simulated = config.simulated,
        .simulated_proofs = config.simulated_proofs,
        .admin_token = STR(VILLAGE_TOKEN),
        .costs = config.costs,
        .parameters = config.parameters,
        .parameters_count = config.parameters_count,
        .grants = grants,
        .grants_count = grants_count,
        .delta = config.dx > 0,
    };
    struct err err = {0};
    if (!devnet_new(v->env, v->http, &net, &v->net, &err)) CHECK_FAIL("no devnet: %s", err.text);
    base_free(grants);
    for (enum chain_id chain = CHAIN_ALPHA; chain <= (config.dx > 0 ? CHAIN_DELTA : CHAIN_ALPHA); chain++) {
        const struct devnet_genesis genesis = devnet_genesis(v->net, chain);
        const struct trust_genesis from = {genesis.domain, genesis.hash, genesis.committee};
        v->crew.trust[chain - 1] = trust_new(&from, verifier_plain(&v->crew.suite));
    }
    for (uint32_t i = 0; i < config.bots; i++) {
        const struct money granted[] = {money_of(TOKEN_AX, AMOUNT(config.ax)), money_of(TOKEN_DX, AMOUNT(config.dx)),
                                        money_of(TOKEN_SAX, AMOUNT(config.sax)), money_of(TOKEN_USD, AMOUNT(config.usd))};
        struct bot_funded funded = bot_fund_genesis(&idle[i], granted, ARRAY_LEN(granted));
        v->running[i] = bot_start(&funded);
    }
    (void)fiber_spawn(v->env, village_fiber, v);
    (void)sim_run(v->sim, instant_add(INSTANT_GENESIS, duration_s(86400)), &v->done);
    v->stopping = true; /* and the crew's own fibers end */
    bool never = false;
    (void)sim_run(v->sim, instant_add(env_now(v->env), duration_s(30)), &never);
    CHECK(v->done);
    v->digest = sim_digest(v->sim);
    return v;
}

static inline void village_free(struct village *v)
{
    shield_commons_free(&v->crew); /* while there is a world: wallets may be looking at notes ahead */
    http_client_free(v->crew.alpha.http);
    traffic_keep(v->traffic);
    traffic_free(v->traffic);
    http_net_free(v->http);
    devnet_free(v->net);
    sim_free(v->sim);
    bus_free(v->crew.bus);
    for (size_t i = 0; i < ARRAY_LEN(v->crew.trust); i++)
        if (v->crew.trust[i] != NULL) trust_free(v->crew.trust[i]);
    for (uint32_t i = 0; i < v->config.bots; i++) bot_free(v->bots[i]);
    canaries_free(&v->crew);
    arena_done(&v->arena);
    base_free(v);
}

/* ---- tracks and executions ---- */

static bool village_ran[512]; /* by place in the catalog: which behaviours a test has used */

struct village_track {
    struct track track;
    const struct behavior_spec *spec;
    struct arg *args; /* in the village's arena */
};

/* A track of all bots with default parameters, and those of `sets` ("name=value", NULL-terminated, may be NULL). */
static inline void village_track(struct village *v, struct village_track *out, const char *behavior, const char *const *sets)
{
    memset(out, 0, sizeof(*out));
    out->spec = behavior_find(str_of(behavior));
    CHECK(out->spec != NULL && out->spec->step != NULL);
    size_t place = 0;
    while (!str_eq(behavior_name_at(place), str_of(behavior))) place++;
    CHECK(place < ARRAY_LEN(village_ran));
    village_ran[place] = true;
    struct err err = {0};
    out->args = arena_array(&v->arena, struct arg, param_specs_count(out->spec->params) + 1);
    for (size_t i = 0; i < param_specs_count(out->spec->params); i++)
        arg_fallback(&out->spec->params[i], &v->arena, &out->args[i]);
    for (; sets != NULL && *sets != NULL; sets++) {
        struct str name, value;
        size_t index;
        CHECK(str_cut(str_of(*sets), '=', &name, &value));
        const struct param_spec *spec = param_specs_find(out->spec->params, name, &index);
        CHECK(spec != NULL);
        if (!arg_parse(spec, value, &v->arena, &out->args[index], &err)) CHECK_FAIL("%s", err.text);
    }
    struct rng root;
    rng_init(&root, v->config.seed);
    out->track = (struct track){.params = out->spec->params,
                                .args = out->args,
                                .bots = v->indices,
                                .bots_count = v->config.bots,
                                .rng = rng_split(&root, str_of(behavior), 0)};
}

struct village_exec {
    struct village *village;
    struct village_track *track;
    struct act act;
    struct op *op;
    struct gate *gate;
};

static void village_exec_fiber(void *arg)
{
    struct village_exec *exec = arg;
    behavior_run(exec->track->spec, &exec->act, exec->op);
    gate_leave(exec->village->env, exec->gate);
    base_free(exec);
}

/* Begins one execution now; `op` must live until the gate has opened. */
static inline void village_begin(struct village *v, struct village_track *track, uint32_t bot, uint64_t number, struct str view,
                                 struct op *op, struct gate *gate)
{
    struct village_exec *exec = base_alloc(sizeof(*exec));
    *exec = (struct village_exec){.village = v, .track = track, .op = op, .gate = gate};
    act_init(&exec->act, &v->crew, &track->track, v->bots[bot], env_now(v->env), number);
    exec->act.view = view;
    gate_enter(gate);
    (void)fiber_spawn(v->env, village_exec_fiber, exec);
}

/* One execution, to its end. */
static inline struct op village_once(struct village *v, struct village_track *track, uint32_t bot, uint64_t number)
{
    struct op op;
    struct act act;
    act_init(&act, &v->crew, &track->track, v->bots[bot], env_now(v->env), number);
    behavior_run(track->spec, &act, &op);
    return op;
}

/* From now on (or no longer) the validators of bots `first` to `last` are driven by their bots alone. */
static inline void village_drive(struct village *v, uint32_t first, uint32_t last, bool driven)
{
    struct answer answer;
    struct buf names = {0};
    for (uint32_t i = first; i <= last; i++) {
        buf_put_str(&names, i == first ? STR("[\"") : STR("\",\""));
        buf_put_str(&names, str_of(v->bots[i]->seat.name));
    }
    buf_put_str(&names, STR("\"]"));
    CHECK(admin_external(&v->admin, buf_str(&names), driven, village_in(v, duration_s(10)), &answer));
    answer_done(&answer);
    buf_done(&names);
}

static inline struct postconditions village_settle(struct village *v)
{
    struct postconditions found;
    behavior_find(STR("transfer.simple"))->settle(&v->crew, v->indices, v->config.bots, village_in(v, duration_s(60)), &found);
    return found;
}

static inline void village_check_settled(struct village *v)
{
    const struct postconditions found = village_settle(v);
    if (found.violations > 0 || found.unknown > 0) CHECK_FAIL("%s", found.note);
    CHECK_U64(found.samples, v->config.bots);
}

static inline void check_done(const struct op *op)
{
    if (op->status != OP_DONE)
        CHECK_FAIL("%s " STR_FMT ": %s", op_status_text(op->status), STR_ARG(code_text(op->code)), op->note);
}

static inline void check_refused(const struct op *op, enum code code)
{
    CHECK_U64(op->status, OP_REFUSED);
    CHECK_STR(code_text(op->code), code_text(code));
}

/* Until that height of Alpha is final at the gateway. */
static inline void village_final_at(struct village *v, uint32_t height)
{
    uint32_t reached = 0;
    struct answer answer;
    for (uint32_t i = 0; reached < height; i++) {
        CHECK(i < 900);
        fiber_sleep(v->env, duration_ms(200));
        CHECK(alpha_height_final(&v->crew.alpha, village_in(v, duration_s(10)), &reached, &answer));
        answer_done(&answer);
    }
}

/* ---- calls of a client: both look at the `answer` in scope ---- */

/* Tells what came back when a call that must succeed did not. */
#define WANT(call)                                                                                                               \
    do {                                                                                                                         \
        if (!(call))                                                                                                             \
            CHECK_FAIL("%s: %s " STR_FMT " %s %s", #call, answer_status_text(answer.status), STR_ARG(code_text(answer.code)),    \
                       answer.fault ? answer.fault : "", answer.error ? answer.error->message : "");                             \
    } while (0)
/* The last call was refused with that code and in words; ends the answer. */
#define REFUSED(wanted)                                                                                                          \
    do {                                                                                                                         \
        if (answer.status != ANSWER_REFUSED || answer.code != (wanted))                                                          \
            CHECK_FAIL("%s " STR_FMT ", not " STR_FMT, answer_status_text(answer.status), STR_ARG(code_text(answer.code)),       \
                       STR_ARG(code_text(wanted)));                                                                              \
        CHECK(answer.error->message[0] != 0);                                                                                    \
        answer_done(&answer);                                                                                                    \
    } while (0)
#define REFUSES(call, wanted)                                                                                                    \
    do {                                                                                                                         \
        CHECK(!(call));                                                                                                          \
        REFUSED(wanted);                                                                                                         \
    } while (0)

/* ---- lives: one execution each, with a number of its own ---- */

#define SETS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* In the village's arena: frames of fibers stay small. */
static inline struct village_track *village_track_new(struct village *v, const char *behavior, const char *const *sets)
{
    struct village_track *track = arena_new(&v->arena, struct village_track);
    village_track(v, track, behavior, sets);
    return track;
}

static inline struct op village_live(struct village *v, uint32_t bot, const char *behavior, const char *const *sets)
{
    return village_once(v, village_track_new(v, behavior, sets), bot, v->numbers++);
}

static inline void village_live_done(struct village *v, uint32_t bot, const char *behavior, const char *const *sets)
{
    const struct op op = village_live(v, bot, behavior, sets);
    check_done(&op);
}

/* One line of the execution, and one of each claim made on the track so far. */
static inline void village_tell(const struct village_track *track, const struct op *op)
{
    printf("%-28s %s " STR_FMT " %s\n", track->spec->name, op_status_text(op->status), STR_ARG(code_text(op->code)), op->note);
    for (uint32_t i = 0; i < track->track.claims_count; i++)
        printf("    %-55s %3" PRIu64 " held, %" PRIu64 " broken %s\n", track->track.claims[i].name, track->track.claims[i].held, track->track.claims[i].broken,
               track->track.claims[i].note);
}

/* As village_live, and tells it. */
static inline struct op village_live_told(struct village *v, uint32_t bot, const char *behavior, const char *const *sets)
{
    struct village_track *track = village_track_new(v, behavior, sets);
    const struct op op = village_once(v, track, bot, v->numbers++);
    village_tell(track, &op);
    return op;
}

/* How often a claim of that name held on the track; 0, too, when it was never made. */
static inline uint64_t village_held(const struct village_track *track, const char *claim)
{
    for (uint32_t i = 0; i < track->track.claims_count; i++)
        if (strcmp(track->track.claims[i].name, claim) == 0) return track->track.claims[i].held;
    return 0;
}

/* Every one of `claims` (NULL-terminated) was made, has held and was never broken. */
static inline void village_check_held(const struct village_track *track, const char *const *claims)
{
    for (; *claims != NULL; claims++) {
        bool held = false;
        for (uint32_t i = 0; i < track->track.claims_count; i++)
            held = held || (strcmp(track->track.claims[i].name, *claims) == 0 && track->track.claims[i].held > 0 && track->track.claims[i].broken == 0);
        if (!held) CHECK_FAIL("%s: \"%s\" was never held", track->spec->name, *claims);
    }
}

#endif
