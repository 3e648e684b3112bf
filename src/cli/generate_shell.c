/* Completions for bash, zsh and fish, from the tables of actions and options. Names of profiles,
 * tools, settings and mirrors are asked of the program when they are needed, which reads files and
 * no network. Each function prints a whole file. */
#include <stdbool.h>
#include <string.h>

#include "generate.h"
#include "mirrorwise/builtin.h"
#include "mirrorwise/cli.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* What follows an option, by what the tables call it. */
enum kind { NOTHING, CHOICES, PROFILES, TOOLS, KEYS, MIRRORS, FILES, FOLDERS, TEXT };

struct row {
    const char *name;
    char letter;
    const char *value_name, *summary;
    const char *const *choices;
    bool is_optional, is_action, may_repeat;
};

static enum kind kind_of(const struct row *row)
{
    static const struct {
        const char *name;
        enum kind kind;
    } kinds[] = {
        {"NAME|FILE", PROFILES},
        {"NAME|FILE|URL", PROFILES},
        {"TOOLS", TOOLS},
        {"KEY", KEYS},
        {"KEY=VALUE", KEYS},
        {"TOOL=ID|URL", MIRRORS},
        {"TOOL[.SERVICE]=ID|URL", MIRRORS},
        {"FILE", FILES},
        {"FILE|DIR", FILES},
        {"KEY|FILE", FILES},
        {"DIR", FOLDERS},
    };
    if (row->value_name == NULL)
        return NOTHING;
    if (row->choices != NULL)
        return CHOICES;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(row->value_name, kinds[i].name) == 0)
            return kinds[i].kind;
    }
    return TEXT;
}

/* Owned list of all rows of both tables, options behind actions. */
static struct row *all_rows(size_t *count)
{
    struct row *rows = NULL;
    size_t actions = 0, options = 0;
    const struct mw_action *action = mw_cli_actions(&actions);
    const struct mw_option *option = mw_cli_options(&options);
    *count = 0;
    for (size_t i = 0; i < actions; i++) {
        if (action[i].run == NULL)
            continue;
        *MW_PUSH(rows, *count) = (struct row){
            .name = action[i].name,
            .letter = action[i].letter,
            .value_name = action[i].value != MW_TAKES_NOTHING ? action[i].value_name : NULL,
            .choices = action[i].choices,
            .summary = action[i].summary,
            .is_optional = action[i].value == MW_TAKES_NUMBER_OR_NOTHING,
            .is_action = true,
        };
    }
    for (size_t i = 0; i < options; i++) {
        *MW_PUSH(rows, *count) = (struct row){
            .name = option[i].name,
            .letter = option[i].letter,
            .value_name = option[i].value_name,
            .choices = option[i].choices,
            .summary = option[i].summary,
            .may_repeat = option[i].kind == MW_OPTION_MORE || option[i].kind == MW_OPTION_COUNT,
        };
    }
    return rows;
}

/* A file of assets/completions; "" if there is none. */
static const char *template_of(const char *name)
{
    MW_FREE char *path = mw_xasprintf("assets/completions/%s", name);
    const char *text = "";
    for (size_t i = 0; mw_builtin_files[i].path != NULL; i++) {
        if (strcmp(mw_builtin_files[i].path, path) == 0)
            text = mw_builtin_files[i].text;
    }
    return text;
}

static char *joined_choices(const struct row *row)
{
    MW_AUTO(mw_strings) words = {0};
    for (size_t i = 0; row->choices[i] != NULL; i++)
        mw_strings_add(&words, row->choices[i]);
    return mw_strings_join(&words, " ");
}

/* Prints a file of assets/completions; of its lines @NAMES@ becomes the file names.sh, and @ROWS@
 * what `put` makes of all rows. */
static void put_template(struct mw_buf *out, const char *name,
                         void (*put)(struct mw_buf *out, const struct row *rows, size_t count))
{
    size_t count = 0;
    MW_FREE struct row *rows = all_rows(&count);
    static const char names[] = "@NAMES@\n", marks[] = "@ROWS@\n";
    const char *text = template_of(name);
    while (text[0] != '\0') {
        if (mw_text_starts(text, names)) {
            mw_buf_puts(out, template_of("names.sh"));
            text += strlen(names);
        } else if (mw_text_starts(text, marks)) {
            put(out, rows, count);
            text += strlen(marks);
        } else {
            mw_buf_putc(out, *text++);
        }
    }
}

/* ---- bash ------------------------------------------------------------------------------------ */

static void put_bash_case(struct mw_buf *out, const struct row *row)
{
    enum kind kind = kind_of(row);
    if (kind == NOTHING || kind == TEXT)
        return;
    mw_buf_puts(out, "\t");
    if (row->letter != 0)
        mw_buf_printf(out, "-%c | ", row->letter);
    mw_buf_printf(out, "--%s) ", row->name);
    switch (kind) {
    case CHOICES: {
        MW_FREE char *words = joined_choices(row);
        mw_buf_printf(out, "_mirrorwise_words \"%s\"", words);
        break;
    }
    case PROFILES:
        mw_buf_puts(out, "_mirrorwise_words \"$(_mirrorwise_names profiles)\"; "
                         "_mirrorwise_files -f");
        break;
    case TOOLS:
        mw_buf_puts(out, "_mirrorwise_list \"$(_mirrorwise_names tools)\"");
        break;
    case KEYS:
        mw_buf_puts(out, "_mirrorwise_words \"$(_mirrorwise_names keys)\"");
        break;
    case MIRRORS:
        mw_buf_puts(out, "_mirrorwise_mirrors");
        break;
    case FILES:
        mw_buf_puts(out, "_mirrorwise_files -f");
        break;
    case FOLDERS:
        mw_buf_puts(out, "_mirrorwise_files -d");
        break;
    case NOTHING:
    case TEXT:
        break;
    }
    mw_buf_puts(out, " ;;\n");
}

