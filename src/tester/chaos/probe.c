#include <stdio.h>

#include "tester/chaos/weather_priv.h"

#define CALL_TIMEOUT_S 5u

struct question {
    const struct proof *proof;
    uint32_t number;
    struct probe *out;
    uint32_t *open;
    struct fiber *asker;
};

struct alpha proof_view(const struct proof *proof, uint32_t number, char text[12])
{
    struct alpha alpha = *proof->client;
    const int len = snprintf(text, 12, "v%u", number);
    alpha.view = (struct str){text, (size_t)len};
    return alpha;
}

static struct instant soon(const struct proof *proof) { return proof_in(proof, duration_s(CALL_TIMEOUT_S)); }

bool probe_one(const struct proof *proof, uint32_t number, struct probe *out)
{
    char text[12];
    const struct alpha alpha = proof_view(proof, number, text);
    struct answer answer;
    const struct sync_status *status = alpha_sync_status(&alpha, soon(proof), &answer);
    *out = (struct probe){.answers = status != NULL, .height = status ? status->current_height : 0};
    answer_done(&answer);
    return out->answers;
}

static void question_run(void *arg)
{
    struct question *question = arg;
    (void)probe_one(question->proof, question->number, question->out); /* the probe says it */
    if (--*question->open == 0) fiber_wake(question->proof->weather->config.env, question->asker);
    base_free(question);
}

void probe_all(const struct proof *proof, struct probe *out)
{
    const struct weather *weather = proof->weather;
    uint32_t open = weather->config.validators;
    for (uint32_t i = 1; i <= weather->config.validators; i++) {
        struct question *question = base_alloc(sizeof(*question));
        *question = (struct question){proof, i, &out[i], &open, fiber_self()};
        (void)fiber_spawn(weather->config.env, question_run, question);
    }
    while (open > 0) (void)fiber_park(weather->config.env, INSTANT_NEVER);
}

static bool number_of(struct str name, uint32_t validators, uint32_t *out)
{
    uint64_t number;
    if (name.len < 2 || name.data[0] != 'v' || !str_to_u64(str_sub(name, 1, name.len), &number)) return false;
    if (number == 0 || number > validators) return false;
    *out = (uint32_t)number;
    return true;
}

static void peer_add(struct flow *flow, const struct peer_view *peer)
{
    flow->received += peer->received;
    flow->dropped += peer->dropped;
    flow->duplicates += peer->duplicates;
    flow->out_of_order += peer->out_of_order;
    flow->latency_ms += peer->latency_ms;
    flow->links++;
}

struct flow flow_read(const struct proof *proof, const bool *from, const bool *to)
{
    const struct weather *weather = proof->weather;
    struct flow flow = {0};
    for (uint32_t i = 1; i <= weather->config.validators; i++) {
        if (!from[i] && !to[i]) continue;
        char text[12];
        const struct alpha alpha = proof_view(proof, i, text);
        struct answer answer;
        const struct page *peers = alpha_peers_metrics(&alpha, soon(proof), &answer);
        const struct peer_view *items = peers ? peers->items : NULL;
        for (uint32_t k = 0; peers && k < peers->count; k++) {
            uint32_t other;
            if (!number_of(items[k].name, weather->config.validators, &other)) continue;
            if ((from[i] && to[other]) || (to[i] && from[other])) peer_add(&flow, &items[k]);
        }
        answer_done(&answer);
    }
    return flow;
}
