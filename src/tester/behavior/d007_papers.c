#include "tester/behavior/d007_papers.h"

#include <stdio.h>

#include "core/base/rng.h"
#include "tester/bot/canary.h"

#define FIELDS 5u

/* A made-up word that no list of names has: syllables, the first letter large. */
static void word(struct rng *rng, unsigned syllables, char *out, size_t room)
{
    static const char consonants[] = "bdfghklmnprstvz", vowels[] = "aeiou";
    size_t len = 0;
    for (unsigned i = 0; i < syllables && len + 3 < room; i++) {
        out[len++] = consonants[rng_below(rng, sizeof(consonants) - 1)];
        out[len++] = vowels[rng_below(rng, sizeof(vowels) - 1)];
    }
    out[0] = (char)(out[0] - 'a' + 'A');
    out[len] = '\0';
}

struct papers papers_of(const struct bot *bot)
{
    static const char *const countries[] = {"AT", "BR", "CA", "CH", "DE", "FR", "JP", "KE", "NZ", "SG"};
    struct papers papers = {0};
    char first[16], last[16], street[24], town[20];
    struct rng rng, root;
    uint64_t seed;
    const struct hash of = hash_tagged("adnet-testbots/papers", bot->identity.id.data, bot->identity.id.len);
    memcpy(&seed, bot->identity.address.b, sizeof(seed));
    rng_init(&root, seed);
    memcpy(&seed, of.b, sizeof(seed));
    rng = rng_split(&root, STR("papers"), seed);
    word(&rng, 3, first, sizeof(first));
    word(&rng, 4, last, sizeof(last));
    word(&rng, 5, street, sizeof(street));
    word(&rng, 4, town, sizeof(town));
    const char *country = countries[rng_below(&rng, ARRAY_LEN(countries))];
    snprintf(papers.name, sizeof(papers.name), "%s %s", first, last);
    snprintf(papers.street, sizeof(papers.street), "%s Street %u, %s", street, (unsigned)rng_range(&rng, 1, 250), town);
    snprintf(papers.birth, sizeof(papers.birth), "%04u-%02u-%02u", (unsigned)rng_range(&rng, 1940, 2004), (unsigned)rng_range(&rng, 1, 12),
             (unsigned)rng_range(&rng, 1, 28));
    snprintf(papers.passport, sizeof(papers.passport), "%s%08u", country, (unsigned)rng_below(&rng, 100000000));
    snprintf(papers.account, sizeof(papers.account), "%s%02u%016llu", country, (unsigned)rng_range(&rng, 2, 98),
             (unsigned long long)rng_below(&rng, UINT64_C(10000000000000000)));
    memcpy(papers.country, country, 3);
    rng_bytes(&rng, papers.salt.b, sizeof(papers.salt.b));
    return papers;
}

static void put(struct hasher *hasher, const char *text)
{
    hasher_add_u32(hasher, (uint32_t)strlen(text));
    hasher_add(hasher, text, strlen(text));
}

static struct hasher begin(const struct papers *papers, const char *tag, uint32_t attempt)
{
    struct hasher hasher;
    hasher_init(&hasher, tag);
    hasher_add(&hasher, papers->salt.b, sizeof(papers->salt.b));
    hasher_add_u32(&hasher, attempt);
    return hasher;
}

struct hash papers_profile(const struct papers *papers, uint32_t attempt)
{
    struct hasher hasher = begin(papers, "adnet-testbots/profile", attempt);
    put(&hasher, papers->name);
    put(&hasher, papers->birth);
    put(&hasher, papers->street);
    return hasher_final(&hasher);
}
struct hash papers_documents(const struct papers *papers, uint32_t attempt)
{
    struct hasher hasher = begin(papers, "adnet-testbots/documents", attempt);
    put(&hasher, papers->passport);
    return hasher_final(&hasher);
}
struct hash papers_bank(const struct papers *papers)
{
    struct hasher hasher = begin(papers, "adnet-testbots/bank", 0);
    put(&hasher, papers->account);
    return hasher_final(&hasher);
}

/* ---- what nobody may read ---- */

static const char *field_at(const struct papers *papers, size_t i, const char **out_what)
{
    static const char *const whats[FIELDS] = {"a name", "a date of birth", "a passport number", "a street", "a bank account"};
    const char *const fields[FIELDS] = {papers->name, papers->birth, papers->passport, papers->street, papers->account};
    *out_what = whats[i];
    return fields[i];
}

static bool stands_in(struct str text, const char *field)
{
    char hex[2 * sizeof(((struct papers *)0)->street)];
    const size_t len = strlen(field);
    str_hex(field, len, hex);
    return text.len > 0 && (memmem(text.data, text.len, field, len) != NULL || memmem(text.data, text.len, hex, 2 * len) != NULL);
}

const char *papers_found(const struct papers *papers, struct str text)
{
    for (size_t i = 0; i < FIELDS; i++) {
        const char *what;
        const char *field = field_at(papers, i, &what);
        if (stands_in(text, field)) return what;
    }
    return NULL;
}

void papers_plant(struct crew *crew, const struct papers *papers)
{
    for (size_t i = 0; i < FIELDS; i++) {
        const char *what;
        const char *field = field_at(papers, i, &what);
        const bool planted = canary_plant(crew, what, str_of(field));
        ASSERT(planted); /* none is so short that it could be anything */
    }
}
