/* What tables of shapes are written with: one line a member. For the units that define shapes (response.c and its sisters). */
#ifndef CHAIN_SHAPE_TABLE_PRIV_H
#define CHAIN_SHAPE_TABLE_PRIV_H

#include "chain/response.h"

#define NAMED(T, key, kind, member)                                                                                              \
    {                                                                                                                            \
        .name = key, .type = SHAPE_##kind, .offset = offsetof(T, member)                                                         \
    }
#define F(T, kind, member) NAMED(T, #member, kind, member)
#define ENUM(T, member, table)                                                                                                   \
    {                                                                                                                            \
        .name = #member, .type = SHAPE_ENUM, .offset = offsetof(T, member), .of = &(table)                                       \
    }
/* null by the value itself: texts, codes, shared objects */
#define MAYBE(T, kind, member)                                                                                                   \
    {                                                                                                                            \
        .name = #member, .type = SHAPE_##kind, .offset = offsetof(T, member), .maybe = true                                      \
    }
/* struct opt_*: null by its bool */
#define OPT(T, kind, member)                                                                                                     \
    {                                                                                                                            \
        .name = #member, .type = SHAPE_##kind, .offset = offsetof(T, member.value), .maybe = true,                               \
        .has_at = offsetof(T, member.has) + 1                                                                                    \
    }
#define GROUP(key, shape)                                                                                                        \
    {                                                                                                                            \
        .name = key, .type = SHAPE_OBJECT, .offset = 0, .of = &(shape)                                                           \
    }
#define OBJECT(T, member, shape)                                                                                                 \
    {                                                                                                                            \
        .name = #member, .type = SHAPE_OBJECT, .offset = offsetof(T, member), .of = &(shape)                                     \
    }
#define ARRAY(T, member, shape)                                                                                                  \
    {                                                                                                                            \
        .name = #member, .type = SHAPE_ARRAY, .offset = offsetof(T, member), .count_at = offsetof(T, member##_count),            \
        .of = &(shape)                                                                                                           \
    }
#define LIST(T, member, shape, room)                                                                                             \
    {                                                                                                                            \
        .name = #member, .type = SHAPE_LIST, .offset = offsetof(T, member), .count_at = offsetof(T, member##_count),             \
        .items_max = (room), .of = &(shape)                                                                                      \
    }
#define SHAPE(symbol, title, T, table)                                                                                           \
    const struct shape symbol = {.name = title, .bytes = sizeof(T), .fields_count = ARRAY_LEN(table), .fields = table}
#define INNER(symbol, title, T, table)                                                                                           \
    static const struct shape symbol = {.name = title, .bytes = sizeof(T), .fields_count = ARRAY_LEN(table), .fields = table}
#define BARE(symbol, title, T, table)                                                                                            \
    const struct shape symbol = {.name = title, .bytes = sizeof(T), .fields_count = 1, .fields = table, .bare = true}
/* A page<T>, and a bare array of T. */
#define PAGE(symbol, title, item)                                                                                                \
    static const struct shape_field symbol##_fields[] = {{.name = "items",                                                       \
                                                          .type = SHAPE_ARRAY,                                                   \
                                                          .offset = offsetof(struct page, items),                                \
                                                          .count_at = offsetof(struct page, count),                              \
                                                          .of = &(item)},                                                        \
                                                         MAYBE(struct page, STR, next_cursor)};                                  \
    SHAPE(symbol, title, struct page, symbol##_fields)
#define BARE_LIST(symbol, title, item)                                                                                           \
    static const struct shape_field symbol##_fields[] = {{.name = "items",                                                       \
                                                          .type = SHAPE_ARRAY,                                                   \
                                                          .offset = offsetof(struct page, items),                                \
                                                          .count_at = offsetof(struct page, count),                              \
                                                          .of = &(item)}};                                                       \
    BARE(symbol, title, struct page, symbol##_fields)
#define NAMES(symbol, from, ...)                                                                                                 \
    static const char *const symbol##_list[] = {__VA_ARGS__};                                                                    \
    static const struct shape_names symbol = {from, ARRAY_LEN(symbol##_list), symbol##_list}

#endif
