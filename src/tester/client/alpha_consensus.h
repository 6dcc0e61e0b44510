/* Consensus from outside: what a client does with a validator's key (X19, X20; X18 is alpha_round). As alpha.h: a deadline on every call, and `out` says
 * how it ended. */
#ifndef CLIENT_ALPHA_CONSENSUS_H
#define CLIENT_ALPHA_CONSENSUS_H

#include "chain/block.h"
#include "chain/timeout.h"
#include "chain/vote.h"
#include "tester/client/alpha.h"

/* The block that a validator may sign in this round; `hash` is the header's. */
struct block_template {
    struct header header;
    struct hash hash;
    struct str transaction_ids; /* JSON array; borrowed from the answer */
};
/* X19. False also where it is not the validator's turn (INVALID_BLOCK), or it is no member. */
bool alpha_template(const struct alpha *alpha, const struct address *validator, struct instant deadline, struct block_template *out_template,
                    struct answer *out) FIBER MUST_CHECK;
/* X20. True: accepted; the view sends it on. */
bool alpha_proposal_send(const struct alpha *alpha, const struct block_template *block, const struct signature *signature, struct instant deadline,
                         struct answer *out) FIBER MUST_CHECK;
bool alpha_vote_send(const struct alpha *alpha, const struct vote *vote, struct instant deadline, struct answer *out) FIBER MUST_CHECK;
bool alpha_timeout_send(const struct alpha *alpha, const struct timeout *timeout, struct instant deadline, struct answer *out) FIBER MUST_CHECK;

#endif
