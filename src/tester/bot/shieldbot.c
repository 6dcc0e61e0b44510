#include "tester/bot/shieldbot.h"

#include "core/codec/json.h"
#include "core/crypto/wipe.h"

struct shieldbot *shieldbot_of(struct bot *bot)
{
    if (bot->shieldbot != NULL) return bot->shieldbot;
    struct shieldbot *made = base_alloc(sizeof(*made));
    struct hash seed = hash_tagged("adnet-testbots/shielded", bot->identity.key.seed, sizeof(bot->identity.key.seed));
    shieldwallet_init(&made->wallet, &shield_commons_of(bot->crew)->shelf, seed.b);
    crypto_wipe(&seed, sizeof(seed));
    made->wallet.suite = bot->crew->shield;
    bot->shieldbot = made;
    return made;
}

void shieldbot_free(struct shieldbot *shieldbot)
{
    if (shieldbot == NULL) return;
    shieldwallet_done(&shieldbot->wallet);
    base_free(shieldbot);
}

void shieldbot_prove(struct bot *bot, uint32_t inputs, uint32_t ring, uint32_t outputs)
{
    struct shieldbot *shieldbot = shieldbot_of(bot);
    struct env *env = bot->crew->env;
    const struct duration takes = prove_time(bot->crew->prove, inputs, ring, outputs);
    if (takes.ns == 0) return;
    shieldbot->proved++;
    shieldbot->proving++;
    struct instant *core = &shieldbot->core_free[0];
    for (size_t i = 1; i < SHIELDBOT_CORES; i++)
        if (instant_before(shieldbot->core_free[i], *core)) core = &shieldbot->core_free[i];
    const struct instant now = env_now(env);
    *core = instant_add(instant_before(*core, now) ? now : *core, takes);
    fiber_sleep_until(env, *core);
    shieldbot->proving--;
}

struct shield_commons *shield_commons_of(struct crew *crew)
{
    if (crew->shield_commons != NULL) return crew->shield_commons;
    crew->shield_commons = base_alloc(sizeof(*crew->shield_commons));
    note_shelf_init(&crew->shield_commons->shelf);
    crew->shield_commons->shelf.env = crew->env;
    return crew->shield_commons;
}

void shield_commons_free(struct crew *crew)
{
    struct shield_commons *commons = crew->shield_commons;
    if (commons == NULL) return;
    note_shelf_done(&commons->shelf);
    vec_done(&commons->tape.spends);
    vec_done(&commons->tape.crossings);
    base_free(commons);
    crew->shield_commons = NULL;
}

static void put_hash(struct json_writer *w, const char *name, const struct hash *hash)
{
    char hex[64];
    str_hex(hash->b, sizeof(hash->b), hex);
    json_put_member_str(w, str_of(name), (struct str){hex, sizeof(hex)});
}

_Static_assert((int)TAPE_RING_MAX == (int)CLSAG_RING_MAX, "a ring on the tape is a whole one");

const struct shield_tape *shield_tape_of(const struct crew *crew) { return crew->shield_commons != NULL ? &crew->shield_commons->tape : NULL; }

struct hash shield_tape_maker(const struct crew *crew, uint32_t note)
{
    const struct shield_commons *commons = crew->shield_commons;
    return commons != NULL && note < commons->shelf.notes.count ? commons->shelf.notes.data[note].transaction_id : (struct hash){{0}};
}

uint32_t shield_notes_of_genesis(const struct crew *crew)
{
    uint32_t count = 0;
    if (crew->shield_commons == NULL) return 0;
    const struct note_shelf *shelf = &crew->shield_commons->shelf;
    while (count < shelf->notes.count && hash_is_zero(&shelf->notes.data[count].transaction_id)) count++;
    return count;
}

uint32_t shield_ring_size(const struct crew *crew)
{
    for (uint32_t i = 0; i < crew->bots_count; i++)
        if (crew->bots[i] != NULL && crew->bots[i]->shieldbot != NULL) return crew->bots[i]->shieldbot->wallet.terms.ring_size;
    return 0;
}

void shield_tape_write(const struct shield_tape *tape, struct buf *out)
{
    for (size_t i = 0; i < tape->crossings.count; i++) {
        const struct tape_crossing *crossing = &tape->crossings.data[i];
        struct json_writer w = json_writer_of(out);
        json_object(&w);
        json_put_member_str(&w, STR("what"), crossing->deposit ? STR("deposit") : STR("withdraw"));
        put_hash(&w, "transaction_id", &crossing->id);
        json_put_member_u64(&w, STR("height"), crossing->height);
        json_put_member_u64(&w, STR("owner"), crossing->bot);
        json_put_member_u64(&w, STR("amount"), MIN(crossing->amount, (uint64_t)JSON_INT_MAX));
        json_object_end(&w);
        buf_put_char(out, '\n');
    }
    for (size_t i = 0; i < tape->spends.count; i++) {
        const struct tape_spend *spend = &tape->spends.data[i];
        struct json_writer w = json_writer_of(out);
        json_object(&w);
        json_put_member_str(&w, STR("what"), STR("spend"));
        put_hash(&w, "transaction_id", &spend->id);
        put_hash(&w, "nullifier", &spend->nullifier);
        json_put_member_u64(&w, STR("height"), spend->height);
        json_put_member_u64(&w, STR("owner"), spend->bot);
        json_put_member_u64(&w, STR("real"), spend->real);
        json_put_member_u64(&w, STR("eligible"), spend->eligible);
        json_key(&w, STR("ring"));
        json_array(&w);
        for (uint32_t j = 0; j < spend->ring_count; j++) json_put_u64(&w, spend->ring[j]);
        json_array_end(&w);
        json_object_end(&w);
        buf_put_char(out, '\n');
    }
}
