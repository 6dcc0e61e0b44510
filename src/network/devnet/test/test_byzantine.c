/* Validators that break rules, seen from outside: the honest rest goes on, agrees, and finds out. And the guards that planted switches take out. */
#include "chain/evidence.h"
#include "town.h"

static void run(uint32_t validators, void (*body)(struct town *town))
{
    const struct devnet_parameter fast[] = {{STR("block_interval_ms"), STR("200")}};
    (void)town_run((struct town_config){.validators = validators, .seed = 11, .parameters = fast, .parameters_count = 1}, body, NULL);
}

/* ---- asking ---- */

static enum code byzantine(struct town *town, const char *json) { return town_code(town_admin(town, HTTP_PUT, "byzantine", json)); }

/* The block at a height of a view; the exchange is the caller's. */
static const struct block_view *block_at(struct town *town, uint32_t view, uint32_t height, struct http_exchange **exchange)
{
    struct err err;
    char path[96];
    snprintf(path, sizeof(path), "/node/v%u/testnet/block/%u?full=true", view, height);
    *exchange = town_get(town, path);
    return *exchange && http_response(*exchange)->status == 200 ? wire_object(*exchange, &wire_block, &err) : NULL;
}

static struct hash hash_at(struct town *town, uint32_t view, uint32_t height)
{
    struct http_exchange *exchange;
    const struct block_view *block = block_at(town, view, height, &exchange);
    CHECK(block != NULL);
    const struct hash hash = block->hash;
    http_exchange_free(exchange);
    return hash;
}

static struct address address_of_validator(struct town *town, uint32_t number)
{
    struct err err;
    struct http_exchange *exchange = town_admin(town, HTTP_GET, "nodes", "");
    const struct page *page = wire_object(exchange, &wire_admin_node_list, &err);
    CHECK(page != NULL && number <= page->count);
    const struct address address = ((const struct admin_node *)page->items)[number - 1].address;
    http_exchange_free(exchange);
    return address;
}

/* Blocks by a proposer in the final chain from `from` on. */
static uint32_t proposed(struct town *town, uint32_t number, uint32_t from)
{
    const struct address who = address_of_validator(town, number);
    const uint32_t final = town_final_of(town, 1);
    uint32_t count = 0;
    for (uint32_t height = MAX(from, 1); height <= final; height++) {
        struct http_exchange *exchange;
        const struct block_view *block = block_at(town, 1, height, &exchange);
        CHECK(block != NULL);
        count += address_eq(&block->header.proposer, &who);
        http_exchange_free(exchange);
    }
    return count;
}

static uint32_t evidence_count(struct town *town, uint32_t view, enum evidence_type type, uint32_t accused)
{
    struct err err;
    char path[80];
    const struct address who = address_of_validator(town, accused);
    snprintf(path, sizeof(path), "/node/v%u/testnet/evidence?limit=500", view);
    struct http_exchange *exchange = town_get(town, path);
    const struct page *page = exchange ? wire_object(exchange, &wire_evidence_page, &err) : NULL;
    CHECK(page != NULL);
    const struct evidence_view *items = page->items;
    uint32_t count = 0;
    for (uint32_t i = 0; i < page->count; i++) {
        CHECK(address_eq(&items[i].validator, &who)); /* nobody else is ever accused */
        count += items[i].type == type;
    }
    http_exchange_free(exchange);
    return count;
}

static uint32_t alerts_count(struct town *town, uint32_t view, const char *type)
{
    char path[100];
    snprintf(path, sizeof(path), "/node/v%u/testnet/alerts?limit=500&type=%s", view, type);
    struct http_exchange *exchange = town_get(town, path);
    CHECK(exchange != NULL && http_response(exchange)->status == 200);
    const struct str body = http_response_body(exchange);
    uint32_t count = 0;
    for (size_t i = 0; i + 11 < body.len; i++) count += memcmp(body.data + i, "\"sequence\":", 11) == 0;
    http_exchange_free(exchange);
    return count;
}

