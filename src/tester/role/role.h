/* Role: who bots are: which behaviours a role may run, at what pace it lives by default, what its wallet holds by default, and
 * the weighted mix of behaviours it runs when a track names none. Tables; no state. */
#ifndef ROLE_ROLE_H
#define ROLE_ROLE_H

#include "chain/token.h"
#include "tester/behavior/behavior.h"
#include "tester/bot/schedule.h"

struct role_share {
    const char *behavior;
    uint32_t weight; /* 0: a service, which each bot keeps up all the time, beside what it does at its pace */
    const char *param, *value; /* what of the behaviour is this variant's own, as a scenario would write it; NULL: nothing */
};
/* In millions of base units. */
struct role_wallet {
    uint32_t ax, dx, sax, usd;
};
struct role_variant {
    const char *name; /* "casual" */
    const char *summary;
    const char *pace;             /* default rate per bot, as a scenario would write it; NULL: none, services alone */
    const struct role_share *mix; /* ends with {0}; NULL: this variant has no mix of its own */
    struct role_wallet wallet;    /* of who lives by the mix and of whom the scenario states none */
};
struct role {
    const char *name; /* "general_user" */
    const char *summary;
    const struct role_variant *variants; /* the first is the default */
    size_t variants_count;
    bool funded;   /* has a wallet of its own: "any funded" */
    bool bonded;   /* starts registered, bond on top of the wallet */
    bool in_build; /* this build can run it */
};

size_t roles(const struct role **out);         /* the table, in the order of the vocabulary */
const struct role *role_find(struct str name); /* NULL: no such role */
struct str role_name_at(size_t i);             /* empty behind the last: for did_you_mean_by */
const struct role_variant *role_variant_find(const struct role *role, struct str name); /* empty name: the default */
/* Earlier spellings ("honest" of governor -> "active"), for suggestions; NULL: none. */
const char *role_variant_renamed(const struct role *role, struct str old_name);
uint16_t role_index(const struct role *role);
uint16_t role_variant_index(const struct role *role, const struct role_variant *variant);

/* Whether the vocabulary lets a bot of this role and variant run the behaviour. Observer behaviours need no bot: true for all. */
bool role_allows(const struct role *role, const struct role_variant *variant, const struct behavior_spec *behavior);

/* What a variant lives by when a scenario names no behaviour for it. */
struct role_part {
    const struct behavior_spec *behavior;
    uint32_t weight; /* of role_mix_weight; 0: a service */
    const char *param, *value;
};
enum { ROLE_PARTS_MAX = 12 };
size_t role_mix(const struct role_variant *variant, struct role_part out[ROLE_PARTS_MAX]); /* 0: it has none */
uint64_t role_mix_weight(const struct role_variant *variant);                              /* the sum; 0 also where all are services */
/* A behaviour of the mix that this build cannot run: without it the mix would be another one, so it is not run at all. NULL: none. */
const struct behavior_spec *role_mix_missing(const struct role_variant *variant);

#endif
