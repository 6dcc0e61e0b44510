/* The guards that planted switches take out of a replica: each holds while its switch is off, and is gone while it is on. What shows only in a
 * whole network (quorum, history, rotation, unanimity) is shown by the devnet's tests. */
#include "puppet.h"

static struct block *proposed(struct puppet *p)
{
    struct block *template;
    const uint32_t leader = puppet_leader(p->committee, 1);
    CHECK_U64(replica_template(p->replica, puppet_time(p), &p->committee->members[leader].address, &template), CODE_NONE);
    const struct signature signature = header_sign(&template->hash, p->suite, &p->keys[leader]);
    CHECK_U64(replica_submit_proposal(p->replica, puppet_time(p), &template->header, &signature, NULL, 0), CODE_NONE);
    return template;
}

static void a_vote_is_for_the_height_of_its_block(void)
{
    struct puppet p;
    puppet_open(&p);
    const uint32_t other = puppet_leader(p.committee, 2);
    struct block *block = proposed(&p);
    struct vote vote = puppet_vote(&p, block, other);
    vote.height++;
    vote_sign(&vote, p.suite, &p.keys[other]);
    CHECK_U64(replica_submit_vote(p.replica, puppet_time(&p), &vote), CODE_ATTESTATION_HEIGHT_MISMATCH);
    replica_set_weak(p.replica, &(const struct replica_weak){.no_height_binding = true});
    CHECK_U64(replica_submit_vote(p.replica, puppet_time(&p), &vote), CODE_NONE);
    block_unref(block);
    puppet_close(&p);
}

static void only_members_propose_and_vote(void)
{
    struct puppet p;
    puppet_open(&p);
    const struct address stranger = {{1}};
    struct block *template;
    const uint32_t leader = puppet_leader(p.committee, 1), other = puppet_leader(p.committee, 2);
    CHECK_U64(replica_template(p.replica, puppet_time(&p), &p.committee->members[leader].address, &template), CODE_NONE);
    struct header header = template->header;
    header.proposer = stranger;
    const struct hash hash = header_hash(&header);
    const struct signature signature = header_sign(&hash, p.suite, &p.keys[other]);
    struct vote vote = puppet_vote(&p, template, other);
    vote.voter = stranger;
    CHECK_U64(replica_submit_proposal(p.replica, puppet_time(&p), &header, &signature, NULL, 0), CODE_NOT_IN_VALIDATOR_SET);
    CHECK_U64(replica_submit_vote(p.replica, puppet_time(&p), &vote), CODE_NOT_IN_VALIDATOR_SET);
    replica_set_weak(p.replica, &(const struct replica_weak){.open_proposer = true});
    CHECK_U64(replica_submit_proposal(p.replica, puppet_time(&p), &header, &signature, NULL, 0), CODE_NONE);
    vote.block_hash = hash;
    CHECK_U64(replica_submit_vote(p.replica, puppet_time(&p), &vote), CODE_NONE);
    block_unref(template);
    puppet_close(&p);
}

int main(void)
{
    RUN(a_vote_is_for_the_height_of_its_block);
    RUN(only_members_propose_and_vote);
    return 0;
}
