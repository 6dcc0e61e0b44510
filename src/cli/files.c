#include "cli/files.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 1024

static bool path_text(struct str path, char out[PATH_BYTES], struct err *err)
{
    if (path.len >= PATH_BYTES - 8) return err_set(err, ERR_LIMIT, "path longer than %d bytes", PATH_BYTES - 8);
    memcpy(out, path.data, path.len);
    out[path.len] = '\0';
    return true;
}

static bool dir_make(void *context, struct str dir, struct err *err)
{
    (void)context; /* paths say all */
    char path[PATH_BYTES];
    if (!path_text(dir, path, err)) return false;
    for (char *at = path + 1;; at++) {
        if (*at != '/' && *at != '\0') continue;
        const char kept = *at;
        *at = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST) return err_set(err, ERR_IO, "folder %s: %s", path, strerror(errno));
        *at = kept;
        if (kept == '\0') return true;
    }
}

static bool stream_finish(FILE *file, const char *path, struct str data, struct err *err)
{
    const bool written = fwrite(data.data, 1, data.len, file) == data.len && fflush(file) == 0;
    const int why = errno;
    if (fclose(file) == 0 && written) return true;
    return err_set(err, ERR_IO, "%s: %s", path, strerror(written ? errno : why));
}

static bool file_write(void *context, struct str name, struct str data, struct err *err)
{
    (void)context;
    char path[PATH_BYTES], fresh[PATH_BYTES + 8];
    if (!path_text(name, path, err)) return false;
    snprintf(fresh, sizeof fresh, "%s.new", path);
    FILE *file = fopen(fresh, "wb");
    if (file == NULL) return err_set(err, ERR_IO, "%s: %s", fresh, strerror(errno));
    if (!stream_finish(file, fresh, data, err)) {
        (void)unlink(fresh); /* what is half written must not stay; nothing more can be done about it */
        return false;
    }
    if (rename(fresh, path) == 0) return true;
    return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
}

static bool link_set(void *context, struct str link, struct str to, struct err *err)
{
    (void)context;
    char path[PATH_BYTES], target[PATH_BYTES], fresh[PATH_BYTES + 8];
    if (!path_text(link, path, err) || !path_text(to, target, err)) return false;
    snprintf(fresh, sizeof fresh, "%s.new", path);
    (void)unlink(fresh); /* a leftover of an interrupted run */
    if (symlink(target, fresh) != 0 || rename(fresh, path) != 0) return err_set(err, ERR_IO, "link %s: %s", path, strerror(errno));
    return true;
}

struct report_writer files_writer(void)
{
    return (struct report_writer){.dir_make = dir_make, .file_write = file_write, .link_set = link_set};
}
