/* Files in memory, with what a crash makes of them. */
#include "world/sim/sim_priv.h"

static struct file *file_find(const struct sim_host *host, struct str name)
{
    for (size_t i = 0; i < host->files.count; i++)
        if (str_eq(host->files.data[i]->name, name)) return host->files.data[i];
    return NULL;
}

static struct file *file_at(struct sim *sim, struct sim_host *host, struct str name)
{
    struct file *file = file_find(host, name);
    if (file) return file;
    file = base_alloc(sizeof(*file));
    file->name = str_dup(&sim->arena, name);
    vec_push(&host->files, file);
    return file;
}

static bool disk_take(struct sim_host *host, struct str name, size_t bytes, struct err *err)
{
    if (bytes > host->disk_free)
        return err_set(err, ERR_LIMIT, "disk of " STR_FMT " is full: " STR_FMT " needs %zu bytes", STR_ARG(host->name),
                       STR_ARG(name), bytes);
    if (host->disk_free != UINT64_MAX) host->disk_free -= bytes;
    return true;
}

static void disk_give(struct sim_host *host, size_t bytes)
{
    if (host->disk_free != UINT64_MAX) host->disk_free += bytes;
}

bool sim_file_append(struct env *env, struct host host, struct str name, const void *data, size_t bytes, struct err *err)
{
    struct sim *sim = sim_of(env);
    struct sim_host *h = sim_host_at(sim, host);
    if (!disk_take(h, name, bytes, err)) return false;
    buf_put(&file_at(sim, h, name)->data, data, bytes);
    return true;
}

bool sim_file_replace(struct env *env, struct host host, struct str name, const void *data, size_t bytes, struct err *err)
{
    struct sim *sim = sim_of(env);
    struct sim_host *h = sim_host_at(sim, host);
    struct file *file = file_at(sim, h, name);
    const size_t before = file->data.len;
    if (bytes > before && !disk_take(h, name, bytes - before, err)) return false;
    if (bytes < before) disk_give(h, before - bytes);
    if (!file->replaced) {
        /* What is safe now comes back if we crash before the sync; what was only appended is gone then. */
        file->held = file->data;
        file->held.len = file->synced;
        file->data = (struct buf){0};
        file->replaced = true;
        file->synced = 0;
    }
    buf_clear(&file->data);
    buf_put(&file->data, data, bytes);
    return true;
}

bool sim_file_sync(struct env *env, struct host host, struct str name, struct err *err)
{
    struct sim *sim = sim_of(env);
    struct sim_host *h = sim_host_at(sim, host);
    (void)err; /* a simulated disk that took the bytes does not refuse to keep them */
    struct file *file = file_find(h, name);
    if (!file) return true;
    file->synced = file->data.len;
    buf_done(&file->held);
    file->replaced = false;
    if (sim->model.sync_ns && h->cores) {
        size_t least = 0;
        for (size_t i = 1; i < h->cores; i++)
            if (h->core_free_ns[i] < h->core_free_ns[least]) least = i;
        h->core_free_ns[least] = MAX(h->core_free_ns[least], sim->now.ns) + sim->model.sync_ns;
    }
    return true;
}

bool sim_file_read(struct env *env, struct host host, struct str name, struct buf *out, struct err *err)
{
    (void)err; /* reading memory does not fail */
    const struct file *file = file_find(sim_host_at(sim_of(env), host), name);
    if (file) buf_put(out, file->data.data, file->data.len);
    return true;
}

void sim_disk_limit(struct env *env, struct host host, uint64_t free_bytes)
{
    sim_host_at(sim_of(env), host)->disk_free = free_bytes;
}

/* Unsynced replaces are undone. Of unsynced appends a prefix may have reached the disk: none, all, or torn anywhere. */
void sim_disk_crash(struct sim *sim, struct sim_host *host)
{
    for (size_t i = 0; i < host->files.count; i++) {
        struct file *file = host->files.data[i];
        const size_t before = file->data.len;
        if (file->replaced) {
            buf_done(&file->data);
            file->data = file->held;
            file->held = (struct buf){0};
            file->replaced = false;
        } else if (before > file->synced) {
            const size_t loose = before - file->synced;
            const uint64_t fate = rng_below(&sim->rng_disk, 4);
            file->data.len = file->synced + (fate == 0 ? rng_below(&sim->rng_disk, loose + 1) : 0);
        }
        file->synced = file->data.len;
        const size_t after = file->data.len;
        if (host->disk_free == UINT64_MAX) continue;
        if (after <= before)
            host->disk_free += before - after;
        else
            host->disk_free -= MIN(host->disk_free, after - before);
    }
}

void sim_disk_done(struct sim_host *host)
{
    for (size_t i = 0; i < host->files.count; i++) {
        struct file *file = host->files.data[i];
        buf_done(&file->data);
        buf_done(&file->held);
        base_free(file);
    }
    vec_done(&host->files);
}
