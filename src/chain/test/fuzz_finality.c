/* Any bytes or text: NULL, or a proof that is written as it was read and that nobody without signatures believes. */
#include "chain/finality.h"

static bool nobody_signed(void *context, const struct sigcheck *check)
{
    (void)context, (void)check;
    return false;
}

static void check(const struct finality_proof *proof)
{
    const struct verifier verifier = {nobody_signed, NULL};
    const struct domain domain = proof->headers[0].domain;
    const struct hash *trusted = proof->committees_count > 0 ? &proof->committees[0]->hash : NULL;
    ASSERT(finality_verify(proof, domain, trusted, trusted == NULL ? 0 : 1, &verifier) != VERDICT_GOOD);
    struct buf text = {0};
    struct json_writer w = json_writer_of(&text);
    finality_write(proof, &w);
    buf_done(&text);
}

static void check_text(struct str text)
{
    struct arena arena;
    struct err err;
    arena_init(&arena, 0);
    const struct json *doc = json_parse(&arena, text, &err);
    struct finality_proof *proof = doc == NULL ? NULL : finality_read(doc);
    if (proof != NULL) check(proof);
    finality_unref(proof);
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    if (bytes > 0 && data[0] == '{') check_text((struct str){(const char *)data, bytes});
    struct bin_reader r = bin_reader_of(data, bytes);
    struct finality_proof *proof = finality_decode(&r);
    ASSERT((proof == NULL) == r.bad);
    if (proof == NULL) return 0;
    struct buf out = {0};
    finality_encode(proof, &out);
    ASSERT(out.len == finality_bytes(proof) && out.len == bin_offset(&r) && memcmp(out.data, data, out.len) == 0);
    check(proof);
    buf_done(&out);
    finality_unref(proof);
    return 0;
}
