/* Transactions that are signed first and sent later, and a day's mix, lived on both chains of a whole network. */
#include "village.h"

static struct village *v;

static char tx_hex[4096]; /* what transaction.create gave out last, as "tx=..." */
static void output_keep(void *context, struct str name, struct str value)
{
    (void)context;
    if (str_eq(name, STR("tx"))) snprintf(tx_hex, sizeof(tx_hex), "tx=" STR_FMT, STR_ARG(value));
}

static struct op live(uint32_t bot, const char *behavior, const char *const *sets)
{
    struct village_track *track = village_track_new(v, behavior, sets);
    struct act act;
    struct op op;
    act_init(&act, &v->crew, &track->track, v->bots[bot], env_now(v->env), v->numbers++);
    act.output = output_keep;
    behavior_run(track->spec, &act, &op);
    village_tell(track, &op);
    CHECK_U64(track->track.pending, 0);
    return op;
}

static struct op live_done(uint32_t bot, const char *behavior, const char *const *sets)
{
    const struct op op = live(bot, behavior, sets);
    check_done(&op);
    return op;
}

static void live_refused(uint32_t bot, const char *behavior, const char *const *sets, enum code code)
{
    const struct op op = live(bot, behavior, sets);
    check_refused(&op, code);
}

static void settled(void)
{
    const struct postconditions found = village_settle(v);
    if (found.violations + found.unknown > 0) CHECK_FAIL("%s", found.note);
}

static void what_is_kept_is_sent_later(void)
{
    CHECK_U64(live(0, "transaction.submit", NULL).status, OP_SKIPPED); /* nothing is kept */
    live_done(0, "transaction.create", NULL);
    CHECK(v->bots[0]->wallet.lanes[0].in_flight == 1 && !wallet_is_quiet(&v->bots[0]->wallet));
    live_done(0, "transaction.create", SETS("type=batch_transfer", "fields=amount=7, tip=3"));
    const struct op first = live_done(0, "transaction.submit", NULL), second = live_done(0, "transaction.submit", NULL);
    CHECK(!hash_eq(&first.tx_id, &second.tx_id) && first.transactions == 1);
    live_done(1, "transaction.create", SETS("fields=to=user-3, amount=250, memo=an invoice, valid_until=100000"));
    char kept[sizeof(tx_hex)];
    memcpy(kept, tx_hex, sizeof(kept));
    live_done(2, "transaction.submit", SETS(kept, "node=v2")); /* by another, and to another node */
    live_refused(2, "transaction.submit", SETS(kept), CODE_NONCE_TOO_LOW);
    settled();
}

static void each_chain_takes_its_own(void)
{
    live_done(0, "transaction.create", NULL);
    char kept[sizeof(tx_hex)];
    memcpy(kept, tx_hex, sizeof(kept));
    live_refused(0, "transaction.submit", SETS(kept, "to_chain=delta"), CODE_INVALID_CHAIN_ID);
    CHECK(v->bots[0]->wallet.lanes[0].in_flight == 1); /* it may still run where it belongs */
    live_done(0, "transaction.submit", SETS(kept, "to_chain=alpha"));
    live_done(3, "transaction.create", SETS("network_id=18", "fields=amount=12, token=USD"));
    CHECK_U64(live_done(3, "transaction.submit", NULL).chain, OP_DELTA);
    settled();
}

