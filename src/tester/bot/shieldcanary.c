/* What nobody may learn of bots in the shielded pool, planted. */
#include "core/codec/binary.h"
#include "tester/bot/canary.h"
#include "tester/bot/shieldbot.h"

static void deposits_collect(const struct shield_tape *tape, struct map *ids)
{
    for (size_t i = 0; i < tape->crossings.count; i++)
        if (tape->crossings.data[i].deposit) (void)map_put(ids, &tape->crossings.data[i].id, NULL);
}

/* As wallets with a planted weakness write it: the value as it is in the place of what hides it, a member of its own. */
static void unmasked_plant(struct crew *crew, uint64_t value)
{
    uint8_t bytes[8];
    char quoted[18];
    bin_store_u64(bytes, value);
    quoted[0] = quoted[17] = '"';
    str_hex(bytes, sizeof(bytes), quoted + 1);
    (void)canary_plant(crew, "an amount in the pool, unmasked", (struct str){quoted, sizeof(quoted)});
}

/* What came last is found here: an operation ends before its change is seen. */
static void wallet_scan(struct crew *crew, struct shieldwallet *wallet, struct instant deadline)
{
    struct answer answer;
    (void)shieldwallet_scan(wallet, &crew->alpha, deadline, &answer); /* what was not read is no canary */
    answer_done(&answer);
}

static void wallet_plant(struct crew *crew, const struct shieldwallet *wallet, const struct map *deposits)
{
    const struct shield_keys *keys = &wallet->keys;
    (void)canary_plant_bytes(crew, "a shielded address", &keys->address.view, sizeof(keys->address.view));
    (void)canary_plant_bytes(crew, "a shielded address", &keys->address.spend, sizeof(keys->address.spend));
    (void)canary_plant_bytes(crew, "a view key", &keys->view, sizeof(keys->view));
    (void)canary_plant_bytes(crew, "a spend key", &keys->spend, sizeof(keys->spend));
    for (size_t i = 0; i < wallet->notes.count; i++) {
        const struct own_note *own = &wallet->notes.data[i];
        (void)canary_plant_bytes(crew, "the secret of a note", &own->owned.secret, sizeof(own->owned.secret));
        if (map_find(deposits, &wallet->shelf->notes.data[own->index].transaction_id) != NULL) continue; /* value and blinding are public */
        (void)canary_plant_bytes(crew, "the blinding of a note", &own->owned.opening.blinding, sizeof(own->owned.opening.blinding));
        if (canary_plant_amount(crew, "an amount in the pool", own->owned.opening.value)) unmasked_plant(crew, own->owned.opening.value);
    }
}

void shield_canaries(struct crew *crew, struct instant deadline)
{
    struct shield_commons *commons = crew->shield_commons;
    if (commons == NULL) return;
    for (uint32_t i = 0; i < crew->bots_count; i++)
        if (crew->bots[i] != NULL && crew->bots[i]->shieldbot != NULL) wallet_scan(crew, &crew->bots[i]->shieldbot->wallet, deadline);
    struct map deposits;
    map_init(&deposits, sizeof(struct hash), sizeof(uint8_t));
    deposits_collect(&commons->tape, &deposits);
    for (size_t i = 0; i < commons->tape.crossings.count; i++) canary_clear_amount(crew, commons->tape.crossings.data[i].amount);
    for (uint32_t i = 0; i < crew->bots_count; i++)
        if (crew->bots[i] != NULL && crew->bots[i]->shieldbot != NULL) wallet_plant(crew, &crew->bots[i]->shieldbot->wallet, &deposits);
    map_done(&deposits);
}
