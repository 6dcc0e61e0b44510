/* Pairs from a file: garbage gives an error, and what is accepted is written again as it was.. */
#include "core/base/check.h"
#include "core/metrics/histogram.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    /* Totals come as text in front: "count sum min max pairs". */
    struct str rest = {(const char *)data, bytes}, head;
    uint64_t numbers[4];
    for (size_t i = 0; i < 4; i++)
        if (!str_cut(rest, ' ', &head, &rest) || !str_to_u64(head, &numbers[i])) return 0;
    struct histogram h = {0};
    struct err err;
    if (histogram_parse(rest, (struct histogram_totals){numbers[0], numbers[1], numbers[2], numbers[3]}, &h, &err)) {
        struct buf text = {0};
        histogram_put_pairs(&h, &text);
        CHECK_STR(buf_str(&text), rest);
        uint64_t us;
        CHECK(histogram_quantile(&h, 9900, &us) == (h.count > 0));
        buf_done(&text);
    }
    histogram_done(&h);
    return 0;
}
