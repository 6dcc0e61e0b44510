#include "core/metrics/counter.h"

void counter_add(struct counter *counter, uint64_t n)
{
    if (__builtin_add_overflow(counter->value, n, &counter->value)) counter->value = UINT64_MAX;
}

void gauge_set(struct gauge *gauge, uint64_t value)
{
    gauge->value = value;
    gauge->peak = MAX(gauge->peak, value);
}

void gauge_up(struct gauge *gauge, uint64_t n) { gauge_set(gauge, n > UINT64_MAX - gauge->value ? UINT64_MAX : gauge->value + n); }

void gauge_down(struct gauge *gauge, uint64_t n) { gauge->value -= MIN(gauge->value, n); }

struct name {
    char text[COUNTER_NAME_BYTES];
};

void counters_init(struct counters *counters) { map_init(&counters->by_name, sizeof(struct name), sizeof(struct counter)); }
void counters_done(struct counters *counters) { map_done(&counters->by_name); }

static struct name name_of(struct str text)
{
    struct name name = {{0}};
    ASSERT(text.len > 0 && text.len < sizeof(name.text));
    memcpy(name.text, text.data, text.len);
    return name;
}

bool counters_add(struct counters *counters, struct str text, uint64_t n)
{
    const struct name name = name_of(text);
    struct counter *counter = map_find(&counters->by_name, &name);
    if (counter == NULL) {
        if (map_count(&counters->by_name) == COUNTERS_MAX) return false;
        counter = map_put(&counters->by_name, &name, NULL);
    }
    counter_add(counter, n);
    return true;
}

uint64_t counters_value(const struct counters *counters, struct str text)
{
    const struct name name = name_of(text);
    const struct counter *counter = map_find(&counters->by_name, &name);
    return counter != NULL ? counter->value : 0;
}

void counters_merge(struct counters *into, const struct counters *from)
{
    struct str name;
    uint64_t value;
    for (size_t i = counters_next(from, 0, &name, &value); i != MAP_END; i = counters_next(from, i + 1, &name, &value))
        (void)counters_add(into, name, value); /* names past the limit are lost, as they would be when added one by one */
}

size_t counters_next(const struct counters *counters, size_t from, struct str *out_name, uint64_t *out_value)
{
    const size_t i = map_next(&counters->by_name, from);
    if (i == MAP_END) return i;
    *out_name = str_of(((const struct name *)map_key_at(&counters->by_name, i))->text);
    *out_value = ((const struct counter *)map_value_at(&counters->by_name, i))->value;
    return i;
}
