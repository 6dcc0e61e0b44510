#include "network/byzantine/liar.h"

#include "core/base/check.h"

#define PEERS 8
#define SELF 2
static const struct sign_suite suite = {SIGN_ED25519};
static const struct domain domain = {CHAIN_ALPHA, 13};

struct den {
    struct seckey key, account;
    struct address address;
    struct liar *liar;
    struct committee *committee;
    struct verifier verifier;
    uint32_t executed, kept;
};

static struct seckey key_of(uint8_t number)
{
    uint8_t seed[32];
    struct seckey key;
    memset(seed, number, sizeof(seed));
    seckey_from_seed(suite, seed, &key);
    return key;
}

static bool execute(void *ctx, struct header *header, struct tx *const *txs, size_t txs_count)
{
    struct den *den = ctx;
    header->transaction_count = (uint32_t)txs_count;
    header->transactions_root = transactions_root_of(txs, txs_count);
    header->state_root.b[5] = (uint8_t)header->timestamp_ms;
    den->executed++;
    return true;
}
static void keep(void *ctx, struct block *block)
{
    (void)block;
    ((struct den *)ctx)->kept++;
}
static const struct committee *committee(void *ctx) { return ((struct den *)ctx)->committee; }
static bool peer_of(void *ctx, const struct address *validator, uint32_t *out)
{
    const struct den *den = ctx;
    return committee_find(den->committee, validator, out);
}

static void den_open(struct den *den)
{
    *den = (struct den){.key = key_of(70), .account = key_of(71), .verifier = verifier_plain(&suite)};
    struct member members[PEERS];
    memset(members, 0, sizeof(members));
    den->address = address_of_key(&den->account.pub);
    for (uint8_t i = 0; i < PEERS; i++) {
        const struct seckey other = key_of((uint8_t)(i + 1));
        members[i] = (struct member){.address = i == SELF ? den->address : address_of_key(&other.pub),
                                     .consensus_key = i == SELF ? den->key.pub : other.pub,
                                     .stake = AMOUNT(100)};
    }
    den->committee = committee_new(0, 1, members, PEERS);
    const struct liar_config config = {.seed = 7, .domain = domain, .suite = suite, .key = &den->key, .account = &den->account,
                                       .index = SELF, .peers = PEERS, .skew_ms = 5000, .block_txs_max = 40, .block_bytes_max = 1u << 20};
    den->liar = liar_new(&config);
    liar_attach(den->liar, &(const struct liar_host){.ctx = den, .execute = execute, .committee = committee, .peer_of = peer_of, .keep = keep});
}

static void den_close(struct den *den)
{
    liar_free(den->liar);
    committee_unref(den->committee);
}

static struct liar_peers all(void)
{
    struct liar_peers set = {0};
    for (uint32_t i = 0; i < PEERS; i++)
        if (i != SELF) liar_peers_add(&set, i);
    return set;
}

static struct block *proposal_of(const struct den *den, uint64_t round)
{
    struct header header = {.domain = domain, .height = (uint32_t)round, .round = round, .timestamp_ms = 1000 * round, .justify_round = round - 1,
                            .proposer = den->address, .committee_hash = den->committee->hash, .next_committee_hash = den->committee->hash};
    header.parent_hash.b[0] = header.justify_hash.b[0] = 9;
    const struct hash hash = header_hash(&header);
    const struct signature signature = header_sign(&hash, suite, &den->key);
    return block_new(&header, &signature, NULL, NULL, NULL, 0);
}

static struct message *vote_of(const struct den *den, uint64_t round, const struct hash *hash)
{
    struct vote vote = {.domain = domain, .height = (uint32_t)round, .round = round, .block_hash = *hash, .voter = den->address};
    vote_sign(&vote, suite, &den->key);
    return message_of_vote(&vote);
}

static size_t say(struct den *den, struct message *message)
{
    const struct liar_peers to = all();
    liar_send(den->liar, message, &to);
    return liar_outs_count(den->liar);
}

