#include "network/node/executor.h"

#include "core/base/vec.h"
#include "core/crypto/hash.h"

struct executor {
    const struct ledger_rules *rules;
    struct map posts;  /* key -> struct poststate *; borrowed: who holds one keeps it here */
    struct map blocks; /* (parent, block, orders) by identity -> struct poststate *, while that one lives */
    struct executor_stats stats;
};

/* Who asks with the same objects gets the same answer. The post-state holds a reference on the block, and its parent's key is
 * content, so that no address is used again while it stands here. */
struct identity {
    struct hash parent, orders;
    const struct block *block;
};
_Static_assert(sizeof(struct identity) == 64 + sizeof(void *), "no padding: it is hashed as bytes");

struct post_full {
    struct poststate post; /* first: what others see */
    VEC(struct identity) known_as;
};

static struct post_full *full_of(struct poststate *post) { return CONTAINER_OF(post, struct post_full, post); }

struct executor *executor_new(const struct ledger_rules *rules)
{
    struct executor *executor = base_alloc(sizeof(*executor));
    executor->rules = rules;
    map_init(&executor->posts, sizeof(struct hash), sizeof(struct poststate *));
    map_init(&executor->blocks, sizeof(struct identity), sizeof(struct poststate *));
    return executor;
}

void executor_free(struct executor *executor)
{
    if (executor == NULL) return;
    ASSERT(map_count(&executor->posts) == 0);
    map_done(&executor->posts);
    map_done(&executor->blocks);
    base_free(executor);
}

struct executor_stats executor_stats(const struct executor *executor)
{
    struct executor_stats stats = executor->stats;
    stats.held = (uint32_t)map_count(&executor->posts);
    return stats;
}

struct poststate *poststate_ref(struct poststate *post)
{
    if (post == NULL) return NULL;
    ASSERT(post->refs > 0 && post->refs < UINT32_MAX);
    post->refs++;
    return post;
}

void poststate_unref(struct poststate *post)
{
    if (post == NULL) return;
    ASSERT(post->refs > 0);
    if (--post->refs > 0) return;
    struct post_full *full = full_of(post);
    struct executor *executor = post->owner;
    (void)map_remove(&executor->posts, &post->key);
    for (size_t i = 0; i < full->known_as.count; i++) {
        struct block *block = (struct block *)(uintptr_t)full->known_as.data[i].block;
        (void)map_remove(&executor->blocks, &full->known_as.data[i]);
        block_unref(block);
    }
    vec_done(&full->known_as);
    ledger_result_unref((struct ledger_result *)(uintptr_t)post->result);
    base_free(full);
}

/* Takes over the result's reference. */
static struct poststate *post_new(struct executor *executor, const struct hash *key, uint32_t height,
                                  struct ledger_result *result)
{
    struct post_full *full = base_alloc(sizeof(*full));
    full->post = (struct poststate){.refs = 1, .height = height, .key = *key, .result = result, .owner = executor};
    struct poststate **slot = map_put(&executor->posts, key, NULL);
    ASSERT(*slot == NULL);
    *slot = &full->post;
    return &full->post;
}

/* The switches and the orders; all zero when there are none, which is nearly always. */
static struct hash orders_hash(const struct executor *executor, const struct ledger_orders *orders)
{
    static const struct ledger_orders nothing;
    static const struct weaknesses hardened;
    static const struct hash none;
    const struct weaknesses *weak = &executor->rules->weak;
    if (orders == NULL) orders = &nothing;
    if (orders->grants_count + orders->settings_count + orders->roles_count == 0 && memcmp(weak, &hardened, sizeof(*weak)) == 0) return none;
    struct hasher h;
    hasher_init(&h, "node/orders");
    hasher_add(&h, weak, sizeof(*weak));
    hasher_add_u64(&h, orders->grants_count);
    for (size_t i = 0; i < orders->grants_count; i++) {
        const struct ledger_grant *grant = &orders->grants[i];
        hasher_add(&h, &grant->to, sizeof(grant->to));
        hasher_add_u8(&h, (uint8_t)grant->money.token);
        hasher_add(&h, &grant->money.amount.units, sizeof(grant->money.amount.units));
    }
    for (size_t i = 0; i < orders->settings_count; i++) {
        hasher_add_u32(&h, orders->settings[i].row->offset);
        hasher_add_u64(&h, orders->settings[i].value);
    }
    hasher_add_u64(&h, orders->roles_count);
    for (size_t i = 0; i < orders->roles_count; i++) {
        const struct ledger_role_order *order = &orders->roles[i];
        hasher_add(&h, &order->address, sizeof(order->address));
        hasher_add_u8(&h, (uint8_t)order->role);
        hasher_add_u8(&h, order->grant);
        hasher_add_u64(&h, order->asset.len);
        hasher_add(&h, order->asset.data, order->asset.len);
    }
    return hasher_final(&h);
}

