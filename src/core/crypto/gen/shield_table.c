/* Writes the table of generators as C, when the program is built: Pt(tag, d) of shielded 1 for H, G_i and H_i. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { GENESIS_NOTES = 128 };

static void point(FILE *out, const char *tag, const unsigned char *data, size_t bytes)
{
    unsigned char text[64], wide[64], encoded[32];
    const size_t tag_bytes = strlen(tag);
    text[0] = (unsigned char)tag_bytes;
    memcpy(text + 1, tag, tag_bytes);
    if (bytes > 0) memcpy(text + 1 + tag_bytes, data, bytes);
    crypto_generichash(wide, sizeof(wide), text, 1 + tag_bytes + bytes, NULL, 0);
    crypto_core_ristretto255_from_hash(encoded, wide);
    fprintf(out, "{{");
    for (size_t i = 0; i < sizeof(encoded); i++) fprintf(out, "%u,", encoded[i]);
    fprintf(out, "}},\n");
}

static void points(FILE *out, const char *tag)
{
    fprintf(out, "{\n");
    for (unsigned i = 0; i < 256; i++) point(out, tag, (const unsigned char[]){(unsigned char)i, 0, 0, 0}, 4);
    fprintf(out, "},\n");
}

int main(int argc, char **argv)
{
    if (argc != 2 || sodium_init() < 0) return 1;
    FILE *out = fopen(argv[1], "w");
    if (out == NULL) return 1;
    fprintf(out, "#include \"core/crypto/shield_note.h\"\n\nconst struct shield_table shield_table = {\n");
    point(out, "adnet/sh/H/v1", NULL, 0);
    points(out, "adnet/sh/bp-G/v1");
    points(out, "adnet/sh/bp-H/v1");
    fprintf(out, "};\n\nconst struct shield_note shield_genesis_notes[SHIELD_GENESIS_NOTES] = {\n");
    for (unsigned i = 0; i < GENESIS_NOTES; i++) {
        const unsigned char number[4] = {(unsigned char)i};
        fprintf(out, "{");
        point(out, "adnet/sh/genesis-P/v1", number, sizeof(number));
        point(out, "adnet/sh/genesis-C/v1", number, sizeof(number));
        point(out, "adnet/sh/genesis-R/v1", number, sizeof(number));
        fprintf(out, "{0}},\n");
    }
    fprintf(out, "};\n");
    return fclose(out) == 0 ? 0 : 1;
}