static size_t propose(struct den *den, uint64_t round)
{
    struct block *block = proposal_of(den, round);
    struct message *message = message_of_proposal(block, NULL);
    const size_t count = say(den, message);
    message_unref(message);
    block_unref(block);
    return count;
}

static bool is_signed(const struct den *den, const struct block *block)
{
    return header_check(&block->hash, &block->proposer_signature, &den->key.pub, &den->verifier);
}

static const struct block *shown(const struct den *den, size_t i) { return liar_out_at(den->liar, i)->message->proposal.block; }

/* ---- claims ---- */

static void with_no_mode_everything_passes_as_it_is(void)
{
    struct den den;
    den_open(&den);
    struct hash hash = {{1}};
    struct message *messages[] = {vote_of(&den, 4, &hash), message_of_block_request(domain, &hash)};
    CHECK(liar_idle(den.liar));
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        CHECK_U64(say(&den, messages[i]), 1);
        const struct liar_out *out = liar_out_at(den.liar, 0);
        const struct liar_peers to = all();
        CHECK(out->message == messages[i] && out->delay_ms == 0 && memcmp(&out->to, &to, sizeof(to)) == 0);
        message_unref(messages[i]);
    }
    CHECK_U64(propose(&den, 3), 1);
    CHECK_U64(den.executed, 0);
    den_close(&den);
}

static void two_proposals_of_one_round_convict(void)
{
    struct den den;
    den_open(&den);
    liar_on(den.liar, LIAR_EQUIVOCATE_PROPOSAL, &(const struct liar_params){.rate_bps = 10000});
    CHECK_U64(propose(&den, 3), 2);
    const struct block *a = shown(&den, 0), *b = shown(&den, 1);
    CHECK(is_signed(&den, a) && is_signed(&den, b) && !hash_eq(&a->hash, &b->hash));
    for (uint32_t i = 0; i < PEERS; i++) /* nobody is told both */
        CHECK(!liar_peers_has(&liar_out_at(den.liar, 0)->to, i) || !liar_peers_has(&liar_out_at(den.liar, 1)->to, i));
    const struct evidence evidence = evidence_of_headers(&a->header, &a->proposer_signature, &b->header, &b->proposer_signature);
    CHECK(evidence_check(&evidence, NULL, &den.key.pub, &den.verifier));
    const struct hash first = a->hash, second = b->hash;
    CHECK_U64(propose(&den, 3), 2); /* said again, it is the same story */
    CHECK(hash_eq(&shown(&den, 0)->hash, &first) && hash_eq(&shown(&den, 1)->hash, &second));
    den_close(&den);
}

static void two_votes_of_one_round_convict(void)
{
    struct den den;
    den_open(&den);
    struct liar_params params = {.rate_bps = 10000};
    for (uint32_t i = 0; i < PEERS; i++) liar_peers_add(&params.split[i < 3], i);
    liar_on(den.liar, LIAR_EQUIVOCATE_VOTE, &params);
    struct hash hash = {{1}};
    struct message *message = vote_of(&den, 4, &hash);
    CHECK_U64(say(&den, message), 2);
    const struct vote *a = &liar_out_at(den.liar, 0)->message->vote, *b = &liar_out_at(den.liar, 1)->message->vote;
    const struct evidence evidence = evidence_of_votes(a, b);
    CHECK(evidence_check(&evidence, NULL, &den.key.pub, &den.verifier));
    CHECK(liar_peers_has(&liar_out_at(den.liar, 0)->to, 5) && liar_peers_has(&liar_out_at(den.liar, 1)->to, 1));
    CHECK_U64(say(&den, message), 0); /* once a round */
    message_unref(message);
    den_close(&den);
}

