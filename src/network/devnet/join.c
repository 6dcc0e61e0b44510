#include "network/devnet/join.h"

#include "chain/payload.h"
#include "network/devnet/watch.h"

#define TICK_MS 500
#define AGAIN_MS 5000 /* what was submitted and is not on the chain by then is submitted again */

enum newcomer_state { NEWCOMER_POOR, NEWCOMER_FUNDED, NEWCOMER_DONE };
struct newcomer {
    uint32_t index; /* among the validators */
    enum newcomer_state state;
    struct instant due;
};
struct joins {
    struct devnet *net;
    struct sign_suite suite;
    struct timer timer;
    VEC(struct newcomer) newcomers; /* all that ever came, in that order */
};

static struct amount stake_of(const struct params *params) { return AMOUNT(MAX(params->genesis_stake, params->min_validator_stake)); }

/* What a genesis validator has: a bond, and what the watch pays its fees with on either chain. */
static uint32_t fund(struct joins *joins, struct newcomer *newcomer, size_t count)
{
    struct devnet *net = joins->net;
    uint32_t effective = 0;
    struct ledger_grant *grants = base_alloc(sizeof(*grants) * count);
    EACH_CHAIN(net, chain) {
        const bool alpha = chain->chain == CHAIN_ALPHA;
        const struct amount sum = alpha ? AMOUNT(stake_of(&chain->space->params).units + WATCH_GRANT) : AMOUNT(WATCH_GRANT);
        const uint32_t height = devchain_next_height(chain);
        for (size_t i = 0; i < count; i++)
            grants[i] = (struct ledger_grant){net->validators[newcomer[i].index].address, {chain_fee_token(chain->chain), sum}};
        node_space_order(chain->space, height, grants, count, NULL, 0);
        if (alpha) effective = height;
    }
    for (size_t i = 0; i < count; i++) newcomer[i].state = NEWCOMER_FUNDED;
    base_free(grants);
    return effective;
}

static void submit(struct joins *joins, struct node *node, const struct validator *who)
{
    const struct ledger_state *head = node_state(node, false);
    const union payload payload = {
        .validator_register = {.consensus_key = who->consensus.pub, .name = str_of(who->name), .stake = stake_of(ledger_params(head))}};
    struct apierror error;
    struct buf bytes = {0};
    payload_encode(KIND_VALIDATOR_REGISTER, &payload, &bytes);
    struct tx_spec spec = {.domain = joins->net->chains[0].space->rules.domain,
                           .kind = KIND_VALIDATOR_REGISTER,
                           .nonce = node_pending_nonce(node, &who->address),
                           .payload = buf_str(&bytes)};
    spec.fee = params_min_fee(ledger_params(head), tx_spec_size(&spec));
    struct tx *tx = tx_build(&spec, joins->suite, &who->account, &error);
    if (tx && !node_submit(node, tx, &error)) { /* refused: tried again when it is due */ }
    tx_unref(tx);
    buf_done(&bytes);
}

/* `node` shows Alpha. */
static void pursue(struct joins *joins, struct node *node, struct newcomer *newcomer)
{
    const struct validator *who = &joins->net->validators[newcomer->index];
    const struct ledger_state *head = node_state(node, false);
    const struct instant now = env_now(joins->net->env);
    struct ledger_validator entry;
    struct ledger_account account;
    if (ledger_validator_find(node_state(node, true), &who->address, &entry)) {
        newcomer->state = NEWCOMER_DONE;
        return;
    }
    if (instant_before(now, newcomer->due) || ledger_validator_find(head, &who->address, &entry)) return;
    ledger_account_get(head, &who->address, &account);
    const bool rich = account.balances[TOKEN_AX - 1].free.units > stake_of(ledger_params(head)).units;
    if (newcomer->state == NEWCOMER_POOR && !rich) {
        (void)fund(joins, newcomer, 1);
        return;
    }
    if (!rich) return; /* its height has not come */
    submit(joins, node, who);
    newcomer->due = instant_add(now, duration_ms(AGAIN_MS));
}

static void rest(struct joins *joins)
{
    struct env *env = joins->net->env;
    for (size_t i = 0; i < joins->newcomers.count; i++) {
        if (joins->newcomers.data[i].state == NEWCOMER_DONE) continue;
        env_timer_set(env, &joins->timer, instant_add(env_now(env), duration_ms(TICK_MS)));
        return;
    }
}

static void tick(struct timer *timer)
{
    struct joins *joins = CONTAINER_OF(timer, struct joins, timer);
    const struct devchain *alpha = &joins->net->chains[0];
    uint32_t gateway;
    const bool up = devchain_gateway(alpha, &gateway) && alpha->seats[gateway].node;
    for (size_t i = 0; up && i < joins->newcomers.count; i++)
        if (joins->newcomers.data[i].state != NEWCOMER_DONE) pursue(joins, alpha->seats[gateway].node, &joins->newcomers.data[i]);
    rest(joins);
}

struct joins *joins_new(struct devnet *net, struct sign_suite suite)
{
    struct joins *joins = base_alloc(sizeof(*joins));
    *joins = (struct joins){.net = net, .suite = suite, .timer = TIMER(tick)};
    return joins;
}

void joins_free(struct joins *joins)
{
    if (!joins) return;
    env_timer_cancel(joins->net->env, &joins->timer);
    vec_done(&joins->newcomers);
    base_free(joins);
}

uint32_t joins_begin(struct joins *joins, uint32_t first)
{
    const size_t had = joins->newcomers.count;
    ASSERT(first < joins->net->count);
    for (uint32_t i = first; i < joins->net->count; i++) vec_push(&joins->newcomers, ((struct newcomer){.index = i}));
    const uint32_t height = fund(joins, joins->newcomers.data + had, joins->newcomers.count - had);
    rest(joins);
    return height;
}

void joins_rewind(struct joins *joins)
{
    const struct instant due = instant_add(env_now(joins->net->env), duration_ms(AGAIN_MS)); /* orders that came back take effect first */
    for (size_t i = 0; i < joins->newcomers.count; i++) {
        joins->newcomers.data[i].state = NEWCOMER_POOR;
        joins->newcomers.data[i].due = due;
    }
    rest(joins);
}
