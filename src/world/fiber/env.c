#include "world/fiber/env.h"

void packet_unref(struct packet *packet)
{
    if (!packet) return;
    ASSERT(packet->refs > 0);
    if (--packet->refs == 0) packet->class->free(packet);
}
