#include "tester/scenario/gauge.h"

#include <stdlib.h>

#include "core/base/vec.h"

#include "tester/client/alpha_bridge.h"
#include "tester/client/alpha_governance.h"
#include "tester/client/alpha_names.h"
#include "tester/client/delta_offramp.h"
#include "tester/client/delta_perps.h"
#include "tester/client/delta_spot.h"
#include "tester/client/pager.h"

#define ASK_S 20u
#define PAGE 500u

uint32_t metric_topics(enum metric_id metric)
{
    switch (metric) {
    case METRIC_PROPOSALS_OPEN:
    case METRIC_PROPOSALS_CREATED:
    case METRIC_PROPOSALS_EXECUTED:
    case METRIC_TURNOUT:
    case METRIC_VOTES_COUNTED: return TOPIC_BIT(TOPIC_GOVERNANCE);
    case METRIC_ORPHANS:
    case METRIC_IPC_RETRIES:
    case METRIC_IPC_DELAY_P95:
    case METRIC_IPC_GAPS: return TOPIC_BIT(TOPIC_BRIDGE);
    case METRIC_LIQUIDATIONS: return TOPIC_BIT(TOPIC_MARKET);
    case METRIC_VALIDATORS_ACTIVE:
    case METRIC_SLASHINGS:
    case METRIC_EJECTIONS:
    case METRIC_UPTIME: return TOPIC_BIT(TOPIC_VALIDATORS);
    case METRIC_REVEAL_RATE:
    case METRIC_NAMES_CLAIMED: return TOPIC_BIT(TOPIC_NAMES);
    case METRIC_APPROVAL_RATE:
    case METRIC_SETTLEMENT_RATE: return TOPIC_BIT(TOPIC_OFFRAMP);
    case METRIC_CPU_PCT:
    case METRIC_RSS_MB:
    case METRIC_RSS_GROWTH:
    case METRIC_FD_COUNT: return TOPIC_BIT(TOPIC_RESOURCES);
    default: return 0;
    }
}

uint32_t check_topics(enum check_id check)
{
    if (check == CHECK_BREAKER_TRIPPED || check == CHECK_BREAKER_RESET) return TOPIC_BIT(TOPIC_BREAKER);
    return check == CHECK_OFFENDER_EJECTED ? TOPIC_BIT(TOPIC_VALIDATORS) : 0;
}

static struct instant soon(const struct gauge_reader *reader) { return instant_add(env_now(reader->env), duration_s(ASK_S)); }

/* ---- governance ---- */

static bool votes_count(const struct gauge_reader *reader, const struct hash *proposal, uint64_t *out)
{
    for (struct pager pager = {0}; pager_more(&pager);) {
        struct answer answer;
        const struct page *page = alpha_proposal_votes(reader->alpha, proposal, PAGE, pager_cursor(&pager), soon(reader), &answer);
        if (page) *out += page->count;
        const bool told = pager_turn(&pager, page, &answer);
        answer_done(&answer);
        if (!told) return false;
    }
    return true;
}

static bool proposal_add(const struct gauge_reader *reader, const struct gov_proposal_view *p, struct gauges *out)
{
    out->proposals++;
    out->proposals_open += p->status == PROPOSAL_PENDING || p->status == PROPOSAL_ACTIVE;
    out->proposals_executed += p->status == PROPOSAL_EXECUTED;
    if (p->status == PROPOSAL_PENDING || p->status == PROPOSAL_CANCELLED) return true;
    out->cast += p->tally.yes.units + p->tally.no.units + p->tally.abstain.units;
    out->weight += reader->electorate > 0 ? reader->electorate : p->tally.total_weight.units;
    return votes_count(reader, &p->proposal_id, &out->votes);
}

static bool governance_read(const struct gauge_reader *reader, struct gauges *out)
{
    const struct alpha_proposal_filter any = {0};
    for (struct pager pager = {0}; pager_more(&pager);) {
        struct answer answer;
        const struct page *page = alpha_proposals(reader->alpha, &any, PAGE, pager_cursor(&pager), soon(reader), &answer);
        const struct gov_proposal_view *items = page ? page->items : NULL;
        bool told = true;
        for (uint32_t i = 0; page && i < page->count && told; i++) told = proposal_add(reader, &items[i], out);
        told = pager_turn(&pager, page, &answer) && told;
        answer_done(&answer);
        if (!told) return false;
    }
    return true;
}

/* ---- bridge ---- */

struct delays {
    VEC(uint64_t) ms;
};

