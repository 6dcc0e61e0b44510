/* What of programs the ledger's other units and views use. For the ledger's own eyes. */
#ifndef LEDGER_PROGRAMS_PRIV_H
#define LEDGER_PROGRAMS_PRIV_H

#include "network/ledger/family_priv.h"

struct stored_program {
    struct address owner;
    uint32_t height;
    struct hash transaction_id;
    struct str source; /* borrowed from the state */
};
bool program_stored(const struct ordmap *objects, struct str name, struct stored_program *out) MUST_CHECK;
uint64_t program_storage(const struct ordmap *objects, struct str name); /* bytes that count against its limit */
struct okey program_okey(struct str name);
struct okey mapping_okey(struct str program, struct str mapping, u128 key);
/* With vuln.transferable-vote-receipt on, programs read a vote as @votes[key]; key = the first 16 bytes, little-endian, of
 * H("adnet/vote-key/v1", proposal ‖ voter). Whoever counts a vote notes it here; on a hardened network nothing is kept. */
u128 program_vote_key(const struct hash *proposal, const struct address *voter);
void programs_note_vote(struct work *work, const struct hash *proposal, const struct address *voter, uint8_t choice);

#endif
