/* File: directories and files of the machine, for artifacts and input. Paths are relative to the working directory or absolute.
 * All failures are ERR_IO with the path and the reason; a missing file to read is ERR_NOT_FOUND. */
#ifndef REAL_FILE_H
#define REAL_FILE_H

#include <stdio.h>

#include "core/base/buf.h"
#include "core/base/err.h"

bool file_dir_make(struct str path, struct err *err) MUST_CHECK; /* with its parents; fine when it is there */
/* A directory that was not there, in parents that may be; ERR_CONFLICT when it is: of many who want it, one gets it. */
bool file_dir_new(struct str path, struct err *err) MUST_CHECK;
/* As file_dir_make, and it may be written into: to be told before long work, not behind it. */
bool file_dir_ready(struct str path, struct err *err) MUST_CHECK;
bool file_exists(struct str path);
/* Appends the whole file to `out`; ERR_LIMIT when it is larger than `bytes_max`. */
bool file_read(struct str path, size_t bytes_max, struct buf *out, struct err *err) MUST_CHECK;
/* All or nothing: written beside and renamed. */
bool file_write(struct str path, struct str content, struct err *err) MUST_CHECK;
/* `path` becomes a symbolic link to `target`; one that is there is replaced, anything else is not. */
bool file_link(struct str path, struct str target, struct err *err) MUST_CHECK;

/* A file written piece by piece, through a buffer; errors are remembered and told at the close. */
struct file_writer;
bool file_writer_open(struct str path, struct file_writer **out, struct err *err) MUST_CHECK;
void file_writer_put(struct file_writer *writer, struct str piece);
bool file_writer_close(struct file_writer *writer, struct err *err) MUST_CHECK; /* frees it in any case */

#endif
