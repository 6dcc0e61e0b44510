#include "network/devnet/genesis.h"

#include <stdio.h>

#include "core/crypto/derive.h"
#include "core/crypto/shield_note.h"
#include "network/devnet/actors.h"
#include "network/devnet/relay.h"
#include "network/devnet/watch.h"

#define HISTORY_BYTES (UINT64_C(2) << 30)

void genesis_keys(struct devnet *net, uint32_t i, struct sign_suite suite)
{
    uint8_t seed[32];
    struct validator *validator = &net->validators[i];
    char consensus[NODE_NAME_MAX + 16];
    if (net->count) snprintf(validator->name, sizeof(validator->name), "v%u", i + 1);
    else snprintf(validator->name, sizeof(validator->name), "observer");
    snprintf(consensus, sizeof(consensus), "%s/consensus", validator->name);
    derive_dev_seed(net->seed, str_of(validator->name), seed);
    seckey_from_seed(suite, seed, &validator->account);
    derive_dev_seed(net->seed, str_of(consensus), seed);
    seckey_from_seed(suite, seed, &validator->consensus);
    validator->address = address_of_key(&validator->account.pub);
}

/* What the configuration's standings come to on one chain. Lists with room for all of them. */
struct standings {
    struct ledger_stake *stakes;
    struct ledger_governor *governors;
    struct ledger_role_order *roles;
    size_t stakes_count, governors_count, roles_count;
};

static void standings_take(const struct devnet_config *config, struct ledger_validator *validators, struct ledger_role_order *roles, struct standings *out)
{
    size_t oracles = 0;
    *out = (struct standings){.stakes = base_alloc(sizeof(*out->stakes) * (config->standings_count + 1)),
                              .governors = base_alloc(sizeof(*out->governors) * (config->standings_count + 1)), .roles = roles, .roles_count = ACTORS};
    for (size_t i = 0; i < config->standings_count; i++) {
        const struct devnet_standing *standing = &config->standings[i];
        const struct ledger_role_order order = {.address = standing->address, .grant = true,
                                                .role = standing->kind == DEVNET_SETTLER ? LEDGER_ROLE_SETTLER : LEDGER_ROLE_KYC_OFFICER};
        switch (standing->kind) {
        case DEVNET_STAKED: out->stakes[out->stakes_count++] = (struct ledger_stake){standing->address, standing->amount}; break;
        case DEVNET_GOVERNOR: out->governors[out->governors_count++] = (struct ledger_governor){standing->address, standing->amount}; break;
        case DEVNET_VALIDATOR: validators[standing->validator - 1].bonded = validators[standing->validator - 1].self_bonded = standing->amount; break;
        case DEVNET_ORACLE: roles[oracles++].address = standing->address; break; /* the actors' first roles are the oracles' */
        case DEVNET_KYC_OFFICER:
        case DEVNET_SETTLER: roles[out->roles_count++] = order; break;
        }
    }
}

