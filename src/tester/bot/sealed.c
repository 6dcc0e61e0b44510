#include "tester/bot/sealed.h"

#include "core/codec/binary.h"

struct hash sealed_commitment(struct str name, const struct address *bidder, struct amount bid, const struct hash *salt)
{
    struct buf bytes = {0};
    bin_put_str(&bytes, name);
    bin_put_bytes(&bytes, bidder, sizeof(*bidder));
    bin_put_u128(&bytes, bid.units);
    bin_put_bytes(&bytes, salt, sizeof(*salt));
    const struct hash hash = hash_tagged("adnet/bid/v1", bytes.data, bytes.len);
    buf_done(&bytes);
    return hash;
}
