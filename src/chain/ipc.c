#include "chain/ipc.h"

#include "core/base/attr.h"
#include "core/codec/binary.h"

#define IPC_MAGIC "ADIM"
#define IPC_VERSION 1
#define IPC_TAG "adnet/ipc/v1"

static const char *const type_names[] = {"block_finalized",    "lock_transaction",  "burn_transaction", "governance_executed",
                                         "validator_ejection", "governance_mirror", "governance_tally"};
_Static_assert(ARRAY_LEN(type_names) == IPC_GOVERNANCE_TALLY, "a name for each type");

struct str ipc_type_text(enum ipc_type type)
{
    ASSERT(type >= IPC_BLOCK_FINALIZED && type <= IPC_GOVERNANCE_TALLY);
    return str_of(type_names[type - 1]);
}

bool ipc_type_parse(struct str text, enum ipc_type *out)
{
    for (size_t i = 0; i < ARRAY_LEN(type_names); i++) {
        if (!str_eq(text, str_of(type_names[i]))) continue;
        *out = (enum ipc_type)(i + 1);
        return true;
    }
    return false;
}

/* Which chain a type comes from; both: block_finalized. */
static bool source_fits(enum ipc_type type, enum chain_id source)
{
    switch (type) {
    case IPC_BLOCK_FINALIZED: return true;
    case IPC_LOCK_TRANSACTION:
    case IPC_GOVERNANCE_EXECUTED:
    case IPC_VALIDATOR_EJECTION:
    case IPC_GOVERNANCE_MIRROR: return source == CHAIN_ALPHA;
    case IPC_BURN_TRANSACTION:
    case IPC_GOVERNANCE_TALLY: return source == CHAIN_DELTA;
    }
    return false;
}

/* ---- bytes ---- */
static void put_hash(struct buf *out, const struct hash *v) { bin_put_bytes(out, v, sizeof(*v)); }
static void put_address(struct buf *out, const struct address *v) { bin_put_bytes(out, v, sizeof(*v)); }
static struct hash get_hash(struct bin_reader *r)
{
    struct hash v;
    bin_get_bytes(r, &v, sizeof(v));
    return v;
}
static struct address get_address(struct bin_reader *r)
{
    struct address v;
    bin_get_bytes(r, &v, sizeof(v));
    return v;
}
static struct amount get_amount(struct bin_reader *r) { return (struct amount){bin_get_u128(r)}; }

static void body_encode(enum ipc_type type, const union ipc_body *body, struct buf *out)
{
    switch (type) {
    case IPC_BLOCK_FINALIZED:
        bin_put_u32(out, body->block_finalized.height);
        put_hash(out, &body->block_finalized.block_hash);
        put_hash(out, &body->block_finalized.state_root);
        put_hash(out, &body->block_finalized.messages_root);
        put_hash(out, &body->block_finalized.next_committee_hash);
        return;
    case IPC_LOCK_TRANSACTION:
    case IPC_BURN_TRANSACTION:
        put_hash(out, &body->transfer.id);
        put_address(out, &body->transfer.sender);
        put_address(out, &body->transfer.recipient);
        bin_put_u128(out, body->transfer.amount.units);
        bin_put_u8(out, body->transfer.automatic);
        return;
    case IPC_GOVERNANCE_EXECUTED:
        put_hash(out, &body->governance_executed.proposal);
        bin_put_u8(out, body->governance_executed.outcome);
        action_encode(&body->governance_executed.action, out);
        return;
    case IPC_VALIDATOR_EJECTION:
        put_address(out, &body->ejection.validator);
        bin_put_u8(out, body->ejection.reason);
        put_hash(out, &body->ejection.evidence_id);
        return;
    case IPC_GOVERNANCE_MIRROR:
        put_hash(out, &body->mirror.proposal);
        bin_put_u32(out, body->mirror.voting_blocks);
        bin_put_u32(out, body->mirror.timelock_blocks);
        bin_put_u8(out, body->mirror.joint);
        action_encode(&body->mirror.action, out);
        return;
    case IPC_GOVERNANCE_TALLY:
        put_hash(out, &body->tally.proposal);
        bin_put_u128(out, body->tally.yes.units);
        bin_put_u128(out, body->tally.no.units);
        bin_put_u128(out, body->tally.abstain.units);
        bin_put_u8(out, body->tally.passed);
        return;
    }
    ASSERT(false);
}

