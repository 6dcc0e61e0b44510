/* Decoys: which notes stand in a ring beside the real one (shielded 9). Whole numbers only, so that the same source gives the same
 * ring on every machine. */
#ifndef CRYPTO_DECOY_H
#define CRYPTO_DECOY_H

#include "core/crypto/shield_source.h"

enum decoy_law {
    DECOY_RECENT,  /* log-uniform in rank: heavy on recent notes, with a long tail */
    DECOY_UNIFORM, /* vuln.uniform-decoys */
    DECOY_NEWEST,  /* vuln.newest-only-decoys: the newest notes there are */
};

/* Writes `size` indexes, ascending, `real` among them, all below `eligible`. False: there are fewer notes than that, or the real
 * one is not among them. size is at most CLSAG_RING_MAX. */
bool decoy_draw(struct source *source, enum decoy_law law, uint32_t eligible, uint32_t real, uint32_t size, uint32_t *out) MUST_CHECK;
/* A rank (0: the newest note) by the same law; eligible > 0. */
uint32_t decoy_rank(struct source *source, uint32_t eligible);

#endif
