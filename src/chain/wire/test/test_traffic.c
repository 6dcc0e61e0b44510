/* Traffic: what is written is read again and adds up, and what was never met is named. */
#include "chain/wire/traffic.h"
#include "core/base/check.h"

static struct str text_of(const struct traffic *traffic, struct buf *room)
{
    buf_clear(room);
    struct json_writer w = json_writer_of(room);
    traffic_write(traffic, &w);
    return buf_str(room);
}

static void records_add_up(void)
{
    const struct str record = STR("{\"endpoints\":{\"AB1\":3},\"endpoint_successes\":{\"AB1\":2},\"endpoint_codes\":{\"AB5\":{\"BLOCK_NOT_FOUND\":2}},"
                                  "\"codes\":{\"BLOCK_NOT_FOUND\":2},\"kinds\":{\"delta/burn\":1},"
                                  "\"messages\":{\"lock_transaction\":4},\"events\":{\"dex.trade\":5}}");
    struct traffic *traffic = traffic_new();
    struct err err = {0};
    struct buf text = {0};
    CHECK(traffic_add(traffic, record, &err) && traffic_add(traffic, record, &err));
    struct traffic_share shares[TRAFFIC_SHARES];
    traffic_shares(traffic, shares);
    for (size_t i = 0; i < TRAFFIC_SHARES; i++) CHECK(shares[i].met == 1 && shares[i].all > 5);
    CHECK_STR(text_of(traffic, &text),
              str_of("{\"endpoints\":{\"AB1\":6},\"endpoint_successes\":{\"AB1\":4},\"endpoint_codes\":{\"AB5\":{\"BLOCK_NOT_FOUND\":4}},"
                     "\"codes\":{\"BLOCK_NOT_FOUND\":4},\"kinds\":{\"delta/burn\":2},"
                     "\"messages\":{\"lock_transaction\":8},\"events\":{\"dex.trade\":10}}"));
    CHECK(!traffic_add(traffic, STR("{}"), &err) && !traffic_add(traffic, STR("nonsense"), &err));
    traffic_free(traffic);
    buf_done(&text);
}

static void count_missing(void *ctx, const char *what, struct str name)
{
    (void)what;
    CHECK(name.len > 0);
    ++*(uint32_t *)ctx;
}

static void what_was_not_met_is_named(void)
{
    struct traffic *traffic = traffic_new();
    struct traffic_share shares[TRAFFIC_SHARES];
    uint32_t missing = 0, all = 0;
    traffic_shares(traffic, shares);
    for (size_t i = 0; i < TRAFFIC_SHARES; i++) all += shares[i].all;
    traffic_missing(traffic, count_missing, &missing);
    CHECK_U64(missing, all);
    traffic_free(traffic);
}

int main(void)
{
    RUN(records_add_up);
    RUN(what_was_not_met_is_named);
    return 0;
}
