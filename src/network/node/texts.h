/* Texts: what many views of a process say in the same words within moments of each other is kept once. */
#ifndef NODE_TEXTS_H
#define NODE_TEXTS_H

#include "core/base/str.h"

struct text {
    uint32_t refs, len;
    uint64_t hash;
    char bytes[];
};
struct texts; /* the newest ones, for whoever says them next */

struct texts *texts_new(void);
void texts_free(struct texts *texts); /* texts that are still held stay; NULL: nothing happens */
struct text *texts_take(struct texts *texts, struct str bytes); /* a reference to a text of these bytes */
void text_unref(struct text *text);   /* NULL: nothing happens */

#endif
