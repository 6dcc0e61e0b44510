#include "network/node/presign.h"

#include "network/ledger/guard_api.h"
#include "network/ledger/guard_entry.h"

struct presign {
    struct task task;
    struct presign *next; /* in the spare list */
    struct sign_suite suite;
    struct sigcheck check;
    struct tx *tx;
    bool good;
};

static void run(struct task *task)
{
    struct presign *presign = CONTAINER_OF(task, struct presign, task);
    presign->good = sigcheck_pure(presign->suite, &presign->check);
}

static struct sigcheck check_of(const struct node_space *space, const struct tx *tx)
{
    struct sigcheck check = {.key = *tx_pubkey(tx), .digest = *tx_signing_digest(tx), .signature = *tx_signature(tx), .tag = TX_SIGN_TAG};
    if (!guard_signature_form(&space->rules)) check.signature = signature_reduced(&check.signature);
    return check;
}

static struct presign *presign_take(struct node_space *space)
{
    struct presign *presign = space->presign_spare;
    if (!presign) return base_alloc(sizeof(*presign));
    space->presign_spare = presign->next;
    return presign;
}

static void presign_give(struct node_space *space, struct presign *presign)
{
#ifdef HOUSE_SANITIZED
    (void)space;
    base_free(presign); /* no reuse: a sanitizer is to see who touches it after its end */
#else
    presign->next = space->presign_spare;
    space->presign_spare = presign;
#endif
}

void presign_begin(struct node_space *space, struct tx *tx)
{
    if (!guard_cheap_first(&space->rules.weak)) return; /* on the node's own thread then, when it is asked */
    if (tx->signature_state != TX_SIGNATURE_UNKNOWN || map_count(&space->presigned) >= PRESIGN_MAX) return;
    const struct sigcheck check = check_of(space, tx);
    bool known;
    if (space->suite.scheme != SIGN_SIMULATED && sigcache_find(space->sigcache, &check, &known)) { /* a keyed hash costs less than looking it up */
        tx_signature_remember(tx, known);
        return;
    }
    bool fresh;
    struct presign **slot = map_put(&space->presigned, &tx, &fresh);
    if (!fresh) return;
    struct presign *presign = presign_take(space);
    *presign = (struct presign){.task.run = run, .suite = space->suite, .check = check, .tx = tx_ref(tx)};
    *slot = presign;
    env_offload(space->env, &presign->task);
}

static bool joined(struct node_space *space, struct presign *presign)
{
    env_join(space->env, &presign->task);
    const bool good = presign->good;
    tx_signature_remember(presign->tx, good); /* that object is what travels from here on: nobody asks the cache about it */
    tx_unref(presign->tx);
    presign_give(space, presign);
    return good;
}

/* Where signatures are not bound to a place, one that was made without chain, network and nonce holds as well. */
static bool holds_unbound(struct node_space *space, const struct tx *tx)
{
    if (guard_bound(&space->rules)) return false;
    struct sigcheck check = check_of(space, tx);
    check.digest = tx_unbound_digest(tx);
    return sigcheck_pure(space->suite, &check);
}

static bool bound_check(struct node_space *space, struct tx *tx)
{
    space->counters.signatures_checked++;
    if (map_count(&space->presigned) > 0) {
        struct presign **slot = map_find(&space->presigned, &tx);
        if (slot) {
            struct presign *presign = *slot;
            (void)map_remove(&space->presigned, &tx);
            return joined(space, presign);
        }
    }
    if (tx->signature_state != TX_SIGNATURE_UNKNOWN) return tx->signature_state == TX_SIGNATURE_GOOD;
    const struct sigcheck check = check_of(space, tx);
    const bool good = sigcache_verify(space->sigcache, &check);
    tx_signature_remember(tx, good);
    return good;
}

bool presign_check(struct node_space *space, struct tx *tx) { return bound_check(space, tx) || holds_unbound(space, tx); }

void presign_forget_all(struct node_space *space)
{
    for (size_t i = map_next(&space->presigned, 0); i != MAP_END; i = map_next(&space->presigned, i + 1))
        (void)joined(space, *(struct presign **)map_value_at(&space->presigned, i));
    map_clear(&space->presigned);
    for (struct presign *presign; (presign = space->presign_spare) != NULL;) {
        space->presign_spare = presign->next;
        base_free(presign);
    }
}
