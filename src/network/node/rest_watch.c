#include <inttypes.h>

#include "network/ledger/staking_view.h"
#include "network/node/node_priv.h"

/* ---- What others may check a validator by: X16, X17, X18, X24 ---- */

void node_evidence_view(const struct node_evidence *from, struct evidence_view *out)
{
    *out = (struct evidence_view){
        .evidence_id = from->id,
        .type = from->evidence.type,
        .chain = from->chain,
        .validator = from->accused,
        .height = from->height,
        .round = from->round,
        .detected_at = from->detected_at,
        .first = {(const char *)from->evidence.first, from->evidence.first_bytes},
        .second = {(const char *)from->evidence.second, from->evidence.second_bytes},
    };
}

/* What this view found itself. What the chain has of it says more: when it was included and what it cost. */
static void evidence_fill(struct node *node, const struct node_evidence *from, struct arena *arena, struct evidence_view *out)
{
    if (staking_evidence_find(node_state(node, false), &from->id, arena, out)) {
        out->detected_at = from->detected_at;
        return;
    }
    node_evidence_view(from, out); /* the list may grow while the answer travels: parts are copied */
    out->first.data = arena_copy(arena, out->first.data, out->first.len);
    out->second.data = arena_copy(arena, out->second.data, out->second.len);
}

static bool evidence_is_own(const struct node *node, const struct hash *id)
{
    for (size_t i = 0; i < node->evidence.count; i++)
        if (hash_eq(&node->evidence.data[i].id, id)) return true;
    return false;
}

/* The `at`-th of all this view knows: what it found, in that order, then what the chain has beside it (for a place there, *out_skip:
 * it stood among the first already). False: behind the last. */
static bool evidence_at(struct node *node, uint64_t at, struct arena *arena, struct evidence_view *out, bool *out_skip)
{
    *out_skip = false;
    if (at < node->evidence.count) {
        evidence_fill(node, &node->evidence.data[at], arena, out);
        return true;
    }
    if (!staking_evidence_at(node_state(node, false), at - node->evidence.count, arena, out)) return false;
    *out_skip = evidence_is_own(node, &out->evidence_id);
    return true;
}

void rest_evidence_list(struct rest *rest)
{
    struct call *call = &rest->call;
    struct node *node = rest->node;
    uint32_t limit;
    uint64_t from, after = 0;
    struct str text;
    bool has_validator, has_type;
    struct address validator;
    enum evidence_type type = EVIDENCE_DOUBLE_VOTE;
    if (!call_query_str(call, "validator", &text, &has_validator)) return;
    if (has_validator && address_parse(text, node_chain(node), &validator) != CODE_NONE) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "validator", "validator is not an address of this chain");
        return;
    }
    if (!call_query_str(call, "type", &text, &has_type)) return;
    if (has_type && !evidence_type_parse(text, &type)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "type", "no such type of evidence");
        return;
    }
    if (!call_query_u64(call, "after", 0, JSON_INT_MAX, &after) || !call_query_page(call, false, &limit, &from)) return;
    struct page *page = arena_new(call->arena, struct page);
    struct evidence_view *items = arena_array(call->arena, struct evidence_view, limit);
    *page = (struct page){.items = items};
    struct evidence_view view;
    bool skip;
    for (uint64_t i = from; evidence_at(node, i, call->arena, &view, &skip); i++) {
        if (skip || (has_validator && !address_eq(&validator, &view.validator))) continue;
        if ((has_type && type != (enum evidence_type)view.type) || view.detected_at <= after) continue;
        if (page->count == limit) {
            page->next_cursor = call_cursor(call, i);
            break;
        }
        items[page->count++] = view;
    }
    call_answer(call, 200, &wire_evidence_page, page);
}

static const struct node_evidence *evidence_find(const struct node *node, const struct hash *id)
{
    for (size_t i = 0; i < node->evidence.count; i++)
        if (hash_eq(&node->evidence.data[i].id, id)) return &node->evidence.data[i];
    return NULL;
}

static void evidence_answer(struct rest *rest, const struct node_evidence *found)
{
    struct evidence_view *view = arena_new(rest->call.arena, struct evidence_view);
    evidence_fill(rest->node, found, rest->call.arena, view);
    call_answer(&rest->call, 200, &wire_evidence, view);
}

void rest_evidence_get(struct rest *rest)
{
    struct call *call = &rest->call;
    struct hash id;
    if (!call_hash_parse(rest->args[0], &id)) {
        call_refuse_with(call, CODE_INVALID_PARAMETER, "id", "an evidence id is 64 lower-case hex digits");
        return;
    }
    const struct node_evidence *found = evidence_find(rest->node, &id);
    struct evidence_view *view = arena_new(call->arena, struct evidence_view);
    if (found) evidence_answer(rest, found);
    else if (staking_evidence_find(node_state(rest->node, false), &id, call->arena, view)) call_answer(call, 200, &wire_evidence, view);
    else call_refuse_with(call, CODE_EVIDENCE_NOT_FOUND, "id", "this view has no such evidence");
}

