/* The one table of actions and options. Parsing, --help, the man page and the completions are made
 * from it; a new action is a row here and a function. */
#include <stddef.h>
#include <string.h>

#include "mirrorwise/cli.h"
#include "run.h"

enum {
    /* Actions that need a profile. */
    PLANS = MW_ACTION_APPLY | MW_ACTION_DIFF | MW_ACTION_SHOW | MW_ACTION_CHECKLIST |
            MW_ACTION_FIX | MW_ACTION_WATCH | MW_ACTION_INTERFACE,
    /* Actions that may ask the network. */
    PROBES = MW_ACTION_PROBE | MW_ACTION_APPLY | MW_ACTION_DIFF | MW_ACTION_SHOW |
             MW_ACTION_CHECKLIST | MW_ACTION_DOCTOR | MW_ACTION_FIX | MW_ACTION_WATCH |
             MW_ACTION_INTERFACE,
    /* Actions that look at a machine. */
    MACHINE = PROBES | MW_ACTION_HISTORY | MW_ACTION_ROLLBACK | MW_ACTION_RECOVER | MW_ACTION_LIST,
    TRUSTS = MW_ACTION_TRUST | MW_ACTION_UNTRUST,
    ALL = MACHINE | TRUSTS | MW_ACTION_GENERATE | MW_ACTION_HELP | MW_ACTION_VERSION,
};

#define ROW(group_, kind_, name_, value, member, fits_, ...)                                       \
    {                                                                                              \
        .group = MW_GROUP_##group_, .kind = MW_OPTION_##kind_, .name = name_, .value_name = value, \
        .offset = offsetof(struct mw_cli_options, member), .fits = fits_, __VA_ARGS__              \
    }

