/* Tries to make a reader of the recorder see half an event, a lost one or a wrong order: alone, over several shards, and with
 * writers on threads of their own while it reads. */
#include <pthread.h>

#include "core/base/check.h"
#include "core/metrics/recorder.h"

enum { SHARDS = 3, EACH = 400000 };

/* Fields that must agree with one another, so that a mixture of two events shows. */
static struct event passing(uint64_t n)
{
    return (struct event){
        .at = {1000 + n / 3},
        .subject = n * UINT64_C(0x9e3779b97f4a7c15),
        .value = n,
        .bot = (uint32_t)n,
        .latency_us = (uint32_t)~n,
        .kind = EVENT_OP_ENDED,
        .code = (uint16_t)(n % 777),
    };
}

static void check_whole(const struct event *event)
{
    const struct event want = passing(event->value);
    CHECK(memcmp(event, &want, sizeof(want)) == 0);
}

static void the_last_events_are_kept_in_order(void)
{
    struct recorder *recorder = recorder_new(0);
    for (uint64_t n = 0; n < EACH; n++) {
        const struct event event = passing(n);
        recorder_add(recorder, &event);
    }
    struct recorded_list list = {0};
    recorder_read(&recorder, 1, EVENTS_MAX, &list);
    CHECK_U64(list.items.count, EVENTS_MAX);
    CHECK_U64(list.passing_total, EACH);
    CHECK_U64(list.passing_left_out, EACH - EVENTS_MAX);
    for (size_t i = 0; i < list.items.count; i++) {
        CHECK_U64(list.items.data[i].event.value, EACH - EVENTS_MAX + i);
        check_whole(&list.items.data[i].event);
    }
    recorded_list_done(&list);
    recorder_read(&recorder, 1, 10, &list);
    CHECK_U64(list.items.count, 10);
    CHECK_U64(list.items.data[9].event.value, EACH - 1);
    recorded_list_done(&list);
    recorder_free(recorder);
}

static void lasting_events_stay_whatever_passes(void)
{
    struct recorder *recorder = recorder_new(4);
    struct event start = {.at = {1}, .kind = EVENT_RUN_STARTED};
    recorder_add_text(recorder, &start, STR("begin"));
    for (uint64_t n = 0; n < 300000; n++) {
        struct event event = passing(n);
        recorder_add(recorder, &event);
        if (n % 500 != 0) continue;
        event.kind = EVENT_FINDING;
        recorder_add_text(recorder, &event, STR("found"));
    }
    struct recorded_list list = {0};
    recorder_read(&recorder, 1, EVENTS_MAX, &list);
    CHECK_U64(list.lasting_total, 601);
    CHECK_U64(list.lasting_left_out, 0);
    CHECK_U64(list.items.count, 601 + EVENTS_MAX);
    CHECK_STR(list.items.data[0].text, STR("begin"));
    CHECK_U64(list.items.data[0].shard, 4);
    size_t found = 0;
    for (size_t i = 1; i < list.items.count; i++) {
        CHECK(list.items.data[i - 1].event.at.ns <= list.items.data[i].event.at.ns);
        CHECK(list.items.data[i - 1].order < list.items.data[i].order);
        found += list.items.data[i].event.kind == EVENT_FINDING;
    }
    CHECK_U64(found, 600);
    CHECK_U64(recorder_count(recorder), 300601);
    recorded_list_done(&list);
    recorder_free(recorder);
}

