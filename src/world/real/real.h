/* Real: the outside as it is, for what runs in wall time: the clock, the second thread, Ctrl-C, the terminal, memory in use.
 * The only room (with the RPC wrapper) that may touch them. Nothing of it feeds a digest. */
#ifndef REAL_REAL_H
#define REAL_REAL_H

#include "world/fiber/env.h"

/* ---- clock ---- */
uint64_t real_now_ns(void);        /* monotonic, from an arbitrary zero */
struct instant real_instant(void); /* wall clock, may step */
void real_sleep_ns(uint64_t ns);   /* blocks the thread; not for fibers */
uint64_t real_entropy(void);       /* 64 bits from the kernel: a seed when nobody gave one */

/* ---- a second thread that runs pure tasks ahead ---- */
/* What `offload` is given is run by the thread, or by `join` itself if the thread has not begun with it; when too many wait, it
 * is left to join. offload and join are called from one thread. */
struct real_offloader;
struct real_offloader *real_offloader_new(void);
void real_offloader_free(struct real_offloader *offloader); /* every task has been joined; NULL is fine */
struct offloader real_offloader_face(struct real_offloader *offloader);
struct real_offload_stats {
    uint64_t ahead, at_join; /* tasks that the thread ran; that join ran */
};
struct real_offload_stats real_offload_stats(const struct real_offloader *offloader); /* from the thread that joins */

/* ---- interruption ---- */
/* From now on SIGINT and SIGTERM set the flag that is returned (for sim_run's `stop`); a second one ends the process as usual. */
const volatile bool *real_interrupts(void);

/* ---- terminal and process ---- */
bool real_is_terminal(int fd);
bool real_wants_colour(int fd);         /* a terminal, TERM is not dumb, NO_COLOR is not set */
uint32_t real_terminal_columns(int fd); /* 80 when nobody knows */
uint64_t real_peak_bytes(void);         /* highest resident size so far */
/* Of this process, now: what it holds in memory, what it has computed, its open descriptors. Zeroes where the system does not tell. */
struct real_usage {
    uint64_t rss_bytes, cpu_us, fds;
};
void real_usage(struct real_usage *out);
uint32_t real_cpus(void);

#endif
