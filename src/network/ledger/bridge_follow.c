/* What Delta does after Alpha's word about validators: its own are the members of Alpha's newest committee, and one that Alpha ejects
 * proposes no more here either. Bonds stay on Alpha: what stands in Delta's entries is shown and is nobody's money here. */
#include "network/ledger/bridge_priv.h"

#include <stdio.h>

void bridge_follow(struct work *work, const struct committee *committee)
{
    if (work->rules->domain.chain != CHAIN_DELTA) return;
    for (uint32_t i = 0; i < committee->count; i++) {
        const struct member *member = &committee->members[i];
        struct ledger_validator v;
        if (!work_validator(&work->objects, &member->address, &v)) {
            v = (struct ledger_validator){.address = member->address};
            snprintf(v.name, sizeof(v.name), "%02x%02x%02x%02x", member->address.b[0], member->address.b[1], member->address.b[2],
                     member->address.b[3]);
        }
        v.consensus_key = member->consensus_key;
        v.bonded = v.self_bonded = member->stake;
        v.jailed = v.exiting = false; /* Alpha has it in its newest committee */
        work_put_validator(work, &v);
    }
}

enum code bridge_ejection(struct work *work, const struct ipc_message *message)
{
    struct ledger_validator v;
    if (!work_validator(&work->objects, &message->body.ejection.validator, &v)) return CODE_VALIDATOR_NOT_FOUND;
    v.jailed = true;
    work_put_validator(work, &v);
    return CODE_NONE;
}
