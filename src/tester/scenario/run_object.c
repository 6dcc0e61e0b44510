#include <inttypes.h>
#include <stdio.h>

#include "tester/client/alpha_bridge.h"
#include "tester/client/alpha_governance.h"
#include "tester/client/alpha_names.h"
#include "tester/client/delta_offramp.h"
#include "tester/client/delta_perps.h"
#include "tester/client/delta_spot.h"
#include "tester/scenario/run_priv.h"

/* Objects that conditions and assertions speak of, as the network tells of them. */

#define ASK_S 10u

struct look {
    struct run *run;
    const struct object *object;
    struct str id;      /* with values in the place of names */
    struct hash hash;
    struct alpha client;
    struct arena *arena;
};

static struct instant soon(const struct look *look) { return instant_add(env_now(look->run->env), duration_s(ASK_S)); }

static bool address_of(const struct look *look, struct address *out)
{
    for (uint32_t i = 0; i < look->run->plan->bots_count; i++)
        if (str_eq(look->run->plan->bots[i].id, look->id)) {
            *out = look->run->bots[i]->identity.address;
            return true;
        }
    return address_parse(look->id, look->object->chain, out) == CODE_NONE;
}

static struct str transaction_status(const struct look *look)
{
    static const char *const statuses[] = {"pending", "included", "certified", "finalized", "dropped"};
    struct answer answer;
    const struct tx_view *view = alpha_transaction(&look->client, &look->hash, TX_WAIT_NONE, (struct duration){0}, soon(look), &answer);
    const struct str out = view ? str_of(statuses[view->status]) : (struct str){0};
    answer_done(&answer);
    return out;
}

static struct str proposal_status(const struct look *look)
{
    struct answer answer;
    const struct gov_proposal_view *view = alpha_proposal(&look->client, &look->hash, soon(look), &answer);
    const struct str out = view ? proposal_status_text(view->status) : (struct str){0};
    answer_done(&answer);
    return out;
}

static struct str order_status(const struct look *look)
{
    struct answer answer;
    const struct order_view *view = delta_order_find(&look->client, &look->hash, soon(look), &answer);
    const struct str out = view ? order_status_text(view->status) : (struct str){0};
    answer_done(&answer);
    return out;
}

static struct str position_status(const struct look *look)
{
    struct answer answer;
    const struct position_view *view = delta_position(&look->client, &look->hash, soon(look), &answer);
    const struct str out = view ? position_status_text(view->status) : (struct str){0};
    answer_done(&answer);
    return out;
}

static struct str lock_status(const struct look *look)
{
    static const char *const statuses[] = {"seen", "final", "minted"};
    struct answer answer;
    const struct lock_in_view *view = delta_lock(&look->client, &look->hash, soon(look), &answer);
    const struct str out = view ? str_of(statuses[view->status]) : (struct str){0};
    answer_done(&answer);
    return out;
}

static struct str burn_status(const struct look *look)
{
    static const char *const statuses[] = {"seen", "final", "unlocked"};
    struct answer answer;
    const struct unlock_view *view = alpha_unlock(&look->client, &look->hash, soon(look), &answer);
    const struct str out = view ? str_of(statuses[view->status]) : (struct str){0};
    answer_done(&answer);
    return out;
}

static struct str request_status(const struct look *look)
{
    struct answer answer;
    const struct offramp_view *view = delta_offramp(&look->client, &look->hash, soon(look), &answer);
    const struct str out = view ? offramp_status_text(view->status) : (struct str){0};
    answer_done(&answer);
    return out;
}

static struct str registration_status(const struct look *look)
{
    struct address who;
    struct answer answer;
    if (!address_of(look, &who)) return (struct str){0};
    const struct kyc_view *view = delta_kyc(&look->client, &who, soon(look), &answer);
    const struct str out = view ? kyc_status_text(view->status) : (struct str){0};
    answer_done(&answer);
    return out;
}

static struct str name_phase_of(const struct look *look)
{
    static const char *const phases[] = {"commit", "reveal", "ended", "finalized", "claimed"};
    struct answer answer;
    const struct name_view *view = alpha_name(&look->client, look->id, soon(look), &answer);
    const struct str out = view ? str_of(phases[view->phase]) : (struct str){0};
    answer_done(&answer);
    return out;
}

