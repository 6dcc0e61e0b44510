/* Orders on their way: placed, cancelled, refused. */
#include <stdio.h>

#include "tester/behavior/dex_priv.h"
#include "tester/bot/submit_priv.h"

#define CANCEL_FEE_DOUBLINGS 10u
#define LOOK_AGAIN duration_ms(500)

static uint32_t both_tokens(const struct dex_pair *pair) { return 1u << pair->base | 1u << pair->quote; }

u128 dex_reserve(const struct dex_order *order)
{
    return order->side == SIDE_BUY ? dex_notional(order->quantity, order->price) : order->quantity;
}

bool dex_order_begin(struct act *act, const struct dex_order *order, struct submission *out, struct op *op)
{
    const union payload payload = {.order_place = {.pair = str_of(order->pair->name),
                                                   .side = (uint8_t)order->side,
                                                   .order_type = (uint8_t)order->type,
                                                   .price = order->type == ORDER_MARKET ? 0 : order->price,
                                                   .quantity = order->quantity,
                                                   .tif = (uint8_t)order->tif,
                                                   .max_slippage_bps = order->slippage_bps,
                                                   .client_id = act->number}};
    const struct send_plan plan = {.kind = KIND_ORDER_PLACE,
                                   .payload = &payload,
                                   .leaves = money_of(dex_reserve_token(order), (struct amount){dex_reserve(order)}),
                                   .loose = both_tokens(order->pair)};
    const struct instant begun = op->sent.ns == 0 ? op->intended : env_now(act->crew->env);
    if (!act_send_begin(act, &plan, out, op)) return false;
    op->market.acceptance.ns = MAX(op->market.acceptance.ns, instant_since(op->admitted, begun).ns);
    return true;
}

bool dex_order_end(struct act *act, struct submission *submission, struct landing *out, struct op *op)
{
    if (!act_send_end(act, submission, out, op)) return false;
    op_did(op, FEAT_ORDER);
    return true;
}

bool dex_order_send(struct act *act, const struct dex_order *order, struct landing *out, struct op *op)
{
    struct submission submission;
    if (!dex_order_begin(act, order, &submission, op)) return false;
    dex_output_id(act, "tx_id", &op->tx_id);
    dex_output_id(act, "order_id", &op->tx_id);
    return dex_order_end(act, &submission, out, op);
}

/* ---- cancels ---- */

/* The least fee doubles with what the account cancelled lately, and only the network counts that: asked again with twice as much.
 */
static bool cancel_send(struct act *act, struct send_plan *plan, struct landing *out, struct op *op)
{
    struct buf bytes = {0};
    payload_encode(plan->kind, plan->payload, &bytes);
    const struct amount least = crew_fee(act->crew, CHAIN_DELTA, TX_BYTES_MIN + bytes.len);
    buf_done(&bytes);
    for (unsigned doublings = 0;; doublings++) {
        if (act_send(act, plan, out, op)) return true;
        if (doublings == CANCEL_FEE_DOUBLINGS || !dex_forgive(op, CODE_FEE_TOO_LOW)) return false;
        plan->fee = (struct amount){least.units << (doublings + 1)};
    }
}

bool dex_cancel_send(struct act *act, const struct hash *id, struct landing *out, struct op *op)
{
    const union payload payload = {.id = {*id}};
    struct send_plan plan = {.kind = KIND_ORDER_CANCEL, .payload = &payload};
    return cancel_send(act, &plan, out, op);
}

bool dex_cancel_all_send(struct act *act, const struct dex_pair *pair, struct landing *out, struct op *op)
{
    const union payload payload = {.order_cancel_all = {.pair = pair != NULL ? str_of(pair->name) : (struct str){0}}};
    struct send_plan plan = {.kind = KIND_ORDER_CANCEL_ALL, .payload = &payload};
    return cancel_send(act, &plan, out, op);
}

bool dex_claim_refused(struct act *act, const char *claim, const struct send_plan *plan, enum code wanted, struct op *op)
{
    const struct hash before = op->tx_id;
    struct send_plan dearer = *plan;
    if (cancel_send(act, &dearer, NULL, op)) return act_claim(act, claim, false, "it was taken");
    if (!dex_forgive(op, wanted)) return false;
    op->tx_id = before;
    return act_claim(act, claim, true, "%s", "");
}

/* ---- over the bus ---- */

struct dex_topic dex_topic_of(const char *stem, const struct dex_pair *pair, enum side side)
{
    struct dex_topic topic;
    snprintf(topic.text, sizeof(topic.text), "%s/%s/%s", stem, pair->name, dex_side_text(side));
    return topic;
}

enum ask_result dex_quote_ask(struct act *act, const struct dex_pair *pair, enum side side, uint64_t quantity,
                              struct instant deadline)
{
    const struct dex_topic topic = dex_topic_of("quote", pair, dex_other(side));
    char request[24];
    snprintf(request, sizeof(request), "%llu", (unsigned long long)quantity);
    struct buf reply = {0};
    const enum ask_result result = act_ask(act, str_of(topic.text), str_of(request), deadline, &reply);
    buf_done(&reply);
    return result;
}

bool dex_look_served(struct act *act, const struct dex_pair *pair, enum side side, uint64_t quantity, struct instant deadline,
                     struct dex_look *out, struct op *op)
{
    struct env *env = act->crew->env;
    enum ask_result asked = ASK_NOBODY;
    for (;;) {
        if (!dex_look(act, pair, DEX_DEPTH, side, quantity, out, op)) return false;
        if (out->reach > 0) return true;
        if (act_gives_up(act) || !instant_before(env_now(env), deadline)) break;
        const enum ask_result now = dex_quote_ask(act, pair, side, quantity, deadline);
        if (now != ASK_LATE || asked == ASK_NOBODY) asked = now; /* the last one may just have had no time left */
        if (now == ASK_OK) continue;                             /* it stands in the book, or was taken meanwhile */
        const struct instant again = instant_add(env_now(env), LOOK_AGAIN);
        fiber_sleep_until(env, instant_before(again, deadline) ? again : deadline);
    }
    char note[sizeof(op->note)];
    snprintf(note, sizeof(note), "nobody to trade with in the book; asked a maker: %s", ask_result_text(asked));
    return dex_skip(op, OP_TIMED_OUT, note);
}
