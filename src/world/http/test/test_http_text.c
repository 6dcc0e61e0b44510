#include "world/http/http_text.h"

#include "core/base/check.h"
#include "core/base/rng.h"

static struct arena arena;
static struct http_message message;

/* Feeds `bytes` in pieces of at most `piece`; returns how many were read. */
static size_t feed(struct http_text *text, struct str bytes, size_t piece)
{
    size_t at = 0;
    while (at < bytes.len && http_text_state(text) == HTTP_TEXT_MORE) {
        const size_t want = MIN(piece, bytes.len - at), got = http_text_feed(text, bytes.data + at, want);
        at += got;
        CHECK(got == want || http_text_state(text) != HTTP_TEXT_MORE);
    }
    return at;
}

static void requests_are_read_in_pieces_of_any_size(void)
{
    const struct str bytes = STR("POST /testnet/transaction/broadcast?x=1&y=?2 HTTP/1.1\r\nHost: here\r\nX-Request-Id:  abc "
                                 "\r\nContent-Type: application/json\r\n"
                                 "Content-Length: 7\r\n\r\n{\"a\":1}GET /next HTTP/1.1\r\n\r\n");
    struct http_text *text = http_text_new(HTTP_TEXT_REQUEST, (struct http_text_limits){0});
    for (size_t piece = 1; piece <= bytes.len; piece++) {
        const size_t used = feed(text, bytes, piece);
        CHECK(http_text_state(text) == HTTP_TEXT_DONE);
        http_text_take(text, &arena, &message);
        CHECK_STR(message.method, STR("POST"));
        CHECK_STR(message.path, STR("/testnet/transaction/broadcast"));
        CHECK_STR(message.query, STR("x=1&y=?2"));
        CHECK_STR(message.body, STR("{\"a\":1}"));
        CHECK(message.keep_alive);
        CHECK_U64(message.headers_count, 2);
        CHECK_STR(message.headers[0].name, STR("x-request-id"));
        CHECK_STR(message.headers[0].value, STR("abc"));
        CHECK_STR(message.headers[1].name, STR("content-type"));
        CHECK_STR(str_sub(bytes, used, 4), STR("GET ")); /* what follows is left */
        CHECK_U64(feed(text, str_sub(bytes, used, SIZE_MAX), piece), bytes.len - used);
        http_text_take(text, &arena, &message);
        CHECK_STR(message.path, STR("/next"));
        CHECK_U64(message.body.len, 0);
        arena_reset(&arena);
    }
    http_text_free(text);
}

static void reads(enum http_text_kind kind, struct str bytes)
{
    for (size_t piece = 1; piece < 4; piece++) {
        struct http_text *text = http_text_new(kind, (struct http_text_limits){0});
        (void)feed(text, bytes, piece);
        http_text_end(text);
        if (http_text_state(text) != HTTP_TEXT_DONE)
            CHECK_FAIL("not read, fault %u: " STR_FMT, http_text_fault(text), STR_ARG(bytes));
        http_text_take(text, &arena, &message);
        http_text_free(text);
    }
}

static void chunks_are_put_together_and_trailers_forgotten(void)
{
    reads(HTTP_TEXT_REQUEST, STR("PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\na: "
                                 "b\r\n\r\n3\r\nabc\r\n5;ext=1\r\ndefgh\r\n0\r\nTrailer: t\r\n\r\n"));
    CHECK_STR(message.body, STR("abcdefgh"));
    CHECK_U64(message.headers_count, 1);
    CHECK_STR(message.headers[0].name, STR("a"));
}

static void connections_are_kept_or_closed_as_told(void)
{
    reads(HTTP_TEXT_REQUEST, STR("GET / HTTP/1.0\r\n\r\n"));
    CHECK(!message.keep_alive);
    reads(HTTP_TEXT_REQUEST, STR("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"));
    CHECK(!message.keep_alive);
    reads(HTTP_TEXT_REQUEST, STR("GET http://host:80/p?q#f HTTP/1.1\r\n\r\n"));
    CHECK_STR(message.path, STR("/p"));
    CHECK_STR(message.query, STR("q"));
    reads(HTTP_TEXT_REQUEST, STR("GET /chat HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"));
    CHECK_STR(message.path, STR("/chat"));
}

