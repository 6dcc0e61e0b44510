#include "tester/scenario/library.h"

#include <stdio.h>

#include "core/codec/diags.h"
#include "tester/scenario/library_priv.h"

size_t library_count(void)
{
    return library_files_count;
}

struct library_entry library_at(size_t i)
{
    ASSERT(i < library_files_count);
    return (struct library_entry){.name = str_of(library_files[i].name), .text = {library_files[i].text, library_files[i].bytes}};
}

static struct str bare_of(struct str name)
{
    struct str head, rest;
    return str_cut(name, '/', &head, &rest) ? rest : name;
}

static struct str name_next(const void *context, size_t i)
{
    const bool bare = *(const bool *)context;
    if (i >= library_files_count) return (struct str){0};
    const struct str name = str_of(library_files[i].name);
    return bare ? bare_of(name) : name;
}

bool library_find(struct arena *arena, struct str name, struct library_entry *out, struct err *err)
{
    size_t slash, found = 0, count = 0;
    const bool bare = !str_find(name, '/', &slash);
    char all[300];
    size_t used = 0;
    for (size_t i = 0; i < library_files_count; i++) {
        const struct str whole = str_of(library_files[i].name);
        if (!str_eq(bare ? bare_of(whole) : whole, name)) continue;
        found = i;
        const int wrote = snprintf(all + used, sizeof(all) - used, "%s%s", count ? ", " : "", library_files[i].name);
        used = MIN(used + (size_t)MAX(wrote, 0), sizeof(all) - 1);
        count++;
    }
    if (count > 1) return err_set(err, ERR_CONFLICT, "'" STR_FMT "' may be %s", STR_ARG(name), all);
    if (count == 0) {
        const struct str near = did_you_mean_by(name, name_next, &bare);
        if (near.len > 0) return err_set(err, ERR_NOT_FOUND, "no scenario is called '" STR_FMT "'; did you mean '" STR_FMT "'?", STR_ARG(name), STR_ARG(near));
        return err_set(err, ERR_NOT_FOUND, "no scenario is called '" STR_FMT "'; `list` shows what there is", STR_ARG(name));
    }
    *out = library_at(found);
    out->file = str_fmt(arena, "scenarios/" STR_FMT ".yaml", STR_ARG(out->name));
    return true;
}
