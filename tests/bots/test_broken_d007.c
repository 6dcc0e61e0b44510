/* Each claim about registrations and withdrawals can fail: planted weaknesses, and views that lie. One line a row. */
#include "broken.h"
#include "ramp.h"
#include "tester/behavior/d007_papers.h"

#define REVIEWER 0u
#define FOLLOWED 2u /* answers about a transaction until it is final */
#define OTHER "\"0000000000000000000000000000000000000000000000000000000000000000\""

static void breaks(uint32_t bot, const char *behavior, const char *const *sets, const char *weakness, struct lie lie, const char *claim)
{
    check_breaks(v, &(struct breaking){behavior, sets, weakness, lie, claim}, bot, v->numbers++);
}

/* What the person of that bot would not want to see anywhere: as JSON, or in hex as JSON. */
static const char *quoted(const char *text) { return str_fmt(&v->arena, "\"%s\"%c", text, 0).data; }
static const char *passport_of(uint32_t bot)
{
    const struct papers papers = papers_of(v->bots[bot]);
    return quoted(papers.passport);
}
static const char *account_in_hex_of(uint32_t bot)
{
    const struct papers papers = papers_of(v->bots[bot]);
    char hex[2 * sizeof(papers.account) + 1];
    const size_t len = strlen(papers.account);
    str_hex(papers.account, len, hex);
    hex[2 * len] = '\0';
    return quoted(hex);
}

static const char *frozen(uint32_t bot) { return lie_frozen(v, CHAIN_DELTA, bot); }

static const char *nobody(void)
{
    static const struct address zero;
    char text[ADDRESS_TEXT];
    address_text(&zero, CHAIN_DELTA, text);
    return quoted(text);
}

#define KYC "/offramp/kyc/"
#define RAMP "/offramp/request/"
#define CLEAR "no personal field is readable"
#define STEPS "only the state machine's transitions"
#define ESCROW "in escrow while it is open, whole"

static void registrations_can_fail(void)
{
    breaks(1, "d007.kyc_register", NULL, NULL, (struct lie){KYC, "attempts", "7", 0}, STEPS);
    breaks(REVIEWER, "d007.kyc_review", SETS("approve_fraction=1"), NULL, (struct lie){KYC, "reviewer", nobody(), 0}, STEPS);
    CHECK_U64(kyc_of(1), KYC_APPROVED);
    breaks(2, "d007.kyc_register", NULL, NULL, (struct lie){"/transaction/", "documents_hash", OTHER, FOLLOWED}, "documents are hashes in the chain");
    breaks(REVIEWER, "d007.kyc_review", SETS("approve_fraction=0"), NULL, (struct lie){KYC, "reason", passport_of(2), 0}, CLEAR);
    CHECK_U64(kyc_of(2), KYC_REJECTED);
    breaks(2, "d007.kyc_resubmit", NULL, NULL, (struct lie){KYC, "attempts", "1", 0}, STEPS);
    live_done(REVIEWER, "d007.kyc_review", SETS("approve_fraction=1"));
    breaks(3, "d007.kyc_register", NULL, NULL, (struct lie){KYC, "reason", passport_of(3), 0}, CLEAR);
    live_done(REVIEWER, "d007.kyc_review", SETS("approve_fraction=1"));
}

static void requests_can_fail(void)
{
    breaks(1, "d007.offramp", NULL, NULL, (struct lie){RAMP, "created_height", "1", 0}, "it stands as it was requested");
    breaks(1, "d007.offramp", NULL, NULL, (struct lie){RAMP, "escrow", "\"49999\"", 0}, ESCROW);
    breaks(1, "d007.offramp", NULL, NULL, (struct lie){RAMP, "reference", account_in_hex_of(1), 0}, CLEAR);
    breaks(1, "d007.offramp", NULL, NULL, (struct lie){"/transaction/", "bank_hash", OTHER, FOLLOWED}, "documents are hashes in the chain");
    breaks(1, "d007.offramp", NULL, NULL, (struct lie){"/statePath/", "value", frozen(1), 0}, "the amount leaves the account");
    breaks(1, "d007.offramp", NULL, NULL, (struct lie){"/supply", "escrow", "\"5\"", 0}, "all DX is accounted for");
}

static void settlements_can_fail(void)
{
    const char *const *fails = SETS("success_fraction=0");
    breaks(REVIEWER, "d007.settle", NULL, NULL, (struct lie){RAMP, "history", "[]", 0}, "a request is approved or denied once");
    breaks(REVIEWER, "d007.settle", NULL, NULL, (struct lie){RAMP, "reference", OTHER, 0}, "the bank's answer is kept");
    breaks(REVIEWER, "d007.settle", NULL, NULL, (struct lie){KYC, "status", "\"pending\"", 1}, "only approved owners are settled");
    breaks(REVIEWER, "d007.settle", NULL, NULL, (struct lie){"/statePath/", "value", frozen(REVIEWER), 0}, "what is settled is paid out once");
    breaks(REVIEWER, "d007.settle", fails, "vuln.escrow-leak", (struct lie){0}, ESCROW);
    breaks(REVIEWER, "d007.settle", fails, NULL, (struct lie){"/statePath/", "value", frozen(REVIEWER), 0}, "a failed settlement pays nobody");
    live_done(1, "d007.offramp", NULL);
    breaks(REVIEWER, "d007.settle", fails, NULL, (struct lie){"/supply", "escrow", "\"5\"", 0}, "all DX is accounted for");
}

/* Three have failed; one of them has leaked. */
static void returns_can_fail(void)
{
    const char *const *none = SETS("retries=0");
    breaks(1, "d007.retry_settlement", none, NULL, (struct lie){0}, "what failed is returned in full"); /* the leak shows in the end, too */
    breaks(1, "d007.retry_settlement", none, NULL, (struct lie){RAMP, "status", "\"failed\"", 0}, "in the end settled or returned");
    breaks(1, "d007.retry_settlement", NULL, NULL, (struct lie){RAMP, "attempts", "0", 0}, "a retry is approved again");
    live_done(REVIEWER, "d007.settle", SETS("success_fraction=0"));
    breaks(1, "d007.retry_settlement", NULL, NULL, (struct lie){RAMP, "status", "\"denied\"", 1}, "in the end settled or returned");
}

/* Who was let through by a weakness is not settled by an honest settler, and gets it back. */
static void the_gate_can_fail(void)
{
    breaks(4, "d007.offramp", NULL, "vuln.no-kyc-gate", (struct lie){0}, "only the approved withdraw");
    CHECK_U64(ramp_of(4), OFFRAMP_REQUESTED);
    while (ramp_of(4) == OFFRAMP_REQUESTED) live_done(REVIEWER, "d007.settle", NULL);
    CHECK_U64(ramp_of(4), OFFRAMP_DENIED);
}

static void body(struct village *village)
{
    v = village;
    roles_grant(REVIEWER);
    registrations_can_fail();
    requests_can_fail();
    settlements_can_fail();
    returns_can_fail();
    the_gate_can_fail();
}

static void each_claim_about_the_off_ramp_can_fail(void)
{
    village_free(village_run(
        (struct village_config){.validators = 4, .bots = 5, .seed = 41, .ax = 1000000, .dx = 10000000, .wire = WIRE_TEXT, .simulated = true}, body));
}

int main(void)
{
    RUN(each_claim_about_the_off_ramp_can_fail);
    return 0;
}
