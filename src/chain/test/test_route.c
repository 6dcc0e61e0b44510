/* The table of endpoints: the counts of the contract, and that every row is found by a request for it and by no other. */
#include <stdio.h>

#include "chain/code.h"
#include "chain/route.h"
#include "core/base/check.h"

static size_t count_of(const char *prefix)
{
    size_t count = 0;
    for (size_t i = 0; route_at(i) != NULL; i++) {
        const char *id = route_at(i)->id;
        const size_t len = strlen(prefix);
        count += strncmp(id, prefix, len) == 0 && id[len] >= '0' && id[len] <= '9';
    }
    return count;
}

static void the_counts_are_those_of_the_contract(void)
{
    CHECK_U64(count_of("AB") + count_of("AT") + count_of("AP") + count_of("AG") + count_of("AM") + count_of("AS") + count_of("AN"), 44);
    CHECK_U64(count_of("DS") + count_of("DP") + count_of("DO") + count_of("DR") + count_of("DC") + count_of("DG"), 40);
    CHECK_U64(count_of("U"), 6);
    CHECK_U64(count_of("dAB") + count_of("dAT") + count_of("dAM") + count_of("dAS") + count_of("dAN"), 26);
}

static void every_operation_has_a_route(void)
{
    char id[8];
    for (unsigned op = 1; op <= 12 + 11; op++) {
        (void)snprintf(id, sizeof(id), "%c%u", op <= 12 ? 'A' : 'D', op <= 12 ? op : op - 12);
        size_t found = 0;
        for (size_t i = 0; route_at(i) != NULL; i++) found += strcmp(route_at(i)->operation, id) == 0;
        CHECK_U64(found, 1);
    }
}

static void sample_path(const char *pattern, const char *prefix, char *out, size_t room)
{
    size_t used = (size_t)snprintf(out, room, "%s", prefix);
    for (const char *c = pattern; *c != 0 && used + 12 < room; c++) {
        const bool parameter = *c == '{';
        used += (size_t)snprintf(out + used, room - used, "%s%.1s", parameter ? "x17" : "", parameter ? "" : c);
        if (parameter) c = strchr(c, '}');
    }
}

static void a_request_finds_its_row(void)
{
    static const char *const prefixes[] = {"", "/v2", "/node/v3", "/v2/node/v3"};
    char path[160];
    for (size_t i = 0; route_at(i) != NULL; i++) {
        const struct route_row *row = route_at(i);
        const enum route_listener listener = row->listener == ROUTE_BOTH ? ROUTE_DELTA : row->listener;
        for (size_t p = 0; p < ARRAY_LEN(prefixes); p++) {
            sample_path(row->pattern, prefixes[p], path, sizeof(path));
            const struct route_row *got = route_match(listener, str_of(row->method), str_of(path));
            CHECK(got != NULL);
            CHECK_STR(str_of(got->id), str_of(row->id));
        }
        CHECK(route_find(row->id) == row);
    }
    CHECK(route_match(ROUTE_ALPHA, STR("GET"), STR("/testnet/block/")) == NULL);
    CHECK(route_match(ROUTE_ALPHA, STR("GET"), STR("/testnet/block/7/")) == NULL);
    CHECK(route_match(ROUTE_ALPHA, STR("POST"), STR("/testnet/block/7")) == NULL);
    CHECK_STR(str_of(route_match(ROUTE_ALPHA, STR("GET"), STR("/testnet/block/latest"))->id), STR("AB3"));
    CHECK_STR(str_of(route_match(ROUTE_ALPHA, STR("GET"), STR("/testnet/block/9?full=true"))->id), STR("AB5"));
}

static void every_code_of_a_row_is_one_of_the_list(void)
{
    for (size_t i = 0; route_at(i) != NULL; i++) {
        struct str rest = str_of(route_at(i)->errors), word;
        while (rest.len > 0) {
            enum code code;
            struct str tail;
            if (!str_cut(rest, ' ', &word, &tail)) word = rest, tail = (struct str){0};
            CHECK(code_parse(word, &code));
            rest = tail;
        }
    }
}

int main(void)
{
    RUN(the_counts_are_those_of_the_contract);
    RUN(every_operation_has_a_route);
    RUN(a_request_finds_its_row);
    RUN(every_code_of_a_row_is_one_of_the_list);
    return 0;
}
