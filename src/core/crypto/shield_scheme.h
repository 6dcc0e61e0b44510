/* Which proofs a network's shielded pool takes: see shield_suite.h. */
#ifndef CRYPTO_SHIELD_SCHEME_H
#define CRYPTO_SHIELD_SCHEME_H

enum shield_scheme { SHIELD_REAL, SHIELD_SIMULATED };
struct shield_suite {
    enum shield_scheme scheme; /* zero: real */
};

#endif