/* A hex member of the body, as bytes in the arena. */
static bool hex_member(struct rest *rest, const struct json *body, const char *name, struct str *out)
{
    const struct json *node = json_find(body, str_of(name));
    struct str text;
    if (!node) {
        call_refuse_with(&rest->call, CODE_MISSING_FIELD, name, "%s is missing", name);
        return false;
    }
    if (!json_str(node, &text)) {
        call_refuse_with(&rest->call, CODE_INVALID_FIELD_TYPE, name, "%s is hex text", name);
        return false;
    }
    uint8_t *bytes = arena_alloc(rest->call.arena, text.len / 2 + 1);
    if (text.len % 2 != 0 || !str_unhex(text, bytes, text.len / 2)) {
        call_refuse_with(&rest->call, CODE_INVALID_FORMAT, name, "%s is not lower-case hex", name);
        return false;
    }
    *out = (struct str){(const char *)bytes, text.len / 2};
    return true;
}

/* The accused's consensus key in the committee of that round; false: no committee this view knows had it. */
static bool accused_key(const struct node *node, const struct evidence_claim *claim, struct pubkey *out)
{
    struct committee *found = node->space->committee;
    for (size_t i = 0; blockstore_epoch_at(node->space->store, i); i++) {
        struct committee *next = blockstore_epoch_at(node->space->store, i)->committee;
        if (next && next->start_round <= claim->round && (!found || next->epoch > found->epoch)) found = next;
    }
    uint32_t index;
    if (!found || !committee_find(found, &claim->accused, &index)) return false;
    *out = found->members[index].consensus_key;
    return true;
}

static bool evidence_holds(struct node *node, const struct evidence *evidence, struct evidence_claim *claim)
{
    /* Only for invalid_proposal: the final block that it names as parent. */
    const struct header *final_parent = NULL;
    struct header header;
    if (evidence->type == EVIDENCE_DOWNTIME) return false; /* recorded by the chain alone */
    if (evidence->type == EVIDENCE_INVALID_PROPOSAL && evidence->first_bytes == HEADER_SIGNED_BYTES && header_decode(evidence->first, &header)) {
        enum block_status status;
        struct stored *parent = node_block_of(node, &header.parent_hash, &status);
        if (parent && status == BLOCK_FINALIZED) final_parent = &parent->block->header;
    }
    struct pubkey key;
    if (staking_evidence_holds(node_state(node, false), &node->space->rules, evidence, final_parent, claim)) return true;
    if (!evidence_claim(evidence, final_parent, claim) || !domain_eq(claim->domain, node->space->rules.domain)) return false;
    return accused_key(node, claim, &key) && evidence_check(evidence, final_parent, &key, &node->space->verifier);
}

void rest_evidence_post(struct rest *rest)
{
    struct node *node = rest->node;
    const struct json *body = call_json(&rest->call);
    if (!body) return;
    struct str type_text, first, second;
    enum evidence_type type;
    if (!json_str(json_find(body, STR("type")), &type_text) || !evidence_type_parse(type_text, &type)) {
        call_refuse_with(&rest->call, json_find(body, STR("type")) ? CODE_INVALID_FORMAT : CODE_MISSING_FIELD, "type", "type names no type of evidence");
        return;
    }
    if (!hex_member(rest, body, "first", &first) || !hex_member(rest, body, "second", &second)) return;
    struct evidence evidence;
    struct evidence_claim claim;
    if (!evidence_of_bytes(type, first, second, &evidence) || !evidence_holds(node, &evidence, &claim)) {
        call_refuse_with(&rest->call, CODE_INVALID_EVIDENCE, NULL, "this proves nothing against a member of the committee of that round");
        return;
    }
    const struct hash id = evidence_id(&evidence);
    const struct node_evidence *found = evidence_find(node, &id);
    if (!found) {
        if (node->evidence.count >= FINDINGS_MAX) {
            call_refuse_with(&rest->call, CODE_OVERLOADED, NULL, "this view holds as much evidence as it can");
            return;
        }
        vec_push(&node->evidence, ((struct node_evidence){.evidence = evidence,
                                                          .id = id,
                                                          .chain = claim.domain.chain,
                                                          .accused = claim.accused,
                                                          .height = claim.height,
                                                          .round = claim.round,
                                                          .detected_at = node_clock_ms(node)}));
        found = &vec_last(&node->evidence);
        tell_evidence(node, found);
    }
    evidence_answer(rest, found);
}

#define VOTES_MAX 4096
void rest_votes_at(struct rest *rest)
{
    struct arena *arena = rest->call.arena;
    uint32_t height;
    if (!call_height_parse(rest->args[0], &height)) {
        call_refuse_with(&rest->call, CODE_INVALID_PARAMETER, "height", "height is not a whole number");
        return;
    }
    const size_t there = replica_votes_at(rest->node->replica, height, NULL, 0), room = MIN(there, VOTES_MAX);
    struct replica_seen_vote *seen = arena_array(arena, struct replica_seen_vote, room);
    const size_t count = MIN(replica_votes_at(rest->node->replica, height, seen, room), room);
    struct vote_seen *items = arena_array(arena, struct vote_seen, count);
    for (size_t i = 0; i < count; i++) items[i] = (struct vote_seen){.vote = seen[i].vote, .seen_at = seen[i].seen_at_ms};
    struct page *page = arena_new(arena, struct page);
    *page = (struct page){.items = items, .count = (uint32_t)count};
    call_answer(&rest->call, 200, &wire_vote_seen_list, page);
}