static void body_decode(struct bin_reader *r, enum ipc_type type, union ipc_body *out)
{
    switch (type) {
    case IPC_BLOCK_FINALIZED:
        out->block_finalized.height = bin_get_u32(r);
        out->block_finalized.block_hash = get_hash(r);
        out->block_finalized.state_root = get_hash(r);
        out->block_finalized.messages_root = get_hash(r);
        out->block_finalized.next_committee_hash = get_hash(r);
        return;
    case IPC_LOCK_TRANSACTION:
    case IPC_BURN_TRANSACTION:
        out->transfer.id = get_hash(r);
        out->transfer.sender = get_address(r);
        out->transfer.recipient = get_address(r);
        out->transfer.amount = get_amount(r);
        out->transfer.automatic = bin_get_bool(r);
        return;
    case IPC_GOVERNANCE_EXECUTED:
        out->governance_executed.proposal = get_hash(r);
        out->governance_executed.outcome = bin_get_u8(r);
        action_decode(r, &out->governance_executed.action);
        return;
    case IPC_VALIDATOR_EJECTION:
        out->ejection.validator = get_address(r);
        out->ejection.reason = bin_get_u8(r);
        out->ejection.evidence_id = get_hash(r);
        return;
    case IPC_GOVERNANCE_MIRROR:
        out->mirror.proposal = get_hash(r);
        out->mirror.voting_blocks = bin_get_u32(r);
        out->mirror.timelock_blocks = bin_get_u32(r);
        out->mirror.joint = bin_get_bool(r);
        action_decode(r, &out->mirror.action);
        return;
    case IPC_GOVERNANCE_TALLY:
        out->tally.proposal = get_hash(r);
        out->tally.yes = get_amount(r);
        out->tally.no = get_amount(r);
        out->tally.abstain = get_amount(r);
        out->tally.passed = bin_get_bool(r);
        return;
    }
    bin_fail(r);
}

void ipc_encode(const struct ipc_message *message, struct buf *out)
{
    ASSERT(source_fits(message->type, message->source.chain));
    ASSERT((message->sequence == 0) == (message->type == IPC_BLOCK_FINALIZED));
    const size_t start = out->len;
    bin_put_bytes(out, IPC_MAGIC, 4);
    bin_put_u8(out, IPC_VERSION);
    bin_put_u8(out, (uint8_t)message->type);
    bin_put_u8(out, (uint8_t)message->source.chain);
    bin_put_u8(out, (uint8_t)message->destination.chain);
    bin_put_u16(out, message->source.network_id);
    bin_put_u16(out, message->destination.network_id);
    bin_put_u64(out, message->sequence);
    bin_put_u32(out, message->source_height);
    body_encode(message->type, &message->body, out);
    ASSERT(out->len - start <= IPC_BYTES_MAX);
}

/* A chain byte and a network id, some way apart: those of one chain of the table of api 1.8. */
static void check_domain(struct bin_reader *r, uint8_t chain_byte, uint16_t network_id, struct domain *out)
{
    enum chain_id chain;
    enum network network;
    if (!chain_of_byte(chain_byte, &chain) || !network_of_id(chain, network_id, &network)) {
        bin_fail(r);
        return;
    }
    *out = (struct domain){chain, network_id};
}

bool ipc_decode(struct str bytes, struct ipc_message *out)
{
    struct ipc_message message;
    memset(&message, 0, sizeof(message));
    if (bytes.len > IPC_BYTES_MAX) return false;
    struct bin_reader r = bin_reader_of(bytes.data, bytes.len);
    const uint8_t *magic = bin_take(&r, 4);
    if (magic == NULL || memcmp(magic, IPC_MAGIC, 4) != 0 || bin_get_u8(&r) != IPC_VERSION) return false;
    const uint8_t type = bin_get_u8(&r), source = bin_get_u8(&r), destination = bin_get_u8(&r);
    const uint16_t source_network = bin_get_u16(&r), destination_network = bin_get_u16(&r);
    check_domain(&r, source, source_network, &message.source);
    check_domain(&r, destination, destination_network, &message.destination);
    if (r.bad || source == destination || type < IPC_BLOCK_FINALIZED || type > IPC_GOVERNANCE_TALLY) return false;
    message.type = (enum ipc_type)type;
    message.sequence = bin_get_u64(&r);
    message.source_height = bin_get_u32(&r);
    if (!source_fits(message.type, message.source.chain)) return false;
    if ((message.sequence == 0) != (message.type == IPC_BLOCK_FINALIZED)) return false;
    body_decode(&r, message.type, &message.body);
    if (!bin_done(&r)) return false;
    *out = message;
    return true;
}

