/* What is planted is found wherever it stands, and nothing else. */
#include "tester/bot/canary.h"

#include <stdio.h>

#include "core/base/check.h"

static struct crew crew;

static void is_found(const char *text, enum canary_text kind, const char *what)
{
    const char *found = canary_find(&crew, str_of(text), kind);
    if (found == NULL || strcmp(found, what) != 0) CHECK_FAIL("in \"%s\" there is %s, not %s", text, found ? found : "nothing", what);
}
static void is_clean(const char *text, enum canary_text kind)
{
    const char *found = canary_find(&crew, str_of(text), kind);
    if (found != NULL) CHECK_FAIL("in \"%s\" there is %s", text, found);
}

static void a_text_is_found_as_it_is_and_in_hex(void)
{
    CHECK(canary_plant(&crew, "a name", STR("Ada Lovelace")));
    CHECK(canary_plant(&crew, "a name", STR("Ada Lovelace"))); /* once more is fine */
    CHECK_U64(canary_count(&crew), 2);
    is_found("Ada Lovelace", CANARY_IN_LOG, "a name");
    is_found("{\"memo\":\"to Ada Lovelace, with love\"}", CANARY_IN_ANSWER, "a name");
    is_found("00416461204c6f76656c61636500", CANARY_IN_ANSWER, "a name");
    is_clean("Ada Lovelac", CANARY_IN_ANSWER);
    is_clean("Ada Lovelyce ada lovelace", CANARY_IN_ANSWER);
    is_clean("", CANARY_IN_ANSWER);
    canaries_free(&crew);
}

static void of_those_with_one_beginning_the_right_one_is_told(void)
{
    CHECK(canary_plant(&crew, "the first", STR("canary-0001")) && canary_plant(&crew, "the second", STR("canary-0002")));
    is_found("xx canary-0002", CANARY_IN_LOG, "the second");
    is_found("xx canary-0001", CANARY_IN_LOG, "the first");
    is_clean("xx canary-0003", CANARY_IN_LOG);
    canaries_free(&crew);
}

static void bytes_are_found_in_hex(void)
{
    const uint8_t key[5] = {0xde, 0xad, 0xbe, 0xef, 0x01};
    CHECK(canary_plant_bytes(&crew, "a key", key, sizeof(key)));
    is_found("\"payload\":\"0000deadbeef0199\"", CANARY_IN_ANSWER, "a key");
    is_clean("\"payload\":\"0000deadbeef0299\"", CANARY_IN_ANSWER);
    canaries_free(&crew);
}

static void an_amount_is_found_as_a_whole_number(void)
{
    CHECK(canary_plant_amount(&crew, "an amount", 88232));
    is_found("{\"values\":[\"88232\"]}", CANARY_IN_ANSWER, "an amount");
    is_clean("{\"bytes\":88232}", CANARY_IN_ANSWER); /* amounts are quoted */
    is_clean("{\"price\":\"88232\"}", CANARY_IN_ANSWER);
    is_clean("{\"amount\":\"188232\",\"id\":\"88232ab\"}", CANARY_IN_ANSWER);
    is_found("paid 88232 to her", CANARY_IN_LOG, "an amount");
    is_found("88232", CANARY_IN_LOG, "an amount");
    is_clean("tx 88232ab9, 882321 blocks, v88232", CANARY_IN_LOG);
    canary_clear_amount(&crew, 88232); /* somebody deposited as much */
    CHECK_U64(canary_count(&crew), 0);
    is_clean("{\"values\":[\"88232\"]}", CANARY_IN_ANSWER);
    CHECK(!canary_plant_amount(&crew, "an amount", 88232));
    canaries_free(&crew);
}

static void what_stands_everywhere_is_no_canary(void)
{
    CHECK(!canary_plant(&crew, "a name", STR("Ada")));
    CHECK(!canary_plant_bytes(&crew, "a key", "abc", 3));
    CHECK(!canary_plant_amount(&crew, "an amount", 9999));
    CHECK(!canary_plant_amount(&crew, "an amount", 100000));
    CHECK_U64(canary_count(&crew), 0);
    is_clean("9999 100000", CANARY_IN_LOG);
    canaries_free(&crew);
}

/* Thousands of them, each found alone, none where it is not. */
static void many_are_told_apart(void)
{
    char text[64];
    for (uint32_t i = 0; i < 20000; i++) {
        snprintf(text, sizeof(text), "%08x-secret", i * 2654435761u);
        CHECK(canary_plant(&crew, "a secret", str_of(text)));
    }
    CHECK_U64(canary_count(&crew), 40000);
    for (uint32_t i = 0; i < 20000; i += 7) {
        snprintf(text, sizeof(text), "before %08x-secret behind", i * 2654435761u);
        is_found(text, CANARY_IN_LOG, "a secret");
        text[16] = '_';
        is_clean(text, CANARY_IN_LOG);
    }
    canaries_free(&crew);
}

int main(void)
{
    RUN(a_text_is_found_as_it_is_and_in_hex);
    RUN(of_those_with_one_beginning_the_right_one_is_told);
    RUN(bytes_are_found_in_hex);
    RUN(an_amount_is_found_as_a_whole_number);
    RUN(what_stands_everywhere_is_no_canary);
    RUN(many_are_told_apart);
    return 0;
}
