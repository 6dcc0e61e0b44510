#include "network/node/texts.h"

#include <string.h>

#include "core/base/attr.h"
#include "core/base/map.h"

enum { RECENT = 1024 };

struct texts {
    struct text *recent[RECENT]; /* by hash; a newer one takes the place */
};

struct texts *texts_new(void) { return base_alloc(sizeof(struct texts)); }

void texts_free(struct texts *texts)
{
    if (texts == NULL) return;
    for (size_t i = 0; i < RECENT; i++) text_unref(texts->recent[i]);
    base_free(texts);
}

static struct text *text_new(struct str bytes, uint64_t hash)
{
    struct text *text = base_alloc(sizeof(*text) + bytes.len);
    *text = (struct text){.refs = 1, .len = (uint32_t)bytes.len, .hash = hash};
    memcpy(text->bytes, bytes.data, bytes.len);
    return text;
}

struct text *texts_take(struct texts *texts, struct str bytes)
{
    const uint64_t hash = map_hash(bytes.data, bytes.len);
    struct text **slot = &texts->recent[hash % RECENT];
    if (*slot == NULL || (*slot)->hash != hash || (*slot)->len != bytes.len || memcmp((*slot)->bytes, bytes.data, bytes.len) != 0) {
        text_unref(*slot);
        *slot = text_new(bytes, hash);
    }
    (*slot)->refs++;
    return *slot;
}

void text_unref(struct text *text)
{
    if (text != NULL && --text->refs == 0) base_free(text);
}
