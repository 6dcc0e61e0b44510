#include "tester/client/door.h"

#include "chain/payload.h"
#include "tester/client/alpha_bridge.h"
#include "tester/client/alpha_governance.h"
#include "tester/client/delta_offramp.h"
#include "tester/client/delta_oracle.h"
#include "tester/client/delta_perps.h"
#include "tester/client/delta_spot.h"

/* Who and what the transaction is about, from its payload. Not inlined: its arena must not stay on the stack of who waits. */
struct subject {
    struct hash id;
    struct address who;
};
__attribute__((noinline)) static struct subject subject_of(const struct tx *tx)
{
    struct arena arena;
    union payload payload;
    struct subject out = {0};
    arena_init(&arena, 0);
    payload_of_tx(tx, &arena, &payload);
    switch ((unsigned)tx->kind) {
    case KIND_PROPOSAL_VOTE:
    case KIND_GOV_VOTE: out.id = payload.vote.proposal; break;
    case KIND_PERP_CLOSE: out.id = payload.perp_close.position_id; break;
    case KIND_PERP_MARGIN: out.id = payload.perp_margin.position_id; break;
    case KIND_OFFRAMP_SETTLE: out.id = payload.offramp_settle.request_id; break;
    case KIND_KYC_REVIEW: out.who = payload.kyc_review.subject; break;
    case KIND_PROPOSAL_QUEUE:
    case KIND_PROPOSAL_EXECUTE:
    case KIND_GOV_EXECUTE:
    case KIND_ORDER_CANCEL:
    case KIND_PERP_LIQUIDATE: out.id = payload.id.id; break;
    default: break;
    }
    arena_done(&arena);
    return out;
}

void client_submit(const struct alpha *alpha, const struct tx *tx, struct instant deadline, struct answer *out)
{
    const struct subject about = subject_of(tx);
    switch ((unsigned)tx->kind) { /* each call's acknowledgement is also in `out` */
    case KIND_PROPOSAL_CREATE: (void)alpha_propose(alpha, tx, deadline, out); break;
    case KIND_PROPOSAL_VOTE:
    case KIND_GOV_VOTE: (void)alpha_proposal_vote(alpha, &about.id, tx, deadline, out); break;
    case KIND_PROPOSAL_QUEUE: (void)alpha_proposal_queue(alpha, &about.id, tx, deadline, out); break;
    case KIND_PROPOSAL_EXECUTE:
    case KIND_GOV_EXECUTE: (void)alpha_proposal_execute(alpha, &about.id, tx, deadline, out); break;
    case KIND_MINT_CLAIM: (void)delta_mint(alpha, tx, deadline, out); break;
    case KIND_BURN: (void)delta_burn(alpha, tx, deadline, out); break;
    case KIND_ORDER_PLACE: (void)delta_order(alpha, tx, deadline, out); break;
    case KIND_ORDER_CANCEL: (void)delta_order_cancel(alpha, &about.id, tx, deadline, out); break;
    case KIND_PERP_OPEN: (void)delta_position_open(alpha, tx, deadline, out); break;
    case KIND_PERP_CLOSE: (void)delta_position_close(alpha, &about.id, tx, deadline, out); break;
    case KIND_PERP_MARGIN: (void)delta_position_margin(alpha, &about.id, tx, deadline, out); break;
    case KIND_PERP_LIQUIDATE: (void)delta_position_liquidate(alpha, &about.id, tx, deadline, out); break;
    case KIND_ORACLE_SUBMIT: (void)delta_oracle_submit(alpha, tx, deadline, out); break;
    case KIND_KYC_SUBMIT: (void)delta_kyc_submit(alpha, tx, deadline, out); break;
    case KIND_KYC_REVIEW: (void)delta_kyc_review(alpha, &about.who, tx, deadline, out); break;
    case KIND_OFFRAMP_REQUEST: (void)delta_offramp_request(alpha, tx, deadline, out); break;
    case KIND_OFFRAMP_SETTLE: (void)delta_offramp_settle(alpha, &about.id, tx, deadline, out); break;
    default: (void)alpha_broadcast(alpha, tx, deadline, out); break;
    }
}
