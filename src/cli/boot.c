#include "cli/boot.h"

#include "chain/wire/traffic.h"

#include "cli/aftercheck.h"
#include "cli/foresign.h"
#include "core/crypto/hash.h"
#include "world/real/real.h"

#define SIGCACHE_CHECKS (1u << 18) /* the votes and transactions of some minutes of virtual time */

struct boot {
    struct sign_suite suite;
    struct shield_suite shield;
    struct sigcache *sigcache;
    struct real_offloader *offloader; /* NULL: one thread */
    struct aftercheck *aftercheck;    /* likewise */
    struct foresign *foresign;        /* likewise */
    struct sign_helper checking, signing; /* the aftercheck's, and the foresign's, which tells it */
    struct sim_model model;
    struct prove_costs prove;
    struct sim *sim;
    struct http_net *net;
    struct devnet *devnet;
    struct host client_host;
    struct http_client *client;
    struct admin admin;
    char token[33];
    uint32_t validators;
    struct traffic *traffic;
};

static void client_receive(void *ctx, struct host from, struct packet *packet)
{
    struct boot *boot = ctx;
    if (boot->client != NULL && http_is_answer(packet)) http_client_receive(boot->client, from, packet);
}

static const struct host_ops client_ops = {.receive = client_receive};

/* The admin token only keeps strangers out; inside a process it may follow from the seed. */
static void token_make(struct boot *boot, uint64_t seed)
{
    const struct hash hash = hash_tagged("adnet-testbots/admin-token", &seed, sizeof seed);
    str_hex(hash.b, 16, boot->token);
    boot->token[32] = '\0';
}

/* The two wings' words for the same thing. */
static struct devnet_standing standing_of(const struct run_standing *standing)
{
    static const enum devnet_standing_kind kinds[] = {
        [STANDING_STAKED] = DEVNET_STAKED, [STANDING_GOVERNOR] = DEVNET_GOVERNOR,       [STANDING_VALIDATOR] = DEVNET_VALIDATOR,
        [STANDING_ORACLE] = DEVNET_ORACLE, [STANDING_KYC_OFFICER] = DEVNET_KYC_OFFICER, [STANDING_SETTLER] = DEVNET_SETTLER,
    };
    return (struct devnet_standing){kinds[standing->kind], standing->address, standing->validator, standing->amount};
}

static bool devnet_boot(struct boot *boot, const struct boot_options *options, struct err *err)
{
    struct devnet_grant *grants = base_alloc((options->grants_count + 1) * sizeof *grants);
    struct devnet_parameter *parameters = base_alloc((options->parameters_count + 1) * sizeof *parameters);
    for (size_t i = 0; i < options->grants_count; i++) grants[i] = (struct devnet_grant){options->grants[i].address, options->grants[i].money};
    struct devnet_standing *standings = base_alloc((options->standings_count + 1) * sizeof *standings);
    for (size_t i = 0; i < options->standings_count; i++) standings[i] = standing_of(&options->standings[i]);
    for (size_t i = 0; i < options->parameters_count; i++)
        parameters[i] = (struct devnet_parameter){options->parameters[i].name, options->parameters[i].value};
    const struct devnet_config config = {
        .validators = options->validators,
        .seed = options->seed,
        .network = NETWORK_TESTNET,
        .delta = true,
        .production = options->production,
        .simulated = options->simulated,
        .simulated_proofs = options->simulated_proofs,
        .admin_token = str_of(boot->token),
        .parameters = parameters,
        .parameters_count = options->parameters_count,
        .grants = grants,
        .grants_count = options->grants_count,
        .standings = standings,
        .standings_count = options->standings_count,
        .costs = &options->costs.node,
        .sigcache = boot->sigcache,
    };
    const bool ok = devnet_new(sim_env(boot->sim), boot->net, &config, &boot->devnet, err);
    base_free(grants);
    base_free(parameters);
    base_free(standings);
    return ok;
}

