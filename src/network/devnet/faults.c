#include "network/devnet/faults.h"

#include "core/base/vec.h"

struct fault {
    uint32_t id;
    uint32_t links; /* how many it still owns */
    enum fault_kind kind;
    struct link_fault link;
};

struct faults {
    struct env *env;
    const struct host *hosts;
    uint32_t count;
    uint32_t partition_id; /* 0: none */
    uint32_t others;       /* the group of whoever comes while it lasts */
    uint32_t group[DEVNET_VALIDATORS_MAX];
    uint32_t *owner[FAULT_KINDS]; /* a square of DEVNET_VALIDATORS_MAX fault ids; allocated when first used */
    VEC(struct fault) active;
};

struct faults *faults_new(struct env *env, const struct host *hosts, uint32_t count)
{
    ASSERT(count <= DEVNET_VALIDATORS_MAX);
    struct faults *faults = base_alloc(sizeof(*faults));
    *faults = (struct faults){.env = env, .hosts = hosts, .count = count};
    return faults;
}

void faults_free(struct faults *faults)
{
    if (!faults) return;
    for (size_t kind = 0; kind < FAULT_KINDS; kind++) base_free(faults->owner[kind]);
    vec_done(&faults->active);
    base_free(faults);
}

static struct fault *fault_find(const struct faults *faults, uint32_t id)
{
    for (size_t i = 0; i < faults->active.count; i++)
        if (faults->active.data[i].id == id) return &faults->active.data[i];
    return NULL;
}

static void fault_take(struct link_fault *into, enum fault_kind kind, const struct link_fault *from)
{
    switch (kind) {
    case FAULT_PARTITION:
    case FAULT_KINDS:
        break;
    case FAULT_ISOLATION:
        into->blocked = true;
        break;
    case FAULT_LATENCY:
        into->delay_ns = from->delay_ns;
        into->jitter_ns = from->jitter_ns;
        break;
    case FAULT_LOSS:
        into->loss_bps = from->loss_bps;
        into->burst_ns = from->burst_ns;
        into->every_ns = from->every_ns;
        break;
    case FAULT_REORDER:
        into->reorder_bps = from->reorder_bps;
        into->window_ns = from->window_ns;
        break;
    case FAULT_DUPLICATE:
        into->duplicate_bps = from->duplicate_bps;
        into->copies = from->copies;
        break;
    case FAULT_CORRUPT:
        into->corrupt_bps = from->corrupt_bps;
        break;
    case FAULT_BANDWIDTH:
        into->kbps = from->kbps;
        break;
    }
}

static void link_compose(struct faults *faults, uint32_t from, uint32_t to)
{
    struct link_fault sum = {.blocked = faults->partition_id != 0 && faults->group[from] != faults->group[to]};
    for (enum fault_kind kind = FAULT_ISOLATION; kind < FAULT_KINDS; kind++) {
        const uint32_t id = faults->owner[kind] ? faults->owner[kind][from * DEVNET_VALIDATORS_MAX + to] : 0;
        if (id != 0) fault_take(&sum, kind, &fault_find(faults, id)->link);
    }
    (void)env_link_set(faults->env, faults->hosts[from], faults->hosts[to], &sum); /* a world without faults has no chaos either */
}

static void active_sweep(struct faults *faults)
{
    for (size_t i = faults->active.count; i-- > 0;)
        if (faults->active.data[i].links == 0) vec_remove(&faults->active, i);
}

static void link_own(struct faults *faults, enum fault_kind kind, uint32_t id, uint32_t from, uint32_t to)
{
    uint32_t *owner = &faults->owner[kind][from * DEVNET_VALIDATORS_MAX + to];
    if (*owner != 0) fault_find(faults, *owner)->links--;
    *owner = id;
    fault_find(faults, id)->links++;
    link_compose(faults, from, to);
}

static void fault_begin(struct faults *faults, enum fault_kind kind, uint32_t id, const struct link_fault *fault)
{
    ASSERT(id != 0 && kind != FAULT_PARTITION && kind < FAULT_KINDS && !faults_has(faults, id));
    if (!faults->owner[kind]) faults->owner[kind] = base_alloc(sizeof(uint32_t) * DEVNET_VALIDATORS_MAX * DEVNET_VALIDATORS_MAX);
    vec_push(&faults->active, ((struct fault){.id = id, .kind = kind, .link = *fault}));
}

uint32_t faults_isolate(struct faults *faults, uint32_t id, const struct target_set *targets, const struct target_set *spared)
{
    const struct link_fault cut = {.blocked = true};
    fault_begin(faults, FAULT_ISOLATION, id, &cut);
    for (uint32_t i = 0; i < faults->count; i++) {
        for (uint32_t j = 0; target_has(targets, i) && j < faults->count; j++) {
            if (i == j || target_has(targets, j) || target_has(spared, j)) continue;
            link_own(faults, FAULT_ISOLATION, id, i, j);
            link_own(faults, FAULT_ISOLATION, id, j, i);
        }
    }
    const uint32_t links = fault_find(faults, id)->links;
    active_sweep(faults);
    return links;
}

uint32_t faults_set(struct faults *faults, enum fault_kind kind, uint32_t id, const struct target_set *from, const struct target_set *to,
                    const struct link_fault *fault)
{
    fault_begin(faults, kind, id, fault);
    for (uint32_t i = 0; i < faults->count; i++)
        for (uint32_t j = 0; target_has(from, i) && j < faults->count; j++)
            if (i != j && target_has(to, j)) link_own(faults, kind, id, i, j);
    const uint32_t links = fault_find(faults, id)->links;
    active_sweep(faults);
    return links;
}

static void compose_all(struct faults *faults)
{
    for (uint32_t i = 0; i < faults->count; i++)
        for (uint32_t j = 0; j < faults->count; j++)
            if (i != j) link_compose(faults, i, j);
}

void faults_partition(struct faults *faults, uint32_t id, const uint32_t *group, uint32_t others)
{
    ASSERT(id != 0 && others != 0);
    faults->partition_id = id;
    faults->others = others;
    memcpy(faults->group, group, sizeof(*group) * faults->count);
    compose_all(faults);
}

void faults_grow(struct faults *faults, uint32_t count)
{
    ASSERT(count >= faults->count && count <= DEVNET_VALIDATORS_MAX);
    const uint32_t first = faults->count;
    faults->count = count;
    if (faults->partition_id == 0) return;
    for (uint32_t i = first; i < count; i++) faults->group[i] = faults->others;
    compose_all(faults);
}

void faults_end(struct faults *faults, uint32_t id)
{
    if (faults->partition_id == id && id != 0) {
        faults->partition_id = 0;
        memset(faults->group, 0, sizeof(faults->group));
        compose_all(faults);
        return;
    }
    struct fault *fault = fault_find(faults, id);
    if (!fault) return;
    const enum fault_kind kind = fault->kind;
    for (uint32_t i = 0; i < faults->count; i++) {
        for (uint32_t j = 0; j < faults->count; j++) {
            uint32_t *owner = &faults->owner[kind][i * DEVNET_VALIDATORS_MAX + j];
            if (*owner != id) continue;
            *owner = 0;
            link_compose(faults, i, j);
        }
    }
    fault->links = 0;
    active_sweep(faults);
}

bool faults_has(const struct faults *faults, uint32_t id)
{
    return id != 0 && (faults->partition_id == id || fault_find(faults, id) != NULL);
}

uint32_t faults_group(const struct faults *faults, uint32_t validator) { return faults->group[validator]; }
uint32_t faults_partition_id(const struct faults *faults) { return faults->partition_id; }
