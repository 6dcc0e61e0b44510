/* Committees: order, quorum, lookup and the rotation of leaders, which is held against a slow model. */
#include "chain/committee.h"

#include "core/base/rng.h"
#include "fixture.h"

static struct member member_of(uint8_t number, u128 stake)
{
    const struct seckey key = fixture_key(number);
    return (struct member){.address = address_of_key(&key.pub), .consensus_key = key.pub, .stake = {stake}};
}

static void members_stand_in_order_of_address(void)
{
    struct committee *committee = fixture_committee(3, NULL);
    for (uint32_t i = 0; i < committee->count; i++) {
        uint32_t found;
        CHECK(committee_find(committee, &committee->members[i].address, &found) && found == i);
        CHECK(i == 0 || address_cmp(&committee->members[i - 1].address, &committee->members[i].address) < 0);
    }
    uint32_t found;
    const struct address nobody = {0};
    CHECK(!committee_find(committee, &nobody, &found));
    committee_unref(committee);
}

static void the_order_given_does_not_matter(void)
{
    struct member members[4], swapped[4];
    for (uint8_t i = 0; i < 4; i++) members[i] = swapped[3 - i] = member_of(i, i + 1);
    struct committee *a = committee_new(1, 5, members, 4), *b = committee_new(1, 9, swapped, 4);
    CHECK(hash_eq(&a->hash, &b->hash)); /* nor does start_round: it is not hashed */
    struct committee *c = committee_rebase(a, 2, 9);
    CHECK(!hash_eq(&a->hash, &c->hash) && c->start_round == 9);
    committee_unref(a);
    committee_unref(b);
    committee_unref(c);
}

static void what_is_no_committee_is_refused(void)
{
    struct member members[2] = {member_of(1, 1), member_of(1, 1)};
    CHECK(committee_new(0, 1, members, 0) == NULL);
    CHECK(committee_new(0, 1, members, 2) == NULL); /* one address twice */
    members[1] = member_of(2, 0);
    CHECK(committee_new(0, 1, members, 2) == NULL);
    members[1] = member_of(2, (u128)1 << 100);
    CHECK(committee_new(0, 1, members, 2) == NULL);
    members[0].stake.units = members[1].stake.units = (u128)1 << 99;
    CHECK(committee_new(0, 1, members, 2) == NULL); /* the sum */
}

static void a_quorum_is_more_than_two_thirds(void)
{
    for (unsigned n = 1; n <= 90; n++) {
        struct member members[90];
        for (uint8_t i = 0; i < n; i++) members[i] = member_of(i, 10);
        struct committee *committee = committee_new(0, 1, members, n);
        const unsigned quorum = 2 * n / 3 + 1;
        CHECK(committee_is_quorum(committee, AMOUNT(10 * quorum)));
        CHECK(!committee_is_quorum(committee, AMOUNT(10 * (quorum - 1))));
        CHECK(amount_eq(committee->quorum, AMOUNT(2 * 10 * n / 3 + 1)));
        CHECK(committee_is_quorum(committee, committee->quorum));
        CHECK(!committee_is_quorum(committee, AMOUNT(committee->quorum.units - 1)));
        committee_unref(committee);
        n += n > 12 ? 12 : 0;
    }
}

/* api 1.9, word by word. */
struct model {
    struct committee *committee;
    __int128 credits[16];
    struct hash ranks[16];
};

static void model_init(struct model *model, struct committee *committee)
{
    memset(model, 0, sizeof(*model));
    model->committee = committee;
    for (uint32_t i = 0; i < committee->count; i++)
        model->ranks[i] = hash_tagged("adnet/leader/v1", committee->members[i].address.b, 32);
}

static uint32_t model_next(struct model *model)
{
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < model->committee->count; i++)
        model->credits[i] += (__int128)model->committee->members[i].stake.units;
    for (uint32_t i = 0; i < model->committee->count; i++) {
        const bool better = best == UINT32_MAX || model->credits[i] > model->credits[best] ||
                            (model->credits[i] == model->credits[best] && hash_cmp(&model->ranks[i], &model->ranks[best]) < 0);
        if (better) best = i;
    }
    model->credits[best] -= (__int128)model->committee->total_stake.units;
    return best;
}

static void check_rotation(const u128 *stakes, size_t count, uint32_t rounds)
{
    struct member members[16];
    for (uint8_t i = 0; i < count; i++) members[i] = member_of(i, stakes[i]);
    struct committee *committee = committee_new(0, 100, members, count), *cold = committee_new(0, 100, members, count);
    struct model model;
    model_init(&model, committee);
    uint32_t leader = 0, far = 0, last = 0;
    for (uint32_t i = 0; i < rounds; i++) {
        last = model_next(&model);
        CHECK(committee_leader(committee, 100 + i, &leader));
        CHECK_U64(leader, last);
    }
    CHECK(committee_leader(cold, 100 + rounds - 1, &far)); /* asked at once, and back again */
    CHECK_U64(far, last);
    for (uint32_t i = 0; i < rounds; i += 7) {
        uint32_t one, two;
        CHECK(committee_leader(committee, 100 + i, &one) && committee_leader(cold, 100 + i, &two) && one == two);
    }
    CHECK(!committee_leader(committee, 99, &leader));
    committee_unref(committee);
    committee_unref(cold);
}

