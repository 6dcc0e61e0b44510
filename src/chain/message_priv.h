/* What the halves of message share. */
#ifndef CHAIN_MESSAGE_PRIV_H
#define CHAIN_MESSAGE_PRIV_H

#include "chain/message.h"

size_t message_size(const struct message *message);    /* of the binary form */
uint64_t message_ident_of(const struct message *message); /* from signatures and hashes that pin the canonical bytes */

#endif
