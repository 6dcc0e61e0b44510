#include "tester/behavior/validator_priv.h"

#include <inttypes.h>
#include <stdio.h>

#include "tester/behavior/validator_duty.h"
#include "tester/bot/claim.h"
#include "tester/bot/send.h"
#include "tester/bot/tide.h"
#include "tester/client/adnet_rewards.h"
#include "tester/client/alpha_staking.h"
#include "world/fiber/chan.h"

#define OWN_BLOCK_S 120u

/* Both chains' duties of one execution: each on a fiber of its own, since a round of one does not wait for the other's. */
struct service {
    struct act *act;
    struct duty duties[2];
    struct op ops[2];
    uint32_t chains;
    bool over;
    bool proposes, attests;
    uint64_t uptime_bps;
    struct gate gate;
};
struct shift {
    struct service *service;
    uint32_t at;
};

static void shift_run(void *arg)
{
    struct shift *shift = arg;
    struct service *service = shift->service;
    struct duty *duty = &service->duties[shift->at];
    if (duty_begin(duty, service->act, shift->at == 0 ? CHAIN_ALPHA : CHAIN_DELTA, &service->ops[shift->at])) {
        duty->proposes = service->proposes;
        duty->attests = service->attests;
        duty->uptime_bps = service->uptime_bps;
        while (!service->over) duty_step(duty); /* past its phase, too: its own last transactions need a chain that goes on */
        duty_end(duty);
    }
    gate_leave(service->act->crew->env, &service->gate);
    base_free(shift);
}

static bool is_validator(const struct act *act, struct op *op)
{
    if (act->bot != NULL && act->bot->seat.number > 0) return true;
    op->status = OP_SKIPPED;
    op_note(op, "the bot carries no validator's keys");
    return false;
}

static void service_begin(struct service *service, struct act *act)
{
    service->act = act;
    service->chains = crew_has(act->crew, CHAIN_DELTA) ? 2 : 1;
    for (uint32_t i = 0; i < service->chains; i++) {
        struct shift *shift = base_alloc(sizeof(*shift));
        *shift = (struct shift){service, i};
        gate_enter(&service->gate);
        (void)fiber_spawn(act->crew->env, shift_run, shift);
    }
}

static void service_end(struct service *service)
{
    service->over = true;
    while (!gate_wait(service->act->crew->env, &service->gate, INSTANT_NEVER)) {}
}

