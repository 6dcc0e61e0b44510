/* A buffer as it grows. */
#include "core/base/buf.h"
#include "core/base/check.h"

static void a_buffer_holds_what_was_put_in(void)
{
    struct buf buf;
    buf_init(&buf);
    CHECK_STR(buf_str(&buf), STR(""));
    buf_put_str(&buf, STR("ab"));
    buf_put_char(&buf, '-');
    buf_printf(&buf, "%u/%s", 42u, "x");
    buf_put_hex(&buf, "\x01\xff", 2);
    buf_put(&buf, NULL, 0);
    CHECK_STR(buf_str(&buf), STR("ab-42/x01ff"));
    buf_clear(&buf);
    CHECK_U64(buf.len, 0);
    for (unsigned i = 0; i < 3000; i++) buf_printf(&buf, "%u,", i);
    CHECK(str_ends(buf_str(&buf), STR("2998,2999,")));
    buf_printf(&buf, "%5000s", "end");
    CHECK(str_ends(buf_str(&buf), STR("  end")));
    const size_t len = buf.len;
    memset(buf_grow(&buf, 10), 'z', 10);
    CHECK_U64(buf.len, len + 10);
    buf_done(&buf);
    CHECK(buf.data == NULL);
    buf_done(&buf);
}

int main(void)
{
    RUN(a_buffer_holds_what_was_put_in);
    return 0;
}
