#include "world/real/file.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/base/check.h"

static char root[64];
static char text[256];
static struct err err;

static struct str at(const char *name)
{
    (void)snprintf(text, sizeof(text), "%s/%s", root, name);
    return str_of(text);
}
static void holds(const char *name, const char *want)
{
    struct buf buf = {0};
    CHECK(file_read(at(name), 1000, &buf, &err));
    CHECK_STR(buf_str(&buf), str_of(want));
    buf_done(&buf);
}

static void directories_are_made_with_their_parents(void)
{
    CHECK(file_dir_make(at("a/b/c"), &err));
    CHECK(file_dir_make(at("a/b/c/"), &err));
    CHECK(file_exists(at("a/b/c")));
    CHECK(file_write(at("a/file"), STR("x"), &err));
    CHECK(!file_dir_make(at("a/file/d"), &err));
    CHECK_U64(err.code, ERR_IO);
    CHECK(file_dir_new(at("a/d/e"), &err) && file_exists(at("a/d/e")));
    CHECK(!file_dir_new(at("a/d/e"), &err) && err.code == ERR_CONFLICT);
    CHECK(!file_dir_new(at("a/file/e"), &err) && err.code == ERR_IO);
    CHECK(file_dir_ready(at("a/new"), &err) && file_exists(at("a/new")));
    CHECK(!file_dir_ready(at("a/file"), &err) && err.code == ERR_IO);
    CHECK(!file_dir_ready(STR("/proc"), &err)); /* there, and nobody writes into it */
}
static void a_file_is_replaced_whole_and_read_within_limits(void)
{
    CHECK(file_write(at("f"), STR("first"), &err));
    CHECK(file_write(at("f"), STR("second"), &err));
    holds("f", "second");
    CHECK(!file_exists(at("f.tmp")));
    struct buf buf = {0};
    CHECK(!file_read(at("f"), 5, &buf, &err));
    CHECK_U64(err.code, ERR_LIMIT);
    CHECK(!file_read(at("none"), 5, &buf, &err));
    CHECK_U64(err.code, ERR_NOT_FOUND);
    CHECK(!file_write(at("none/f"), STR("x"), &err));
    CHECK(!file_write((struct str){"a\0b", 3}, STR("x"), &err));
    CHECK(!file_exists((struct str){0}));
    buf_done(&buf);
}
static void a_link_follows_the_latest(void)
{
    CHECK(file_link(at("latest"), STR("f"), &err));
    holds("latest", "second");
    CHECK(file_link(at("latest"), STR("a"), &err));
    CHECK(file_exists(at("latest/file")));
    CHECK(!file_link(at("f"), STR("a"), &err));
    holds("f", "second");
}
static void a_writer_writes_all_of_it_or_says_why_not(void)
{
    struct file_writer *writer;
    CHECK(file_writer_open(at("w"), &writer, &err));
    for (int i = 0; i < 100000; i++) file_writer_put(writer, STR("line\n"));
    CHECK(file_writer_close(writer, &err));
    struct buf buf = {0};
    CHECK(file_read(at("w"), 1 << 20, &buf, &err));
    CHECK_U64(buf.len, 500000);
    buf_done(&buf);
    CHECK(!file_writer_open(at("none/w"), &writer, &err));
    CHECK(file_writer_open(STR("/dev/full"), &writer, &err));
    file_writer_put(writer, STR("x"));
    CHECK(!file_writer_close(writer, &err));
    CHECK_U64(err.code, ERR_IO);
}

int main(void)
{
    (void)snprintf(root, sizeof(root), "/tmp/adnet-file-XXXXXX");
    CHECK(mkdtemp(root));
    RUN(directories_are_made_with_their_parents);
    RUN(a_file_is_replaced_whole_and_read_within_limits);
    RUN(a_link_follows_the_latest);
    RUN(a_writer_writes_all_of_it_or_says_why_not);
    const char *const made[] = {"a/d/e", "a/d", "a/new", "a/b/c", "a/b", "a/file", "a", "f", "latest", "w", ""};
    for (size_t i = 0; i < ARRAY_LEN(made); i++) CHECK(remove(at(made[i]).data) == 0);
    return 0;
}
