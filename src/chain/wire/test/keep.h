/* With TRAFFIC_DIR in the environment, tests that talk to a network leave there what of the contract they exercised:
 *     TRAFFIC_DIR=/tmp/traffic make test && adnet-testbots coverage /tmp/traffic */
#ifndef WIRE_TEST_KEEP_H
#define WIRE_TEST_KEEP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "chain/wire/traffic.h"

static inline void traffic_keep(const struct traffic *traffic)
{
    static unsigned number;
    const char *dir = getenv("TRAFFIC_DIR");
    char path[512];
    if (dir == NULL) return;
    snprintf(path, sizeof(path), "%s/%ld-%u.traffic.json", dir, (long)getpid(), ++number);
    FILE *file = fopen(path, "w");
    if (file == NULL) return;
    struct buf text = {0};
    struct json_writer w = json_writer_of(&text);
    traffic_write(traffic, &w);
    fwrite(text.data, 1, text.len, file);
    fclose(file);
    buf_done(&text);
}

#endif
