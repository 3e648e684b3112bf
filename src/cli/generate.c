/* --generate, and mirrorwise(1). */
#include "generate.h"

#include <string.h>

#include "actions.h"
#include "mirrorwise/cli.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "run.h"

static void put_group(struct mw_buf *out, enum mw_option_group group)
{
    mw_mdoc_list(out);
    for (const struct mw_option *row = mw_cli_table; row->name != NULL; row++) {
        MW_FREE char *tag = mw_cli_tag(row);
        if (row->group == group && (group != MW_GROUP_ACTION || row->run != NULL))
            mw_mdoc_item(out, tag, _(row->summary));
    }
    mw_mdoc_list_end(out);
}

static void put_options(struct mw_buf *out)
{
    mw_mdoc_section(out, _("ACTIONS"));
    mw_mdoc_paragraph(out, _("One action a run. Without one, a terminal on both ends opens the "
                             "interface; `--profile` alone means `--diff`."));
    put_group(out, MW_GROUP_ACTION);
    mw_mdoc_section(out, _("OPTIONS"));
    for (int group = MW_GROUP_ACTION + 1; group < MW_GROUP_COUNT; group++) {
        mw_mdoc_subsection(out, mw_cli_group_title((enum mw_option_group)group));
        put_group(out, (enum mw_option_group)group);
    }
}

static void put_codes(struct mw_buf *out)
{
    mw_mdoc_section(out, _("EXIT STATUS"));
    mw_mdoc_list(out);
    for (size_t i = 0; i < MW_CODE_COUNT; i++) {
        enum mw_code code = mw_code_at(i);
        MW_FREE char *tag = mw_xasprintf("%d %s", (int)code, mw_code_word(code));
        mw_mdoc_item(out, tag, mw_code_text(code));
    }
    mw_mdoc_list_end(out);
}

static const struct word environment[] = {
    {"MIRRORWISE_PROFILE", N_("the profile where `--profile` names none")},
    {"MIRRORWISE_LANG", N_("the language: `en` or `zh_CN`; else that of the locale")},
    {"MIRRORWISE_STATE_DIR", N_("where generations, history and the lock are kept")},
    {"MIRRORWISE_CONFIG_DIR",
     N_("where your profiles, mirrors and tools are; else `$XDG_CONFIG_HOME/mirrorwise`")},
    {"SSL_CERT_FILE", N_("certificates of the authorities to measure with")},
    {"XDG_CONFIG_HOME, XDG_STATE_HOME",
     N_("where your files are; else `~/.config` and `~/.local/state`")},
    {"GOENV, PIP_CONFIG_FILE, NPM_CONFIG_USERCONFIG",
     N_("and whatever else moves a tool's own file: honoured as the tool does")},
    {"http_proxy, https_proxy, all_proxy, no_proxy", N_("honoured as curl does")},
    {"NO_COLOR, CLICOLOR, CLICOLOR_FORCE", N_("whether to paint; `--color` beats them")},
};

static const struct word files[] = {
    {"~/.config/mirrorwise/profiles/NAME.ini",
     N_("your profiles; `/etc/mirrorwise/profiles` those of the machine")},
    {"./.mirrorwise/NAME.ini", N_("those of a project: a stranger's, until you trust them")},
    {"~/.config/mirrorwise/mirrors/NAME.json",
     N_("mirrors of your own; `/etc/mirrorwise/mirrors` those of the machine")},
    {"~/.config/mirrorwise/tools/NAME.json",
     N_("tools of your own; `/etc/mirrorwise/tools` those of the machine")},
    {"~/.local/state/mirrorwise",
     N_("history and before-images; root's are in `/var/lib/mirrorwise`")},
};

static const char *const pages[] = {"mirrorwise-mirrors(5)", "mirrorwise-profile(5)",
                                    "mirrorwise-tool(5)", NULL};

static void generate_man(struct mw_buf *out)
{
    mw_mdoc_begin(out, "mirrorwise", "1", _("put package tools on good mirrors, and take it back"));
    mw_mdoc_section(out, _("SYNOPSIS"));
    mw_buf_puts(out, ".Nm\n.Op Ar ACTION\n.Op Ar OPTION ...\n");
    mw_mdoc_section(out, _("DESCRIPTION"));
    mw_mdoc_paragraph(
        out, _("`mirrorwise` brings the package tools of this machine to a profile in one step, "
               "and back again. It measures mirrors, checks that they are honest and fresh, "
               "changes the bytes of the settings it owns and no others, writes all files or none, "
               "checks that the new value is the one in effect, and keeps what was there."));
    put_options(out);
    mw_mdoc_paragraph(out, _("Of every setting the command line is stronger than the environment, "
                             "that is stronger than the profile, and that is stronger than what is "
                             "built in; `--show` says who won."));
    mw_mdoc_section(out, _("ENVIRONMENT"));
    mw_mdoc_words(out, environment, sizeof environment / sizeof *environment);
    mw_mdoc_section(out, _("FILES"));
    mw_mdoc_words(out, files, sizeof files / sizeof *files);
    put_codes(out);
    mw_mdoc_section(out, _("EXAMPLES"));
    mw_mdoc_paragraph(out, _("What would change, then do it, then take it back:"));
    mw_mdoc_example(out, "mirrorwise --profile prod\n"
                         "mirrorwise --profile prod --apply\n"
                         "mirrorwise --rollback\n");
    mw_mdoc_paragraph(out, _("In a script, without Docker, whose file takes root:"));
    mw_mdoc_example(out, "mirrorwise --profile ./team.ini --apply --skip docker --json\n");
    mw_mdoc_paragraph(out, _("What a new member of the team still needs, for a job that reads "
                             "JUnit:"));
    mw_mdoc_example(out, "mirrorwise --profile team --checklist --format junit\n");
    mw_mdoc_see_also(out, pages);
}

static const struct {
    const char *name;
    void (*generate)(struct mw_buf *out);
} documents[] = {
    {"man", generate_man},
    {"man-profile", mw_generate_man_profile},
    {"man-catalog", mw_generate_man_catalog},
    {"man-tool", mw_generate_man_tool},
    {"profile", mw_generate_profile},
    {"bash", mw_generate_bash},
    {"zsh", mw_generate_zsh},
    {"fish", mw_generate_fish},
};

enum mw_code mw_action_generate(struct mw_run *run)
{
    struct mw_buf text = {0};
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        if (strcmp(documents[i].name, run->options.action_value) == 0)
            documents[i].generate(&text);
    }
    if (run->options.json) {
        run->details = cJSON_CreateObject();
        cJSON_AddStringToObject(run->details, "document", mw_buf_text(&text));
    }
    mw_run_conclude(run, "%s", run->options.action_value);
    mw_run_print(run, &text);
    return MW_OK;
}
