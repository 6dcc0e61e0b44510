/* The analyst against made-up pools whose truth is known: habits that keep apart leave it next to nothing, each bad one is found by the
 * attack that is made for it. */
#include "tester/scenario/linkage.h"

#include <stdio.h>

#include "chain/kind.h"
#include "core/base/check.h"
#include "core/crypto/decoy.h"

#define GENESIS 128u
#define RING 11u
#define USERS 40u
#define ODD_AMOUNT 1000000u

static struct pool_record record;
static struct shield_tape tape;
static struct source source;
static uint32_t notes, serial;
static struct linkage found;
static bool spent[20000];

static void fresh(uint8_t seed)
{
    pool_record_done(&record);
    vec_done(&tape.spends);
    vec_done(&tape.crossings);
    source = source_of((const uint8_t[32]){7, seed});
    notes = GENESIS;
    serial = 0;
    memset(spent, 0, sizeof(spent));
}

static struct hash some_hash(void)
{
    const uint32_t number = ++serial;
    return hash_tagged("test", &number, sizeof(number));
}
static struct address address_of_user(uint32_t user) { return (struct address){{0xaa, (uint8_t)user, (uint8_t)(user >> 8)}}; }

static void deposit(uint32_t user, uint32_t height, uint64_t amount)
{
    const struct pool_entry_public entry = {.id = some_hash(), .height = height, .kind = KIND_SHIELDED_DEPOSIT, .success = true,
                                            .sender = address_of_user(user), .amount = amount, .outputs = 1};
    vec_push(&record.entries, entry);
    vec_push(&tape.crossings, ((struct tape_crossing){.id = entry.id, .bot = user, .height = height, .deposit = true, .amount = amount}));
    notes++;
}

static void ring_take(struct hash image, uint32_t real, enum decoy_law law, uint32_t eligible, uint32_t size)
{
    struct pool_input input = {image, (uint32_t)record.rings.count, size};
    uint32_t ring[TAPE_RING_MAX];
    CHECK(decoy_draw(&source, law, eligible, real, size, ring));
    for (uint32_t j = 0; j < size; j++) vec_push(&record.rings, ring[j]);
    vec_push(&record.inputs, input);
}

struct spending {
    uint32_t user, height, reals[4], count;
    enum decoy_law law;
    uint32_t size;           /* 0: RING */
    uint64_t withdraw;       /* 0: a transfer */
    bool pays_itself, fails;
    struct hash image;       /* of the first input; zero: another */
};
/* Refers to all notes there are. */
static void spend(struct spending s)
{
    const uint32_t eligible = notes;
    struct pool_entry_public entry = {.id = some_hash(), .height = s.height, .kind = s.withdraw ? KIND_SHIELDED_WITHDRAW : KIND_SHIELDED_TRANSFER, .success = !s.fails,
                                      .sender = s.pays_itself ? address_of_user(s.user) : (struct address){{0xbb, (uint8_t)serial, (uint8_t)(serial >> 8), (uint8_t)(serial >> 16)}},
                                      .amount = s.withdraw, .pool_fee = s.pays_itself ? 0 : 1768, .ref_height = s.height - 1,
                                      .inputs = (uint32_t)record.inputs.count, .inputs_count = s.count, .outputs = 2};
    for (uint32_t i = 0; i < s.count; i++) {
        const struct hash image = i == 0 && !hash_is_zero(&s.image) ? s.image : some_hash();
        ring_take(image, s.reals[i], s.law, eligible, s.size ? s.size : RING);
        if (!s.fails) vec_push(&tape.spends, ((struct tape_spend){.nullifier = image, .id = entry.id, .bot = s.user, .real = s.reals[i]}));
    }
    vec_push(&record.entries, entry);
    if (s.fails) return;
    for (uint32_t i = 0; i < s.count; i++) {
        CHECK(!spent[s.reals[i]]);
        spent[s.reals[i]] = true;
    }
    if (s.withdraw) vec_push(&tape.crossings, ((struct tape_crossing){.id = entry.id, .bot = s.user, .height = s.height, .amount = s.withdraw}));
    notes += 2;
}

