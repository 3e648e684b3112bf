/* --help and --version, made from the tables. */
#include <sodium.h>
#include <string.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "mirrorwise/net.h"
#include "render.h"

enum { HELP_COLS = 80, TEXT_COLUMN = 26 };

/* Never wider than a page of text, but narrower where the terminal is. */
static size_t help_cols(const struct mw_style *style)
{
    return style->cols < HELP_COLS ? style->cols : HELP_COLS;
}

static void put_heading(struct mw_buf *buf, const struct mw_style *style, const char *text)
{
    mw_buf_putc(buf, '\n');
    mw_paint_line(buf, style, MW_PAINT_BOLD, text);
}

/* One row: what to type, and what it means. */
static void put_help_row(struct mw_buf *buf, const struct mw_style *style, const char *left,
                         const char *right)
{
    mw_buf_puts(buf, left);
    if (mw_line_cols(buf) + 2 > TEXT_COLUMN)
        mw_buf_putc(buf, '\n');
    mw_pad_to(buf, TEXT_COLUMN, 0);
    mw_put_wrapped(buf, right, TEXT_COLUMN, help_cols(style));
    mw_buf_putc(buf, '\n');
}

/* The rows of the table, group by group. */
static void put_options(struct mw_buf *buf, const struct mw_style *style)
{
    for (int group = 0; group < MW_GROUP_COUNT; group++) {
        put_heading(buf, style, mw_cli_group_title((enum mw_option_group)group));
        for (const struct mw_option *row = mw_cli_table; row->name != NULL; row++) {
            bool is_later = row->group == MW_GROUP_ACTION && row->run == NULL;
            MW_FREE char *tag = mw_cli_tag(row);
            MW_FREE char *left = mw_xasprintf("%s%s", row->letter != 0 ? "  " : "      ", tag);
            MW_FREE char *text =
                mw_xasprintf(is_later ? _("%s (not in this version)") : "%s", _(row->summary));
            if ((int)row->group == group)
                put_help_row(buf, style, left, text);
        }
    }
}

static void put_codes(struct mw_buf *buf, const struct mw_style *style)
{
    for (size_t i = 0; i < MW_CODE_COUNT; i++) {
        enum mw_code code = mw_code_at(i);
        MW_FREE char *left = mw_xasprintf("  %3d  %s", (int)code, mw_code_word(code));
        put_help_row(buf, style, left, mw_code_text(code));
    }
}

static void put_examples(struct mw_buf *buf)
{
    static const char *const examples[] = {
        "mirrorwise --profile prod",
        "mirrorwise --profile prod --apply",
        "mirrorwise --profile ./team.ini --apply --skip docker",
        "mirrorwise --show go.GOPROXY",
        "mirrorwise --rollback",
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        mw_buf_printf(buf, "      %s\n", examples[i]);
}

void mw_help_short(struct mw_buf *buf, const struct mw_style *style)
{
    MW_AUTO(mw_strings) names = {0};
    for (const struct mw_option *row = mw_cli_table; row->group == MW_GROUP_ACTION; row++)
        mw_strings_take(&names, mw_xasprintf("--%s", row->name));
    MW_FREE char *text = mw_strings_join(&names, ", ");
    mw_paint(buf, style, MW_PAINT_BOLD, _("Usage:"));
    mw_buf_puts(buf, _(" mirrorwise ACTION [OPTION]..."));
    mw_buf_putc(buf, '\n');
    mw_paint(buf, style, MW_PAINT_BOLD, _("Actions: "));
    mw_put_wrapped(buf, text, mw_text_cols(_("Actions: ")), help_cols(style));
    mw_buf_putc(buf, '\n');
}

enum mw_code mw_action_help(struct mw_run *run)
{
    struct mw_buf text = {0};
    mw_paint(&text, &run->out, MW_PAINT_BOLD, _("Usage:"));
    mw_buf_puts(&text, _(" mirrorwise ACTION [OPTION]...\n\n"));
    mw_put_wrapped(&text,
                   _("Brings the package tools of this machine to a profile in one safe step, and "
                     "back again."),
                   0, help_cols(&run->out));
    mw_buf_putc(&text, '\n');
    put_options(&text, &run->out);
    put_heading(&text, &run->out, _("Exit codes"));
    put_codes(&text, &run->out);
    put_heading(&text, &run->out, _("Examples"));
    put_examples(&text);
    mw_run_conclude(run, _("Usage: mirrorwise ACTION [OPTION]..."));
    mw_run_print(run, &text);
    return MW_OK;
}

/* libcurl is asked only here: loading it takes longer than all the rest. */
static void list_libraries(const struct mw_run *run, struct mw_strings *list)
{
    MW_FREE char *curl = mw_net_version();
    const char *screen = run->host->screen_version;
    mw_strings_take(list, mw_xasprintf("libcurl %s", curl != NULL ? curl : _("cannot be loaded")));
    mw_strings_add(list, screen != NULL ? screen : "ncurses -");
    mw_strings_take(list, mw_xasprintf("libsodium %s", sodium_version_string()));
    mw_strings_take(list, mw_xasprintf("cJSON %s", cJSON_Version()));
    mw_strings_add(list, "iniparser"); /* tells no version */
#ifdef __GLIBC__
    mw_strings_take(list, mw_xasprintf("glibc %s", gnu_get_libc_version()));
#endif
}

enum mw_code mw_action_version(struct mw_run *run)
{
    MW_AUTO(mw_strings) libraries = {0};
    struct mw_buf text = {0};
    list_libraries(run, &libraries);
    mw_buf_printf(&text, "mirrorwise %s\n", MW_VERSION);
    if (run->options.json) {
        run->details = cJSON_CreateObject();
        mw_json_put(run->details, LIST("libraries", &libraries), TEXT("built", MW_BUILT_WITH));
    } else if (!run->options.quiet) {
        for (size_t i = 0; i < libraries.count; i++)
            mw_buf_printf(&text, "%s\n", libraries.items[i]);
        mw_buf_printf(&text, _("Built as: %s\n"), MW_BUILT_WITH);
    }
    mw_run_conclude(run, "mirrorwise %s", MW_VERSION);
    mw_run_print(run, &text);
    return MW_OK;
}
