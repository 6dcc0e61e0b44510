/* Users of the shielded pool (PT-L-030 to 033) on a network: what they do ends well, and whatever breaks a post-condition is told. */
#include "broken.h"
#include "tester/bot/ask.h"
#include "tester/bot/shieldsend.h"

static void four_here(struct village *v)
{
    static const char *const behaviors[] = {"privacy.generate_proof", "privacy.shielded_transfer", "privacy.batch_prove", "privacy.address_recycle", "privacy.mix"};
    for (size_t i = 0; i < ARRAY_LEN(behaviors); i++) {
        struct village_track track;
        village_track(v, &track, behaviors[i], NULL);
        const struct op op = village_once(v, &track, (uint32_t)(i % v->config.bots), 0);
        if (op.status != OP_DONE) CHECK_FAIL("%s: %s " STR_FMT " %s", behaviors[i], op_status_text(op.status), STR_ARG(code_text(op.code)), op.note);
        uint64_t held = 0;
        for (uint32_t k = 0; k < track.track.claims_count; k++) {
            held += track.track.claims[k].held;
            CHECK_U64(track.track.claims[k].broken, 0);
        }
        printf("%-28s %6.1f s, %llu claims of %u kinds held, %u proofs in %llu ms, checked in %llu ms\n", behaviors[i],
               (double)instant_since(op.ended, op.intended).ns / 1e9, (unsigned long long)held, track.track.claims_count, op.proofs.made,
               (unsigned long long)(op.proofs.made_in_max.ns / NS_PER_MS), (unsigned long long)(op.proofs.checked_in_max.ns / NS_PER_MS));
        CHECK(op.proofs.made > 0 && op.proofs.good == op.proofs.made && op.proofs.ring_min >= 11);
    }
}

static struct village_config config_of(bool simulated)
{
    return (struct village_config){.validators = 4, .bots = 3, .seed = 11, .ax = 5000000, .simulated = true, .simulated_proofs = simulated};
}

static void users_of_the_pool_do_what_they_do(void)
{
    village_free(village_run(config_of(true), four_here));
}
static void with_real_proofs_too(void)
{
    village_free(village_run(config_of(false), four_here));
}

/* ---- each post-condition can fail ---- */

struct privacy_breaking {
    const char *behavior;
    const char *const *sets;
    const char *weakness; /* planted switch; NULL: none */
    struct lie lie;       /* of a view; path NULL: none */
    void (*spoil)(struct village *v, struct bot *bot); /* a fault in the wallet or its machine; NULL: none */
    const char *fault;    /* what that is */
    const struct node_costs *costs;
    const char *claim;
};

static struct shieldwallet *wallet_of(struct bot *bot) { return &shieldbot_of(bot)->wallet; }

static void spoil_secret(struct village *v, struct bot *bot)
{
    (void)v;
    struct own_note *own = &wallet_of(bot)->notes.data[0];
    const struct scalar one = scalar_of(1);
    own->owned.secret = scalar_add(&own->owned.secret, &one);
}
/* One that is worth nothing is never chosen: the others go on. */
static void spoil_idle_note(struct village *v, struct bot *bot)
{
    (void)v;
    struct shieldwallet *wallet = wallet_of(bot);
    struct own_note own = wallet->notes.data[0];
    const struct scalar one = scalar_of(1);
    own.owned.opening.value = 0;
    own.owned.secret = scalar_add(&own.owned.secret, &one);
    vec_push(&wallet->notes, own);
}
static void spoil_shelf(struct village *v, struct bot *bot)
{
    (void)v;
    struct shieldwallet *wallet = wallet_of(bot);
    wallet->shelf->notes.data[1].note.one_time_key = wallet->shelf->notes.data[wallet->notes.data[0].index].note.one_time_key;
}
/* The wallet counts one note twice: with the same key image, not in one ring. */
static void spoil_count(struct village *v, struct bot *bot)
{
    (void)v;
    struct shieldwallet *wallet = wallet_of(bot);
    const struct own_note own = wallet->notes.data[0];
    vec_push(&wallet->notes, own);
}
static void spoil_cores(struct village *v, struct bot *bot)
{
    for (size_t i = 1; i < SHIELDBOT_CORES; i++) shieldbot_of(bot)->core_free[i] = village_in(v, duration_s(30));
}

