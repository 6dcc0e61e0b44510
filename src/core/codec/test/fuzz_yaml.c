/* Any bytes: findings with places, or a tree whose nodes all stand inside the text. */
#include "core/codec/yaml.h"

static void walk(const struct yaml *node, size_t depth)
{
    ASSERT(depth <= YAML_DEPTH_MAX);
    uint32_t count = 0;
    for (const struct yaml *child = node->child; child != NULL; child = child->next, count++) {
        ASSERT(child->parent == node);
        ASSERT(node->type != YAML_MAPPING || child->key.len > 0);
        walk(child, depth + 1);
    }
    ASSERT(count == node->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena;
    struct diags diags;
    struct buf out = {0};
    arena_init(&arena, 0);
    diags_init(&diags);
    const struct yaml *root = yaml_parse(&arena, STR("f"), (struct str){(const char *)data, bytes}, &diags);
    ASSERT((root == NULL) == (diags.errors_count > 0));
    if (root != NULL) walk(root, 0);
    diags_print(&diags, &out);
    buf_done(&out);
    diags_done(&diags);
    arena_done(&arena);
    return 0;
}
