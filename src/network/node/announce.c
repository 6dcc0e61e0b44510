#include "network/node/node_priv.h"

/* What this view admitted and passed on once may never have arrived: peers were cut off, or lost their pools since. Nobody tells when they are
 * back. So what is not final after a while is announced again, less and less often, and at once when finality goes on after a halt. Each tick
 * everything that is due goes out as one bundle; who has read it before looks at one bit. On a healthy chain a bundle is dead before its first
 * turn, and its mark says so. */

#define FIRST_WAIT_NS (5 * NS_PER_S)
#define WAIT_NS_MAX (30 * NS_PER_S)
#define TICK_NS NS_PER_S
#define HALT_NS (5 * NS_PER_S) /* without a final block for that long */
#define ANNOUNCED_TXS_MAX 65536

static void forget(struct node *node, size_t i)
{
    node->announced_txs -= node->announced.data[i].packet->message->txs.count;
    packet_unref(&node->announced.data[i].packet->packet);
    vec_remove(&node->announced, i);
}

/* The first tick of this node from `due` on, but not before now. Ticks of the nodes of a network are spread over the second. */
static struct instant tick_from(const struct node *node, struct instant due)
{
    const uint64_t place = TICK_NS / node->space->peers_count * node->index;
    const struct instant tick = {(due.ns + TICK_NS - 1 - place) / TICK_NS * TICK_NS + place}, now = env_now(node->space->env);
    return instant_before(tick, now) ? now : tick;
}

static void timer_want(struct node *node, struct instant due)
{
    const struct instant at = tick_from(node, due);
    if (node->announce_at.ns != 0 && !instant_before(at, node->announce_at)) return;
    node->announce_at = at;
    env_timer_set(node->space->env, &node->announce, at);
}

static void add(struct node *node, struct node_packet *packet, uint64_t wait_ns)
{
    packet_ref(&packet->packet);
    const struct instant due = instant_add(env_now(node->space->env), (struct duration){wait_ns});
    vec_push(&node->announced, ((struct announced){.packet = packet, .due = due, .wait_ns = wait_ns}));
    node->announced_txs += packet->message->txs.count;
    while (node->announced_txs > ANNOUNCED_TXS_MAX && node->announced.count > 1) forget(node, 0);
    timer_want(node, due);
}

void node_announce_note(struct node *node, struct node_packet *packet) { add(node, packet, FIRST_WAIT_NS); }

/* ---- a turn ---- */

enum fate {
    FATE_OVER,  /* final, or it never will be */
    FATE_OPEN,  /* its nonce is used in a block that is not final */
    FATE_WAITS,
};

static enum fate fate_of(struct node *node, const struct tx *tx)
{
    struct ledger_account account;
    const struct ledger_state *final = node_state(node, true);
    ledger_account_get(final, &tx->sender, &account);
    if (tx->nonce < account.nonce || (tx->valid_until != 0 && tx->valid_until <= ledger_height(final))) return FATE_OVER;
    ledger_account_get(node_state(node, false), &tx->sender, &account);
    if (tx->nonce < account.nonce) return FATE_OPEN;
    return map_find(&node->dropped, &tx->id) != NULL ? FATE_OVER : FATE_WAITS;
}

/* Some view has found all of it executed at a block that is final here. */
static bool is_marked_over(const struct node *node, const struct announced *announced)
{
    const struct bundle *bundle = announced->packet->bundle;
    if (bundle == NULL || bundle->dead_height == 0 || bundle->dead_height > node_final_height(node)) return false;
    return node_on_chain((void *)(uintptr_t)node, bundle->dead_height, &bundle->dead_hash);
}

/* What goes out this time. */
struct turn {
    VEC(struct tx *) txs; /* borrowed from the packets */
    VEC(struct packet *) packets;
    struct peer_set heard; /* who has read all of them */
    uint64_t wait_ns;
};

