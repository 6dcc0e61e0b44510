/* The group, the source, notes and decoys against the published vectors S1 to S12 of the shielded pool, and what must not be
 * taken: encodings that are not canonical, notes of others, commitments that say something else. */
#include "core/base/check.h"
#include "core/crypto/clsag.h"
#include "core/crypto/decoy.h"
#include "core/crypto/shield_note.h"

#define CHECK_POINT(p, want) CHECK_HEX((p).b, 32, want)

static struct source s0(void)
{
    uint8_t seed[32];
    for (size_t i = 0; i < sizeof(seed); i++) seed[i] = (uint8_t)i;
    return source_of(seed);
}

static void the_source_is_the_key_stream(void)
{
    struct source source = s0();
    uint8_t first[32];
    source_bytes(&source, first, sizeof(first));
    CHECK_HEX(first, 32, "39fd2b7dd9c5196a8dbd0377b8dc4a498a35d86fbcde6accb2cc7d4cd8ea2492"); /* S1 */
    struct source other = s0();
    uint8_t whole[200], pieces[200];
    source_bytes(&other, whole, sizeof(whole));
    other = s0();
    for (size_t at = 0; at < sizeof(pieces); at += 8) source_bytes(&other, pieces + at, 8);
    CHECK(memcmp(whole, pieces, sizeof(whole)) == 0);
    CHECK_U64(source_count(&other), 200);
}

static void generators_are_the_published_ones(void)
{
    CHECK_POINT(shield_table.h, "3aeb770134113be52c686d3efe284e63218dc1c30d5519bbcc87619e826ef414"); /* S2 */
    CHECK_POINT(shield_table.gi[0], "cc702629f6e83ccabecfe150fac004cb4ce38517666e28dbdb2c11fe7268557a"); /* S3 */
    CHECK_POINT(shield_table.gi[255], "26047794ec94937cc21822a9096d60f971021759e9a3d977e5414fd340b0966c");
    CHECK_POINT(shield_table.hi[0], "049dee935832939904dcb8b5d9a01fbd0a271c9eddf9e2b7d65ab760a7732b67");
    CHECK_POINT(shield_table.hi[255], "ce3a811ca5213fec894f9c8436434ab2b9e6fa76412eb745ee942841132c9a0f");
    const struct point g = shield_base(), hp = shield_hp(&g);
    CHECK_POINT(hp, "c07aedeefec4133fb22d40e5efe630eac02a1477380a7f3320fc588c89d4a772"); /* S4 */
}

static void commitments_and_key_images_are_the_published_ones(void)
{
    const struct scalar seven = scalar_of(7), five = scalar_of(5);
    const struct point million = shield_commit(1000000, &seven), nothing = shield_commit(0, &seven);
    CHECK_POINT(million, "8063dcbd1b527e743e775ef57fe81b0730f200c3181fa2c491a57bad8f992911"); /* S5 */
    CHECK_POINT(nothing, "44f53520926ec81fbd5a387845beb7df85a96a24ece18738bdcfa6a7822a176d"); /* S6 */
    const struct point p = point_mul_base(&five), image = shield_key_image(&five, &p);
    CHECK_POINT(p, "e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e"); /* S7 */
    CHECK_POINT(image, "7ce2c28ef4a5e91e78dae9fd450d1179d96f542df3b04629e09d4a01621b4f73");
}

