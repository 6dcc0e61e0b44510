#include "network/ledger/weakness.h"

#include "core/base/check.h"

static void every_switch_of_the_contract_has_one_row(void)
{
    size_t count = 0, in_build = 0;
    for (; weakness_at(count) != NULL; count++) {
        const struct weakness_row *row = weakness_at(count);
        CHECK_U64(row->weakness, count);
        CHECK(str_starts(row->name, STR("vuln.")));
        CHECK(row->area.len > 0 && row->description.len > 0);
        CHECK(weakness_find(row->name) == row); /* so no name stands twice */
        in_build += row->in_build;
    }
    CHECK_U64(count, 91);
    CHECK_U64(in_build, 91);
    CHECK(weakness_find(STR("vuln.")) == NULL);
}

static void a_switch_is_on_only_when_put_on(void)
{
    struct weaknesses set = {0};
    for (size_t i = 0; i < WEAKNESS_COUNT; i++) {
        CHECK(!weakness_on(&set, (enum weakness)i));
        weakness_put(&set, (enum weakness)i, true);
        for (size_t k = 0; k < WEAKNESS_COUNT; k++) CHECK(weakness_on(&set, (enum weakness)k) == (k == i));
        weakness_put(&set, (enum weakness)i, false);
    }
}

int main(void)
{
    RUN(every_switch_of_the_contract_has_one_row);
    RUN(a_switch_is_on_only_when_put_on);
    return 0;
}
