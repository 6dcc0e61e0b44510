#include "tester/scenario/linkage.h"

#include <inttypes.h>

#include "chain/shielded.h"
#include "core/codec/json.h"
#include "tester/scenario/linkage_priv.h"

const char *linkage_attack_text(enum linkage_attack attack)
{
    static const char *const texts[LINKAGE_ATTACKS] = {"newest", "oldest", "age_likelihood", "amount", "timing", "fee_payer", "output_merge", "ring_intersection", "closed_set", "age_likelihood_told"};
    return texts[attack];
}

void score_add(struct linkage_score *score, uint64_t hit, uint64_t chance)
{
    score->trials++;
    score->hits += hit;
    score->chance += chance;
}

/* ---- what is public ---- */

static void notes_index(struct analyst *analyst)
{
    const struct pool_record *record = analyst->input->record;
    for (uint32_t i = 0; i < analyst->input->first_note; i++) vec_push(&analyst->notes, ((struct public_note){0, UINT32_MAX}));
    for (size_t i = 0; i < record->entries.count; i++)
        for (uint32_t k = 0; record->entries.data[i].success && k < record->entries.data[i].outputs; k++)
            vec_push(&analyst->notes, ((struct public_note){record->entries.data[i].height, (uint32_t)i}));
}

/* Notes at or below the height: heights ascend. */
static uint32_t notes_at(const struct analyst *analyst, uint32_t height)
{
    size_t low = 0, high = analyst->notes.count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (analyst->notes.data[middle].height <= height) low = middle + 1;
        else high = middle;
    }
    return (uint32_t)low;
}

struct truths {
    struct map spends, crossings; /* key image, transaction -> u32 place on the tape */
};

static void truths_init(struct truths *truths, const struct shield_tape *tape)
{
    map_init(&truths->spends, sizeof(struct hash), sizeof(uint32_t));
    map_init(&truths->crossings, sizeof(struct hash), sizeof(uint32_t));
    for (size_t i = 0; i < tape->spends.count; i++) *(uint32_t *)map_put(&truths->spends, &tape->spends.data[i].nullifier, NULL) = (uint32_t)i;
    for (size_t i = 0; i < tape->crossings.count; i++) *(uint32_t *)map_put(&truths->crossings, &tape->crossings.data[i].id, NULL) = (uint32_t)i;
}

static bool within(const struct linkage_input *input, struct instant at) { return at.ns >= input->from.ns && at.ns < input->to.ns; }

static void spends_take(struct analyst *analyst, const struct truths *truths, const struct pool_entry_public *entry)
{
    const struct pool_record *record = analyst->input->record;
    for (uint32_t i = 0; i < entry->inputs_count; i++) {
        const struct pool_input *input = &record->inputs.data[entry->inputs + i];
        const uint32_t *place = map_find(&truths->spends, &input->image);
        struct public_spend spend = {.entry = entry, .input = input, .ring = record->rings.data + input->ring, .eligible = notes_at(analyst, entry->ref_height), .deduced = UINT32_MAX};
        if (place != NULL) spend.truth = &analyst->input->tape->spends.data[*place];
        spend.trial = spend.truth != NULL && input->ring_count > 0 && within(analyst->input, spend.truth->intended);
        vec_push(&analyst->spends, spend);
    }
}

static void crossing_take(struct analyst *analyst, const struct truths *truths, const struct pool_entry_public *entry)
{
    const uint32_t *place = map_find(&truths->crossings, &entry->id);
    const struct tape_crossing *truth = place != NULL ? &analyst->input->tape->crossings.data[*place] : NULL;
    struct public_crossing crossing = {.entry = entry, .trial = truth != NULL && within(analyst->input, truth->intended), .owner = truth ? truth->bot : UINT32_MAX};
    if (entry->kind == KIND_SHIELDED_WITHDRAW) {
        vec_push(&analyst->withdrawals, crossing);
        return;
    }
    bool fresh;
    uint32_t *number = map_put(&analyst->senders, &entry->sender, &fresh);
    if (fresh) *number = (uint32_t)map_count(&analyst->senders) - 1;
    crossing.sender = *number;
    vec_push(&analyst->deposits, crossing);
}