static void a_note_is_the_published_one_and_its_owner_finds_it(void)
{
    struct source source = s0();
    const struct shield_keys keys = shield_keys_draw(&source);
    CHECK_HEX(keys.view.b, 32, "36e5b43419551a92c809a995a3d2c817a86ce8f5dd973b06fe9cb5a3f012870b"); /* S8 */
    CHECK_HEX(keys.spend.b, 32, "6102398efee33b886f4bb7042b897d83db59b71a05aff76e9b633b87cade7d00");
    CHECK_POINT(keys.address.view, "4aceeb1d507e50957db46b6bcd374614b8ea080cbbc77ad060666bf5788c8121");
    CHECK_POINT(keys.address.spend, "a650b416be24664030732d88dde2b9141aac939c025ab18872347ad5aede0229");
    struct shield_note note;
    struct shield_opening opening;
    shield_note_make(&source, &keys.address, 123456789, 1, &note, &opening); /* S9 */
    CHECK_POINT(note.one_time_key, "b0d998885afd2763c58d52593c22e93e8d43667766901fa2e37ddac5e9c19723");
    CHECK_POINT(note.commitment, "9e8c9a1ccd8dde289940ce0903c01b58c629bffde3376aad9111d5ab6902c859");
    CHECK_POINT(note.tx_key, "62e77e2727dd4a3807ea0c9ffcc2a832161944aa4ad7cb309e24954bf4da6b0c");
    CHECK_HEX(note.enc, 8, "11843c9d370e1118");
    CHECK_HEX(opening.blinding.b, 32, "b39487ffd114be3ff912aed121efb34ec58ec83a11a93c931a3b4917af9c5609");
    struct shield_owned owned;
    CHECK(shield_note_own(&keys, &note, 1, &owned));
    CHECK_HEX(owned.secret.b, 32, "3c93b607b3d971f2706e582833ae7fae8fc93480d717a95f56687a819cbee40a");
    CHECK_U64(owned.opening.value, 123456789);
    CHECK(scalar_eq(&owned.opening.blinding, &opening.blinding));
    const struct point image = shield_key_image(&owned.secret, &note.one_time_key);
    CHECK_POINT(image, "5ae0e300b9eebacbec7198ab9578327ad05f379907741e1e7f42ec5fcdb5ef7c");

    const struct shield_viewer viewer = shield_viewer_of(&keys);
    struct shield_opening seen;
    CHECK(shield_note_open(&viewer, &note, 1, &seen));
    CHECK(!shield_note_open(&viewer, &note, 0, &seen)); /* another position: another note */
    const struct shield_keys other = shield_keys_draw(&source);
    CHECK(!shield_note_own(&other, &note, 1, &owned));
    note.enc[3] ^= 1; /* a commitment to something else: ignored */
    CHECK(!shield_note_own(&keys, &note, 1, &owned));
}

static void a_note_that_tells_its_value_is_read_too(void)
{
    struct source source = s0();
    const struct shield_keys keys = shield_keys_draw(&source);
    struct shield_note note;
    struct shield_opening opening;
    struct shield_owned owned;
    shield_note_make(&source, &keys.address, 77, 0, &note, &opening);
    memcpy(note.enc, (uint8_t[8]){77}, 8);
    CHECK(shield_note_own(&keys, &note, 0, &owned));
    CHECK_U64(owned.opening.value, 77);
    shield_note_make(&source, &keys.address, 78, 0, &note, &opening);
    memset(note.enc + 6, 0xab, 2); /* a tag in place of the high bytes */
    CHECK(shield_note_own(&keys, &note, 0, &owned));
    CHECK_U64(owned.opening.value, 78);
}

static void the_signed_message_is_the_published_one(void)
{
    uint8_t header[96];
    for (size_t i = 0; i < sizeof(header); i++) header[i] = (uint8_t)i;
    const struct hash m = clsag_message(header, STR("abc"));
    CHECK_HEX(m.b, 32, "26b3345fa0d3828659c407013cac1f61f09ed93742a3553b8011526c49099932"); /* S10 */
}

static void a_ring_is_the_published_one(void)
{
    static const uint32_t want[] = {466, 536, 709, 777, 817, 855, 871, 872, 887, 898, 899}; /* S11 */
    struct source source = s0();
    uint32_t ring[11];
    CHECK(decoy_draw(&source, DECOY_RECENT, 900, 777, 11, ring));
    for (size_t i = 0; i < 11; i++) CHECK_U64(ring[i], want[i]);
    CHECK_U64(source_count(&source), 160);
}