static struct ledger_state *genesis_state(const struct devchain *chain, const struct ledger_rules *rules, const struct devnet_config *config, struct sign_suite suite, struct err *err)
{
    const struct devnet *net = chain->net;
    struct ledger_validator *validators = base_alloc(sizeof(*validators) * MAX(net->count, 1));
    struct ledger_grant *grants = base_alloc(sizeof(*grants) * (config->grants_count + RELAYS_MAX + net->count + ACTORS));
    size_t grants_count = 0;
    const bool delta = chain->chain == CHAIN_DELTA;
    struct actors_genesis actors;
    actors_genesis(net->seed, suite, &actors);
    for (size_t i = 0; delta && i < ACTORS; i++) grants[grants_count++] = actors.grants[i];
    for (uint32_t i = 0; i < net->count; i++) {
        validators[i] = (struct ledger_validator){.address = net->validators[i].address, .consensus_key = net->validators[i].consensus.pub};
        memcpy(validators[i].name, net->validators[i].name, sizeof(net->validators[i].name));
    }
    for (size_t i = 0; i < config->grants_count; i++) {
        if (token_chain(config->grants[i].money.token) != chain->chain) continue;
        grants[grants_count++] = (struct ledger_grant){.to = config->grants[i].address, .money = config->grants[i].money};
    }
    for (uint32_t i = 0; net->chains_count > 1 && i < net->relays_count; i++) {
        struct seckey key = relay_key(net->seed, i, suite);
        grants[grants_count++] = (struct ledger_grant){address_of_key(&key.pub), {chain_fee_token(chain->chain), AMOUNT(RELAY_GRANT)}};
        seckey_wipe(&key);
    }
    for (uint32_t i = 0; i < net->count; i++)
        grants[grants_count++] = (struct ledger_grant){net->validators[i].address, {chain_fee_token(chain->chain), AMOUNT(WATCH_GRANT)}};
    struct ledger_role_order *roles = base_alloc(sizeof(*roles) * (ACTORS + config->standings_count));
    struct standings standings;
    memcpy(roles, actors.roles, sizeof(actors.roles));
    standings_take(config, validators, roles, &standings);
    const struct ledger_genesis genesis = {.params = &chain->genesis_params,
                                           .grants = grants,
                                           .grants_count = grants_count,
                                           .roles = roles,
                                           .roles_count = delta ? standings.roles_count : 0,
                                           .stakes = standings.stakes,
                                           .stakes_count = standings.stakes_count,
                                           .governors = standings.governors,
                                           .governors_count = standings.governors_count,
                                           .insurance = {delta ? DEVNET_INSURANCE : 0},
                                           .treasury = AMOUNT(chain->net->genesis_treasury),
                                           .validators = validators,
                                           .shielded_notes = chain->chain == CHAIN_ALPHA && !config->production ? SHIELD_GENESIS_NOTES : 0,
                                           .validators_count = net->count};
    struct ledger_state *state = ledger_genesis(rules, &genesis, err);
    base_free(validators);
    base_free(grants);
    base_free(roles);
    base_free(standings.stakes);
    base_free(standings.governors);
    return state;
}

static struct block *genesis_block(const struct devnet *net, struct domain domain, struct ledger_state *state, const struct committee *committee)
{
    struct header header = {.domain = domain, .timestamp_ms = instant_ms(env_now(net->env)), .state_root = ledger_state_root(state)};
    if (committee) header.committee_hash = header.next_committee_hash = committee->hash;
    const struct signature none = {0};
    return block_new(&header, &none, NULL, NULL, NULL, 0);
}

bool genesis_space(struct devchain *chain, const struct devnet_config *config, struct sign_suite suite, struct err *err)
{
    struct devnet *net = chain->net;
    const struct devchain *other = devnet_chain(net, chain_other(chain->chain));
    const struct domain peer = other ? domain_of(other->chain, other->network) : (struct domain){0};
    const struct ledger_rules rules = {.domain = domain_of(chain->chain, chain->network), .peer = peer};
    struct ledger_state *state = genesis_state(chain, &rules, config, suite, err);
    if (!state) return false;
    struct committee *committee = net->count ? ledger_next_committee(state, 0, 1) : NULL;
    struct block *genesis = genesis_block(net, rules.domain, state, committee);
    chain->space = node_space_new(&(struct node_space_config){
        .env = net->env,
        .chain = chain->chain,
        .network = chain->network,
        .peer = peer,
        .params = &chain->genesis_params,
        .suite = suite,
        .sigcache = config->sigcache ? config->sigcache : net->own_sigcache,
        .genesis = genesis,
        .genesis_state = state,
        .committee = committee,
        .limits = {.history_blocks = (uint32_t)net->history_blocks,
                   .history_bytes = HISTORY_BYTES / net->chains_count,
                   .participation_window = (uint32_t)MIN(chain->genesis_params.downtime_window_blocks, PARTICIPATION_WINDOW_MAX)},
        .gossip_tick_ns = net->gossip_tick_ms * NS_PER_MS,
        .costs = &net->costs,
        .shield = {config->simulated_proofs ? SHIELD_SIMULATED : SHIELD_REAL},
    });
    ledger_state_unref(state);
    block_unref(genesis);
    committee_unref(committee);
    return true;
}