static void analyse(void)
{
    const struct linkage_input input = {.record = &record, .tape = &tape, .ring_size = RING, .first_note = GENESIS, .window_blocks = 3600, .to = INSTANT_NEVER};
    linkage_analyse(&input, &found);
}

static void is_high(enum linkage_attack attack)
{
    const struct linkage_score *score = &found.scores[attack];
    if (score->trials < LINKAGE_TRIALS_MIN || linkage_bound(score) <= 200000)
        CHECK_FAIL("%s: %llu trials, precision %llu, bound %lld", linkage_attack_text(attack), (unsigned long long)score->trials,
                   (unsigned long long)(score->trials ? linkage_precision(score) : 0), (long long)(score->trials ? linkage_bound(score) : 0));
    printf("  %-18s %5llu trials, precision %.3f, advantage %.3f (at least %.3f)\n", linkage_attack_text(attack), (unsigned long long)score->trials,
           (double)linkage_precision(score) / 1e6, (double)linkage_advantage(score) / 1e6, (double)linkage_bound(score) / 1e6);
}
static void is_low(enum linkage_attack attack, int64_t at_most)
{
    const struct linkage_score *score = &found.scores[attack];
    if (score->trials < LINKAGE_TRIALS_MIN || linkage_bound(score) > at_most)
        CHECK_FAIL("%s: %llu trials, bound %lld", linkage_attack_text(attack), (unsigned long long)score->trials, (long long)(score->trials ? linkage_bound(score) : 0));
}

/* ---- rings ---- */

static uint32_t real_by_law(void)
{
    uint32_t real;
    do real = notes - 1 - decoy_rank(&source, notes);
    while (spent[real]);
    return real;
}

static void spends_by_law(uint8_t seed, enum decoy_law law, uint32_t size, bool newest)
{
    fresh(seed);
    for (uint32_t h = 2; h < 802; h++) spend((struct spending){.user = h % USERS, .height = h, .reals = {newest ? notes - 1 : real_by_law()}, .count = 1, .law = law, .size = size});
    analyse();
}

static void rings_drawn_by_the_law_of_spends_tell_next_to_nothing(void)
{
    spends_by_law(1, DECOY_RECENT, RING, false);
    is_low(LINK_NEWEST, 50000);
    is_low(LINK_OLDEST, 50000);
    is_low(LINK_AGE, 50000);
    is_low(LINK_AGE_TOLD, 50000);
    is_low(LINK_CLOSED_SET, 10000);
    const uint64_t effective = found.scores[LINK_AGE].effective_milli;
    if (effective <= 8000 || effective > 11005) CHECK_FAIL("an effective ring of %llu thousandths", (unsigned long long)effective);
    enum linkage_attack best;
    CHECK(linkage_best(&found, &best));
}

static void decoys_that_are_drawn_alike_from_all_notes_give_recent_spends_away(void)
{
    spends_by_law(2, DECOY_UNIFORM, RING, false);
    is_high(LINK_NEWEST);
    is_high(LINK_AGE);
    CHECK(found.scores[LINK_AGE].effective_milli < 8000);
    is_low(LINK_OLDEST, 50000);
}

static void decoys_that_are_the_newest_give_old_spends_away(void)
{
    spends_by_law(3, DECOY_NEWEST, RING, false);
    is_high(LINK_OLDEST);
    is_high(LINK_AGE);
}

static void who_always_spends_the_newest_note_is_found(void)
{
    spends_by_law(4, DECOY_RECENT, RING, true);
    is_high(LINK_NEWEST);
    CHECK(linkage_precision(&found.scores[LINK_NEWEST]) == PPM);
    is_high(LINK_AGE_TOLD);
}