#define ZERO_HASH "\"0000000000000000000000000000000000000000000000000000000000000000\""
static const char *const set_12[] = {"set=12", NULL}, *const two[] = {"k=2", NULL}, *const of_10[] = {"ring_size=10", NULL};
static char someone[512]; /* an account's entry in the state, quoted: filled by account_take */
static const struct node_costs slow = {.message_ns = 2000, .range_proof_ns = 1500 * NS_PER_MS};

static const struct privacy_breaking table[] = {
    {"privacy.shielded_transfer", .weakness = "vuln.shielded-plaintext-receipt", .claim = "nothing private in clear"},
    {"privacy.shielded_transfer", .weakness = "vuln.static-receive-address", .claim = "nothing private in clear"},
    {"privacy.shielded_transfer", .weakness = "vuln.ring-size-one", .claim = "rings are whole"},
    {"privacy.shielded_transfer", .lie = {"shielded/nullifier/", "transaction_id", ZERO_HASH}, .claim = "one new key image an input"},
    {"privacy.shielded_transfer", .lie = {"shielded/notes", "transaction_id", ZERO_HASH}, .claim = "two notes a spend"},
    {"privacy.shielded_transfer", .lie = {"shielded/notes", "enc", "\"0102030405060708\""}, .claim = "the recipient recovers the amount"},
    {"privacy.shielded_transfer", .lie = {"shielded/notes", "enc", "\"0102030405060708\""}, .claim = "the change comes back"},
    {"privacy.shielded_transfer", .lie = {"transaction/", "first_index", "null"}, .claim = "the receipt tells of the notes"},
    {"privacy.shielded_transfer", .lie = {"param:shielded", "value", "\"00\""}, .claim = "the pool pays the fee alone"},
    {"privacy.shielded_transfer", .lie = {"transaction/", "type", "\"shielded\",\"real_index\":\"7\""}, .claim = "nothing private in clear"},
    {"privacy.shielded_transfer", .costs = &slow, .fault = "a node that takes 1.5 s for a proof", .claim = "checked within a second"},
    {"privacy.generate_proof", .spoil = spoil_secret, .fault = "a wallet that lost the secret of its note", .claim = "the proof holds"},
    {"privacy.batch_prove", .spoil = spoil_secret, .fault = "a wallet that lost the secret of a note", .claim = "all of the batch are final"},
    {"privacy.batch_prove", two, "vuln.no-key-image-check", .spoil = spoil_count, .fault = "and a wallet that counts a note twice", .claim = "as many key images as proofs"},
    {"privacy.batch_prove", .spoil = spoil_cores, .fault = "three of four cores busy", .claim = "proving keeps the cores busy"},
    {"privacy.address_recycle", .spoil = spoil_idle_note, .fault = "a wallet that lost the secret of a note", .claim = "all notes are spendable"},
    {"privacy.address_recycle", .spoil = spoil_shelf, .fault = "two notes with one key", .claim = "no key appears twice"},
    {"privacy.address_recycle", .weakness = "vuln.no-boundary-delay", .claim = "a delay before each boundary"},
    {"privacy.address_recycle", .lie = {"account:", "value", someone}, .claim = "withdrawals go to fresh addresses"},
    {"privacy.address_recycle", .lie = {"account:", "value", someone}, .claim = "paid once"},
    {"privacy.mix", .weakness = "vuln.no-boundary-delay", .claim = "a delay before each boundary"},
    {"privacy.mix", .weakness = "vuln.plain-shield-amounts", .claim = "equal denominations"},
    {"privacy.mix", set_12, .fault = "a set that is larger than rings", .claim = "rings reach over the set"},
    {"privacy.mix", .lie = {"shielded/notes", "one_time_key", ZERO_HASH}, .claim = "the deposit is found again"},
    {"privacy.mix", .lie = {"shielded/nullifiers", "nullifier", ZERO_HASH}, .claim = "outputs are inputs less fees"},
};

