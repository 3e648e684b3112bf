/* Functions that this program never calls; included before every source file by the build. The
 * name of the error says what to use. */
#ifndef MW_BANNED_H
#define MW_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok
#undef atoi
#undef atol
#undef gets
#undef system
#undef popen
#define strcpy(...) banned_strcpy__use_mw_xstrdup_or_mw_buf
#define strcat(...) banned_strcat__use_mw_buf
#define strncpy(...) banned_strncpy__use_mw_xstrndup_or_snprintf
#define strncat(...) banned_strncat__use_mw_buf
#define sprintf(...) banned_sprintf__use_snprintf_or_mw_buf
#define vsprintf(...) banned_vsprintf__use_vsnprintf_or_mw_buf
#define strtok(...) banned_strtok__use_mw_strings_split
#define atoi(...) banned_atoi__use_strtol
#define atol(...) banned_atol__use_strtol
#define gets(...) banned_gets
#define system(...) banned_system__use_mw_child_run
#define popen(...) banned_popen__use_mw_child_run

#endif