/* Half of the spends have rings of one and show how old notes are when they are spent; the others do not stay hidden by it. */
static void spends_that_give_themselves_away_give_others_away(void)
{
    for (unsigned habit = 0; habit < 2; habit++) {
        fresh(9);
        for (uint32_t h = 2; h < 1602; h++) { /* always the note that is about sixty ranks old */
            const uint32_t back = h < 150 || habit == 0 ? 0 : 56 + (uint32_t)source_below(&source, 8);
            uint32_t real = back > 0 ? notes - 1 - back : real_by_law();
            while (spent[real]) real--;
            spend((struct spending){.user = 1, .height = h, .reals = {real}, .count = 1, .size = h % 2 ? 1 : 0});
        }
        analyse();
        if (habit > 0) is_high(LINK_AGE);
    }
}

static void a_ring_of_one_hides_nothing(void)
{
    spends_by_law(5, DECOY_RECENT, 1, false);
    is_high(LINK_NEWEST);
    is_high(LINK_CLOSED_SET);
    CHECK(linkage_precision(&found.scores[LINK_CLOSED_SET]) == PPM);
    CHECK_U64(found.scores[LINK_CLOSED_SET].effective_milli, 1000);
    CHECK(linkage_advantage(&found.scores[LINK_NEWEST]) == PPM - PPM / RING);
}

static void siblings_spent_together_are_found(void)
{
    for (unsigned together = 0; together < 2; together++) {
        fresh(6);
        for (uint32_t h = 2; h < 202; h++) spend((struct spending){.user = 1, .height = h, .reals = {real_by_law()}, .count = 1});
        for (uint32_t h = 202; h < 902; h++) {
            uint32_t pair, other;
            do {
                pair = GENESIS + 2 * ((notes - GENESIS) / 2 - 1 - decoy_rank(&source, (notes - GENESIS) / 2 - 50));
                other = together ? pair + 1 : pair - 39;
            } while (spent[pair] || spent[other]);
            spend((struct spending){.user = 1, .height = h, .reals = {pair, other}, .count = 2});
        }
        analyse();
        if (together) is_high(LINK_MERGE);
        else is_low(LINK_MERGE, 0);
    }
}

static void two_rings_of_one_key_image_are_intersected(void)
{
    fresh(7);
    for (uint32_t h = 2; h < 402; h += 2) {
        const struct hash image = some_hash();
        const uint32_t real = real_by_law();
        spend((struct spending){.user = 1, .height = h, .reals = {real}, .count = 1, .fails = true, .image = image});
        spend((struct spending){.user = 1, .height = h + 1, .reals = {real}, .count = 1, .image = image});
    }
    analyse();
    CHECK_U64(found.scores[LINK_INTERSECTION].trials, 200);
    is_high(LINK_INTERSECTION);
    spends_by_law(8, DECOY_RECENT, RING, false);
    CHECK_U64(found.scores[LINK_INTERSECTION].trials, 0);
}

/* ---- closed sets, against all ways of matching ---- */

#define SMALL_RINGS 6
#define SMALL_NOTES 8
struct small {
    uint32_t rings[SMALL_RINGS][3];
    bool possible[SMALL_RINGS][SMALL_NOTES];
    uint32_t taken[SMALL_RINGS];
};
static void try_all(struct small *s, uint32_t ring)
{
    if (ring == SMALL_RINGS) {
        for (uint32_t r = 0; r < SMALL_RINGS; r++) s->possible[r][s->taken[r]] = true;
        return;
    }
    for (uint32_t j = 0; j < 3; j++) {
        bool other = false;
        for (uint32_t r = 0; r < ring; r++) other = other || s->taken[r] == s->rings[ring][j];
        if (other) continue;
        s->taken[ring] = s->rings[ring][j];
        try_all(s, ring + 1);
    }
}