static const struct privacy_breaking *row;

static void account_take(struct village *v)
{
    struct answer answer;
    char hex[480];
    const struct state_path *path = alpha_account_path(&v->crew.alpha, &v->bots[0]->identity.address, 0, village_in(v, duration_s(10)), &answer);
    CHECK(path != NULL && path->value.len * 2 < sizeof(hex));
    str_hex((const uint8_t *)path->value.data, path->value.len, hex);
    snprintf(someone, sizeof(someone), "\"%.*s\"", (int)(2 * path->value.len), hex);
    answer_done(&answer);
}

static void broken_here(struct village *v)
{
    struct village_track before, track;
    struct liar liar;
    const bool new_pool = strstr(row->behavior, "mix") != NULL;
    if (!new_pool) { /* with notes to spend, all honest so far */
        village_track(v, &before, "privacy.generate_proof", NULL);
        const struct op first = village_once(v, &before, 0, 0);
        if (first.status != OP_DONE && row->costs == NULL) CHECK_FAIL("%s", first.note);
    }
    account_take(v);
    village_track(v, &track, row->behavior, row->sets);
    if (row->weakness != NULL) weakness_set(v, row->weakness, true);
    if (row->spoil != NULL) row->spoil(v, v->bots[0]);
    liar_begin(v, &liar, row->lie);
    const struct op op = village_once(v, &track, 0, 0);
    liar_end(v, &liar);
    const struct claim_count *found = NULL;
    for (uint32_t i = 0; i < track.track.claims_count; i++)
        if (strcmp(track.track.claims[i].name, row->claim) == 0 && track.track.claims[i].broken > 0) found = &track.track.claims[i];
    const char *what = row->fault != NULL ? row->fault : row->lie.path != NULL ? "a view lies about " : "";
    if (found == NULL || op.status != OP_POSTCONDITION)
        CHECK_FAIL("%s x %s%s %s: %s \"%s\", not \"%s\"", row->behavior, row->weakness ? row->weakness : "", what, row->lie.path ? row->lie.path : "",
                   op_status_text(op.status), op.note, row->claim);
    char how[200], note[200];
    snprintf(how, sizeof(how), "%s%s%s%s%s%s", row->weakness ? row->weakness : "", row->weakness && *what ? " " : "", what, row->lie.path ? row->lie.path : "",
             row->lie.path ? " " : "", row->lie.path ? row->lie.member : "");
    snprintf(note, sizeof(note), "%s: %s", row->claim, found->note);
    broken_print(row->behavior, how, note);
}

static void whatever_breaks_a_post_condition_is_told(void)
{
    for (row = table; row < table + ARRAY_LEN(table); row++) {
        struct village_config config = config_of(true);
        config.costs = row->costs;
        fflush(stdout);
        village_free(village_run(config, broken_here));
    }
}

/* A ring that the network does not take is refused, and nothing is lost by it. */
static void wrong_ring_here(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "privacy.shielded_transfer", of_10);
    struct op op = village_once(v, &track, 0, 0);
    CHECK_U64(op.status, OP_REFUSED);
    CHECK_U64(op.code, CODE_RING_TOO_SMALL);
    CHECK(op.proofs.made == 1 && op.proofs.good == 0);
    village_track(v, &track, "privacy.shielded_transfer", NULL);
    op = village_once(v, &track, 0, 1); /* the note is free again */
    CHECK_U64(op.status, OP_DONE);
}
static void a_refused_spend_leaves_its_notes_free(void) { village_free(village_run(config_of(true), wrong_ring_here)); }

