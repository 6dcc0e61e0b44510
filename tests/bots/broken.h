/* Broken: shows that a post-condition can fail. A behaviour is run on a network with a planted weakness on, or seen through a view that
 * lies about one member of one kind of answer, and must report the claim that this breaks. Prints one line a row. */
#ifndef BOTS_BROKEN_H
#define BOTS_BROKEN_H

#include <stdio.h>

#include "village.h"

/* What the view says instead to who reads: in answers whose path contains `path`, every member `member` (empty: the whole answer) has the JSON value
 * `value`, from the `skip`-th such answer on, `times` times (0: for ever). path NULL: the view is honest. */
struct lie {
    const char *path, *member, *value;
    uint32_t skip, times;
};

struct breaking {
    const char *behavior;
    const char *const *sets; /* "name=value", NULL-terminated; NULL: defaults */
    const char *weakness;    /* a planted switch; NULL: none */
    struct lie lie;
    const char *claim; /* how the note of the operation begins */
    struct lie too;    /* told beside the first */
    const char *how;   /* what else is wrong, for the table; NULL: nothing */
    bool standing;     /* the execution stands for the whole phase */
};

#define LIES 2
struct liar {
    struct lie lies[LIES];
    struct http_watcher before;
    uint32_t seen[LIES], told;
};

/* Puts `value` where the member's value stands. False: there is no such member. */
static bool lie_into(struct str body, const char *member, const char *value, struct buf *out)
{
    char key[64];
    const int key_len = snprintf(key, sizeof(key), "\"%s\":", member);
    bool any = member[0] == '\0';
    if (any) buf_put_str(out, str_of(value));
    for (size_t i = any ? body.len : 0; i < body.len;) {
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
        buf_put_str(out, str_of(value));
        any = true;
        i = end;
    }
    return any;
}

static bool lie_is_due(struct liar *liar, size_t which, struct str path)
{
    const struct lie *lie = &liar->lies[which];
    if (lie->path == NULL || memmem(path.data, path.len, lie->path, strlen(lie->path)) == NULL) return false;
    const uint32_t number = liar->seen[which]++;
    return number >= lie->skip && (lie->times == 0 || number < lie->skip + lie->times);
}

static void liar_answered(void *ctx, struct str origin, struct http_exchange *exchange)
{
    struct liar *liar = ctx;
    if (liar->before.answered) liar->before.answered(liar->before.ctx, origin, exchange);
    if (http_is_stream(exchange)) return;
    struct http_response *response = (struct http_response *)http_response(exchange); /* ours to forge, in this test */
    if (response->status != 200) return; /* 202: what was sent is acknowledged */
    for (size_t i = 0; i < LIES; i++) {
        struct buf forged = {0};
        if (lie_is_due(liar, i, http_request(exchange)->path) && lie_into(http_response_body(exchange), liar->lies[i].member, liar->lies[i].value, &forged)) {
            response->body = str_dup(http_arena(exchange), buf_str(&forged));
            response->object = NULL;
            response->shape = NULL;
            liar->told++;
        }
        buf_done(&forged);
    }
}
static void liar_streamed(void *ctx, struct str bytes)
{
    struct liar *liar = ctx;
    if (liar->before.streamed) liar->before.streamed(liar->before.ctx, bytes);
}

/* From now on every answer passes the liar; it must outlive the village's calls. */
static inline void liar_begin_both(struct village *v, struct liar *liar, struct lie lie, struct lie too)
{
    *liar = (struct liar){.lies = {lie, too}, .before = *http_client_watcher(v->crew.alpha.http)};
    const struct http_watcher watcher = {.answered = liar_answered, .streamed = liar_streamed, .ctx = liar};
    http_client_watch(v->crew.alpha.http, &watcher);
}
static inline void liar_begin(struct village *v, struct liar *liar, struct lie lie) { liar_begin_both(v, liar, lie, (struct lie){0}); }
static inline void liar_end(struct village *v, struct liar *liar) { http_client_watch(v->crew.alpha.http, &liar->before); }

static inline void weakness_set(struct village *v, const char *name, bool on)
{
    struct answer answer;
    if (!admin_switch_put(&v->admin, str_of(name), on, village_in(v, duration_s(10)), &answer)) CHECK_FAIL("the switch %s is refused", name);
    answer_done(&answer);
}

/* A view for which the account never moves: it shows one state for all heights. For a lie about "/statePath/"; in the village's arena. */
static inline const char *lie_frozen(struct village *v, enum chain_id chain, uint32_t bot)
{
    struct answer answer;
    const struct state_path *path = alpha_account_path(crew_client(&v->crew, chain), &v->bots[bot]->identity.address, 0, village_in(v, duration_s(10)), &answer);
    CHECK(path != NULL);
    char *value = arena_array(&v->arena, char, path->value.len * 2 + 3);
    value[0] = '"';
    str_hex(path->value.data, path->value.len, value + 1);
    value[1 + path->value.len * 2] = '"';
    value[2 + path->value.len * 2] = '\0';
    answer_done(&answer);
    return value;
}

/* A line of the table. */
static inline void broken_print(const char *behavior, const char *how, const char *note) { printf("broken: %-32s | %-60s | %s\n", behavior, how, note); }

static inline void broken_tell(const struct breaking *row, const char *note)
{
    char how[200] = "";
    if (row->weakness != NULL) snprintf(how, sizeof(how), "%s", row->weakness);
    else if (row->how != NULL) snprintf(how, sizeof(how), "%s", row->how);
    else if (row->lie.path != NULL) snprintf(how, sizeof(how), "a view says %s: %.24s for %s", row->lie.member[0] != '\0' ? row->lie.member : "all", row->lie.value, row->lie.path);
    broken_print(row->behavior, how, note);
}

/* One execution by bot `bot`: it must end as OP_POSTCONDITION with this claim. */
static inline void check_breaks(struct village *v, const struct breaking *row, uint32_t bot, uint64_t number)
{
    struct village_track *track = village_track_new(v, row->behavior, row->sets);
    struct liar *liar = arena_new(&v->arena, struct liar); /* a stream that was opened meanwhile tells it for as long as it is read */
    track->track.standing = row->standing;
    if (row->weakness != NULL) weakness_set(v, row->weakness, true);
    liar_begin_both(v, liar, row->lie, row->too);
    const struct op op = village_once(v, track, bot, number);
    liar_end(v, liar);
    if (row->weakness != NULL) weakness_set(v, row->weakness, false);
    if (row->lie.path != NULL && liar->told == 0) CHECK_FAIL("%s: nothing was asked of %s: %s, %s", row->behavior, row->lie.path, op_status_text(op.status), op.note);
    if (op.status != OP_POSTCONDITION || strncmp(op.note, row->claim, MIN(strlen(row->claim), sizeof(op.note) - 1)) != 0)
        CHECK_FAIL("%s with %s%s: %s " STR_FMT ", \"%s\", not \"%s\"", row->behavior, row->weakness ? row->weakness : "", row->lie.path ? row->lie.path : "",
                   op_status_text(op.status), STR_ARG(code_text(op.code)), op.note, row->claim);
    broken_tell(row, op.note);
}

#endif
