/* Ring signatures against the published vector S13, and forgeries: another message, ring, key, pseudo-output, image; s + L. */
#include "core/base/check.h"
#include "core/crypto/clsag.h"
#include "core/crypto/shield_note.h"

enum { N = 11 };

struct scene {
    struct clsag_member ring[N];
    struct clsag_statement statement;
    struct clsag_secret secret;
    uint8_t signature[CLSAG_BYTES_MAX];
};

static void scene_statement(struct scene *s)
{
    for (uint32_t j = 0; j < N; j++) {
        const struct scalar key = scalar_of(100 + j), blinding = scalar_of(200 + j);
        s->ring[j].key = point_mul_base(&key);
        s->ring[j].commitment = shield_commit(5000 + j, &blinding);
    }
}

static void scene_init(struct scene *s)
{
    uint8_t seed[32], rnd[32];
    for (size_t i = 0; i < sizeof(seed); i++) seed[i] = (uint8_t)i;
    struct source source = source_of(seed);
    scene_statement(s);
    const struct scalar pseudo = scalar_of(999), real = scalar_of(204);
    s->secret = (struct clsag_secret){.index = 4, .secret = scalar_of(104), .blinding = scalar_sub(&real, &pseudo)};
    const struct point hp = shield_hp(&s->ring[4].key);
    s->statement = (struct clsag_statement){s->ring, N, shield_commit(5004, &pseudo), point_mul(&s->secret.secret, &hp), {{0}}};
    memset(&s->statement.message, 0x2a, 32);
    source_bytes(&source, rnd, sizeof(rnd));
    clsag_sign(&s->statement, &s->secret, rnd, s->signature);
}

static struct str signature_of(const struct scene *s) { return (struct str){(const char *)s->signature, clsag_bytes(N)}; }

static void the_signature_is_the_published_one(void)
{
    struct scene s;
    scene_init(&s);
    CHECK_HEX(s.statement.pseudo.b, 32, "1850e3d1b17347cddf7046cb3d0458012b678d58d58fee619148644cec28d453");
    CHECK_HEX(s.statement.key_image.b, 32, "54217b6730ec4d907e8f3c975f369d26a24b56ccac371951d9d63ef3be97065e");
    CHECK_U64(clsag_bytes(N), 416);
    CHECK_HEX(s.signature, 416,
              "c28468287e5dfdc184dc6c0870e1bd8bc9353d3eab9bfea507f2579a7d35b80b42fc1458098fb91d997330b5a6b16919fbe5f94b998cb7906d9aefb1"
              "c5097308b51ba64cf0286ed5adce4ed845ed0bf41a5bb5b0ffb9636844d97d2c333e5402f613d27660e296dc5ea5082c13821768107bfce1737fa980"
              "03ae01859c427f0e72408520e57b9ee00b7e9966acf1605f7350d364fd37dc00d50daab729693b0fdd91b93a36731c013bfb933b26df93314d5a597f"
              "9aa7c9f3a5ced2e79b9ffa01c165fc3f70a8cfd536c3c3c86dd4ff59e1606311c89095bab8a71e19e8d61b0a682904001d87b0ad50b56a895c0b5884"
              "37bf0ae35a95b0ebd2900c6f23f6b6054424db32c15b77ee133bb0b4249192057f62286bd94ea2fd00e85881f074630a836ffd001966d807c0e8875d"
              "6fc8b2d3e05993d4f074acf7f8885dec804fb506b13081c219d3b7175d3ef86cd0a874ba6f562395f61413e5dc67765c34b8460620511f57e2736e76"
              "6b0450e08ac9cf07f098e29f7adc57968764e904f5e67b0b94e1721dd859fcff595e8954c6c1e663a29dcd9405b6d7f92226e4b7f37ef145");
    CHECK(clsag_well_formed(signature_of(&s), N));
    CHECK(clsag_verify(&s.statement, signature_of(&s)));
}

static void every_place_in_every_ring_size_signs(void)
{
    struct scene s;
    scene_init(&s);
    const uint8_t rnd[32] = {9};
    for (uint32_t n = 1; n <= N; n += 5) {
        for (uint32_t real = 0; real < n; real++) {
            const struct scalar pseudo = scalar_of(77), blinding = scalar_of(200 + real);
            s.secret = (struct clsag_secret){real, scalar_of(100 + real), scalar_sub(&blinding, &pseudo)};
            s.statement.count = n;
            s.statement.pseudo = shield_commit(5000 + real, &pseudo);
            s.statement.key_image = shield_key_image(&s.secret.secret, &s.ring[real].key);
            clsag_sign(&s.statement, &s.secret, rnd, s.signature);
            const struct str signature = {(const char *)s.signature, clsag_bytes(n)};
            CHECK(clsag_well_formed(signature, n));
            CHECK(clsag_verify(&s.statement, signature));
        }
    }
}