static void goes_on(struct town *town, uint32_t validators, uint64_t ms, uint32_t blocks)
{
    uint32_t before[16];
    for (uint32_t i = 1; i <= validators; i++) before[i] = town_final_of(town, i);
    town_sleep(town, ms);
    uint32_t low = UINT32_MAX;
    for (uint32_t i = 1; i <= validators; i++) {
        const uint32_t now = town_final_of(town, i);
        if (now < before[i] + blocks) CHECK_FAIL("v%u went from %u to %u", i, before[i], now);
        low = MIN(low, now);
    }
    const struct hash hash = hash_at(town, 1, low);
    for (uint32_t i = 2; i <= validators; i++) {
        const struct hash other = hash_at(town, i, low);
        CHECK(hash_eq(&hash, &other));
    }
}

/* ---- modes ---- */

static void equivocators(struct town *town)
{
    CHECK_U64(byzantine(town, "{\"validators\":\"v2\",\"mode\":\"equivocate_proposal\",\"enabled\":true}"), CODE_NONE);
    goes_on(town, 4, 15000, 5);
    CHECK(evidence_count(town, 1, EVIDENCE_DOUBLE_PROPOSAL, 2) + evidence_count(town, 3, EVIDENCE_DOUBLE_PROPOSAL, 2) + evidence_count(town, 4, EVIDENCE_DOUBLE_PROPOSAL, 2) > 0);
    CHECK_U64(byzantine(town, "{\"validators\":\"v2\",\"mode\":\"equivocate_proposal\",\"enabled\":false}"), CODE_NONE);
    CHECK_U64(byzantine(town, "{\"validators\":\"v2\",\"mode\":\"equivocate_vote\",\"params\":{\"split\":[\"v1\",[\"v3\",\"v4\"]]},\"enabled\":true}"), CODE_NONE);
    goes_on(town, 4, 15000, 5);
    CHECK(evidence_count(town, 1, EVIDENCE_DOUBLE_VOTE, 2) + evidence_count(town, 3, EVIDENCE_DOUBLE_VOTE, 2) + evidence_count(town, 4, EVIDENCE_DOUBLE_VOTE, 2) > 0);
}
static void whoever_signs_twice_is_found_out_and_stops_nobody(void) { run(4, equivocators); }

static void silent(struct town *town)
{
    CHECK_U64(byzantine(town, "{\"validators\":\"v2\",\"mode\":\"withhold_votes\",\"enabled\":true}"), CODE_NONE);
    CHECK_U64(byzantine(town, "{\"validators\":\"v2\",\"mode\":\"delay_votes\",\"params\":{\"delay_ms\":900},\"enabled\":true}"), CODE_NONE);
    goes_on(town, 4, 10000, 10);
    const uint32_t from = town_final_of(town, 1) + 4;
    CHECK_U64(byzantine(town, "{\"validators\":\"v2\",\"mode\":\"withhold_proposals\",\"enabled\":true}"), CODE_NONE);
    goes_on(town, 4, 30000, 5);
    CHECK_U64(proposed(town, 2, from), 0);
    struct err err;
    struct http_exchange *exchange = town_admin(town, HTTP_GET, "byzantine", "");
    const struct page *page = wire_object(exchange, &wire_byzantine_list, &err);
    CHECK(page != NULL && page->count == 3);
    http_exchange_free(exchange);
    exchange = town_admin(town, HTTP_GET, "nodes", "");
    page = wire_object(exchange, &wire_admin_node_list, &err);
    CHECK(page != NULL && ((const struct admin_node *)page->items)[1].byzantine_count == 3 && ((const struct admin_node *)page->items)[0].byzantine_count == 0);
    http_exchange_free(exchange);
}
static void the_silent_cost_their_turns_and_no_more(void) { run(4, silent); }

