/* --generate: manuals in mdoc(7), the manual language of BSD that mandoc and groff both read,
 * completions for shells, and a profile to begin with. Each is a file of assets/ in which some
 * lines stand for what is made from the tables that parse the command line. */

#include <stdbool.h>
#include <string.h>

#include "mirrorwise/builtin.h"
#include "mirrorwise/tool.h"
#include "run.h"

/* The next row of the table that this version has; the first behind NULL, NULL behind the last. */
static const struct mw_option *next_row(const struct mw_option *row)
{
    row = row == NULL ? mw_cli_table : row + 1;
    while (row->name != NULL && row->group == MW_GROUP_ACTION && row->run == NULL)
        row++;
    return row->name != NULL ? row : NULL;
}

/* ---- rows of a manual ------------------------------------------------------------------------ */

/* roff reads a line that begins with '.' or '\'' as a request, '\' as an escape anywhere; '-' would
 * become a hyphen, which nobody can paste into a shell. Backquotes change to the font of literals
 * and back. */
static void put_text(struct mw_buf *out, const char *text)
{
    bool is_literal = false;
    for (size_t i = 0; text[i] != '\0'; i++) {
        bool is_first = mw_buf_text(out)[out->len - 1] == '\n';
        if (is_first && (text[i] == '.' || text[i] == '\''))
            mw_buf_puts(out, "\\&");
        if (text[i] == '`') {
            mw_buf_puts(out, is_literal ? "\\fR" : "\\fB");
            is_literal = !is_literal;
        } else if (text[i] == '\\') {
            mw_buf_puts(out, "\\e");
        } else if (text[i] == '-') {
            mw_buf_puts(out, "\\-");
        } else if (text[i] == ' ' && i > 0 && text[i - 1] == '.') {
            mw_buf_putc(out, '\n'); /* mdoc(7): a new sentence, a new line */
        } else {
            mw_buf_putc(out, text[i]);
        }
    }
}

/* An item of a tagged list. */
static void put_item(struct mw_buf *out, const char *tag, const char *text)
{
    mw_buf_puts(out, ".It Sy \"");
    put_text(out, tag);
    mw_buf_puts(out, "\"\n");
    put_text(out, text);
    mw_buf_putc(out, '\n');
}

static const char list[] = ".Bl -tag -width Ds\n", list_end[] = ".El\n";

static void put_group(struct mw_buf *out, enum mw_option_group group)
{
    mw_buf_puts(out, list);
    for (const struct mw_option *row = NULL; (row = next_row(row)) != NULL;) {
        MW_FREE char *tag = mw_cli_tag(row);
        if (row->group == group)
            put_item(out, tag, _(row->summary));
    }
    mw_buf_puts(out, list_end);
}

static void put_actions(struct mw_buf *out)
{
    put_group(out, MW_GROUP_ACTION);
}

static void put_options(struct mw_buf *out)
{
    for (int group = MW_GROUP_ACTION + 1; group < MW_GROUP_COUNT; group++) {
        mw_buf_printf(out, ".Ss %s\n", mw_cli_group_title((enum mw_option_group)group));
        put_group(out, (enum mw_option_group)group);
    }
}

static void put_codes(struct mw_buf *out)
{
    mw_buf_puts(out, list);
    for (size_t i = 0; i < MW_CODE_COUNT; i++) {
        enum mw_code code = mw_code_at(i);
        MW_FREE char *tag = mw_xasprintf("%d %s", (int)code, mw_code_word(code));
        put_item(out, tag, mw_code_text(code));
    }
    mw_buf_puts(out, list_end);
}

/* Every built-in tool with its keys, as a profile names them. */
static void put_tools(struct mw_buf *out)
{
    mw_buf_puts(out, list);
    for (size_t i = 0; i < mw_tool_count(); i++) {
        const struct mw_tool *tool = mw_tool_at(i);
        if (tool == NULL)
            continue;
        MW_AUTO(mw_strings) keys = {0};
        mw_tool_key_names(tool, &keys);
        MW_FREE char *names = mw_strings_join(&keys, "`, `");
        MW_FREE char *tag = mw_xasprintf("[%s]", tool->id);
        MW_FREE char *text = mw_xasprintf(_("%s: `%s`"), mw_tool_title(tool), names);
        put_item(out, tag, text);
    }
    mw_buf_puts(out, list_end);
}

static void put_date(struct mw_buf *out)
{
    mw_buf_puts(out, ".Dd " MW_RELEASE_DATE "\n");
}

/* ---- completions ----------------------------------------------------------------------------- */

/* Names of profiles, tools, settings and mirrors are asked of the program when they are needed,
 * which reads files and no network. */
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

/* Text in '…' of a shell: `quote` is how it writes the quote, a backslash is before `special`. */
static void put_shell_quoted(struct mw_buf *out, const char *text, const char *quote,
                             const char *special)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            mw_buf_puts(out, quote);
        else
            mw_buf_printf(out, "%s%c", strchr(special, *text) != NULL ? "\\" : "", *text);
    }
}

