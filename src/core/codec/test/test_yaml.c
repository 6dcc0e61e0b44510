#include "core/codec/yaml.h"

#include "core/base/check.h"

static struct arena arena;
static struct diags diags;
static struct buf told;

static const struct yaml *parse(struct str text)
{
    arena_reset(&arena);
    diags_done(&diags);
    diags_init(&diags);
    const struct yaml *root = yaml_parse(&arena, STR("f.yaml"), text, &diags);
    buf_clear(&told);
    diags_print(&diags, &told);
    return root;
}

static void every_node_and_key_knows_its_place(void)
{
    const struct yaml *root =
        parse(STR("scenario:\n  name: \"two words\"\n  list: [1, {a: b}]\n  none:\n  text: |\n    lines\n"));
    CHECK(root != NULL);
    const struct yaml *scenario = yaml_find(root, STR("scenario"));
    CHECK_U64(scenario->count, 4);
    const struct yaml *name = yaml_find(scenario, STR("name"));
    CHECK_STR(name->text, STR("two words"));
    CHECK(name->quoted);
    CHECK_U64(name->key_place.line, 2);
    CHECK_U64(name->key_place.column, 3);
    CHECK_U64(name->place.column, 9);
    const struct yaml *list = yaml_find(scenario, STR("list"));
    CHECK(list->type == YAML_SEQUENCE && list->count == 2);
    uint64_t one = 0;
    CHECK(yaml_u64(list->child, &one) && one == 1);
    const struct yaml *inner = yaml_find(list->child->next, STR("a"));
    CHECK_STR(inner->text, STR("b"));
    CHECK_U64(inner->key_place.line, 3);
    CHECK_U64(inner->key_place.column, 14);
    CHECK(inner->parent == list->child->next);
    CHECK(yaml_is_null(yaml_find(scenario, STR("none"))));
    CHECK_STR(yaml_find(scenario, STR("text"))->text, STR("lines\n"));
    CHECK(yaml_find(scenario, STR("nothing")) == NULL);
    CHECK(yaml_find(NULL, STR("nothing")) == NULL);
}

static void all_faults_are_told_in_one_pass(void)
{
    CHECK(parse(STR("a: 1\na: &x 2\nb: *x\nc: !t 3\n")) == NULL);
    CHECK_U64(diags.errors_count, 4);
    CHECK_STR(buf_str(&told), STR("f.yaml:2:1: error: duplicate key 'a', first on line 1\n    a: &x 2\n    ^\n"
                                  "f.yaml:2:5: error: anchors are not allowed here\n    a: &x 2\n        ^\n"
                                  "f.yaml:3:5: error: aliases are not allowed here\n    b: *x\n        ^\n"
                                  "f.yaml:4:4: error: tags are not allowed here\n    c: !t 3\n       ^\n"));
}

