#include "cli/files.h"

#include "world/real/file.h"

static bool dir_make(void *context, struct str dir, struct err *err)
{
    (void)context; /* paths say all */
    return file_dir_make(dir, err);
}

static bool write_whole(void *context, struct str path, struct str data, struct err *err)
{
    (void)context;
    return file_write(path, data, err);
}

static bool link_set(void *context, struct str link, struct str to, struct err *err)
{
    (void)context;
    return file_link(link, to, err);
}

struct report_writer files_writer(void)
{
    return (struct report_writer){.dir_make = dir_make, .file_write = write_whole, .link_set = link_set};
}