static void put_bash(struct mw_buf *out)
{
    MW_AUTO(mw_strings) silent = {0}, names = {0};
    for (const struct mw_option *row = NULL; (row = next_row(row)) != NULL;) {
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

/* In '…' of _arguments: ']' and ':' would end the part, a quote the word. */
static void put_zsh_text(struct mw_buf *out, const char *text)
{
    put_shell_quoted(out, text, "'\\''", "[]:\\");
}

static void put_zsh(struct mw_buf *out)
{
    mw_buf_puts(out, "_arguments -s -S");
    for (const struct mw_option *row = NULL; (row = next_row(row)) != NULL;) {
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

static void put_fish(struct mw_buf *out)
{
    for (const struct mw_option *row = NULL; (row = next_row(row)) != NULL;) {
        mw_buf_printf(out, "complete -c mirrorwise -l %s", row->name);
        if (row->letter != 0)
            mw_buf_printf(out, " -s %c", row->letter);
        MW_FREE char *call = completion_of(row, FISH);
        mw_buf_puts(out, row->kind != MW_OPTION_GENERATION ? call : "");
        mw_buf_puts(out, " -d '");
        put_shell_quoted(out, _(row->summary), "\\'", "\\");
        mw_buf_puts(out, "'\n");
    }
}

/* ---- documents ------------------------------------------------------------------------------- */

/* What the completions of bash and zsh share. */
static void put_names(struct mw_buf *out)
{
    mw_buf_puts(out, mw_builtin_find("assets/completions/names.sh")->text);
}

static void put_template(struct mw_buf *out, const char *text)
{
    static const struct {
        const char *line;
        void (*put)(struct mw_buf *out);
    } marks[] = {
        {"@DATE@\n", put_date},   {"@ACTIONS@\n", put_actions}, {"@OPTIONS@\n", put_options},
        {"@CODES@\n", put_codes}, {"@TOOLS@\n", put_tools},     {"@NAMES@\n", put_names},
        {"@BASH@\n", put_bash},   {"@ZSH@\n", put_zsh},         {"@FISH@\n", put_fish},
    };
    enum { COUNT = sizeof marks / sizeof *marks };
    while (*text != '\0') {
        size_t i = 0;
        while (i < COUNT && !mw_text_starts(text, marks[i].line))
            i++;
        size_t len = strcspn(text, "\n");
        len += text[len] == '\n';
        if (i < COUNT)
            marks[i].put(out);
        else
            mw_buf_append(out, text, len);
        text += len;
    }
}

/* Does a character of Chinese, Japanese or Korean begin here, behind which a line may break? No
 * blank says so. */
static bool may_break(const char *text)
{
    size_t cols = 0;
    return ((unsigned char)text[0] & 0xF0) == 0xE0 && mw_text_piece(text, 0, &cols) == 3 &&
           cols == 2 && text[3] != '\n' && !mw_text_starts(text + 3, "\\f");
}

static void put_breakable(struct mw_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        bool is_end = may_break(text);
        mw_buf_append(out, text, is_end ? 3 : 1);
        mw_buf_puts(out, is_end ? "\\:" : "");
        text += is_end ? 2 : 0;
    }
}

static const struct {
    const char *name, *folder, *file; /* "manuals": there in each language */
} documents[] = {
    {"man", "manuals", "mirrorwise.1"},
    {"man-profile", "manuals", "mirrorwise-profile.5"},
    {"man-catalog", "manuals", "mirrorwise-mirrors.5"},
    {"man-tool", "manuals", "mirrorwise-tool.5"},
    {"profile", "manuals", "profile.ini"},
    {"bash", "completions", "mirrorwise.bash"},
    {"zsh", "completions", "_mirrorwise"},
    {"fish", "completions", "mirrorwise.fish"},
};

static void generate(struct mw_buf *out, const char *folder, const char *file, bool is_manual)
{
    bool is_spoken = strcmp(folder, "manuals") == 0;
    MW_FREE char *path = mw_xasprintf("assets/%s/%s%s%s", folder, is_spoken ? mw_i18n_spoken() : "",
                                      is_spoken ? "/" : "", file);
    MW_AUTO(mw_buf) text = {0};
    put_template(&text, mw_builtin_find(path)->text);
    if (is_manual)
        put_breakable(out, mw_buf_text(&text));
    else
        mw_buf_puts(out, mw_buf_text(&text));
}

enum mw_code mw_action_generate(struct mw_run *run)
{
    const char *name = run->options.action_value;
    struct mw_buf text = {0};
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        if (strcmp(documents[i].name, name) == 0)
            generate(&text, documents[i].folder, documents[i].file, mw_text_starts(name, "man"));
    }
    if (run->options.json) {
        run->details = cJSON_CreateObject();
        cJSON_AddStringToObject(run->details, "document", mw_buf_text(&text));
    }
    mw_run_conclude(run, "%s", name);
    mw_run_print(run, &text);
    return MW_OK;
}
