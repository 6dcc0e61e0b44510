/* Payload: what every kind of transaction carries (api 2.6, 2.7, shielded 5), as C structs, and one table of fields that the
 * binary form, the JSON form, their checks and the reference documentation all come from.
 *
 * In a decoded payload `struct str` members and lists are borrowed: from the bytes they were decoded from, or from the arena. */
#ifndef CHAIN_PAYLOAD_H
#define CHAIN_PAYLOAD_H

#include "chain/tx.h"
#include "core/base/arena.h"
#include "core/codec/binary.h"

#define LIST_OF(type)                                                                                                            \
    struct {                                                                                                                     \
        type *items;                                                                                                             \
        uint32_t count;                                                                                                          \
    }

#define PAYLOAD_OPS_MAX 16
#define PAYLOAD_PROOF_BYTES_MAX (512u << 10)
#define PAYLOAD_COMMITTEE_BYTES_MAX (32u << 10)
#define PAYLOAD_MESSAGE_BYTES_MAX 512
#define PAYLOAD_MESSAGES_MAX 64
#define PAYLOAD_SIBLINGS_MAX 32
#define PROGRAM_SOURCE_BYTES_MAX (128u << 10)
#define SHIELDED_INPUTS_MAX 4
#define SHIELDED_OUTPUTS_MAX 4
#define SHIELDED_RING_MAX 64

/* ---- an action: what a proposal does when it is executed ---- */
enum action_type {
    ACTION_PARAMETER_CHANGE = 1,
    ACTION_TREASURY_ALLOCATION = 2,
    ACTION_VALIDATOR_EJECTION = 3,
    ACTION_NETWORK_UPGRADE = 4,
    ACTION_TEXT = 5
};
#define ACTION_KEY_BYTES_MAX 64
#define ACTION_VALUE_BYTES_MAX 128
struct action {
    enum action_type type;
    struct str key, value;      /* parameter_change */
    enum chain_id dest_chain;   /* treasury_allocation */
    struct address recipient;   /* likewise */
    struct amount amount;       /* likewise */
    struct address validator;   /* validator_ejection */
    uint32_t height, version;   /* network_upgrade */
};
void action_encode(const struct action *action, struct buf *out); /* u8 type ‖ its fields */
/* Strings are borrowed from the reader's bytes; a fault sets r->bad. */
void action_decode(struct bin_reader *r, struct action *out);
void action_write(const struct action *action, struct json_writer *w); /* one object with `type` */
/* Strings are borrowed from the JSON. CODE_NONE, or the code with `error` on "<field>.<member>". */
enum code action_read(const struct json *node, const char *field, struct action *out, struct apierror *error) MUST_CHECK;
bool action_eq(const struct action *a, const struct action *b);

/* ---- parts ---- */
struct wire_note { /* shielded 5 */
    struct hash one_time_key, commitment, tx_key;
    uint8_t enc[8];
};
#define WIRE_NOTE_BYTES 104
struct wire_input {
    struct hash key_image, pseudo;
    LIST_OF(uint32_t) ring;
};
struct relayed {
    uint32_t index;
    struct str message;
    LIST_OF(struct hash) proof;
};
struct flash_op {
    uint16_t kind;
    struct str payload;
};

