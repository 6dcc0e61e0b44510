#include "core/crypto/clsag.h"
#include "core/crypto/shield_sum.h"

#include "core/crypto/wipe.h"

struct hash clsag_message(const uint8_t header[CLSAG_HEADER_BYTES], struct str payload_prefix)
{
    struct hasher hasher;
    hasher_init(&hasher, "adnet/sh/msg/v1");
    hasher_add(&hasher, header, CLSAG_HEADER_BYTES);
    hasher_add(&hasher, payload_prefix.data, payload_prefix.len);
    return hasher_final(&hasher);
}

/* What both sides compute from the statement and D. */
struct rounds {
    const struct clsag_statement *statement;
    uint8_t rh[64];
    struct scalar mu_p, mu_c;
    struct multiples *base, *pseudo, *w; /* of G, the pseudo-output, mu_p I + mu_c D; to rounds_done */
    struct multiples *key, *commitment, *hp; /* of the member whose turn it is */
};

static struct scalar aggregation(const char *tag, const uint8_t rh[64])
{
    struct wide_hasher hasher;
    wide_init(&hasher, tag);
    wide_add(&hasher, rh, 64);
    return wide_scalar(&hasher);
}

static struct rounds rounds_of(const struct clsag_statement *statement, const struct point *d)
{
    struct rounds out = {.statement = statement};
    struct wide_hasher hasher;
    wide_init(&hasher, "adnet/sh/clsag-ring/v1");
    wide_add_u32(&hasher, statement->count);
    wide_add(&hasher, statement->ring, sizeof(statement->ring[0]) * statement->count);
    wide_add(&hasher, &statement->pseudo, sizeof(statement->pseudo));
    wide_add(&hasher, &statement->key_image, sizeof(statement->key_image));
    wide_add(&hasher, d, sizeof(*d));
    wide_final(&hasher, out.rh);
    out.mu_p = aggregation("adnet/sh/clsag-muP/v1", out.rh);
    out.mu_c = aggregation("adnet/sh/clsag-muC/v1", out.rh);
    struct point w = point_mul(&out.mu_p, &statement->key_image);
    point_mul_add(&w, &out.mu_c, d);
    out.base = multiples_new(6);
    out.pseudo = out.base + 1;
    out.w = out.base + 2;
    out.key = out.base + 3;
    out.commitment = out.base + 4;
    out.hp = out.base + 5;
    multiples_of_base(out.base);
    multiples_of(&statement->pseudo, out.pseudo);
    multiples_of(&w, out.w);
    return out;
}

static void rounds_done(struct rounds *rounds) { multiples_free(rounds->base); }

static struct scalar challenge(const struct rounds *rounds, const struct point *l, const struct point *r)
{
    struct wide_hasher hasher;
    wide_init(&hasher, "adnet/sh/clsag-round/v1");
    wide_add(&hasher, rounds->rh, sizeof(rounds->rh));
    wide_add(&hasher, &rounds->statement->message, sizeof(rounds->statement->message));
    wide_add(&hasher, l, sizeof(*l));
    wide_add(&hasher, r, sizeof(*r));
    return wide_scalar(&hasher);
}

/* c_{j+1} from c_j and s_j: of s G + c mu_p P_j + c mu_c (C_j - pseudo) and s Hp(P_j) + c W. */
static struct scalar next(const struct rounds *rounds, uint32_t j, const struct scalar *c, const struct scalar *s)
{
    const struct clsag_member *member = &rounds->statement->ring[j];
    const struct scalar cp = scalar_mul(c, &rounds->mu_p), cc = scalar_mul(c, &rounds->mu_c), minus_cc = scalar_negate(&cc);
    const struct point hp = shield_hp(&member->key);
    multiples_of(&member->key, rounds->key);
    multiples_of(&member->commitment, rounds->commitment);
    multiples_of(&hp, rounds->hp);
    const struct term left[] = {{*s, rounds->base}, {cp, rounds->key}, {cc, rounds->commitment}, {minus_cc, rounds->pseudo}};
    const struct term right[] = {{*s, rounds->hp}, {*c, rounds->w}};
    const struct point l = shield_sum(left, ARRAY_LEN(left)), r = shield_sum(right, ARRAY_LEN(right));
    return challenge(rounds, &l, &r);
}

