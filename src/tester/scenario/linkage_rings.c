/* Rings held against each other. */
#include "tester/scenario/linkage_priv.h"

#define NONE UINT32_MAX

/* ---- output merge ---- */

/* Of the notes of one transaction that stand in both rings, the latest of the first ring. */
static bool merge_find(const struct analyst *analyst, const struct public_spend *a, const struct public_spend *b, uint32_t *out_a, uint32_t *out_b)
{
    bool found = false;
    for (uint32_t i = 0; i < a->input->ring_count; i++) {
        for (uint32_t j = 0; j < b->input->ring_count; j++) {
            const uint32_t x = a->ring[i], y = b->ring[j];
            if (x == y || x >= analyst->notes.count || y >= analyst->notes.count) continue;
            if (analyst->notes.data[x].entry == NONE || analyst->notes.data[x].entry != analyst->notes.data[y].entry) continue;
            *out_a = x;
            *out_b = y;
            found = true;
        }
    }
    return found;
}

static void merges_guess(const struct analyst *analyst, struct linkage *out)
{
    for (size_t first = 0; first < analyst->spends.count; first += analyst->spends.data[first].entry->inputs_count) {
        const uint32_t count = analyst->spends.data[first].entry->inputs_count;
        for (uint32_t i = 0; i < count; i++) {
            for (uint32_t j = i + 1; j < count; j++) {
                const struct public_spend *a = &analyst->spends.data[first + i], *b = &analyst->spends.data[first + j];
                uint32_t x = 0, y = 0;
                if (!a->trial || !b->trial || !merge_find(analyst, a, b, &x, &y)) continue;
                score_add(&out->scores[LINK_MERGE], x == a->truth->real && y == b->truth->real ? PPM : 0, analyst->ring_chance / analyst->input->ring_size);
            }
        }
    }
}

/* ---- intersection ---- */

static bool stands_in(const struct pool_record *record, const struct pool_input *input, uint32_t note)
{
    for (uint32_t j = 0; j < input->ring_count; j++)
        if (record->rings.data[input->ring + j] == note) return true;
    return false;
}

/* Rings that were shown and not taken, by key image. */
struct shown {
    VEC(const struct pool_input *) inputs;
    struct map images; /* key image -> u8 */
};

static void shown_collect(const struct pool_record *record, struct shown *shown)
{
    *shown = (struct shown){0};
    map_init(&shown->images, sizeof(struct hash), sizeof(uint8_t));
    for (size_t i = 0; i < record->entries.count; i++) {
        const struct pool_entry_public *entry = &record->entries.data[i];
        for (uint32_t n = 0; !entry->success && n < entry->inputs_count; n++) {
            const struct pool_input *input = &record->inputs.data[entry->inputs + n];
            (void)map_put(&shown->images, &input->image, NULL);
            vec_push(&shown->inputs, input);
        }
    }
}

static bool stands_in_all(const struct pool_record *record, const struct shown *shown, const struct hash *image, uint32_t note)
{
    for (size_t i = 0; i < shown->inputs.count; i++)
        if (hash_eq(&shown->inputs.data[i]->image, image) && !stands_in(record, shown->inputs.data[i], note)) return false;
    return true;
}

static void intersections_guess(const struct analyst *analyst, struct linkage *out)
{
    const struct pool_record *record = analyst->input->record;
    struct shown shown;
    shown_collect(record, &shown);
    for (size_t i = 0; i < analyst->spends.count && shown.inputs.count > 0; i++) {
        const struct public_spend *spend = &analyst->spends.data[i];
        uint64_t left = 0;
        bool real = false;
        if (!spend->trial || map_find(&shown.images, &spend->input->image) == NULL) continue;
        for (uint32_t j = 0; j < spend->input->ring_count; j++) {
            if (!stands_in_all(record, &shown, &spend->input->image, spend->ring[j])) continue;
            left++;
            real = real || spend->ring[j] == spend->truth->real;
        }
        score_add(&out->scores[LINK_INTERSECTION], real ? PPM / left : 0, analyst->ring_chance);
    }
    vec_done(&shown.inputs);
    map_done(&shown.images);
}

