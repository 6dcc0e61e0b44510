#include <stdio.h>

#include "core/codec/binary.h"
#include "core/codec/json.h"
#include "network/ledger/governance_priv.h"
#include "network/ledger/governance_view.h"
#include "network/ledger/staking_priv.h"

#define ALLOCATIONS_MAX 10000

/* ---- governors ---- */

void governance_governors(const struct ledger_state *state, uint64_t from, uint32_t limit, struct arena *arena, struct page *out,
                          bool *out_more)
{
    const struct okey prefix = gov_index(GOV_GOVERNOR);
    const struct ordmap *objects = ledger_objects(state);
    struct address_item *items = arena_array(arena, struct address_item, limit);
    struct ordmap_entry entry;
    uint64_t place = 0;
    *out = (struct page){.items = items};
    *out_more = false;
    for (bool more = ordmap_first(objects, okey_view(&prefix), &entry); more;
         more = ordmap_next(objects, okey_view(&prefix), entry.key, &entry)) {
        if (place++ < from) continue;
        if (out->count == limit) {
            *out_more = true;
            return;
        }
        memcpy(&items[out->count++].value, entry.value.data, sizeof(struct address));
    }
}

bool governance_governor(const struct ledger_rules *rules, const struct ledger_state *state, const struct address *who,
                         struct governor_view *out)
{
    struct governor governor;
    if (!governor_get(ledger_objects(state), who, &governor)) return false;
    *out = (struct governor_view){
        .address = *who,
        .deposit = governor.deposit,
        .registered_height = governor.registered_height,
        .active = governor.active,
        .proposals = governor.proposals,
        .votes = governor.votes,
        .conduct = governor.conduct,
        .revoked = governance_revoked(rules, ledger_objects(state), who),
    };
    return true;
}

/* ---- proposals ---- */

/* Alpha proposes, Delta mirrors; each shows what it was told of the other. */
static void counterpart_fill(const struct proposal *p, struct gov_proposal_view *out)
{
    out->has_counterpart = p->joint || p->mirrored;
    if (!out->has_counterpart) return;
    out->counterpart.chain = p->mirrored ? CHAIN_ALPHA : CHAIN_DELTA;
    out->counterpart.passed =
        (struct opt_bool){p->counterpart != COUNTERPART_UNKNOWN, p->counterpart == COUNTERPART_PASSED};
    const struct proposal other = {.phase = p->counterpart_phase};
    out->counterpart.status = proposal_status_at(&other, 0);
}

static void proposal_fill(const struct ledger_rules *rules, const struct ledger_state *state, const struct proposal *p,
                          struct arena *arena, struct gov_proposal_view *out)
{
    struct buf action = {0};
    struct json_writer w = json_writer_of(&action);
    action_write(&p->action, &w);
    *out = (struct gov_proposal_view){
        .proposal_id = p->id,
        .chain = state->chain,
        .proposer = p->proposer,
        .title = str_dup(arena, p->title),
        .body_hash = p->body_hash,
        .joint = p->joint,
        .action = str_dup(arena, buf_str(&action)),
        .deposit = p->deposit,
        .status = proposal_status_at(p, ledger_height(state)),
        .created_height = p->created,
        .snapshot_height = p->created,
        .voting_start_height = p->start,
        .voting_end_height = p->end,
        .eta_height = {p->eta != 0, p->eta},
        .executed_height = {p->executed != 0, p->executed},
        .tally = {.yes = p->yes,
                  .no = p->no,
                  .abstain = p->abstain,
                  .total_weight = p->total_weight,
                  .quorum_bps = p->quorum_bps,
                  .threshold_bps = p->threshold_bps,
                  .quorum_met = proposal_quorum_met(rules, p)},
    };
    if (ledger_height(state) == p->created)
        out->tally.total_weight = staking_total_weight_at(ledger_objects(state), p->created); /* fixed in the next block */
    counterpart_fill(p, out);
    buf_done(&action);
}

static bool filter_takes(const struct governance_filter *filter, const struct proposal *p, uint32_t height)
{
    if (filter->has_status && proposal_status_at(p, height) != filter->status) return false;
    return !filter->has_proposer || address_eq(&p->proposer, &filter->proposer);
}