static void what_is_not_the_subset_is_refused(void)
{
    static const struct {
        struct str text;
        const char *says;
    } bad[] = {
        {STR(""), "empty"},
        {STR("# a comment\n"), "empty"},
        {STR("a: 1\n\tb: 2\n"), "f.yaml:2:1: error: a tab"},
        {STR("a: 1\n---\nb: 2\n"), "f.yaml:2:1: error: a second document"},
        {STR("%YAML 1.2\n---\na: 1\n"), "directives"},
        {STR("? [a]\n: b\n"), "a key must be plain text"},
        {STR(": b\n"), "empty key"},
        {STR("a: b: c\n"), "f.yaml:1:5: error:"},
        {STR("a: [1, 2\n"), "error:"},
        {STR("a: \"open\n"), "error:"},
        {STR("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"), "nested deeper than 16"},
        {STR("a: \xff\n"), "UTF-8"},
        {STR("a: \0\n"), "zero byte"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (parse(bad[i].text) != NULL) CHECK_FAIL("case %zu was read", i);
        buf_put_char(&told, 0);
        if (strstr((const char *)told.data, bad[i].says) == NULL)
            CHECK_FAIL("case %zu: no \"%s\" in:\n%s", i, bad[i].says, (const char *)told.data);
    }
    CHECK(parse(STR("[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]")) != NULL);
    CHECK(parse(STR("---\na: 1\n")) != NULL);
}

static void a_file_beyond_a_mebibyte_is_refused(void)
{
    struct buf text = {0};
    buf_put_str(&text, STR("a: "));
    memset(buf_grow(&text, YAML_BYTES_MAX - 3), 'x', YAML_BYTES_MAX - 3);
    CHECK(parse(buf_str(&text)) != NULL);
    buf_put_char(&text, '\n');
    CHECK(parse(buf_str(&text)) == NULL);
    buf_done(&text);
}

static void scalars_have_strict_types(void)
{
    const struct yaml *root = parse(STR("[true, yes, \"true\", 50_000, 5__0, _5, 5_, -7, 007, 1.5, 99999999999999999999]"));
    const struct yaml *n[11];
    size_t i = 0;
    for (const struct yaml *item = root->child; item != NULL; item = item->next) n[i++] = item;
    bool b = false;
    CHECK(yaml_bool(n[0], &b) && b);
    CHECK(!yaml_bool(n[1], &b) && !yaml_bool(n[2], &b));
    uint64_t u = 0;
    CHECK(yaml_u64(n[3], &u) && u == 50000);
    CHECK(!yaml_u64(n[4], &u) && !yaml_u64(n[5], &u) && !yaml_u64(n[6], &u) && !yaml_u64(n[7], &u));
    int64_t s = 0;
    CHECK(yaml_i64(n[7], &s) && s == -7);
    CHECK(!yaml_u64(n[8], &u) && !yaml_u64(n[9], &u) && !yaml_u64(n[10], &u));
}

static void the_nearest_name_is_suggested(void)
{
    static const struct str names[] = {STR("behavior"), STR("bots"), STR("rate"), STR("duration")};
    CHECK_STR(did_you_mean(STR("behaviour"), names, 4), STR("behavior"));
    CHECK_STR(did_you_mean(STR("boot"), names, 4), STR("bots"));
    CHECK_STR(did_you_mean(STR("rte"), names, 4), STR("rate"));
    CHECK_STR(did_you_mean(STR("xyzzy"), names, 4), STR(""));
    CHECK_STR(did_you_mean(STR("durtaoin"), names, 4), STR("duration"));
}

static void findings_are_sorted_and_repeats_dropped(void)
{
    diags_done(&diags);
    diags_init(&diags);
    diags_source(&diags, STR("x"), STR("one\ntwo\n"));
    diags_warn(&diags, (struct place){STR("x"), 2, 2}, "later");
    diags_add(&diags, (struct place){STR("x"), 1, 1}, SEVERITY_ERROR, STR("one"), "unknown key '%s'", "won");
    diags_warn(&diags, (struct place){STR("x"), 2, 2}, "later");
    buf_clear(&told);
    diags_print(&diags, &told);
    CHECK_STR(buf_str(&told), STR("x:1:1: error: unknown key 'won'; did you mean 'one'?\n    one\n    ^\n"
                                  "x:2:2: warning: later\n    two\n     ^\n"));
    CHECK_U64(diags.errors_count, 1);
    CHECK_U64(diags.warnings_count, 1);
}

static void too_many_findings_are_counted(void)
{
    diags_done(&diags);
    diags_init(&diags);
    for (uint32_t i = 1; i <= DIAGS_MAX + 5; i++) diags_error(&diags, (struct place){STR("x"), i, 1}, "bad");
    buf_clear(&told);
    diags_print(&diags, &told);
    CHECK(str_ends(buf_str(&told), STR("and 5 more\n")));
}

int main(void)
{
    RUN(every_node_and_key_knows_its_place);
    RUN(all_faults_are_told_in_one_pass);
    RUN(what_is_not_the_subset_is_refused);
    RUN(a_file_beyond_a_mebibyte_is_refused);
    RUN(scalars_have_strict_types);
    RUN(the_nearest_name_is_suggested);
    RUN(findings_are_sorted_and_repeats_dropped);
    RUN(too_many_findings_are_counted);
    diags_done(&diags);
    arena_done(&arena);
    buf_done(&told);
    return 0;
}
