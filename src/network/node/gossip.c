#include "network/node/node_priv.h"

#include "network/node/presign.h"

/* A transaction that comes alone leaves at once; those that come within a tick of it wait for each other and travel in one bundle. Each goes
 * to every peer once. */
void node_gossip_put(struct node *node, struct tx *tx)
{
    struct node_space *space = node->space;
    if (space->peers_count < 2) return;
    vec_push(&node->outgoing, tx_ref(tx));
    if (node->outgoing.count >= MESSAGE_TXS_MAX) node_gossip_fire(&node->gossip);
    if (node->gossip_set || node->outgoing.count == 0) return;
    node->gossip_set = true;
    env_timer_set(space->env, &node->gossip, instant_add(node->gossiped_at, (struct duration){space->gossip_tick_ns}));
}

void node_gossip_fire(struct timer *timer)
{
    struct node *node = CONTAINER_OF(timer, struct node, gossip);
    node->gossip_set = false;
    if (node->paused) return; /* resuming sets it again */
    if (node->outgoing.count == 0) return;
    node->gossiped_at = env_now(node->space->env);
    struct message *message = message_of_txs(node->space->rules.domain, node->outgoing.data, node->outgoing.count);
    struct packet *packet = node_packet_new(message);
    node_send_packet(node, packet);
    node_announce_note(node, CONTAINER_OF(packet, struct node_packet, packet));
    packet_unref(packet);
    message_unref(message);
    for (size_t i = 0; i < node->outgoing.count; i++) tx_unref(node->outgoing.data[i]);
    vec_clear(&node->outgoing);
}

/* The bundle of a TXS message, made once for all who receive the packet: what has a bad signature is left out. */
static struct bundle *bundle_of(struct node *node, struct node_packet *packet)
{
    if (packet->bundle_made) return packet->bundle;
    packet->bundle_made = true;
    const struct message *message = packet->message;
    VEC(struct tx *) good = {0};
    for (uint32_t i = 0; i < message->txs.count; i++) {
        struct tx *tx = message->txs.items[i];
        const bool check = ledger_wants_signature(&node->space->rules);
        if (!check || presign_check(node->space, tx)) vec_push(&good, tx);
    }
    if (good.count > 0) packet->bundle = bundle_new(good.data, good.count);
    vec_done(&good);
    return packet->bundle;
}

/* Without reading the log: what stands there unread counts as unknown. */
static bool is_known(const struct node *node, const struct tx *tx)
{
    struct ledger_account account;
    if (mempool_has_read(node->pool, &tx->id)) return true;
    ledger_account_get(poststate_state(node->final_post), &tx->sender, &account);
    return tx->nonce < account.nonce;
}

uint64_t node_gossip_checks(const struct node *node, const struct node_packet *packet)
{
    const struct message *message = packet->message;
    if (peer_set_has(&packet->heard, node->index)) return 0;
    if (!packet->again) return message->txs.count;
    uint64_t unknown = 0;
    for (uint32_t i = 0; i < message->txs.count; i++) unknown += !is_known(node, message->txs.items[i]);
    return unknown;
}

void node_gossip_take(struct node *node, struct node_packet *packet)
{
    const bool news = node_gossip_checks(node, packet) > 0;
    peer_set_add(&packet->heard, node->index);
    struct bundle *bundle = news ? bundle_of(node, packet) : NULL;
    if (bundle) mempool_log(node->pool, bundle, node_clock_ms(node));
    if (bundle && events_hears(node->events, EVENT_TX_PENDING)) mempool_digest(node->pool); /* a reader wants to hear of them */
}
