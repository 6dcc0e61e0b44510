/* Bitmaps of signers, as certificates of both sorts carry them: member i is bit i mod 8 of byte i / 8. */
#ifndef CHAIN_BITMAP_PRIV_H
#define CHAIN_BITMAP_PRIV_H

#include "chain/committee.h"
#include "chain/verdict.h"

#define BITMAP_BYTES_MAX ((COMMITTEE_MEMBERS_MAX + 7) / 8)

static inline bool bitmap_has(const uint8_t *bitmap, uint32_t index) { return (bitmap[index / 8] >> index % 8 & 1) != 0; }
uint16_t bitmap_count(const uint8_t *bitmap, size_t bytes);
void bitmap_fill(uint8_t *bitmap, const uint32_t *signers, size_t count, uint32_t members);
/* Fits a committee of that size: length, and no bit past the last member. */
bool bitmap_fits(const uint8_t *bitmap, size_t bytes, const struct committee *committee);
/* The stake behind the bits; zero when it does not fit. */
struct amount bitmap_power(const uint8_t *bitmap, size_t bytes, const struct committee *committee);

#endif