static void closed_sets_strike_what_no_way_of_matching_has(void)
{
    uint32_t struck = 0;
    for (uint32_t round = 0; round < 3000; round++) {
        struct small s = {0};
        pool_record_done(&record);
        vec_done(&tape.spends);
        uint64_t wanted = 0;
        for (uint32_t r = 0; r < SMALL_RINGS; r++) {
            const uint32_t real = r; /* each its own */
            s.rings[r][0] = real;
            for (uint32_t j = 1; j < 3; j++) {
                do s.rings[r][j] = (uint32_t)source_below(&source, SMALL_RINGS + round % 3);
                while (s.rings[r][j] == real || (j == 2 && s.rings[r][1] == s.rings[r][2]));
            }
            const struct pool_entry_public entry = {.id = some_hash(), .height = 2 + r, .kind = KIND_SHIELDED_TRANSFER, .success = true, .ref_height = 1, .inputs = r, .inputs_count = 1};
            const struct pool_input input = {some_hash(), 3 * r, 3};
            vec_push(&record.entries, entry);
            vec_push(&record.inputs, input);
            for (uint32_t j = 0; j < 3; j++) vec_push(&record.rings, s.rings[r][j]);
            vec_push(&tape.spends, ((struct tape_spend){.nullifier = input.image, .real = real}));
        }
        try_all(&s, 0);
        for (uint32_t r = 0; r < SMALL_RINGS; r++) {
            uint32_t left = 0;
            for (uint32_t n = 0; n < SMALL_NOTES; n++) left += s.possible[r][n];
            wanted += PPM / left;
            struck += 3 - left;
        }
        const struct linkage_input input = {.record = &record, .tape = &tape, .ring_size = 3, .first_note = SMALL_NOTES, .window_blocks = 100, .to = INSTANT_NEVER};
        linkage_analyse(&input, &found);
        CHECK_U64(found.scores[LINK_CLOSED_SET].hits, wanted);
    }
    CHECK(struck > 300); /* there was something to strike */
}

/* ---- the boundary ---- */

enum paying { STANDARD, ODD, ODD_IN_PARTS };
struct leaving {
    uint32_t user, height;
    uint64_t amount;
};
static void cross(uint8_t seed, enum paying paying, bool waits, bool pays_itself)
{
    static struct leaving leaving[400];
    uint32_t height = 10, entered = 0, left = 0;
    fresh(seed);
    for (; left < ARRAY_LEN(leaving); height++) {
        for (uint32_t k = 0; k < entered; k++) { /* those whose time has come */
            if (leaving[k].height != height) continue;
            spend((struct spending){.user = leaving[k].user, .height = height, .reals = {real_by_law()}, .count = 1, .withdraw = leaving[k].amount, .pays_itself = pays_itself});
            left++;
        }
        if (entered == ARRAY_LEN(leaving) || source_below(&source, 4) != 0) continue;
        const uint64_t amount = paying == STANDARD ? 100000 : ODD_AMOUNT + source_below(&source, 900000);
        leaving[entered] = (struct leaving){entered % USERS, height + (waits ? 2 + (uint32_t)source_below(&source, 19) : 7), amount};
        if (paying == ODD_IN_PARTS) deposit(entered % USERS, height, amount / 3);
        deposit(entered % USERS, height, paying == ODD_IN_PARTS ? amount - amount / 3 : amount);
        entered++;
    }
    analyse();
}

static void standard_amounts_and_random_waits_tell_next_to_nothing(void)
{
    cross(20, STANDARD, true, false);
    is_low(LINK_AMOUNT, 200000);
    is_low(LINK_TIMING, 200000);
    is_low(LINK_FEE_PAYER, 0);
}
static void amounts_of_ones_own_are_found_again(void)
{
    cross(21, ODD, true, false);
    is_high(LINK_AMOUNT);
    cross(22, ODD_IN_PARTS, true, false);
    is_high(LINK_AMOUNT);
}
static void who_never_waits_longer_or_shorter_is_found_by_the_time(void)
{
    cross(23, STANDARD, false, false);
    is_high(LINK_TIMING);
}
static void who_pays_fees_itself_is_known(void)
{
    cross(24, STANDARD, true, true);
    is_high(LINK_FEE_PAYER);
    CHECK(linkage_precision(&found.scores[LINK_FEE_PAYER]) == PPM);
}