struct hash ipc_id(struct str bytes) { return hash_tagged(IPC_TAG, bytes.data, bytes.len); }

/* ---- JSON ---- */
static void put_member_hash(struct json_writer *w, struct str key, const struct hash *v)
{
    json_key(w, key);
    json_put_hex(w, v, sizeof(*v));
}

static void put_member_amount(struct json_writer *w, struct str key, struct amount v)
{
    json_key(w, key);
    json_put_u128_str(w, v.units);
}

static void put_member_address(struct json_writer *w, struct str key, const struct address *v, enum chain_id chain)
{
    char text[ADDRESS_TEXT];
    address_text(v, chain, text);
    json_put_member_str(w, key, str_of(text));
}

static void put_member_action(struct json_writer *w, const struct action *action)
{
    json_key(w, STR("action"));
    action_write(action, w);
}

static void write_block_finalized(const struct ipc_block_finalized *body, struct json_writer *w)
{
    json_put_member_u64(w, STR("height"), body->height);
    put_member_hash(w, STR("block_hash"), &body->block_hash);
    put_member_hash(w, STR("state_root"), &body->state_root);
    put_member_hash(w, STR("messages_root"), &body->messages_root);
    put_member_hash(w, STR("next_committee_hash"), &body->next_committee_hash);
}

static void write_transfer(const struct ipc_message *message, struct json_writer *w)
{
    const struct ipc_transfer *body = &message->body.transfer;
    const bool lock = message->type == IPC_LOCK_TRANSACTION;
    put_member_hash(w, lock ? STR("lock_id") : STR("burn_id"), &body->id);
    put_member_address(w, STR("sender"), &body->sender, message->source.chain);
    put_member_address(w, STR("recipient"), &body->recipient, message->destination.chain);
    put_member_amount(w, STR("amount"), body->amount);
    json_put_member_bool(w, lock ? STR("auto_mint") : STR("auto_unlock"), body->automatic);
}

static void write_tally(const struct ipc_tally *body, struct json_writer *w)
{
    put_member_hash(w, STR("proposal"), &body->proposal);
    put_member_amount(w, STR("yes"), body->yes);
    put_member_amount(w, STR("no"), body->no);
    put_member_amount(w, STR("abstain"), body->abstain);
    json_put_member_bool(w, STR("passed"), body->passed);
}

void ipc_write_body(const struct ipc_message *message, struct json_writer *w)
{
    const union ipc_body *body = &message->body;
    json_object(w);
    switch (message->type) {
    case IPC_BLOCK_FINALIZED: write_block_finalized(&body->block_finalized, w); break;
    case IPC_LOCK_TRANSACTION:
    case IPC_BURN_TRANSACTION: write_transfer(message, w); break;
    case IPC_GOVERNANCE_EXECUTED:
        put_member_hash(w, STR("proposal"), &body->governance_executed.proposal);
        json_put_member_u64(w, STR("outcome"), body->governance_executed.outcome);
        put_member_action(w, &body->governance_executed.action);
        break;
    case IPC_VALIDATOR_EJECTION:
        put_member_address(w, STR("validator"), &body->ejection.validator, CHAIN_ALPHA);
        json_put_member_u64(w, STR("reason"), body->ejection.reason);
        put_member_hash(w, STR("evidence_id"), &body->ejection.evidence_id);
        break;
    case IPC_GOVERNANCE_MIRROR:
        put_member_hash(w, STR("proposal"), &body->mirror.proposal);
        json_put_member_u64(w, STR("voting_blocks"), body->mirror.voting_blocks);
        json_put_member_u64(w, STR("timelock_blocks"), body->mirror.timelock_blocks);
        json_put_member_bool(w, STR("joint"), body->mirror.joint);
        put_member_action(w, &body->mirror.action);
        break;
    case IPC_GOVERNANCE_TALLY: write_tally(&body->tally, w); break;
    }
    json_object_end(w);
}
