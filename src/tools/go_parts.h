/* What the files about Go share. */
#ifndef MW_TOOLS_GO_PARTS_H
#define MW_TOOLS_GO_PARTS_H

#include "mirrorwise/system.h"
#include "mirrorwise/text.h"

/* go_patterns.c. Why no module path can ever match that pattern, NULL if one may. */
const char *go_dead_pattern(const char *pattern);

/* go_flags.c. Splits as cmd/internal/quoted Split() does: at blanks; a field that begins with a
 * quote reaches to the next one. False if that one is missing. */
bool go_split_quoted(const char *text, struct mw_strings *fields);

#endif
