#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>

#include "world/real/real.h"

#define LIVE_NS (UINT64_C(200) * NS_PER_MS)
#define PLAIN_NS (UINT64_C(10) * NS_PER_S)
#define LOOK_EVENTS 4096 /* between two looks at the clock */

struct progress {
    struct sim *sim;
    const struct run *run;
    uint64_t began_ns, told_ns;
    bool live;
    uint32_t columns;
};

/* 1234567 -> "1,234,567" */
static const char *grouped(uint64_t value, char out[32])
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%" PRIu64, value);
    char *to = out;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
    return out;
}

/* How long the rest takes at the pace so far; the phases may differ, so it is a guess. */
static struct duration rest_of(const struct run_progress *at, uint64_t wall_ns)
{
    const uint64_t elapsed_ms = at->elapsed.ns / NS_PER_MS, planned_ms = at->planned.ns / NS_PER_MS;
    if (elapsed_ms == 0 || planned_ms <= elapsed_ms) return (struct duration){0};
    return duration_s((uint64_t)((u128)wall_ns * (planned_ms - elapsed_ms) / elapsed_ms / NS_PER_S));
}

static void line_make(const struct progress *progress, uint64_t wall_ns, char *out, size_t cap)
{
    const struct run_progress at = run_progress(progress->run);
    char elapsed[32], planned[32], wall[32], left[32], operations[32], tps[32], pending[32], errors[32];
    /* whole seconds are enough for the eye */
    duration_text((struct duration){at.elapsed.ns / NS_PER_S * NS_PER_S}, elapsed, sizeof elapsed);
    duration_text((struct duration){at.planned.ns / NS_PER_S * NS_PER_S}, planned, sizeof planned);
    duration_text((struct duration){wall_ns / NS_PER_S * NS_PER_S}, wall, sizeof wall);
    duration_text(rest_of(&at, wall_ns), left, sizeof left);
    const uint64_t tenths = wall_ns > 0 ? at.elapsed.ns / (wall_ns / 10 + 1) : 0;
    const int used = snprintf(out, cap, "%u/%u " STR_FMT " | %s of %s virtual, %s wall, about %s left, %" PRIu64 ".%" PRIu64 "x | %s ops, %s tps, %s pending, %s errors | final %u",
                              at.phase_number, at.phases_count, STR_ARG(at.phase), elapsed, planned, wall, left, tenths / 10, tenths % 10,
                              grouped(at.operations, operations), grouped(at.tps, tps), grouped(at.pending, pending), grouped(at.errors, errors),
                              at.final_height);
    if (at.violations > 0 && used > 0 && (size_t)used < cap)
        snprintf(out + used, cap - (size_t)used, " | %" PRIu64 " VIOLATIONS", at.violations);
}

static void look(void *ctx)
{
    struct progress *progress = ctx;
    const uint64_t now = real_now_ns();
    if (now - progress->told_ns < (progress->live ? LIVE_NS : PLAIN_NS)) return;
    progress->told_ns = now;
    char line[400];
    line_make(progress, now - progress->began_ns, line, sizeof line);
    if (progress->live) fprintf(stderr, "\r\033[K%.*s", (int)progress->columns - 1, line);
    else fprintf(stderr, "%s\n", line);
    fflush(stderr);
}

struct progress *progress_new(struct sim *sim, const struct run *run)
{
    struct progress *progress = base_alloc(sizeof *progress);
    *progress = (struct progress){.sim = sim, .run = run, .began_ns = real_now_ns(), .live = real_is_terminal(2)};
    progress->told_ns = progress->began_ns;
    progress->columns = real_terminal_columns(2);
    if (progress->columns < 20) progress->columns = 80;
    sim_on_progress(sim, LOOK_EVENTS, look, progress);
    return progress;
}

void progress_free(struct progress *progress)
{
    if (progress == NULL) return;
    sim_on_progress(progress->sim, LOOK_EVENTS, NULL, NULL);
    if (progress->live) fputs("\r\033[K", stderr);
    base_free(progress);
}
