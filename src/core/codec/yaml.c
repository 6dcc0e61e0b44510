/* libfyaml gives events with their marks; the tree is built here, so that every fault of the subset is told with its
 * place and reading goes on behind it. Only a fault of syntax ends the reading. */
#include "core/codec/yaml.h"

#include <libfyaml.h>

struct level {
    struct yaml *container, *last;
    struct str key; /* mapping: the key that waits for its value */
    struct place key_place;
    bool keyed;
};

struct reader {
    struct arena *arena;
    struct diags *diags;
    struct str file;
    struct fy_parser *parser;
    struct level stack[YAML_DEPTH_MAX];
    size_t depth;
    struct yaml *root;
    size_t documents;
    bool stop;
};

static struct place place_at(const struct reader *r, const struct fy_mark *mark)
{
    if (mark == NULL) return (struct place){.file = r->file};
    return (struct place){r->file, (uint32_t)mark->line + 1, (uint32_t)mark->column + 1};
}

static bool is_quoted(struct fy_token *token)
{
    const enum fy_scalar_style style = token == NULL ? FYSS_PLAIN : fy_token_scalar_style(token);
    return style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
}

/* The mark of a quoted scalar is behind its quote. */
static struct place place_of(const struct reader *r, struct fy_token *token)
{
    struct place place = place_at(r, token == NULL ? NULL : fy_token_start_mark(token));
    if (is_quoted(token) && place.column > 1) place.column--;
    return place;
}

static struct str text_of(const struct reader *r, struct fy_token *token)
{
    size_t len = 0;
    const char *text = token == NULL ? NULL : fy_token_get_text(token, &len);
    return text == NULL ? (struct str){"", 0} : str_dup(r->arena, (struct str){text, len});
}

static void refuse_extras(struct reader *r, struct fy_token *anchor, struct fy_token *tag)
{
    if (anchor != NULL) diags_error(r->diags, place_of(r, anchor), "anchors are not allowed here");
    if (tag != NULL) diags_error(r->diags, place_of(r, tag), "tags are not allowed here");
}

/* A node without a mark of its own (an empty value) stands where its key does. */
static struct place node_place(const struct reader *r, struct fy_token *token)
{
    struct place place = place_of(r, token);
    if (place.line == 0 && r->depth > 0) {
        const struct level *level = &r->stack[r->depth - 1];
        place = level->keyed ? level->key_place : level->container->place;
    }
    return place;
}

static struct yaml *node_add(struct reader *r, enum yaml_type type, struct place place)
{
    struct yaml *node = arena_new(r->arena, struct yaml);
    node->type = type;
    node->place = place;
    node->text = (struct str){"", 0};
    if (r->depth == 0) {
        r->root = node;
        return node;
    }
    struct level *level = &r->stack[r->depth - 1];
    node->parent = level->container;
    if (level->container->type == YAML_MAPPING) {
        node->key = level->key;
        node->key_place = level->key_place;
        level->keyed = false;
    }
    if (level->last == NULL)
        level->container->child = node;
    else
        level->last->next = node;
    level->last = node;
    level->container->count++;
    return node;
}

static bool key_expected(const struct reader *r)
{
    return r->depth > 0 && r->stack[r->depth - 1].container->type == YAML_MAPPING && !r->stack[r->depth - 1].keyed;
}

static void key_add(struct reader *r, struct fy_token *token)
{
    struct level *level = &r->stack[r->depth - 1];
    level->key = text_of(r, token);
    level->key_place = node_place(r, token);
    level->keyed = true;
    if (level->key.len == 0) diags_error(r->diags, level->key_place, "empty key");
    for (const struct yaml *elder = level->container->child; elder != NULL; elder = elder->next) {
        if (!str_eq(elder->key, level->key)) continue;
        diags_error(r->diags, level->key_place, "duplicate key '" STR_FMT "', first on line %u", STR_ARG(level->key),
                    elder->key_place.line);
        break;
    }
}

static void scalar_add(struct reader *r, const struct fy_event_scalar_data *scalar)
{
    refuse_extras(r, scalar->anchor, scalar->tag);
    if (key_expected(r)) {
        key_add(r, scalar->value);
        return;
    }
    struct yaml *node = node_add(r, YAML_SCALAR, node_place(r, scalar->value));
    node->text = text_of(r, scalar->value);
    node->quoted = scalar->value != NULL && fy_token_scalar_style(scalar->value) != FYSS_PLAIN;
    if (!str_is_utf8(node->text)) diags_error(r->diags, node->place, "malformed UTF-8");
}

