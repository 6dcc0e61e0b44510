/* Texts are found by their first 8 bytes: a filter of bits tells at once of nearly all places that nothing begins there, a map tells of the
 * rest which canaries may. */
#include "tester/bot/canary.h"

#include "core/base/buf.h"
#include "core/base/vec.h"

#define FILTER_BITS (1u << 20)
#define ROUND_AMOUNT 1000u

struct perch { /* one planted text */
    const char *what;
    size_t at; /* in `texts` */
    uint32_t len, next; /* the next with the same beginning; + 1, 0: none */
};
struct canary_amount {
    const char *what; /* NULL: not planted */
    bool public;
};
struct canaries {
    struct buf texts;
    VEC(struct perch) perches;
    struct map beginnings; /* first 8 bytes -> u32 perch + 1 */
    struct map amounts;    /* u64 -> struct canary_amount */
    size_t amounts_planted;
    uint64_t filter[FILTER_BITS / 64];
};

static struct canaries *canaries_of(struct crew *crew)
{
    if (crew->canaries != NULL) return crew->canaries;
    struct canaries *made = base_alloc(sizeof(*made));
    map_init(&made->beginnings, CANARY_BYTES_MIN, sizeof(uint32_t));
    map_init(&made->amounts, sizeof(uint64_t), sizeof(struct canary_amount));
    return crew->canaries = made;
}

void canaries_free(struct crew *crew)
{
    struct canaries *canaries = crew->canaries;
    if (canaries == NULL) return;
    buf_done(&canaries->texts);
    vec_done(&canaries->perches);
    map_done(&canaries->beginnings);
    map_done(&canaries->amounts);
    base_free(canaries);
    crew->canaries = NULL;
}

static uint32_t filter_bit(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof(word));
    return (uint32_t)((word * 0x9e3779b97f4a7c15u) >> 44);
}
_Static_assert(FILTER_BITS == 1u << (64 - 44), "a hash is as wide as the filter");

/* The perch + 1 of the canary that begins the text; 0: none. */
static uint32_t perch_at(const struct canaries *canaries, struct str text)
{
    const uint32_t *first = map_find(&canaries->beginnings, text.data);
    for (uint32_t i = first != NULL ? *first : 0; i != 0; i = canaries->perches.data[i - 1].next) {
        const struct perch *perch = &canaries->perches.data[i - 1];
        if (perch->len <= text.len && memcmp(canaries->texts.data + perch->at, text.data, perch->len) == 0) return i;
    }
    return 0;
}

static void text_plant(struct canaries *canaries, const char *what, struct str text)
{
    const uint32_t same = perch_at(canaries, text);
    if (same != 0 && canaries->perches.data[same - 1].len == text.len) return;
    bool fresh;
    uint32_t *first = map_put(&canaries->beginnings, text.data, &fresh);
    const struct perch perch = {what, canaries->texts.len, (uint32_t)text.len, *first};
    buf_put_str(&canaries->texts, text);
    vec_push(&canaries->perches, perch);
    *first = (uint32_t)canaries->perches.count;
    const uint32_t bit = filter_bit(text.data);
    canaries->filter[bit / 64] |= (uint64_t)1 << (bit % 64);
}

bool canary_plant_bytes(struct crew *crew, const char *what, const void *data, size_t bytes)
{
    if (2 * bytes < CANARY_BYTES_MIN) return false;
    char *hex = base_alloc(2 * bytes);
    str_hex(data, bytes, hex);
    text_plant(canaries_of(crew), what, (struct str){hex, 2 * bytes});
    base_free(hex);
    return true;
}

bool canary_plant(struct crew *crew, const char *what, struct str text)
{
    if (text.len < CANARY_BYTES_MIN) return false;
    text_plant(canaries_of(crew), what, text);
    return canary_plant_bytes(crew, what, text.data, text.len);
}

bool canary_amount_tells(uint64_t amount) { return amount >= CANARY_AMOUNT_MIN && amount % ROUND_AMOUNT != 0; }

bool canary_plant_amount(struct crew *crew, const char *what, uint64_t amount)
{
    if (!canary_amount_tells(amount)) return false;
    struct canaries *canaries = canaries_of(crew);
    struct canary_amount *entry = map_put(&canaries->amounts, &amount, NULL);
    canaries->amounts_planted += entry->what == NULL && !entry->public;
    entry->what = what;
    return !entry->public;
}

void canary_clear_amount(struct crew *crew, uint64_t amount)
{
    struct canaries *canaries = canaries_of(crew);
    struct canary_amount *entry = map_put(&canaries->amounts, &amount, NULL);
    canaries->amounts_planted -= entry->what != NULL && !entry->public;
    entry->public = true;
}

size_t canary_count(const struct crew *crew) { return crew->canaries != NULL ? crew->canaries->perches.count + crew->canaries->amounts_planted : 0; }

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/* A price is no amount, however many digits they share: the value of a member "price". */
static bool is_price(struct str text, size_t from)
{
    static const char before[] = "\"price\":\"";
    const size_t len = sizeof(before) - 1;
    return from >= len && memcmp(text.data + from - len, before, len) == 0;
}

/* Of the whole number that begins at `from`; *end: behind it. */
static const char *amount_at(const struct canaries *canaries, struct str text, size_t from, enum canary_text kind, size_t *end)
{
    size_t to = from;
    while (to < text.len && is_digit(text.data[to])) to++;
    *end = to;
    const char before = from > 0 ? text.data[from - 1] : ' ', behind = to < text.len ? text.data[to] : ' ';
    if (kind == CANARY_IN_ANSWER ? before != '"' || behind != '"' : is_word(before) || is_word(behind)) return NULL;
    if (kind == CANARY_IN_ANSWER && is_price(text, from)) return NULL;
    uint64_t amount;
    if (!str_to_u64(str_sub(text, from, to - from), &amount)) return NULL;
    const struct canary_amount *entry = map_find(&canaries->amounts, &amount);
    return entry != NULL && !entry->public ? entry->what : NULL;
}

const char *canary_find(const struct crew *crew, struct str text, enum canary_text kind)
{
    const struct canaries *canaries = crew->canaries;
    if (canaries == NULL) return NULL;
    for (size_t i = 0; i < text.len && canaries->amounts_planted > 0; i++) {
        size_t end;
        if (!is_digit(text.data[i])) continue;
        const char *what = amount_at(canaries, text, i, kind, &end);
        if (what != NULL) return what;
        i = end - 1;
    }
    for (size_t i = 0; i + CANARY_BYTES_MIN <= text.len; i++) {
        const uint32_t bit = filter_bit(text.data + i);
        if ((canaries->filter[bit / 64] >> (bit % 64) & 1) == 0) continue;
        const uint32_t found = perch_at(canaries, str_sub(text, i, text.len));
        if (found != 0) return canaries->perches.data[found - 1].what;
    }
    return NULL;
}