static void what_cannot_run_holds_nothing(void)
{
    live_done(1, "transaction.create", SETS("network_id=8"));
    live_refused(1, "transaction.submit", SETS(tx_hex), CODE_NETWORK_MISMATCH);
    live_done(1, "transaction.create", SETS("network_id=77"));
    live_refused(1, "transaction.submit", SETS(tx_hex), CODE_NETWORK_MISMATCH);
    live_done(1, "transaction.create", SETS("fields=token=sAX"));
    live_refused(1, "transaction.submit", SETS(tx_hex), CODE_INVALID_TOKEN_FOR_CHAIN);
    live_done(1, "transaction.create", SETS("sign=false"));
    live_refused(1, "transaction.submit", SETS(tx_hex), CODE_INVALID_SIGNATURE);
    live_done(1, "transaction.create", SETS("fields=amount=99999999999"));
    live_refused(1, "transaction.submit", SETS(tx_hex), CODE_INSUFFICIENT_BALANCE);
    live_done(1, "transaction.create", SETS("fields=nonce=0"));
    live_refused(1, "transaction.submit", SETS(tx_hex), CODE_NONCE_TOO_LOW);
    CHECK(wallet_is_quiet(&v->bots[1]->wallet));
    live_done(1, "transaction.create", SETS("fields=fee=1")); /* this one may, but for its fee */
    CHECK(!wallet_is_quiet(&v->bots[1]->wallet));
    live_refused(1, "transaction.submit", SETS(tx_hex), CODE_FEE_TOO_LOW);
    CHECK(wallet_is_quiet(&v->bots[1]->wallet)); /* refused by its own chain: free again */
    CHECK_U64(live(1, "transaction.create", SETS("fields=amonut=5")).status, OP_BROKEN);
    CHECK_U64(live(1, "transaction.submit", SETS("tx=zz")).status, OP_BROKEN);
    live_refused(1, "transaction.submit", SETS("tx=00"), CODE_PARSE_ERROR);
    settled();
}

/* Its nonce is stated, so nothing was held for it: the wallet learns of it when it is final. */
static void a_stated_nonce_is_booked_at_its_end(void)
{
    char nonce[40];
    snprintf(nonce, sizeof(nonce), "fields=nonce=%" PRIu64, v->bots[2]->wallet.lanes[0].next);
    live_done(2, "transaction.create", SETS(nonce));
    CHECK(wallet_is_quiet(&v->bots[2]->wallet));
    live_done(2, "transaction.submit", SETS(tx_hex));
    live_done(2, "transaction.create", NULL); /* and goes on behind it */
    live_done(2, "transaction.submit", NULL);
    settled();
}

static void a_day_is_mixed(void)
{
    live_done(0, "mix.network_day", SETS("weights={transfer: 1}"));
    for (uint32_t i = 0; i < 20; i++) live_done(i % 4, "mix.network_day", SETS("weights={transfer: 1}"));
    live_done(1, "mix.network_day", SETS("weights={lock_mint: 1}"));
    live_done(2, "mix.network_day", SETS("weights={spot: 1}"));
    live_done(3, "mix.network_day", SETS("weights={spot: 1}"));
    live_done(3, "mix.network_day", SETS("weights={shielded: 1}"));
    settled();
}

static void body(struct village *village)
{
    v = village;
    what_is_kept_is_sent_later();
    each_chain_takes_its_own();
    what_cannot_run_holds_nothing();
    a_stated_nonce_is_booked_at_its_end();
    a_day_is_mixed();
}

/* No Delta: parts of the mix that need it, and transactions for it, say so. */
static void alone(struct village *village)
{
    v = village;
    CHECK_U64(live(0, "mix.network_day", SETS("weights={spot: 1}")).status, OP_UNSUPPORTED);
    CHECK_U64(live(0, "mix.network_day", SETS("weights={lock_mint: 1}")).status, OP_UNSUPPORTED);
    live_done(0, "mix.network_day", SETS("weights={transfer: 1}"));
    CHECK_U64(live(0, "transaction.create", SETS("network_id=18")).status, OP_UNSUPPORTED);
    live_done(0, "transaction.create", NULL);
    CHECK_U64(live(0, "transaction.submit", SETS("to_chain=delta")).status, OP_UNSUPPORTED);
    live_done(0, "transaction.submit", NULL);
}

int main(void)
{
    struct village *both = village_run((struct village_config){.validators = 4, .bots = 4, .seed = 51, .ax = 10000000, .dx = 10000000, .sax = 1000000, .usd = 1000000, .simulated_proofs = true}, body);
    village_free(both);
    village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 52, .ax = 10000000}, alone));
    return 0;
}
