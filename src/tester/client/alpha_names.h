/* Programs and names of Alpha: AP1 to AP6, X11. As alpha.h: what comes back is borrowed from `out`. */
#ifndef CLIENT_ALPHA_NAMES_H
#define CLIENT_ALPHA_NAMES_H

#include "chain/response_names.h"
#include "tester/client/alpha.h"

const struct program_view *alpha_program(const struct alpha *alpha, struct str program, struct instant deadline,
                                         struct answer *out) FIBER; /* A6, AP1: the source is checked against its hash */
const struct str_list *alpha_program_mappings(const struct alpha *alpha, struct str program, struct instant deadline,
                                              struct answer *out) FIBER; /* AP2 */
const struct mapping_value *alpha_mapping(const struct alpha *alpha, struct str program, struct str mapping, struct amount key,
                                          struct instant deadline, struct answer *out) FIBER; /* AP3 */
/* AP4: struct program_item, newest first; `owner` NULL: of everybody. */
const struct page *alpha_programs(const struct alpha *alpha, const struct address *owner, uint32_t limit, struct str cursor,
                                  struct instant deadline, struct answer *out) FIBER;
bool alpha_deployment(const struct alpha *alpha, struct str program, struct instant deadline, struct hash *out_id,
                      struct answer *out) FIBER; /* AP5 */
/* AP6: what a deployment of `source`, or a call of `function` by `sender`, would cost and do. */
const struct program_estimate *alpha_estimate_deploy(const struct alpha *alpha, struct str program, struct str source,
                                                     struct instant deadline, struct answer *out) FIBER;
const struct program_estimate *alpha_estimate_call(const struct alpha *alpha, struct str program, struct str function,
                                                   const struct amount *inputs, uint32_t inputs_count,
                                                   const struct address *sender, struct instant deadline,
                                                   struct answer *out) FIBER;
const struct name_view *alpha_name(const struct alpha *alpha, struct str name, struct instant deadline,
                                   struct answer *out) FIBER; /* X11 */

#endif