static void put_bash_empty(struct mw_buf *out, const struct row *rows, size_t count)
{
    mw_buf_puts(out, "\t");
    bool is_first = true;
    for (size_t i = 0; i < count; i++) {
        if (kind_of(&rows[i]) != TEXT || rows[i].is_optional)
            continue;
        mw_buf_printf(out, "%s--%s", is_first ? "" : " | ", rows[i].name);
        is_first = false;
    }
    mw_buf_puts(out, ") ;;\n");
}

static void put_bash_rows(struct mw_buf *out, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_bash_case(out, &rows[i]);
    put_bash_empty(out, rows, count);
    mw_buf_puts(out, "\t*) _mirrorwise_words '");
    for (size_t i = 0; i < count; i++)
        mw_buf_printf(out, "%s--%s", i > 0 ? " " : "", rows[i].name);
    mw_buf_puts(out, "' ;;\n");
}

void mw_generate_bash(struct mw_buf *out)
{
    put_template(out, "mirrorwise.bash", put_bash_rows);
}

/* ---- zsh ------------------------------------------------------------------------------------- */

/* In '…' of _arguments: ']' and ':' would end the part, a quote the word. */
static void put_zsh_text(struct mw_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            mw_buf_puts(out, "'\\''");
        else if (*text == '[' || *text == ']' || *text == ':' || *text == '\\')
            mw_buf_printf(out, "\\%c", *text);
        else
            mw_buf_putc(out, *text);
    }
}

static void put_zsh_value(struct mw_buf *out, const struct row *row)
{
    static const char *const calls[] = {
        [PROFILES] = "_mirrorwise_profiles",
        [TOOLS] = "_mirrorwise_tools",
        [KEYS] = "_mirrorwise_keys",
        [MIRRORS] = "_mirrorwise_mirrors",
        [FILES] = "_files",
        [FOLDERS] = "_files -/",
        [TEXT] = " ",
    };
    enum kind kind = kind_of(row);
    if (kind == NOTHING || row->value_name == NULL)
        return;
    mw_buf_puts(out, row->is_optional ? "::" : ":");
    put_zsh_text(out, row->value_name);
    mw_buf_putc(out, ':');
    if (kind != CHOICES) {
        mw_buf_puts(out, calls[kind]);
        return;
    }
    MW_FREE char *words = joined_choices(row);
    mw_buf_printf(out, "(%s)", words);
}

static void put_zsh_row(struct mw_buf *out, const struct row *row)
{
    mw_buf_puts(out, " \\\n    ");
    const char *star = row->may_repeat ? "*" : "";
    const char *equals = row->value_name != NULL && !row->is_optional ? "=" : "";
    if (row->letter != 0)
        mw_buf_printf(out, "%s{-%c%s,--%s%s}'[", row->may_repeat ? "\\*" : "", row->letter,
                      row->value_name != NULL ? "+" : "", row->name, equals);
    else
        mw_buf_printf(out, "'%s--%s%s[", star, row->name, equals);
    put_zsh_text(out, _(row->summary));
    mw_buf_putc(out, ']');
    put_zsh_value(out, row);
    mw_buf_putc(out, '\'');
}

static void put_zsh_rows(struct mw_buf *out, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_zsh_row(out, &rows[i]);
    mw_buf_putc(out, '\n');
}

void mw_generate_zsh(struct mw_buf *out)
{
    put_template(out, "_mirrorwise", put_zsh_rows);
}

/* ---- fish ------------------------------------------------------------------------------------ */

/* In '…' of fish a backslash escapes itself and the quote. */
static void put_fish_text(struct mw_buf *out, const char *text)
{
    mw_buf_putc(out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            mw_buf_putc(out, '\\');
        mw_buf_putc(out, *text);
    }
    mw_buf_putc(out, '\'');
}

static void put_fish_value(struct mw_buf *out, const struct row *row)
{
    static const char *const words[] = {
        [PROFILES] = " -r -k -a '(__mirrorwise_names profiles)'",
        [TOOLS] = " -x -a '(__mirrorwise_tools)'",
        [KEYS] = " -x -a '(__mirrorwise_names keys)'",
        [MIRRORS] = " -x -a '(__mirrorwise_names mirrors)'",
        [FILES] = " -r -F",
        [FOLDERS] = " -x -a '(__fish_complete_directories)'",
        [TEXT] = " -x",
    };
    enum kind kind = kind_of(row);
    if (kind == NOTHING || row->is_optional)
        return;
    if (kind != CHOICES) {
        mw_buf_puts(out, words[kind]);
        return;
    }
    MW_FREE char *choices = joined_choices(row);
    mw_buf_printf(out, " -x -a '%s'", choices);
}

static void put_fish_rows(struct mw_buf *out, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mw_buf_printf(out, "complete -c mirrorwise -l %s", rows[i].name);
        if (rows[i].letter != 0)
            mw_buf_printf(out, " -s %c", rows[i].letter);
        put_fish_value(out, &rows[i]);
        mw_buf_puts(out, " -d ");
        put_fish_text(out, _(rows[i].summary));
        mw_buf_putc(out, '\n');
    }
}

void mw_generate_fish(struct mw_buf *out)
{
    put_template(out, "mirrorwise.fish", put_fish_rows);
}
