#include "core/codec/diags.h"

#include <stdlib.h>

#define DISTANCE_CANDIDATES_MAX 100000

void diags_init(struct diags *diags)
{
    memset(diags, 0, sizeof(*diags));
    arena_init(&diags->arena, 0);
}

void diags_done(struct diags *diags)
{
    arena_done(&diags->arena);
    vec_done(&diags->items);
    vec_done(&diags->sources);
}

static size_t source_index(const struct diags *diags, struct str file)
{
    size_t i = 0;
    while (i < diags->sources.count && !str_eq(diags->sources.data[i].file, file)) i++;
    return i;
}

void diags_source(struct diags *diags, struct str file, struct str text)
{
    const size_t i = source_index(diags, file);
    if (i == diags->sources.count) {
        const struct diag_source source = {str_dup(&diags->arena, file), text};
        vec_push(&diags->sources, source);
    } else {
        diags->sources.data[i].text = text;
    }
}

static void add(struct diags *diags, struct place place, enum severity severity, struct str suggestion, const char *fmt,
                va_list args)
{
    if (severity == SEVERITY_ERROR)
        diags->errors_count++;
    else
        diags->warnings_count++;
    if (diags->items.count == DIAGS_MAX) return;
    struct diag diag = {.place = place, .severity = severity};
    const size_t i = source_index(diags, place.file);
    if (i == diags->sources.count) diags_source(diags, place.file, (struct str){0});
    diag.place.file = diags->sources.data[i].file;
    diag.message = str_vfmt(&diags->arena, fmt, args);
    diag.suggestion = str_dup(&diags->arena, suggestion);
    vec_push(&diags->items, diag);
}

void diags_error(struct diags *diags, struct place place, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    add(diags, place, SEVERITY_ERROR, (struct str){0}, fmt, args);
    va_end(args);
}

void diags_warn(struct diags *diags, struct place place, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    add(diags, place, SEVERITY_WARNING, (struct str){0}, fmt, args);
    va_end(args);
}

void diags_add(struct diags *diags, struct place place, enum severity severity, struct str suggestion, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    add(diags, place, severity, suggestion, fmt, args);
    va_end(args);
}

struct sortable {
    struct diag diag;
    size_t file, order;
};

static int compare(const void *left, const void *right)
{
    const struct sortable *a = left, *b = right;
    if (a->file != b->file) return a->file < b->file ? -1 : 1;
    if (a->diag.place.line != b->diag.place.line) return a->diag.place.line < b->diag.place.line ? -1 : 1;
    if (a->diag.place.column != b->diag.place.column) return a->diag.place.column < b->diag.place.column ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static bool same(const struct diag *a, const struct diag *b)
{
    return a->severity == b->severity && a->place.line == b->place.line && a->place.column == b->place.column &&
           str_eq(a->place.file, b->place.file) && str_eq(a->message, b->message);
}

void diags_sort(struct diags *diags)
{
    const size_t count = diags->items.count;
    if (count == 0) return;
    struct sortable *sorted = base_alloc(count * sizeof(*sorted));
    for (size_t i = 0; i < count; i++) {
        const struct diag *diag = &diags->items.data[i];
        sorted[i] = (struct sortable){*diag, source_index(diags, diag->place.file), i};
    }
    qsort(sorted, count, sizeof(*sorted), compare);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && same(&diags->items.data[kept - 1], &sorted[i].diag)) {
            if (sorted[i].diag.severity == SEVERITY_ERROR)
                diags->errors_count--;
            else
                diags->warnings_count--;
            continue;
        }
        diags->items.data[kept++] = sorted[i].diag;
    }
    diags->items.count = kept;
    base_free(sorted);
}

static struct str line_of(struct str text, uint32_t line)
{
    struct str head = {0}, rest = text;
    for (uint32_t i = 0; i < line; i++) {
        if (i > 0 && rest.len == 0) return (struct str){0};
        (void)str_cut(rest, '\n', &head, &rest); /* false only means the last line */
    }
    if (head.len > 0 && head.data[head.len - 1] == '\r') head.len--;
    return head;
}

/* The source line and a caret under its column; tabs and control characters are shown as blanks so that it lines up. */
static void print_source(const struct diags *diags, const struct diag *diag, struct buf *out)
{
    const size_t i = source_index(diags, diag->place.file);
    if (i == diags->sources.count || diag->place.line == 0 || diag->place.column == 0) return;
    const struct str line = line_of(diags->sources.data[i].text, diag->place.line);
    if (line.len == 0) return;
    buf_put(out, "    ", 4);
    for (size_t k = 0; k < line.len && k < 200; k++) {
        const unsigned char c = (unsigned char)line.data[k];
        buf_put_char(out, c < 0x20 || c == 0x7f ? ' ' : (char)c);
    }
    buf_put(out, "\n    ", 5);
    for (uint32_t k = 1; k < diag->place.column && k < 200; k++) buf_put_char(out, ' ');
    buf_put(out, "^\n", 2);
}

void diags_print(struct diags *diags, struct buf *out)
{
    diags_sort(diags);
    for (size_t i = 0; i < diags->items.count; i++) {
        const struct diag *diag = &diags->items.data[i];
        if (diag->place.file.len > 0) buf_printf(out, STR_FMT ":", STR_ARG(diag->place.file));
        if (diag->place.line > 0) buf_printf(out, "%u:%u:", diag->place.line, diag->place.column);
        if (diag->place.file.len > 0 || diag->place.line > 0) buf_put_char(out, ' ');
        buf_put_str(out, diag->severity == SEVERITY_ERROR ? STR("error: ") : STR("warning: "));
        buf_put_str(out, diag->message);
        if (diag->suggestion.len > 0) buf_printf(out, "; did you mean '" STR_FMT "'?", STR_ARG(diag->suggestion));
        buf_put_char(out, '\n');
        print_source(diags, diag, out);
    }
    const size_t all = diags->errors_count + diags->warnings_count;
    if (all > diags->items.count) buf_printf(out, "and %zu more\n", all - diags->items.count);
}

struct str did_you_mean_by(struct str name, struct str (*next)(const void *context, size_t i), const void *context)
{
    const size_t limit = MAX((size_t)2, name.len / 3);
    size_t nearest = limit + 1;
    struct str best = {0};
    for (size_t i = 0; i < DISTANCE_CANDIDATES_MAX; i++) {
        const struct str candidate = next(context, i);
        if (candidate.len == 0) break;
        const size_t distance = str_distance(name, candidate);
        if (distance < nearest) {
            nearest = distance;
            best = candidate;
        }
    }
    return best;
}

struct list {
    const struct str *items;
    size_t count;
};

static struct str list_at(const void *context, size_t i)
{
    const struct list *list = context;
    return i < list->count ? list->items[i] : (struct str){0};
}

struct str did_you_mean(struct str name, const struct str *candidates, size_t count)
{
    const struct list list = {candidates, count};
    return did_you_mean_by(name, list_at, &list);
}