static void what_is_withheld_does_not_leave(void)
{
    struct den den;
    den_open(&den);
    struct hash hash = {{1}};
    liar_on(den.liar, LIAR_WITHHOLD_VOTES, &(const struct liar_params){.rate_bps = 5000});
    liar_on(den.liar, LIAR_WITHHOLD_PROPOSALS, &(const struct liar_params){.rate_bps = 10000});
    uint32_t told = 0;
    for (uint64_t round = 1; round <= 200; round++) {
        struct message *message = vote_of(&den, round, &hash);
        const size_t first = say(&den, message), again = say(&den, message);
        CHECK_U64(first, again); /* a round's draw does not change */
        told += (uint32_t)first;
        CHECK_U64(propose(&den, round), 0);
        message_unref(message);
    }
    CHECK(told > 60 && told < 140);
    liar_off(den.liar, LIAR_WITHHOLD_VOTES);
    struct block *meant = proposal_of(&den, 200);
    struct message *own = vote_of(&den, 200, &meant->hash);
    CHECK_U64(say(&den, own), 0); /* nor a vote for a block that nobody was shown */
    message_unref(own);
    block_unref(meant);
    den_close(&den);
}

static void every_flavour_is_invalid_in_its_own_way(void)
{
    struct den den;
    den_open(&den);
    uint64_t round = 3;
    for (int flavour = FLAVOUR_BAD_STATE_ROOT; flavour <= FLAVOUR_BAD_SIGNATURE; flavour++, round++) {
        liar_on(den.liar, LIAR_INVALID_PROPOSAL, &(const struct liar_params){.rate_bps = 10000, .flavour = (enum evidence_flavour)flavour});
        CHECK_U64(propose(&den, round), 1);
        struct block *meant = proposal_of(&den, round);
        const struct block *block = shown(&den, 0);
        const struct evidence evidence = evidence_of_wrong_parent(&block->header, &block->proposer_signature);
        struct evidence_claim claim;
        CHECK(is_signed(&den, block) == (flavour != FLAVOUR_BAD_SIGNATURE));
        CHECK(evidence_claim(&evidence, NULL, &claim) == (flavour == FLAVOUR_WRONG_PARENT));
        CHECK(!hash_eq(&block->header.state_root, &meant->header.state_root) == (flavour == FLAVOUR_BAD_STATE_ROOT || flavour == FLAVOUR_FUTURE_TIMESTAMP));
        CHECK((block->header.timestamp_ms > meant->header.timestamp_ms + 5000) == (flavour == FLAVOUR_FUTURE_TIMESTAMP));
        CHECK_U64(block->txs_count, flavour == FLAVOUR_INVALID_TRANSACTION ? 1 : flavour == FLAVOUR_OVERSIZE ? 41 : 0);
        block_unref(meant);
    }
    den_close(&den);
}

static void it_votes_for_every_proposal_it_hears(void)
{
    struct den den;
    den_open(&den);
    liar_on(den.liar, LIAR_VOTE_ALL_FORKS, &(const struct liar_params){0});
    struct hash seen[2];
    for (uint64_t i = 0; i < 2; i++) {
        struct header header = {.domain = domain, .height = 5, .round = 5, .timestamp_ms = i};
        const struct signature none = {0};
        struct block *block = block_new(&header, &none, NULL, NULL, NULL, 0);
        struct message *message = message_of_proposal(block, NULL);
        liar_hear(den.liar, message);
        CHECK_U64(liar_outs_count(den.liar), 1);
        seen[i] = liar_out_at(den.liar, 0)->message->vote.block_hash;
        CHECK(vote_check(&liar_out_at(den.liar, 0)->message->vote, &den.key.pub, &den.verifier));
        liar_hear(den.liar, message);
        CHECK_U64(liar_outs_count(den.liar), 0); /* once each */
        message_unref(message);
        block_unref(block);
    }
    CHECK(!hash_eq(&seen[0], &seen[1]));
    den_close(&den);
}

