#include "world/real/real.h"

#include <stdio.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* jemalloc's settings, by the name it looks for (jemalloc(3), TUNING). A long run reads gigabytes all over: in pages of 2 MiB the processor finds its way
 * with a fraction of the page tables. Nothing is given back while the process runs: giving back a part of such a page cuts all of it into small ones, and what
 * is free is soon wanted again. Without jemalloc (sanitizer builds) nobody reads it. */
extern const char *malloc_conf;
const char *malloc_conf = "thp:always,metadata_thp:always,dirty_decay_ms:-1,muzzy_decay_ms:-1";

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;
    ASSERT(clock_gettime(clock, &t) == 0);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

uint64_t real_now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}
struct instant real_instant(void)
{
    return (struct instant){clock_ns(CLOCK_REALTIME)};
}

void real_sleep_ns(uint64_t ns)
{
    struct timespec left = {(time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

uint64_t real_entropy(void)
{
    uint64_t value;
    ASSERT(getrandom(&value, sizeof(value), 0) == (ssize_t)sizeof(value)); /* so few bytes are never cut short */
    return value;
}

/* The one mutable global of the house: a signal handler has nowhere else to write. */
static volatile bool interrupted;

static void on_signal(int number)
{
    interrupted = true;
    (void)signal(number, SIG_DFL);
}

const volatile bool *real_interrupts(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    ASSERT(sigaction(SIGINT, &action, NULL) == 0);
    ASSERT(sigaction(SIGTERM, &action, NULL) == 0);
    return &interrupted;
}

bool real_is_terminal(int fd)
{
    return isatty(fd) == 1;
}

bool real_wants_colour(int fd)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (no_color && *no_color) return false;
    return real_is_terminal(fd) && !(term && strcmp(term, "dumb") == 0);
}

uint32_t real_terminal_columns(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

uint64_t real_peak_bytes(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
    return (uint64_t)usage.ru_maxrss * 1024;
}

static uint64_t descriptors_open(void)
{
    uint64_t count = 0;
    DIR *dir = opendir("/proc/self/fd");
    if (dir == NULL) return 0;
    while (readdir(dir) != NULL) count++;
    closedir(dir);
    return count > 3 ? count - 3 : 0; /* not the two dots, nor the folder itself */
}

void real_usage(struct real_usage *out)
{
    struct rusage usage;
    unsigned long size, resident;
    *out = (struct real_usage){.fds = descriptors_open()};
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        out->cpu_us = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL) return;
    if (fscanf(file, "%lu %lu", &size, &resident) == 2) out->rss_bytes = (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
    fclose(file);
}

uint32_t real_cpus(void)
{
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (uint32_t)count : 1;
}