/* ---- closed sets ----
 * All ways in which every spend spends a note of its ring, no two the same one, are the ways of matching rings with notes. A member that
 * is in none of them is struck: what chains of closed sets, of whatever size, would come to, and no more. From one matching (found by
 * augmenting paths), a member is in another if it is left over, or leads from ring to ring to one that is, or back (Dulmage, Mendelsohn:
 * the strongly connected parts of what is left; by Tarjan's search). */
struct sets {
    const struct analyst *analyst;
    uint32_t rings, notes;
    uint32_t *of_ring, *of_note;       /* matched */
    uint32_t *holders, *holders_from;  /* rings that hold a note: [holders_from[n], holders_from[n + 1]) */
    uint32_t *from, *queue, *reached;  /* of a search */
    bool *free;                        /* rings that lead to a note that is left over */
    uint32_t *part, *low, *seen, *stack, *next; /* of the others */
};

static const struct public_spend *ring_at(const struct sets *s, uint32_t ring) { return &s->analyst->spends.data[ring]; }

static void holders_index(struct sets *s)
{
    for (uint32_t r = 0; r < s->rings; r++)
        for (uint32_t j = 0; j < ring_at(s, r)->input->ring_count; j++) s->holders_from[ring_at(s, r)->ring[j] + 1]++;
    for (uint32_t n = 0; n < s->notes; n++) s->holders_from[n + 1] += s->holders_from[n];
    uint32_t *at = base_alloc(sizeof(*at) * (s->notes + 1));
    memcpy(at, s->holders_from, sizeof(*at) * s->notes);
    s->holders = base_alloc(sizeof(*s->holders) * (s->holders_from[s->notes] + 1));
    for (uint32_t r = 0; r < s->rings; r++)
        for (uint32_t j = 0; j < ring_at(s, r)->input->ring_count; j++) s->holders[at[ring_at(s, r)->ring[j]]++] = r;
    base_free(at);
}

/* A note for the ring, others moving over where they must. `from`: by note, the ring that came to it in this search. */
static bool augment(struct sets *s, uint32_t root)
{
    uint32_t head = 0, tail = 0, touched = 0, end = NONE;
    s->queue[tail++] = root;
    while (head < tail && end == NONE) {
        const uint32_t ring = s->queue[head++];
        const struct public_spend *spend = ring_at(s, ring);
        for (uint32_t j = 0; j < spend->input->ring_count && end == NONE; j++) {
            const uint32_t note = spend->ring[j];
            if (s->from[note] != NONE) continue;
            s->from[note] = ring;
            s->reached[touched++] = note;
            if (s->of_note[note] == NONE) end = note;
            else s->queue[tail++] = s->of_note[note];
        }
    }
    const bool found = end != NONE;
    while (end != NONE) {
        const uint32_t ring = s->from[end], before = s->of_ring[ring];
        s->of_note[end] = ring;
        s->of_ring[ring] = end;
        end = ring == root ? NONE : before;
    }
    for (uint32_t i = 0; i < touched; i++) s->from[s->reached[i]] = NONE;
    return found;
}

/* Rings that lead to a note nobody is matched with. */
static void free_spread(struct sets *s)
{
    uint32_t head = 0, tail = 0;
    for (uint32_t r = 0; r < s->rings; r++) {
        for (uint32_t j = 0; j < ring_at(s, r)->input->ring_count && !s->free[r]; j++) s->free[r] = s->of_note[ring_at(s, r)->ring[j]] == NONE;
        if (s->free[r]) s->queue[tail++] = r;
    }
    while (head < tail) {
        const uint32_t note = s->of_ring[s->queue[head++]];
        for (uint32_t i = s->holders_from[note]; i < s->holders_from[note + 1]; i++) {
            const uint32_t ring = s->holders[i];
            if (s->free[ring]) continue;
            s->free[ring] = true;
            s->queue[tail++] = ring;
        }
    }
}

