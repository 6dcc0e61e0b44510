/* YAML: a scenario file as a read-only tree in which every node and every key knows its place.
 *
 * A plain subset on purpose: one document; mappings with scalar keys, sequences, scalars. Refused with their place:
 * duplicate keys, tabs in indentation, anchors, aliases, tags, several documents, directives, depth beyond
 * YAML_DEPTH_MAX, more than YAML_BYTES_MAX bytes, malformed UTF-8. */
#ifndef CODEC_YAML_H
#define CODEC_YAML_H

#include "core/codec/diags.h"

#define YAML_DEPTH_MAX 16
#define YAML_BYTES_MAX (1u << 20)

enum yaml_type { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml {
    enum yaml_type type;
    bool quoted;            /* scalar in quotes or block style: text, whatever it looks like */
    uint32_t count;         /* children */
    struct str text;        /* scalar: its value, unescaped */
    struct str key;         /* when the parent is a mapping */
    struct place place;     /* where the value begins */
    struct place key_place; /* where its key begins */
    const struct yaml *child, *next, *parent;
};

/* yaml_parse reads `text` (which must outlive the tree), named `file` in places. All faults go to `diags`, together with
 * the source. Returns NULL when there was an error; an empty document is one. */
const struct yaml *yaml_parse(struct arena *arena, struct str file, struct str text, struct diags *diags) MUST_CHECK;
/* The same, but the tree is returned also when it has faults that leave it readable (duplicate or empty keys, anchors, tags), so that a checker can
 * tell everything in one pass. NULL: not YAML at all. Whether there were errors, `diags` knows. */
const struct yaml *yaml_parse_faulty(struct arena *arena, struct str file, struct str text, struct diags *diags) MUST_CHECK;

/* All accept NULL and answer NULL or false then. */
const struct yaml *yaml_find(const struct yaml *mapping, struct str key);
bool yaml_is_null(const struct yaml *node); /* plain empty, `~` or `null` */
/* Scalars as values: plain (unquoted) true/false, decimal integers with optional underscores between digits. */
bool yaml_bool(const struct yaml *node, bool *out) MUST_CHECK;
bool yaml_u64(const struct yaml *node, uint64_t *out) MUST_CHECK;
bool yaml_i64(const struct yaml *node, int64_t *out) MUST_CHECK;

#endif
