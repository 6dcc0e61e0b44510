/* Checkpoints: a node that has nothing starts from the end of an epoch, not from genesis; what does not hold is refused; nobody gives up what it has. */
#include "network/devnet/devnet_priv.h"
#include "newcomer.h"

static enum code block_code(struct town *town, uint32_t view, uint32_t height, struct hash *out)
{
    struct err err;
    char path[96];
    snprintf(path, sizeof(path), "/node/v%u/testnet/block/%u", view, height);
    struct http_exchange *exchange = town_get(town, path);
    if (!exchange || http_response(exchange)->status != 200) return town_code(exchange);
    const struct block_view *block = wire_object(exchange, &wire_block, &err);
    CHECK(block != NULL);
    *out = block->hash;
    http_exchange_free(exchange);
    return CODE_NONE;
}

static void agree(struct town *town, uint32_t a, uint32_t b, uint32_t height)
{
    struct hash x, y;
    CHECK_U64(block_code(town, a, height, &x), CODE_NONE);
    CHECK_U64(block_code(town, b, height, &y), CODE_NONE);
    CHECK(hash_eq(&x, &y));
}

static struct node *node_of(struct town *town, enum chain_id chain, uint32_t view)
{
    struct node *node = devnet_chain(town->net, chain)->seats[view - 1].node;
    CHECK(node != NULL);
    return node;
}

static void wipe(struct town *town, uint32_t view)
{
    char body[120];
    snprintf(body, sizeof(body), "{\"action\":\"restart\",\"params\":{\"targets\":\"v%u\",\"wipe\":true}}", view);
    town_chaos(town, body);
}

/* X23 in this view: the first height of the list. */
static uint32_t first_checkpoint(struct town *town, uint32_t view)
{
    struct err err;
    char path[96];
    snprintf(path, sizeof(path), "/node/v%u/testnet/checkpoints", view);
    struct http_exchange *exchange = town_get(town, path);
    const struct page *page = wire_object(exchange, &wire_checkpoint_page, &err);
    CHECK(page && page->count > 0);
    const uint32_t height = ((const struct checkpoint_view *)page->items)[0].height;
    http_exchange_free(exchange);
    return height;
}

static void rejoin_here(struct town *town)
{
    struct hash hash, paid;
    CHECK_U64(town_pay(town, 0, 1, 1000, &paid), CODE_NONE);
    wait_final(town, 1, 2 * EPOCH + 5);
    const uint32_t before = town_final_of(town, 2);
    wipe(town, 2);
    for (enum chain_id chain = CHAIN_ALPHA; chain <= CHAIN_DELTA; chain++) {
        const struct node_sync sync = node_sync_state(node_of(town, chain, 2));
        CHECK_U64(sync.refused, CODE_NONE);
        CHECK(sync.base_height >= EPOCH && sync.base_height % EPOCH == 0);
    }
    CHECK_U64(node_sync_state(node_of(town, CHAIN_ALPHA, 2)).base_height, 2 * EPOCH);
    wait_final(town, 2, before + 8);
    /* It asked for what is above the checkpoint alone, and got no more blocks than there are. */
    const struct node_sync sync = node_sync_state(node_of(town, CHAIN_ALPHA, 2));
    CHECK(sync.asked_lowest > 2 * EPOCH && sync.blocks_taken > 0);
    if (sync.blocks_taken > before + 12 - 2 * EPOCH) CHECK_FAIL("it took %" PRIu64 " blocks", sync.blocks_taken);
    agree(town, 1, 2, before + 6);
    agree(town, 1, 2, 2 * EPOCH);
    CHECK_U64(block_code(town, 2, 2 * EPOCH - 1, &hash), CODE_BLOCK_NOT_FOUND);
    CHECK_U64(block_code(town, 1, 2 * EPOCH - 1, &hash), CODE_NONE);
    CHECK_U64(first_checkpoint(town, 2), 2 * EPOCH);
    CHECK_U64(first_checkpoint(town, 1), EPOCH);
    CHECK_U64(town_code(town_get(town, "/node/v2/testnet/finality/40")), CODE_NONE);
    CHECK_U64(town_code(town_get(town, "/node/v2/testnet/finality/39")), CODE_BLOCK_NOT_FINAL);
    /* It votes: with another one down the chain needs it. And after a crash it is where it was. */
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v4\",\"method\":\"kill\"},\"duration_ms\":4000}");
    wait_final(town, 2, town_final_of(town, 2) + 5);
    const uint32_t stood = town_final_of(town, 2);
    town_chaos(town, "{\"action\":\"crash\",\"params\":{\"targets\":\"v2\",\"method\":\"kill\"},\"duration_ms\":1000}");
    town_sleep(town, 1500);
    CHECK_U64(node_sync_state(node_of(town, CHAIN_ALPHA, 2)).base_height, 2 * EPOCH);
    CHECK(town_final_of(town, 2) >= stood);
    wait_final(town, 2, stood + 5);
    town_check_audit(town, "audit");
}
static void a_wiped_node_rejoins_from_the_newest_checkpoint(void)
{
    struct town_config config = TOWN(4, 81);
    config.delta = true;
    const struct hash a = town_run(config, rejoin_here, NULL).digest;
    config.wire = WIRE_TEXT;
    const struct hash b = town_run(config, rejoin_here, NULL).digest;
    CHECK(hash_eq(&a, &b));
}