#define PROPOSALS_MAX 16
void rest_round(struct rest *rest)
{
    struct node *node = rest->node;
    struct arena *arena = rest->call.arena;
    struct replica_status status;
    replica_status(node->replica, &status);
    struct round_view *view = arena_new(arena, struct round_view);
    *view = (struct round_view){
        .round = status.round,
        .height = status.height,
        .proposer = status.proposer,
        .phase = status.phase == REPLICA_PROPOSE ? PHASE_PROPOSE : status.phase == REPLICA_VOTE ? PHASE_VOTE : PHASE_TIMEOUT,
        .deadline = status.deadline.ns == INSTANT_NEVER.ns ? 0 : instant_ms(status.deadline) + (uint64_t)node_clock_offset_ms(node),
        .locked_round = status.lock.round,
        .locked_hash = status.lock.hash,
        .timeout_certificate = node_timeoutcert_view(node, status.entered_by),
        .proposals = arena_array(arena, struct proposal_view, PROPOSALS_MAX),
    };
    if (status.committee) view->committee_hash = status.committee->hash;
    if (status.high) {
        const struct committee *committee = node_committee_of(node, &status.high->committee_hash);
        view->high_certificate = (struct certificate_view){certificate_ref(status.high), committee ? certificate_power(status.high, committee) : AMOUNT(0)};
    }
    struct block *block;
    for (size_t i = 0; i < PROPOSALS_MAX && (block = replica_proposal_at(node->replica, i)) != NULL; i++)
        view->proposals[view->proposals_count++] = (struct proposal_view){.block_hash = block->hash,
                                                                         .proposer = block->header.proposer,
                                                                         .signature = block->proposer_signature,
                                                                         .header = block->header};
    const uint32_t members = status.committee ? status.committee->count : 0;
    view->timeouts = arena_array(arena, struct timeout, members);
    view->timeouts_count = (uint32_t)MIN(replica_timeouts(node->replica, view->timeouts, members), members);
    call_answer(&rest->call, 200, &wire_round, view);
}

/* ---- X24: query after (sequence), type ---- */
static const char *const alert_types[] = {"SYBIL_PATTERN", "VOTE_BUYING_OFFER", "CONFLICTING_BRANCH", "IPC_GAP", "FRONT_RUN_PATTERN", "ORACLE_OUTLIER",
                                          "SPOOFING", "WASH_TRADE", "CENSORSHIP_SUSPECTED", "LOW_PARTICIPATION", "LOW_PEER_DIVERSITY"};

void node_alert_view(const struct node *node, size_t index, struct arena *arena, struct alert_view *out)
{
    const struct node_alert *alert = &node->alerts.data[index];
    char *subject = arena_alloc(arena, MAX(ADDRESS_TEXT, 2 * sizeof(alert->subject)));
    if (alert->has_who) address_text(&alert->who, node_chain(node), subject);
    else str_hex(alert->subject.b, sizeof(alert->subject.b), subject);
    *out = (struct alert_view){.sequence = index + 1,
                               .type = str_of(alert->type),
                               .subject = {subject, alert->has_who ? str_of(subject).len : 64},
                               .height = alert->height,
                               .at = alert->at,
                               .details = STR("{}")};
}

void rest_alerts(struct rest *rest)
{
    struct call *call = &rest->call;
    struct node *node = rest->node;
    uint32_t limit;
    uint64_t from, after = 0;
    struct str type;
    bool has_type;
    if (!call_query_u64(call, "after", 0, JSON_INT_MAX, &after) || !call_query_str(call, "type", &type, &has_type)) return;
    if (has_type) {
        size_t i = 0;
        while (i < ARRAY_LEN(alert_types) && !str_eq(type, str_of(alert_types[i]))) i++;
        if (i == ARRAY_LEN(alert_types)) {
            call_refuse_with(call, CODE_INVALID_PARAMETER, "type", "no such type of alert");
            return;
        }
    }
    if (!call_query_page(call, false, &limit, &from)) return;
    struct page *page = arena_new(call->arena, struct page);
    struct alert_view *items = arena_array(call->arena, struct alert_view, limit);
    *page = (struct page){.items = items};
    for (size_t i = MAX(from, after); i < node->alerts.count; i++) {
        if (has_type && !str_eq(type, str_of(node->alerts.data[i].type))) continue;
        if (page->count == limit) {
            page->next_cursor = call_cursor(call, i);
            break;
        }
        node_alert_view(node, i, call->arena, &items[page->count++]);
    }
    call_answer(call, 200, &wire_alert_page, page);
}
