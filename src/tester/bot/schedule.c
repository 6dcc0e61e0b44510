#include "tester/bot/schedule.h"

#include <inttypes.h>

#include "core/base/num.h"

static uint64_t gcd_u64(uint64_t a, uint64_t b)
{
    while (b != 0) {
        const uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static struct rate rate_reduced(uint64_t events, uint64_t per_ns)
{
    if (events == 0) return (struct rate){0, {NS_PER_S}};
    const uint64_t common = gcd_u64(events, per_ns);
    return (struct rate){events / common, {per_ns / common}};
}

/* "10.125" -> 10125, 3 decimals. */
static bool decimal_parse(struct str text, uint64_t *out, uint64_t *out_scale, struct err *err)
{
    struct str whole, fraction;
    const bool dotted = str_cut(text, '.', &whole, &fraction);
    uint64_t value;
    if (!str_to_u64(whole, &value)) return err_set(err, ERR_PARSE, "'" STR_FMT "' is not a decimal number", STR_ARG(text));
    if (dotted && (fraction.len == 0 || fraction.len > RATE_DECIMALS_MAX))
        return err_set(err, ERR_PARSE, "'" STR_FMT "' must have 1 to %d decimals", STR_ARG(text), RATE_DECIMALS_MAX);
    if (value > RATE_PER_SECOND_MAX * 3600) return err_set(err, ERR_LIMIT, "rate is above %" PRIu64 "/s", RATE_PER_SECOND_MAX);
    uint64_t scale = 1;
    for (size_t i = 0; dotted && i < fraction.len; i++) {
        const char c = fraction.data[i];
        if (c < '0' || c > '9') return err_set(err, ERR_PARSE, "'" STR_FMT "' is not a decimal number", STR_ARG(text));
        value = value * 10 + (uint64_t)(c - '0');
        scale *= 10;
    }
    *out = value;
    *out_scale = scale;
    return true;
}

static bool unit_parse(struct str text, uint64_t *out_ns, struct err *err)
{
    if (str_eq(text, STR("s")))
        *out_ns = NS_PER_S;
    else if (str_eq(text, STR("m")))
        *out_ns = 60 * NS_PER_S;
    else if (str_eq(text, STR("h")))
        *out_ns = 3600 * NS_PER_S;
    else
        return err_set(err, ERR_PARSE, "unit '" STR_FMT "' is none of s, m, h", STR_ARG(text));
    return true;
}

static bool rate_of(struct str number, uint64_t unit_ns, struct rate *out, struct err *err)
{
    uint64_t value = 0, scale = 1;
    if (!decimal_parse(number, &value, &scale, err)) return false;
    if ((u128)value * NS_PER_S > (u128)RATE_PER_SECOND_MAX * scale * unit_ns)
        return err_set(err, ERR_LIMIT, "rate " STR_FMT " is above %" PRIu64 "/s", STR_ARG(number), RATE_PER_SECOND_MAX);
    *out = rate_reduced(value, unit_ns * scale);
    return true;
}

bool rate_parse(struct str text, struct rate *out, struct err *err)
{
    struct str number, unit;
    uint64_t unit_ns;
    if (!str_cut(str_trim(text), '/', &number, &unit))
        return err_set(err, ERR_PARSE, "'" STR_FMT "' has no unit: write N/s, N/m or N/h", STR_ARG(text));
    if (!unit_parse(str_trim(unit), &unit_ns, err)) return false;
    return rate_of(str_trim(number), unit_ns, out, err);
}

struct rate rate_scale(struct rate rate, uint64_t numerator, uint64_t denominator)
{
    ASSERT(denominator > 0);
    u128 events = (u128)rate.events * numerator, per = (u128)rate.per.ns * denominator;
    while (events > UINT64_MAX || per > UINT64_MAX) {
        events >>= 1;
        per >>= 1;
    }
    return rate_reduced((uint64_t)events, (uint64_t)per);
}

struct rate_words rate_words(struct rate rate)
{
    static const struct {
        uint64_t seconds;
        char unit;
    } units[] = {{1, 's'}, {60, 'm'}, {3600, 'h'}};
    size_t i = 0;
    while (i + 1 < ARRAY_LEN(units) && rate_micro_per_second(rate_scale(rate, units[i].seconds, 1)) < 200000) i++;
    return (struct rate_words){(rate_micro_per_second(rate_scale(rate, units[i].seconds, 1)) + 500) / 1000, units[i].unit};
}

uint64_t rate_micro_per_second(struct rate rate)
{
    const u128 micro = ((u128)rate.events * NS_PER_S * 1000000 + rate.per.ns / 2) / rate.per.ns;
    return micro > UINT64_MAX ? UINT64_MAX : (uint64_t)micro;
}

/* Takes the last word off `text` when it is `word`. */
static bool word_cut(struct str *text, struct str word)
{
    if (!str_ends(*text, word) || text->len <= word.len) return false;
    const char before = text->data[text->len - word.len - 1];
    if (before != ' ' && before != '\t') return false;
    *text = str_trim(str_sub(*text, 0, text->len - word.len));
    return true;
}

/* "10 -> 200/s" */
static bool ramp_parse(struct str text, struct schedule_plan *out, struct err *err)
{
    struct str from, to, to_number, unit;
    uint64_t unit_ns;
    if (!str_cut(text, '>', &from, &to) || !str_ends(from, STR("-")))
        return err_set(err, ERR_PARSE, "a ramp is written 'ramp A -> B/s'");
    from = str_trim(str_sub(from, 0, from.len - 1));
    if (!str_cut(str_trim(to), '/', &to_number, &unit)) return err_set(err, ERR_PARSE, "a ramp is written 'ramp A -> B/s'");
    if (!unit_parse(str_trim(unit), &unit_ns, err)) return false;
    return rate_of(from, unit_ns, &out->rate, err) && rate_of(str_trim(to_number), unit_ns, &out->rate_end, err);
}

bool schedule_parse(struct str text, struct schedule_plan *out, struct err *err)
{
    struct schedule_plan plan = {0};
    text = str_trim(text);
    if (str_starts(text, STR("ramp "))) {
        plan.arrivals = ARRIVALS_RAMP;
        text = str_sub(text, 5, text.len);
        plan.total = word_cut(&text, STR("total"));
        if (!ramp_parse(str_trim(text), &plan, err)) return false;
    } else {
        if (word_cut(&text, STR("poisson")))
            plan.arrivals = ARRIVALS_POISSON;
        else
            (void)word_cut(&text, STR("constant")); /* the default, spelled out */
        plan.total = word_cut(&text, STR("total"));
        if (!rate_parse(text, &plan.rate, err)) return false;
    }
    out->arrivals = plan.arrivals;
    out->rate = plan.rate;
    out->rate_end = plan.rate_end;
    out->total = plan.total;
    return true;
}

/* Both rates of a ramp over one denominator of microseconds: a/per and b/per events each. With RATE_PER_SECOND_MAX, six decimals
 * and ten days, length * a * length stays below 2^124. */
static void ramp_init(struct schedule *s, const struct schedule_plan *plan, uint64_t bots)
{
    const u128 pa = plan->rate.per.ns, pb = plan->rate_end.per.ns;
    const u128 common = pa / gcd_u64((uint64_t)pa, (uint64_t)pb) * pb; /* least common multiple, ns */
    u128 a = common / pa * plan->rate.events * bots, b = common / pb * plan->rate_end.events * bots;
    u128 per = common;
    /* to microseconds: the denominator loses a factor 1000, or the numerators gain one */
    if (per % 1000 == 0) {
        per /= 1000;
    } else {
        a *= 1000;
        b *= 1000;
    }
    while ((a | b | per) >> 44 != 0 && per > 1) { /* beyond what scenarios say: give up low bits rather than overflow */
        a >>= 1;
        b >>= 1;
        per >>= 1;
    }
    s->ramp_a = (uint64_t)a;
    s->ramp_b = (uint64_t)b;
    s->ramp_per_us = (uint64_t)per;
    s->length_us = plan->length.ns / NS_PER_US;
}

void schedule_init(struct schedule *out, const struct schedule_plan *plan, const struct rng *seed, uint32_t bot)
{
    ASSERT(plan->bots > 0 && bot < plan->bots);
    ASSERT(plan->length.ns <= SCHEDULE_LENGTH_MAX.ns);
    struct rng rng = rng_split(seed, STR("schedule"), bot);
    struct rng shared = rng_split(seed, STR("schedule-turn"), 0);
    const uint64_t turn = rng_below(&shared, plan->bots);
    *out = (struct schedule){
        .rng = rng,
        .start = plan->start,
        .end = instant_add(plan->start, plan->length),
        .stride = 1,
        .left = plan->count_max == 0 ? UINT64_MAX : plan->count_max,
        .rate = plan->rate,
        .last = plan->start,
        .arrivals = plan->arrivals,
    };
    switch (plan->arrivals) {
    case ARRIVALS_CONSTANT: {
        if (plan->rate.events == 0) break;
        const uint64_t interval = plan->rate.per.ns / plan->rate.events;
        struct rng *offset_rng = plan->total ? &shared : &rng;
        out->offset_ns = interval == 0 ? 0 : rng_below(offset_rng, interval);
        if (plan->total) {
            out->index = ((uint64_t)bot + turn) % plan->bots;
            out->stride = plan->bots;
        }
        break;
    }
    case ARRIVALS_RAMP: /* one sequence for all, dealt out in turn, whichever way the rate was stated */
        out->index = ((uint64_t)bot + turn) % plan->bots;
        out->stride = plan->bots;
        ramp_init(out, plan, plan->total ? 1 : plan->bots);
        break;
    case ARRIVALS_POISSON:
        if (plan->total) out->rate = rate_scale(plan->rate, 1, plan->bots);
        break;
    }
}

/* 2 * length * per times the integral of the rate over the first t microseconds. */
static u128 ramp_mass(const struct schedule *s, uint64_t t)
{
    const u128 linear = (u128)2 * s->length_us * s->ramp_a * t;
    if (s->ramp_b >= s->ramp_a) return linear + (u128)(s->ramp_b - s->ramp_a) * t * t;
    return linear - (u128)(s->ramp_a - s->ramp_b) * t * t; /* t <= length: not negative */
}

/* The first microsecond at which the integral has reached k; false: it never does within the length. */
static bool ramp_at(const struct schedule *s, uint64_t k, uint64_t *out_us)
{
    u128 want;
    if (s->length_us == 0 || !u128_mul((u128)2 * s->length_us * s->ramp_per_us, k, &want)) return false;
    if (ramp_mass(s, s->length_us) < want) return false;
    uint64_t lo = 0, hi = s->length_us;
    while (lo < hi) {
        const uint64_t mid = lo + (hi - lo) / 2;
        if (ramp_mass(s, mid) >= want)
            hi = mid;
        else
            lo = mid + 1;
    }
    *out_us = lo;
    return true;
}

static bool arrival_peek(struct schedule *s, struct instant *out)
{
    switch (s->arrivals) {
    case ARRIVALS_CONSTANT: {
        if (s->rate.events == 0) return false;
        const u128 ns = (u128)s->index * s->rate.per.ns / s->rate.events + s->offset_ns;
        if (ns > UINT64_MAX - s->start.ns) return false;
        *out = (struct instant){s->start.ns + (uint64_t)ns};
        return true;
    }
    case ARRIVALS_RAMP: {
        uint64_t us;
        if (!ramp_at(s, s->index, &us)) return false;
        *out = instant_add(s->start, duration_us(us));
        return true;
    }
    case ARRIVALS_POISSON:
        if (s->rate.events == 0) return false;
        s->last = instant_add(s->last, (struct duration){rng_exponential_ns(&s->rng, s->rate.per.ns / s->rate.events)});
        *out = s->last;
        return true;
    }
    UNREACHABLE();
}

bool schedule_next(struct schedule *s, struct instant *out)
{
    struct instant at;
    if (s->left == 0 || !arrival_peek(s, &at) || !instant_before(at, s->end)) {
        s->left = 0;
        return false;
    }
    s->index += s->stride;
    s->left--;
    *out = at;
    return true;
}

/* Arrivals of one bot's constant or ramp sequence before `to`; both are monotonic in the index, so a search finds it. */
static uint64_t count_before(const struct schedule *first, struct instant to)
{
    if (first->left == 0 || !instant_before(first->start, to)) return 0;
    if (instant_before(first->end, to)) to = first->end;
    uint64_t lo = 0, hi = 1;
    for (;;) { /* arrivals [0, lo) are before `to`; find an hi that is not */
        struct schedule probe = *first;
        probe.index = first->index + hi * first->stride;
        struct instant at;
        if (!arrival_peek(&probe, &at) || !instant_before(at, to)) break;
        lo = hi;
        hi *= 2;
    }
    /* smallest n such that arrival n is not before `to` */
    uint64_t low = lo == 0 ? 0 : lo, high = hi;
    while (low < high) {
        const uint64_t mid = low + (high - low) / 2;
        struct schedule probe = *first;
        probe.index = first->index + mid * first->stride;
        struct instant at;
        if (arrival_peek(&probe, &at) && instant_before(at, to))
            low = mid + 1;
        else
            high = mid;
    }
    return MIN(low, first->left);
}

uint64_t schedule_intended(const struct schedule_plan *plan, const struct rng *seed, struct instant from, struct instant to)
{
    uint64_t sum = 0;
    for (uint32_t bot = 0; bot < plan->bots; bot++) {
        struct schedule s;
        schedule_init(&s, plan, seed, bot);
        if (plan->arrivals != ARRIVALS_POISSON) {
            const uint64_t until = count_before(&s, to), before = count_before(&s, from);
            sum += until > before ? until - before : 0;
            continue;
        }
        struct instant at;
        while (schedule_next(&s, &at) && instant_before(at, to)) sum += !instant_before(at, from);
    }
    return sum;
}

static void lane_push(struct pacer *pacer, struct pacer_lane *lane)
{
    struct instant at;
    if (!schedule_next(&lane->schedule, &at)) return;
    lane->node.key = at.ns;
    heap_insert(&pacer->heap, &lane->node);
}

void pacer_init(struct pacer *pacer, const struct schedule_plan *plan, const struct rng *seed)
{
    *pacer = (struct pacer){.lanes = base_alloc(sizeof(struct pacer_lane) * plan->bots)};
    for (uint32_t bot = 0; bot < plan->bots; bot++) {
        struct pacer_lane *lane = &pacer->lanes[bot];
        schedule_init(&lane->schedule, plan, seed, bot);
        lane->node.order = bot;
        lane_push(pacer, lane);
    }
}

void pacer_done(struct pacer *pacer)
{
    heap_done(&pacer->heap);
    base_free(pacer->lanes);
    *pacer = (struct pacer){0};
}

bool pacer_next(struct pacer *pacer, uint32_t *out_bot, struct instant *out_at)
{
    struct heap_node *node = heap_pop(&pacer->heap);
    if (node == NULL) return false;
    struct pacer_lane *lane = CONTAINER_OF(node, struct pacer_lane, node);
    *out_bot = (uint32_t)node->order;
    *out_at = (struct instant){node->key};
    lane_push(pacer, lane);
    return true;
}