static void shards_merge_by_time_then_shard_then_order(void)
{
    struct recorder *shards[2] = {recorder_new(0), recorder_new(1)};
    static const uint64_t times[2][3] = {{5, 5, 9}, {5, 7, 9}};
    for (size_t s = 0; s < 2; s++) {
        for (size_t i = 0; i < 3; i++) {
            const struct event event = {.at = {times[s][i]}, .value = s * 10 + i, .kind = i == 1 ? EVENT_ERROR : EVENT_OP_ENDED};
            recorder_add(shards[s], &event);
        }
    }
    struct recorded_list list = {0};
    recorder_read(shards, 2, EVENTS_MAX, &list);
    static const uint64_t want[] = {0, 1, 10, 11, 2, 12};
    CHECK_U64(list.items.count, ARRAY_LEN(want));
    for (size_t i = 0; i < ARRAY_LEN(want); i++) CHECK_U64(list.items.data[i].event.value, want[i]);
    recorded_list_done(&list);
    recorder_read(shards, 2, 3, &list); /* of the passing ones, the last three of all: 10, 2, 12 */
    static const uint64_t last[] = {1, 10, 11, 2, 12};
    CHECK_U64(list.items.count, ARRAY_LEN(last));
    for (size_t i = 0; i < ARRAY_LEN(last); i++) CHECK_U64(list.items.data[i].event.value, last[i]);
    CHECK_U64(list.passing_left_out, 1);
    recorded_list_done(&list);
    recorder_free(shards[0]);
    recorder_free(shards[1]);
}

static void a_long_text_is_cut_between_characters(void)
{
    struct recorder *recorder = recorder_new(0);
    char text[400];
    for (size_t i = 0; i < sizeof(text); i += 2) memcpy(text + i, "\xc3\xa9", 2);
    const struct event event = {.at = {1}, .kind = EVENT_FINDING};
    recorder_add_text(recorder, &event, (struct str){text, sizeof(text)});
    recorder_add_text(recorder, &event, (struct str){text + 1, sizeof(text) - 1});
    struct recorded_list list = {0};
    recorder_read(&recorder, 1, 0, &list);
    CHECK(list.items.data[0].text.len > 100 && list.items.data[0].text.len < EVENT_TEXT_BYTES);
    CHECK(str_is_utf8(list.items.data[0].text));
    CHECK(list.items.data[1].text.len < EVENT_TEXT_BYTES);
    recorded_list_done(&list);
    recorder_free(recorder);
}

static void *write_all(void *context)
{
    struct recorder *recorder = context;
    for (uint64_t n = 0; n < EACH; n++) {
        struct event event = passing(n);
        recorder_add(recorder, &event);
        if (n % 1000 != 0) continue;
        event.kind = EVENT_FINDING;
        recorder_add_text(recorder, &event, STR("a finding while others read"));
    }
    return NULL;
}

static void check_read(const struct recorded_list *list)
{
    uint64_t next[SHARDS] = {0};
    for (size_t i = 0; i < list->items.count; i++) {
        const struct recorded *item = &list->items.data[i];
        if (i > 0) CHECK(list->items.data[i - 1].event.at.ns <= item->event.at.ns);
        CHECK(item->order >= next[item->shard]);
        next[item->shard] = item->order + 1;
        if (item->event.kind == EVENT_FINDING)
            CHECK_STR(item->text, STR("a finding while others read"));
        else
            check_whole(&item->event);
    }
    CHECK_U64(list->passing_left_out + list->items.count, list->passing_total + list->lasting_total);
}

static void a_reader_among_writers_sees_only_whole_events(void)
{
    struct recorder *shards[SHARDS];
    pthread_t threads[SHARDS];
    for (uint32_t i = 0; i < SHARDS; i++) shards[i] = recorder_new(i);
    for (size_t i = 0; i < SHARDS; i++) CHECK(pthread_create(&threads[i], NULL, write_all, shards[i]) == 0);
    size_t reads = 0;
    for (uint64_t total = 0; total < SHARDS * (EACH + EACH / 1000); reads++) {
        struct recorded_list list = {0};
        recorder_read(shards, SHARDS, reads % 2 == 0 ? 2000 : EVENTS_MAX, &list);
        check_read(&list);
        CHECK(list.passing_total + list.lasting_total >= total);
        total = list.passing_total + list.lasting_total;
        recorded_list_done(&list);
    }
    for (size_t i = 0; i < SHARDS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    printf("     %zu reads\n", reads);
    for (size_t i = 0; i < SHARDS; i++) recorder_free(shards[i]);
}

int main(void)
{
    RUN(the_last_events_are_kept_in_order);
    RUN(lasting_events_stay_whatever_passes);
    RUN(shards_merge_by_time_then_shard_then_order);
    RUN(a_long_text_is_cut_between_characters);
    RUN(a_reader_among_writers_sees_only_whole_events);
    return 0;
}
