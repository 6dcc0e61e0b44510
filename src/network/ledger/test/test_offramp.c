/* Tries to break the off-ramp: every transition of registrations and withdrawals, every code in its order, the escrow to the unit, and
 * each guard with its switch. */
#include "network/ledger/test/port.h"

static struct arena arena;
enum { OWNER = 10, OTHER = 11 };

static const union payload submission = {.kyc_submit = {.profile_hash = {{1}}, .documents_hash = {{2}}, .country = {"CH", 2}}};
static const union payload wish = {.offramp_request = {.amount = {50000}, .currency = {"USD", 3}, .bank_hash = {{7}}}};

static union payload review_of(const struct port *port, size_t who, struct hash registration, enum kyc_decision decision)
{
    return (union payload){.kyc_review = {.subject = port->people[who],
                                          .registration = registration,
                                          .decision = (uint8_t)decision,
                                          .reason = decision == KYC_REJECT ? KYC_INCOMPLETE_DOCS : KYC_NONE}};
}
static void approved(struct port *port, size_t who)
{
    CHECK_U64(port_do(port, who, KIND_KYC_SUBMIT, &submission), CODE_NONE);
    const union payload p = review_of(port, who, port->last_id, KYC_APPROVE);
    CHECK_U64(port_do(port, PORT_OFFICER, KIND_KYC_REVIEW, &p), CODE_NONE);
}
static struct offramp_view request(const struct port *port, struct hash id)
{
    struct offramp_view view;
    CHECK(ledger_offramp(port->state, &id, &arena, &view));
    return view;
}
static u128 escrow(const struct port *port) { return port_supply(port, TOKEN_DX).escrow.units; }
static enum code approve(struct port *port, size_t who, struct hash id, bool yes)
{
    const union payload p = {.offramp_approve = {id, yes}};
    return port_do(port, who, KIND_OFFRAMP_APPROVE, &p);
}
static enum code settle(struct port *port, size_t who, struct hash id, enum settle_outcome outcome)
{
    const union payload p = {.offramp_settle = {id, (uint8_t)outcome, STR("ref")}};
    return port_do(port, who, KIND_OFFRAMP_SETTLE, &p);
}
static enum code own(struct port *port, size_t who, enum kind kind, struct hash id)
{
    const union payload p = {.id = {id}};
    return port_do(port, who, kind, &p);
}

static void a_registration_goes_only_its_way(void)
{
    struct port port;
    struct kyc_view view;
    port_init(&port, 0, NULL);
    CHECK(!ledger_kyc(port.state, &port.people[OWNER], &arena, &view));
    CHECK_U64(port_do(&port, OWNER, KIND_KYC_SUBMIT, &submission), CODE_NONE);
    const struct hash first = port.last_id, wrong = {{9}};
    CHECK_U64(port_do(&port, OWNER, KIND_KYC_SUBMIT, &submission), CODE_ALREADY_REGISTERED);
    union payload p = review_of(&port, OTHER, wrong, KYC_REJECT);
    CHECK_U64(port_do(&port, OTHER, KIND_KYC_REVIEW, &p), CODE_FORBIDDEN);
    CHECK_U64(port_do(&port, PORT_SETTLER, KIND_KYC_REVIEW, &p), CODE_FORBIDDEN);
    CHECK_U64(port_do(&port, PORT_OFFICER, KIND_KYC_REVIEW, &p), CODE_KYC_NOT_FOUND);
    p = review_of(&port, OWNER, wrong, KYC_REJECT);
    CHECK_U64(port_do(&port, PORT_OFFICER, KIND_KYC_REVIEW, &p), CODE_KYC_NOT_FOUND);
    p = review_of(&port, OWNER, first, KYC_REJECT);
    CHECK_U64(port_do(&port, PORT_OFFICER, KIND_KYC_REVIEW, &p), CODE_NONE);
    CHECK_U64(port_do(&port, PORT_OFFICER, KIND_KYC_REVIEW, &p), CODE_REQUEST_CLOSED);
    CHECK(ledger_kyc(port.state, &port.people[OWNER], &arena, &view));
    CHECK(view.status == KYC_REJECTED && view.attempts == 1 && view.reviewer.has);
    CHECK_STR(view.reason, STR("incomplete_docs"));
    CHECK_U64(port_do(&port, OWNER, KIND_KYC_SUBMIT, &submission), CODE_NONE);
    CHECK_U64(port_do(&port, PORT_OFFICER, KIND_KYC_REVIEW, &p), CODE_KYC_NOT_FOUND); /* the old registration */
    p = review_of(&port, OWNER, port.last_id, KYC_APPROVE);
    CHECK(ledger_kyc(port.state, &port.people[OWNER], &arena, &view));
    p.kyc_review.registration = view.registration_id;
    CHECK_U64(port_do(&port, PORT_OFFICER, KIND_KYC_REVIEW, &p), CODE_NONE);
    CHECK_U64(port_do(&port, OWNER, KIND_KYC_SUBMIT, &submission), CODE_ALREADY_REGISTERED);
    CHECK(ledger_kyc(port.state, &port.people[OWNER], &arena, &view));
    CHECK(view.status == KYC_APPROVED && view.attempts == 2);
    port_check_supply(&port);
    port_done(&port);
}