static void early_here(struct town *town)
{
    wait_final(town, 1, 5);
    wipe(town, 3); /* no epoch has ended: there is nothing but genesis */
    CHECK_U64(node_sync_state(node_of(town, CHAIN_ALPHA, 3)).base_height, 0);
    wait_final(town, 3, 2 * EPOCH + 2);
    CHECK_U64(node_sync_state(node_of(town, CHAIN_ALPHA, 3)).asked_lowest, 1);
    CHECK_U64(town_status(town_admin(town, HTTP_POST, "validators", "{\"add\":2}")), 200);
    CHECK_U64(node_sync_state(node_of(town, CHAIN_ALPHA, 5)).base_height, 2 * EPOCH);
    CHECK_U64(node_sync_state(node_of(town, CHAIN_ALPHA, 6)).base_height, 2 * EPOCH);
    wait_final(town, 6, 3 * EPOCH + 5); /* members by now */
    agree(town, 1, 6, 3 * EPOCH);
    /* All of them, one after the other: who joined serves those who come later. */
    for (uint32_t view = 1; view <= 6; view++) {
        const uint32_t height = town_final_of(town, view == 1 ? 2 : 1);
        wipe(town, view);
        wait_final(town, view, height + 3);
    }
    wait_final(town, 1, 4 * EPOCH + 3);
    for (uint32_t view = 2; view <= 6; view++) agree(town, 1, view, 4 * EPOCH);
    /* A snapshot from below where a history begins. */
    CHECK_U64(town_status(town_admin(town, HTTP_POST, "snapshot", "{}")), 200);
    wait_final(town, 1, 5 * EPOCH + 3);
    wipe(town, 4);
    wait_final(town, 4, 5 * EPOCH + 3);
    CHECK_U64(town_status(town_admin(town, HTTP_POST, "restore", "{\"snapshot_id\":\"s1\"}")), 200);
    const uint32_t back = town_final_of(town, 4);
    CHECK(back < 5 * EPOCH);
    CHECK_U64(node_sync_state(node_of(town, CHAIN_ALPHA, 4)).base_height, back);
    wait_final(town, 4, 6 * EPOCH + 2);
    agree(town, 1, 4, 6 * EPOCH);
    town_check_audit(town, "audit");
}
static void newcomers_start_from_it_and_serve_others(void) { (void)town_run((struct town_config)TOWN(4, 82), early_here, NULL); }

/* ---- what does not hold ---- */

static enum code reading(const struct node_space *space, const struct node_checkpoint *given)
{
    struct checkpoint out;
    const enum code code = checkpoint_read(given, &space->rules, &out);
    if (code == CODE_NONE) checkpoint_done(&out);
    return code;
}

static void changed_here(struct town *town)
{
    wait_final(town, 1, 2 * EPOCH + 2);
    struct node_space *space = town->net->chains[0].space;
    struct node_checkpoint given = *node_space_checkpoint(space);
    char *bytes = base_alloc(given.bytes.len);
    memcpy(bytes, given.bytes.data, given.bytes.len);
    given.bytes.data = bytes;
    CHECK_U64(reading(space, &given), CODE_NONE);
    /* Whatever byte of it is changed: header, signatures, proof, committee, or state. */
    struct rng rng;
    rng_init(&rng, 4);
    for (int i = 0; i < 600; i++) {
        const size_t at = i < 9 ? (size_t)i : i < 300 ? rng_below(&rng, 4000) : rng_below(&rng, given.bytes.len);
        const uint8_t by = (uint8_t)rng_range(&rng, 1, 255);
        bytes[at] = (char)((uint8_t)bytes[at] ^ by);
        const enum code code = reading(space, &given);
        /* What its parent was certified by says nothing about the block. */
        if (code == CODE_NONE && at > 2000) CHECK_FAIL("byte %zu of %zu may be anything", at, given.bytes.len);
        CHECK(code == CODE_NONE || code == CODE_PARSE_ERROR || code == CODE_CHECKPOINT_CONFLICT);
        bytes[at] = (char)((uint8_t)bytes[at] ^ by);
    }
    for (int i = 0; i < 40; i++) {
        struct node_checkpoint cut = given;
        cut.bytes.len = rng_below(&rng, given.bytes.len);
        CHECK(reading(space, &cut) != CODE_NONE);
    }
    struct node_checkpoint other = given;
    other.trust.hash.b[3] ^= 1;
    CHECK_U64(reading(space, &other), CODE_CHECKPOINT_CONFLICT);
    other = given;
    other.trust.height += EPOCH;
    CHECK_U64(reading(space, &other), CODE_CHECKPOINT_CONFLICT);
    other = given;
    other.trust.derived.b[0] ^= 1;
    CHECK_U64(reading(space, &other), CODE_CHECKPOINT_CONFLICT);
    struct node_space *delta = town->net->chains[1].space;
    CHECK_U64(reading(delta, &given), CODE_CHECKPOINT_CONFLICT);
    base_free(bytes);
}
static void whatever_is_changed_is_refused(void)
{
    struct town_config config = TOWN(4, 83);
    config.delta = config.ed25519 = true;
    (void)town_run(config, changed_here, NULL);
}

