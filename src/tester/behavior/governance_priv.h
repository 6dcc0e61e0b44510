/* Governance: what the files of the family share: reading proposals, drafting actions, the parts of a proposal's life, and what must
 * hold of each. Every function that returns bool and takes no `out` of its own kind says in the op why it failed. */
#ifndef BEHAVIOR_GOVERNANCE_PRIV_H
#define BEHAVIOR_GOVERNANCE_PRIV_H

#include "core/base/vec.h"
#include "tester/behavior/families_priv.h"
#include "tester/bot/ask.h"
#include "tester/bot/claim.h"
#include "tester/bot/send.h"
#include "tester/bot/tide.h"
#include "tester/client/alpha_governance.h"

#define GOV_PAUSE_BLOCKS 100u /* between two proposals of one governor */
#define GOV_PAGE 500u

/* ---- reading (governance_read.c) ---- */
struct alpha gov_client(const struct act *act, enum chain_id chain); /* of the act's view */
/* `texts` NULL: title and action of what is read are empty; else they go there. */
bool gov_read(struct act *act, enum chain_id chain, const struct hash *id, struct arena *texts, struct gov_proposal_view *out) FIBER MUST_CHECK;
/* Reads until the status is one of `wanted` (1u << PROPOSAL_ACTIVE ...), for a few final blocks at most: views may be a little behind
 * each other. True: it was read; the status may be another. */
bool gov_read_when(struct act *act, enum chain_id chain, const struct hash *id, uint32_t wanted, struct arena *texts,
                   struct gov_proposal_view *out) FIBER MUST_CHECK;
/* Waits until that height is final. */
bool gov_reach(struct act *act, enum chain_id chain, uint32_t height) FIBER MUST_CHECK;
/* height UINT32_MAX: now. */
bool gov_power(struct act *act, enum chain_id chain, const struct address *who, uint32_t height, struct power_view *out) FIBER MUST_CHECK;
/* A parameter's value as text; empty: there is none of that name. */
bool gov_parameter(struct act *act, enum chain_id chain, const char *key, char out[ACTION_VALUE_BYTES_MAX + 1]) FIBER MUST_CHECK;

struct gov_ballots {
    struct ballot_view *data;
    size_t count, cap;
};
bool gov_ballots(struct act *act, enum chain_id chain, const struct hash *id, struct gov_ballots *out) FIBER MUST_CHECK;
void gov_ballots_done(struct gov_ballots *ballots);

struct gov_list {
    struct gov_proposal_view *data; /* newest first; titles are empty, actions in the caller's arena */
    size_t count, cap;
};
/* All with one of the statuses in `wanted`. */
bool gov_list(struct act *act, enum chain_id chain, uint32_t wanted, struct arena *texts, struct gov_list *out) FIBER MUST_CHECK;
void gov_list_done(struct gov_list *list);

/* The action in words; texts go to the arena. False: it is malformed. */
bool gov_action(struct str json, struct arena *arena, struct action *out) MUST_CHECK;
/* Whether the count of a proposal gives it a majority and a quorum, computed here. */
bool gov_has_passed(const struct gov_proposal_view *p);
struct gov_id_text {
    char text[65];
};
struct gov_id_text gov_id_text(const struct hash *id);
/* The id that a parameter names. */
bool gov_id_of(struct act *act, const char *param, struct hash *out) MUST_CHECK;
/* The op failed with this code: it goes on as if nothing had happened. */
bool gov_forgive(struct op *op, enum code code);
/* The same execution, done by another bot. */
struct act gov_as(const struct act *act, struct bot *bot);

/* ---- drafting and proposing (governance_propose.c) ---- */
extern const char *const gov_types[];
struct gov_draft {
    struct str title;
    bool joint;
    struct action action; /* texts in the arena it was drafted with */
};
/* What the parameters say of an action of `type`: a value of its own is drawn near the present one, a validator out of those there are. */
bool gov_draft(struct act *act, enum action_type type, struct arena *arena, struct gov_draft *out) FIBER MUST_CHECK;
enum action_type gov_type_of(struct str word);
/* Proposes and waits until that is final. `patient`: first waits out the pause after the governor's last proposal. `out` as the chain
 * shows it, its texts in the arena. */
