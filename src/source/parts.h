/* What the files of this room share. */
#ifndef MW_SOURCE_PARTS_H
#define MW_SOURCE_PARTS_H

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/source.h"
#include "mirrorwise/text.h"

/* Directly in it? */
bool source_is_in(const char *path, const char *directory);
bool source_is_below(const char *path, const char *directory);

#endif
