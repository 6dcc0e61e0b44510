/* What the formats share. For the room's own eyes. */
#ifndef REPORT_REPORT_PRIV_H
#define REPORT_REPORT_PRIV_H

#include "tester/report/report.h"

/* "FAIL (threshold)" is told apart from "FAIL" by the exit status. */
const char *verdict_word(const struct outcome *outcome);
struct duration virtual_time(const struct outcome *outcome);

#endif
