/* Files: where reports are written: plain folders and files, each whole or not there. */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include "tester/report/report.h"

struct report_writer files_writer(void); /* paths relative to the working folder */

#endif
