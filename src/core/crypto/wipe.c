#include "core/crypto/wipe.h"

#include <sodium.h>

void crypto_wipe(void *secret, size_t bytes)
{
    if (bytes > 0) sodium_memzero(secret, bytes);
}