/* What goes into an execution, beside the parent. */
struct input {
    const struct ledger_frame *frame;
    const struct ledger_orders *orders;
    struct hash orders_key;
    struct tx *const *txs;
    size_t count;
};

static struct hash input_hash(const struct poststate *parent, const struct input *input)
{
    const struct ledger_frame *frame = input->frame;
    struct hasher h;
    hasher_init(&h, "node/post-state");
    hasher_add(&h, &parent->key, sizeof(parent->key));
    hasher_add_u32(&h, frame->height);
    hasher_add_u64(&h, frame->round);
    hasher_add_u64(&h, frame->timestamp_ms);
    hasher_add(&h, &frame->proposer, sizeof(frame->proposer));
    hasher_add(&h, &frame->parent_hash, sizeof(frame->parent_hash));
    hasher_add(&h, &input->orders_key, sizeof(input->orders_key));
    hasher_add_u64(&h, input->count);
    for (size_t i = 0; i < input->count; i++) hasher_add(&h, &input->txs[i]->id, sizeof(input->txs[i]->id));
    return hasher_final(&h);
}

static bool wants_second_run(const struct hash *key)
{
#ifdef HOUSE_VERIFY
    (void)key;
    return true;
#else
    return key->b[0] % EXECUTOR_VERIFY_EVERY == 0;
#endif
}

struct poststate *executor_genesis(struct executor *executor, struct ledger_state *state)
{
    struct hasher h;
    hasher_init(&h, "node/genesis-state");
    const struct hash root = ledger_state_root(state);
    hasher_add(&h, &root, sizeof(root));
    const struct hash key = hasher_final(&h);
    struct poststate **known = map_find(&executor->posts, &key);
    if (known != NULL) return poststate_ref(*known);
    struct ledger_result *result = base_alloc(sizeof(*result));
    *result = (struct ledger_result){
        .refs = 1, .verdict = LEDGER_GOOD, .failed_index = UINT32_MAX, .state = ledger_state_ref(state), .state_root = root};
    return post_new(executor, &key, ledger_height(state), result);
}

static struct ledger_result *input_execute(const struct executor *executor, const struct poststate *parent,
                                           const struct input *input)
{
    return ledger_execute(executor->rules, parent->result->state, input->frame, input->orders, input->txs, input->count);
}

static struct poststate *input_run(struct executor *executor, const struct poststate *parent, const struct input *input)
{
    ASSERT(poststate_is_good(parent));
    const struct hash key = input_hash(parent, input);
    struct poststate **known = map_find(&executor->posts, &key);
    if (known != NULL) {
        executor->stats.shared++;
        return poststate_ref(*known);
    }
    struct ledger_result *result = input_execute(executor, parent, input);
    executor->stats.executed++;
    executor->stats.transactions += input->count;
    if (wants_second_run(&key)) {
        struct ledger_result *again = input_execute(executor, parent, input);
        ASSERT(ledger_result_eq(result, again)); /* execution must be a function of what went in */
        ledger_result_unref(again);
        executor->stats.verified++;
    }
    return post_new(executor, &key, input->frame->height, result);
}

struct poststate *executor_run(struct executor *executor, struct poststate *parent, const struct ledger_frame *frame,
                               const struct ledger_orders *orders, struct tx *const *txs, size_t count)
{
    const struct input input = {frame, orders, orders_hash(executor, orders), txs, count};
    return input_run(executor, parent, &input);
}

struct poststate *executor_run_block(struct executor *executor, struct poststate *parent, struct block *block,
                                     const struct ledger_orders *orders)
{
    const struct identity identity = {parent->key, orders_hash(executor, orders), block};
    struct poststate **known = map_find(&executor->blocks, &identity);
    if (known != NULL) {
        executor->stats.shared++;
        return poststate_ref(*known);
    }
    const struct ledger_frame frame = {
        .height = block->header.height,
        .round = block->header.round,
        .timestamp_ms = block->header.timestamp_ms,
        .proposer = block->header.proposer,
        .parent_hash = block->header.parent_hash,
    };
    const struct input input = {&frame, orders, identity.orders, block->txs, block->txs_count};
    struct poststate *post = input_run(executor, parent, &input);
    *(struct poststate **)map_put(&executor->blocks, &identity, NULL) = post;
    vec_push(&full_of(post)->known_as, identity);
    (void)block_ref(block); /* until the post-state goes */
    return post;
}

bool poststate_matches(const struct poststate *post, const struct header *header)
{
    const struct ledger_result *result = post->result;
    return result->verdict == LEDGER_GOOD && hash_eq(&result->state_root, &header->state_root) &&
           hash_eq(&result->transactions_root, &header->transactions_root) &&
           hash_eq(&result->receipts_root, &header->receipts_root) && hash_eq(&result->messages_root, &header->messages_root) &&
           result->transaction_count == header->transaction_count && result->message_count == header->message_count;
}
