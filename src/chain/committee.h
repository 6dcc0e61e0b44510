/* Committee: who votes in an epoch, and who leads its rounds. Immutable and shared; references counted without locks. */
#ifndef CHAIN_COMMITTEE_H
#define CHAIN_COMMITTEE_H

#include "chain/address.h"
#include "chain/amount.h"
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/codec/binary.h"
#include "core/codec/json.h"

#define COMMITTEE_MEMBERS_MAX 1000
#define MEMBER_NAME_BYTES_MAX 32

struct member {
    struct address address;
    struct pubkey consensus_key;
    struct amount stake;
    char name[MEMBER_NAME_BYTES_MAX + 1]; /* for people: not part of the committee's hash */
};

struct committee {
    uint32_t refs;
    uint32_t count;
    uint64_t epoch;
    uint64_t start_round; /* where the rotation begins; not part of the hash */
    struct hash hash;
    struct amount total_stake;
    struct amount quorum;    /* floor(2 * total / 3) + 1 */
    struct leaders *leaders; /* memo of the rotation, see committee_leader */
    struct member members[]; /* ascending by address */
};

/* committee_new copies and sorts. NULL when there is no member or more than COMMITTEE_MEMBERS_MAX, an address twice, a
 * stake of zero, or a total of 2^100 or more. */
struct committee *committee_new(uint64_t epoch, uint64_t start_round, const struct member *members, size_t count) MUST_CHECK;
struct committee *committee_ref(struct committee *committee);
void committee_unref(struct committee *committee); /* accepts NULL */
/* The same members and stakes under another epoch or start round: a new committee. */
struct committee *committee_rebase(const struct committee *committee, uint64_t epoch, uint64_t start_round);

bool committee_find(const struct committee *committee, const struct address *address, uint32_t *out_index);
/* power * 3 > total * 2, strictly. */
bool committee_is_quorum(const struct committee *committee, struct amount power);
/* More than a third: at least one honest member among them, whatever happens. */
bool committee_is_third(const struct committee *committee, struct amount power);

/* committee_leader answers the index of the member that leads `round` (>= start_round), by smooth weighted round robin.
 * The rotation is remembered as far as it was asked, so rounds near each other cost nothing. False when `round` is before
 * start_round, or more than LEADER_ROUNDS_AHEAD_MAX beyond any round asked before and not within the first period: check
 * the certificate that lets somebody into a round before asking who leads it. Equal stakes answer any round at once. */
#define LEADER_ROUNDS_AHEAD_MAX 100000
bool committee_leader(const struct committee *committee, uint64_t round, uint32_t *out_index) MUST_CHECK;

/* The bytes that are hashed: u64 epoch ‖ u32 n ‖ n × (address ‖ consensus_key ‖ stake). Decoding refuses members out of
 * order; names are empty and start_round is 0 then. NULL on a fault. */
void committee_encode(const struct committee *committee, struct buf *out);
struct committee *committee_decode(struct bin_reader *r) MUST_CHECK;

/* The `Committee` shape. Reading recomputes hash, total and quorum and refuses (NULL) when the text disagrees. */
void committee_write(const struct committee *committee, enum chain_id chain, struct json_writer *w);
struct committee *committee_read(const struct json *node, enum chain_id chain) MUST_CHECK;

#endif
