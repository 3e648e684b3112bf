/* What the parser asks of words that are not its own: tools and profiles. */
#ifndef MW_CLI_PARSE_H
#define MW_CLI_PARSE_H

#include <stdbool.h>

#include "mirrorwise/error.h"
#include "mirrorwise/session.h"

/* MW_USAGE if --only and --skip leave no tool, or leave one out that --set or --mirror names: what
 * was asked for would be dropped without a word. */
enum mw_code mw_cli_check_tools(const struct mw_session_options *session, struct mw_error *err);

/* Is that the name of a profile that is built in? */
bool mw_cli_is_profile(const char *text);

#endif