/* ---- the score ---- */

static void the_bound_is_wilsons(void)
{
    const struct linkage_score half = {.trials = 200, .hits = 100 * (uint64_t)PPM}, none = {.trials = 200}, all = {.trials = 200, .hits = 200 * (uint64_t)PPM, .chance = 200 * 90909u};
    CHECK(linkage_bound(&half) >= 431300 && linkage_bound(&half) <= 431500); /* 0.4314 */
    CHECK(linkage_bound(&none) >= -1 && linkage_bound(&none) <= 1);
    CHECK(linkage_bound(&all) >= 981154 - 90909 - 5 && linkage_bound(&all) <= 981154 - 90909 + 5); /* 1 / (1 + z^2/n) */
    CHECK(linkage_advantage(&all) == PPM - 90909);
}

static void few_trials_say_nothing_and_windows_are_kept(void)
{
    enum linkage_attack best;
    fresh(30);
    for (uint32_t h = 2; h < 2 + LINKAGE_TRIALS_MIN - 1; h++) spend((struct spending){.user = 1, .height = h, .reals = {notes - 1}, .count = 1});
    analyse();
    CHECK(!linkage_best(&found, &best));
    spend((struct spending){.user = 1, .height = 1000, .reals = {notes - 1}, .count = 1});
    analyse();
    CHECK(linkage_best(&found, &best) && found.scores[best].trials == LINKAGE_TRIALS_MIN);
    for (size_t i = 0; i < tape.spends.count; i++) tape.spends.data[i].intended = (struct instant){1000 + i};
    const struct linkage_input input = {.record = &record, .tape = &tape, .ring_size = RING, .first_note = GENESIS, .window_blocks = 3600, .from = {1010}, .to = {1050}};
    linkage_analyse(&input, &found);
    CHECK_U64(found.scores[LINK_NEWEST].trials, 40);
}

static void the_same_record_gives_the_same_figures(void)
{
    struct buf first = {0}, second = {0};
    spends_by_law(31, DECOY_RECENT, RING, false);
    linkage_json(&found, &first);
    spends_by_law(31, DECOY_RECENT, RING, false);
    linkage_json(&found, &second);
    CHECK(str_eq(buf_str(&first), buf_str(&second)) && first.len > 500);
    buf_done(&first);
    buf_done(&second);
}

int main(void)
{
    RUN(rings_drawn_by_the_law_of_spends_tell_next_to_nothing);
    RUN(decoys_that_are_drawn_alike_from_all_notes_give_recent_spends_away);
    RUN(decoys_that_are_the_newest_give_old_spends_away);
    RUN(who_always_spends_the_newest_note_is_found);
    RUN(spends_that_give_themselves_away_give_others_away);
    RUN(a_ring_of_one_hides_nothing);
    RUN(siblings_spent_together_are_found);
    RUN(two_rings_of_one_key_image_are_intersected);
    RUN(closed_sets_strike_what_no_way_of_matching_has);
    RUN(standard_amounts_and_random_waits_tell_next_to_nothing);
    RUN(amounts_of_ones_own_are_found_again);
    RUN(who_never_waits_longer_or_shorter_is_found_by_the_time);
    RUN(who_pays_fees_itself_is_known);
    RUN(the_bound_is_wilsons);
    RUN(few_trials_say_nothing_and_windows_are_kept);
    RUN(the_same_record_gives_the_same_figures);
    fresh(0);
    return 0;
}