static void responses_are_read_with_length_chunks_or_to_the_end(void)
{
    reads(HTTP_TEXT_RESPONSE, STR("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nX-Height: 7\r\n\r\nok"));
    CHECK_U64(message.status, 202);
    CHECK_STR(message.body, STR("ok"));
    CHECK_STR(message.headers[0].value, STR("7"));
    reads(HTTP_TEXT_RESPONSE, STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"));
    CHECK_STR(message.body, STR("ok"));
    reads(HTTP_TEXT_RESPONSE, STR("HTTP/1.1 200 OK\r\n\r\nall there is"));
    CHECK_STR(message.body, STR("all there is"));
    CHECK(!message.keep_alive);
    reads(HTTP_TEXT_RESPONSE, STR("HTTP/1.1 204 No Content\r\n\r\n"));
    CHECK_U64(message.body.len, 0);
}

static void faults(struct str bytes, uint16_t want)
{
    for (size_t piece = 1; piece < 300; piece += 149) {
        struct http_text *text =
            http_text_new(HTTP_TEXT_REQUEST, (struct http_text_limits){.body_max = 100, .uri_max = 50, .headers_max = 200});
        (void)feed(text, bytes, piece);
        http_text_end(text);
        if (http_text_state(text) != HTTP_TEXT_BAD) CHECK_FAIL("is read: " STR_FMT, STR_ARG(bytes));
        CHECK_U64(http_text_fault(text), want);
        http_text_free(text);
    }
}

static void what_is_malformed_or_too_large_is_refused(void)
{
    faults(STR("hello\r\n\r\n"), 400);
    faults(STR("FETCH / HTTP/1.1\r\n\r\n"), 400);
    faults(STR("GET / HTTP/1.1\r\nno colon\r\n\r\n"), 400);
    faults(STR("GET / HTTP/1.1\r\na b: c\r\n\r\n"), 400);
    faults(STR("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"), 400);
    faults(STR("POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"), 400);
    faults(STR("POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
    faults(STR("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"), 400);
    faults(STR("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc"), 400); /* the stream ends */
    faults(STR("POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n"), 413);   /* nothing of it was read */
    faults(STR("GET /0123456789012345678901234567890123456789012345678901234567890123456789 HTTP/1.1\r\n\r\n"), 414);
    struct buf long_one = {0};
    buf_put_str(&long_one, STR("GET / HTTP/1.1\r\n"));
    for (int i = 0; i < 30; i++) buf_printf(&long_one, "header%d: value\r\n", i);
    buf_put_str(&long_one, STR("\r\n"));
    faults(buf_str(&long_one), 431);
    buf_clear(&long_one);
    buf_put_str(&long_one, STR("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"));
    for (int i = 0; i < 30; i++) buf_put_str(&long_one, STR("5\r\n01234\r\n"));
    faults(buf_str(&long_one), 413);
    buf_clear(&long_one);
    buf_put_str(&long_one, STR("GET / HTTP/1.1\r\n"));
    for (int i = 0; i < 65; i++) buf_put_str(&long_one, STR("a:\r\n"));
    buf_put_str(&long_one, STR("\r\n"));
    faults(buf_str(&long_one), 431);
    buf_done(&long_one);
}

static void what_is_written_is_read_back(void)
{
    struct rng rng;
    rng_init(&rng, 1);
    struct buf bytes = {0};
    struct http_text *requests = http_text_new(HTTP_TEXT_REQUEST, (struct http_text_limits){0});
    struct http_text *responses = http_text_new(HTTP_TEXT_RESPONSE, (struct http_text_limits){0});
    const struct http_header headers[] = {{STR("x-a"), STR("1, 2")}, {STR("x-b"), STR("\xc3\xa9")}};
    for (int i = 0; i < 200; i++) {
        char body[64];
        rng_bytes(&rng, body, sizeof(body));
        const struct http_message sent = {
            .method = STR("PUT"),
            .path = STR("/a/%20b"),
            .query = i % 2 ? STR("c=d?e") : STR(""),
            .status = 207,
            .keep_alive = i % 3 != 0,
            .headers = headers,
            .headers_count = (size_t)i % 3,
            .body = {body, rng_below(&rng, sizeof(body))},
        };
        buf_clear(&bytes);
        http_text_put_request(&bytes, STR("host"), &sent, STR(""));
        CHECK_U64(feed(requests, buf_str(&bytes), 1 + rng_below(&rng, 90)), bytes.len);
        http_text_take(requests, &arena, &message);
        CHECK_STR(message.method, sent.method);
        CHECK_STR(message.path, sent.path);
        CHECK_STR(message.query, sent.query);
        CHECK_STR(message.body, sent.body);
        CHECK(message.keep_alive == sent.keep_alive);
        CHECK_U64(message.headers_count, sent.headers_count);
        for (size_t h = 0; h < sent.headers_count; h++) CHECK_STR(message.headers[h].value, headers[h].value);
        buf_clear(&bytes);
        http_text_put_response(&bytes, &sent, STR("application/json"));
        CHECK_U64(feed(responses, buf_str(&bytes), 1 + rng_below(&rng, 90)), bytes.len);
        http_text_take(responses, &arena, &message);
        CHECK_U64(message.status, 207);
        CHECK_STR(message.body, sent.body);
        CHECK_U64(message.headers_count, sent.headers_count + 1);
        arena_reset(&arena);
    }
    http_text_free(requests);
    http_text_free(responses);
    buf_done(&bytes);
}

static void plain_is_what_comes_back_unchanged(void)
{
    const struct http_header ok = {STR("x-a"), STR("1 2")};
    CHECK(http_text_is_plain(STR("/a/b"), STR("c=d?"), &ok, 1));
    CHECK(!http_text_is_plain(STR(""), STR(""), NULL, 0));
    CHECK(!http_text_is_plain(STR("a"), STR(""), NULL, 0));
    CHECK(!http_text_is_plain(STR("/a b"), STR(""), NULL, 0));
    CHECK(!http_text_is_plain(STR("/a?b"), STR(""), NULL, 0));
    CHECK(!http_text_is_plain(STR("/a"), STR("b#"), NULL, 0));
    CHECK(!http_text_is_plain(STR("/a\r\n"), STR(""), NULL, 0));
    const struct http_header bad[] = {{STR("X-A"), STR("1")},
                                      {STR("x-a"), STR("1\r\nb: c")},
                                      {STR("x-a"), STR(" 1")},
                                      {STR("connection"), STR("close")},
                                      {STR(""), STR("")}};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) CHECK(!http_text_is_plain(STR("/a"), STR(""), &bad[i], 1));
}

int main(void)
{
    arena_init(&arena, 0);
    RUN(requests_are_read_in_pieces_of_any_size);
    RUN(chunks_are_put_together_and_trailers_forgotten);
    RUN(connections_are_kept_or_closed_as_told);
    RUN(responses_are_read_with_length_chunks_or_to_the_end);
    RUN(what_is_malformed_or_too_large_is_refused);
    RUN(what_is_written_is_read_back);
    RUN(plain_is_what_comes_back_unchanged);
    arena_done(&arena);
    return 0;
}
