/* Each claim about a report can fail: planted weaknesses, feeds that fall silent, views that lie. One line a row. */
#include "broken.h"
#include "oracles.h"

static struct answer answer;

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
    oracle_seat(v, 0, "oracle1");
    what_is_broken_is_told(v);
}

int main(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 13, .ax = 1000000, .dx = 10000000}, body));
    return 0;
}