static bool records_read(const struct gauge_reader *reader, const struct alpha *client, struct delays *delays, struct gauges *out)
{
    uint64_t last = reader->after_sequence;
    for (struct pager pager = {0}; pager_more(&pager);) {
        const struct ipc_question question = {.direction = DIRECTION_IN, .after = reader->after_sequence, .limit = PAGE, .cursor = pager_cursor(&pager)};
        struct answer answer;
        const struct page *page = alpha_ipc_messages(client, &question, soon(reader), &answer);
        const struct ipc_record *items = page ? page->items : NULL;
        for (uint32_t i = 0; page && i < page->count; i++) {
            out->skipped += last != 0 && items[i].sequence > last + 1 ? items[i].sequence - last - 1 : 0;
            out->retries += items[i].attempts > 1 ? items[i].attempts - 1 : 0;
            last = items[i].sequence;
            if (items[i].executed_at.has && items[i].emitted_at >= reader->since_ms) vec_push(&delays->ms, items[i].executed_at.value - MIN(items[i].emitted_at, items[i].executed_at.value));
        }
        const bool told = pager_turn(&pager, page, &answer);
        answer_done(&answer);
        if (!told) return false;
    }
    return true;
}

static int u64_cmp(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

bool gauges_bridge_status(const struct gauge_reader *reader, struct gauges *out)
{
    const struct alpha *clients[] = {reader->alpha, reader->delta};
    bool told = reader->delta->http != NULL;
    for (size_t i = 0; i < ARRAY_LEN(clients) && told; i++) {
        struct answer answer;
        const struct ipc_status_view *status = alpha_ipc_status(clients[i], soon(reader), &answer);
        if (status) {
            out->executed += status->in.last_executed;
            out->pending += status->in.pending;
            out->halted += status->in.halted;
        }
        told = status != NULL;
        answer_done(&answer);
    }
    return told;
}

static bool bridge_read(const struct gauge_reader *reader, struct gauges *out)
{
    const struct alpha *clients[] = {reader->alpha, reader->delta};
    struct delays delays = {0};
    bool told = gauges_bridge_status(reader, out);
    for (size_t i = 0; i < ARRAY_LEN(clients) && told; i++) told = records_read(reader, clients[i], &delays, out);
    if (delays.ms.count > 0) {
        qsort(delays.ms.data, delays.ms.count, sizeof(uint64_t), u64_cmp);
        out->delay_p95_ms = delays.ms.data[(delays.ms.count * 95 + 99) / 100 - 1];
        out->delays = delays.ms.count;
    }
    vec_done(&delays.ms);
    return told;
}

/* ---- markets ---- */

static bool market_read(const struct gauge_reader *reader, struct gauges *out)
{
    if (!reader->delta->http) return false;
    for (struct pager pager = {0}; pager_more(&pager);) {
        struct answer answer;
        const struct page *page = delta_liquidations(reader->delta, PAGE, pager_cursor(&pager), soon(reader), &answer);
        if (page) out->liquidations += page->count;
        const bool told = pager_turn(&pager, page, &answer);
        answer_done(&answer);
        if (!told) return false;
    }
    return true;
}

static bool breaker_read(const struct gauge_reader *reader, struct gauges *out)
{
    struct answer answer;
    if (!reader->delta->http) return false;
    const struct page *pairs = delta_pairs(reader->delta, soon(reader), &answer);
    const struct pair_view *items = pairs ? pairs->items : NULL;
    for (uint32_t i = 0; pairs && i < pairs->count; i++) out->markets_halted += items[i].halted;
    if (pairs) out->markets += pairs->count;
    bool told = pairs != NULL;
    answer_done(&answer);
    const struct page *perps = delta_perp_markets(reader->delta, soon(reader), &answer);
    const struct perp_market_view *markets = perps ? perps->items : NULL;
    for (uint32_t i = 0; perps && i < perps->count; i++) out->markets_halted += markets[i].halted;
    if (perps) out->markets += perps->count;
    told = told && perps != NULL;
    answer_done(&answer);
    return told;
}

/* ---- validators ---- */

static bool is_out(const struct page *validators, const struct address *who)
{
    const struct validator_view *items = validators->items;
    for (uint32_t i = 0; i < validators->count; i++)
        if (address_eq(&items[i].address, who)) return !items[i].is_active && !amount_is_zero(items[i].slashed);
    return true; /* no member any more */
}

static bool offenders_read(const struct gauge_reader *reader, const struct page *validators, struct gauges *out)
{
    struct answer answer;
    const struct page *page = alpha_evidence(reader->alpha, PAGE, (struct str){0}, soon(reader), &answer);
    const struct evidence_view *items = page ? page->items : NULL;
    for (uint32_t i = 0; page && i < page->count; i++) {
        bool again = false;
        for (uint32_t k = 0; k < i; k++) again = again || address_eq(&items[k].validator, &items[i].validator);
        if (again) continue;
        out->offenders++;
        out->offenders_out += is_out(validators, &items[i].validator);
    }
    const bool told = page != NULL;
    answer_done(&answer);
    return told;
}

static bool validators_read(const struct gauge_reader *reader, struct gauges *out)
{
    struct answer answer;
    const struct page *page = alpha_validators(reader->alpha, PAGE, (struct str){0}, soon(reader), &answer);
    const struct validator_view *items = page ? page->items : NULL;
    for (uint32_t i = 0; page && i < page->count; i++) {
        out->members++;
        out->active += items[i].is_active;
        out->jailed += items[i].jailed;
        out->slashed += !amount_is_zero(items[i].slashed);
        out->proposed += items[i].is_active ? items[i].proposed : 0;
        out->missed += items[i].is_active ? items[i].missed_proposals : 0;
    }
    const bool told = page != NULL && offenders_read(reader, page, out);
    answer_done(&answer);
    return told;
}

/* ---- names, off-ramp, orders: of those that the plan names ---- */

static bool names_read(const struct gauge_reader *reader, struct gauges *out)
{
    for (uint32_t i = 0; i < reader->names_count; i++) {
        struct answer answer;
        const struct name_view *name = alpha_name(reader->alpha, reader->names[i], soon(reader), &answer);
        const bool told = name != NULL || answer.status == ANSWER_REFUSED; /* not opened yet */
        if (name) {
            out->names++;
            out->commits += name->commits;
            out->reveals += name->reveals;
            out->claimed += name->phase == NAME_CLAIMED;
        }
        answer_done(&answer);
        if (!told) return false;
    }
    return true;
}

static bool account_ramps(const struct gauge_reader *reader, const struct address *who, struct gauges *out)
{
    struct answer answer;
    const struct kyc_view *kyc = delta_kyc(reader->delta, who, soon(reader), &answer);
    bool told = kyc != NULL || answer.status == ANSWER_REFUSED;
    if (kyc) {
        out->registrations++;
        out->approved += kyc->status == KYC_APPROVED;
        out->rejected += kyc->status == KYC_REJECTED;
    }
    answer_done(&answer);
    const struct page *page = delta_offramps(reader->delta, who, PAGE, (struct str){0}, soon(reader), &answer);
    const struct offramp_view *items = page ? page->items : NULL;
    for (uint32_t i = 0; page && i < page->count; i++) {
        out->settled += items[i].status == OFFRAMP_SETTLED;
        out->failed += items[i].status == OFFRAMP_FAILED || items[i].status == OFFRAMP_CANCELLED; /* given up after it had failed */
    }
    told = told && (page != NULL || answer.status == ANSWER_REFUSED);
    answer_done(&answer);
    return told;
}

static bool accounts_read(const struct gauge_reader *reader, bool (*one)(const struct gauge_reader *, const struct address *, struct gauges *), struct gauges *out)
{
    bool told = reader->delta->http != NULL;
    for (uint32_t i = 0; i < reader->accounts_count && told; i++) told = one(reader, &reader->accounts[i], out);
    return told;
}
static bool offramp_read(const struct gauge_reader *reader, struct gauges *out) { return accounts_read(reader, account_ramps, out); }

static bool resources_read(const struct gauge_reader *reader, struct gauges *out)
{
    struct resources now = {0};
    if (!reader->resources) return false;
    reader->resources(&now);
    out->rss_bytes = now.rss_bytes;
    out->cpu_us = now.cpu_us;
    out->fds = now.fds;
    out->wall_us = now.wall_us;
    return true;
}

void gauges_read(const struct gauge_reader *reader, uint32_t topics, struct gauges *out)
{
    static bool (*const readers[TOPICS])(const struct gauge_reader *reader, struct gauges *out) = {
        [TOPIC_GOVERNANCE] = governance_read, [TOPIC_BRIDGE] = bridge_read, [TOPIC_MARKET] = market_read, [TOPIC_BREAKER] = breaker_read,
        [TOPIC_VALIDATORS] = validators_read, [TOPIC_NAMES] = names_read,   [TOPIC_OFFRAMP] = offramp_read, [TOPIC_RESOURCES] = resources_read,
    };
    *out = (struct gauges){0};
    for (size_t i = 0; i < TOPICS; i++)
        if ((topics & TOPIC_BIT(i)) && readers[i](reader, out)) out->read |= TOPIC_BIT(i);
}
