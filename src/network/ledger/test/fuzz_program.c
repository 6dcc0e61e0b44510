/* Any text as a program: refused with a line, or run within its steps. */
#include "network/ledger/program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static u128 get(void *ctx, struct str mapping, u128 key)
{
    (void)mapping;
    return *(u128 *)ctx ^ key;
}
static bool set(void *ctx, struct str mapping, u128 key, u128 value)
{
    (void)mapping;
    *(u128 *)ctx = value + key;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct program program;
    struct program_fault fault = {0};
    arena_init(&arena, 0);
    if (program_parse((struct str){(const char *)data, size}, false, &arena, &program, &fault)) {
        u128 memory = 1, inputs[PROGRAM_INPUTS_MAX] = {3, 5, 7};
        const struct program_host host = {&memory, get, set};
        for (uint32_t i = 0; i < program.functions_count; i++) {
            uint32_t steps;
            (void)program_run(&program, &program.functions[i], inputs, 1000, &host, &steps);
            ASSERT(steps <= 1000);
        }
    } else {
        ASSERT(fault.what != NULL);
    }
    arena_done(&arena);
    return 0;
}
