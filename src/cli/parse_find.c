/* Rows of the tables of actions and options, and what has to be known before they are read. */
#include <string.h>

#include "mirrorwise/cli.h"
#include "parse.h"

const struct mw_action *mw_cli_find_action(const char *name, size_t len)
{
    size_t count = 0;
    const struct mw_action *rows = mw_cli_actions(&count);
    for (size_t i = 0; i < count; i++) {
        if (strlen(rows[i].name) == len && strncmp(rows[i].name, name, len) == 0)
            return &rows[i];
    }
    return NULL;
}

const struct mw_option *mw_cli_find_option(const char *name, size_t len)
{
    size_t count = 0;
    const struct mw_option *rows = mw_cli_options(&count);
    for (size_t i = 0; i < count; i++) {
        if (strlen(rows[i].name) == len && strncmp(rows[i].name, name, len) == 0)
            return &rows[i];
    }
    return NULL;
}

const struct mw_action *mw_cli_find_action_letter(char letter)
{
    size_t count = 0;
    const struct mw_action *rows = mw_cli_actions(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].letter != 0 && rows[i].letter == letter)
            return &rows[i];
    }
    return NULL;
}

const struct mw_option *mw_cli_find_option_letter(char letter)
{
    size_t count = 0;
    const struct mw_option *rows = mw_cli_options(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].letter != 0 && rows[i].letter == letter)
            return &rows[i];
    }
    return NULL;
}

static const char *known_lang(const char *value)
{
    const struct mw_option *row = mw_cli_find_option("lang", strlen("lang"));
    for (size_t i = 0; row != NULL && row->choices[i] != NULL; i++) {
        if (strcmp(row->choices[i], value) == 0)
            return row->choices[i];
    }
    return NULL;
}

void mw_cli_peek(int argc, char *const argv[], const char **lang, bool *json)
{
    *lang = NULL;
    *json = false;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0 || strcmp(argv[i], "--format=json") == 0 ||
            (strcmp(argv[i], "--format") == 0 && i + 1 < argc && strcmp(argv[i + 1], "json") == 0))
            *json = true;
        else if (strncmp(argv[i], "--lang=", 7) == 0)
            *lang = known_lang(argv[i] + 7);
        else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            *lang = known_lang(argv[i + 1]);
    }
}
