/* The desk: registrations and withdrawals that wait for somebody with a role. The chain has no list of them, so it is asked for each of the
 * run's bots; whoever hands something in says so on the bus, and then only that bot is asked for again. What counts is always what the chain
 * says. */
#include "tester/behavior/d007_priv.h"

#include "tester/bot/hold.h"
#include "tester/bot/submit_priv.h"

#define QUEUE_MAX 4096u
#define MESSAGE_TTL duration_s(600)
#define LOOK_EVERY duration_s(1)

static const struct str topics[] = {[DESK_KYC] = {"d007/kyc", 8}, [DESK_RAMP] = {"d007/ramp", 9}};

struct desk_service {
    enum desk desk;
    struct bus_subscription *calls; /* NULL: there is no bus */
    uint64_t missed;                /* calls that were dropped, as far as it was noticed */
    uint32_t next, left;            /* the round over all bots: whose turn, how many are left of it */
};

void desk_tell(struct act *act, enum desk desk)
{
    if (act->crew->bus == NULL) return;
    const struct bus_post post = {.topic = topics[desk], .payload = STR("."), .from = act->bot->index, .ttl = MESSAGE_TTL};
    (void)bus_publish(act->crew->bus, &post, NULL); /* for who listens */
}

struct desk_service *desk_open(struct act *act, enum desk desk)
{
    struct desk_service *service = base_alloc(sizeof(*service));
    const uint32_t bots = act->crew->bots_count;
    *service = (struct desk_service){.desk = desk, .next = (uint32_t)(act->number % MAX(bots, 1u)), .left = bots};
    if (act->crew->bus != NULL) service->calls = bus_subscribe(act->crew->bus, topics[desk], QUEUE_MAX);
    return service;
}

void desk_close(struct act *act, struct desk_service *service)
{
    (void)act;
    if (service->calls != NULL) bus_unsubscribe(service->calls);
    base_free(service);
}

/* Something of this bot's that nobody has in hand. False with op as it was: nothing. */
static bool item_of(struct act *act, enum desk desk, struct bot *bot, struct desk_item *out)
{
    const struct address *who = &bot->identity.address;
    bool found;
    out->bot = bot;
    if (desk == DESK_KYC) {
        if (!kyc_read(act, who, NULL, 0, &out->kyc)) return false;
        found = out->kyc.known && out->kyc.status == KYC_PENDING;
        out->hold = out->kyc.registration;
    } else {
        if (!ramp_find(act, who, 1u << OFFRAMP_REQUESTED | 1u << OFFRAMP_APPROVED, true, &out->ramp, &found)) return false;
        if (found) out->hold = out->ramp.id;
    }
    return found && hold_take(act->crew, &out->hold);
}

/* The next bot to ask for: of the round, else the next that called. NULL: none now. */
static struct bot *next_bot(struct act *act, struct desk_service *service)
{
    const struct crew *crew = act->crew;
    if (service->left == 0) {
        const uint64_t dropped = service->calls != NULL ? bus_dropped(service->calls) : 0;
        struct bus_message *call = service->calls != NULL ? bus_next(service->calls, env_now(crew->env)) : NULL;
        const uint32_t from = call != NULL ? call->from : 0;
        if (call != NULL) bus_message_done(call);
        if (dropped == service->missed) return call != NULL && from < crew->bots_count ? crew->bots[from] : NULL;
        service->missed = dropped; /* a whole round finds what was called meanwhile */
        service->left = crew->bots_count;
    }
    struct bot *bot = crew->bots[service->next];
    service->next = (service->next + 1) % crew->bots_count;
    service->left--;
    return bot;
}

/* Until somebody calls. False: nobody did before the deadline. */
static bool call_await(struct act *act, struct desk_service *service, struct instant deadline)
{
    struct env *env = act->crew->env;
    while (!act_is_closing(act) && instant_before(env_now(env), deadline)) {
        const struct instant soon = instant_add(env_now(env), LOOK_EVERY);
        const struct instant until = instant_before(soon, deadline) ? soon : deadline;
        if (service->calls == NULL) {
            fiber_sleep_until(env, until);
            continue;
        }
        struct bus_message *call = bus_next(service->calls, until);
        if (call == NULL) continue;
        const uint32_t from = call->from;
        bus_message_done(call);
        if (from >= act->crew->bots_count) continue;
        service->next = from;
        service->left = 1;
        return true;
    }
    return false;
}

bool desk_next(struct act *act, struct desk_service *service, struct instant deadline, struct desk_item *out)
{
    do {
        for (struct bot *bot; act->op->status == OP_DONE && (bot = next_bot(act, service)) != NULL;)
            if (item_of(act, service->desk, bot, out)) return true;
    } while (act->op->status == OP_DONE && call_await(act, service, deadline));
    return false;
}

void desk_done(struct act *act, struct desk_item *item)
{
    hold_drop(act->crew, &item->hold);
}

/* ---- quotas ---- */

#define ALL_BPS 10000u

bool quota_draw(struct act *act, uint32_t bps)
{
    struct rng rng = rng_split(&act->track->rng, STR("quota"), 0);
    const uint64_t phase = rng_below(&rng, ALL_BPS);
    struct track *track = act->track;
    const bool granted = (track->quota.granted + 1) * ALL_BPS <= (track->quota.drawn + 1) * bps + phase;
    track->quota.drawn++;
    track->quota.granted += granted;
    return granted;
}

void quota_return(struct act *act, bool drawn)
{
    act->track->quota.drawn--;
    act->track->quota.granted -= drawn;
}
