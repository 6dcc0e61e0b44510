/* Shieldscan: how wallets find their own among the notes of a shelf (shielded 5). Each note costs a multiplication of a point, and nothing but the
 * wallet's keys: so notes are looked at ahead, on the second thread where there is one, while nobody asks yet. What a wallet finds, and in which
 * order, is the same either way. shieldwallet_scan (shieldwallet.h) takes it in. */
#ifndef BOT_SHIELDSCAN_H
#define BOT_SHIELDSCAN_H

#include "tester/bot/shieldwallet.h"

#define LOOK_NOTES_MIN 16  /* fewer new notes wait for more */
#define LOOK_NOTES_MAX 256 /* in one look */
#define LOOKS_MAX 64       /* of a wallet that has not scanned for long; notes beyond are looked at when it does */

void shieldscan_join(struct shieldwallet *wallet, struct note_shelf *shelf); /* from now on it reads the shelf */
void shieldscan_leave(struct shieldwallet *wallet); /* and no longer; looks that nobody took in are dropped. Again: nothing */
void shieldscan_ahead(struct note_shelf *shelf);    /* the shelf has grown: its wallets' looks begin */

#endif