const struct mw_option mw_cli_table[] = {
    ROW(ACTION, ACTION, "apply", NULL, action_value, MW_ACTION_APPLY, .run = mw_action_apply,
        .summary = N_("bring this machine to the profile: plan, show, write, reload, verify")),
    ROW(ACTION, ACTION, "diff", NULL, action_value, MW_ACTION_DIFF, .run = mw_action_diff,
        .summary = N_("the same plan as a unified diff, written nowhere; exit 2 if something "
                      "would change")),
    ROW(ACTION, ACTION, "probe", NULL, action_value, MW_ACTION_PROBE, .run = mw_action_probe,
        .summary = N_("measure mirrors and rank them; live on a terminal")),
    ROW(ACTION, ACTION, "checklist", NULL, action_value, MW_ACTION_CHECKLIST,
        .run = mw_action_checklist,
        .summary = N_("the onboarding checklist of the profile, with evidence and fixes")),
    ROW(ACTION, ACTION, "doctor", NULL, action_value, MW_ACTION_DOCTOR, .run = mw_action_doctor,
        .summary = N_("what is odd about this machine's set-up, profile or not")),
    ROW(ACTION, ACTION, "history", NULL, action_value, MW_ACTION_HISTORY, .run = mw_action_history,
        .summary = N_("the generations (each is what one apply or rollback left): when, who, which "
                      "profile, which files and mirrors")),
    ROW(ACTION, GENERATION, "rollback", "ID", action_value, MW_ACTION_ROLLBACK, .may_preview = true,
        .run = mw_action_mend,
        .summary = N_("return to how it was before the last generation, or to generation ID; "
                      "with --diff only show it")),
    ROW(ACTION, MORE, "fix", "ID|all", action_values, MW_ACTION_FIX, .may_preview = true,
        .run = mw_action_mend,
        .summary = N_("carry out remedies of --doctor and --checklist that are ours to do: show, "
                      "write, undone by --rollback; may be repeated")),
    ROW(ACTION, ACTION, "recover", NULL, action_value, MW_ACTION_RECOVER, .run = mw_action_recover,
        .summary = N_("undo what a crash left; every other action does so by itself first")),
    ROW(ACTION, CHOICE, "list", "profiles|mirrors|tools|sources|watch", action_value,
        MW_ACTION_LIST, .run = mw_action_list, .summary = N_("list what there is")),
    ROW(ACTION, TEXT, "show", "KEY", action_value, MW_ACTION_SHOW, .run = mw_action_show,
        .summary = N_("a value, where it comes from and what it overrides: go.GOPROXY, "
                      "docker.registry-mirrors; profile.NAME: a whole profile with its layers")),
    ROW(ACTION, ACTION, "watch", NULL, action_value, MW_ACTION_WATCH,
        .summary = N_("stay, and switch over when the mirror in use fails")),
    ROW(ACTION, CHOICE, "generate", "DOCUMENT", action_value, MW_ACTION_GENERATE,
        .choices = "man|man-profile|man-catalog|man-tool|profile|bash|zsh|fish",
        .run = mw_action_generate,
        .summary = N_("print a manual, a completion or a profile to begin with: man, man-profile, "
                      "man-catalog, man-tool, bash, zsh, fish, profile")),
    ROW(ACTION, TEXT, "trust", "FILE|DIR", action_value, MW_ACTION_TRUST, .run = mw_action_trust,
        .summary = N_("show what a profile of somebody else's would write, read and run; ask, and "
                      "remember it")),
    ROW(ACTION, TEXT, "untrust", "FILE|DIR", action_value, MW_ACTION_UNTRUST,
        .run = mw_action_untrust, .summary = N_("take that back")),
    ROW(ACTION, ACTION, "help", NULL, action_value, MW_ACTION_HELP, .letter = 'h',
        .run = mw_action_help, .summary = N_("this text")),
    ROW(ACTION, ACTION, "version", NULL, action_value, MW_ACTION_VERSION, .run = mw_action_version,
        .summary = N_("the version, its libraries and how it was built")),
    ROW(WANT, TEXT, "profile", "NAME|FILE", session.profile,
        PLANS | MW_ACTION_PROBE | MW_ACTION_DOCTOR, .letter = 'p',
        .summary = N_("dev, test, prod, one of your own, or a file; without an action it means "
                      "--diff. Else MIRRORWISE_PROFILE, else the last one applied, else dev")),
    ROW(WANT, MORE, "set", "KEY=VALUE", session.sets, PLANS, .letter = 's',
        .summary = N_("override one setting for this run: go.GOPRIVATE=git.example.com; += and -= "
                      "change one item of a list; may be repeated")),
    ROW(WANT, MORE, "mirror", "TOOL=ID|URL", session.mirrors, PLANS | MW_ACTION_PROBE,
        .letter = 'm',
        .summary = N_("use this mirror for the tool, measure nothing; may be repeated")),
    ROW(WANT, MORE, "catalog", "FILE", session.catalogs, PROBES | MW_ACTION_LIST,
        .summary = N_("add the mirrors of this file; may be repeated")),
    ROW(WANT, MORE, "accept-risk", "ID", session.accepted, PLANS,
        .summary = N_("let one finding about a dangerous value through; may be repeated")),
    ROW(WHERE, TOOLS, "only", "TOOLS", session.only,
        (PROBES & ~(unsigned)MW_ACTION_SHOW) | MW_ACTION_LIST, .letter = 'o',
        .summary = N_("only these tools, or groups of them: go,pip,docker; language, system, "
                      "container")),
    ROW(WHERE, TOOLS, "skip", "TOOLS", session.skip,
        (PROBES & ~(unsigned)MW_ACTION_SHOW) | MW_ACTION_LIST,
        .summary = N_("all tools or groups but these")),
    ROW(WHERE, CHOICE, "scope", "user|system", scope,
        PLANS | MW_ACTION_PROBE | MW_ACTION_DOCTOR | MW_ACTION_LIST,
        .summary = N_("whose files: yours (default) or everybody's; a daemon's are "
                      "its own")),
    ROW(WHERE, TEXT, "root", "DIR", session.root, MACHINE,
        .summary = N_("treat DIR as / for system files, to build an image")),
    ROW(WHERE, FLAG, "yes", NULL, yes,
        MW_ACTION_APPLY | MW_ACTION_FIX | MW_ACTION_ROLLBACK | MW_ACTION_RECOVER | MW_ACTION_TRUST,
        .letter = 'y', .summary = N_("do not ask; without a terminal nothing is asked anyway")),
    ROW(WHERE, FLAG, "keep-going", NULL, session.keep_going,
        MW_ACTION_APPLY | MW_ACTION_DIFF | MW_ACTION_FIX,
        .summary = N_("leave out the tools that cannot be done and do the rest; the exit code is "
                      "that of the worst")),
    ROW(WHERE, FLAG, "force", NULL, session.force,
        MW_ACTION_APPLY | MW_ACTION_DIFF | MW_ACTION_FIX | MW_ACTION_ROLLBACK | MW_ACTION_INTERFACE,
        .letter = 'f', .summary = N_("overwrite what someone else changed since our last write")),
    ROW(PROBE, NUMBER, "samples", "N", session.samples, PROBES, .max = 100,
        .summary = N_("samples per mirror")),
    ROW(PROBE, NUMBER, "timeout", "MS", session.timeout_ms, PROBES, .max = 600000,
        .summary = N_("give up on one request after so many milliseconds")),
    ROW(PROBE, NUMBER, "deadline", "MS", session.deadline_ms, PROBES, .max = 3600000,
        .summary = N_("stop measuring after so many milliseconds")),
    ROW(PROBE, FLAG, "ipv4", NULL, session.ipv4, PROBES, .letter = '4',
        .summary = N_("measure over IPv4 only")),
    ROW(PROBE, FLAG, "ipv6", NULL, session.ipv6, PROBES, .letter = '6',
        .summary = N_("measure over IPv6 only")),
    ROW(PROBE, FLAG, "no-network", NULL, session.no_network, ALL & ~(unsigned)MW_ACTION_PROBE,
        .summary = N_("never touch the network: the last ranking decides, else the order of the "
                      "catalogue")),
    ROW(OUTPUT, FLAG, "json", NULL, json, ALL,
        .summary = N_("exactly one JSON document on stdout, on success and on failure")),
    ROW(OUTPUT, CHOICE, "format", "text|md|json|junit|tap", format,
        MW_ACTION_CHECKLIST | MW_ACTION_DOCTOR,
        .summary = N_("output format of --checklist and --doctor")),
    ROW(OUTPUT, TEXT, "output", "FILE", output, ALL,
        .summary = N_("write into FILE, as a whole, what --json (or --format) prints")),
    ROW(OUTPUT, CHOICE, "color", "auto|always|never", color, ALL,
        .summary = N_("when to paint; beats NO_COLOR, which beats CLICOLOR_FORCE, which beats "
                      "CLICOLOR=0, which beats whether it is a terminal")),
    ROW(OUTPUT, FLAG, "ascii", NULL, ascii, ALL, .summary = N_("plain ASCII in place of symbols")),
    ROW(OUTPUT, FLAG, "plain", NULL, plain, ALL,
        .summary = N_("the interface as numbered lines, for screen readers; an action prints "
                      "lines anyway")),
    ROW(OUTPUT, FLAG, "no-mouse", NULL, no_mouse, ALL,
        .summary = N_("leave the mouse to the terminal")),
    ROW(OUTPUT, CHOICE, "lang", "en|zh_CN", lang, ALL,
        .summary = N_("language; else MIRRORWISE_LANG, else that of the locale")),
    ROW(OUTPUT, FLAG, "quiet", NULL, quiet, ALL, .letter = 'q',
        .summary = N_("only errors, questions and what was asked for")),
    ROW(OUTPUT, COUNT, "verbose", NULL, verbose, ALL, .letter = 'v',
        .summary = N_("each step, and what the tools themselves report (slow)")),
    {.name = NULL},
};
_Static_assert(sizeof mw_cli_table / sizeof *mw_cli_table <= MW_CLI_ROWS_MAX, "MW_CLI_ROWS_MAX");

