/* The one table of payload fields (api 2.6, 2.7; shielded 5). */
#include "chain/payload.h"

#define TEXT(literal) {"" literal, sizeof(literal) - 1}
#define NAMED(name_, type_, struct_, member_, ...)                                                                               \
    {.name = TEXT(name_), .type = FIELD_##type_, .offset = offsetof(struct struct_, member_), __VA_ARGS__}
#define F(type_, struct_, member_, ...) NAMED(#member_, type_, struct_, member_, __VA_ARGS__)
#define ITEMS(struct_, member_, max_, item_, size_) F(LIST, struct_, member_, .max = (max_), .item = (item_), .item_size = (size_))
#define END {.type = FIELD_END}

/* ---- names of values ---- */
static const struct payload_choice choices_vote[] = {{TEXT("yes"), 1}, {TEXT("no"), 2}, {TEXT("abstain"), 3}, {{0}, 0}};
static const struct payload_choice choices_evidence[] = {
    {TEXT("double_vote"), 1}, {TEXT("double_proposal"), 2}, {TEXT("invalid_proposal"), 3}, {TEXT("downtime"), 4}, {{0}, 0}};
static const struct payload_choice choices_side[] = {{TEXT("buy"), 1}, {TEXT("sell"), 2}, {{0}, 0}};
static const struct payload_choice choices_position[] = {{TEXT("long"), 1}, {TEXT("short"), 2}, {{0}, 0}};
static const struct payload_choice choices_order[] = {{TEXT("limit"), 1}, {TEXT("market"), 2}, {{0}, 0}};
static const struct payload_choice choices_tif[] = {
    {TEXT("gtc"), 1}, {TEXT("ioc"), 2}, {TEXT("fok"), 3}, {TEXT("post_only"), 4}, {{0}, 0}};
static const struct payload_choice choices_margin[] = {{TEXT("add"), 1}, {TEXT("remove"), 2}, {{0}, 0}};
static const struct payload_choice choices_kyc[] = {{TEXT("approve"), 1}, {TEXT("reject"), 2}, {{0}, 0}};
static const struct payload_choice choices_reason[] = {
    {TEXT("none"), 0}, {TEXT("incomplete_docs"), 1}, {TEXT("suspicious_activity"), 2}, {TEXT("duplicate"), 3}, {{0}, 0}};
static const struct payload_choice choices_settle[] = {{TEXT("success"), 1}, {TEXT("failure"), 2}, {{0}, 0}};

/* ---- items of lists ---- */
static const struct payload_field item_hash[] = {{.type = FIELD_HASH}, END};
static const struct payload_field item_index[] = {{.type = FIELD_U32}, END};
static const struct payload_field item_amount[] = {{.type = FIELD_AMOUNT, .zero_allowed = true}, END};
static const struct payload_field item_signature[] = {{.type = FIELD_HEX, .max = 2112}, END};
static const struct payload_field item_output_ax[] = {F(AX, tx_output, to), F(AMOUNT, tx_output, amount), END};
static const struct payload_field item_output_dx[] = {F(DX, tx_output, to), F(AMOUNT, tx_output, amount), END};
static const struct payload_field item_relayed[] = {
    F(U32, relayed, index), F(HEX, relayed, message, .max = PAYLOAD_MESSAGE_BYTES_MAX),
    ITEMS(relayed, proof, PAYLOAD_SIBLINGS_MAX, item_hash, sizeof(struct hash)), END};
static const struct payload_field item_op[] = {F(U16, flash_op, kind), F(HEX, flash_op, payload, .max = 4096), END};
static const struct payload_field item_note[] = {F(HASH, wire_note, one_time_key), F(HASH, wire_note, commitment),
                                                 F(HASH, wire_note, tx_key), F(B8, wire_note, enc), END};
static const struct payload_field item_input[] = {
    F(HASH, wire_input, key_image), F(HASH, wire_input, pseudo),
    ITEMS(wire_input, ring, SHIELDED_RING_MAX, item_index, sizeof(uint32_t)), END};

/* ---- Alpha ---- */
static const struct payload_field alpha_transfer[] = {
    F(AX, payload_transfer, to), F(TOKEN, payload_transfer, token), F(AMOUNT, payload_transfer, amount),
    F(HEX, payload_transfer, memo, .max = TX_MEMO_BYTES_MAX), END};
static const struct payload_field alpha_batch[] = {
    F(TOKEN, payload_batch, token),
    ITEMS(payload_batch, outputs, TX_OUTPUTS_MAX, item_output_ax, sizeof(struct tx_output)), END};
static const struct payload_field fields_amount[] = {F(AMOUNT, payload_amount, amount), END};
static const struct payload_field fields_bond[] = {F(AX, payload_bond, validator), F(AMOUNT, payload_bond, amount), END};
static const struct payload_field validator_register[] = {
    F(PUBKEY, payload_validator_register, consensus_key), F(STR, payload_validator_register, name, .max = 32),
    F(U16, payload_validator_register, commission_bps, .max = 10000), F(AMOUNT, payload_validator_register, stake), END};
static const struct payload_field validator_update[] = {
    F(U16, payload_validator_update, commission_bps, .max = 10000), F(STR, payload_validator_update, name, .max = 32), END};
static const struct payload_field fields_none[] = {END};
static const struct payload_field rewards_claim[] = {F(AX, payload_rewards_claim, validator),
                                                     F(BOOL, payload_rewards_claim, restake), END};
static const struct payload_field vote_delegate[] = {F(AX, payload_vote_delegate, to), END};
static const struct payload_field governor_register[] = {F(AMOUNT, payload_governor_register, deposit),
                                                         F(HEX, payload_governor_register, metadata, .max = 256), END};
static const struct payload_field proposal_create[] = {
    F(STR, payload_proposal_create, title, .max = 128), F(HASH, payload_proposal_create, body_hash),
    F(BOOL, payload_proposal_create, joint), F(AMOUNT, payload_proposal_create, deposit, .zero_allowed = true),
    F(ACTION, payload_proposal_create, action), END};
static const struct payload_field fields_vote[] = {F(HASH, payload_vote, proposal),
                                                   F(ENUM, payload_vote, choice, .choices = choices_vote), END};
static const struct payload_field proposal_id[] = {NAMED("proposal", HASH, payload_id, id), END};
static const struct payload_field program_deploy[] = {
    F(STR, payload_program_deploy, program, .max = 64),
    F(HEX, payload_program_deploy, source, .max = PROGRAM_SOURCE_BYTES_MAX), END};
static const struct payload_field program_execute[] = {
    F(STR, payload_program_execute, program, .max = 64), F(STR, payload_program_execute, function, .max = 32),
    ITEMS(payload_program_execute, inputs, 16, item_amount, sizeof(struct amount)), END};
static const struct payload_field shielded_deposit[] = {
    F(AMOUNT, payload_shielded_deposit, amount, .zero_allowed = true), /* shielded_check looks, in its order */
    F(OBJECT, payload_shielded_deposit, note, .item = item_note), F(HASH, payload_shielded_deposit, blinding), END};
#define SPEND_TAIL                                                                                                               \
    ITEMS(payload_shielded_spend, inputs, SHIELDED_INPUTS_MAX, item_input, sizeof(struct wire_input)),                           \
        ITEMS(payload_shielded_spend, outputs, SHIELDED_OUTPUTS_MAX, item_note, sizeof(struct wire_note)),                       \
        F(HEX, payload_shielded_spend, range_proof, .max = 800),                                                                 \
        ITEMS(payload_shielded_spend, signatures, SHIELDED_INPUTS_MAX, item_signature, sizeof(struct str)), END
static const struct payload_field shielded_transfer[] = {
    F(U32, payload_shielded_spend, ref_height), F(AMOUNT, payload_shielded_spend, pool_fee, .zero_allowed = true), SPEND_TAIL};
static const struct payload_field shielded_withdraw[] = {
    F(U32, payload_shielded_spend, ref_height), F(AMOUNT, payload_shielded_spend, pool_fee, .zero_allowed = true),
    F(AX, payload_shielded_spend, to), F(AMOUNT, payload_shielded_spend, amount, .zero_allowed = true), SPEND_TAIL};
static const struct payload_field bridge_lock[] = {F(DX, payload_bridge_lock, recipient), F(AMOUNT, payload_bridge_lock, amount),
                                                   F(BOOL, payload_bridge_lock, auto_mint), END};
#define CLAIM(name_)                                                                                                             \
    NAMED(name_, HASH, payload_claim, source_id), F(U32, payload_claim, source_height), F(U32, payload_claim, message_index),    \
        F(HEX, payload_claim, message, .max = PAYLOAD_MESSAGE_BYTES_MAX),                                                        \
        ITEMS(payload_claim, proof, PAYLOAD_SIBLINGS_MAX, item_hash, sizeof(struct hash)), END
static const struct payload_field unlock_claim[] = {CLAIM("burn_id")};
static const struct payload_field mint_claim[] = {CLAIM("lock_id")};
static const struct payload_field ipc_deliver[] = {
    F(HEX, payload_ipc_deliver, proof, .max = PAYLOAD_PROOF_BYTES_MAX),
    F(HEX, payload_ipc_deliver, next_committee, .max = PAYLOAD_COMMITTEE_BYTES_MAX), F(U32, payload_ipc_deliver, height),
    ITEMS(payload_ipc_deliver, messages, PAYLOAD_MESSAGES_MAX, item_relayed, sizeof(struct relayed)), END};
static const struct payload_field auction_open[] = {
    F(STR, payload_auction_open, name, .max = 32), F(AMOUNT, payload_auction_open, min_bid, .zero_allowed = true),
    F(U32, payload_auction_open, commit_blocks), F(U32, payload_auction_open, reveal_blocks), END};
static const struct payload_field name_commit[] = {F(STR, payload_name_commit, name, .max = 32),
                                                   F(HASH, payload_name_commit, commitment),
                                                   F(AMOUNT, payload_name_commit, deposit), END};
static const struct payload_field name_reveal[] = {F(STR, payload_name_reveal, name, .max = 32),
                                                   F(AMOUNT, payload_name_reveal, bid), F(HASH, payload_name_reveal, salt), END};
static const struct payload_field fields_name[] = {F(STR, payload_name, name, .max = 32), END};
static const struct payload_field evidence_submit[] = {
    F(ENUM, payload_evidence, type, .choices = choices_evidence), F(HEX, payload_evidence, first, .max = 1024),
    F(HEX, payload_evidence, second, .max = 1024), END};
static const struct payload_field alpha_flash_loan[] = {
    F(AMOUNT, payload_flash_loan, amount),
    ITEMS(payload_flash_loan, ops, PAYLOAD_OPS_MAX, item_op, sizeof(struct flash_op)), END};

/* ---- Delta ---- */
static const struct payload_field delta_transfer[] = {
    F(DX, payload_transfer, to), F(TOKEN, payload_transfer, token), F(AMOUNT, payload_transfer, amount),
    F(HEX, payload_transfer, memo, .max = TX_MEMO_BYTES_MAX), END};
static const struct payload_field delta_batch[] = {
    F(TOKEN, payload_batch, token),
    ITEMS(payload_batch, outputs, TX_OUTPUTS_MAX, item_output_dx, sizeof(struct tx_output)), END};
static const struct payload_field fields_burn[] = {F(AX, payload_burn, recipient), F(AMOUNT, payload_burn, amount),
                                                   F(BOOL, payload_burn, auto_unlock), END};
static const struct payload_field order_place[] = {
    F(STR, payload_order_place, pair, .max = 24), F(ENUM, payload_order_place, side, .choices = choices_side),
    F(ENUM, payload_order_place, order_type, .choices = choices_order), F(PX, payload_order_place, price, .zero_allowed = true),
    F(QTY, payload_order_place, quantity), F(ENUM, payload_order_place, tif, .choices = choices_tif),
    F(U16, payload_order_place, max_slippage_bps), F(U64, payload_order_place, client_id), END};
static const struct payload_field order_id[] = {NAMED("order_id", HASH, payload_id, id), END};
static const struct payload_field order_cancel_all[] = {F(STR, payload_order_cancel_all, pair, .max = 24), END};
static const struct payload_field amm_add[] = {
    F(STR, payload_amm_add, pair, .max = 24), F(AMOUNT, payload_amm_add, base_amount), F(AMOUNT, payload_amm_add, quote_amount),
    F(AMOUNT, payload_amm_add, min_shares, .zero_allowed = true), END};
static const struct payload_field amm_remove[] = {
    F(STR, payload_amm_remove, pair, .max = 24), F(AMOUNT, payload_amm_remove, shares),
    F(AMOUNT, payload_amm_remove, min_base, .zero_allowed = true),
    F(AMOUNT, payload_amm_remove, min_quote, .zero_allowed = true), END};
static const struct payload_field amm_swap[] = {
    F(STR, payload_amm_swap, pair, .max = 24), F(ENUM, payload_amm_swap, side, .choices = choices_side),
    F(AMOUNT, payload_amm_swap, amount_in), F(AMOUNT, payload_amm_swap, min_out, .zero_allowed = true), END};
static const struct payload_field perp_open[] = {
    F(STR, payload_perp_open, market, .max = 24), F(ENUM, payload_perp_open, side, .choices = choices_position),
    F(QTY, payload_perp_open, size), F(U32, payload_perp_open, leverage),
    F(PX, payload_perp_open, limit_price, .zero_allowed = true), END};
static const struct payload_field perp_close[] = {F(HASH, payload_perp_close, position_id),
                                                  F(QTY, payload_perp_close, size, .zero_allowed = true),
                                                  F(PX, payload_perp_close, limit_price, .zero_allowed = true), END};
static const struct payload_field perp_margin[] = {F(HASH, payload_perp_margin, position_id),
                                                   F(ENUM, payload_perp_margin, direction, .choices = choices_margin),
                                                   F(AMOUNT, payload_perp_margin, amount), END};
static const struct payload_field position_id[] = {NAMED("position_id", HASH, payload_id, id), END};
static const struct payload_field oracle_submit[] = {
    F(STR, payload_oracle_submit, asset, .max = 24), F(PX, payload_oracle_submit, price, .zero_allowed = true),
    NAMED("timestamp", U64, payload_oracle_submit, timestamp_ms), F(STR, payload_oracle_submit, source, .max = 32), END};
static const struct payload_field oracle_register[] = {F(STR, payload_oracle_register, asset, .max = 24),
                                                       F(AMOUNT, payload_oracle_register, bond), END};
static const struct payload_field fields_asset[] = {F(STR, payload_asset, asset, .max = 24), END};
static const struct payload_field fields_market[] = {F(STR, payload_market, market, .max = 24), END};
static const struct payload_field kyc_submit[] = {F(HASH, payload_kyc_submit, profile_hash),
                                                  F(HASH, payload_kyc_submit, documents_hash),
                                                  F(STR, payload_kyc_submit, country, .max = 2), END};
static const struct payload_field kyc_review[] = {
    F(DX, payload_kyc_review, subject), F(HASH, payload_kyc_review, registration),
    F(ENUM, payload_kyc_review, decision, .choices = choices_kyc), F(ENUM, payload_kyc_review, reason, .choices = choices_reason),
    END};
static const struct payload_field offramp_request[] = {F(AMOUNT, payload_offramp_request, amount),
                                                       F(STR, payload_offramp_request, currency, .max = 3),
                                                       F(HASH, payload_offramp_request, bank_hash), END};
static const struct payload_field offramp_approve[] = {F(HASH, payload_offramp_approve, request_id),
                                                       F(BOOL, payload_offramp_approve, approve), END};
static const struct payload_field offramp_settle[] = {F(HASH, payload_offramp_settle, request_id),
                                                      F(ENUM, payload_offramp_settle, outcome, .choices = choices_settle),
                                                      F(HEX, payload_offramp_settle, reference, .max = 64), END};
static const struct payload_field request_id[] = {NAMED("request_id", HASH, payload_id, id), END};
static const struct payload_field delta_flash_loan[] = {
    F(TOKEN, payload_flash_loan, token), F(AMOUNT, payload_flash_loan, amount),
    ITEMS(payload_flash_loan, ops, PAYLOAD_OPS_MAX, item_op, sizeof(struct flash_op)), END};

/* ---- kinds ---- */
#define ROW(kind_, fields_, struct_) {.kind = KIND_##kind_, .fields = fields_, .size = sizeof(struct struct_)}
#define SPENDS(kind_, fields_, struct_, what_, member_)                                                                          \
    {.kind = KIND_##kind_, .fields = fields_, .size = sizeof(struct struct_), .spends = SPENDS_##what_,                          \
     .amount_offset = offsetof(struct struct_, member_)}
static const struct payload_row rows[] = {
    {.kind = KIND_ALPHA_TRANSFER, .fields = alpha_transfer, .size = sizeof(struct payload_transfer), .spends = SPENDS_FIELD_TOKEN,
     .amount_offset = offsetof(struct payload_transfer, amount), .token_offset = offsetof(struct payload_transfer, token)},
    ROW(ALPHA_BATCH_TRANSFER, alpha_batch, payload_batch),
    SPENDS(ALPHA_STAKE, fields_amount, payload_amount, FEE_TOKEN, amount),
    ROW(ALPHA_UNSTAKE, fields_amount, payload_amount),
    ROW(BOND, fields_bond, payload_bond),
    ROW(UNBOND, fields_bond, payload_bond),
    SPENDS(VALIDATOR_REGISTER, validator_register, payload_validator_register, FEE_TOKEN, stake),
    ROW(VALIDATOR_UPDATE, validator_update, payload_validator_update),
    ROW(VALIDATOR_EXIT, fields_none, payload_id),
    ROW(VALIDATOR_UNJAIL, fields_none, payload_id),
    ROW(REWARDS_CLAIM, rewards_claim, payload_rewards_claim),
    ROW(VOTE_DELEGATE, vote_delegate, payload_vote_delegate),
    ROW(VOTE_UNDELEGATE, fields_none, payload_id),
    SPENDS(GOVERNOR_REGISTER, governor_register, payload_governor_register, FEE_TOKEN, deposit),
    ROW(GOVERNOR_RESIGN, fields_none, payload_id),
    SPENDS(PROPOSAL_CREATE, proposal_create, payload_proposal_create, FEE_TOKEN, deposit),
    ROW(PROPOSAL_VOTE, fields_vote, payload_vote),
    ROW(PROPOSAL_QUEUE, proposal_id, payload_id),
    ROW(PROPOSAL_EXECUTE, proposal_id, payload_id),
    ROW(PROPOSAL_CANCEL, proposal_id, payload_id),
    ROW(PROGRAM_DEPLOY, program_deploy, payload_program_deploy),
    ROW(PROGRAM_EXECUTE, program_execute, payload_program_execute),
    SPENDS(SHIELDED_DEPOSIT, shielded_deposit, payload_shielded_deposit, FEE_TOKEN, amount),
    ROW(SHIELDED_TRANSFER, shielded_transfer, payload_shielded_spend),
    ROW(SHIELDED_WITHDRAW, shielded_withdraw, payload_shielded_spend),
    SPENDS(BRIDGE_LOCK, bridge_lock, payload_bridge_lock, FEE_TOKEN, amount),
    ROW(BRIDGE_UNLOCK_CLAIM, unlock_claim, payload_claim),
    ROW(ALPHA_IPC_DELIVER, ipc_deliver, payload_ipc_deliver),
    ROW(NAME_AUCTION_OPEN, auction_open, payload_auction_open),
    SPENDS(NAME_COMMIT, name_commit, payload_name_commit, FEE_TOKEN, deposit),
    ROW(NAME_REVEAL, name_reveal, payload_name_reveal),
    ROW(NAME_FINALIZE, fields_name, payload_name),
    ROW(NAME_CLAIM, fields_name, payload_name),
    ROW(ALPHA_EVIDENCE_SUBMIT, evidence_submit, payload_evidence),
    ROW(ALPHA_FLASH_LOAN, alpha_flash_loan, payload_flash_loan),
    {.kind = KIND_DELTA_TRANSFER, .fields = delta_transfer, .size = sizeof(struct payload_transfer), .spends = SPENDS_FIELD_TOKEN,
     .amount_offset = offsetof(struct payload_transfer, amount), .token_offset = offsetof(struct payload_transfer, token)},
    ROW(DELTA_BATCH_TRANSFER, delta_batch, payload_batch),
    SPENDS(DELTA_STAKE, fields_amount, payload_amount, FEE_TOKEN, amount),
    ROW(DELTA_UNSTAKE, fields_amount, payload_amount),
    ROW(MINT_CLAIM, mint_claim, payload_claim),
    SPENDS(BURN, fields_burn, payload_burn, SAX, amount),
    ROW(DELTA_IPC_DELIVER, ipc_deliver, payload_ipc_deliver),
    ROW(ORDER_PLACE, order_place, payload_order_place),
    ROW(ORDER_CANCEL, order_id, payload_id),
    ROW(ORDER_CANCEL_ALL, order_cancel_all, payload_order_cancel_all),
    ROW(AMM_ADD, amm_add, payload_amm_add),
    ROW(AMM_REMOVE, amm_remove, payload_amm_remove),
    ROW(AMM_SWAP, amm_swap, payload_amm_swap),
    ROW(PERP_OPEN, perp_open, payload_perp_open),
    ROW(PERP_CLOSE, perp_close, payload_perp_close),
    ROW(PERP_MARGIN, perp_margin, payload_perp_margin),
    ROW(PERP_LIQUIDATE, position_id, payload_id),
    ROW(ORACLE_SUBMIT, oracle_submit, payload_oracle_submit),
    SPENDS(ORACLE_REGISTER, oracle_register, payload_oracle_register, FEE_TOKEN, bond),
    ROW(ORACLE_EXIT, fields_asset, payload_asset),
    ROW(FUNDING_SETTLE, fields_market, payload_market),
    ROW(KYC_SUBMIT, kyc_submit, payload_kyc_submit),
    ROW(KYC_REVIEW, kyc_review, payload_kyc_review),
    SPENDS(OFFRAMP_REQUEST, offramp_request, payload_offramp_request, FEE_TOKEN, amount),
    ROW(OFFRAMP_APPROVE, offramp_approve, payload_offramp_approve),
    ROW(OFFRAMP_SETTLE, offramp_settle, payload_offramp_settle),
    ROW(OFFRAMP_RETRY, request_id, payload_id),
    ROW(OFFRAMP_CANCEL, request_id, payload_id),
    ROW(GOV_VOTE, fields_vote, payload_vote),
    ROW(GOV_EXECUTE, proposal_id, payload_id),
    ROW(DELTA_EVIDENCE_SUBMIT, evidence_submit, payload_evidence),
    {.kind = KIND_DELTA_FLASH_LOAN, .fields = delta_flash_loan, .size = sizeof(struct payload_flash_loan)},
};

const struct payload_row *payload_row(enum kind kind)
{
    size_t lo = 0, hi = ARRAY_LEN(rows); /* ascending by code, as KIND_LIST is */
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (rows[middle].kind < kind)
            lo = middle + 1;
        else
            hi = middle;
    }
    ASSERT(lo < ARRAY_LEN(rows) && rows[lo].kind == kind);
    return &rows[lo];
}