static void a_withdrawal_needs_an_approved_owner_or_the_switch(void)
{
    for (int on = 0; on < 2; on++) {
        struct port port;
        port_init(&port, 0, NULL);
        weakness_put(&port.rules.weak, WEAKNESS_NO_KYC_GATE, on);
        CHECK_U64(port_do(&port, OWNER, KIND_OFFRAMP_REQUEST, &wish), on ? CODE_NONE : CODE_KYC_REQUIRED);
        if (!on) CHECK(port_field(&port) == RECEIPT_FIELD_SENDER);
        CHECK_U64(port_do(&port, OWNER, KIND_KYC_SUBMIT, &submission), CODE_NONE);
        const union payload p = review_of(&port, OWNER, port.last_id, KYC_REJECT);
        CHECK_U64(port_do(&port, OWNER, KIND_OFFRAMP_REQUEST, &wish), on ? CODE_NONE : CODE_KYC_PENDING);
        CHECK_U64(port_do(&port, PORT_OFFICER, KIND_KYC_REVIEW, &p), CODE_NONE);
        CHECK_U64(port_do(&port, OWNER, KIND_OFFRAMP_REQUEST, &wish), on ? CODE_NONE : CODE_KYC_REJECTED);
        CHECK(escrow(&port) == (on ? 150000 : 0));
        port_check_supply(&port);
        port_done(&port);
    }
}

static void a_withdrawal_goes_only_its_way(void)
{
    struct port port;
    const struct hash none = {{3}};
    port_init(&port, 0, NULL);
    approved(&port, OWNER);
    union payload all = wish;
    all.offramp_request.amount.units = PORT_DX;
    CHECK_U64(port_do(&port, OWNER, KIND_OFFRAMP_REQUEST, &all), CODE_INSUFFICIENT_BALANCE);
    const u128 before = port_free(&port, OWNER, TOKEN_DX);
    CHECK_U64(port_do(&port, OWNER, KIND_OFFRAMP_REQUEST, &wish), CODE_NONE);
    const struct hash id = port.last_id;
    CHECK(port_free(&port, OWNER, TOKEN_DX) == before - 50000 - PORT_FEE && escrow(&port) == 50000);
    CHECK_U64(approve(&port, OTHER, none, true), CODE_REQUEST_NOT_FOUND);
    CHECK_U64(approve(&port, OTHER, id, true), CODE_FORBIDDEN);
    CHECK_U64(settle(&port, OTHER, none, SETTLE_SUCCESS), CODE_REQUEST_NOT_FOUND);
    CHECK_U64(settle(&port, PORT_OFFICER, id, SETTLE_SUCCESS), CODE_FORBIDDEN);
    CHECK_U64(settle(&port, PORT_SETTLER, id, SETTLE_SUCCESS), CODE_REQUEST_CLOSED); /* not approved yet */
    CHECK_U64(approve(&port, PORT_OFFICER, id, true), CODE_NONE);
    CHECK_U64(approve(&port, PORT_SETTLER, id, false), CODE_REQUEST_CLOSED);
    for (int i = 0; i < 3; i++) {
        CHECK_U64(own(&port, OWNER, KIND_OFFRAMP_RETRY, id), CODE_REQUEST_CLOSED);
        CHECK_U64(settle(&port, PORT_SETTLER, id, SETTLE_FAILURE), CODE_NONE);
        CHECK_U64(own(&port, OTHER, KIND_OFFRAMP_RETRY, id), CODE_NOT_OWNER);
        CHECK_U64(own(&port, OWNER, KIND_OFFRAMP_RETRY, id), CODE_NONE);
    }
    CHECK_U64(settle(&port, PORT_SETTLER, id, SETTLE_FAILURE), CODE_NONE);
    CHECK_U64(own(&port, OWNER, KIND_OFFRAMP_RETRY, id), CODE_REQUEST_CLOSED); /* three were allowed */
    CHECK(escrow(&port) == 50000);
    CHECK_U64(own(&port, OTHER, KIND_OFFRAMP_CANCEL, none), CODE_REQUEST_NOT_FOUND);
    CHECK_U64(own(&port, OWNER, KIND_OFFRAMP_CANCEL, id), CODE_NONE);
    CHECK_U64(own(&port, OWNER, KIND_OFFRAMP_CANCEL, id), CODE_REQUEST_CLOSED);
    CHECK(escrow(&port) == 0 && request(&port, id).status == OFFRAMP_CANCELLED && request(&port, id).attempts == 3);
    CHECK_U64(request(&port, id).history_count, 10);
    port_check_supply(&port);
    port_done(&port);
}

