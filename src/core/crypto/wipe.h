/* Wipe: clears secrets in a way the compiler does not drop. */
#ifndef CRYPTO_WIPE_H
#define CRYPTO_WIPE_H

#include <stddef.h>

void crypto_wipe(void *secret, size_t bytes); /* NULL with 0 bytes is fine */

#endif