const char *mw_cli_group_title(enum mw_option_group group)
{
    static const char *const titles[MW_GROUP_COUNT] = {
        [MW_GROUP_ACTION] = N_("Actions"),        [MW_GROUP_WANT] = N_("What is wanted"),
        [MW_GROUP_WHERE] = N_("What is touched"), [MW_GROUP_PROBE] = N_("Measuring"),
        [MW_GROUP_OUTPUT] = N_("Output"),
    };
    return _(titles[group]);
}

void mw_cli_choices(const struct mw_option *row, struct mw_strings *words)
{
    if (row->kind == MW_OPTION_CHOICE)
        mw_strings_split(words, row->choices != NULL ? row->choices : row->value_name, "|");
}

const struct mw_option *mw_cli_find(const char *name, size_t len)
{
    for (const struct mw_option *row = mw_cli_table; row->name != NULL; row++) {
        if (strlen(row->name) == len && strncmp(row->name, name, len) == 0)
            return row;
    }
    return NULL;
}

const struct mw_option *mw_cli_find_letter(char letter)
{
    for (const struct mw_option *row = mw_cli_table; row->name != NULL; row++) {
        if (row->letter == letter)
            return row;
    }
    return NULL;
}

char *mw_cli_tag(const struct mw_option *row)
{
    struct mw_buf tag = {0};
    if (row->letter != 0)
        mw_buf_printf(&tag, "-%c, ", row->letter);
    mw_buf_printf(&tag, "--%s", row->name);
    if (row->value_name != NULL)
        mw_buf_printf(&tag, row->kind == MW_OPTION_GENERATION ? " [%s]" : " %s", row->value_name);
    return mw_buf_take(&tag);
}
