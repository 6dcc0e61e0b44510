/* Honest oracles lived: a bot on a seat reports, alone and for a whole phase, and each claim about it is shown to fail. */
#include "broken.h"

#include "tester/bot/identity.h"
#include "core/crypto/derive.h"

static struct answer answer;

/* The bot takes the seats of a development oracle. */
static void seat(struct village *v, uint32_t bot, const char *instead_of)
{
    uint8_t secret[32];
    struct seckey key;
    derive_dev_seed(v->config.seed, str_of(instead_of), secret);
    seckey_from_seed(v->crew.suite, secret, &key);
    const struct address was = address_of_key(&key.pub);
    CHECK(admin_role_put(&v->admin, &was, STR("oracle"), false, village_in(v, duration_s(10)), &answer) != NULL);
    answer_done(&answer);
    fiber_sleep(v->env, duration_s(2));
    CHECK(admin_role_put(&v->admin, &v->bots[bot]->identity.address, STR("oracle"), true, village_in(v, duration_s(10)), &answer) != NULL);
    answer_done(&answer);
    fiber_sleep(v->env, duration_s(4));
}

static uint64_t held(const struct village_track *track, const char *claim)
{
    for (uint32_t i = 0; i < track->track.claims_count; i++)
        if (strcmp(track->track.claims[i].name, claim) == 0) return track->track.claims[i].held;
    return 0;
}

static void a_report_stands_and_the_price_is_the_median(struct village *v)
{
    static const char *const every[] = {"asset=all", NULL};
    struct village_track track;
    village_track(v, &track, "oracle.submit_price", every);
    const struct op op = village_once(v, &track, 0, 0);
    check_done(&op);
    CHECK_U64(held(&track, "the report stands among the feeds, with its age"), 2); /* both assets */
    CHECK_U64(held(&track, "the price is the median of the fresh feeds"), 2);
    CHECK_U64(held(&track, "only seats report"), 2);
}

static void a_standing_feed_reports_every_ten_seconds(struct village *v)
{
    static struct op op;
    struct village_track track;
    struct gate gate = {0};
    village_track(v, &track, "oracle.submit_price", NULL);
    track.track.standing = true;
    village_begin(v, &track, 0, 0, (struct str){0}, &op, &gate);
    fiber_sleep(v->env, duration_s(65));
    track.track.closed = true;
    CHECK(gate_wait(v->env, &gate, village_in(v, duration_s(30))));
    check_done(&op);
    CHECK(op.transactions >= 6 && op.transactions <= 8);
}

static void whoever_has_no_seat_is_refused(struct village *v)
{
    static const char *const unknown[] = {"asset=BTC/USD", NULL};
    struct village_track track;
    village_track(v, &track, "oracle.submit_price", NULL);
    struct op op = village_once(v, &track, 1, 0);
    CHECK(op.status == OP_REFUSED && op.code == CODE_ORACLE_NOT_SEATED);
    village_track(v, &track, "oracle.submit_price", unknown);
    op = village_once(v, &track, 0, 0);
    CHECK_U64(op.status, OP_SKIPPED);
}

static void what_is_broken_is_told(struct village *v)
{
    static const struct breaking rows[] = {
        {"oracle.submit_price", NULL, NULL, {"/oracle/feeds/", "timestamp", "1767225600001", 1}, "the report stands among the feeds"},
        {"oracle.submit_price", NULL, NULL, {"/oracle/price/", "price", "\"5\"", 0}, "the price is the median of the fresh feeds"},
        {"oracle.submit_price", NULL, NULL, {"/oracle/feeds/", "max_deviation_bps", "0", 1}, "no report counts that is far from the others"},
        {"oracle.submit_price", NULL, "vuln.oracle-mean-price", {NULL, NULL, NULL, 0}, "the price is the median of the fresh feeds"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        fiber_sleep(v->env, duration_s(20));
        check_breaks(v, &rows[i], 0, 10 + i);
    }
    /* Three feeds fall silent, and what they said long ago still counts. */
    CHECK(admin_chaos_start(&v->admin, STR("oracle_outage"), STR("delta"), STR("{\"asset\":\"DX/USD\",\"feeds\":[\"oracle3\",\"oracle4\",\"oracle5\"]}"),
                            (struct duration){0}, village_in(v, duration_s(10)), &answer) != NULL);
    answer_done(&answer);
    fiber_sleep(v->env, duration_s(90));
    check_breaks(v, &(struct breaking){"oracle.submit_price", NULL, "vuln.oracle-accept-stale", {NULL, NULL, NULL, 0}, "no report counts that is too old"}, 0, 19);
    CHECK(admin_chaos_end_all(&v->admin, village_in(v, duration_s(10)), &answer));
    answer_done(&answer);
    fiber_sleep(v->env, duration_s(15));
    /* Without a seat, where everybody may report. */
    check_breaks(v, &(struct breaking){"oracle.submit_price", NULL, "vuln.oracle-open-seats", {NULL, NULL, NULL, 0}, "only seats report"}, 1, 20);
}

static void body(struct village *v)
{
    fiber_sleep(v->env, duration_ms(1500));
    seat(v, 0, "oracle1");
    a_report_stands_and_the_price_is_the_median(v);
    a_standing_feed_reports_every_ten_seconds(v);
    whoever_has_no_seat_is_refused(v);
    what_is_broken_is_told(v);
}

static void without_delta_it_is_not_supported(struct village *v)
{
    struct village_track track;
    village_track(v, &track, "oracle.submit_price", NULL);
    const struct op op = village_once(v, &track, 0, 0);
    CHECK_U64(op.status, OP_UNSUPPORTED);
}

int main(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 13, .ax = 1000000, .dx = 10000000}, body));
    village_free(village_run((struct village_config){.validators = 1, .bots = 1, .seed = 13, .ax = 1000000}, without_delta_it_is_not_supported));
    return 0;
}
