#include "network/consensus/votestate.h"

#define VOTESTATE_TAG "adnet/votestate/v1"
static const char magic[5] = {'A', 'D', 'V', 'S', 1};

void votestate_init(struct votestate *state, struct domain domain, const struct address *validator)
{
    memset(state, 0, sizeof(*state));
    state->domain = domain;
    state->validator = *validator;
}

void votestate_copy(struct votestate *out, const struct votestate *from)
{
    *out = *from;
    (void)certificate_ref(out->timed_out_high);
    (void)certificate_ref(out->high);
    (void)timeoutcert_ref(out->entered_by);
    (void)certificate_ref(out->entered_certificate);
}

void votestate_done(struct votestate *state)
{
    certificate_unref(state->timed_out_high);
    certificate_unref(state->high);
    timeoutcert_unref(state->entered_by);
    certificate_unref(state->entered_certificate);
    state->timed_out_high = state->high = state->entered_certificate = NULL;
    state->entered_by = NULL;
}

static void put_certificate(struct buf *out, const struct certificate *certificate)
{
    bin_put_u8(out, certificate != NULL);
    if (certificate != NULL) certificate_encode(certificate, out);
}

static struct certificate *get_certificate(struct bin_reader *r)
{
    if (!bin_get_bool(r)) return NULL;
    struct certificate *certificate = certificate_decode(r);
    if (certificate == NULL) bin_fail(r);
    return certificate;
}

void votestate_encode(const struct votestate *state, struct buf *out)
{
    const size_t start = out->len;
    buf_put(out, magic, sizeof(magic));
    bin_put_u8(out, (uint8_t)state->domain.chain);
    bin_put_u16(out, state->domain.network_id);
    bin_put_bytes(out, &state->validator, sizeof(state->validator));
    bin_put_u64(out, state->epoch);
    bin_put_u64(out, state->round);
    bin_put_u64(out, state->voted_round);
    bin_put_u64(out, state->proposed_round);
    bin_put_u64(out, state->outside_round);
    bin_put_bytes(out, &state->lock.hash, sizeof(state->lock.hash));
    bin_put_u64(out, state->lock.round);
    bin_put_u32(out, state->lock.height);
    bin_put_u8(out, state->timed_out.round != 0);
    if (state->timed_out.round != 0) timeout_encode_signed(&state->timed_out, buf_grow(out, TIMEOUT_SIGNED_BYTES));
    put_certificate(out, state->timed_out_high);
    put_certificate(out, state->high);
    bin_put_u8(out, state->entered_by != NULL);
    if (state->entered_by != NULL) timeoutcert_encode(state->entered_by, out);
    const bool same = state->entered_certificate != NULL && state->entered_certificate == state->high; /* as it mostly is */
    bin_put_u8(out, same);
    if (!same) put_certificate(out, state->entered_certificate);
    const struct hash digest = hash_tagged(VOTESTATE_TAG, out->data + start, out->len - start);
    bin_put_bytes(out, &digest, sizeof(digest));
}

static void decode_fields(struct bin_reader *r, struct votestate *state)
{
    uint8_t head[sizeof(magic)];
    bin_get_bytes(r, head, sizeof(head));
    if (memcmp(head, magic, sizeof(magic)) != 0) bin_fail(r);
    if (!chain_of_byte(bin_get_u8(r), &state->domain.chain)) bin_fail(r);
    state->domain.network_id = bin_get_u16(r);
    bin_get_bytes(r, &state->validator, sizeof(state->validator));
    state->epoch = bin_get_u64(r);
    state->round = bin_get_u64(r);
    state->voted_round = bin_get_u64(r);
    state->proposed_round = bin_get_u64(r);
    state->outside_round = bin_get_u64(r);
    bin_get_bytes(r, &state->lock.hash, sizeof(state->lock.hash));
    state->lock.round = bin_get_u64(r);
    state->lock.height = bin_get_u32(r);
    if (bin_get_bool(r)) {
        const uint8_t *bytes = bin_take(r, TIMEOUT_SIGNED_BYTES);
        if (bytes == NULL || !timeout_decode_signed(bytes, &state->timed_out) || state->timed_out.round == 0) bin_fail(r);
    }
    state->timed_out_high = get_certificate(r);
    state->high = get_certificate(r);
    if (bin_get_bool(r)) {
        state->entered_by = timeoutcert_decode(r);
        if (state->entered_by == NULL) bin_fail(r);
    }
    state->entered_certificate = bin_get_bool(r) ? certificate_ref(state->high) : get_certificate(r);
}

bool votestate_decode(struct str bytes, struct domain domain, const struct address *validator, struct votestate *out)
{
    struct hash digest;
    if (bytes.len < sizeof(digest)) return false;
    const size_t body = bytes.len - sizeof(digest);
    digest = hash_tagged(VOTESTATE_TAG, bytes.data, body);
    if (memcmp(&digest, bytes.data + body, sizeof(digest)) != 0) return false;
    struct bin_reader r = bin_reader_of(bytes.data, body);
    struct votestate state = {0};
    decode_fields(&r, &state);
    if (!bin_done(&r) || !domain_eq(state.domain, domain) || !address_eq(&state.validator, validator)) {
        votestate_done(&state);
        return false;
    }
    *out = state;
    return true;
}