static void analyst_init(struct analyst *analyst, const struct linkage_input *input)
{
    const struct pool_record *record = input->record;
    struct truths truths;
    *analyst = (struct analyst){.input = input, .ring_chance = PPM / MAX(input->ring_size, 1)};
    map_init(&analyst->senders, sizeof(struct address), sizeof(uint32_t));
    truths_init(&truths, input->tape);
    notes_index(analyst);
    for (size_t i = 0; i < record->entries.count; i++) {
        const struct pool_entry_public *entry = &record->entries.data[i];
        if (!entry->success) continue;
        spends_take(analyst, &truths, entry);
        if (entry->kind != KIND_SHIELDED_TRANSFER) crossing_take(analyst, &truths, entry);
    }
    map_done(&truths.spends);
    map_done(&truths.crossings);
}

static void analyst_done(struct analyst *analyst)
{
    vec_done(&analyst->notes);
    vec_done(&analyst->spends);
    vec_done(&analyst->deposits);
    vec_done(&analyst->withdrawals);
    map_done(&analyst->senders);
}

/* ---- all ---- */

void linkage_analyse(const struct linkage_input *input, struct linkage *out)
{
    struct analyst analyst;
    *out = (struct linkage){0};
    analyst_init(&analyst, input);
    linkage_rings(&analyst, out);
    linkage_ages(&analyst, out);
    linkage_boundary(&analyst, out);
    analyst_done(&analyst);
}

/* ---- the score ---- */

uint64_t linkage_precision(const struct linkage_score *score) { return score->hits / score->trials; }
int64_t linkage_advantage(const struct linkage_score *score) { return (int64_t)linkage_precision(score) - (int64_t)(score->chance / score->trials); }

static uint64_t root(u128 value)
{
    uint64_t low = 0, high = UINT64_MAX;
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2 + 1;
        if ((u128)middle * middle <= value) low = middle;
        else high = middle - 1;
    }
    return low;
}

/* (2k + z^2 - z sqrt(z^2 + 4k(n - k)/n)) / 2(n + z^2), z = 1.96; k and n in millionths. */
int64_t linkage_bound(const struct linkage_score *score)
{
    const u128 z2 = 3841459, n = (u128)score->trials * PPM, k = MIN((u128)score->hits, n);
    const u128 under = z2 + 4 * k * (n - k) / n;
    const uint64_t lower = (uint64_t)((2 * k + z2 - root(z2 * under)) * PPM / (2 * (n + z2)));
    return (int64_t)lower - (int64_t)(score->chance / score->trials);
}

bool linkage_best(const struct linkage *linkage, enum linkage_attack *out)
{
    bool any = false;
    for (unsigned i = 0; i < LINKAGE_ATTACKS; i++) {
        const struct linkage_score *score = &linkage->scores[i];
        if (score->trials < LINKAGE_TRIALS_MIN) continue;
        if (!any || linkage_bound(score) > linkage_bound(&linkage->scores[*out])) *out = (enum linkage_attack)i;
        any = true;
    }
    return any;
}

static void put_ppm(struct json_writer *w, const char *name, int64_t value)
{
    const uint64_t size = (uint64_t)(value < 0 ? -value : value);
    struct buf text = {0};
    buf_printf(&text, "%s%" PRIu64 ".%06" PRIu64, value < 0 ? "-" : "", size / PPM, size % PPM);
    json_put_member_str(w, str_of(name), buf_str(&text));
    buf_done(&text);
}

void linkage_json(const struct linkage *linkage, struct buf *out)
{
    struct json_writer w = json_writer_pretty(out);
    json_object(&w);
    json_put_member_u64(&w, STR("trials_min"), LINKAGE_TRIALS_MIN);
    json_key(&w, STR("attacks"));
    json_array(&w);
    for (unsigned i = 0; i < LINKAGE_ATTACKS; i++) {
        const struct linkage_score *score = &linkage->scores[i];
        json_object(&w);
        json_put_member_str(&w, STR("attack"), str_of(linkage_attack_text((enum linkage_attack)i)));
        json_put_member_u64(&w, STR("trials"), score->trials);
        if (score->trials > 0) {
            put_ppm(&w, "precision", (int64_t)linkage_precision(score));
            put_ppm(&w, "advantage", linkage_advantage(score));
            put_ppm(&w, "advantage_lower_bound", linkage_bound(score));
        }
        if (score->effective_milli > 0) put_ppm(&w, "effective_ring", (int64_t)score->effective_milli * 1000);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_put_char(out, '\n');
}
