/* How the services of the tests are asked. */
#ifndef MW_TEST_INQUIRIES_H
#define MW_TEST_INQUIRIES_H

#include "mirrorwise/catalog.h"

/* Of go, pip, docker, crates and a checksum database ("sumdb"); NULL: of none of these. */
const struct mw_inquiry *test_inquiry(const char *service);

#endif