void governance_proposals(const struct ledger_rules *rules, const struct ledger_state *state, const struct governance_filter *filter,
                          uint64_t from, uint32_t limit, struct arena *arena, struct page *out, uint64_t *out_next)
{
    const struct ordmap *objects = ledger_objects(state);
    const uint32_t newest = gov_counts(objects).proposals;
    struct gov_proposal_view *items = arena_array(arena, struct gov_proposal_view, limit);
    *out = (struct page){.items = items};
    *out_next = 0;
    for (uint32_t number = from == 0 || from > newest ? newest : (uint32_t)from; number > 0; number--) {
        struct okey key = gov_index(GOV_BY_NUMBER);
        struct str value;
        struct hash id;
        struct proposal p;
        okey_u32(&key, number);
        if (!ordmap_get(objects, okey_view(&key), &value)) continue;
        memcpy(&id, value.data, sizeof(id));
        if (!proposal_get(objects, &id, &p) || !filter_takes(filter, &p, ledger_height(state))) continue;
        if (out->count == limit) {
            *out_next = number;
            return;
        }
        proposal_fill(rules, state, &p, arena, &items[out->count++]);
    }
}

bool governance_proposal(const struct ledger_rules *rules, const struct ledger_state *state, const struct hash *id,
                         struct arena *arena, struct gov_proposal_view *out)
{
    struct proposal p;
    if (!proposal_get(ledger_objects(state), id, &p)) return false;
    proposal_fill(rules, state, &p, arena, out);
    return true;
}

static struct ballot_view ballot_shown(const struct ballot *ballot)
{
    return (struct ballot_view){.voter = ballot->voter,
                                .choice = ballot->choice,
                                .weight = ballot->weight,
                                .height = ballot->height,
                                .transaction_id = ballot->transaction_id};
}

static bool ballot_at(const struct ordmap *objects, const struct hash *id, uint32_t place, struct ballot_view *out)
{
    struct okey key = gov_index(GOV_BALLOT);
    struct str value;
    struct ballot ballot;
    okey_hash(&key, id);
    okey_u32(&key, place);
    if (!ordmap_get(objects, okey_view(&key), &value) || !ballot_decode(value, &ballot)) return false;
    *out = ballot_shown(&ballot);
    return true;
}

bool governance_votes(const struct ledger_state *state, const struct hash *id, uint64_t from, uint32_t limit, struct arena *arena,
                      struct page *out, uint64_t *out_next)
{
    struct proposal p;
    const struct ordmap *objects = ledger_objects(state);
    if (!proposal_get(objects, id, &p)) return false;
    const uint32_t first = (uint32_t)MIN(from, p.votes), count = MIN(limit, p.votes - first);
    struct ballot_view *items = arena_array(arena, struct ballot_view, count);
    *out = (struct page){.items = items};
    while (out->count < count && ballot_at(objects, id, first + out->count, &items[out->count])) out->count++;
    *out_next = first + count < p.votes ? first + count : 0;
    return true;
}

bool governance_vote_of(const struct ledger_state *state, const struct hash *id, const struct address *voter, struct ballot_view *out)
{
    const struct ordmap *objects = ledger_objects(state);
    struct okey key = gov_proposal_key(id);
    struct str value;
    okey_address(&key, voter);
    if (!ordmap_get(objects, okey_view(&key), &value)) return false;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    return ballot_at(objects, id, bin_get_u32(&r), out);
}

struct opt_u32 governance_eta_next(const struct ledger_state *state, const struct hash *id)
{
    struct proposal p;
    const struct opt_u32 none = {0};
    if (!proposal_get(ledger_objects(state), id, &p)) return none;
    const bool closing = p.phase == LIFE_OPEN && ledger_height(state) == p.end; /* the next block counts first */
    if (p.phase != LIFE_SUCCEEDED && !closing) return none;
    const uint64_t eta = (uint64_t)ledger_height(state) + 1 + ledger_params(state)->timelock_blocks;
    return (struct opt_u32){true, (uint32_t)MIN(eta, UINT32_MAX - 1)};
}

/* ---- power, parameters, treasury ---- */

void governance_power(const struct ledger_state *state, const struct address *who, uint32_t height, struct power_view *out)
{
    const struct ordmap *objects = ledger_objects(state);
    struct staking_power power;
    staking_power_at(objects, who, height, &power);
    *out = (struct power_view){.address = *who,
                               .own = power.own,
                               .delegated_in = power.delegated_in,
                               .delegated_out = power.delegated_out,
                               .weight = staking_weight_at(objects, who, height),
                               .height = height};
}

/* The upgrade decided last stands among the parameters, once there is one. */
static void upgrade_write(const struct ordmap *objects, struct json_writer *w)
{
    const struct okey key = okey_of_text(SPACE_PARAM, "upgrade");
    struct str value;
    char text[16];
    if (!ordmap_get(objects, okey_view(&key), &value)) return;
    struct bin_reader r = bin_reader_of(value.data, value.len);
    snprintf(text, sizeof(text), "%u", bin_get_u32(&r));
    json_put_member_str(w, STR("upgrade_height"), str_of(text));
    snprintf(text, sizeof(text), "%u", bin_get_u32(&r));
    json_put_member_str(w, STR("upgrade_version"), str_of(text));
}

