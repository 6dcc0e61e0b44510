/* The event stream as a client reads it: what a transfer and its blocks tell, filters, resuming after a fall, gaps, both chains. */
#include "tester/client/feed.h"
#include "village.h"

static struct instant soon(struct village *v) { return village_in(v, duration_s(20)); }

static void open_or_fail(struct village *v, struct feed *feed, const struct alpha *alpha, const char *types, uint64_t from)
{
    struct answer answer;
    if (!feed_open(feed, v->env, alpha, str_of(types), from, soon(v), &answer)) CHECK_FAIL("no stream: %s", answer_status_text(answer.status));
    answer_done(&answer);
}

static void next_or_fail(struct village *v, struct feed *feed, struct feed_event *event)
{
    const enum feed_result result = feed_next(feed, soon(v), event);
    if (result != FEED_EVENT) CHECK_FAIL("no event: %d", (int)result);
}

static void pay(struct village *v, uint64_t number)
{
    struct village_track track;
    village_track(v, &track, "transfer.simple", NULL);
    const struct op op = village_once(v, &track, 0, number);
    check_done(&op);
}

/* Each final block was proposed, certified and then final; a transfer was pending, included, final. */
static void story_here(struct village *v)
{
    struct feed feed;
    struct feed_event event;
    open_or_fail(v, &feed, &v->crew.alpha, "", 1);
    pay(v, 0);
    enum { PROPOSED, CERTIFIED, FINAL, PENDING, INCLUDED, SETTLED, TYPES };
    static const char *const types[TYPES] = {"block.proposed", "block.certified", "block.finalized", "tx.pending", "tx.included", "tx.finalized"};
    uint64_t last = 0, seen[TYPES] = {0};
    while (seen[SETTLED] == 0 && feed_next(&feed, village_in(v, duration_s(1)), &event) == FEED_EVENT) {
        uint32_t type = 0;
        CHECK_U64(event.id, last + 1);
        last = event.id;
        while (type < TYPES && !str_eq(event.type, str_of(types[type]))) type++;
        CHECK(type < TYPES);
        if (type == INCLUDED) CHECK_U64(seen[PENDING], 1);
        if (type == SETTLED) CHECK_U64(seen[INCLUDED], 1);
        if (type == FINAL) CHECK(seen[CERTIFIED] > seen[FINAL]);
        seen[type]++;
    }
    CHECK(seen[PENDING] == 1 && seen[INCLUDED] == 1 && seen[SETTLED] == 1);
    CHECK(seen[PROPOSED] >= seen[CERTIFIED]);
    feed_close(&feed);
}
static void a_transfer_is_told_from_pending_to_final(void)
{
    const enum http_wire wires[] = {WIRE_STRUCT, WIRE_TEXT};
    for (size_t i = 0; i < ARRAY_LEN(wires); i++)
        village_free(village_run((struct village_config){.validators = 4, .bots = 3, .seed = 31, .ax = 1000000, .wire = wires[i]}, story_here));
}

static void filters_here(struct village *v)
{
    struct feed blocks, txs, delta, bad;
    struct feed_event event;
    struct answer answer;
    open_or_fail(v, &blocks, &v->crew.alpha, "block.finalized", FEED_FROM_NOW);
    open_or_fail(v, &txs, &v->crew.alpha, "tx.*,evidence.added", FEED_FROM_NOW);
    open_or_fail(v, &delta, &v->crew.delta, "block.*", FEED_FROM_NOW);
    CHECK(!feed_open(&bad, v->env, &v->crew.alpha, STR("nothing.*"), FEED_FROM_NOW, soon(v), &answer) && answer.code == CODE_INVALID_PARAMETER);
    answer_done(&answer);
    pay(v, 0);
    for (uint32_t i = 0; i < 3; i++) {
        next_or_fail(v, &blocks, &event);
        CHECK_STR(event.type, STR("block.finalized"));
        next_or_fail(v, &txs, &event);
        CHECK(str_starts(event.type, STR("tx.")));
        next_or_fail(v, &delta, &event);
        CHECK(memmem(event.data.data, event.data.len, "\"dx1", 4) != NULL); /* the proposer, in Delta's text */
    }
    CHECK_U64(feed_next(&txs, village_in(v, duration_s(2)), &event), FEED_LATE); /* nobody pays any more */
    feed_close(&blocks);
    feed_close(&txs);
    feed_close(&delta);
}
static void a_reader_gets_what_it_asks_for(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 3, .seed = 32, .ax = 1000000, .dx = 1000000}, filters_here));
}