/* Starts this seat's node again on an empty or its own disk, with that checkpoint. */
static void start_with(struct town *town, uint32_t view, bool empty, const struct node_checkpoint *given)
{
    struct devchain *chain = &town->net->chains[0];
    struct seat *seat = &chain->seats[view - 1];
    seat_stop(chain, view - 1, true);
    if (empty) node_wipe_files(town->env, seat->host);
    seat->state = SEAT_RUNNING;
    seat->node = node_new(chain->space, &(const struct node_config){
                                            .index = view - 1, .key = &town->net->validators[view - 1].consensus, .host = seat->host, .checkpoint = given});
    node_sync_with(seat->node, view % town->net->count);
}

static void refused_here(struct town *town)
{
    wait_final(town, 1, 2 * EPOCH + 5);
    const struct node_checkpoint good = *node_space_checkpoint(town->net->chains[0].space);
    char *bytes = base_alloc(good.bytes.len);
    memcpy(bytes, good.bytes.data, good.bytes.len);
    struct node_checkpoint given = {.trust = good.trust, .bytes = {bytes, good.bytes.len}};
    /* Who has final blocks of its own keeps them, whatever it is given. */
    uint32_t stood = town_final_of(town, 2);
    start_with(town, 2, false, &given);
    CHECK_U64(node_sync_state(node_of(town, CHAIN_ALPHA, 2)).base_height, 0);
    CHECK_U64(town_final_of(town, 2), stood);
    /* A state that is not the block's: refused, and the whole chain is executed instead. */
    bytes[good.bytes.len - 3] = (char)(bytes[good.bytes.len - 3] ^ 1);
    start_with(town, 2, true, &given);
    CHECK_U64(node_sync_state(node_of(town, CHAIN_ALPHA, 2)).refused, CODE_CHECKPOINT_CONFLICT);
    CHECK_U64(town_final_of(town, 2), 0);
    wait_final(town, 2, stood + 4);
    CHECK_U64(node_sync_state(node_of(town, CHAIN_ALPHA, 2)).asked_lowest, 1);
    agree(town, 1, 2, stood);
    /* Another block than the chain's is trusted: what contradicts it is crossed by no history, however long. */
    given = good;
    given.trust.hash.b[0] ^= 1;
    start_with(town, 2, true, &given);
    CHECK_U64(node_sync_state(node_of(town, CHAIN_ALPHA, 2)).refused, CODE_CHECKPOINT_CONFLICT);
    town_sleep(town, 20000);
    CHECK(town_final_of(town, 2) < 2 * EPOCH && node_height(node_of(town, CHAIN_ALPHA, 2)) < 2 * EPOCH);
    base_free(bytes);
    /* Nor does it matter to the others; and with the good one it is back. */
    wipe(town, 2);
    CHECK(node_sync_state(node_of(town, CHAIN_ALPHA, 2)).base_height > 2 * EPOCH);
    stood = town_final_of(town, 1);
    wait_final(town, 2, stood + 4);
    agree(town, 1, 2, stood);
    /* Where the longest history is believed, no checkpoint is. */
    CHECK_U64(town_status(town_admin(town, HTTP_PUT, "switches/vuln.sync-longest-from-genesis", "{\"enabled\":true}")), 200);
    wipe(town, 3);
    CHECK_U64(node_sync_state(node_of(town, CHAIN_ALPHA, 3)).base_height, 0);
    wait_final(town, 3, stood + 6);
    town_check_audit(town, "audit");
}
static void a_wrong_one_is_refused_and_nothing_final_given_up(void) { (void)town_run((struct town_config)TOWN(4, 84), refused_here, NULL); }

int main(void)
{
    RUN(a_wiped_node_rejoins_from_the_newest_checkpoint);
    RUN(newcomers_start_from_it_and_serve_others);
    RUN(whatever_is_changed_is_refused);
    RUN(a_wrong_one_is_refused_and_nothing_final_given_up);
    return 0;
}
