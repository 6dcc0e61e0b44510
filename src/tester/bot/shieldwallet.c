#include "tester/bot/shieldwallet.h"

#include "core/crypto/wipe.h"
#include "tester/bot/shieldscan.h"

void shieldwallet_init(struct shieldwallet *wallet, struct note_shelf *shelf, const uint8_t seed[32])
{
    memset(wallet, 0, sizeof(*wallet));
    shieldscan_join(wallet, shelf);
    wallet->source = source_of(seed);
    wallet->keys = shield_keys_draw(&wallet->source);
    wallet->habits = (struct shield_habits){.decoys = DECOY_RECENT, .spend = SPEND_LIKELY, .waits = true, .denominations = true,
                                            .fresh_receiver = true, .masked = true, .whole_rings = true, .pool_pays = true};
}

void shieldwallet_done(struct shieldwallet *wallet)
{
    shieldscan_leave(wallet);
    if (wallet->notes.count > 0) crypto_wipe(wallet->notes.data, wallet->notes.count * sizeof(*wallet->notes.data));
    vec_done(&wallet->notes);
    crypto_wipe(&wallet->keys, sizeof(wallet->keys));
    source_wipe(&wallet->source);
}

/* ---- learning ---- */

static void habits_spoil(struct shield_habits *habits, const struct node_info *info)
{
    for (uint32_t i = 0; i < info->switches_count; i++) {
        const struct str name = info->switches[i].value;
        if (str_eq(name, STR("vuln.no-boundary-delay"))) habits->waits = false;
        if (str_eq(name, STR("vuln.uniform-decoys"))) habits->decoys = DECOY_UNIFORM;
        if (str_eq(name, STR("vuln.newest-only-decoys"))) habits->decoys = DECOY_NEWEST;
        if (str_eq(name, STR("vuln.plain-shield-amounts"))) habits->denominations = false;
        if (str_eq(name, STR("vuln.static-receive-address"))) habits->fresh_receiver = false;
        if (str_eq(name, STR("vuln.ring-size-one"))) habits->whole_rings = false;
        if (str_eq(name, STR("vuln.shielded-plaintext-receipt"))) habits->masked = false;
    }
}

void shieldwallet_take_info(struct shieldwallet *wallet, const struct node_info *info)
{
    struct shield_terms *terms = &wallet->terms;
    *terms = (struct shield_terms){
        .ring_size = MIN(MAX(info->ring_size, 1), CLSAG_RING_MAX),
        .note_maturity_blocks = info->note_maturity_blocks,
        .proof_window_blocks = info->proof_window_blocks,
        .fee_base = info->min_fee_base,
        .fee_per_byte = info->min_fee_per_byte,
        .block_interval = duration_ms(info->block_interval_ms),
        .domain = {.chain = info->chain, .network_id = info->network_id},
    };
    for (uint32_t i = 0; i < info->denominations_count && terms->denominations_count < DENOMINATIONS_MAX; i++) {
        const u128 units = info->denominations[i].value.units;
        const uint64_t before = i > 0 ? terms->denominations[terms->denominations_count - 1] : 0;
        if (units > before && units <= UINT64_MAX) terms->denominations[terms->denominations_count++] = (uint64_t)units;
    }
    wallet->shelf->note_maturity_blocks = info->note_maturity_blocks;
    habits_spoil(&wallet->habits, info);
}

bool shieldwallet_learn(struct shieldwallet *wallet, const struct alpha *alpha, struct instant deadline, struct answer *out)
{
    const struct node_info *info = alpha_node_info(alpha, deadline, out);
    if (info == NULL) return false;
    shieldwallet_take_info(wallet, info);
    answer_done(out);
    return true;
}

uint64_t shieldwallet_balance(const struct shieldwallet *wallet)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < wallet->notes.count; i++)
        if (wallet->notes.data[i].state == OWN_FREE && !u64_add(sum, wallet->notes.data[i].owned.opening.value, &sum)) sum = UINT64_MAX;
    return sum;
}

uint32_t shieldwallet_count(const struct shieldwallet *wallet)
{
    uint32_t count = 0;
    for (size_t i = 0; i < wallet->notes.count; i++) count += wallet->notes.data[i].state == OWN_FREE;
    return count;
}

/* ---- habits ---- */

uint64_t shieldwallet_amount(const struct shieldwallet *wallet, uint64_t wanted)
{
    const struct shield_terms *terms = &wallet->terms;
    if (!wallet->habits.denominations || terms->denominations_count == 0) return wanted;
    uint64_t best = 0;
    for (uint32_t i = 0; i < terms->denominations_count && terms->denominations[i] <= wanted; i++) best = terms->denominations[i];
    return best;
}

#define WAIT_BLOCKS_MIN 2
#define WAIT_BLOCKS_MAX 20
struct duration shieldwallet_wait(struct shieldwallet *wallet)
{
    if (!wallet->habits.waits) return (struct duration){0};
    const uint64_t block = (uint64_t)wallet->terms.block_interval.ns;
    return (struct duration){(int64_t)(WAIT_BLOCKS_MIN * block + source_below(&wallet->source, (WAIT_BLOCKS_MAX - WAIT_BLOCKS_MIN) * block + 1))};
}

struct address shieldwallet_receiver(struct shieldwallet *wallet, struct sign_suite suite, const struct address *own, struct seckey *out_key)
{
    if (!wallet->habits.fresh_receiver) return *own;
    uint8_t seed[32];
    source_bytes(&wallet->source, seed, sizeof(seed));
    seckey_from_seed(suite, seed, out_key);
    crypto_wipe(seed, sizeof(seed));
    return address_of_key(&out_key->pub);
}

void shieldwallet_deposit(struct shieldwallet *wallet, uint64_t amount, struct buf *out_payload)
{
    const struct deposit_plan plan = {.to = wallet->keys.address, .amount = amount, .plain = !wallet->habits.masked,
                                      .constant_tag = !wallet->habits.fresh_receiver, .suite = wallet->suite};
    deposit_build(&plan, &wallet->source, out_payload);
}