static void rings_are_ascending_hold_the_real_one_and_keep_to_the_eligible(void)
{
    struct source source = s0();
    const enum decoy_law laws[] = {DECOY_RECENT, DECOY_UNIFORM, DECOY_NEWEST};
    for (uint32_t round = 0; round < 600; round++) {
        const uint32_t size = 2 + (uint32_t)source_below(&source, 15);
        const uint32_t eligible = size + (uint32_t)source_below(&source, round < 100 ? 1 : 300);
        const uint32_t real = (uint32_t)source_below(&source, eligible);
        uint32_t ring[16];
        CHECK(decoy_draw(&source, laws[round % 3], eligible, real, size, ring));
        bool found = false;
        for (uint32_t i = 0; i < size; i++) {
            CHECK(ring[i] < eligible);
            if (i > 0) CHECK(ring[i - 1] < ring[i]);
            found |= ring[i] == real;
        }
        CHECK(found);
        if (laws[round % 3] == DECOY_NEWEST) CHECK(ring[size - 1] == eligible - 1);
    }
    uint32_t ring[16];
    CHECK(!decoy_draw(&source, DECOY_RECENT, 10, 3, 11, ring));
    CHECK(!decoy_draw(&source, DECOY_RECENT, 20, 20, 11, ring));
}

static void a_deposit_is_the_published_one(void)
{
    struct source source = s0();
    const struct shield_keys keys = shield_keys_draw(&source);
    struct shield_note note;
    struct shield_opening opening;
    shield_note_make(&source, &keys.address, 1000000, 0, &note, &opening);
    CHECK_HEX((const uint8_t *)&note, 104, /* S12 */
              "56f9fb821fe8831e696c83c63781f6fe70be311bb011c1a8ec87fb5d04dffe0e2c4c802b73b889ac1fc23c535ab3b96c609689bd8ef4c9b2bfc6aba4"
              "5a5d1c0162e77e2727dd4a3807ea0c9ffcc2a832161944aa4ad7cb309e24954bf4da6b0c810851a6279d10ad");
    CHECK_HEX(opening.blinding.b, 32, "36910229569c7f34ba006c1b7529c0a24661bd76fc32ba789dbf739a7621db0a");
}

static void only_canonical_encodings_are_taken(void)
{
    struct point p = {{0}};
    CHECK(!point_valid(&p)); /* the identity */
    memset(&p, 0xff, sizeof(p));
    CHECK(!point_valid(&p));
    p = shield_table.h;
    CHECK(point_valid(&p));
    p.b[31] |= 0x80;
    CHECK(!point_valid(&p));
    struct scalar order; /* L */
    CHECK(str_unhex(STR("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"), order.b, 32));
    CHECK(!scalar_valid(&order));
    order.b[0]--;
    CHECK(scalar_valid(&order));
    order.b[31] |= 0x80;
    CHECK(!scalar_valid(&order));
    const struct scalar zero = {{0}};
    CHECK(scalar_valid(&zero));
}

static void sums_with_the_identity_hold(void)
{
    const struct scalar zero = {{0}}, three = scalar_of(3);
    const struct point nothing = point_mul(&zero, &shield_table.h), also = point_mul_base(&zero);
    CHECK(point_is_identity(&nothing) && point_is_identity(&also));
    const struct point three_h = point_mul(&three, &shield_table.h), sum = point_add(&three_h, &nothing);
    CHECK(point_eq(&sum, &three_h));
    const struct point gone = point_sub(&sum, &three_h), still = point_mul(&three, &gone);
    CHECK(point_is_identity(&gone) && point_is_identity(&still));
}

int main(void)
{
    RUN(the_source_is_the_key_stream);
    RUN(generators_are_the_published_ones);
    RUN(commitments_and_key_images_are_the_published_ones);
    RUN(a_note_is_the_published_one_and_its_owner_finds_it);
    RUN(a_note_that_tells_its_value_is_read_too);
    RUN(the_signed_message_is_the_published_one);
    RUN(a_ring_is_the_published_one);
    RUN(rings_are_ascending_hold_the_real_one_and_keep_to_the_eligible);
    RUN(a_deposit_is_the_published_one);
    RUN(only_canonical_encodings_are_taken);
    RUN(sums_with_the_identity_hold);
    return 0;
}
