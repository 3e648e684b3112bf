/* Completions for bash, zsh and fish, from the table of actions and options. Names of profiles,
 * tools, settings and mirrors are asked of the program when they are needed, which reads files and
 * no network. */
#include <stdbool.h>
#include <string.h>

#include "run.h"

enum shell { BASH, ZSH, FISH, SHELLS };

/* What completes a value, by what the table calls it; the first row is for choices, whose words
 * take the place of '@', the last one for all else. */
static const struct {
    const char *value_names[2];
    const char *calls[SHELLS];
} values[] = {
    {{NULL}, {"_mirrorwise_words \"@\"", "(@)", " -x -a '@'"}},
    {{"NAME|FILE"},
     {"_mirrorwise_words \"$(_mirrorwise_names profiles)\"; _mirrorwise_files -f",
      "_mirrorwise_profiles", " -r -k -a '(__mirrorwise_names profiles)'"}},
    {{"TOOLS"},
     {"_mirrorwise_list \"$(_mirrorwise_names tools)\"", "_mirrorwise_tools",
      " -x -a '(__mirrorwise_tools)'"}},
    {{"KEY", "KEY=VALUE"},
     {"_mirrorwise_words \"$(_mirrorwise_names keys)\"", "_mirrorwise_keys",
      " -x -a '(__mirrorwise_names keys)'"}},
    {{"TOOL=ID|URL"},
     {"_mirrorwise_mirrors", "_mirrorwise_mirrors", " -x -a '(__mirrorwise_names mirrors)'"}},
    {{"FILE", "FILE|DIR"}, {"_mirrorwise_files -f", "_files", " -r -F"}},
    {{"DIR"}, {"_mirrorwise_files -d", "_files -/", " -x -a '(__fish_complete_directories)'"}},
    {{NULL}, {"", " ", " -x"}},
};

static bool is_called(const char *const names[2], const char *value_name)
{
    return (names[0] != NULL && strcmp(names[0], value_name) == 0) ||
           (names[1] != NULL && strcmp(names[1], value_name) == 0);
}

/* Owned. */
static char *completion_of(const struct mw_option *row, enum shell shell)
{
    enum { OTHER = sizeof values / sizeof *values - 1 };
    MW_AUTO(mw_strings) choices = {0};
    mw_cli_choices(row, &choices);
    MW_FREE char *words = mw_strings_join(&choices, " ");
    size_t i = choices.count > 0 ? 0 : 1;
    if (row->value_name == NULL)
        return mw_xstrdup("");
    while (i > 0 && i < OTHER && !is_called(values[i].value_names, row->value_name))
        i++;
    return mw_text_replace(values[i].calls[shell], "@", words);
}

const struct mw_option *mw_cli_next(const struct mw_option *row)
{
    row = row == NULL ? mw_cli_table : row + 1;
    while (row->name != NULL && row->group == MW_GROUP_ACTION && row->run == NULL)
        row++;
    return row->name != NULL ? row : NULL;
}

/* Text in '…' of a shell: `quote` is how it writes the quote, a backslash is before `special`. */
static void put_quoted(struct mw_buf *out, const char *text, const char *quote, const char *special)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            mw_buf_puts(out, quote);
        else
            mw_buf_printf(out, "%s%c", strchr(special, *text) != NULL ? "\\" : "", *text);
    }
}

/* ---- bash ------------------------------------------------------------------------------------ */

void mw_put_bash(struct mw_buf *out)
{
    MW_AUTO(mw_strings) silent = {0}, names = {0};
    for (const struct mw_option *row = NULL; (row = mw_cli_next(row)) != NULL;) {
        mw_strings_take(&names, mw_xasprintf("--%s", row->name));
        MW_FREE char *call = completion_of(row, BASH);
        if (row->value_name != NULL && call[0] == '\0' && row->kind != MW_OPTION_GENERATION)
            mw_strings_take(&silent, mw_xasprintf("--%s", row->name));
        if (call[0] == '\0')
            continue;
        mw_buf_puts(out, "\t");
        if (row->letter != 0)
            mw_buf_printf(out, "-%c | ", row->letter);
        mw_buf_printf(out, "--%s) %s ;;\n", row->name, call);
    }
    MW_FREE char *no_words = mw_strings_join(&silent, " | ");
    MW_FREE char *words = mw_strings_join(&names, " ");
    mw_buf_printf(out, "\t%s) ;;\n\t*) _mirrorwise_words '%s' ;;\n", no_words, words);
}

/* ---- zsh ------------------------------------------------------------------------------------- */

/* In '…' of _arguments: ']' and ':' would end the part, a quote the word. */
static void put_zsh_text(struct mw_buf *out, const char *text)
{
    put_quoted(out, text, "'\\''", "[]:\\");
}

void mw_put_zsh(struct mw_buf *out)
{
    mw_buf_puts(out, "_arguments -s -S");
    for (const struct mw_option *row = NULL; (row = mw_cli_next(row)) != NULL;) {
        bool is_optional = row->kind == MW_OPTION_GENERATION;
        bool may_repeat = row->group != MW_GROUP_ACTION &&
                          (row->kind == MW_OPTION_MORE || row->kind == MW_OPTION_COUNT);
        const char *equals = row->value_name != NULL && !is_optional ? "=" : "";
        mw_buf_puts(out, " \\\n    ");
        if (row->letter != 0)
            mw_buf_printf(out, "%s{-%c%s,--%s%s}'[", may_repeat ? "\\*" : "", row->letter,
                          row->value_name != NULL ? "+" : "", row->name, equals);
        else
            mw_buf_printf(out, "'%s--%s%s[", may_repeat ? "*" : "", row->name, equals);
        put_zsh_text(out, _(row->summary));
        mw_buf_putc(out, ']');
        if (row->value_name != NULL) {
            MW_FREE char *call = completion_of(row, ZSH);
            mw_buf_puts(out, is_optional ? "::" : ":");
            put_zsh_text(out, row->value_name);
            mw_buf_printf(out, ":%s", call);
        }
        mw_buf_putc(out, '\'');
    }
    mw_buf_putc(out, '\n');
}

/* ---- fish ------------------------------------------------------------------------------------ */

void mw_put_fish(struct mw_buf *out)
{
    for (const struct mw_option *row = NULL; (row = mw_cli_next(row)) != NULL;) {
        mw_buf_printf(out, "complete -c mirrorwise -l %s", row->name);
        if (row->letter != 0)
            mw_buf_printf(out, " -s %c", row->letter);
        MW_FREE char *call = completion_of(row, FISH);
        mw_buf_puts(out, row->kind != MW_OPTION_GENERATION ? call : "");
        mw_buf_puts(out, " -d '");
        put_quoted(out, _(row->summary), "\\'", "\\");
        mw_buf_puts(out, "'\n");
    }
}
