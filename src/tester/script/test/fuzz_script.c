/* Any text as a script's file: it is taken, or refused with a place; nothing else. */
#include "tester/script/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct script *script = script_new(STR("script/x"), STR("x.lua"), (struct str){(const char *)data, size}, &err);
    if (script == NULL && strncmp(err.text, "x.lua", 5) != 0) __builtin_trap();
    script_free(script);
    return 0;
}
