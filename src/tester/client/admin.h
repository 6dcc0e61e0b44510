/* Admin: the client of the devnet's admin API (api 5): what a tester asks of a network beyond what users can. Optional
 * everywhere: a target may offer none of it, so its capabilities are discovered first.
 *
 * As with struct alpha: plain value, borrowed texts, a deadline on every call, results borrowed from `out` until answer_done. */
#ifndef CLIENT_ADMIN_H
#define CLIENT_ADMIN_H

#include "chain/response.h"
#include "tester/client/answer.h"

struct admin {
    struct http_client *http;
    struct str origin; /* "admin" */
    struct str token;  /* at most 120 bytes */
};

struct capabilities {
    bool admin, chaos, byzantine, switches;
};
/* By GET on /info, /chaos, /byzantine, /switches. A route that is refused or answered by nobody is an absent capability; a
 * time-out leaves the question open: false. */
bool admin_discover(const struct admin *admin, struct instant deadline, struct capabilities *out,
                    struct err *err) FIBER MUST_CHECK;

const struct admin_info *admin_info(const struct admin *admin, struct instant deadline, struct answer *out) FIBER;
const struct page *admin_nodes(const struct admin *admin, struct instant deadline,
                               struct answer *out) FIBER; /* struct admin_node */

struct faucet_grant {
    struct address address;
    struct money money;
};
/* 1 to 10,000 grants; they are in effect from the answer's effective_height on. */
const struct admin_faucet *admin_faucet(const struct admin *admin, const struct faucet_grant *grants, size_t count,
                                        struct instant deadline, struct answer *out) FIBER;

/* Starts a fault. `chain`: "alpha", "delta", "both", or empty: what the network takes it for (all it runs). `params` is the JSON
 * object of the action; duration 0: until undone. */
const struct chaos_entry *admin_chaos_start(const struct admin *admin, struct str action, struct str chain, struct str params,
                                            struct duration duration, struct instant deadline, struct answer *out) FIBER;
const struct page *admin_chaos(const struct admin *admin, struct instant deadline,
                               struct answer *out) FIBER; /* struct chaos_entry */
bool admin_chaos_end(const struct admin *admin, struct str chaos_id, struct instant deadline, struct answer *out) FIBER;
bool admin_chaos_end_all(const struct admin *admin, struct instant deadline, struct answer *out) FIBER;

/* Byzantine modes that are on: struct byzantine_entry. */
const struct page *admin_byzantine(const struct admin *admin, struct instant deadline, struct answer *out) FIBER;
/* `body`: the object of api 5.3 as JSON text. */
bool admin_byzantine_put(const struct admin *admin, struct str body, struct instant deadline, struct answer *out) FIBER;

const struct admin_step *admin_step(const struct admin *admin, struct str chain, uint32_t blocks, struct instant deadline,
                                    struct answer *out) FIBER;
/* interval_ms 0: unchanged. */
bool admin_set_mode(const struct admin *admin, enum admin_mode mode, uint64_t interval_ms, struct instant deadline,
                    struct answer *out) FIBER;
const struct audit_view *admin_audit(const struct admin *admin, bool finalized, struct instant deadline,
                                     struct answer *out) FIBER;
/* Parameters as the JSON object the network keeps them in; borrowed from `out`. */
const struct json *admin_parameters(const struct admin *admin, struct instant deadline, struct answer *out) FIBER;
/* `object`: {"name":"value",...} as JSON text. */
bool admin_parameters_put(const struct admin *admin, struct str object, struct instant deadline, struct answer *out) FIBER;
/* "s1": what admin_restore takes; borrowed from `out`. Empty unless ANSWER_OK. */
struct str admin_snapshot(const struct admin *admin, struct instant deadline, struct answer *out) FIBER;
/* Both answer with another timeline: what was observed before is of another past. `validators` UINT32_MAX: as many as there are. */
bool admin_restore(const struct admin *admin, struct str snapshot_id, struct instant deadline, struct answer *out) FIBER;
bool admin_reset(const struct admin *admin, uint64_t rng, uint32_t validators, struct instant deadline, struct answer *out) FIBER;
/* Rates in requests a second, 0: no limit; burst 0: a second's worth. */
struct admin_limit {
    struct str listener; /* "alpha", "delta", "adnet" */
    uint64_t per_client_rps, per_peer_rps, burst;
};
bool admin_limits_put(const struct admin *admin, const struct admin_limit *limit, struct instant deadline, struct answer *out) FIBER;
/* What each listener's limits are: the JSON array; borrowed from `out`. */
const struct json *admin_limits(const struct admin *admin, struct instant deadline, struct answer *out) FIBER;
/* So many more validators, in nodes of their own. `enrol`: they are funded, register, and are members of the committee from the next epoch on; else that is
 * left to whoever has their keys. */
bool admin_validators_add(const struct admin *admin, uint32_t count, bool enrol, struct instant deadline, struct answer *out) FIBER;
/* One more node, of a validator that is none yet; its name ("v5"), borrowed from `out`. Empty unless ANSWER_OK. */
struct str admin_node_add(const struct admin *admin, struct instant deadline, struct answer *out) FIBER;
/* Validators that are driven from outside (X19, X20), or no longer. `names`: a JSON array of names. */
bool admin_external(const struct admin *admin, struct str names, bool enabled, struct instant deadline, struct answer *out) FIBER;
/* What the network lets an account of Delta do: "kyc_officer", "settler", "oracle" (of every asset), granted or taken away; in effect from the
 * answer's effective_height on. */
const struct admin_faucet *admin_role_put(const struct admin *admin, const struct address *address, struct str role, bool grant,
                                          struct instant deadline, struct answer *out) FIBER;
/* A planted weakness on or off, by its full name. */
bool admin_switch_put(const struct admin *admin, struct str name, bool enabled, struct instant deadline, struct answer *out) FIBER;
const struct page *admin_log(const struct admin *admin, uint32_t limit, struct str cursor, struct instant deadline,
                             struct answer *out) FIBER; /* struct log_entry */

#endif
