/* Those who break rules in a sweep, and what is looked at when a network stands. */
#include "sweep.h"

#include <inttypes.h>

#include "chain/evidence.h"
#include "network/byzantine/liar.h"

static void lie(struct town *town, struct sweep *sweep, enum liar_mode mode, uint32_t liar, bool enabled)
{
    static const char *const flavours[] = {"bad_state_root", "invalid_transaction", "wrong_parent", "future_timestamp", "oversize", "bad_signature"};
    char body[400], text[ADDRESS_TEXT];
    address_text(&town->addresses[rng_below(&sweep->rng, TOWN_BOTS)], CHAIN_ALPHA, text);
    snprintf(body, sizeof(body),
             "{\"validators\":\"v%u\",\"mode\":\"" STR_FMT "\",\"enabled\":%s,\"params\":{\"rate_bps\":%u,\"flavour\":\"%s\",\"senders\":[\"%s\"],"
             "\"policy\":\"%s\",\"length\":%u,\"delay_ms\":%u,\"from_height\":%u}}",
             liar, STR_ARG(liar_mode_text(mode)), enabled ? "true" : "false", 2000 + (uint32_t)rng_below(&sweep->rng, 8001),
             flavours[rng_below(&sweep->rng, ARRAY_LEN(flavours))], text, rng_chance_bps(&sweep->rng, 5000) ? "reverse_tip" : "insert_own",
             1 + (uint32_t)rng_below(&sweep->rng, 8), 1 + (uint32_t)rng_below(&sweep->rng, 2000), 1 + (uint32_t)rng_below(&sweep->rng, 20));
    if (getenv("SWEEP_TRACE")) fprintf(stderr, "%" PRIu64 " %s\n", instant_ms(env_now(town->env)) - instant_ms(INSTANT_GENESIS), body);
    CHECK_U64(town_code(town_admin(town, HTTP_PUT, "byzantine", body)), CODE_NONE);
    sweep->lies += enabled;
}

void sweep_tempt(struct town *town, struct sweep *sweep)
{
    if (sweep->liars == 0) return;
    lie(town, sweep, (enum liar_mode)rng_below(&sweep->rng, LIAR_MODES), 1 + (uint32_t)rng_below(&sweep->rng, sweep->liars), rng_chance_bps(&sweep->rng, 6500));
}

void sweep_repent(struct town *town, struct sweep *sweep)
{
    for (uint32_t liar = 1; liar <= sweep->liars; liar++)
        for (uint32_t mode = 0; mode < LIAR_MODES; mode++) lie(town, sweep, (enum liar_mode)mode, liar, false);
}

void sweep_check_innocence(struct town *town, const struct sweep *sweep)
{
    struct err err;
    struct address guilty[8] = {{{0}}};
    struct http_exchange *exchange = town_admin(town, HTTP_GET, "nodes", "");
    const struct page *page = wire_object(exchange, &wire_admin_node_list, &err);
    CHECK(page != NULL);
    for (uint32_t i = 0; i < sweep->liars; i++) guilty[i] = ((const struct admin_node *)page->items)[i].address;
    http_exchange_free(exchange);
    for (uint32_t view = 1; view <= sweep->validators; view++) {
        char path[80];
        snprintf(path, sizeof(path), "/node/v%u/testnet/evidence?limit=500", view);
        exchange = town_get(town, path);
        page = exchange ? wire_object(exchange, &wire_evidence_page, &err) : NULL;
        CHECK(page != NULL);
        for (uint32_t i = 0; i < page->count; i++) {
            const struct evidence_view *found = &((const struct evidence_view *)page->items)[i];
            bool known = false;
            for (uint32_t k = 0; k < sweep->liars; k++) known = known || address_eq(&guilty[k], &found->validator);
            if (!known && found->type != EVIDENCE_DOWNTIME) /* whoever was down is told so */
                CHECK_FAIL("v%u has evidence of type %u against an honest validator, round %" PRIu64, view, found->type, found->round);
        }
        http_exchange_free(exchange);
    }
}

void sweep_check_audit(struct town *town)
{
    struct err err;
    struct http_exchange *exchange = town_admin(town, HTTP_GET, "audit", "");
    const struct audit_view *audit = exchange ? wire_object(exchange, &wire_audit, &err) : NULL;
    CHECK(audit != NULL);
    for (uint32_t i = 0; i < audit->violations_count; i++)
        fprintf(stderr, "audit: " STR_FMT ": " STR_FMT " is not " STR_FMT "\n", STR_ARG(audit->violations[i].check), STR_ARG(audit->violations[i].actual),
                STR_ARG(audit->violations[i].expected));
    CHECK(audit->ok);
    http_exchange_free(exchange);
}

void sweep_explain(struct town *town, const struct sweep *sweep)
{
    struct err err;
    char path[160];
    for (uint32_t i = 0; i < sweep->validators; i++) {
        snprintf(path, sizeof(path), "/node/v%u/testnet/consensus/round", i + 1);
        struct http_exchange *exchange = town_get(town, path);
        const struct round_view *round = exchange ? wire_object(exchange, &wire_round, &err) : NULL;
        if (!round) continue;
        const struct certificate *high = round->high_certificate.certificate;
        fprintf(stderr, "v%u: round %" PRIu64 " phase %d, %u proposals, %u timeouts, lock %" PRIu64 ", high round %" PRIu64 " height %u", i + 1, round->round,
                (int)round->phase, round->proposals_count, round->timeouts_count, round->locked_round, high ? high->round : 0, high ? high->height : 0);
        for (uint32_t j = 0; high && j < sweep->validators; j++) {
            char hex[65] = {0};
            str_hex(high->block_hash.b, 32, hex);
            snprintf(path, sizeof(path), "/node/v%u/testnet/block/%s", j + 1, hex);
            if (town_status(town_get(town, path)) == 200) fprintf(stderr, " v%u", j + 1);
        }
        for (uint32_t j = 0; j < round->timeouts_count; j++) fprintf(stderr, " t(%" PRIu64 ",%" PRIu64 ")", round->timeouts[j].round, round->timeouts[j].high_round);
        fprintf(stderr, " entered by %" PRIu64 "\n", round->timeout_certificate.tc ? round->timeout_certificate.tc->round : 0);
        http_exchange_free(exchange);
    }
}
