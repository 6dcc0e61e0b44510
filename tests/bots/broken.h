/* Broken: shows that a post-condition can fail. A behaviour is run on a network with a planted weakness on, or seen through a view that
 * lies about one member of one kind of answer, and must report the claim that this breaks. Prints one line a row. */
#ifndef BOTS_BROKEN_H
#define BOTS_BROKEN_H

#include <stdio.h>

#include "village.h"

/* What the view says instead: in answers whose path contains `path`, every member `member` has the JSON value `value`, from the
 * `skip`-th such answer on. path NULL: the view is honest. */
struct lie {
    const char *path, *member, *value;
    uint32_t skip;
};

struct breaking {
    const char *behavior;
    const char *const *sets; /* "name=value", NULL-terminated; NULL: defaults */
    const char *weakness;    /* a planted switch; NULL: none */
    struct lie lie;
    const char *claim; /* how the note of the operation begins */
};

struct liar {
    struct lie lie;
    struct http_watcher before;
    uint32_t seen, told;
};

/* Puts `value` where the member's value stands. False: there is no such member. */
static bool lie_into(struct str body, const struct lie *lie, struct buf *out)
{
    char key[64];
    const int key_len = snprintf(key, sizeof(key), "\"%s\":", lie->member);
    bool any = false;
    for (size_t i = 0; i < body.len;) {
        if (body.len - i < (size_t)key_len || memcmp(body.data + i, key, (size_t)key_len) != 0) {
            buf_put_char(out, body.data[i++]);
            continue;
        }
        size_t end = i + (size_t)key_len, depth = 0;
        for (bool quoted = false; end < body.len; end++) {
            const char c = body.data[end];
            if (c == '"') quoted = !quoted;
            if (quoted) continue;
            if (depth == 0 && (c == ',' || c == '}' || c == ']')) break;
            if (c == '{' || c == '[') depth++;
            if (c == '}' || c == ']') depth--;
        }
        buf_put_str(out, (struct str){key, (size_t)key_len});
        buf_put_str(out, str_of(lie->value));
        any = true;
        i = end;
    }
    return any;
}

static void liar_answered(void *ctx, struct str origin, struct http_exchange *exchange)
{
    struct liar *liar = ctx;
    if (liar->before.answered) liar->before.answered(liar->before.ctx, origin, exchange);
    if (liar->lie.path == NULL || http_is_stream(exchange)) return;
    struct http_response *response = (struct http_response *)http_response(exchange); /* ours to forge, in this test */
    const struct str path = http_request(exchange)->path;
    if (response->status / 100 != 2 || memmem(path.data, path.len, liar->lie.path, strlen(liar->lie.path)) == NULL) return;
    if (liar->seen++ < liar->lie.skip) return;
    struct buf forged = {0};
    if (lie_into(http_response_body(exchange), &liar->lie, &forged)) {
        response->body = str_dup(http_arena(exchange), buf_str(&forged));
        response->object = NULL;
        response->shape = NULL;
        liar->told++;
    }
    buf_done(&forged);
}
static void liar_streamed(void *ctx, struct str bytes)
{
    struct liar *liar = ctx;
    if (liar->before.streamed) liar->before.streamed(liar->before.ctx, bytes);
}

/* From now on every answer passes the liar; it must outlive the village's calls. */
static inline void liar_begin(struct village *v, struct liar *liar, struct lie lie)
{
    *liar = (struct liar){.lie = lie, .before = *http_client_watcher(v->crew.alpha.http)};
    const struct http_watcher watcher = {.answered = liar_answered, .streamed = liar_streamed, .ctx = liar};
    http_client_watch(v->crew.alpha.http, &watcher);
}
static inline void liar_end(struct village *v, struct liar *liar) { http_client_watch(v->crew.alpha.http, &liar->before); }

static inline void weakness_set(struct village *v, const char *name, bool on)
{
    struct answer answer;
    if (!admin_switch_put(&v->admin, str_of(name), on, village_in(v, duration_s(10)), &answer)) CHECK_FAIL("the switch %s is refused", name);
    answer_done(&answer);
}

/* One execution by bot `bot`: it must end as OP_POSTCONDITION with this claim. */
static inline void check_breaks(struct village *v, const struct breaking *row, uint32_t bot, uint64_t number)
{
    struct village_track track;
    struct liar *liar = arena_new(&v->arena, struct liar); /* a stream that was opened meanwhile tells it for as long as it is read */
    village_track(v, &track, row->behavior, row->sets);
    if (row->weakness != NULL) weakness_set(v, row->weakness, true);
    liar_begin(v, liar, row->lie);
    const struct op op = village_once(v, &track, bot, number);
    liar_end(v, liar);
    if (row->weakness != NULL) weakness_set(v, row->weakness, false);
    if (row->lie.path != NULL && liar->told == 0) CHECK_FAIL("%s: nothing was asked of %s", row->behavior, row->lie.path);
    if (op.status != OP_POSTCONDITION || strncmp(op.note, row->claim, MIN(strlen(row->claim), sizeof(op.note) - 1)) != 0)
        CHECK_FAIL("%s with %s%s: %s, \"%s\", not \"%s\"", row->behavior, row->weakness ? row->weakness : "",
                   row->lie.path ? row->lie.path : "", op_status_text(op.status), op.note, row->claim);
    char lie[160] = "";
    if (row->lie.path != NULL) snprintf(lie, sizeof(lie), "a view says %s: %.24s for %s", row->lie.member, row->lie.value, row->lie.path);
    printf("broken: %-32s | %-60s | %s\n", row->behavior, row->weakness != NULL ? row->weakness : lie, op.note);
}

#endif
