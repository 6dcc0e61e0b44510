#include "network/consensus/votestate.h"

#define VOTESTATE_TAG "adnet/votestate/v1"
static const char magic[5] = {'A', 'D', 'V', 'S', 2};

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

/* A certificate is named by its digest among the fields; its bytes stand behind them. */
static void name_certificate(struct buf *out, const struct certificate *certificate)
{
    bin_put_u8(out, certificate != NULL);
    if (certificate == NULL) return;
    const struct hash digest = certificate_digest(certificate);
    bin_put_bytes(out, &digest, sizeof(digest));
}

static void put_certificate(struct buf *out, const struct certificate *certificate)
{
    if (certificate != NULL) certificate_encode(certificate, out);
}

static struct hash timeoutcert_digest(const struct timeoutcert *tc)
{
    struct buf bytes = {0};
    timeoutcert_encode(tc, &bytes);
    const struct hash digest = hash_tagged("adnet/timeoutcert/v1", bytes.data, bytes.len);
    buf_done(&bytes);
    return digest;
}

/* Which of the pieces behind the fields are there, and what they must be. */
struct named {
    bool is_there;
    struct hash digest;
};
struct pieces {
    struct named timed_out_high, high, entered_by, entered_certificate;
    bool same; /* entered_certificate is high */
};

static struct named get_named(struct bin_reader *r)
{
    struct named named = {.is_there = bin_get_bool(r)};
    if (named.is_there) bin_get_bytes(r, &named.digest, sizeof(named.digest));
    return named;
}

static struct certificate *get_certificate(struct bin_reader *r, const struct named *named)
{
    if (!named->is_there || r->bad) return NULL;
    struct certificate *certificate = certificate_decode(r);
    if (certificate == NULL) {
        bin_fail(r);
        return NULL;
    }
    const struct hash digest = certificate_digest(certificate);
    if (!hash_eq(&digest, &named->digest)) bin_fail(r);
    return certificate;
}

static struct timeoutcert *get_timeoutcert(struct bin_reader *r, const struct named *named)
{
    if (!named->is_there || r->bad) return NULL;
    struct timeoutcert *tc = timeoutcert_decode(r);
    if (tc == NULL) {
        bin_fail(r);
        return NULL;
    }
    const struct hash digest = timeoutcert_digest(tc);
    if (!hash_eq(&digest, &named->digest)) bin_fail(r);
    return tc;
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
    const bool same = state->entered_certificate != NULL && state->entered_certificate == state->high; /* as it mostly is */
    name_certificate(out, state->timed_out_high);
    name_certificate(out, state->high);
    bin_put_u8(out, state->entered_by != NULL);
    if (state->entered_by != NULL) {
        const struct hash digest = timeoutcert_digest(state->entered_by);
        bin_put_bytes(out, &digest, sizeof(digest));
    }
    bin_put_u8(out, same);
    if (!same) name_certificate(out, state->entered_certificate);
    const struct hash digest = hash_tagged(VOTESTATE_TAG, out->data + start, out->len - start);
    bin_put_bytes(out, &digest, sizeof(digest));
    put_certificate(out, state->timed_out_high);
    put_certificate(out, state->high);
    if (state->entered_by != NULL) timeoutcert_encode(state->entered_by, out);
    if (!same) put_certificate(out, state->entered_certificate);
}

static void decode_fields(struct bin_reader *r, struct votestate *state, struct pieces *pieces)
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
    pieces->timed_out_high = get_named(r);
    pieces->high = get_named(r);
    pieces->entered_by = get_named(r);
    pieces->same = bin_get_bool(r);
    if (!pieces->same) pieces->entered_certificate = get_named(r);
}

static void decode_pieces(struct bin_reader *r, struct votestate *state, const struct pieces *pieces)
{
    state->timed_out_high = get_certificate(r, &pieces->timed_out_high);
    state->high = get_certificate(r, &pieces->high);
    state->entered_by = get_timeoutcert(r, &pieces->entered_by);
    state->entered_certificate = pieces->same ? certificate_ref(state->high) : get_certificate(r, &pieces->entered_certificate);
}

bool votestate_decode(struct str bytes, struct domain domain, const struct address *validator, struct votestate *out)
{
    struct bin_reader r = bin_reader_of(bytes.data, bytes.len);
    struct votestate state = {0};
    struct pieces pieces = {0};
    decode_fields(&r, &state, &pieces);
    if (r.bad) return false;
    const struct hash digest = hash_tagged(VOTESTATE_TAG, bytes.data, bytes.len - bin_left(&r));
    struct hash noted = {{0}};
    bin_get_bytes(&r, &noted, sizeof(noted));
    if (r.bad || !hash_eq(&digest, &noted)) return false;
    decode_pieces(&r, &state, &pieces);
    if (!bin_done(&r) || !domain_eq(state.domain, domain) || !address_eq(&state.validator, validator)) {
        votestate_done(&state);
        return false;
    }
    *out = state;
    return true;
}
