/* Governed: a town with stakes and a governor, and proposals of it as far as tests want them. */
#ifndef LEDGER_TEST_GOVERNED_H
#define LEDGER_TEST_GOVERNED_H

#include "network/ledger/test/governance_fixture.h"

static struct town town;
static const struct hash nothing = {{9}};

/* People 0, 1 and 2 hold stakes of 60000, 30000 and 500; 0 is a governor. */
static inline void governed(void)
{
    gov_alpha(&town);
    CHECK_U64(gov_stake(&town, 0, 60000), CODE_NONE);
    CHECK_U64(gov_stake(&town, 1, 30000), CODE_NONE);
    CHECK_U64(gov_stake(&town, 2, 500), CODE_NONE);
    CHECK_U64(gov_register(&town, 0, GOV_DEPOSIT), CODE_NONE);
}

/* A proposal of person 0, and the state at its last block before voting. */
static inline struct hash proposed(const struct action *action)
{
    struct hash id;
    CHECK_U64(gov_propose(&town, 0, GOV_PROPOSAL, false, action, &id), CODE_NONE);
    gov_until(&town, gov_view(&town, &id).voting_start_height - 1);
    return id;
}
static inline struct hash passed(const struct action *action)
{
    const struct hash id = proposed(action);
    CHECK_U64(gov_vote(&town, 0, &id, CHOICE_YES), CODE_NONE);
    gov_until(&town, gov_view(&town, &id).voting_end_height + 1);
    CHECK_U64(gov_status(&town, &id), PROPOSAL_SUCCEEDED);
    return id;
}
static inline struct hash queued(const struct action *action)
{
    const struct hash id = passed(action);
    CHECK_U64(gov_on(&town, 5, KIND_PROPOSAL_QUEUE, &id), CODE_NONE);
    return id;
}

#endif
