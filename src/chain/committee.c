#include "chain/committee.h"

#include <stdlib.h>

#include "chain/field_priv.h"
#include "chain/leaders_priv.h"

#define MEMBER_BYTES (32 + 32 + 16)

static int by_address(const void *a, const void *b)
{
    return address_cmp(&((const struct member *)a)->address, &((const struct member *)b)->address);
}

/* floor(2 * total / 3) + 1 */
static struct amount quorum_of(struct amount total) { return AMOUNT(total.units * 2 / 3 + 1); }

static struct hash hash_of(const struct committee *committee)
{
    struct hasher hasher;
    hasher_init(&hasher, "adnet/committee/v1");
    hasher_add_u64(&hasher, committee->epoch);
    hasher_add_u32(&hasher, committee->count);
    for (uint32_t i = 0; i < committee->count; i++) {
        const struct member *member = &committee->members[i];
        uint8_t stake[16];
        bin_store_u128(stake, member->stake.units);
        hasher_add(&hasher, member->address.b, sizeof(member->address.b));
        hasher_add(&hasher, member->consensus_key.b, sizeof(member->consensus_key.b));
        hasher_add(&hasher, stake, sizeof(stake));
    }
    return hasher_final(&hasher);
}

/* Members are in place; false when they make no committee. */
static bool settle(struct committee *committee)
{
    u128 total = 0;
    for (uint32_t i = 0; i < committee->count; i++) {
        const u128 stake = committee->members[i].stake.units;
        if (stake == 0 || stake >> 100 != 0) return false;
        if (i > 0 && address_cmp(&committee->members[i - 1].address, &committee->members[i].address) >= 0) return false;
        total += stake;
        if (total >> 100 != 0) return false;
    }
    committee->total_stake = AMOUNT(total);
    committee->quorum = quorum_of(committee->total_stake);
    committee->hash = hash_of(committee);
    committee->leaders = leaders_new(committee);
    return true;
}

static struct committee *alloc(uint64_t epoch, uint64_t start_round, size_t count)
{
    if (count == 0 || count > COMMITTEE_MEMBERS_MAX) return NULL;
    struct committee *committee = base_alloc(sizeof(*committee) + count * sizeof(struct member));
    committee->refs = 1;
    committee->count = (uint32_t)count;
    committee->epoch = epoch;
    committee->start_round = start_round;
    return committee;
}

struct committee *committee_new(uint64_t epoch, uint64_t start_round, const struct member *members, size_t count)
{
    struct committee *committee = alloc(epoch, start_round, count);
    if (committee == NULL) return NULL;
    memcpy(committee->members, members, count * sizeof(*members));
    qsort(committee->members, count, sizeof(*members), by_address);
    if (settle(committee)) return committee;
    base_free(committee);
    return NULL;
}

struct committee *committee_ref(struct committee *committee)
{
    ASSERT(committee->refs > 0);
    committee->refs++;
    return committee;
}

void committee_unref(struct committee *committee)
{
    if (committee == NULL) return;
    ASSERT(committee->refs > 0);
    if (--committee->refs > 0) return;
    leaders_free(committee->leaders);
    base_free(committee);
}

struct committee *committee_rebase(const struct committee *committee, uint64_t epoch, uint64_t start_round)
{
    struct committee *other = committee_new(epoch, start_round, committee->members, committee->count);
    ASSERT(other != NULL);
    return other;
}