/* Tarjan's search from one ring that leads nowhere; `queue` is the path, next[r] where in its ring it stands. */
static void parts_from(struct sets *s, uint32_t root, uint32_t *counter, uint32_t *parts, uint32_t *stacked)
{
    uint32_t depth = 0;
    s->queue[depth++] = root;
    s->seen[root] = s->low[root] = ++*counter;
    s->stack[(*stacked)++] = root;
    while (depth > 0) {
        const uint32_t ring = s->queue[depth - 1];
        if (s->next[ring] < ring_at(s, ring)->input->ring_count) {
            const uint32_t other = s->of_note[ring_at(s, ring)->ring[s->next[ring]++]];
            if (other == ring) continue;
            if (s->seen[other] == 0) {
                s->seen[other] = s->low[other] = ++*counter;
                s->stack[(*stacked)++] = other;
                s->queue[depth++] = other;
            } else if (s->part[other] == 0) {
                s->low[ring] = MIN(s->low[ring], s->seen[other]);
            }
            continue;
        }
        depth--;
        if (depth > 0) s->low[s->queue[depth - 1]] = MIN(s->low[s->queue[depth - 1]], s->low[ring]);
        if (s->low[ring] != s->seen[ring]) continue;
        ++*parts;
        uint32_t member;
        do {
            member = s->stack[--*stacked];
            s->part[member] = *parts;
        } while (member != ring);
    }
}

static bool is_possible(const struct sets *s, uint32_t ring, uint32_t note)
{
    const uint32_t other = s->of_note[note];
    if (other == NONE || other == ring) return true;
    if (s->free[ring]) return s->free[other];
    return s->part[ring] == s->part[other];
}

static bool sets_solve(struct sets *s)
{
    uint32_t counter = 0, parts = 0, stacked = 0;
    holders_index(s);
    memset(s->of_ring, 0xff, sizeof(uint32_t) * s->rings);
    memset(s->of_note, 0xff, sizeof(uint32_t) * s->notes);
    memset(s->from, 0xff, sizeof(uint32_t) * s->notes);
    for (uint32_t r = 0; r < s->rings; r++)
        if (!augment(s, r)) return false; /* more spends than notes: the record is not of one chain */
    free_spread(s);
    for (uint32_t r = 0; r < s->rings; r++)
        if (!s->free[r] && s->seen[r] == 0) parts_from(s, r, &counter, &parts, &stacked);
    return true;
}

static uint32_t *numbers(size_t count) { return base_alloc(sizeof(uint32_t) * (count + 2)); }

static void closed_sets_guess(struct analyst *analyst, struct linkage *out)
{
    uint32_t notes = (uint32_t)analyst->notes.count;
    for (size_t i = 0; i < analyst->input->record->rings.count; i++) notes = MAX(notes, analyst->input->record->rings.data[i] + 1);
    const uint32_t rings = (uint32_t)analyst->spends.count;
    struct sets s = {.analyst = analyst, .rings = rings, .notes = notes, .of_ring = numbers(rings), .of_note = numbers(notes), .holders_from = numbers(notes),
                     .from = numbers(notes), .queue = numbers(rings), .reached = numbers(notes), .free = base_alloc(rings + 1), .part = numbers(rings), .low = numbers(rings),
                     .seen = numbers(rings), .stack = numbers(rings), .next = numbers(rings)};
    const bool solved = sets_solve(&s);
    for (uint32_t r = 0; solved && r < rings; r++) {
        struct public_spend *spend = &analyst->spends.data[r];
        uint32_t left = 0;
        bool real = false;
        for (uint32_t j = 0; j < spend->input->ring_count; j++) {
            if (!is_possible(&s, r, spend->ring[j])) continue;
            spend->deduced = left++ == 0 ? spend->ring[j] : UINT32_MAX;
            real = real || (spend->trial && spend->ring[j] == spend->truth->real);
        }
        if (!spend->trial) continue;
        score_add(&out->scores[LINK_CLOSED_SET], real ? PPM / left : 0, analyst->ring_chance);
        out->scores[LINK_CLOSED_SET].effective_milli += 1000 * (uint64_t)left;
    }
    struct linkage_score *score = &out->scores[LINK_CLOSED_SET];
    if (score->trials > 0) score->effective_milli /= score->trials;
    uint32_t *const owned[] = {s.of_ring, s.of_note, s.holders_from, s.holders, s.from, s.queue, s.reached, s.part, s.low, s.seen, s.stack, s.next};
    for (size_t i = 0; i < ARRAY_LEN(owned); i++) base_free(owned[i]);
    base_free(s.free);
}

void linkage_rings(struct analyst *analyst, struct linkage *out)
{
    merges_guess(analyst, out);
    intersections_guess(analyst, out);
    closed_sets_guess(analyst, out);
}
