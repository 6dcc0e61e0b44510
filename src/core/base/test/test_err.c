/* Errors: layers of context, and texts that are too long. */
#include "core/base/check.h"
#include "core/base/err.h"

static bool inner(struct err *err) { return err_set(err, ERR_LIMIT, "port %d > 65535", 70000); }
static bool outer(struct err *err) { return inner(err) || err_wrap(err, "line %d", 7); }

static void each_layer_adds_what_it_knew(void)
{
    struct err err;
    CHECK(!outer(&err));
    CHECK(err.code == ERR_LIMIT);
    CHECK_STR(str_of(err.text), STR("line 7: port 70000 > 65535"));
}

static void long_texts_are_cut_and_end(void)
{
    struct err err;
    char many[2000];
    memset(many, 'x', sizeof(many) - 1);
    many[sizeof(many) - 1] = '\0';
    CHECK(!err_set(&err, ERR_IO, "%s", many));
    CHECK_U64(strlen(err.text), sizeof(err.text) - 1);
    CHECK(!err_wrap(&err, "front"));
    CHECK(str_starts(str_of(err.text), STR("front: xxx")));
    CHECK_U64(strlen(err.text), sizeof(err.text) - 1);
    CHECK(!err_wrap(&err, "%s", many));
    CHECK_U64(strlen(err.text), sizeof(err.text) - 1);
    CHECK(!err_set(&err, ERR_IO, "short"));
    many[498] = '\0';
    CHECK(!err_wrap(&err, "%s", many));
    CHECK_U64(strlen(err.text), sizeof(err.text) - 1);
    CHECK(err.text[498] == ':');
}

int main(void)
{
    RUN(each_layer_adds_what_it_knew);
    RUN(long_texts_are_cut_and_end);
    return 0;
}
