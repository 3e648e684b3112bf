/* The sandbox of a test program, a new one for every test; a test that ends with more open
 * descriptors than it began with fails. */
#ifndef MW_TEST_BOX_H
#define MW_TEST_BOX_H

#include "sandbox.h"

extern struct mw_sandbox box;

int box_set_up(void **state);
int box_tear_down(void **state);

#define BOX_TEST(test) cmocka_unit_test_setup_teardown(test, box_set_up, box_tear_down)

#endif
