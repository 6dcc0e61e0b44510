/* Finality proofs from any bytes: whatever decodes is judged, nothing crashes, and nothing is believed that the chain room's
 * verifier refuses. */
#include "core/base/check.h"
#include "core/codec/binary.h"
#include "tester/client/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static const struct sign_suite suite = {SIGN_ED25519};
    struct bin_reader r = bin_reader_of(data, bytes);
    struct finality_proof *proof = finality_decode(&r);
    if (proof == NULL) return 0;
    if (proof->committees_count > 0) { /* trusting what is offered lets the rest of the rules be reached */
        const struct hash trusted = proof->committees[0]->hash;
        const struct trust_genesis genesis = {proof->headers[0].domain, {{0}}, proof->committees[0]};
        struct trust *trust = trust_new(&genesis, verifier_plain(&suite));
        const enum trust_verdict verdict = trust_take(trust, proof);
        const struct verifier verifier = verifier_plain(&suite);
        const enum verdict other = finality_verify(proof, proof->headers[0].domain, &trusted, 1, &verifier);
        CHECK((verdict == TRUST_PROOF) == (other != VERDICT_GOOD) || verdict == TRUST_CONFLICT);
        trust_free(trust);
    }
    finality_unref(proof);
    return 0;
}