static void what_is_settled_goes_to_the_settler_and_what_is_denied_goes_back(void)
{
    struct port port;
    port_init(&port, 0, NULL);
    approved(&port, OWNER);
    CHECK_U64(port_do(&port, OWNER, KIND_OFFRAMP_REQUEST, &wish), CODE_NONE);
    const struct hash id = port.last_id;
    CHECK_U64(approve(&port, PORT_SETTLER, id, true), CODE_NONE);
    const u128 settler = port_free(&port, PORT_SETTLER, TOKEN_DX);
    CHECK_U64(settle(&port, PORT_SETTLER, id, SETTLE_SUCCESS), CODE_NONE);
    CHECK(port_free(&port, PORT_SETTLER, TOKEN_DX) == settler + 50000 - PORT_FEE);
    CHECK(request(&port, id).status == OFFRAMP_SETTLED && request(&port, id).escrow.units == 0);
    CHECK_U64(port_do(&port, OWNER, KIND_OFFRAMP_REQUEST, &wish), CODE_NONE);
    const u128 owner = port_free(&port, OWNER, TOKEN_DX);
    CHECK_U64(approve(&port, PORT_SETTLER, port.last_id, false), CODE_NONE);
    CHECK(port_free(&port, OWNER, TOKEN_DX) == owner + 50000 && escrow(&port) == 0);
    struct offramp_view *items;
    CHECK_U64(ledger_offramps(port.state, &port.people[OWNER], 0, 10, &arena, &items), 2);
    CHECK(items[0].status == OFFRAMP_DENIED && items[1].status == OFFRAMP_SETTLED); /* newest first */
    CHECK_U64(ledger_offramps(port.state, &port.people[OWNER], 1, 10, &arena, &items), 1);
    port_check_supply(&port);
    port_done(&port);
}

static void a_failed_settlement_leaks_only_with_its_switch(void)
{
    for (int on = 0; on < 2; on++) {
        struct port port;
        port_init(&port, 0, NULL);
        weakness_put(&port.rules.weak, WEAKNESS_ESCROW_LEAK, on);
        approved(&port, OWNER);
        CHECK_U64(port_do(&port, OWNER, KIND_OFFRAMP_REQUEST, &wish), CODE_NONE);
        const struct hash id = port.last_id;
        CHECK_U64(approve(&port, PORT_SETTLER, id, true), CODE_NONE);
        CHECK_U64(settle(&port, PORT_SETTLER, id, SETTLE_FAILURE), CODE_NONE);
        CHECK(request(&port, id).escrow.units == (on ? 49500 : 50000) && request(&port, id).amount.units == 50000);
        CHECK(escrow(&port) == (on ? 49500 : 50000));
        port_check_supply(&port);
        port_done(&port);
    }
}

int main(void)
{
    RUN(a_registration_goes_only_its_way);
    RUN(a_withdrawal_needs_an_approved_owner_or_the_switch);
    RUN(a_withdrawal_goes_only_its_way);
    RUN(what_is_settled_goes_to_the_settler_and_what_is_denied_goes_back);
    RUN(a_failed_settlement_leaks_only_with_its_switch);
    arena_done(&arena);
    return 0;
}
