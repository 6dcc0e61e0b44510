/* What waits long is announced again: what only some views heard of reaches the others once they are back, whether or not blocks are made
 * meanwhile. No view may be left asking for a nonce that another one holds. */
#include "network/devnet/test/town.h"

#define UNKNOWN (TX_STATUS_DROPPED + 1)
enum { COUNT = 5 };

static uint32_t status_at(struct town *town, const char *view, const struct hash *id, enum code *out_reason)
{
    struct err err;
    char path[200], hex[65] = {0};
    str_hex(id->b, 32, hex);
    snprintf(path, sizeof(path), "/node/%s/testnet/transaction/%s", view, hex);
    struct http_exchange *exchange = town_get(town, path);
    CHECK(exchange != NULL);
    const struct tx_view *found = http_response(exchange)->status == 200 ? wire_object(exchange, &wire_tx, &err) : NULL;
    const uint32_t status = found ? found->status : UNKNOWN;
    if (found && out_reason) *out_reason = found->dropped_reason;
    http_exchange_free(exchange);
    return status;
}

static struct hash pay_at(struct town *town, const char *prefix, uint32_t from, uint64_t nonce, uint64_t amount)
{
    struct tx *tx = town_transfer(town, from, from + 1, nonce, amount);
    const struct hash id = tx->id;
    CHECK_U64(town_code(town_broadcast(town, prefix, tx)), CODE_NONE);
    tx_unref(tx);
    return id;
}

/* Behind a nonce that is missing, so that no block ever carries them. */
static void pay_some(struct town *town, const char *prefix, struct hash ids[COUNT])
{
    for (uint64_t i = 0; i < COUNT; i++) {
        ids[i] = pay_at(town, prefix, 0, i + 1, 10);
        town_sleep(town, 1500);
    }
}

static uint32_t known_at(struct town *town, const char *view, const struct hash ids[COUNT])
{
    uint32_t known = 0;
    for (int i = 0; i < COUNT; i++) known += status_at(town, view, &ids[i], NULL) != UNKNOWN;
    return known;
}

/* Two of four are left after the heal: nothing becomes final that could set off anything. */
static void cut_off_here(struct town *town)
{
    struct hash ids[COUNT];
    town_chaos(town, "{\"action\":\"partition\",\"params\":{\"groups\":[[\"v1\",\"v2\"],[\"v3\",\"v4\"]]}}");
    town_sleep(town, 2000);
    pay_some(town, "/node/v3", ids);
    town_sleep(town, 60000);
    CHECK_U64(known_at(town, "v4", ids), COUNT);
    CHECK_U64(known_at(town, "v1", ids), 0);
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":[\"v2\",\"v4\"],\"method\":\"kill\"}}");
    town_chaos(town, "{\"action\":\"heal\"}");
    const uint32_t height = town_final(town);
    town_sleep(town, 32000);
    CHECK_U64(known_at(town, "v1", ids), COUNT);
    CHECK_U64(town_final(town), height);
}
static void what_one_side_took_reaches_the_other(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 71}, cut_off_here, NULL);
}

static void lost_pool_here(struct town *town)
{
    struct hash ids[COUNT];
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":[\"v3\",\"v4\"],\"method\":\"kill\"}}");
    town_sleep(town, 2000);
    pay_some(town, "/node/v1", ids);
    town_sleep(town, 40000); /* v2 has read and heard all of it by now */
    CHECK_U64(known_at(town, "v2", ids), COUNT);
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":[\"v2\"],\"method\":\"kill\"}}");
    town_chaos(town, "{\"action\":\"restart\",\"params\":{\"targets\":[\"v2\"]}}");
    CHECK_U64(known_at(town, "v2", ids), 0);
    town_sleep(town, 32000);
    CHECK_U64(known_at(town, "v2", ids), COUNT);
    town_chaos(town, "{\"action\":\"mempool_clear\",\"params\":{\"targets\":[\"v2\"]}}");
    town_sleep(town, 32000);
    for (int i = 0; i < COUNT; i++) CHECK_U64(status_at(town, "v2", &ids[i], NULL), TX_PENDING);
}
static void who_lost_its_pool_is_told_again(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 72}, lost_pool_here, NULL);
}

/* As soon as blocks are final again, and not when the next turn would have come. */
static void resumed_here(struct town *town)
{
    struct hash ids[COUNT];
    town_chaos(town, "{\"action\":\"partition\",\"params\":{\"groups\":[[\"v1\",\"v2\"],[\"v3\",\"v4\"]]}}");
    town_sleep(town, 2000);
    pay_some(town, "/node/v3", ids);
    town_sleep(town, 62000);
    town_chaos(town, "{\"action\":\"heal\"}");
    const uint32_t height = town_final(town);
    while (town_final(town) == height) town_sleep(town, 100);
    town_sleep(town, 1500);
    CHECK_U64(known_at(town, "v1", ids), COUNT);
    CHECK_U64(known_at(town, "v2", ids), COUNT);
    const struct hash first = pay_at(town, "/node/v1", 0, 0, 10);
    town_sleep(town, 10000);
    CHECK_U64(status_at(town, "v2", &first, NULL), TX_FINALIZED);
    for (int i = 0; i < COUNT; i++) CHECK_U64(status_at(town, "v2", &ids[i], NULL), TX_FINALIZED);
}
static void finality_going_on_makes_everything_due(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 73}, resumed_here, NULL);
}

/* Both sides took a transaction with the same nonce. One runs, the other is dropped, and its view says so to the end. */
static void rivals_here(struct town *town)
{
    town_chaos(town, "{\"action\":\"partition\",\"params\":{\"groups\":[[\"v1\",\"v2\"],[\"v3\",\"v4\"]]}}");
    town_sleep(town, 2000);
    const struct hash here = pay_at(town, "/node/v1", 0, 0, 10), there = pay_at(town, "/node/v3", 0, 0, 20);
    town_sleep(town, 20000);
    town_chaos(town, "{\"action\":\"heal\"}");
    bool over = false;
    for (int i = 0; i < 200 && !over; i++) {
        town_sleep(town, 50);
        enum code reason;
        const uint32_t a = status_at(town, "v1", &here, &reason), b = status_at(town, "v3", &there, &reason);
        CHECK(a != UNKNOWN && b != UNKNOWN);
        if (a == TX_STATUS_DROPPED || b == TX_STATUS_DROPPED) {
            CHECK_U64(reason, CODE_TX_DROPPED);
            const char *view = a == TX_STATUS_DROPPED ? "v1" : "v3";
            CHECK_U64(status_at(town, view, a == TX_STATUS_DROPPED ? &there : &here, NULL), TX_FINALIZED); /* never before */
            over = true;
        }
    }
    CHECK(over);
    town_sleep(town, 70000);
    const uint32_t a = status_at(town, "v1", &here, NULL), b = status_at(town, "v3", &there, NULL);
    CHECK((a == TX_STATUS_DROPPED && b == TX_FINALIZED) || (b == TX_STATUS_DROPPED && a == TX_FINALIZED));
}
static void of_two_with_one_nonce_the_loser_is_dropped(void)
{
    (void)town_run((struct town_config){.validators = 4, .seed = 74}, rivals_here, NULL);
}

int main(void)
{
    RUN(what_one_side_took_reaches_the_other);
    RUN(who_lost_its_pool_is_told_again);
    RUN(finality_going_on_makes_everything_due);
    RUN(of_two_with_one_nonce_the_loser_is_dropped);
    return 0;
}
