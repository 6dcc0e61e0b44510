/* Leaders: the memo of a committee's rotation, smooth weighted round robin (api 1.9). */
#ifndef CHAIN_LEADERS_PRIV_H
#define CHAIN_LEADERS_PRIV_H

#include "chain/committee.h"

struct leaders *leaders_new(const struct committee *committee);
void leaders_free(struct leaders *leaders); /* accepts NULL */
/* `offset` counts rounds from start_round. False: too far ahead to be worked out. */
bool leaders_at(struct leaders *leaders, const struct committee *committee, uint64_t offset, uint32_t *out_index);

#endif