static void a_private_branch_grows_unseen_and_is_served_when_off(void)
{
    struct den den;
    den_open(&den);
    liar_on(den.liar, LIAR_PRIVATE_BRANCH, &(const struct liar_params){.length = 3});
    for (uint64_t round = 3; round < 43; round += 8) CHECK_U64(propose(&den, round), 0);
    liar_serve(den.liar);
    CHECK_U64(liar_outs_count(den.liar), 0); /* not yet */
    liar_off(den.liar, LIAR_PRIVATE_BRANCH);
    CHECK(!liar_idle(den.liar));
    liar_serve(den.liar);
    CHECK_U64(liar_outs_count(den.liar), 1);
    const struct message_blocks *told = &liar_out_at(den.liar, 0)->message->blocks;
    CHECK_U64(told->count, 3);
    CHECK_U64(den.kept, 3);
    for (uint32_t i = 0; i < 3; i++) {
        const struct block *block = told->items[i].block;
        CHECK(is_signed(&den, block) && told->items[i].certificate == NULL);
        CHECK_U64(block->header.round, 3 + 8 * i);
        CHECK_U64(block->header.height, 3 + i);
        if (i > 0) CHECK(hash_eq(&block->header.parent_hash, &told->items[i - 1].block->hash));
    }
    CHECK(liar_idle(den.liar));
    den_close(&den);
}

static void votes_are_delayed_and_nothing_else(void)
{
    struct den den;
    den_open(&den);
    struct hash hash = {{1}};
    liar_on(den.liar, LIAR_DELAY_VOTES, &(const struct liar_params){.delay_ms = 700});
    struct message *message = vote_of(&den, 4, &hash);
    CHECK_U64(say(&den, message), 1);
    CHECK_U64(liar_out_at(den.liar, 0)->delay_ms, 700);
    CHECK_U64(propose(&den, 9), 1);
    CHECK_U64(liar_out_at(den.liar, 0)->delay_ms, 0);
    message_unref(message);
    den_close(&den);
}

static void a_rewritten_history_is_served_instead_of_the_true_one(void)
{
    struct den den;
    den_open(&den);
    struct certified_block fork[2] = {{proposal_of(&den, 5), NULL}, {proposal_of(&den, 6), NULL}};
    struct certified_block true_ones[3] = {{proposal_of(&den, 4), NULL}, {proposal_of(&den, 5), NULL}, {proposal_of(&den, 6), NULL}};
    liar_on(den.liar, LIAR_OLD_KEY_FORK, &(const struct liar_params){.from_height = 5, .length = 2});
    const struct liar_peers plot = {{1}};
    liar_fork_set(den.liar, fork, 2, &plot);
    struct message *message = message_of_blocks(domain, true_ones, 3, 6, NULL);
    CHECK_U64(say(&den, message), 2);
    CHECK(liar_out_at(den.liar, 0)->message == message && liar_peers_has(&liar_out_at(den.liar, 0)->to, 0)); /* who is in the plot is told the truth */
    CHECK(!liar_peers_has(&liar_out_at(den.liar, 1)->to, 0) && liar_peers_has(&liar_out_at(den.liar, 1)->to, 1));
    const struct message_blocks *told = &liar_out_at(den.liar, 1)->message->blocks;
    CHECK_U64(told->count, 3);
    CHECK(told->items[0].block == true_ones[0].block && told->items[1].block == fork[0].block && told->items[2].block == fork[1].block);
    liar_serve(den.liar);
    CHECK_U64(liar_outs_count(den.liar), 1); /* and told unasked */
    message_unref(message);
    for (size_t i = 0; i < 2; i++) block_unref(fork[i].block);
    for (size_t i = 0; i < 3; i++) block_unref(true_ones[i].block);
    den_close(&den);
}

/* ---- what goes into a block ---- */

static struct tx *transfer(uint8_t sender, uint64_t nonce, uint64_t tip)
{
    struct apierror error;
    const struct seckey key = key_of(sender);
    const struct tx_spec spec = {.domain = domain, .kind = KIND_ALPHA_TRANSFER, .nonce = nonce, .fee = AMOUNT(1000), .tip = AMOUNT(tip),
                                 .token = TOKEN_AX, .amount = AMOUNT(1)};
    struct tx *tx = tx_build(&spec, suite, &key, &error);
    CHECK(tx != NULL);
    return tx;
}

