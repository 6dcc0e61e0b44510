/* Shield sum: k0 P0 + k1 P1 + ... over many points at once, which is what proofs of the shielded pool spend their time on.
 *
 * The doublings are shared by all terms (Straus, "Addition chains of vectors", American Mathematical Monthly 71, 1964) and the digits
 * are signed, five bits wide (wNAF: Solinas, "Efficient arithmetic on Koblitz curves", Designs, Codes and Cryptography 19, 2000), on
 * points of libdecaf that stay decoded from step to step. The result is that of as many point_mul_add, at about an eighth of their cost
 * (bench_shield). Pure. How long it takes depends on the scalars, on secret ones as well: the wallets here hold a test network's
 * money, and nobody outside the process sees that time. */
#ifndef CRYPTO_SHIELD_SUM_H
#define CRYPTO_SHIELD_SUM_H

#include "core/crypto/shield_group.h"

/* A decoded point, libdecaf's. */
struct live_point {
    _Alignas(32) uint64_t limbs[32];
};
/* A point made ready to be a term: P, 3P, 5P, ... 15P. Plain memory, 2 KiB; may be shared by any number of sums. */
enum { MULTIPLES = 8 };
struct multiples {
    struct live_point odd[MULTIPLES];
};
struct multiples *multiples_new(size_t count); /* room for so many, aligned as they need; the caller's, to multiples_free */
void multiples_free(struct multiples *of);
void multiples_of(const struct point *p, struct multiples *out); /* p is valid or the identity */
void multiples_of_base(struct multiples *out);                   /* G's */

struct term {
    struct scalar k;
    const struct multiples *of; /* the caller's; stays until the sum is made */
};
/* The identity for no terms. Needs 253 bytes of heap a term while it runs. */
struct point shield_sum(const struct term *terms, size_t count);

#endif
