/* Whole networks, small: what a client sees of them when all is well. */
#include "town.h"

static void transfers_become_final_here(struct town *town)
{
    struct hash ids[20];
    for (uint32_t i = 0; i < 20; i++) CHECK_U64(town_pay(town, i % 4, 4 + i % 4, 1000 + i, &ids[i]), CODE_NONE);
    for (uint32_t i = 0; i < 20; i++) CHECK_U64(town_tx_status(town, &ids[i], "finalized"), TX_FINALIZED);
    CHECK(town_final(town) >= 1);
}

static void transfers_become_final(void)
{
    const uint32_t sizes[] = {1, 4, 7};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        (void)town_run((struct town_config){.validators = sizes[i], .seed = 5, .ed25519 = sizes[i] == 4}, transfers_become_final_here, NULL);
}

int main(void)
{
    RUN(transfers_become_final);
    return 0;
}