static void container_open(struct reader *r, enum yaml_type type, struct fy_token *anchor, struct fy_token *tag,
                           struct fy_token *start)
{
    refuse_extras(r, anchor, tag);
    if (key_expected(r)) {
        diags_error(r->diags, node_place(r, start), "a key must be plain text");
        r->stop = true;
        return;
    }
    if (r->depth == YAML_DEPTH_MAX) {
        diags_error(r->diags, node_place(r, start), "nested deeper than %d", YAML_DEPTH_MAX);
        r->stop = true;
        return;
    }
    struct yaml *node = node_add(r, type, node_place(r, start));
    r->stack[r->depth++] = (struct level){.container = node};
}

static void container_close(struct reader *r)
{
    ASSERT(r->depth > 0);
    r->depth--;
}

static void document_open(struct reader *r, const struct fy_event_document_start_data *start)
{
    const struct fy_mark *mark = start->document_state == NULL ? NULL : fy_document_state_start_mark(start->document_state);
    if (++r->documents > 1) {
        diags_error(r->diags, place_at(r, mark), "a second document begins here; one file holds one");
        r->stop = true;
    } else if (start->document_state != NULL && (fy_document_state_version_explicit(start->document_state) ||
                                                 fy_document_state_tags_explicit(start->document_state))) {
        diags_error(r->diags, place_at(r, mark), "directives are not allowed here");
    }
}

static void take_event(struct reader *r, struct fy_event *event)
{
    switch (event->type) {
    case FYET_NONE:
    case FYET_STREAM_START:
    case FYET_STREAM_END:
    case FYET_DOCUMENT_END: break;
    case FYET_DOCUMENT_START: document_open(r, &event->document_start); break;
    case FYET_MAPPING_START:
        container_open(r, YAML_MAPPING, event->mapping_start.anchor, event->mapping_start.tag,
                       event->mapping_start.mapping_start);
        break;
    case FYET_SEQUENCE_START:
        container_open(r, YAML_SEQUENCE, event->sequence_start.anchor, event->sequence_start.tag,
                       event->sequence_start.sequence_start);
        break;
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END: container_close(r); break;
    case FYET_SCALAR: scalar_add(r, &event->scalar); break;
    case FYET_ALIAS:
        diags_error(r->diags, place_of(r, event->alias.anchor), "aliases are not allowed here");
        if (key_expected(r))
            key_add(r, event->alias.anchor);
        else
            (void)node_add(r, YAML_SCALAR, node_place(r, event->alias.anchor)); /* the error is told */
        break;
    }
}

/* Tabs in front of a line's first word, told before the parser stumbles over them. */
static bool tabs_refused(struct diags *diags, struct str file, struct str text)
{
    uint32_t line = 1, column = 1;
    bool leading = true, found = false;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        if (c == '\n') {
            line++;
            column = 1;
            leading = true;
            continue;
        }
        if (leading && c == '\t') {
            diags_error(diags, (struct place){file, line, column}, "a tab in the indentation; use blanks");
            found = true;
            leading = false;
        }
        if (c != ' ') leading = false;
        column++;
    }
    return found;
}

static void silent(struct fy_diag *diag, void *user, const char *text, size_t len)
{
    (void)diag, (void)user, (void)text, (void)len;
}

/* What the parser found wrong itself. */
static void take_syntax_errors(struct reader *r, struct fy_diag *diag)
{
    void *state = NULL;
    const struct fy_diag_error *error;
    bool told = false;
    while ((error = fy_diag_errors_iterate(diag, &state)) != NULL) {
        if (error->msg == NULL || error->line < 0) continue;
        const struct place place = {r->file, (uint32_t)error->line, (uint32_t)error->column};
        diags_error(r->diags, place, "%s", error->msg);
        told = true;
    }
    if (!told) diags_error(r->diags, (struct place){.file = r->file}, "this is not YAML");
}

