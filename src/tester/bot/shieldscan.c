#include "tester/bot/shieldscan.h"

#include <stdatomic.h>

#include "core/crypto/wipe.h"
#include "world/fiber/env.h"

struct look {
    struct task task;
    struct shield_suite suite;
    const struct shield_keys *keys; /* the wallet's, which outlives it */
    _Atomic bool dropped;           /* nobody wants to know any more */
    uint32_t first, count;
    VEC(struct own_note) found;
    struct shelf_note notes[];
};

static bool note_look(struct shield_suite suite, const struct shield_keys *keys, const struct shelf_note *shelved, uint32_t index, struct own_note *out)
{
    *out = (struct own_note){.index = index};
    if (!suite_note_own(suite, keys, &shelved->note, shelved->output, &out->owned)) return false;
    const struct point image = shield_key_image(&out->owned.secret, &shelved->note.one_time_key);
    memcpy(&out->image, &image, sizeof(out->image));
    return true;
}

static void run(struct task *task)
{
    struct look *look = CONTAINER_OF(task, struct look, task);
    struct own_note own;
    for (uint32_t i = 0; i < look->count && !atomic_load_explicit(&look->dropped, memory_order_relaxed); i++)
        if (note_look(look->suite, look->keys, &look->notes[i], look->first + i, &own)) vec_push(&look->found, own);
}

static void look_begin(struct shieldwallet *wallet, const struct note_shelf *shelf)
{
    const uint32_t fresh = (uint32_t)shelf->notes.count - wallet->looked, count = MIN(fresh, LOOK_NOTES_MAX);
    if (fresh < LOOK_NOTES_MIN || wallet->looks.count == LOOKS_MAX) return;
    struct look *look = base_alloc(sizeof(*look) + count * sizeof(look->notes[0]));
    look->task.run = run;
    look->suite = wallet->suite;
    look->keys = &wallet->keys;
    look->first = wallet->looked;
    look->count = count;
    memcpy(look->notes, &shelf->notes.data[look->first], count * sizeof(look->notes[0]));
    wallet->looked += count;
    vec_push(&wallet->looks, look);
    env_offload(shelf->env, &look->task);
}

static void look_free(struct look *look)
{
    if (look->found.count > 0) crypto_wipe(look->found.data, look->found.count * sizeof(*look->found.data));
    vec_done(&look->found);
    base_free(look);
}

void shieldscan_ahead(struct note_shelf *shelf)
{
    if (shelf->env == NULL) return;
    for (struct shieldwallet *wallet = shelf->wallets; wallet != NULL; wallet = wallet->next)
        if (wallet->suite.scheme == SHIELD_REAL) look_begin(wallet, shelf); /* a keyed hash costs less than handing it over */
}

void shieldscan_join(struct shieldwallet *wallet, struct note_shelf *shelf)
{
    wallet->shelf = shelf;
    wallet->next = shelf->wallets;
    shelf->wallets = wallet;
}

void shieldscan_leave(struct shieldwallet *wallet)
{
    struct note_shelf *shelf = wallet->shelf;
    if (shelf == NULL) return;
    for (size_t i = 0; i < wallet->looks.count; i++) atomic_store_explicit(&wallet->looks.data[i]->dropped, true, memory_order_relaxed);
    for (size_t i = 0; i < wallet->looks.count; i++) {
        env_join(shelf->env, &wallet->looks.data[i]->task);
        look_free(wallet->looks.data[i]);
    }
    vec_done(&wallet->looks);
    struct shieldwallet **at = &shelf->wallets;
    while (*at != wallet) at = &(*at)->next;
    *at = wallet->next;
    wallet->shelf = NULL;
}

/* What was looked at ahead comes first: it is older. */
static void looks_take_in(struct shieldwallet *wallet)
{
    for (size_t i = 0; i < wallet->looks.count; i++) {
        struct look *look = wallet->looks.data[i];
        env_join(wallet->shelf->env, &look->task);
        for (size_t n = 0; n < look->found.count; n++) vec_push(&wallet->notes, look->found.data[n]);
        look_free(look);
    }
    vec_clear(&wallet->looks);
    wallet->scanned = wallet->looked;
}

bool shieldwallet_scan(struct shieldwallet *wallet, const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    const struct note_shelf *shelf = wallet->shelf;
    struct own_note own;
    if (!note_shelf_read(wallet->shelf, alpha, deadline, out)) return false;
    looks_take_in(wallet);
    for (; wallet->scanned < shelf->notes.count; wallet->scanned++)
        if (note_look(wallet->suite, &wallet->keys, &shelf->notes.data[wallet->scanned], wallet->scanned, &own)) vec_push(&wallet->notes, own);
    wallet->looked = wallet->scanned;
    for (size_t i = 0; i < wallet->notes.count; i++)
        if (map_find(&shelf->spent, &wallet->notes.data[i].image) != NULL) wallet->notes.data[i].state = OWN_SPENT;
    return true;
}