static void invalid(struct town *town)
{
    static const char *const flavours[] = {"bad_state_root", "invalid_transaction", "wrong_parent", "future_timestamp", "oversize", "bad_signature"};
    for (size_t i = 0; i < ARRAY_LEN(flavours); i++) {
        char body[160];
        const uint32_t from = town_final_of(town, 1) + 4;
        snprintf(body, sizeof(body), "{\"validators\":\"v2\",\"mode\":\"invalid_proposal\",\"params\":{\"flavour\":\"%s\"},\"enabled\":true}", flavours[i]);
        CHECK_U64(byzantine(town, body), CODE_NONE);
        goes_on(town, 4, 25000, 4);
        if (proposed(town, 2, from) != 0) CHECK_FAIL("a block with %s is final", flavours[i]);
        const uint32_t proven = evidence_count(town, 1, EVIDENCE_INVALID_PROPOSAL, 2);
        CHECK((proven > 0) == (i >= 2)); /* wrong_parent alone proves itself */
    }
}
static void no_invalid_proposal_becomes_final(void) { run(4, invalid); }

static void censors(struct town *town)
{
    char body[200], text[ADDRESS_TEXT];
    struct hash id;
    address_text(&town->addresses[0], CHAIN_ALPHA, text);
    snprintf(body, sizeof(body), "{\"validators\":\"v2\",\"mode\":\"censor\",\"params\":{\"senders\":[\"%s\"]},\"enabled\":true}", text);
    CHECK_U64(byzantine(town, body), CODE_NONE);
    for (int i = 0; i < 40; i++) {
        CHECK_U64(town_pay(town, 0, 1, 5, &id), CODE_NONE);
        CHECK_U64(town_pay(town, 1, 0, 5, &id), CODE_NONE);
        town_sleep(town, 100);
    }
    town_sleep(town, 10000);
    const struct address liar = address_of_validator(town, 2);
    uint32_t left_out = 0, taken = 0, others = 0;
    for (uint32_t height = 1; height <= town_final_of(town, 1); height++) {
        struct http_exchange *exchange;
        const struct block_view *block = block_at(town, 1, height, &exchange);
        const bool by_liar = address_eq(&block->header.proposer, &liar);
        for (uint32_t i = 0; i < block->transactions_count; i++) {
            const bool target = address_eq(&block->transactions[i].envelope->sender, &town->addresses[0]);
            if (by_liar) left_out += !target, taken += target;
            else others += target;
        }
        http_exchange_free(exchange);
    }
    CHECK_U64(taken, 0);
    CHECK(left_out > 0 && others == 40); /* it takes what it does not censor, and the others take the rest */
}
static void a_censor_delays_and_does_not_silence(void) { run(4, censors); }

static void brancher(struct town *town)
{
    CHECK_U64(byzantine(town, "{\"validators\":\"v2\",\"mode\":\"private_branch\",\"params\":{\"length\":4},\"enabled\":true}"), CODE_NONE);
    goes_on(town, 4, 40000, 5);
    CHECK_U64(alerts_count(town, 1, "CONFLICTING_BRANCH"), 0);
    const uint32_t final = town_final_of(town, 1);
    const struct hash hash = hash_at(town, 1, final);
    CHECK_U64(byzantine(town, "{\"validators\":\"v2\",\"mode\":\"private_branch\",\"enabled\":false}"), CODE_NONE);
    goes_on(town, 4, 5000, 5);
    const struct hash same = hash_at(town, 1, final);
    CHECK(hash_eq(&hash, &same));
    for (uint32_t view = 1; view <= 4; view++)
        if (view != 2) CHECK(alerts_count(town, view, "CONFLICTING_BRANCH") > 0);
}
static void a_private_branch_is_noticed_and_replaces_nothing(void) { run(4, brancher); }

