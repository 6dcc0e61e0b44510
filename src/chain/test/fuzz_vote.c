/* Any bytes: votes, timeouts and evidence that are written as they were read; evidence never convicts without signatures. */
#include "chain/evidence.h"

static bool nobody_signed(void *context, const struct sigcheck *check)
{
    (void)context, (void)check;
    return false;
}

static void check_vote(const uint8_t *data)
{
    struct vote vote;
    uint8_t out[VOTE_SIGNED_BYTES];
    if (!vote_decode_signed(data, &vote)) return;
    vote_encode_signed(&vote, out);
    ASSERT(memcmp(out, data, sizeof(out)) == 0);
}

static void check_timeout(const uint8_t *data)
{
    struct timeout timeout;
    uint8_t out[TIMEOUT_SIGNED_BYTES];
    if (!timeout_decode_signed(data, &timeout)) return;
    timeout_encode_signed(&timeout, out);
    ASSERT(memcmp(out, data, sizeof(out)) == 0);
}

static void check_evidence(const uint8_t *data, size_t bytes)
{
    const struct verifier verifier = {nobody_signed, NULL};
    const struct pubkey key = {0};
    const size_t halves[] = {VOTE_SIGNED_BYTES, HEADER_SIGNED_BYTES, HEADER_SIGNED_BYTES, sizeof(uint64_t)};
    for (int type = EVIDENCE_DOUBLE_VOTE; type <= EVIDENCE_DOWNTIME; type++) {
        const size_t half = MIN(halves[type - 1], bytes);
        struct evidence evidence;
        struct evidence_claim claim;
        const struct str first = {(const char *)data, half}, second = {(const char *)data + half, bytes - half};
        if (!evidence_of_bytes((enum evidence_type)type, first, second, &evidence)) continue;
        if (evidence_claim(&evidence, NULL, &claim))
            ASSERT(claim.domain.chain == CHAIN_ALPHA || claim.domain.chain == CHAIN_DELTA);
        (void)evidence_id(&evidence);
        ASSERT(!evidence_check(&evidence, NULL, &key, &verifier));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    if (bytes >= VOTE_SIGNED_BYTES) check_vote(data);
    if (bytes >= TIMEOUT_SIGNED_BYTES) check_timeout(data);
    check_evidence(data, bytes);
    return 0;
}