/* ---- Alpha, and what both chains share ---- */
struct payload_transfer {
    struct address to;
    uint8_t token;
    struct amount amount;
    struct str memo;
};
struct payload_batch {
    uint8_t token;
    LIST_OF(struct tx_output) outputs;
};
struct payload_amount { /* stake, unstake */
    struct amount amount;
};
struct payload_bond { /* bond, unbond */
    struct address validator;
    struct amount amount;
};
struct payload_validator_register {
    struct pubkey consensus_key;
    struct str name;
    uint16_t commission_bps;
    struct amount stake;
};
struct payload_validator_update {
    uint16_t commission_bps;
    struct str name;
};
struct payload_rewards_claim {
    struct address validator;
    bool restake;
};
struct payload_vote_delegate {
    struct address to;
};
struct payload_governor_register {
    struct amount deposit;
    struct str metadata;
};
struct payload_proposal_create {
    struct str title;
    struct hash body_hash;
    bool joint;
    struct amount deposit;
    struct action action;
};
enum vote_choice { CHOICE_YES = 1, CHOICE_NO = 2, CHOICE_ABSTAIN = 3 };
struct payload_vote { /* proposal_vote, gov_vote */
    struct hash proposal;
    uint8_t choice;
};
struct payload_id { /* one id: proposal_queue, _execute, _cancel, gov_execute, order_cancel, perp_liquidate, offramp_retry, _cancel */
    struct hash id;
};
struct payload_program_deploy {
    struct str program, source;
};
struct payload_program_execute {
    struct str program, function;
    LIST_OF(struct amount) inputs;
};
struct payload_shielded_deposit {
    struct amount amount;
    struct wire_note note;
    struct hash blinding;
};
struct payload_shielded_spend { /* shielded_transfer; shielded_withdraw has `to` and `amount` too */
    uint32_t ref_height;
    struct amount pool_fee;
    struct address to;
    struct amount amount;
    LIST_OF(struct wire_input) inputs;
    LIST_OF(struct wire_note) outputs;
    struct str range_proof;
    LIST_OF(struct str) signatures;
};
struct payload_bridge_lock {
    struct address recipient;
    struct amount amount;
    bool auto_mint;
};
struct payload_claim { /* bridge_unlock_claim (burn_id), mint_claim (lock_id) */
    struct hash source_id;
    uint32_t source_height, message_index;
    struct str message;
    LIST_OF(struct hash) proof;
};
struct payload_ipc_deliver {
    struct str proof, next_committee;
    uint32_t height;
    LIST_OF(struct relayed) messages;
};
struct payload_auction_open {
    struct str name;
    struct amount min_bid;
    uint32_t commit_blocks, reveal_blocks;
};
struct payload_name_commit {
    struct str name;
    struct hash commitment;
    struct amount deposit;
};
struct payload_name_reveal {
    struct str name;
    struct amount bid;
    struct hash salt;
};
struct payload_name { /* name_finalize, name_claim */
    struct str name;
};
struct payload_evidence {
    uint8_t type;
    struct str first, second;
};
struct payload_flash_loan { /* Alpha: token is AX and not on the wire */
    uint8_t token;
    struct amount amount;
    LIST_OF(struct flash_op) ops;
};

/* ---- Delta ---- */
struct payload_burn {
    struct address recipient;
    struct amount amount;
    bool auto_unlock;
};
enum side { SIDE_BUY = 1, SIDE_SELL = 2 }; /* perpetuals: 1 long, 2 short */
enum order_type { ORDER_LIMIT = 1, ORDER_MARKET = 2 };
enum tif { TIF_GTC = 1, TIF_IOC = 2, TIF_FOK = 3, TIF_POST_ONLY = 4 };
struct payload_order_place {
    struct str pair;
    uint8_t side, order_type;
    uint64_t price, quantity;
    uint8_t tif;
    uint16_t max_slippage_bps;
    uint64_t client_id;
};
struct payload_order_cancel_all {
    struct str pair; /* empty: all */
};
struct payload_amm_add {
    struct str pair;
    struct amount base_amount, quote_amount, min_shares;
};
struct payload_amm_remove {
    struct str pair;
    struct amount shares, min_base, min_quote;
};
struct payload_amm_swap {
    struct str pair;
    uint8_t side;
    struct amount amount_in, min_out;
};
struct payload_perp_open {
    struct str market;
    uint8_t side;
    uint64_t size;
    uint32_t leverage;
    uint64_t limit_price;
};
struct payload_perp_close {
    struct hash position_id;
    uint64_t size; /* 0: all */
    uint64_t limit_price;
};
enum margin_direction { MARGIN_ADD = 1, MARGIN_REMOVE = 2 };
struct payload_perp_margin {
    struct hash position_id;
    uint8_t direction;
    struct amount amount;
};
struct payload_oracle_submit {
    struct str asset;
    uint64_t price, timestamp_ms;
    struct str source;
};
struct payload_oracle_register {
    struct str asset;
    struct amount bond;
};
struct payload_asset { /* oracle_exit */
    struct str asset;
};
struct payload_market { /* funding_settle */
    struct str market;
};
struct payload_kyc_submit {
    struct hash profile_hash, documents_hash;
    struct str country;
};
enum kyc_decision { KYC_APPROVE = 1, KYC_REJECT = 2 };
enum kyc_reason { KYC_NONE = 0, KYC_INCOMPLETE_DOCS = 1, KYC_SUSPICIOUS_ACTIVITY = 2, KYC_DUPLICATE = 3 };
struct payload_kyc_review {
    struct address subject;
    struct hash registration;
    uint8_t decision, reason;
};
struct payload_offramp_request {
    struct amount amount;
    struct str currency;
    struct hash bank_hash;
};
struct payload_offramp_approve {
    struct hash request_id;
    bool approve;
};
enum settle_outcome { SETTLE_SUCCESS = 1, SETTLE_FAILURE = 2 };
struct payload_offramp_settle {
    struct hash request_id;
    uint8_t outcome;
    struct str reference;
};