struct gov_creation {
    struct landing landing;
    bool pending_told; /* the receipt says that it began as pending */
    struct gov_proposal_view seen;
};
bool gov_propose(struct act *act, const struct gov_draft *draft, bool patient, struct arena *arena, struct gov_creation *out) FIBER MUST_CHECK;
void gov_propose_step(struct act *act, struct op *op) FIBER;

/* ---- voting (governance_vote.c) ---- */
extern const char *const gov_choices[];
enum vote_choice gov_choice_of(struct str word);
/* Waits until voting is open, votes, and claims that the vote counts with the weight of the snapshot. */
bool gov_vote(struct act *act, enum chain_id chain, const struct hash *id, enum vote_choice choice) FIBER MUST_CHECK;
bool gov_claim_ballot(struct act *act, enum chain_id chain, const struct hash *id, enum vote_choice choice) FIBER;
/* A vote that should have been cast at `begun` is final: it counts in votes_per_sec and vote_p95. */
void gov_vote_done(struct act *act, struct instant begun);
struct instant gov_vote_begun(const struct act *act); /* of the op's first: its intended start; else now */
void gov_vote_step(struct act *act, struct op *op) FIBER;

/* ---- asking others for their votes (governance_campaign.c) ---- */
struct gov_promise {
    uint32_t bot;
    enum vote_choice choice;
};
struct gov_campaign {
    struct gov_promise *data;
    size_t count, cap;
    uint32_t asked, refused, silent;
};
/* Asks up to `wanted` other governors of the run, in an order drawn by seed, to vote `choice`; whom nobody drives is not asked. */
bool gov_campaign(struct act *act, enum chain_id chain, const struct hash *id, enum vote_choice choice, uint32_t wanted, struct gov_campaign *out) FIBER;
bool gov_claim_promises(struct act *act, enum chain_id chain, const struct hash *id, const struct gov_campaign *campaign) FIBER;
void gov_campaign_done(struct gov_campaign *campaign);
/* One governor is asked and votes; where nobody drives it, this execution does it in its name. */
bool gov_ask_vote(struct act *act, struct bot *voter, enum chain_id chain, const struct hash *id, enum vote_choice choice) FIBER MUST_CHECK;
/* Votes for whoever asks, until the phase closes. */
void gov_serve(struct act *act, struct op *op) FIBER;

/* ---- queueing and executing (governance_execute.c) ---- */
/* `p` is what was read last and is read again. Somebody else may be faster: that is fine. */
bool gov_queue(struct act *act, struct gov_proposal_view *p) FIBER MUST_CHECK;
bool gov_execute(struct act *act, struct gov_proposal_view *p) FIBER MUST_CHECK; /* of a queued one; waits out the timelock */
/* Executes at the first block at which it may be: *out_height is where it was done, and tries before it are refused. */
bool gov_execute_at_once(struct act *act, struct gov_proposal_view *p) FIBER MUST_CHECK;
/* Claims that it is refused with that code in every block below `due` (GOV_NEVER: in every one). */
#define GOV_NEVER UINT32_MAX
bool gov_try_early(struct act *act, const struct hash *id, enum code wanted, uint32_t due) FIBER;
void gov_execute_step(struct act *act, struct op *op) FIBER;

/* ---- what an execution changed (governance_effect.c) ---- */
/* Claims that what the proposal decided is so. `p` executed, with its action. */
bool gov_claim_effect(struct act *act, const struct gov_proposal_view *p) FIBER;
/* That the chain's parameter is what the action says, or what a proposal says that was executed later. */
bool gov_claim_change(struct act *act, enum chain_id chain, const char *claim, const struct action *action) FIBER;

/* ---- looking on ---- */
void gov_query_step(struct act *act, struct op *op) FIBER;   /* governance_query.c: query.proposals */
void gov_verify_step(struct act *act, struct op *op) FIBER;  /* governance_verify.c: verify.governance */
void gov_monitor_step(struct act *act, struct op *op) FIBER; /* governance_verify.c: monitor.governance */

/* ---- whole lives ---- */
void gov_propose_and_vote_step(struct act *act, struct op *op) FIBER;  /* governance_life.c */
void gov_parameter_update_step(struct act *act, struct op *op) FIBER;  /* governance_life.c */
void gov_timelocked_step(struct act *act, struct op *op) FIBER;        /* governance_life.c */
void gov_delegate_step(struct act *act, struct op *op) FIBER;          /* governance_delegate.c */
void gov_joint_step(struct act *act, struct op *op) FIBER;             /* governance_joint.c */

#endif
