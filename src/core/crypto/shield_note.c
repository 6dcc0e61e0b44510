#include "core/crypto/shield_note.h"

#include "core/crypto/shield_note_priv.h"
#include "core/crypto/wipe.h"

struct shield_keys shield_keys_draw(struct source *source)
{
    struct shield_keys keys;
    keys.view = source_scalar(source);
    keys.spend = source_scalar(source);
    keys.address.view = point_mul_base(&keys.view);
    keys.address.spend = point_mul_base(&keys.spend);
    return keys;
}

struct shield_viewer shield_viewer_of(const struct shield_keys *keys)
{
    return (struct shield_viewer){keys->view, keys->address.spend};
}

struct point shield_commit(u128 value, const struct scalar *blinding)
{
    const struct scalar v = scalar_of(value);
    const struct point vh = point_mul(&v, &shield_table.h), bg = point_mul_base(blinding);
    return point_add(&vh, &bg);
}

/* What both sides get from the shared secret ss and the position. */
struct derived {
    struct scalar key, blinding; /* k, g */
    uint8_t mask[8];
};

static void derive_start(struct wide_hasher *hasher, const char *tag, const struct point *ss, uint32_t output)
{
    wide_init(hasher, tag);
    wide_add(hasher, ss, sizeof(*ss));
    wide_add_u32(hasher, output);
}

static struct scalar derive_key(const struct point *ss, uint32_t output)
{
    struct wide_hasher hasher;
    derive_start(&hasher, "adnet/sh/onetime/v1", ss, output);
    return wide_scalar(&hasher);
}

static struct derived derive(const struct point *ss, uint32_t output)
{
    struct wide_hasher hasher;
    uint8_t wide[64];
    struct derived out = {.key = derive_key(ss, output)};
    derive_start(&hasher, "adnet/sh/blind/v1", ss, output);
    out.blinding = wide_scalar(&hasher);
    derive_start(&hasher, "adnet/sh/amount/v1", ss, output);
    wide_final(&hasher, wide);
    memcpy(out.mask, wide, sizeof(out.mask));
    return out;
}

void note_fill(const struct point *ss, const struct point *spend, uint64_t value, uint32_t output, struct shield_note *out,
               struct shield_opening *out_opening)
{
    struct derived d = derive(ss, output);
    const struct point kg = point_mul_base(&d.key);
    out->one_time_key = point_add(&kg, spend);
    out->commitment = shield_commit(value, &d.blinding);
    for (size_t i = 0; i < sizeof(out->enc); i++) out->enc[i] = (uint8_t)(value >> (8 * i)) ^ d.mask[i];
    *out_opening = (struct shield_opening){value, d.blinding};
    crypto_wipe(&d, sizeof(d));
}

void shield_note_make(struct source *source, const struct shield_address *to, uint64_t value, uint32_t output, struct shield_note *out,
                      struct shield_opening *out_opening)
{
    struct scalar r = source_scalar(source);
    struct point ss = point_mul(&r, &to->view);
    out->tx_key = point_mul_base(&r);
    note_fill(&ss, &to->spend, value, output, out, out_opening);
    crypto_wipe(&r, sizeof(r));
    crypto_wipe(&ss, sizeof(ss));
}

/* The value as the note hides it. Wallets with bad habits write it unmasked, or its low 48 bits alone, with a tag of theirs above;
 * the commitment says which it is. */
static bool value_matches(const struct shield_note *note, const uint8_t mask[8], const struct scalar *blinding, uint64_t *out)
{
    uint64_t masked = 0, plain = 0;
    for (size_t i = 0; i < sizeof(note->enc); i++) {
        masked |= (uint64_t)(note->enc[i] ^ mask[i]) << (8 * i);
        plain |= (uint64_t)note->enc[i] << (8 * i);
    }
    const uint64_t candidates[] = {masked, plain, masked & ((UINT64_C(1) << 48) - 1)};
    for (size_t i = 0; i < ARRAY_LEN(candidates); i++) {
        const struct point want = shield_commit(candidates[i], blinding);
        if (point_eq(&want, &note->commitment)) return *out = candidates[i], true;
    }
    return false;
}

bool note_open(const struct point *ss, const struct point *spend, const struct shield_note *note, uint32_t output, struct shield_opening *out,
               struct scalar *out_key)
{
    const struct scalar key = derive_key(ss, output);
    const struct point kg = point_mul_base(&key), want = point_add(&kg, spend);
    if (!point_eq(&want, &note->one_time_key)) return false;
    struct derived d = derive(ss, output);
    const bool mine = value_matches(note, d.mask, &d.blinding, &out->value);
    if (mine) {
        out->blinding = d.blinding;
        *out_key = key;
    }
    crypto_wipe(&d, sizeof(d));
    return mine;
}

static bool open_with(const struct shield_viewer *viewer, const struct shield_note *note, uint32_t output, struct shield_opening *out,
                      struct scalar *out_key)
{
    struct point ss = point_mul(&viewer->view, &note->tx_key);
    const bool mine = note_open(&ss, &viewer->spend, note, output, out, out_key);
    crypto_wipe(&ss, sizeof(ss));
    return mine;
}

bool shield_note_open(const struct shield_viewer *viewer, const struct shield_note *note, uint32_t output, struct shield_opening *out)
{
    struct scalar key;
    struct shield_opening opening;
    if (!open_with(viewer, note, output, &opening, &key)) return false;
    *out = opening;
    return true;
}

bool shield_note_own(const struct shield_keys *keys, const struct shield_note *note, uint32_t output, struct shield_owned *out)
{
    const struct shield_viewer viewer = shield_viewer_of(keys);
    struct scalar key;
    struct shield_opening opening;
    if (!open_with(&viewer, note, output, &opening, &key)) return false;
    out->opening = opening;
    out->secret = scalar_add(&key, &keys->spend);
    return true;
}

struct point shield_key_image(const struct scalar *secret, const struct point *one_time_key)
{
    const struct point hp = shield_hp(one_time_key);
    return point_mul(secret, &hp);
}