static void leaders_follow_the_rotation(void)
{
    check_rotation((const u128[]){5}, 1, 20);
    check_rotation((const u128[]){10, 10, 10, 10, 10}, 5, 100);
    check_rotation((const u128[]){5, 1, 1}, 3, 100);
    check_rotation((const u128[]){7, 3, 2, 11}, 4, 300);
    check_rotation((const u128[]){((u128)1 << 98) + 3, (u128)1 << 97, 12345}, 3, 500);
    struct rng rng;
    rng_init(&rng, 4);
    for (int i = 0; i < 20; i++) {
        u128 stakes[16];
        const size_t count = (size_t)rng_range(&rng, 2, 16);
        for (size_t k = 0; k < count; k++) stakes[k] = rng_range(&rng, 1, 20);
        check_rotation(stakes, count, 500);
    }
}

static void each_leads_in_proportion_to_its_stake(void)
{
    const uint64_t stakes[FIXTURE_MEMBERS] = {1, 2, 3, 4, 5, 6, 7};
    struct committee *committee = fixture_committee(0, stakes);
    uint64_t led[FIXTURE_MEMBERS] = {0};
    for (uint64_t round = 1; round <= 28; round++) {
        uint32_t leader;
        CHECK(committee_leader(committee, round, &leader));
        led[leader]++;
    }
    for (uint32_t i = 0; i < FIXTURE_MEMBERS; i++) CHECK(committee->members[i].stake.units == led[i]);
    uint32_t leader;
    CHECK(committee_leader(committee, UINT64_MAX, &leader)); /* a period is known: any round */
    committee_unref(committee);
}

static void a_round_out_of_reach_is_not_worked_out(void)
{
    const uint64_t stakes[FIXTURE_MEMBERS] = {1000003, 1000033, 1000037, 1000039, 1000081, 1000099, 1000117};
    struct committee *committee = fixture_committee(0, stakes);
    uint32_t leader;
    CHECK(!committee_leader(committee, UINT64_C(1) << 60, &leader));
    CHECK(committee_leader(committee, LEADER_ROUNDS_AHEAD_MAX, &leader));
    CHECK(committee_leader(committee, 2 * LEADER_ROUNDS_AHEAD_MAX, &leader));
    committee_unref(committee);
}

static void a_committee_survives_both_forms(void)
{
    struct arena arena;
    struct err err;
    arena_init(&arena, 0);
    const uint64_t stakes[FIXTURE_MEMBERS] = {1, 2, 3, 4, 5, 6, 7};
    struct committee *committee = fixture_committee(9, stakes);
    struct buf bytes = {0}, text = {0};
    committee_encode(committee, &bytes);
    struct bin_reader r = bin_reader_of(bytes.data, bytes.len);
    struct committee *binary = committee_decode(&r);
    CHECK(binary != NULL && bin_done(&r) && hash_eq(&binary->hash, &committee->hash));
    struct json_writer w = json_writer_of(&text);
    committee_write(committee, CHAIN_ALPHA, &w);
    struct committee *json = committee_read(json_parse(&arena, buf_str(&text), &err), CHAIN_ALPHA);
    CHECK(json != NULL && hash_eq(&json->hash, &committee->hash) && json->start_round == 1);
    CHECK_STR(str_of(json->members[3].name), str_of(committee->members[3].name));
    text.data[text.len - 5]++; /* the last stake: total and hash no longer agree */
    CHECK(committee_read(json_parse(&arena, buf_str(&text), &err), CHAIN_ALPHA) == NULL);
    for (size_t cut = 0; cut < bytes.len; cut++) {
        struct bin_reader short_one = bin_reader_of(bytes.data, cut);
        CHECK(committee_decode(&short_one) == NULL && short_one.bad);
    }
    committee_unref(committee);
    committee_unref(binary);
    committee_unref(json);
    buf_done(&bytes);
    buf_done(&text);
    arena_done(&arena);
}

int main(void)
{
    RUN(members_stand_in_order_of_address);
    RUN(the_order_given_does_not_matter);
    RUN(what_is_no_committee_is_refused);
    RUN(a_quorum_is_more_than_two_thirds);
    RUN(leaders_follow_the_rotation);
    RUN(each_leads_in_proportion_to_its_stake);
    RUN(a_round_out_of_reach_is_not_worked_out);
    RUN(a_committee_survives_both_forms);
    return 0;
}
