/* Object: a demand on one thing that the network tells of: a proposal's status, an order's, a transaction's, a height, whose turn it is, or a value
 * that was captured. Where a criterion may stand: in `until` as a condition, in `assertions` as a check.
 *
 *     until: {proposal: {id: "${p}", status: active}}
 *     until: {height: {reaches: "${eta}"}}
 *     until: {turn: {of: validator-1}}
 *     assertions: [{captured: {name: balance, is: ">= 500000"}}]
 */
#ifndef SCENARIO_OBJECT_H
#define SCENARIO_OBJECT_H

#include "core/base/arena.h"
#include "core/codec/yaml.h"
#include "chain/token.h"

enum object_kind {
    OBJECT_NONE, OBJECT_TRANSACTION, OBJECT_PROPOSAL, OBJECT_ORDER, OBJECT_POSITION, OBJECT_LOCK, OBJECT_BURN, OBJECT_REQUEST, OBJECT_REGISTRATION,
    OBJECT_NAME, OBJECT_HEIGHT, OBJECT_TURN, OBJECT_CAPTURED,
};
#define OBJECT_KINDS (OBJECT_CAPTURED + 1)
struct object {
    enum object_kind kind;
    struct str id;     /* with its ${names}: of the thing, its height, its bot, the captured variable */
    struct str wanted; /* "active|queued"; of a captured value: "== 500000" */
    enum chain_id chain;
    bool final;        /* OBJECT_HEIGHT: of the final chain */
};
bool object_is_known(struct str name);
struct str object_name_at(size_t i); /* for did_you_mean_by; empty behind the last */
/* Reads `name: {...}`; faults go to diags. *out_expected: as a person reads it. */
bool object_parse(struct arena *arena, const struct yaml *node, struct diags *diags, struct object *out, struct str *out_expected) MUST_CHECK;
/* Whether `value` is what a captured value is wanted to be: a comparison with a whole number, or the text itself. */
bool object_value_fits(struct str wanted, struct str value);

#endif