static void forks(struct town *town)
{
    CHECK_U64(byzantine(town, "{\"validators\":\"v2\",\"mode\":\"equivocate_proposal\",\"enabled\":true}"), CODE_NONE);
    CHECK_U64(byzantine(town, "{\"validators\":\"v2\",\"mode\":\"vote_all_forks\",\"enabled\":true}"), CODE_NONE);
    CHECK_U64(byzantine(town, "{\"validators\":\"v2\",\"mode\":\"reorder_transactions\",\"params\":{\"policy\":\"reverse_tip\"},\"enabled\":true}"), CODE_NONE);
    goes_on(town, 7, 30000, 5);
}
static void votes_for_every_fork_make_no_second_chain(void) { run(7, forks); }

static void old_keys(struct town *town)
{
    goes_on(town, 4, 4000, 5);
    const uint32_t final = town_final_of(town, 4);
    const struct hash hash = hash_at(town, 4, 2), top = hash_at(town, 4, final);
    CHECK_U64(byzantine(town, "{\"validators\":\"v1-v3\",\"mode\":\"old_key_fork\",\"params\":{\"from_height\":2,\"length\":90},\"enabled\":true}"), CODE_NONE);
    town_sleep(town, 10000);
    const struct hash still = hash_at(town, 4, 2), still_top = hash_at(town, 4, final);
    CHECK(hash_eq(&hash, &still) && hash_eq(&top, &still_top));
    CHECK(town_final_of(town, 4) >= final);
}
static void no_history_however_long_crosses_what_is_final(void) { run(4, old_keys); }

static void refusals(struct town *town)
{
    static const struct {
        const char *body;
        enum code code;
    } rows[] = {
        {"{\"mode\":\"censor\"}", CODE_MISSING_FIELD},
        {"{\"validators\":\"v9\",\"mode\":\"censor\"}", CODE_INVALID_PARAMETER},
        {"{\"validators\":\"v1\"}", CODE_MISSING_FIELD},
        {"{\"validators\":\"v1\",\"mode\":\"honest\"}", CODE_INVALID_PARAMETER},
        {"{\"validators\":\"v1\",\"mode\":\"censor\"}", CODE_MISSING_FIELD},
        {"{\"validators\":\"v1\",\"mode\":\"censor\",\"params\":{\"senders\":[\"ax1\"]}}", CODE_INVALID_ADDRESS},
        {"{\"validators\":\"v1\",\"mode\":\"censor\",\"params\":{\"kinds\":[\"gift\"]}}", CODE_INVALID_PARAMETER},
        {"{\"validators\":\"v1\",\"mode\":\"invalid_proposal\"}", CODE_MISSING_FIELD},
        {"{\"validators\":\"v1\",\"mode\":\"invalid_proposal\",\"params\":{\"flavour\":\"sweet\"}}", CODE_INVALID_PARAMETER},
        {"{\"validators\":\"v1\",\"mode\":\"reorder_transactions\"}", CODE_MISSING_FIELD},
        {"{\"validators\":\"v1\",\"mode\":\"reorder_transactions\",\"params\":{\"policy\":\"x\"}}", CODE_INVALID_PARAMETER},
        {"{\"validators\":\"v1\",\"mode\":\"withhold_votes\",\"params\":{\"rate_bps\":10001}}", CODE_INVALID_PARAMETER},
        {"{\"validators\":\"v1\",\"mode\":\"equivocate_vote\",\"params\":{\"split\":[\"v1\"]}}", CODE_INVALID_PARAMETER},
        {"{\"validators\":\"v1\",\"mode\":\"delay_votes\"}", CODE_MISSING_FIELD},
        {"{\"validators\":\"v1\",\"mode\":\"vote_all_forks\",\"enabled\":1}", CODE_INVALID_FIELD_TYPE},
        {"{\"validators\":\"v1\",\"mode\":\"vote_all_forks\",\"params\":[]}", CODE_INVALID_FIELD_TYPE},
        {"{\"validators\":\"v1\",\"mode\":\"vote_all_forks\",\"chain\":\"delta\"}", CODE_FEATURE_NOT_AVAILABLE},
        {"{\"validators\":\"v1\",\"mode\":\"vote_all_forks\",\"chain\":\"beta\"}", CODE_INVALID_PARAMETER},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const enum code code = byzantine(town, rows[i].body);
        if (code != rows[i].code) CHECK_FAIL("%s: " STR_FMT, rows[i].body, STR_ARG(code_text(code)));
    }
}
static void what_makes_no_sense_is_refused(void) { run(4, refusals); }

