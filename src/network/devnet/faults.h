/* Faults: what is wrong with the links between validators, composed from independent faults. Each kind of fault has at most one owner on a
 * link: a repeat takes the link over from the earlier one (api 5.2). A fault that has lost its last link has ended. */
#ifndef DEVNET_FAULTS_H
#define DEVNET_FAULTS_H

#include "network/devnet/targets.h"
#include "world/fiber/env.h"

enum fault_kind { FAULT_PARTITION, FAULT_ISOLATION, FAULT_LATENCY, FAULT_LOSS, FAULT_REORDER, FAULT_DUPLICATE, FAULT_CORRUPT, FAULT_BANDWIDTH, FAULT_KINDS };

struct faults;

/* `hosts` is borrowed and outlives it; every change of a link goes to env_link_set. */
struct faults *faults_new(struct env *env, const struct host *hosts, uint32_t count);
void faults_free(struct faults *faults);

/* Puts `fault` (only the members of its kind count) on every link from `from` to `to`, owner `id` (not 0, used once). Returns the number of links. */
uint32_t faults_set(struct faults *faults, enum fault_kind kind, uint32_t id, const struct target_set *from, const struct target_set *to,
                    const struct link_fault *fault);
/* Cuts the `targets` off from everybody but each other and the `spared`, both ways. Returns the number of links. */
uint32_t faults_isolate(struct faults *faults, uint32_t id, const struct target_set *targets, const struct target_set *spared);
/* Cuts every pair of validators of different groups, and joins those of one. Replaces any partition. group[i] from 1; `others`: of whoever comes
 * while it lasts. */
void faults_partition(struct faults *faults, uint32_t id, const uint32_t *group, uint32_t others);
/* There are more validators now; their hosts stand behind the others in the borrowed list. */
void faults_grow(struct faults *faults, uint32_t count);
void faults_end(struct faults *faults, uint32_t id);
bool faults_has(const struct faults *faults, uint32_t id); /* still owns a link, or the partition */
uint32_t faults_group(const struct faults *faults, uint32_t validator); /* 0: no partition in effect */
uint32_t faults_partition_id(const struct faults *faults);

#endif
