#include "world/real/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 1024 };

static bool path_of(struct str path, char out[PATH_BYTES], struct err *err)
{
    if (path.len == 0 || path.len >= PATH_BYTES || memchr(path.data, 0, path.len))
        return err_set(err, ERR_IO, "a path of %zu bytes is not usable", path.len);
    memcpy(out, path.data, path.len);
    out[path.len] = 0;
    return true;
}

static bool io_failed(struct err *err, const char *path, const char *what)
{
    return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s: %s", path, what, strerror(errno));
}

bool file_dir_make(struct str path, struct err *err)
{
    char name[PATH_BYTES];
    if (!path_of(path, name, err)) return false;
    for (size_t i = 1; i <= path.len; i++) {
        if (name[i] != '/' && name[i] != 0) continue;
        const char end = name[i];
        name[i] = 0;
        if (mkdir(name, 0777) != 0 && errno != EEXIST) return io_failed(err, name, "cannot make the directory");
        name[i] = end;
    }
    struct stat info;
    if (stat(name, &info) != 0 || !S_ISDIR(info.st_mode)) return err_set(err, ERR_IO, "%s: is not a directory", name);
    return true;
}

bool file_dir_new(struct str path, struct err *err)
{
    char name[PATH_BYTES];
    size_t parent = path.len;
    while (parent > 0 && path.data[parent - 1] != '/') parent--;
    if (!path_of(path, name, err) || (parent > 1 && !file_dir_make(str_sub(path, 0, parent - 1), err))) return false;
    if (mkdir(name, 0777) == 0) return true;
    if (errno == EEXIST) return err_set(err, ERR_CONFLICT, "%s: is there already", name);
    return io_failed(err, name, "cannot make the directory");
}

bool file_dir_ready(struct str path, struct err *err)
{
    char name[PATH_BYTES], trial[PATH_BYTES + 16];
    if (!file_dir_make(path, err) || !path_of(path, name, err)) return false;
    (void)snprintf(trial, sizeof(trial), "%s/.trial-XXXXXX", name);
    const int fd = mkstemp(trial); /* rights alone do not tell: a file system may be read-only, or full */
    if (fd < 0) return io_failed(err, name, "cannot write into the directory");
    (void)close(fd);
    (void)unlink(trial);
    return true;
}

bool file_exists(struct str path)
{
    char name[PATH_BYTES];
    struct err err;
    return path_of(path, name, &err) && access(name, F_OK) == 0;
}

bool file_read(struct str path, size_t bytes_max, struct buf *out, struct err *err)
{
    char name[PATH_BYTES];
    if (!path_of(path, name, err)) return false;
    const int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return io_failed(err, name, "cannot open");
    const size_t before = out->len;
    bool ok = true;
    for (;;) {
        uint8_t piece[2048];
        const ssize_t got = read(fd, piece, sizeof(piece));
        if (got == 0) break;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            ok = io_failed(err, name, "cannot read");
        else if (out->len - before + (size_t)got > bytes_max)
            ok = err_set(err, ERR_LIMIT, "%s: is larger than %zu bytes", name, bytes_max);
        if (!ok) break;
        buf_put(out, piece, (size_t)got);
    }
    (void)close(fd); /* only read from */
    return ok;
}

static bool write_all(int fd, const char *data, size_t bytes)
{
    while (bytes) {
        const ssize_t put = write(fd, data, bytes);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        data += put;
        bytes -= (size_t)put;
    }
    return true;
}

bool file_write(struct str path, struct str content, struct err *err)
{
    char name[PATH_BYTES], beside[PATH_BYTES + 8];
    if (!path_of(path, name, err)) return false;
    (void)snprintf(beside, sizeof(beside), "%s.tmp", name); /* fits */
    const int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return io_failed(err, beside, "cannot create");
    bool ok = write_all(fd, content.data, content.len) || io_failed(err, beside, "cannot write");
    if (close(fd) != 0 && ok) ok = io_failed(err, beside, "cannot write");
    if (ok && rename(beside, name) != 0) ok = io_failed(err, name, "cannot replace");
    if (!ok) (void)unlink(beside); /* the error is known already */
    return ok;
}

bool file_link(struct str path, struct str target, struct err *err)
{
    char name[PATH_BYTES], to[PATH_BYTES], beside[PATH_BYTES + 8];
    if (!path_of(path, name, err) || !path_of(target, to, err)) return false;
    struct stat info;
    if (lstat(name, &info) == 0 && !S_ISLNK(info.st_mode)) return err_set(err, ERR_IO, "%s: is there and not a link", name);
    (void)snprintf(beside, sizeof(beside), "%s.tmp", name); /* fits */
    (void)unlink(beside);                                   /* may be left from before */
    if (symlink(to, beside) != 0) return io_failed(err, beside, "cannot link");
    if (rename(beside, name) != 0) return io_failed(err, name, "cannot replace");
    return true;
}

struct file_writer {
    char name[PATH_BYTES];
    int fd, error;
    struct buf buf;
};
enum { WRITER_BYTES = 65536 };

bool file_writer_open(struct str path, struct file_writer **out, struct err *err)
{
    struct file_writer *writer = base_alloc(sizeof(*writer));
    if (!path_of(path, writer->name, err)) {
        base_free(writer);
        return false;
    }
    writer->fd = open(writer->name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (writer->fd < 0) {
        (void)io_failed(err, writer->name, "cannot create");
        base_free(writer);
        return false;
    }
    *out = writer;
    return true;
}

static void writer_flush(struct file_writer *writer)
{
    if (!writer->error && !write_all(writer->fd, (const char *)writer->buf.data, writer->buf.len)) writer->error = errno;
    buf_clear(&writer->buf);
}

void file_writer_put(struct file_writer *writer, struct str piece)
{
    buf_put_str(&writer->buf, piece);
    if (writer->buf.len >= WRITER_BYTES) writer_flush(writer);
}

bool file_writer_close(struct file_writer *writer, struct err *err)
{
    writer_flush(writer);
    if (close(writer->fd) != 0 && !writer->error) writer->error = errno;
    errno = writer->error;
    const bool ok = !writer->error || io_failed(err, writer->name, "cannot write");
    buf_done(&writer->buf);
    base_free(writer);
    return ok;
}
