/* Oracles: bots of a village on the seats of its development oracles. */
#ifndef BOTS_ORACLES_H
#define BOTS_ORACLES_H

#include "core/crypto/derive.h"
#include "tester/bot/identity.h"
#include "village.h"

/* The bot takes the seats of a development oracle. */
static inline void oracle_seat(struct village *v, uint32_t bot, const char *instead_of)
{
    struct answer answer;
    uint8_t secret[32];
    struct seckey key;
    derive_dev_seed(v->config.seed, str_of(instead_of), secret);
    seckey_from_seed(v->crew.suite, secret, &key);
    const struct address was = address_of_key(&key.pub);
    CHECK(admin_role_put(&v->admin, &was, STR("oracle"), false, village_in(v, duration_s(10)), &answer) != NULL);
    answer_done(&answer);
    fiber_sleep(v->env, duration_s(2));
    CHECK(admin_role_put(&v->admin, &v->bots[bot]->identity.address, STR("oracle"), true, village_in(v, duration_s(10)), &answer) != NULL);
    answer_done(&answer);
    fiber_sleep(v->env, duration_s(4));
}

#endif
