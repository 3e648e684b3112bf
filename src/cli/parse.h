/* What the parser asks: rows of the tables, and words that are not its own: tools and profiles. */
#ifndef MW_CLI_PARSE_H
#define MW_CLI_PARSE_H

#include <stdbool.h>

#include "mirrorwise/cli.h"
#include "mirrorwise/error.h"
#include "mirrorwise/session.h"

/* By its name without dashes, or by its letter; NULL: there is none. */
const struct mw_action *mw_cli_find_action(const char *name, size_t len);
const struct mw_option *mw_cli_find_option(const char *name, size_t len);
const struct mw_action *mw_cli_find_action_letter(char letter);
const struct mw_option *mw_cli_find_option_letter(char letter);

/* MW_USAGE if --only and --skip leave no tool, or leave one out that --set or --mirror names: what
 * was asked for would be dropped without a word. */
enum mw_code mw_cli_check_tools(const struct mw_session_options *session, struct mw_error *err);

/* Is that the name of a profile that is built in? */
bool mw_cli_is_profile(const char *text);

#endif
