#include "core/base/check.h"
#include "network/node/texts.h"

#include <stdio.h>

static void the_same_words_are_one_text(void)
{
    struct texts *texts = texts_new();
    struct text *a = texts_take(texts, STR("{\"height\":1}")), *b = texts_take(texts, STR("{\"height\":1}")), *c = texts_take(texts, STR("{\"height\":2}"));
    CHECK(a == b && a != c);
    CHECK_U64(a->refs, 3); /* both, and the place of recent ones */
    CHECK_STR(((struct str){c->bytes, c->len}), STR("{\"height\":2}"));
    text_unref(a);
    text_unref(b);
    text_unref(c);
    texts_free(texts);
}

/* More than are remembered: each is what was asked for, also when its place was taken, and outlives the rest. */
static void every_text_is_what_was_said(void)
{
    enum { COUNT = 5000 };
    static struct text *held[COUNT];
    struct texts *texts = texts_new();
    char words[24];
    for (int i = 0; i < COUNT; i++) {
        const int len = snprintf(words, sizeof(words), "event %d", i);
        held[i] = texts_take(texts, (struct str){words, (size_t)len});
    }
    texts_free(texts);
    for (int i = 0; i < COUNT; i++) {
        const int len = snprintf(words, sizeof(words), "event %d", i);
        CHECK_STR(((struct str){held[i]->bytes, held[i]->len}), ((struct str){words, (size_t)len}));
        CHECK_U64(held[i]->refs, 1);
        text_unref(held[i]);
    }
}

int main(void)
{
    RUN(the_same_words_are_one_text);
    RUN(every_text_is_what_was_said);
    return 0;
}
