/* Keyring: tables (edtable.h) for the keys that sign often: validators, and accounts that send all day. A key gets one with its
 * KEYRING_USES-th signature, when it has paid for itself; there are at most KEYRING_TABLES_MAX, and whoever comes later has none.
 * With or without, answers are the same.
 *
 * NOT thread safe; what keyring_find hands out may be read by any thread until the ring is freed. */
#ifndef CRYPTO_KEYRING_H
#define CRYPTO_KEYRING_H

#include "core/crypto/edtable.h"

#define KEYRING_USES 16
#define KEYRING_TABLES_MAX 2048 /* 60 MiB */
#define KEYRING_KEYS_MAX 65536  /* whose signatures are counted; then counting begins anew */

struct keyring;
struct keyring_key {
    const struct edtable *base, *table; /* NULL: none */
};

struct keyring *keyring_new(void);
void keyring_free(struct keyring *ring);                                         /* accepts NULL */
struct keyring_key keyring_find(struct keyring *ring, const struct pubkey *key); /* counts a use */

#endif
