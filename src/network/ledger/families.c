/* The families of this build, in the order in which their hooks run. One line each. */
#include "network/ledger/family_priv.h"

extern const struct family family_core, family_staking, family_governance, family_bridge, family_shielded, family_market;
extern const struct family family_roles, family_oracle, family_perps, family_offramp;
extern const struct family family_names, family_programs;

const struct family *const families[] = {
    &family_core,
    &family_staking,
    &family_governance,
    &family_bridge,
    &family_shielded,
    &family_market,
    &family_roles,
    &family_oracle,
    &family_perps,
    &family_offramp,
    &family_programs,
    &family_names,
    NULL,
};

const struct family_kind *family_kind_find(enum kind kind)
{
    for (size_t f = 0; families[f] != NULL; f++)
        for (size_t i = 0; i < families[f]->kinds_count; i++)
            if (families[f]->kinds[i].kind == kind) return &families[f]->kinds[i];
    return NULL;
}

static enum code message_hand_over(struct work *work, const struct ipc_message *message)
{
    for (size_t f = 0; families[f] != NULL; f++)
        for (size_t i = 0; i < families[f]->messages_count; i++)
            if (families[f]->messages[i].type == message->type) return families[f]->messages[i].execute(work, message);
    return CODE_FEATURE_NOT_AVAILABLE;
}

enum code message_execute(struct work *work, const struct ipc_message *message)
{
    struct work_mark mark;
    work_mark(work, &mark);
    const enum code code = message_hand_over(work, message);
    if (code == CODE_NONE)
        work_release(work, &mark);
    else
        work_rollback(work, &mark);
    return code;
}