/* ---- heights, turns, captured values ---- */

static bool height_reached(const struct look *look, struct str *out_told)
{
    uint64_t wanted;
    uint32_t height = 0;
    struct answer answer;
    if (!str_to_u64(look->id, &wanted)) return false;
    const bool told = look->object->final ? alpha_height_final(&look->client, soon(look), &height, &answer)
                                          : alpha_height(&look->client, soon(look), &height, &answer);
    answer_done(&answer);
    if (told) *out_told = str_fmt(look->arena, "%" PRIu32, height);
    return told && height >= wanted;
}

static bool turn_is(const struct look *look, struct str *out_told)
{
    struct address who;
    struct answer answer;
    if (!address_of(look, &who)) return false;
    const struct round_view *round = alpha_round(&look->client, soon(look), &answer);
    const bool is = round && address_eq(&round->proposer, &who);
    if (round) *out_told = str_fmt(look->arena, "round %" PRIu64 "%s", round->round, is ? "" : " is another's");
    answer_done(&answer);
    return is;
}

static bool captured_fits(const struct look *look, struct str *out_told)
{
    const struct run *run = look->run;
    for (uint32_t i = 0; i < run->plan->captures_count; i++) {
        if (!str_eq(run->plan->captures[i], look->object->id)) continue;
        *out_told = run->captures[i].last;
        return run->captures[i].last.data != NULL && object_value_fits(look->id, run->captures[i].last);
    }
    return false;
}

static bool status_among(struct str wanted, struct str status)
{
    struct str head;
    while (wanted.len > 0) {
        (void)str_cut(wanted, '|', &head, &wanted); /* false: the last one */
        if (str_eq(str_trim(head), status)) return true;
    }
    return false;
}

bool object_holds(struct run *run, const struct object *object, struct arena *arena, struct str *out_told)
{
    static struct str (*const statuses[OBJECT_KINDS])(const struct look *look) = {
        [OBJECT_TRANSACTION] = transaction_status, [OBJECT_PROPOSAL] = proposal_status, [OBJECT_ORDER] = order_status, [OBJECT_POSITION] = position_status,
        [OBJECT_LOCK] = lock_status,   [OBJECT_BURN] = burn_status,     [OBJECT_REQUEST] = request_status, [OBJECT_REGISTRATION] = registration_status,
        [OBJECT_NAME] = name_phase_of,
    };
    struct look look = {.run = run, .object = object, .client = object->chain == CHAIN_DELTA ? run->target.delta : run->target.alpha, .arena = arena};
    *out_told = (struct str){0};
    /* Of a captured value what it is wanted to be may name others; of the rest, which thing is meant. */
    if (!run_text_expand(run, object->kind == OBJECT_CAPTURED ? object->wanted : object->id, arena, &look.id)) return false;
    if (object->kind == OBJECT_CAPTURED) return captured_fits(&look, out_told);
    if (!look.client.http) return false;
    if (object->kind == OBJECT_HEIGHT) return height_reached(&look, out_told);
    if (object->kind == OBJECT_TURN) return turn_is(&look, out_told);
    const bool by_text = object->kind == OBJECT_NAME || object->kind == OBJECT_REGISTRATION;
    if (!by_text && (look.id.len != 2 * sizeof(look.hash.b) || !str_unhex(look.id, look.hash.b, sizeof(look.hash.b)))) return false;
    *out_told = statuses[object->kind](&look);
    return out_told->len > 0 && status_among(object->wanted, *out_told);
}

struct finding object_finding(struct run *run, const struct criterion *criterion, struct str scope)
{
    struct str told;
    const bool holds = object_holds(run, &criterion->object, &run->arena, &told);
    return (struct finding){.kind = FINDING_CHECK, .name = criterion->name, .scope = scope, .expected = criterion->expected,
                            .actual = told.len > 0 ? told : STR("-"), .samples = told.len > 0, .place = criterion->place,
                            .judgement = told.len == 0 ? JUDGED_INVALID : holds ? JUDGED_PASS : JUDGED_FAIL,
                            .note = told.len == 0 ? STR("nothing was told of it") : (struct str){0}};
}
