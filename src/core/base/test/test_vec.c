/* A vector as it grows and shrinks. */
#include "core/base/check.h"
#include "core/base/vec.h"

static void a_vector_keeps_order_through_growth_and_removal(void)
{
    VEC(uint32_t) vec = {0};
    for (uint32_t i = 0; i < 1000; i++) vec_push(&vec, i);
    CHECK_U64(vec.count, 1000);
    CHECK_U64(vec_last(&vec), 999);
    vec_remove(&vec, 0);
    vec_remove(&vec, 499);
    CHECK_U64(vec.data[0], 1);
    CHECK_U64(vec.data[498], 499);
    CHECK_U64(vec.data[499], 501);
    CHECK_U64(vec_pop(&vec), 999);
    vec_remove(&vec, vec.count - 1);
    CHECK_U64(vec_last(&vec), 997);
    const uint32_t *data = vec.data;
    vec_clear(&vec);
    vec_reserve(&vec, 900);
    CHECK(vec.count == 0 && vec.data == data);
    vec_done(&vec);
    CHECK(vec.data == NULL && vec.cap == 0);
}

int main(void)
{
    RUN(a_vector_keeps_order_through_growth_and_removal);
    return 0;
}
