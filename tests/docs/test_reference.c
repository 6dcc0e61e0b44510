/* The reference parts of docs/API.md come from the tables that router, codec and ledger use. This compares them; with --write it
 * writes them anew (make docs). Run from the top folder of the source, or with SOURCE in the environment. */
#include <stdio.h>
#include <stdlib.h>

#include "chain/ipc.h"
#include "chain/event.h"
#include "chain/params.h"
#include "chain/payload.h"
#include "chain/route.h"
#include "core/base/check.h"
#include "network/ledger/weakness.h"

/* ---- the parts ---- */

static void routes_put(struct buf *out)
{
    static const char *const services[] = {"AlphaOS", "DeltaOS", "AlphaOS and DeltaOS", "Adnet", "Admin"};
    const char *last = "";
    for (size_t i = 0; route_at(i) != NULL; i++) {
        const struct route_row *row = route_at(i);
        char heading[96];
        snprintf(heading, sizeof(heading), "%s: %s", services[row->listener], row->group);
        if (strcmp(row->group, last) != 0 || (i > 0 && route_at(i - 1)->listener != row->listener))
            buf_printf(out, "\n### %s\n\n| id | op | route | query | answers | its codes | what it does |\n|---|---|---|---|---|---|---|\n", heading);
        last = row->group;
        buf_printf(out, "| %s | %s | %s `%s` | %s | `%s` | %s | %s |\n", row->id, row->operation, row->method, row->pattern, row->query,
                   row->answer, row->errors, row->does);
    }
}

static const char *type_name(enum payload_type type)
{
    static const char *const names[] = {[FIELD_AX] = "ax",     [FIELD_DX] = "dx",         [FIELD_TOKEN] = "tok",   [FIELD_AMOUNT] = "amt",
                                        [FIELD_PX] = "px",     [FIELD_QTY] = "qty",       [FIELD_BOOL] = "bool",   [FIELD_U16] = "u16",
                                        [FIELD_U32] = "u32",   [FIELD_U64] = "u64",       [FIELD_HASH] = "b32",    [FIELD_PUBKEY] = "pk",
                                        [FIELD_B8] = "b8",     [FIELD_ENUM] = "enum",     [FIELD_STR] = "str",     [FIELD_HEX] = "hex",
                                        [FIELD_ACTION] = "Action", [FIELD_OBJECT] = "object", [FIELD_LIST] = "list"};
    return names[type];
}

static void field_put(const struct payload_field *field, struct buf *out)
{
    if (field->name.len > 0) buf_printf(out, STR_FMT ":", STR_ARG(field->name));
    if (field->type == FIELD_LIST || field->type == FIELD_OBJECT) {
        buf_printf(out, "%s{", field->type == FIELD_LIST ? "[" : "");
        for (const struct payload_field *item = field->item; item->type != FIELD_END; item++) {
            if (item != field->item) buf_printf(out, ", ");
            field_put(item, out);
        }
        buf_printf(out, "}");
        if (field->type == FIELD_LIST) buf_printf(out, "](%u)", field->max);
        return;
    }
    buf_printf(out, "%s", type_name(field->type));
    if (field->type == FIELD_STR || field->type == FIELD_HEX) buf_printf(out, "(%u)", field->max);
    if (field->type == FIELD_ENUM) {
        buf_printf(out, "(");
        for (const struct payload_choice *choice = field->choices; choice->name.len > 0; choice++)
            buf_printf(out, "%s" STR_FMT "=%u", choice == field->choices ? "" : ", ", STR_ARG(choice->name), choice->value);
        buf_printf(out, ")");
    }
}

static void kinds_put(struct buf *out)
{
    buf_printf(out, "\n| code | chain | kind | lane | payload, in order |\n|---|---|---|---|---|\n");
    for (size_t i = 0; kind_at(i) != NULL; i++) {
        const struct kind_row *row = kind_at(i);
        buf_printf(out, "| 0x%04x | " STR_FMT " | `" STR_FMT "`%s | " STR_FMT " | ", row->kind, STR_ARG(chain_text(row->chain)),
                   STR_ARG(row->name), row->flash_loan ? " *f*" : "", STR_ARG(lane_text(row->lane)));
        const struct payload_field *fields = payload_row(row->kind)->fields;
        for (const struct payload_field *field = fields; field->type != FIELD_END; field++) {
            if (field != fields) buf_printf(out, ", ");
            field_put(field, out);
        }
        buf_printf(out, " |\n");
    }
    buf_printf(out, "\n*f*: may stand inside a `flash_loan`.\n");
}

