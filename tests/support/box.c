#include "box.h"

struct mw_sandbox box;
static unsigned descriptors;

int box_set_up(void **state)
{
    (void)state;
    descriptors = mw_sandbox_descriptors();
    mw_sandbox_open(&box);
    return 0;
}

int box_tear_down(void **state)
{
    (void)state;
    mw_sandbox_close(&box);
    return mw_sandbox_descriptors() == descriptors ? 0 : -1;
}