/* No evidence on record says that it signed two things where one is allowed, or what was not valid. */
static void claim_unconvicted(struct act *act)
{
    const struct alpha alpha = act_alpha(act);
    const struct evidence_filter filter = {.validator = &act->bot->identity.address};
    struct answer answer;
    uint64_t wait_ns = 0, convictions = 0;
    const struct page *page;
    do page = alpha_evidence_by(&alpha, &filter, 100, (struct str){0}, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (page == NULL && act_again(act, &answer, &wait_ns));
    const struct evidence_view *items = page != NULL ? page->items : NULL;
    for (uint32_t i = 0; page != NULL && i < page->count; i++) convictions += items[i].type != EVIDENCE_DOWNTIME;
    const bool told = page != NULL || act_fail(act->op, &answer);
    answer_done(&answer);
    if (told) act_claim(act, "nothing convicts it of signing twice", convictions == 0, "%" PRIu64 " convictions", convictions);
}

/* What must hold of a service, whatever the network did meanwhile. */
static void service_judge(struct service *service, struct op *op)
{
    uint64_t signatures = 0, refused = 0;
    enum code code = CODE_NONE;
    for (uint32_t i = 0; i < service->chains; i++) {
        const struct duty *duty = &service->duties[i];
        signatures += duty->votes + duty->proposals + duty->timeouts;
        refused += duty->refused;
        if (duty->refused > 0) code = duty->refusal;
        if (service->ops[i].status != OP_DONE && op->status == OP_DONE) {
            op->status = service->ops[i].status;
            op->code = service->ops[i].code;
            op_note(op, service->ops[i].note);
        }
    }
    char text[24];
    const int len = snprintf(text, sizeof(text), "%" PRIu64, signatures);
    act_output(service->act, STR("signatures"), (struct str){text, (size_t)len});
    act_claim(service->act, "no signature of the validator is refused", refused == 0, "%" PRIu64 " of %" PRIu64 " were, at last with " STR_FMT, refused, signatures + refused,
              STR_ARG(code_text(code)));
    if (op->status == OP_DONE) claim_unconvicted(service->act);
}

/* ---- validator.participate, validator.attest: as long as the phase lasts ---- */

static void claim_rewards(struct act *act)
{
    struct op aside = {.status = OP_DONE};
    const union payload payload = {.rewards_claim = {.validator = act->bot->identity.address}};
    const struct send_plan plan = {.kind = KIND_REWARDS_CLAIM, .payload = &payload, .loose = 1u << TOKEN_AX};
    (void)act_send(act, &plan, NULL, &aside); /* nothing to claim yet is no failure of the service */
}

/* What it has earned, claimed or not, and how many epochs had ended. False: nobody tells. */
static bool earnings_read(struct act *act, u128 *out, uint64_t *out_epochs)
{
    struct answer answer;
    const struct address *self = &act->bot->identity.address;
    if (act->crew->adnet.http == NULL) return false;
    const struct epoch_rewards *epoch = adnet_epoch_rewards(&act->crew->adnet, UINT64_MAX, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    bool told = epoch != NULL || (answer.status == ANSWER_REFUSED && answer.code == CODE_EPOCH_NOT_FOUND);
    *out_epochs = epoch != NULL ? epoch->epoch + 1 : 0;
    answer_done(&answer);
    const struct rewards_view *view = adnet_rewards(&act->crew->adnet, self, self, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    told = told && view != NULL;
    if (view != NULL) *out = view->total.units + view->claimed.units;
    answer_done(&answer);
    return told;
}

/* Who kept its turns for a whole epoch is paid for it, at the latest with the second that ends. */
static void claim_growth(struct act *act, u128 before, uint64_t epochs_before)
{
    u128 now;
    uint64_t epochs;
    if (!earnings_read(act, &now, &epochs) || epochs < epochs_before + 2) return;
    act_claim(act, "its rewards grow", now > before, "nothing came in %" PRIu64 " epochs", epochs - epochs_before);
}

static void serve(struct act *act, bool proposes, bool attests, uint64_t uptime_bps, uint64_t claim_every_ns, struct op *op)
{
    struct service *service = base_alloc(sizeof(*service));
    struct env *env = act->crew->env;
    struct instant claim_at = instant_add(env_now(env), (struct duration){claim_every_ns});
    service->proposes = proposes;
    service->attests = attests;
    service->uptime_bps = uptime_bps;
    op->sent = env_now(env);
    u128 earned = 0;
    uint64_t epochs = 0;
    const bool paid = proposes && attests && uptime_bps >= 10000 && earnings_read(act, &earned, &epochs);
    service_begin(service, act);
    while (!act_is_closing(act)) {
        fiber_sleep(env, duration_ms(100));
        if (claim_every_ns == 0 || instant_before(env_now(env), claim_at)) continue;
        claim_at = instant_add(claim_at, (struct duration){claim_every_ns});
        claim_rewards(act);
    }
    service_end(service);
    service_judge(service, op);
    if (paid && op->status == OP_DONE) claim_growth(act, earned, epochs);
    base_free(service);
}

void validator_participate(struct act *act, struct op *op)
{
    if (!is_validator(act, op)) return;
    const uint64_t every = act_has(act, "reward_claim_interval") ? act_u64(act, "reward_claim_interval") : 0;
    serve(act, act_flag(act, "propose"), act_flag(act, "attest"), act_u64(act, "uptime_target"), every, op);
}

void validator_attest(struct act *act, struct op *op)
{
    if (is_validator(act, op)) serve(act, false, true, act_u64(act, "uptime_target"), 0, op);
}

/* ---- validator.propose_block: until a block of its own is final ---- */

/* The final block at the height of its last proposal. True: it is the proposal. */
static bool own_is_final(struct act *act, const struct duty *duty, struct instant deadline)
{
    struct answer answer;
    uint32_t reached;
    const uint32_t height = duty->own_height;
    const struct hash hash = duty->own_hash;
    if (height == 0 || !tide_await(act, CHAIN_ALPHA, height, deadline, &reached)) return false;
    const struct alpha alpha = act_alpha(act);
    const struct block_view *block;
    uint64_t wait = 0;
    uint32_t tries = 0;
    do block = alpha_block(&alpha, height, false, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (block == NULL && act_again_behind(act, &answer, &wait, &tries));
    const bool own = block != NULL && hash_eq(&block->hash, &hash) && address_eq(&block->header.proposer, &act->bot->identity.address);
    answer_done(&answer);
    return own;
}

/* A certificate, and the committee in force at its round: who signed, with how much of the stake. */
struct signing {
    struct hash committee; /* as the certificate names it */
    uint64_t round;
    uint8_t bitmap[COMMITTEE_MEMBERS_MAX / 8];
    size_t bitmap_bytes;
    u128 power, total;
    uint32_t signers;
    bool named; /* the committee that was told is that one */
};

/* The first certificate of the proof that the block is final: its own, or where its round was followed by a gap, of the first block behind it
 * that was followed without one. False: op says. */
static bool signing_read(struct act *act, uint32_t height, struct signing *out)
{
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    uint32_t tries = 0;
    const struct finality_view *view;
    do view = alpha_finality(&alpha, height, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again_behind(act, &answer, &wait, &tries));
    if (view != NULL) {
        const struct certificate *certificate = view->proof->certificates[0];
        out->round = certificate->round;
        out->committee = certificate->committee_hash;
        out->bitmap_bytes = MIN(certificate->bitmap_bytes, sizeof(out->bitmap));
        memcpy(out->bitmap, certificate->bitmap, out->bitmap_bytes);
    } else {
        (void)act_fail(act->op, &answer);
    }
    answer_done(&answer);
    return view != NULL;
}

static bool signers_count(struct act *act, struct signing *signing)
{
    const struct alpha alpha = act_alpha(act);
    struct answer answer;
    uint64_t wait = 0;
    uint32_t tries = 0;
    const struct committee_view *view;
    do view = alpha_committee(&alpha, signing->round, act_deadline(act, ACT_READ_TIMEOUT), &answer);
    while (view == NULL && act_again_behind(act, &answer, &wait, &tries));
    if (view != NULL) {
        const struct committee *committee = view->committee;
        signing->named = hash_eq(&committee->hash, &signing->committee);
        for (uint32_t i = 0; i < committee->count; i++) {
            const bool signs = i / 8 < signing->bitmap_bytes && (signing->bitmap[i / 8] >> (i % 8) & 1);
            signing->total += committee->members[i].stake.units;
            signing->power += signs ? committee->members[i].stake.units : 0;
            signing->signers += signs;
        }
    } else {
        (void)act_fail(act->op, &answer);
    }
    answer_done(&answer);
    return view != NULL;
}

static void claim_certified(struct act *act, uint32_t height)
{
    struct signing signing = {0};
    if (!signing_read(act, height, &signing) || !signers_count(act, &signing)) return;
    act_claim(act, "its certificate has a quorum", signing.named && signing.power * 3 > signing.total * 2, "%" PRIu32 " signers at height %" PRIu32 "%s",
              signing.signers, height, signing.named ? "" : ", of a committee that it does not name");
}

void validator_propose_block(struct act *act, struct op *op)
{
    if (!is_validator(act, op)) return;
    struct service *service = base_alloc(sizeof(*service));
    struct env *env = act->crew->env;
    const struct instant deadline = act_deadline(act, duration_s(OWN_BLOCK_S));
    char text[72];
    bool own = false;
    service->proposes = service->attests = true;
    service->uptime_bps = 10000;
    op->sent = env_now(env);
    service_begin(service, act);
    while (!own && !act_is_closing(act) && instant_before(env_now(env), deadline)) {
        if (service->duties[0].own_height == 0) fiber_sleep(env, duration_ms(50));
        else if (!(own = own_is_final(act, &service->duties[0], deadline))) service->duties[0].own_height = 0; /* another's is: its next turn */
    }
    const uint32_t height = service->duties[0].own_height;
    const struct hash hash = service->duties[0].own_hash;
    if (own) {
        op->finalized = env_now(env);
        claim_certified(act, height); /* while it serves: where many look at once, nobody else would go on */
    }
    service_end(service);
    service_judge(service, op);
    base_free(service);
    act_claim(act, "a final block is its own", own, "height %" PRIu32, height);
    if (!own) return;
    act_output(act, STR("height"), (struct str){text, (size_t)snprintf(text, sizeof(text), "%" PRIu32, height)});
    str_hex(hash.b, sizeof(hash.b), text);
    act_output(act, STR("block_hash"), (struct str){text, 2 * sizeof(hash.b)});
}
