#include "network/node/node_priv.h"

#define CHAIN_FILE STR("chain")
#define VOTES_FILE STR("votes")
#define RECORD_BYTES 33

void journal_init(struct journal *journal, struct env *env, struct host host)
{
    *journal = (struct journal){.env = env, .host = host};
}

void journal_done(struct journal *journal) { buf_done(&journal->scratch); }

/* A failed write is remembered: what it covered must not leave the node. */
static void wrote(struct journal *journal, bool ok, bool *dirty)
{
    if (!ok) journal->failed = true;
    *dirty = true;
}

void journal_put(struct journal *journal, enum journal_type type, const struct hash *hash)
{
    uint8_t record[RECORD_BYTES] = {(uint8_t)type};
    struct err err;
    memcpy(record + 1, hash->b, sizeof(hash->b));
    wrote(journal, env_file_append(journal->env, journal->host, CHAIN_FILE, record, sizeof(record), &err), &journal->chain_dirty);
    journal->chain_bytes += sizeof(record);
}

void journal_votes(struct journal *journal, const struct votestate *votes)
{
    struct err err;
    buf_clear(&journal->scratch);
    votestate_encode(votes, &journal->scratch);
    wrote(journal, env_file_replace(journal->env, journal->host, VOTES_FILE, journal->scratch.data, journal->scratch.len, &err),
          &journal->votes_dirty);
}

bool journal_sync(struct journal *journal)
{
    struct err err;
    bool ok = !journal->failed;
    if (journal->chain_dirty) ok = env_file_sync(journal->env, journal->host, CHAIN_FILE, &err) && ok;
    if (journal->votes_dirty) ok = env_file_sync(journal->env, journal->host, VOTES_FILE, &err) && ok;
    if (ok) journal->chain_dirty = journal->votes_dirty = false;
    return ok;
}

void journal_rewrite(struct journal *journal, const struct journal_record *records, size_t count)
{
    struct err err;
    buf_clear(&journal->scratch);
    for (size_t i = 0; i < count; i++) {
        buf_put_char(&journal->scratch, (char)records[i].type);
        buf_put(&journal->scratch, records[i].hash.b, sizeof(records[i].hash.b));
    }
    const bool ok = env_file_replace(journal->env, journal->host, CHAIN_FILE, journal->scratch.data, journal->scratch.len, &err);
    if (ok) journal->failed = false; /* the whole file is there again */
    wrote(journal, ok, &journal->chain_dirty);
    journal->chain_bytes = journal->scratch.len;
}

void journal_read(struct journal *journal, journal_visit *visit, void *ctx)
{
    struct buf file = {0};
    struct err err;
    if (!env_file_read(journal->env, journal->host, CHAIN_FILE, &file, &err)) buf_clear(&file);
    journal->chain_bytes = file.len;
    for (size_t at = 0; at + RECORD_BYTES <= file.len; at += RECORD_BYTES) {
        struct journal_record record = {.type = (enum journal_type)file.data[at]};
        memcpy(record.hash.b, file.data + at + 1, sizeof(record.hash.b));
        visit(ctx, &record);
    }
    /* A crash may have torn the last record: what is appended behind half a record could never be read again. */
    const size_t whole = file.len - file.len % RECORD_BYTES;
    if (whole < file.len) {
        const bool ok = env_file_replace(journal->env, journal->host, CHAIN_FILE, file.data, whole, &err);
        wrote(journal, ok, &journal->chain_dirty);
        journal->chain_bytes = whole;
    }
    buf_done(&file);
}

enum journal_votes_state journal_votes_read(struct journal *journal, struct domain domain, const struct address *validator, struct votestate *out)
{
    struct buf file = {0};
    struct err err;
    enum journal_votes_state state = JOURNAL_VOTES_NONE;
    if (!env_file_read(journal->env, journal->host, VOTES_FILE, &file, &err)) state = JOURNAL_VOTES_LOST;
    else if (file.len > 0) state = votestate_decode(buf_str(&file), domain, validator, out) ? JOURNAL_VOTES_GOOD : JOURNAL_VOTES_LOST;
    buf_done(&file);
    return state;
}

void node_wipe_files(struct env *env, struct host host)
{
    struct err err;
    /* What a full disk refuses to forget is forgotten at the next wipe: blocks are checked again anyway. */
    if (env_file_replace(env, host, CHAIN_FILE, "", 0, &err)) (void)env_file_sync(env, host, CHAIN_FILE, &err);
}