/* ---- provers ---- */

static struct op transfer(struct village *v, uint32_t bot, uint64_t number)
{
    struct village_track track;
    village_track(v, &track, "privacy.shielded_transfer", NULL);
    return village_once(v, &track, bot, number);
}

static void served_here(struct village *v)
{
    struct village_track track;
    struct op served;
    struct gate gate = {0};
    CHECK_U64(transfer(v, 1, 0).status, OP_DONE); /* nobody serves: it proves itself */
    v->bots[2]->proves_for_others = true;
    village_track(v, &track, "privacy.generate_proof", NULL);
    village_begin(v, &track, 2, 0, STR(""), &served, &gate);
    fiber_sleep(v->env, duration_s(2));
    struct op op = transfer(v, 1, 1);
    CHECK_U64(op.status, OP_DONE);
    CHECK(op.proofs.made_in_max.ns > 0);
    shieldbot_of(v->bots[2])->core_free[0] = shieldbot_of(v->bots[2])->core_free[1] = village_in(v, duration_s(12));
    shieldbot_of(v->bots[2])->core_free[2] = shieldbot_of(v->bots[2])->core_free[3] = village_in(v, duration_s(12));
    op = transfer(v, 1, 2); /* the prover is too slow: after its patience it proves itself */
    CHECK_U64(op.status, OP_DONE);
    CHECK(op.proofs.made_in_max.ns >= 5 * NS_PER_S && op.proofs.made_in_max.ns < 6 * NS_PER_S);
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(60))));
    CHECK_U64(served.status, OP_DONE);
    CHECK_U64(served.proofs.made, 2);
}
static void a_prover_serves_and_may_fail(void) { village_free(village_run(config_of(false), served_here)); }

/* A prover that answers with another's proof, or that none can be made. */
struct false_prover {
    struct village *v;
    struct act act;
    struct op op;
    struct track track;
    struct bus_subscription *service;
    uint32_t served;
};
static void false_prover_run(void *arg)
{
    struct false_prover *p = arg;
    struct served served;
    while (serve_next(&p->act, p->service, village_in(p->v, duration_s(60)), &served)) {
        uint8_t proof[RANGEPROOF_BYTES_MAX] = {0};
        if (p->served++ % 2 == 0) serve_reply(&p->act, &served, (struct str){(const char *)proof, rangeproof_bytes(2)});
        else serve_fail(&p->act, &served, STR("no"));
    }
}
static void lied_to_here(struct village *v)
{
    struct false_prover *p = base_alloc(sizeof(*p));
    *p = (struct false_prover){.v = v, .track = {.bots = v->indices, .bots_count = v->config.bots}};
    act_init(&p->act, &v->crew, &p->track, v->bots[2], env_now(v->env), 0);
    p->act.op = &p->op;
    p->service = serve_open(&p->act, SHIELD_PROVE_TOPIC, 8);
    (void)fiber_spawn(v->env, false_prover_run, p);
    for (uint64_t i = 0; i < 2; i++) {
        const struct op op = transfer(v, 1, i);
        CHECK_U64(op.status, OP_DONE);
        CHECK(op.proofs.made == 1 && op.proofs.good == 1);
    }
    CHECK_U64(p->served, 2);
    fiber_sleep(v->env, duration_s(61));
    bus_unsubscribe(p->service);
    base_free(p);
}
static void a_proof_that_does_not_hold_is_not_used(void) { village_free(village_run(config_of(false), lied_to_here)); }

int main(void)
{
    RUN(users_of_the_pool_do_what_they_do);
    RUN(with_real_proofs_too);
    RUN(whatever_breaks_a_post_condition_is_told);
    RUN(a_refused_spend_leaves_its_notes_free);
    RUN(a_prover_serves_and_may_fail);
    RUN(a_proof_that_does_not_hold_is_not_used);
    return 0;
}