static void a_changed_statement_is_refused(void)
{
    struct scene s;
    scene_init(&s);
    const struct str signature = signature_of(&s);
    struct clsag_statement other = s.statement;
    other.message.b[31] ^= 1;
    CHECK(!clsag_verify(&other, signature));
    other = s.statement;
    other.key_image = shield_table.gi[0];
    CHECK(!clsag_verify(&other, signature));
    other = s.statement;
    other.pseudo = shield_table.gi[0];
    CHECK(!clsag_verify(&other, signature));
    s.ring[7].key = shield_table.gi[1]; /* a decoy replaced */
    CHECK(!clsag_verify(&s.statement, signature));
    scene_statement(&s);
    s.ring[0].commitment = shield_table.gi[1];
    CHECK(!clsag_verify(&s.statement, signature));
    scene_statement(&s);
    CHECK(clsag_verify(&s.statement, signature));
}

static void forgeries_are_refused(void)
{
    struct scene s;
    const uint8_t rnd[32] = {1};
    scene_init(&s);
    s.secret.secret = scalar_of(105); /* another key, its true image */
    s.statement.key_image = shield_key_image(&s.secret.secret, &s.ring[4].key);
    clsag_sign(&s.statement, &s.secret, rnd, s.signature);
    CHECK(clsag_well_formed(signature_of(&s), N) && !clsag_verify(&s.statement, signature_of(&s)));
    scene_init(&s);
    const struct scalar pseudo = scalar_of(999); /* one more than the note holds */
    s.statement.pseudo = shield_commit(5005, &pseudo);
    clsag_sign(&s.statement, &s.secret, rnd, s.signature);
    CHECK(!clsag_verify(&s.statement, signature_of(&s)));
    scene_init(&s);
    s.statement.key_image = shield_table.h; /* an image of nothing: to spend twice */
    clsag_sign(&s.statement, &s.secret, rnd, s.signature);
    CHECK(!clsag_verify(&s.statement, signature_of(&s)));
}

/* s + L, as 256 bits; false when it does not fit. */
static bool add_order(uint8_t s[32])
{
    uint8_t order[32];
    CHECK(str_unhex(STR("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"), order, 32));
    unsigned carry = 0;
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned)s[i] + order[i];
        s[i] = (uint8_t)carry;
        carry >>= 8;
    }
    return carry == 0;
}

static void malleated_scalars_are_not_well_formed(void)
{
    struct scene s;
    for (size_t i = 0; i <= N; i++) {
        scene_init(&s);
        CHECK(add_order(s.signature + 32 * i));
        CHECK(!clsag_well_formed(signature_of(&s), N));
    }
    scene_init(&s);
    s.signature[31] |= 0x80;
    CHECK(!clsag_well_formed(signature_of(&s), N));
    scene_init(&s);
    memset(s.signature + 32 * (N + 1), 0, 32); /* D: the identity */
    CHECK(!clsag_well_formed(signature_of(&s), N));
    scene_init(&s);
    CHECK(!clsag_well_formed((struct str){(const char *)s.signature, clsag_bytes(N) - 1}, N));
    CHECK(!clsag_well_formed(signature_of(&s), N - 1));
}

static void no_flipped_bit_is_accepted(void)
{
    struct scene s;
    scene_init(&s);
    for (size_t byte = 0; byte < 416; byte += 7) {
        s.signature[byte] ^= 1u << (byte % 8);
        CHECK(!clsag_well_formed(signature_of(&s), N) || !clsag_verify(&s.statement, signature_of(&s)));
        s.signature[byte] ^= 1u << (byte % 8);
    }
}

int main(void)
{
    RUN(the_signature_is_the_published_one);
    RUN(every_place_in_every_ring_size_signs);
    RUN(a_changed_statement_is_refused);
    RUN(forgeries_are_refused);
    RUN(malleated_scalars_are_not_well_formed);
    RUN(no_flipped_bit_is_accepted);
    return 0;
}
