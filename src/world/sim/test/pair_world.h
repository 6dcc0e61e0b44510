/* Two or more hosts that note what they get, for tests of this room. */
#ifndef SIM_PAIR_WORLD_H
#define SIM_PAIR_WORLD_H

#include "core/base/check.h"
#include "core/base/vec.h"
#include "world/sim/sim.h"

struct note {
    uint64_t at_ns, ident;
    uint32_t from;
};
struct peer {
    struct env *env;
    struct host host;
    uint64_t cost_ns;
    bool cost_is_ident; /* a letter's cost is its ident */
    uint64_t foreseen, overflowed;
    VEC(struct note) notes;
};

static uint64_t letters_alive, letters_lost_link, letters_lost_host;

static void letter_free(struct packet *packet)
{
    letters_alive--;
    base_free(packet);
}
static void letter_lost(struct packet *packet, uint32_t to, enum packet_loss why)
{
    (void)packet, (void)to;
    if (why == LOSS_LINK)
        letters_lost_link++;
    else
        letters_lost_host++;
}
static const struct packet_class letter_class = {.name = "letter", .free = letter_free, .lost = letter_lost};

static inline void letter_send(struct env *env, struct host from, struct host to, uint64_t ident)
{
    struct packet *packet = base_alloc(sizeof(*packet));
    *packet = (struct packet){.class = &letter_class, .ident = ident, .bytes = 1000, .refs = 1};
    letters_alive++;
    env_send(env, from, to, packet);
}

static uint64_t peer_cost(void *ctx, struct host from, const struct packet *packet)
{
    (void)from;
    const struct peer *peer = ctx;
    return peer->cost_is_ident ? packet->ident : peer->cost_ns;
}
static void peer_receive(void *ctx, struct host from, struct packet *packet)
{
    struct peer *peer = ctx;
    const struct note note = {env_now(peer->env).ns - INSTANT_GENESIS.ns, packet->ident, from.number};
    vec_push(&peer->notes, note);
}
static void peer_foresee(void *ctx, const struct packet *packet)
{
    (void)packet;
    ((struct peer *)ctx)->foreseen++;
}
static void peer_overflow(void *ctx, struct host from, struct packet *packet)
{
    (void)from, (void)packet;
    ((struct peer *)ctx)->overflowed++;
}
static const struct host_ops peer_ops = {
    .cost_ns = peer_cost, .receive = peer_receive, .foresee = peer_foresee, .overflow = peer_overflow};

static inline void peer_open(struct peer *peer, struct env *env, struct str name)
{
    *peer = (struct peer){.env = env};
    peer->host = env_host_open(env, name, &peer_ops, peer);
}

#endif
