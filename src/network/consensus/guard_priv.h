/* Guards of consensus that planted switches may take out. Each switch is asked in one function here, and nowhere else. */
#ifndef CONSENSUS_GUARD_PRIV_H
#define CONSENSUS_GUARD_PRIV_H

#include "network/consensus/replica_priv.h"

/* Certificates are of a quorum, and by them alone a branch wins. */
static inline bool guard_quorum(const struct replica *r) { return !r->weak.no_quorum; }
/* What is final here, or a checkpoint, is crossed by no history, however long. */
static inline bool guard_history(const struct replica *r) { return !r->weak.sync_longest; }
/* A vote is for the height and round of its block. */
static inline bool guard_vote_place(const struct replica *r, const struct vote *vote, uint32_t height, uint64_t round)
{
    return (vote->height == height && vote->round == round) || r->weak.no_height_binding;
}
/* Whoever proposes or votes is a member. */
static inline bool guard_member(const struct replica *r, const void *member) { return member != NULL || r->weak.open_proposer; }
/* More than two thirds suffice. */
static inline bool guard_suffices(const struct replica *r, const struct committee *committee, struct amount power)
{
    return r->weak.all_sign ? amount_eq(power, committee->total_stake) : committee_is_quorum(committee, power);
}
/* Rounds are led in rotation. */
static inline bool guard_leader(const struct replica *r, const struct committee *committee, uint64_t round, uint32_t *out)
{
    if (!r->weak.sticky_leader) return committee_leader(committee, round, out);
    *out = 0;
    for (uint32_t i = 0; i < r->weak.leaders_count; i++)
        if (committee_find(committee, &r->weak.leaders[(round + i) % r->weak.leaders_count], out)) break;
    return true;
}

/* ---- what follows from them ---- */
static inline bool quorum_reached(const struct replica *r, const struct committee *committee, struct amount power)
{
    return guard_quorum(r) ? guard_suffices(r, committee, power) : !amount_is_zero(power);
}
static inline bool verdict_stands(const struct replica *r, enum verdict verdict)
{
    return verdict == VERDICT_GOOD || ((verdict == VERDICT_NO_QUORUM || verdict == VERDICT_NOT_CONSECUTIVE) && !guard_quorum(r));
}
static inline bool certificate_stands(const struct replica *r, const struct certificate *certificate, const struct committee *committee)
{
    return verdict_stands(r, certificate_verify(certificate, committee, r->domain, &r->verifier));
}
static inline bool final_stands(const struct replica *r) { return guard_quorum(r) && guard_history(r); }

#endif