static uint32_t pending_list(const struct ledger_state *state, struct arena *arena, struct parameter_pending *items)
{
    const struct okey prefix = gov_index(GOV_OPEN);
    const struct ordmap *objects = ledger_objects(state);
    struct ordmap_entry entry;
    uint32_t count = 0;
    for (bool more = ordmap_first(objects, okey_view(&prefix), &entry); more;
         more = ordmap_next(objects, okey_view(&prefix), entry.key, &entry)) {
        struct hash id;
        struct proposal p;
        memcpy(&id, entry.key.data + prefix.len, sizeof(id));
        if (!proposal_get(objects, &id, &p) || p.phase != LIFE_QUEUED || p.action.type != ACTION_PARAMETER_CHANGE) continue;
        if (items != NULL)
            items[count] = (struct parameter_pending){str_dup(arena, p.action.key), str_dup(arena, p.action.value), id, p.eta};
        count++;
    }
    return count;
}

void governance_parameters(const struct ledger_state *state, struct arena *arena, struct gov_parameters_view *out)
{
    struct buf text = {0};
    struct json_writer w = json_writer_of(&text);
    const struct param_row *row;
    json_object(&w);
    for (size_t i = 0; (row = param_at(i)) != NULL; i++) {
        char value[24];
        snprintf(value, sizeof(value), "%llu", (unsigned long long)params_get(ledger_params(state), row));
        json_put_member_str(&w, row->name, str_of(value));
    }
    upgrade_write(ledger_objects(state), &w);
    json_object_end(&w);
    *out = (struct gov_parameters_view){.parameters = str_dup(arena, buf_str(&text)),
                                        .pending_count = pending_list(state, arena, NULL)};
    out->pending = arena_array(arena, struct parameter_pending, out->pending_count);
    (void)pending_list(state, arena, out->pending); /* as many as were counted */
    buf_done(&text);
}

void governance_treasury(const struct ledger_state *state, struct arena *arena, struct treasury_view *out)
{
    const struct okey prefix = gov_index(GOV_PAID);
    const struct ordmap *objects = ledger_objects(state);
    const enum token token = chain_fee_token(state->chain);
    const uint32_t count = MIN(gov_counts(objects).payments, (uint32_t)ALLOCATIONS_MAX);
    struct ordmap_entry entry;
    *out = (struct treasury_view){.balances = arena_new(arena, struct treasury_balance), .balances_count = 1};
    out->balances[0] = (struct treasury_balance){token, state->tallies[token - 1].token.treasury};
    out->allocations = arena_array(arena, struct treasury_allocation, count);
    bool more = ordmap_last(objects, okey_view(&prefix), &entry);
    for (; more && out->allocations_count < count; more = ordmap_previous(objects, okey_view(&prefix), entry.key, &entry)) {
        struct treasury_allocation *at = &out->allocations[out->allocations_count++];
        struct bin_reader r = bin_reader_of(entry.value.data, entry.value.len);
        bin_get_bytes(&r, &at->proposal_id, sizeof(at->proposal_id));
        bin_get_bytes(&r, &at->recipient, sizeof(at->recipient));
        at->amount.units = bin_get_u128(&r);
        at->height = bin_get_u32(&r);
    }
}

/* ---- the mirror ---- */

bool governance_mirror(const struct ledger_rules *rules, const struct ledger_state *state, const struct hash *id, struct mirror_view *out)
{
    struct proposal p;
    if (!proposal_get(ledger_objects(state), id, &p) || !p.mirrored) return false;
    const uint32_t height = ledger_height(state);
    const struct proposal alpha = {.phase = p.counterpart_phase};
    *out = (struct mirror_view){
        .proposal_id = *id,
        .alpha_status = proposal_status_at(&alpha, 0),
        .delta_status = proposal_status_at(&p, height),
        .mirrored_height = p.created,
        .alpha_passed = {p.counterpart != COUNTERPART_UNKNOWN, p.counterpart == COUNTERPART_PASSED},
        .delta_passed = {p.phase != LIFE_OPEN && p.phase != LIFE_CANCELLED, proposal_passed(rules, &p)},
        .executable = p.phase == LIFE_QUEUED && p.counterpart == COUNTERPART_PASSED && height + 1 >= p.eta,
        .last_message = p.last_message,
    };
    return true;
}
