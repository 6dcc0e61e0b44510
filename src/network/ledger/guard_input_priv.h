/* Guards of what comes in: each is one line, and asks the switch that removes it. Decoding is told their answers with its rules
 * (ledger_tx_rules). For the ledger's own eyes. */
#ifndef LEDGER_GUARD_INPUT_PRIV_H
#define LEDGER_GUARD_INPUT_PRIV_H

#include "network/ledger/guard_priv.h"

static inline bool guard_strict_form(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_LENIENT_PARSER); }
static inline bool guard_members(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_DEFAULT_MISSING_FIELDS); }
static inline bool guard_address(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_SKIP_ADDRESS_CHECKSUM); }
static inline bool guard_sender(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_TRUST_SENDER_FIELD); }
static inline bool guard_length(const struct ledger_rules *rules) { return !off(rules, WEAKNESS_TRUNCATE_LONG_FIELDS); }

#endif
