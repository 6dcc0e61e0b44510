/* Decoded nonsense through admission and execution.
 *
 * Input: u8 switch (0, or one above the largest: none) ‖ u8 shift of every sender's balance ‖ any number of u16 length ‖
 * transaction bytes. Whatever decodes is admitted against its sender's account and executed. Claims: nothing stops the process,
 * the same input gives the same result, and without a switch no unit of money is made or lost. */
#include "core/codec/binary.h"
#include "network/ledger/test/fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { TXS_MAX = 32 };

static size_t decode_all(const struct ledger_rules *rules, struct bin_reader *r, struct tx **out)
{
    static struct apierror error;
    const struct tx_rules tx_rules = ledger_tx_rules(rules);
    size_t count = 0;
    while (bin_left(r) > 2 && count < TXS_MAX) {
        const uint16_t len = bin_get_u16(r);
        const size_t take = MIN((size_t)len, bin_left(r));
        struct tx *tx = tx_decode((struct str){(const char *)bin_take(r, take), take}, &tx_rules, &error);
        if (tx == NULL) continue;
        if (ledger_check_domain(rules, tx, &error))
            out[count++] = tx;
        else
            tx_unref(tx);
    }
    return count;
}

static void admit_all(const struct town *town, struct tx **txs, size_t count)
{
    static struct apierror error;
    for (size_t i = 0; i < count; i++) {
        struct ledger_account account;
        ledger_account_get(town->state, &txs[i]->sender, &account);
        const struct ledger_sender sender = {
            .account = &account, .next_nonce = account.nonce, .spending = ledger_spending(&town->rules, txs[i])};
        const struct ledger_moment moment = {ledger_params(town->state), ledger_height(town->state) + 1, TOWN_TIME};
        memset(&error, 0, sizeof(error));
        const enum code code = ledger_admit(&town->rules, &sender, &moment, txs[i], &error);
        CHECK_U64(error.code, code);
    }
}

/* Executes what stands; what makes the block invalid is left out. */
static void run_all(struct town *town, struct tx **txs, size_t count)
{
    for (;;) {
        const struct ledger_frame frame = town_frame(town);
        struct ledger_result *result = ledger_execute(&town->rules, town->state, &frame, NULL, txs, count);
        struct ledger_result *again = ledger_execute(&town->rules, town->state, &frame, NULL, txs, count);
        CHECK(ledger_result_eq(result, again));
        const bool good = result->verdict == LEDGER_GOOD;
        const uint32_t bad = result->failed_index;
        if (good) {
            ledger_state_unref(town->state);
            town->state = ledger_state_ref(result->state);
        }
        ledger_result_unref(result);
        ledger_result_unref(again);
        if (good) break;
        CHECK(bad < count);
        tx_unref(txs[bad]);
        memmove(&txs[bad], &txs[bad + 1], (--count - bad) * sizeof(txs[0]));
    }
    for (size_t i = 0; i < count; i++) tx_unref(txs[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct town fresh, town;
    static struct ledger_grant grants[TXS_MAX];
    struct tx *txs[TXS_MAX];
    if (fresh.state == NULL) town_init(&fresh, 1);
    town = fresh;
    town.state = ledger_state_ref(fresh.state);
    struct bin_reader r = bin_reader_of(data, bytes);
    const uint8_t weakness = bin_get_u8(&r), shift = bin_get_u8(&r);
    const bool hardened = weakness == 0 || weakness > WEAKNESS_COUNT;
    if (!hardened) weakness_put(&town.rules.weak, (enum weakness)(weakness - 1), true);
    const size_t count = decode_all(&town.rules, &r, txs);
    for (size_t i = 0; i < count; i++)
        grants[i] = (struct ledger_grant){txs[i]->sender, {TOKEN_AX, {(u128)10007 << shift % 110}}};
    const struct ledger_orders orders = {.grants = grants, .grants_count = count};
    ledger_result_unref(town_run(&town, &orders, NULL, 0));
    admit_all(&town, txs, count);
    run_all(&town, txs, count);
    if (hardened) town_check_supply(&town, true);
    town_done(&town);
    return 0;
}