/* ---- switches ---- */

static void guard_quorum(struct town *town)
{
    static const char *const split = "{\"action\":\"partition\",\"params\":{\"groups\":[[\"v1-v2\"],[\"v3-v4\"]]}}";
    town_sleep(town, 3000);
    town_chaos(town, split);
    town_sleep(town, 2000);
    const uint32_t halted = town_final_of(town, 1);
    town_sleep(town, 10000);
    CHECK_U64(town_final_of(town, 1), halted); /* half is no quorum */
    town_switch(town, "vuln.longest-chain-fork-choice", true);
    town_sleep(town, 15000);
    CHECK(town_final_of(town, 1) > halted + 5 && town_final_of(town, 3) > halted + 5);
    const uint32_t low = MIN(town_final_of(town, 1), town_final_of(town, 3));
    const struct hash a = hash_at(town, 1, low), b = hash_at(town, 3, low);
    CHECK(!hash_eq(&a, &b)); /* two final blocks at one height */
    town_chaos(town, "{\"action\":\"heal\"}");
    bool replaced = false; /* and one side gives up what was final */
    for (int i = 0; i < 60 && !replaced; i++) {
        town_sleep(town, 1000);
        struct http_exchange *exchange;
        for (uint32_t view = 1; view <= 3; view += 2) {
            const struct block_view *block = block_at(town, view, low, &exchange);
            if (block) replaced = replaced || !hash_eq(&block->hash, view == 1 ? &a : &b);
            http_exchange_free(exchange);
        }
    }
    CHECK(replaced);
}
static void the_longest_chain_wins_only_with_its_switch(void) { run(4, guard_quorum); }

static void guard_leader(struct town *town)
{
    CHECK_U64(byzantine(town, "{\"validators\":[\"v2\",\"v3\"],\"mode\":\"delay_votes\",\"params\":{\"delay_ms\":1},\"enabled\":true}"), CODE_NONE);
    uint32_t from = town_final_of(town, 1) + 4;
    goes_on(town, 7, 15000, 20);
    CHECK(proposed(town, 1, from) > 0 && proposed(town, 2, from) > 0);
    town_switch(town, "vuln.sticky-proposer", true);
    town_sleep(town, 5000);
    from = town_final_of(town, 1) + 1;
    goes_on(town, 7, 10000, 10);
    CHECK(proposed(town, 2, from) > 0 && proposed(town, 3, from) > 0);
    for (uint32_t number = 1; number <= 7; number++)
        if (number != 2 && number != 3) CHECK_U64(proposed(town, number, from), 0);
    town_switch(town, "vuln.sticky-proposer", false);
    town_sleep(town, 5000);
    from = town_final_of(town, 1) + 1;
    goes_on(town, 7, 10000, 10);
    CHECK(proposed(town, 1, from) > 0);
}
static void leaders_rotate_unless_its_switch_is_on(void) { run(7, guard_leader); }