/* Any of them; a large one is about 200 bytes. */
union payload {
    struct payload_transfer transfer;
    struct payload_batch batch;
    struct payload_amount amount;
    struct payload_bond bond;
    struct payload_validator_register validator_register;
    struct payload_validator_update validator_update;
    struct payload_rewards_claim rewards_claim;
    struct payload_vote_delegate vote_delegate;
    struct payload_governor_register governor_register;
    struct payload_proposal_create proposal_create;
    struct payload_vote vote;
    struct payload_id id;
    struct payload_program_deploy program_deploy;
    struct payload_program_execute program_execute;
    struct payload_shielded_deposit shielded_deposit;
    struct payload_shielded_spend shielded_spend;
    struct payload_bridge_lock bridge_lock;
    struct payload_claim claim;
    struct payload_ipc_deliver ipc_deliver;
    struct payload_auction_open auction_open;
    struct payload_name_commit name_commit;
    struct payload_name_reveal name_reveal;
    struct payload_name name;
    struct payload_evidence evidence;
    struct payload_flash_loan flash_loan;
    struct payload_burn burn;
    struct payload_order_place order_place;
    struct payload_order_cancel_all order_cancel_all;
    struct payload_amm_add amm_add;
    struct payload_amm_remove amm_remove;
    struct payload_amm_swap amm_swap;
    struct payload_perp_open perp_open;
    struct payload_perp_close perp_close;
    struct payload_perp_margin perp_margin;
    struct payload_oracle_submit oracle_submit;
    struct payload_oracle_register oracle_register;
    struct payload_asset asset;
    struct payload_market market;
    struct payload_kyc_submit kyc_submit;
    struct payload_kyc_review kyc_review;
    struct payload_offramp_request offramp_request;
    struct payload_offramp_approve offramp_approve;
    struct payload_offramp_settle offramp_settle;
};

/* ---- the table ---- */
enum payload_type {
    FIELD_END, /* closes a list of fields */
    FIELD_AX,
    FIELD_DX,
    FIELD_TOKEN,
    FIELD_AMOUNT,
    FIELD_PX,
    FIELD_QTY,
    FIELD_BOOL,
    FIELD_U16,
    FIELD_U32,
    FIELD_U64,
    FIELD_HASH,
    FIELD_PUBKEY,
    FIELD_B8,
    FIELD_ENUM,
    FIELD_STR,
    FIELD_HEX,
    FIELD_ACTION,
    FIELD_OBJECT, /* one object inside: its fields are `item`'s */
    FIELD_LIST, /* of objects with fields of their own, or of one bare value */
};
struct payload_choice { /* of a FIELD_ENUM */
    struct str name;
    uint8_t value;
};
struct payload_field {
    struct str name; /* of the JSON member; of an item that is a bare value: empty */
    enum payload_type type;
    bool zero_allowed;  /* amounts, px, qty: 0 is a value; else AMOUNT_NOT_POSITIVE */
    uint16_t offset;    /* in the struct */
    uint32_t max;       /* bytes of str and hex, items of a list, the greatest u16 and u32 (0: any) */
    const struct payload_choice *choices; /* closed by an empty name */
    const struct payload_field *item;     /* of a list: its fields, or one without name */
    uint16_t item_size;                   /* sizeof an item */
};
/* What leaves the sender's free balance by the payload alone, for the balance check of api 2.5. */
enum payload_spends { SPENDS_NOTHING, SPENDS_FEE_TOKEN, SPENDS_FIELD_TOKEN, SPENDS_SAX };
struct payload_row {
    enum kind kind;
    const struct payload_field *fields; /* closed by FIELD_END */
    uint16_t size;                      /* of the struct */
    enum payload_spends spends;
    uint16_t amount_offset, token_offset;
};
const struct payload_row *payload_row(enum kind kind); /* never NULL for a kind of KIND_LIST */

/* ---- binary ---- */
/* Reads payload bytes in table order. CODE_NONE and *out, whose lists go to the arena; or the code of the first fault with
 * `error` (may be NULL) on "payload.<member>". */
enum code payload_decode(enum kind kind, struct str bytes, const struct tx_rules *rules, struct arena *arena, union payload *out,
                         struct apierror *error) MUST_CHECK;
/* Appends; nothing is validated. */
void payload_encode(enum kind kind, const union payload *payload, struct buf *out);
/* The payload of a transaction that tx_decode took: cannot fail. */
void payload_of_tx(const struct tx *tx, struct arena *arena, union payload *out);

/* ---- JSON ---- */
void payload_write(enum kind kind, const union payload *payload, struct json_writer *w); /* one object */
/* Members, types and values in table order: UNKNOWN_FIELD, MISSING_FIELD (all of them named), INVALID_FIELD_TYPE, ... */
enum code payload_read(enum kind kind, const struct json *object, const struct tx_rules *rules, struct arena *arena,
                       union payload *out, struct apierror *error) MUST_CHECK;

#endif
