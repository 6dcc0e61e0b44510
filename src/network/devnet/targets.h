/* Targets: which validators a fault names (api 5.2): names, ranges `v1-v40`, `*`, {"fraction_bps":3400} or {"count":8}, alone or in a
 * list. Pure: who may be drawn and the generator come from the caller. */
#ifndef DEVNET_TARGETS_H
#define DEVNET_TARGETS_H

#include "core/base/rng.h"
#include "core/codec/json.h"
#include "network/devnet/devnet.h"

/* A set of validators, by index from 0 (v1). */
struct target_set {
    uint64_t bits[(DEVNET_VALIDATORS_MAX + 63) / 64];
};

static inline bool target_has(const struct target_set *set, uint32_t i) { return set->bits[i / 64] >> (i % 64) & 1; }
static inline void target_add(struct target_set *set, uint32_t i) { set->bits[i / 64] |= UINT64_C(1) << (i % 64); }
uint32_t target_count(const struct target_set *set);

/* Reads `node` for a network of `validators`. Draws ({"count"}, {"fraction_bps"}) come from `eligible`; a fraction is of all validators,
 * rounded down, at least one. More asked for than eligible: all of those. False and err: not the grammar, a name that does not exist, a range the wrong way round. */
bool targets_parse(const struct json *node, uint32_t validators, const struct target_set *eligible, struct rng *rng, struct target_set *out,
                   struct err *err) MUST_CHECK;
/* "v7" -> 6. */
bool target_name_parse(struct str name, uint32_t validators, uint32_t *out_index) MUST_CHECK;

#endif
