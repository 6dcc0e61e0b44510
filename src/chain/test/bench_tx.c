/* What a transaction costs before its signature is checked, against one bare hash of its bytes. */
#include <stdio.h>
#include <time.h>

#include "fixture.h"

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(void)
{
    enum { ROUNDS = 300000 };
    struct tx *tx = fixture_transfer(7, 250000, "hi");
    struct apierror error;
    uint64_t sum = 0;
    double start = seconds();
    for (int i = 0; i < ROUNDS; i++) sum += tx_id_of(str_sub(tx_bytes(tx), 0, tx->size - TX_SIGNATURE_BYTES)).b[i % 32];
    const double hashing = (seconds() - start) / ROUNDS;
    start = seconds();
    for (int i = 0; i < ROUNDS; i++) sum += address_of_key(tx_pubkey(tx)).b[i % 32];
    const double addressing = (seconds() - start) / ROUNDS;
    start = seconds();
    for (int i = 0; i < ROUNDS; i++) {
        struct tx *copy = tx_decode(tx_bytes(tx), &fixture_rules, &error);
        sum += copy->nonce;
        tx_unref(copy);
    }
    const double decoding = (seconds() - start) / ROUNDS;
    struct buf text = {0};
    start = seconds();
    for (int i = 0; i < ROUNDS; i++) {
        buf_clear(&text);
        struct json_writer w = json_writer_of(&text);
        tx_to_json(tx, &w);
    }
    const double writing = (seconds() - start) / ROUNDS;
    struct arena arena;
    struct err err;
    arena_init(&arena, 0);
    start = seconds();
    for (int i = 0; i < ROUNDS; i++) {
        arena_reset(&arena);
        struct tx *copy = tx_from_json(json_parse(&arena, buf_str(&text), &err), &fixture_rules, &error);
        sum += copy->nonce;
        tx_unref(copy);
    }
    const double reading = (seconds() - start) / ROUNDS;
    printf("tx decode %.0f ns (of these id hash %.0f, address %.0f), to JSON %.0f ns, from JSON %.0f ns, memory %zu bytes "
           "(checksum %llu)\n",
           decoding * 1e9, hashing * 1e9, addressing * 1e9, writing * 1e9, reading * 1e9, sizeof(*tx) + tx->size,
           (unsigned long long)sum);
    arena_done(&arena);
    buf_done(&text);
    tx_unref(tx);
    return 0;
}