static void codes_put(struct buf *out)
{
    buf_printf(out, "\n| HTTP | code | stages | means |\n|---|---|---|---|\n");
    for (size_t i = 1; i < CODE_COUNT; i++) {
        const enum code code = (enum code)i;
        char status[16];
        snprintf(status, sizeof(status), "%u", code_http(code));
        buf_printf(out, "| %s | `" STR_FMT "` | " STR_FMT " | " STR_FMT " |\n", code_http(code) > 0 ? status : "", STR_ARG(code_text(code)),
                   STR_ARG(code_stages(code)), STR_ARG(code_message(code)));
    }
}

static void switches_put(struct buf *out)
{
    buf_printf(out, "\n| switch | area | removed or changed while on |\n|---|---|---|\n");
    for (size_t i = 0; weakness_at(i) != NULL; i++) {
        const struct weakness_row *row = weakness_at(i);
        buf_printf(out, "| `" STR_FMT "` | " STR_FMT " | " STR_FMT " |\n", STR_ARG(row->name), STR_ARG(row->area), STR_ARG(row->description));
    }
}

static void parameters_put(struct buf *out)
{
    buf_printf(out, "\n| parameter | least | most | test: Alpha, Delta | production: Alpha, Delta |\n|---|---|---|---|---|\n");
    for (size_t i = 0; param_at(i) != NULL; i++) {
        const struct param_row *row = param_at(i);
        buf_printf(out, "| `" STR_FMT "` | %llu | %llu | %llu, %llu | %llu, %llu |\n", STR_ARG(row->name), (unsigned long long)row->min,
                   (unsigned long long)row->max, (unsigned long long)row->test[0], (unsigned long long)row->test[1],
                   (unsigned long long)row->production[0], (unsigned long long)row->production[1]);
    }
}

static void told_put(struct buf *out)
{
    buf_printf(out, "\nMessages of the bridge:");
    for (unsigned i = IPC_BLOCK_FINALIZED; i <= IPC_GOVERNANCE_TALLY; i++)
        buf_printf(out, "%s `" STR_FMT "` %u", i > IPC_BLOCK_FINALIZED ? "," : "", STR_ARG(ipc_type_text((enum ipc_type)i)), i);
    buf_printf(out, ".\n\nEvents of the stream:");
    for (unsigned i = 0; i < EVENT_SHIELDED; i++)
        buf_printf(out, "%s `" STR_FMT "`", i > 0 ? "," : "", STR_ARG(event_type_text((enum event_type)i)));
    buf_printf(out, ".\n");
}

static const struct {
    const char *name;
    void (*put)(struct buf *out);
} parts[] = {{"routes", routes_put},         {"kinds", kinds_put}, {"codes", codes_put}, {"switches", switches_put},
             {"parameters", parameters_put}, {"told", told_put}};

/* ---- the page ---- */

static struct str page_read(const char *path, struct buf *room)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) CHECK_FAIL("%s is not there", path);
    char piece[4096];
    for (size_t got; (got = fread(piece, 1, sizeof(piece), file)) > 0;) buf_put(room, piece, got);
    fclose(file);
    buf_put_char(room, '\0');
    return (struct str){(const char *)room->data, room->len - 1};
}

/* The page with every generated part made anew. */
static void page_make(struct str page, struct buf *out)
{
    const char *at = page.data;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        char begin[64], end[64];
        snprintf(begin, sizeof(begin), "<!-- generated: %s -->\n", parts[i].name);
        snprintf(end, sizeof(end), "<!-- end: %s -->", parts[i].name);
        const char *from = strstr(at, begin), *to = strstr(at, end);
        if (from == NULL || to == NULL || to < from) CHECK_FAIL("docs/API.md has no %s ... %s", begin, end);
        buf_put(out, at, (size_t)(from - at));
        buf_put_str(out, str_of(begin));
        parts[i].put(out);
        buf_put_str(out, str_of("\n"));
        at = to;
    }
    buf_put_str(out, str_of(at));
}

static const char *source_path(void)
{
    static char path[512];
    const char *source = getenv("SOURCE");
    snprintf(path, sizeof(path), "%s/docs/API.md", source != NULL ? source : ".");
    return path;
}

static void the_reference_is_what_the_tables_say(void)
{
    struct buf page = {0}, made = {0};
    const struct str text = page_read(source_path(), &page);
    page_make(text, &made);
    if (!str_eq(text, buf_str(&made))) CHECK_FAIL("docs/API.md is not what the tables say: run make docs");
    buf_done(&page);
    buf_done(&made);
}

static void write_page(void)
{
    struct buf page = {0}, made = {0};
    page_make(page_read(source_path(), &page), &made);
    FILE *file = fopen(source_path(), "wb");
    CHECK(file != NULL && fwrite(made.data, 1, made.len, file) == made.len && fclose(file) == 0);
    buf_done(&page);
    buf_done(&made);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--write") == 0) {
        write_page();
        return 0;
    }
    RUN(the_reference_is_what_the_tables_say);
    return 0;
}
