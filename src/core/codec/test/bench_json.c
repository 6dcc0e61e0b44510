/* What it costs to write a small object, and to read it back, against a loop that only copies its bytes. */
#include <stdio.h>
#include <time.h>

#include "core/codec/json.h"

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void write_one(struct buf *out, uint64_t i)
{
    struct json_writer w = json_writer_of(out);
    json_object(&w);
    json_put_member_u64(&w, STR("nonce"), i);
    json_put_member_str(&w, STR("status"), STR("pending"));
    json_key(&w, STR("fee"));
    json_put_u128_str(&w, 1000 + i);
    json_put_member_str(&w, STR("stage"), STR("m2"));
    json_object_end(&w);
}

int main(void)
{
    enum { ROUNDS = 2000000 };
    struct buf out = {0};
    uint64_t bytes = 0;
    double start = seconds();
    for (uint64_t i = 0; i < ROUNDS; i++) {
        buf_clear(&out);
        write_one(&out, i);
        bytes += out.len;
    }
    const double writing = (seconds() - start) / ROUNDS;
    struct arena arena;
    struct err err;
    arena_init(&arena, 0);
    uint64_t count = 0;
    start = seconds();
    for (uint64_t i = 0; i < ROUNDS; i++) {
        arena_reset(&arena);
        const struct json *doc = json_parse(&arena, buf_str(&out), &err);
        if (doc != NULL) count += doc->count;
    }
    const double reading = (seconds() - start) / ROUNDS;
    struct buf copy = {0};
    start = seconds();
    for (uint64_t i = 0; i < ROUNDS; i++) {
        buf_clear(&copy);
        for (size_t k = 0; k < out.len; k++) buf_put_char(&copy, (char)out.data[k]);
        count += copy.data[i % copy.len];
    }
    const double copying = (seconds() - start) / ROUNDS;
    printf("json write %.0f ns  read %.0f ns  byte copy %.0f ns  (%zu bytes, checksum %llu)\n", writing * 1e9, reading * 1e9,
           copying * 1e9, out.len, (unsigned long long)(count + bytes));
    buf_done(&out);
    buf_done(&copy);
    arena_done(&arena);
    return 0;
}
