/* Tries to make a wallet miss a note of its own, find one twice or in another order, because it was looked at ahead; and to leave while somebody looks. */
#include "core/base/check.h"
#include "core/base/rng.h"
#include "tester/bot/shieldscan.h"
#include "world/sim/sim.h"

enum { NOTES = 900, WALLETS = 3 };

static uint64_t ran;
static void run_now(void *ctx, struct task *task) { (void)ctx, ran++, task->run(task); }
static void leave_it(void *ctx, struct task *task) { (void)ctx, (void)task; }
static void run_late(void *ctx, struct task *task) { (void)ctx, ran++, task->run(task); }
static void forget(void *ctx, struct task *task) { (void)ctx, (void)task; }
static const struct offloader eager = {run_now, forget, NULL}, late = {leave_it, run_late, NULL};

struct place {
    struct sim *sim;
    struct note_shelf shelf;
    struct shieldwallet wallets[WALLETS];
};

static void place_init(struct place *place, const struct offloader *offloader)
{
    memset(place, 0, sizeof(*place));
    if (offloader) place->sim = sim_new(1, sim_model_default(), offloader);
    note_shelf_init(&place->shelf);
    place->shelf.env = place->sim ? sim_env(place->sim) : NULL;
    place->shelf.busy = true; /* nothing is to be read: shieldwallet_scan takes the shelf as it is */
    for (uint8_t i = 0; i < WALLETS; i++) shieldwallet_init(&place->wallets[i], &place->shelf, (const uint8_t[32]){i});
}
static void place_done(struct place *place)
{
    for (size_t i = 0; i < WALLETS; i++) shieldwallet_done(&place->wallets[i]);
    note_shelf_done(&place->shelf);
    if (place->sim) sim_free(place->sim);
}

/* One in three is of one of the wallets. */
static void shelf_grow(struct place *place, struct source *source, struct rng *rng, uint64_t count)
{
    for (; count > 0; count--) {
        struct shelf_note note = {.note = shield_genesis_notes[rng_below(rng, SHIELD_GENESIS_NOTES)], .height = 1};
        struct shield_opening opening;
        const uint64_t of = rng_below(rng, 3 * WALLETS);
        if (of < WALLETS) shield_note_make(source, &place->wallets[of].keys.address, 1000 + count, 0, &note.note, &opening);
        vec_push(&place->shelf.notes, note);
    }
    shieldscan_ahead(&place->shelf);
}

static void scan(struct shieldwallet *wallet)
{
    struct answer answer;
    CHECK(shieldwallet_scan(wallet, NULL, (struct instant){0}, &answer));
    CHECK_U64(wallet->scanned, wallet->shelf->notes.count);
    CHECK_U64(wallet->looks.count, 0);
}

/* Grows and scans by turns; the last wallet scans once, at the end. */
static void live(struct place *place)
{
    struct source source = source_of((const uint8_t[32]){77});
    struct rng rng;
    rng_init(&rng, 5);
    while (place->shelf.notes.count < NOTES) {
        shelf_grow(place, &source, &rng, rng_below(&rng, 40));
        if (rng_below(&rng, 4) == 0) scan(&place->wallets[rng_below(&rng, WALLETS - 1)]);
    }
    for (size_t i = 0; i < WALLETS; i++) scan(&place->wallets[i]);
}

static void what_is_found_does_not_depend_on_who_looks(void)
{
    const struct offloader *const ways[] = {&eager, &late};
    struct place plain, other;
    place_init(&plain, NULL);
    live(&plain);
    for (size_t w = 0; w < ARRAY_LEN(ways); w++) {
        ran = 0;
        place_init(&other, ways[w]);
        live(&other);
        CHECK(ran > 20);
        for (size_t i = 0; i < WALLETS; i++) {
            const struct shieldwallet *a = &plain.wallets[i], *b = &other.wallets[i];
            CHECK(a->notes.count > NOTES / 20);
            CHECK_U64(a->notes.count, b->notes.count);
            for (size_t n = 0; n < a->notes.count; n++) {
                CHECK_U64(a->notes.data[n].index, b->notes.data[n].index);
                CHECK(hash_eq(&a->notes.data[n].image, &b->notes.data[n].image));
                CHECK_U64(a->notes.data[n].owned.opening.value, b->notes.data[n].owned.opening.value);
            }
        }
        place_done(&other);
    }
    place_done(&plain);
}

static void who_leaves_drops_its_looks(void)
{
    struct source source = source_of((const uint8_t[32]){78});
    struct rng rng;
    struct place place;
    rng_init(&rng, 6);
    place_init(&place, &late);
    for (int i = 0; i < LOOKS_MAX + 10; i++) shelf_grow(&place, &source, &rng, LOOK_NOTES_MIN); /* more than a wallet's looks take */
    CHECK_U64(place.wallets[0].looks.count, LOOKS_MAX);
    CHECK_U64(place.wallets[0].notes.count, 0);
    scan(&place.wallets[1]);
    shieldwallet_done(&place.wallets[0]);
    CHECK(place.shelf.wallets != NULL);
    note_shelf_done(&place.shelf); /* before the wallets */
    CHECK(place.shelf.wallets == NULL && place.wallets[2].shelf == NULL);
    shieldwallet_done(&place.wallets[1]);
    shieldwallet_done(&place.wallets[2]);
    sim_free(place.sim);
}

int main(void)
{
    RUN(what_is_found_does_not_depend_on_who_looks);
    RUN(who_leaves_drops_its_looks);
    return 0;
}
