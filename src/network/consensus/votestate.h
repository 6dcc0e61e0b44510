/* Votestate: what a validator must never forget: the rounds it has signed in, its highest certificate, its lock, and how it
 * came into the round. It is on disk before anything it covers leaves; a key whose vote state is lost never signs again. */
#ifndef CONSENSUS_VOTESTATE_H
#define CONSENSUS_VOTESTATE_H

#include "chain/timeoutcert.h"

struct votestate_lock {
    struct hash hash;
    uint64_t round;
    uint32_t height;
};

struct votestate {
    struct domain domain;
    struct address validator;
    uint64_t epoch;           /* of the committee under which high and lock were taken */
    uint64_t round;           /* it was in; 0: none yet */
    uint64_t voted_round;     /* last round it signed a vote in, 0: none */
    uint64_t proposed_round;  /* ... a proposal */
    uint64_t outside_round;   /* up to here the key may have signed elsewhere (X20): nothing more is signed in those rounds */
    struct timeout timed_out; /* the last timeout signed; round 0: none */
    struct certificate *timed_out_high; /* the certificate of its high_round; NULL: genesis */
    struct certificate *high;           /* highest certificate known; NULL: genesis */
    struct votestate_lock lock;
    struct timeoutcert *entered_by;          /* what let it into `round`: a timeout certificate, */
    struct certificate *entered_certificate; /* or a certificate; both NULL: neither */
};

void votestate_init(struct votestate *state, struct domain domain, const struct address *validator);
void votestate_copy(struct votestate *out, const struct votestate *from); /* `out` is uninitialised; takes references */
void votestate_done(struct votestate *state);

/* `ADVS` ‖ u8 2 ‖ fields ‖ digest of all that ‖ the certificates that the fields name by their digests, which are remembered in them: what is
 * written for each vote is hashed but for what did not change. Decoding refuses (false, *out untouched) whatever was cut short, altered, or is of
 * another domain or validator: the state is lost then. */
void votestate_encode(const struct votestate *state, struct buf *out);
bool votestate_decode(struct str bytes, struct domain domain, const struct address *validator, struct votestate *out) MUST_CHECK;

#endif
