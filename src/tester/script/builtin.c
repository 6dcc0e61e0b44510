#include "tester/script/builtin_priv.h"

#include <stdio.h>

#include "tester/script/script.h"

size_t script_builtins(void) { return builtin_scripts_count; }

void script_builtin(size_t i, struct str *out_name, struct str *out_text)
{
    ASSERT(i < builtin_scripts_count);
    *out_name = str_of(builtin_scripts[i].name);
    *out_text = (struct str){builtin_scripts[i].text, builtin_scripts[i].bytes};
}

bool script_builtin_find(struct str name, struct str *out_text)
{
    if (!str_starts(name, STR(SCRIPT_PREFIX))) return false;
    const struct str bare = str_sub(name, strlen(SCRIPT_PREFIX), name.len);
    for (size_t i = 0; i < builtin_scripts_count; i++) {
        if (!str_eq(bare, str_of(builtin_scripts[i].name))) continue;
        *out_text = (struct str){builtin_scripts[i].text, builtin_scripts[i].bytes};
        return true;
    }
    return false;
}