void clsag_sign(const struct clsag_statement *statement, const struct clsag_secret *secret, const uint8_t rnd[32], uint8_t *out)
{
    const uint32_t n = statement->count, real = secret->index;
    ASSERT(n >= 1 && n <= CLSAG_RING_MAX && real < n);
    const struct point hp = shield_hp(&statement->ring[real].key);
    const struct point d = point_mul(&secret->blinding, &hp);
    struct rounds rounds = rounds_of(statement, &d);
    struct wide_hasher hasher;
    wide_init(&hasher, "adnet/sh/clsag-nonce/v1");
    wide_add(&hasher, rnd, 32);
    wide_add(&hasher, &secret->secret, sizeof(secret->secret));
    wide_add(&hasher, &secret->blinding, sizeof(secret->blinding));
    wide_add(&hasher, rounds.rh, sizeof(rounds.rh));
    wide_add(&hasher, &statement->message, sizeof(statement->message));
    struct source source = source_of_wide(&hasher);
    struct scalar alpha = source_scalar(&source), s[CLSAG_RING_MAX];
    for (uint32_t j = 0; j < n; j++) s[j] = source_scalar(&source);
    const struct point l = point_mul_base(&alpha), r = point_mul(&alpha, &hp);
    struct scalar c = challenge(&rounds, &l, &r), first = c;
    for (uint32_t step = 1, j = (real + 1) % n; step < n; step++, j = (j + 1) % n) {
        if (j == 0) first = c;
        c = next(&rounds, j, &c, &s[j]);
    }
    if (real == 0) first = c; /* c is now c_real */
    struct scalar key = scalar_mul(&rounds.mu_p, &secret->secret), open = scalar_mul(&rounds.mu_c, &secret->blinding);
    struct scalar both = scalar_add(&key, &open);
    both = scalar_mul(&c, &both);
    s[real] = scalar_sub(&alpha, &both);
    memcpy(out, &first, 32);
    memcpy(out + 32, s, 32 * (size_t)n);
    memcpy(out + 32 * ((size_t)n + 1), &d, 32);
    crypto_wipe(&alpha, sizeof(alpha));
    crypto_wipe(&key, sizeof(key));
    crypto_wipe(&open, sizeof(open));
    crypto_wipe(&both, sizeof(both));
    source_wipe(&source);
    rounds_done(&rounds);
}

static struct scalar scalar_at(struct str signature, size_t i)
{
    struct scalar out;
    memcpy(&out, signature.data + 32 * i, sizeof(out));
    return out;
}

bool clsag_well_formed(struct str signature, uint32_t ring)
{
    if (signature.len != clsag_bytes(ring)) return false;
    for (size_t i = 0; i <= ring; i++) {
        const struct scalar s = scalar_at(signature, i);
        if (!scalar_valid(&s)) return false;
    }
    struct point d;
    memcpy(&d, signature.data + 32 * ((size_t)ring + 1), sizeof(d));
    return point_valid(&d);
}

bool clsag_verify(const struct clsag_statement *statement, struct str signature)
{
    const uint32_t n = statement->count;
    ASSERT(n >= 1 && n <= CLSAG_RING_MAX && signature.len == clsag_bytes(n));
    struct point d;
    memcpy(&d, signature.data + 32 * ((size_t)n + 1), sizeof(d));
    struct rounds rounds = rounds_of(statement, &d);
    const struct scalar first = scalar_at(signature, 0);
    struct scalar c = first;
    for (uint32_t j = 0; j < n; j++) {
        const struct scalar s = scalar_at(signature, j + 1);
        c = next(&rounds, j, &c, &s);
    }
    rounds_done(&rounds);
    return scalar_eq(&c, &first);
}