bool boot_new(const struct boot_options *options, struct boot **out, struct err *err)
{
    struct boot *boot = base_alloc(sizeof *boot);
    boot->suite.scheme = options->simulated ? SIGN_SIMULATED : SIGN_ED25519;
    boot->shield.scheme = options->simulated_proofs ? SHIELD_SIMULATED : SHIELD_REAL;
    boot->model = sim_model_default();
    boot->prove = options->costs.prove;
    boot->validators = options->validators;
    struct offloader face;
    const bool second_thread = options->second_thread && !options->simulated; /* a keyed hash costs less than handing it over */
    if (second_thread) {
        boot->offloader = real_offloader_new();
        face = real_offloader_face(boot->offloader);
        boot->aftercheck = aftercheck_new(&face, &boot->checking);
        boot->foresign = foresign_new(&face, &boot->checking, &boot->signing);
        boot->suite.helper = &boot->signing;
    }
    boot->sigcache = sigcache_new(boot->suite, SIGCACHE_CHECKS);
    if (second_thread) aftercheck_begin(boot->aftercheck, boot->sigcache);
    boot->sim = sim_new(options->seed, boot->model, second_thread ? &face : NULL);
    struct env *env = sim_env(boot->sim);
    boot->net = http_net_new(env, options->wire);
    boot->client_host = env_host_open(env, STR("bots"), &client_ops, boot);
    sim_host_is_client(boot->sim, boot->client_host);
    boot->client = http_client_new(boot->net, boot->client_host);
    boot->traffic = traffic_new();
    traffic_watch(boot->traffic, boot->client);
    token_make(boot, options->seed);
    if (!devnet_boot(boot, options, err)) {
        boot_free(boot);
        return err_wrap(err, "the embedded network does not start");
    }
    boot->admin = (struct admin){.http = boot->client, .origin = STR("admin"), .token = str_of(boot->token)};
    *out = boot;
    return true;
}

void boot_free(struct boot *boot)
{
    if (boot == NULL) return;
    http_client_free(boot->client);
    traffic_free(boot->traffic);
    http_net_free(boot->net);
    devnet_free(boot->devnet);
    sim_free(boot->sim);
    foresign_free(boot->foresign);
    aftercheck_free(boot->aftercheck);
    real_offloader_free(boot->offloader);
    sigcache_free(boot->sigcache);
    base_free(boot);
}

struct str boot_traffic(struct boot *boot, struct arena *arena)
{
    struct buf text = {0};
    struct json_writer w = json_writer_pretty(&text);
    traffic_write(boot->traffic, &w);
    const struct str out = str_dup(arena, buf_str(&text));
    buf_done(&text);
    return out;
}

struct sim *boot_sim(struct boot *boot)
{
    return boot->sim;
}

static void usage_tell(struct resources *out)
{
    struct real_usage now;
    real_usage(&now);
    *out = (struct resources){now.rss_bytes, now.cpu_us, now.fds, real_now_ns() / 1000};
}

struct target boot_target(struct boot *boot)
{
    const struct devnet_genesis genesis = devnet_genesis(boot->devnet, CHAIN_ALPHA), delta = devnet_genesis(boot->devnet, CHAIN_DELTA);
    return (struct target){
        .env = sim_env(boot->sim),
        .alpha = {.http = boot->client, .origin = STR("alpha"), .network = NETWORK_TESTNET},
        .delta = {.http = boot->client, .origin = STR("delta"), .network = NETWORK_MAINNET, .chain = CHAIN_DELTA},
        .admin = &boot->admin,
        .adnet = {.http = boot->client, .origin = STR("adnet")},
        .genesis = {.domain = genesis.domain, .hash = genesis.hash, .committee = genesis.committee},
        .genesis_delta = {.domain = delta.domain, .hash = delta.hash, .committee = delta.committee},
        .suite = boot->suite,
        .shield = boot->shield,
        .prove = boot->prove,
        .verifier = verifier_of_cache(boot->sigcache),
        .validators = boot->validators,
        .funded_by_genesis = true,
        .resources = usage_tell,
        .virtual_time = true,
        .own_network = true,
    };
}

uint64_t boot_signatures_wrong(struct boot *boot)
{
    return boot->aftercheck != NULL ? aftercheck_settle(boot->aftercheck).wrong : 0;
}

struct devnet_counters boot_counters(const struct boot *boot)
{
    return devnet_counters(boot->devnet);
}

struct sim_model boot_model(const struct boot *boot)
{
    return boot->model;
}
