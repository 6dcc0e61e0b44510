/* A failed assertion stops the process, in every build; memory comes zeroed. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/check.h"

static int death_of(bool condition)
{
    fflush(stdout);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        (void)!freopen("/dev/null", "w", stderr);
        ASSERT(condition);
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status) == 0 ? 0 : SIGABRT;
}

static void a_failed_assertion_aborts(void)
{
    CHECK_U64(death_of(false), SIGABRT);
    CHECK_U64(death_of(true), 0);
}

static void fresh_memory_is_zero(void)
{
    uint8_t *memory = base_alloc(1000);
    for (size_t i = 0; i < 1000; i++) CHECK(memory[i] == 0);
    memory = base_realloc(memory, 2000);
    memory[1999] = 1;
    base_free(memory);
    base_free(NULL);
    void *nothing = base_alloc(0);
    CHECK(nothing != NULL);
    base_free(nothing);
}

int main(void)
{
    RUN(a_failed_assertion_aborts);
    RUN(fresh_memory_is_zero);
    return 0;
}