static bool text_fits(struct str file, struct str text, struct diags *diags)
{
    const struct place whole = {.file = file};
    if (text.len > YAML_BYTES_MAX)
        diags_error(diags, whole, "the file has %zu bytes; at most %u are read", text.len, YAML_BYTES_MAX);
    else if (!str_is_utf8(text))
        diags_error(diags, whole, "the file is not UTF-8 text");
    else if (text.len > 0 && memchr(text.data, 0, text.len) != NULL)
        diags_error(diags, whole, "the file contains a zero byte");
    else
        return true;
    return false;
}

const struct yaml *yaml_parse_faulty(struct arena *arena, struct str file, struct str text, struct diags *diags)
{
    const size_t errors_before = diags->errors_count;
    diags_source(diags, file, text);
    if (!text_fits(file, text, diags)) return NULL;
    const bool tabs = tabs_refused(diags, file, text);

    const struct fy_diag_cfg diag_cfg = {.output_fn = silent, .level = FYET_ERROR, .module_mask = ~0u};
    struct fy_diag *diag = fy_diag_create(&diag_cfg);
    ASSERT(diag != NULL);
    fy_diag_set_collect_errors(diag, true);
    const struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_JSON_NONE | FYPCF_DEFAULT_VERSION_1_2, .diag = diag};
    struct reader r = {.arena = arena, .diags = diags, .file = file, .parser = fy_parser_create(&cfg)};
    ASSERT(r.parser != NULL);
    bool ended = false;
    if (fy_parser_set_string(r.parser, text.len == 0 ? "" : text.data, text.len) == 0) {
        struct fy_event *event;
        while (!r.stop && !ended && (event = fy_parser_parse(r.parser)) != NULL) {
            ended = event->type == FYET_STREAM_END;
            take_event(&r, event);
            fy_parser_event_free(r.parser, event);
        }
    }
    const bool whole = ended && !r.stop && !tabs;
    if (!ended && !r.stop && !tabs) take_syntax_errors(&r, diag);
    fy_parser_destroy(r.parser);
    fy_diag_destroy(diag);
    if (diags->errors_count == errors_before && r.root == NULL)
        diags_error(diags, (struct place){.file = file}, "the file is empty");
    return whole ? r.root : NULL;
}

const struct yaml *yaml_parse(struct arena *arena, struct str file, struct str text, struct diags *diags)
{
    const size_t errors_before = diags->errors_count;
    const struct yaml *root = yaml_parse_faulty(arena, file, text, diags);
    return diags->errors_count == errors_before ? root : NULL;
}

const struct yaml *yaml_find(const struct yaml *mapping, struct str key)
{
    if (mapping == NULL || mapping->type != YAML_MAPPING) return NULL;
    for (const struct yaml *node = mapping->child; node != NULL; node = node->next)
        if (str_eq(node->key, key)) return node;
    return NULL;
}

bool yaml_is_null(const struct yaml *node)
{
    if (node == NULL || node->type != YAML_SCALAR || node->quoted) return false;
    return node->text.len == 0 || str_eq(node->text, STR("~")) || str_eq(node->text, STR("null"));
}

static bool is_plain(const struct yaml *node) { return node != NULL && node->type == YAML_SCALAR && !node->quoted; }

bool yaml_bool(const struct yaml *node, bool *out)
{
    if (!is_plain(node)) return false;
    const bool yes = str_eq(node->text, STR("true"));
    if (!yes && !str_eq(node->text, STR("false"))) return false;
    *out = yes;
    return true;
}

/* Digits without the underscores that stand between them. */
static bool digits_of(struct str text, char out[40], size_t *out_len)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '_') {
            const bool between = i > 0 && i + 1 < text.len && text.data[i - 1] != '_' && text.data[i + 1] != '_';
            if (!between) return false;
            continue;
        }
        if (len == 40) return false;
        out[len++] = text.data[i];
    }
    *out_len = len;
    return true;
}

bool yaml_u64(const struct yaml *node, uint64_t *out)
{
    char digits[40];
    size_t len;
    return is_plain(node) && digits_of(node->text, digits, &len) && str_to_u64((struct str){digits, len}, out);
}

bool yaml_i64(const struct yaml *node, int64_t *out)
{
    char digits[40];
    size_t len;
    return is_plain(node) && digits_of(node->text, digits, &len) && str_to_i64((struct str){digits, len}, out);
}