/* Two reads of the same stretch are the same; a reader that comes back goes on where it was; a fallen node tells of the gap. */
static void resume_here(struct village *v)
{
    struct alpha alpha = v->crew.alpha;
    struct feed first, again;
    struct feed_event event;
    struct answer answer;
    alpha.view = STR("v2");
    open_or_fail(v, &first, &alpha, "", 1);
    struct buf story = {0}, retold = {0};
    for (uint32_t i = 0; i < 40; i++) {
        next_or_fail(v, &first, &event);
        buf_printf(&story, "%" PRIu64 STR_FMT STR_FMT "\n", event.id, STR_ARG(event.type), STR_ARG(event.data));
    }
    open_or_fail(v, &again, &alpha, "", 1);
    for (uint32_t i = 0; i < 40; i++) {
        if (i == 17) { /* as after a lost connection */
            http_exchange_free(again.exchange);
            again.exchange = NULL;
            buf_clear(&again.text);
            again.at = 0;
        }
        next_or_fail(v, &again, &event);
        buf_printf(&retold, "%" PRIu64 STR_FMT STR_FMT "\n", event.id, STR_ARG(event.type), STR_ARG(event.data));
    }
    CHECK_STR(buf_str(&retold), buf_str(&story));
    CHECK_U64(again.resumed, 1);
    buf_done(&story);
    buf_done(&retold);
    feed_close(&again);
    CHECK(admin_chaos_start(&v->admin, STR("crash"), (struct str){0}, STR("{\"targets\":\"v2\"}"), duration_s(3), soon(v), &answer) != NULL);
    answer_done(&answer);
    uint64_t last = first.last;
    bool gap = false;
    for (uint32_t i = 0; i < 200 && first.resumed == 0; i++) {
        next_or_fail(v, &first, &event);
        CHECK(event.id > last);
        last = event.id;
        gap = gap || event.gap;
    }
    CHECK_U64(first.resumed, 1);
    CHECK(!gap || event.gap_to >= event.gap_from);
    next_or_fail(v, &first, &event); /* it goes on, with higher numbers */
    CHECK(event.id > last || event.gap);
    feed_close(&first);
}
static void a_stream_is_resumed_where_it_was_lost(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 2, .seed = 33, .ax = 1000000}, resume_here));
}

/* What nobody asked for was not kept: who asks for it later from the start is told of the gap, and gets what comes from then on. */
static void late_here(struct village *v)
{
    struct feed blocks, txs;
    struct feed_event event;
    open_or_fail(v, &blocks, &v->crew.alpha, "block.finalized", FEED_FROM_NOW);
    pay(v, 0);
    next_or_fail(v, &blocks, &event);
    const uint64_t before = event.id;
    open_or_fail(v, &txs, &v->crew.alpha, "tx.*", 1);
    next_or_fail(v, &txs, &event);
    CHECK(event.gap && event.gap_from == 1 && event.gap_to >= before);
    pay(v, 1);
    for (uint32_t i = 0; i < 3; i++) {
        next_or_fail(v, &txs, &event);
        CHECK(str_starts(event.type, STR("tx.")) && event.id > before);
    }
    feed_close(&blocks);
    feed_close(&txs);
}
static void a_type_is_kept_from_its_first_reader_on(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 3, .seed = 35, .ax = 1000000}, late_here));
}

/* Nobody reads for long: the reader is cut off and, resuming, gets what it missed. */
static void idle_here(struct village *v)
{
    struct feed feed;
    struct feed_event event;
    open_or_fail(v, &feed, &v->crew.alpha, "block.finalized", FEED_FROM_NOW);
    fiber_sleep(v->env, duration_s(60)); /* comments keep it open */
    uint64_t last = 0;
    for (uint32_t i = 0; i < 100; i++) {
        next_or_fail(v, &feed, &event);
        CHECK(!event.gap && event.id > last);
        last = event.id;
    }
    CHECK_U64(feed.resumed, 0);
    feed_close(&feed);
}
static void comments_keep_an_idle_stream_open(void)
{
    village_free(village_run((struct village_config){.validators = 4, .bots = 1, .seed = 34, .ax = 1000}, idle_here));
}

int main(void)
{
    RUN(a_transfer_is_told_from_pending_to_final);
    RUN(a_reader_gets_what_it_asks_for);
    RUN(a_stream_is_resumed_where_it_was_lost);
    RUN(a_type_is_kept_from_its_first_reader_on);
    RUN(comments_keep_an_idle_stream_open);
    return 0;
}