bool committee_find(const struct committee *committee, const struct address *address, uint32_t *out_index)
{
    uint32_t low = 0, high = committee->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const int order = address_cmp(&committee->members[middle].address, address);
        if (order == 0) {
            *out_index = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

bool committee_is_quorum(const struct committee *committee, struct amount power)
{
    return power.units * 3 > committee->total_stake.units * 2; /* both below 2^102 */
}

bool committee_is_third(const struct committee *committee, struct amount power)
{
    return power.units * 3 > committee->total_stake.units;
}

bool committee_leader(const struct committee *committee, uint64_t round, uint32_t *out_index)
{
    if (round < committee->start_round) return false;
    return leaders_at(committee->leaders, committee, round - committee->start_round, out_index);
}

void committee_encode(const struct committee *committee, struct buf *out)
{
    bin_put_u64(out, committee->epoch);
    bin_put_u32(out, committee->count);
    for (uint32_t i = 0; i < committee->count; i++) {
        const struct member *member = &committee->members[i];
        bin_put_bytes(out, member->address.b, sizeof(member->address.b));
        bin_put_bytes(out, member->consensus_key.b, sizeof(member->consensus_key.b));
        bin_put_u128(out, member->stake.units);
    }
}

struct committee *committee_decode(struct bin_reader *r)
{
    const uint64_t epoch = bin_get_u64(r);
    const uint32_t count = bin_get_u32(r);
    if (r->bad || count == 0 || count > COMMITTEE_MEMBERS_MAX || bin_left(r) / MEMBER_BYTES < count) {
        bin_fail(r);
        return NULL;
    }
    struct committee *committee = alloc(epoch, 0, count);
    for (uint32_t i = 0; i < count; i++) {
        struct member *member = &committee->members[i];
        bin_get_bytes(r, member->address.b, sizeof(member->address.b));
        bin_get_bytes(r, member->consensus_key.b, sizeof(member->consensus_key.b));
        member->stake.units = bin_get_u128(r);
    }
    if (settle(committee)) return committee;
    base_free(committee);
    bin_fail(r);
    return NULL;
}

void committee_write(const struct committee *committee, enum chain_id chain, struct json_writer *w)
{
    json_object(w);
    json_put_member_u64(w, STR("epoch"), committee->epoch);
    json_put_member_u64(w, STR("start_round"), committee->start_round);
    put_hex(w, STR("committee_hash"), committee->hash.b, 32);
    put_amount(w, STR("total_stake"), committee->total_stake);
    put_amount(w, STR("quorum"), committee->quorum);
    json_key(w, STR("members"));
    json_array(w);
    for (uint32_t i = 0; i < committee->count; i++) {
        const struct member *member = &committee->members[i];
        json_object(w);
        json_put_member_u64(w, STR("index"), i);
        put_address(w, STR("address"), &member->address, chain);
        json_put_member_str(w, STR("name"), str_of(member->name));
        put_hex(w, STR("consensus_key"), member->consensus_key.b, 32);
        put_amount(w, STR("stake"), member->stake);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
}

static bool read_member(const struct json *node, uint32_t index, enum chain_id chain, struct member *out)
{
    struct member_reader r = {.object = node};
    struct str name;
    if (member_u64(&r, STR("index"), UINT32_MAX) != index) return false;
    out->address = member_address(&r, STR("address"), chain);
    member_hex(&r, STR("consensus_key"), out->consensus_key.b, 32);
    out->stake = member_amount(&r, STR("stake"));
    if (!json_str(json_find(node, STR("name")), &name) || name.len > MEMBER_NAME_BYTES_MAX) return false;
    if (name.len > 0) memcpy(out->name, name.data, name.len);
    return !r.bad && (name.len == 0 || memchr(name.data, 0, name.len) == NULL);
}

struct committee *committee_read(const struct json *node, enum chain_id chain)
{
    struct member_reader r = {.object = node};
    struct hash hash;
    const uint64_t epoch = member_u64(&r, STR("epoch"), JSON_INT_MAX);
    const uint64_t start_round = member_u64(&r, STR("start_round"), JSON_INT_MAX);
    const struct amount total = member_amount(&r, STR("total_stake")), quorum = member_amount(&r, STR("quorum"));
    member_hex(&r, STR("committee_hash"), hash.b, 32);
    const struct json *members = json_find(node, STR("members"));
    if (r.bad || !json_is(members, JSON_ARRAY)) return NULL;
    struct committee *committee = alloc(epoch, start_round, members->count);
    if (committee == NULL) return NULL;
    uint32_t index = 0;
    bool good = true;
    for (const struct json *item = members->child; item != NULL && good; item = item->next, index++)
        good = read_member(item, index, chain, &committee->members[index]);
    if (good && settle(committee) && hash_eq(&committee->hash, &hash) && amount_eq(committee->total_stake, total) &&
        amount_eq(committee->quorum, quorum))
        return committee;
    leaders_free(committee->leaders);
    base_free(committee);
    return NULL;
}