static void a_censor_leaves_out_a_sender_and_nobody_else(void)
{
    struct den den;
    den_open(&den);
    struct tx *txs[] = {transfer(1, 0, 9), transfer(2, 0, 8), transfer(1, 1, 7), transfer(3, 0, 1)};
    struct tx *list[4];
    memcpy(list, txs, sizeof(list));
    struct liar_params params = {.senders_count = 1};
    params.senders[0] = txs[0]->sender;
    liar_on(den.liar, LIAR_CENSOR, &params);
    CHECK_U64(liar_choose(den.liar, list, 4), 2);
    CHECK(list[0] == txs[1] && list[1] == txs[3]);
    params = (struct liar_params){.kinds_count = 1, .kinds = {KIND_ALPHA_TRANSFER}};
    liar_on(den.liar, LIAR_CENSOR, &params);
    memcpy(list, txs, sizeof(list));
    CHECK_U64(liar_choose(den.liar, list, 4), 0);
    liar_off(den.liar, LIAR_CENSOR);
    CHECK_U64(liar_choose(den.liar, list, 4), 4);
    for (size_t i = 0; i < 4; i++) tx_unref(txs[i]);
    den_close(&den);
}

static void an_order_is_turned_round_but_for_the_nonces(void)
{
    struct den den;
    den_open(&den);
    struct tx *txs[] = {transfer(1, 0, 9), transfer(1, 1, 8), transfer(2, 0, 5), transfer(3, 0, 1)};
    struct tx *list[4];
    memcpy(list, txs, sizeof(list));
    liar_on(den.liar, LIAR_REORDER_TRANSACTIONS, &(const struct liar_params){.policy = LIAR_REVERSE_TIP});
    CHECK_U64(liar_choose(den.liar, list, 4), 4);
    CHECK(list[0] == txs[3] && list[1] == txs[2] && list[2] == txs[0] && list[3] == txs[1]);
    memcpy(list, txs, sizeof(list));
    liar_on(den.liar, LIAR_REORDER_TRANSACTIONS,
            &(const struct liar_params){.policy = LIAR_INSERT_OWN, .has_beneficiary = true, .beneficiary = txs[3]->sender});
    CHECK_U64(liar_choose(den.liar, list, 4), 4);
    CHECK(list[0] == txs[3] && list[1] == txs[0] && list[2] == txs[1] && list[3] == txs[2]);
    for (size_t i = 0; i < 4; i++) tx_unref(txs[i]);
    den_close(&den);
}

static void every_mode_and_flavour_has_its_name(void)
{
    enum liar_mode mode;
    enum evidence_flavour flavour;
    for (size_t i = 0; i < LIAR_MODES; i++) CHECK(liar_mode_parse(liar_mode_text((enum liar_mode)i), &mode) && mode == (enum liar_mode)i);
    CHECK(!liar_mode_parse(STR("honest"), &mode));
    CHECK(liar_flavour_parse(STR("oversize"), &flavour) && flavour == FLAVOUR_OVERSIZE);
    CHECK(!liar_flavour_parse(STR("sweet"), &flavour));
}

int main(void)
{
    RUN(with_no_mode_everything_passes_as_it_is);
    RUN(two_proposals_of_one_round_convict);
    RUN(two_votes_of_one_round_convict);
    RUN(what_is_withheld_does_not_leave);
    RUN(every_flavour_is_invalid_in_its_own_way);
    RUN(it_votes_for_every_proposal_it_hears);
    RUN(a_private_branch_grows_unseen_and_is_served_when_off);
    RUN(votes_are_delayed_and_nothing_else);
    RUN(a_rewritten_history_is_served_instead_of_the_true_one);
    RUN(a_censor_leaves_out_a_sender_and_nobody_else);
    RUN(an_order_is_turned_round_but_for_the_nonces);
    RUN(every_mode_and_flavour_has_its_name);
    return 0;
}