/* Takes what is left of the i-th into the turn, and the i-th out. False: it stays. */
static bool turn_take(struct node *node, struct turn *turn, size_t i)
{
    struct announced *announced = &node->announced.data[i];
    struct node_packet *packet = announced->packet;
    const struct message *message = packet->message;
    const size_t had = turn->txs.count;
    size_t waiting = 0;
    for (uint32_t t = 0; !is_marked_over(node, announced) && t < message->txs.count; t++) {
        const enum fate fate = fate_of(node, message->txs.items[t]);
        waiting += fate == FATE_WAITS;
        if (fate != FATE_OVER) vec_push(&turn->txs, message->txs.items[t]);
    }
    if (waiting == 0 && turn->txs.count > had) {
        turn->txs.count = had;
        announced->due = instant_add(env_now(node->space->env), (struct duration){announced->wait_ns});
        return false;
    }
    if (waiting > 0) {
        turn->wait_ns = MAX(turn->wait_ns, announced->wait_ns);
        for (size_t w = 0; w < ARRAY_LEN(turn->heard.bits); w++) turn->heard.bits[w] &= packet->heard.bits[w];
        vec_push(&turn->packets, packet_ref(&packet->packet));
    }
    forget(node, i);
    return true;
}

static void turn_send(struct node *node, const struct turn *turn, size_t from, size_t count)
{
    struct message *message = message_of_txs(node->space->rules.domain, turn->txs.data + from, count);
    struct packet *packet = node_packet_new(message);
    struct node_packet *own = CONTAINER_OF(packet, struct node_packet, packet);
    own->again = own->bundle_made = true;
    own->bundle = bundle_new(turn->txs.data + from, count); /* they were admitted here: the signatures are good */
    own->heard = turn->heard;
    node_send_packet(node, packet);
    add(node, own, MIN(turn->wait_ns * 2, WAIT_NS_MAX));
    packet_unref(packet);
    message_unref(message);
}

void node_announce_fire(struct timer *timer)
{
    struct node *node = CONTAINER_OF(timer, struct node, announce);
    if (node->paused) return; /* resuming comes here again */
    const struct instant now = env_now(node->space->env);
    struct turn turn = {.heard.bits = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    node->announce_at = (struct instant){0};
    for (size_t i = 0; i < node->announced.count;)
        if (instant_before(now, node->announced.data[i].due) || !turn_take(node, &turn, i)) i++;
    for (size_t i = 0; i < turn.txs.count; i += MESSAGE_TXS_MAX) turn_send(node, &turn, i, MIN(turn.txs.count - i, (size_t)MESSAGE_TXS_MAX));
    for (size_t i = 0; i < turn.packets.count; i++) packet_unref(turn.packets.data[i]);
    vec_done(&turn.txs);
    vec_done(&turn.packets);
    for (size_t i = 0; i < node->announced.count; i++) timer_want(node, node->announced.data[i].due);
}

/* ---- news ---- */

void node_announce_resumed(struct node *node)
{
    const struct instant now = env_now(node->space->env);
    const bool halted = instant_since(now, node->final_at).ns > HALT_NS;
    node->final_at = now;
    if (!halted || node->announced.count == 0) return;
    for (size_t i = 0; i < node->announced.count; i++) node->announced.data[i].due = now;
    timer_want(node, now);
}

void node_announce_forgotten(struct node *node)
{
    const struct node_space *space = node->space;
    if (node->index >= PEER_SET_MAX) return;
    for (uint32_t i = 0; i < space->peers_count; i++) {
        const struct node *peer = space->peers[i].node;
        for (size_t a = 0; peer && a < peer->announced.count; a++)
            peer->announced.data[a].packet->heard.bits[node->index / 64] &= ~((uint64_t)1 << node->index % 64);
    }
}

void node_announce_done(struct node *node)
{
    env_timer_cancel(node->space->env, &node->announce);
    while (node->announced.count > 0) forget(node, node->announced.count - 1);
    vec_done(&node->announced);
}
