#include "core/codec/binary.h"

#include "core/base/check.h"

static void every_width_is_little_endian(void)
{
    struct buf out = {0};
    bin_put_u8(&out, 0x01);
    bin_put_u16(&out, 0x0203);
    bin_put_u32(&out, 0x04050607);
    bin_put_u64(&out, UINT64_C(0x08090a0b0c0d0e0f));
    bin_put_u128(&out, 16);
    bin_put_str(&out, STR("hi"));
    bin_put_blob(&out, STR("\xff"));
    CHECK_HEX(out.data, out.len, "010302070605040f0e0d0c0b0a0908100000000000000000000000000000000200686901000000ff");
    struct bin_reader r = bin_reader_of(out.data, out.len);
    CHECK_U64(bin_get_u8(&r), 1);
    CHECK_U64(bin_get_u16(&r), 0x0203);
    CHECK_U64(bin_get_u32(&r), 0x04050607);
    CHECK_U64(bin_get_u64(&r), UINT64_C(0x08090a0b0c0d0e0f));
    CHECK(bin_get_u128(&r) == 16);
    CHECK_STR(bin_get_str(&r, 2), STR("hi"));
    CHECK_STR(bin_get_blob(&r, 1), STR("\xff"));
    CHECK(bin_done(&r));
    buf_done(&out);
}

static void a_cut_input_is_a_fault_that_stays(void)
{
    const uint8_t bytes[] = {1, 2, 3};
    struct bin_reader r = bin_reader_of(bytes, sizeof(bytes));
    CHECK_U64(bin_get_u32(&r), 0);
    CHECK(r.bad);
    CHECK_U64(bin_get_u8(&r), 0); /* one byte is there, but the fault stays */
    CHECK(!bin_done(&r));
    struct bin_reader none = bin_reader_of(NULL, 0);
    CHECK(bin_done(&none));
    CHECK_U64(bin_get_u8(&none), 0);
    CHECK(!bin_done(&none));
}

static void trailing_bytes_are_refused(void)
{
    const uint8_t bytes[] = {1, 2};
    struct bin_reader r = bin_reader_of(bytes, sizeof(bytes));
    (void)bin_get_u8(&r);
    CHECK(!bin_done(&r));
    (void)bin_get_u8(&r);
    CHECK(bin_done(&r));
}

static struct bin_reader over(const char *bytes, size_t len) { return bin_reader_of(bytes, len); }

static void bool_is_zero_or_one(void)
{
    struct bin_reader r = over("\x00\x01\x02", 3);
    CHECK(!bin_get_bool(&r) && !r.bad);
    CHECK(bin_get_bool(&r) && !r.bad);
    (void)bin_get_bool(&r);
    CHECK(r.bad);
}

static void text_is_utf8_without_control_characters(void)
{
    struct bin_reader fine = over("\x02\x00\xc3\xa9", 4);
    CHECK_STR(bin_get_str(&fine, 2), STR("\xc3\xa9"));
    struct bin_reader broken = over("\x01\x00\xc3", 3);
    (void)bin_get_str(&broken, 10);
    CHECK(broken.bad);
    struct bin_reader control = over("\x01\x00\n", 3);
    (void)bin_get_str(&control, 10);
    CHECK(control.bad);
    struct bin_reader long_one = over("\x03\x00"
                                      "abc",
                                      5);
    (void)bin_get_str(&long_one, 2);
    CHECK(long_one.bad);
}

static void a_count_must_fit_the_bytes_that_are_left(void)
{
    struct bin_reader r = over("\x02\x00"
                               "12345678",
                               10);
    CHECK_U64(bin_get_count(&r, 5, 4), 2);
    struct bin_reader too_many = over("\x03\x00"
                                      "12345678",
                                      10);
    CHECK_U64(bin_get_count(&too_many, 5, 4), 0);
    CHECK(too_many.bad);
    struct bin_reader beyond = over("\x02\x00"
                                    "12345678",
                                    10);
    CHECK_U64(bin_get_count(&beyond, 1, 4), 0);
    CHECK(beyond.bad);
}

int main(void)
{
    RUN(every_width_is_little_endian);
    RUN(a_cut_input_is_a_fault_that_stays);
    RUN(trailing_bytes_are_refused);
    RUN(bool_is_zero_or_one);
    RUN(text_is_utf8_without_control_characters);
    RUN(a_count_must_fit_the_bytes_that_are_left);
    return 0;
}
