/* --generate: manuals in mdoc(7), the manual language of BSD that mandoc and groff both read,
 * completions for shells, and a profile to begin with. Each is a file of assets/ in which some
 * lines stand for what is made from the tables that parse the command line. */

#include <stdbool.h>
#include <string.h>

#include "mirrorwise/builtin.h"
#include "mirrorwise/tool.h"
#include "run.h"

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
    for (const struct mw_option *row = NULL; (row = mw_cli_next(row)) != NULL;) {
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
        {"@DATE@\n", put_date},    {"@ACTIONS@\n", put_actions}, {"@OPTIONS@\n", put_options},
        {"@CODES@\n", put_codes},  {"@TOOLS@\n", put_tools},     {"@NAMES@\n", put_names},
        {"@BASH@\n", mw_put_bash}, {"@ZSH@\n", mw_put_zsh},      {"@FISH@\n", mw_put_fish},
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