static void guard_execution(struct town *town)
{
    CHECK_U64(byzantine(town, "{\"validators\":\"v2\",\"mode\":\"invalid_proposal\",\"params\":{\"flavour\":\"bad_state_root\"},\"enabled\":true}"), CODE_NONE);
    uint32_t from = town_final_of(town, 1) + 4;
    goes_on(town, 4, 20000, 5);
    CHECK_U64(proposed(town, 2, from), 0);
    town_switch(town, "vuln.attest-without-execution", true);
    from = town_final_of(town, 1) + 4;
    goes_on(town, 4, 20000, 5);
    CHECK(proposed(town, 2, from) > 0); /* with a root that execution does not give */
}
static void blocks_are_executed_before_the_vote_unless_its_switch_is_on(void) { run(4, guard_execution); }

static void guard_suffices(struct town *town)
{
    CHECK_U64(byzantine(town, "{\"validators\":\"v2\",\"mode\":\"withhold_votes\",\"enabled\":true}"), CODE_NONE);
    goes_on(town, 4, 10000, 10);
    town_switch(town, "vuln.unanimous-quorum", true);
    town_sleep(town, 3000);
    const uint32_t halted = town_final_of(town, 1);
    town_sleep(town, 20000);
    CHECK_U64(town_final_of(town, 1), halted);
    town_switch(town, "vuln.unanimous-quorum", false);
    town_sleep(town, 10000);
    goes_on(town, 4, 10000, 10);
}
static void two_thirds_suffice_unless_its_switch_is_on(void) { run(4, guard_suffices); }

static void guard_history(struct town *town)
{
    static const char *const plot = "{\"validators\":\"v1-v3\",\"mode\":\"old_key_fork\",\"params\":{\"from_height\":2,\"length\":90},\"enabled\":true}";
    goes_on(town, 4, 4000, 5);
    const struct hash hash = hash_at(town, 4, 2);
    CHECK_U64(byzantine(town, plot), CODE_NONE);
    town_sleep(town, 3000);
    const struct hash same = hash_at(town, 4, 2);
    CHECK(hash_eq(&hash, &same));
    town_switch(town, "vuln.sync-longest-from-genesis", true);
    CHECK_U64(byzantine(town, plot), CODE_NONE); /* told again */
    town_sleep(town, 10000);
    const struct hash other = hash_at(town, 4, 2);
    CHECK(!hash_eq(&hash, &other));
    CHECK(town_final_of(town, 4) > 60); /* it believes the whole of it */
}
static void a_longer_history_is_taken_only_with_its_switch(void) { run(4, guard_history); }

static void guard_finalized(struct town *town)
{
    struct hash id;
    town_sleep(town, 2000);
    CHECK_U64(town_pay(town, 0, 1, 5, &id), CODE_NONE);
    CHECK_U64(town_tx_status(town, &id, "included"), TX_INCLUDED);
    town_switch(town, "vuln.report-included-as-final", true);
    CHECK_U64(town_pay(town, 0, 1, 5, &id), CODE_NONE);
    CHECK_U64(town_tx_status(town, &id, "included"), TX_FINALIZED);
}
static void only_what_is_final_is_told_so_unless_its_switch_is_on(void) { run(4, guard_finalized); }

int main(void)
{
    RUN(whoever_signs_twice_is_found_out_and_stops_nobody);
    RUN(the_silent_cost_their_turns_and_no_more);
    RUN(no_invalid_proposal_becomes_final);
    RUN(a_censor_delays_and_does_not_silence);
    RUN(a_private_branch_is_noticed_and_replaces_nothing);
    RUN(votes_for_every_fork_make_no_second_chain);
    RUN(no_history_however_long_crosses_what_is_final);
    RUN(what_makes_no_sense_is_refused);
    RUN(the_longest_chain_wins_only_with_its_switch);
    RUN(leaders_rotate_unless_its_switch_is_on);
    RUN(blocks_are_executed_before_the_vote_unless_its_switch_is_on);
    RUN(two_thirds_suffice_unless_its_switch_is_on);
    RUN(a_longer_history_is_taken_only_with_its_switch);
    RUN(only_what_is_final_is_told_so_unless_its_switch_is_on);
    return 0;
}
