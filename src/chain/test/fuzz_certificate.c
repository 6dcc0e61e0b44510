/* Any bytes behind a byte that says what they are: certificates and committees written as they were read, in both forms. */
#include "chain/timeoutcert.h"

static void check_same(struct buf *out, const uint8_t *data, const struct bin_reader *r)
{
    ASSERT(out->len == bin_offset(r) && memcmp(out->data, data, out->len) == 0);
    buf_done(out);
}

static void check_certificate(const uint8_t *data, size_t bytes)
{
    struct buf out = {0};
    struct bin_reader r = bin_reader_of(data, bytes);
    struct certificate *certificate = certificate_decode(&r);
    ASSERT((certificate == NULL) == r.bad);
    if (certificate == NULL) return;
    certificate_encode(certificate, &out);
    check_same(&out, data, &r);
    certificate_unref(certificate);
}

static void check_timeoutcert(const uint8_t *data, size_t bytes)
{
    struct buf out = {0};
    struct bin_reader r = bin_reader_of(data, bytes);
    struct timeoutcert *tc = timeoutcert_decode(&r);
    ASSERT((tc == NULL) == r.bad);
    if (tc == NULL) return;
    timeoutcert_encode(tc, &out);
    check_same(&out, data, &r);
    timeoutcert_unref(tc);
}

static void check_committee(const uint8_t *data, size_t bytes)
{
    struct buf out = {0};
    struct bin_reader r = bin_reader_of(data, bytes);
    struct committee *committee = committee_decode(&r);
    ASSERT((committee == NULL) == r.bad);
    if (committee == NULL) return;
    committee_encode(committee, &out);
    check_same(&out, data, &r);
    uint32_t leader;
    if (committee_leader(committee, 100, &leader)) ASSERT(leader < committee->count);
    committee_unref(committee);
}

static void check_text(struct str text)
{
    struct arena arena;
    struct err err;
    arena_init(&arena, 0);
    const struct json *doc = json_parse(&arena, text, &err);
    struct amount power, high_power;
    certificate_unref(doc == NULL ? NULL : certificate_read(doc, &power));
    timeoutcert_unref(doc == NULL ? NULL : timeoutcert_read(doc, &power, &high_power));
    committee_unref(doc == NULL ? NULL : committee_read(doc, CHAIN_ALPHA));
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    if (bytes == 0) return 0;
    switch (data[0]) {
    case 'c': check_certificate(data + 1, bytes - 1); break;
    case 't': check_timeoutcert(data + 1, bytes - 1); break;
    case 'm': check_committee(data + 1, bytes - 1); break;
    default: check_text((struct str){(const char *)data, bytes}); break;
    }
    return 0;
}
