#include "chain/bitmap_priv.h"

uint16_t bitmap_count(const uint8_t *bitmap, size_t bytes)
{
    unsigned count = 0;
    for (size_t i = 0; i < bytes; i++) count += (unsigned)__builtin_popcount(bitmap[i]);
    return (uint16_t)count;
}

void bitmap_fill(uint8_t *bitmap, const uint32_t *signers, size_t count, uint32_t members)
{
    for (size_t i = 0; i < count; i++) {
        ASSERT(signers[i] < members);
        ASSERT(i == 0 || signers[i - 1] < signers[i]);
        bitmap[signers[i] / 8] |= (uint8_t)(1u << signers[i] % 8);
    }
}

bool bitmap_fits(const uint8_t *bitmap, size_t bytes, const struct committee *committee)
{
    if (bytes != (committee->count + 7) / 8) return false;
    const uint32_t rest = committee->count % 8;
    return rest == 0 || bitmap[bytes - 1] >> rest == 0;
}

struct amount bitmap_power(const uint8_t *bitmap, size_t bytes, const struct committee *committee)
{
    u128 power = 0;
    if (!bitmap_fits(bitmap, bytes, committee)) return AMOUNT(0);
    for (uint32_t i = 0; i < committee->count; i++)
        if (bitmap_has(bitmap, i)) power += committee->members[i].stake.units;
    return AMOUNT(power);
}
