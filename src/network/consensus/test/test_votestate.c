/* The vote state survives its own bytes, and nothing else passes for it. */
#include "network/consensus/test/puppet.h"

static void fill(struct puppet *p, struct votestate *state, struct block *block)
{
    votestate_init(state, p->domain, &p->committee->members[p->self].address);
    state->epoch = 3;
    state->round = 41;
    state->voted_round = 40;
    state->proposed_round = 36;
    state->outside_round = 12;
    state->timed_out = puppet_timeout(p, 41, 1, p->self);
    state->high = puppet_certificate(p, block, ALL);
    state->timed_out_high = certificate_ref(state->high);
    state->lock = (struct votestate_lock){block->hash, 1, 1};
    state->entered_by = puppet_timeoutcert(p, 40, state->high, 0x7);
}

static void the_state_comes_back_as_it_was(void)
{
    struct puppet p;
    struct votestate state, back;
    struct buf bytes = {0}, again = {0};
    puppet_open(&p);
    struct block *block = puppet_block(&p, p.genesis, NULL, 1, NULL);
    fill(&p, &state, block);
    for (int variant = 0; variant < 3; variant++) {
        if (variant == 1) state.entered_certificate = certificate_ref(state.high);
        if (variant == 2) {
            certificate_unref(state.entered_certificate);
            state.entered_certificate = puppet_certificate(&p, block, 0x7);
        }
        buf_clear(&bytes);
        buf_clear(&again);
        votestate_encode(&state, &bytes);
        CHECK(votestate_decode(buf_str(&bytes), p.domain, &state.validator, &back));
        CHECK_U64(back.epoch, 3);
        CHECK_U64(back.outside_round, 12);
        CHECK(certificate_eq(back.high, state.high) && timeoutcert_eq(back.entered_by, state.entered_by));
        CHECK((back.entered_certificate != NULL) == (variant > 0));
        votestate_encode(&back, &again);
        CHECK_STR(buf_str(&again), buf_str(&bytes));
        votestate_done(&back);
    }
    votestate_done(&state);
    buf_done(&bytes);
    buf_done(&again);
    block_unref(block);
    puppet_close(&p);
}

static void a_changed_or_cut_state_is_lost(void)
{
    struct puppet p;
    struct votestate state, back;
    struct buf bytes = {0};
    puppet_open(&p);
    struct block *block = puppet_block(&p, p.genesis, NULL, 1, NULL);
    fill(&p, &state, block);
    votestate_encode(&state, &bytes);
    for (size_t i = 0; i < bytes.len; i += 7) {
        bytes.data[i] ^= 1;
        CHECK(!votestate_decode(buf_str(&bytes), p.domain, &state.validator, &back));
        bytes.data[i] ^= 1;
        CHECK(!votestate_decode((struct str){(const char *)bytes.data, i}, p.domain, &state.validator, &back));
    }
    CHECK(!votestate_decode(buf_str(&bytes), domain_of(CHAIN_DELTA, NETWORK_TESTNET), &state.validator, &back));
    CHECK(!votestate_decode(buf_str(&bytes), p.domain, &(struct address){{9}}, &back));
    votestate_done(&state);
    buf_done(&bytes);
    block_unref(block);
    puppet_close(&p);
}

int main(void)
{
    RUN(the_state_comes_back_as_it_was);
    RUN(a_changed_or_cut_state_is_lost);
    return 0;
}
