/* A parser of our own in place of getopt_long: no abbreviations (they would turn every new option
 * into a breaking change), suggestions, and actions with optional values. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/builtin.h"
#include "mirrorwise/cli.h"
#include "mirrorwise/command.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/tool.h"

struct parser {
    int argc;
    char *const *argv;
    int next; /* index of the argument not yet read */
    struct mw_cli_options *options;
    bool used[MW_CLI_ROWS_MAX]; /* one a row of the table */
    struct mw_error *err;
};

/* ---- errors ------------------------------------------------------------------------------- */

static void hint_closest(struct mw_error *err, const char *name)
{
    MW_AUTO(mw_strings) names = {0};
    for (const struct mw_option *row = mw_cli_table; row->name != NULL; row++)
        mw_strings_add(&names, row->name);

    /* Who shortens a name, as getopt_long() would let him, means the one that begins so. */
    const char *closest = NULL;
    size_t matches = 0;
    for (size_t i = 0; i < names.count; i++) {
        if (strlen(name) > 1 && mw_text_starts(names.items[i], name)) {
            closest = names.items[i];
            matches++;
        }
    }
    if (matches != 1)
        closest = mw_text_closest(name, &names);
    MW_FREE char *program = mw_command_word(mw_command_program());
    if (closest != NULL)
        mw_error_hint(err, _("Did you mean --%s?"), closest);
    else
        mw_error_hint(err, _("%s --help lists all actions and options."), program);
}

static enum mw_code unknown(struct parser *p, const char *arg, const char *name)
{
    enum mw_code code = mw_misuse(p->err, _("there is no option '%s'"), arg);
    hint_closest(p->err, name);
    return code;
}

static enum mw_code refuse_generation(const struct parser *p, const char *name, const char *found)
{
    mw_misuse(p->err, _("--%s: '%s' is not the number of a generation"), name, found);
    mw_error_hint(p->err, _("--history lists them; 0 is the state before the first one"));
    return MW_USAGE;
}

/* Is that the name of a profile that is built in? */
static bool is_profile(const char *text)
{
    MW_FREE char *path = mw_xasprintf("profiles/%s.ini", text);
    return mw_builtin_find(path)->path != NULL;
}

static enum mw_code stray(struct parser *p, const char *arg)
{
    const struct mw_option *action = p->options->action;
    if (action != NULL && action->kind == MW_OPTION_GENERATION && p->options->action_value == NULL)
        return refuse_generation(p, action->name, arg);
    enum mw_code code =
        mw_misuse(p->err, _("'%s' belongs to no option; actions are options, too"), arg);
    if (is_profile(arg))
        mw_error_hint(p->err, _("Did you mean --profile %s?"), arg);
    else
        hint_closest(p->err, arg);
    return code;
}

static enum mw_code check_choice(struct parser *p, const char *name,
                                 const struct mw_strings *choices, const char *value)
{
    if (mw_strings_has(choices, value))
        return MW_OK;
    MW_FREE char *allowed = mw_strings_join(choices, ", ");
    const char *closest = mw_text_closest(value, choices);
    enum mw_code code =
        mw_misuse(p->err, _("--%s cannot be '%s'; allowed are %s"), name, value, allowed);
    if (closest != NULL)
        mw_error_hint(p->err, _("Did you mean %s?"), closest);
    return code;
}

/* ---- values ------------------------------------------------------------------------------- */

static bool read_number(const char *text, long *number)
{
    char *end = NULL;
    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && *end == '\0';
}

static enum mw_code store_number(struct parser *p, const struct mw_option *row, const char *value)
{
    long number = 0;
    if (!read_number(value, &number) || number < 1 || number > row->max)
        return mw_misuse(p->err, _("--%s cannot be '%s'; it is a whole number from %ld to %ld"),
                         row->name, value, 1L, row->max);
    *(long *)((char *)p->options + row->offset) = number;
    return MW_OK;
}

/* The tools of a group; false if the word names none. */
static bool add_group(struct mw_strings *list, const char *word)
{
    enum mw_group group;
    if (!mw_group_parse(word, &group))
        return false;
    for (size_t i = 0; i < mw_tool_count(); i++) {
        const struct mw_tool *tool = mw_tool_at(i);
        if (tool != NULL && tool->group == group)
            mw_strings_add(list, tool->id);
    }
    mw_strings_add(list, word); /* no tool's name: a group without tools is not all tools */
    return true;
}

/* What --only and --skip take: ids of tools, and groups. */
static void list_words(struct mw_strings *words)
{
    size_t count = mw_tool_count();
    for (size_t i = 0; i < count; i++)
        mw_strings_add(words, mw_tool_id(i));
    for (int group = MW_GROUP_LANGUAGE; group <= MW_GROUP_CONTAINER; group++)
        mw_strings_add(words, mw_group_word((enum mw_group)group));
}

static enum mw_code store_tools(struct parser *p, const struct mw_option *row, const char *value)
{
    struct mw_strings *list = (struct mw_strings *)((char *)p->options + row->offset);
    struct mw_session_options *session = &p->options->session;
    MW_AUTO(mw_strings) given = {0};
    MW_AUTO(mw_strings) known = {0};
    enum mw_code code = MW_OK;
    list_words(&known);
    mw_strings_split(&given, value, ",");
    if (given.count == 0)
        code = mw_misuse(p->err, _("--%s names no tool"), row->name);
    for (size_t i = 0; code == MW_OK && i < given.count; i++) {
        const char *word = given.items[i];
        if (add_group(list, word))
            continue;
        if (mw_tool_exists(word)) {
            mw_strings_add(list, word);
            if (list == &session->only)
                mw_strings_add(&session->named, word);
            continue;
        }
        const struct mw_tool *tool = NULL;
        if (mw_tool_need(given.items[i], &tool, p->err) == MW_BAD_PROFILE) {
            code = MW_BAD_PROFILE; /* there is one, and its file is wrong */
            break;
        }
        code = check_choice(p, row->name, &known, word);
    }
    return code;
}

/* Keeps a value that the row's form allows. */
static enum mw_code store(struct parser *p, const struct mw_option *row, const char *value)
{
    char *member = (char *)p->options + row->offset;
    p->used[row - mw_cli_table] = true;
    switch (row->kind) {
    case MW_OPTION_ACTION:
        break;
    case MW_OPTION_FLAG:
        *(bool *)member = true;
        break;
    case MW_OPTION_COUNT:
        *(int *)member += 1;
        break;
    case MW_OPTION_TEXT:
    case MW_OPTION_CHOICE:
    case MW_OPTION_GENERATION:
        *(const char **)member = value;
        break;
    case MW_OPTION_NUMBER:
        return store_number(p, row, value);
    case MW_OPTION_MORE:
        mw_strings_add((struct mw_strings *)member, value);
        break;
    case MW_OPTION_TOOLS:
        return store_tools(p, row, value);
    }
    return MW_OK;
}

/* ---- arguments ---------------------------------------------------------------------------- */

static bool wins(const struct mw_option *action)
{
    return action->fits == MW_ACTION_HELP || action->fits == MW_ACTION_VERSION;
}

static enum mw_code set_action(struct parser *p, const struct mw_option *row)
{
    struct mw_cli_options *options = p->options;
    const struct mw_option *before = options->action;
    if (before != NULL && wins(before))
        return MW_OK;
    bool is_preview = before != NULL && ((row->fits == MW_ACTION_DIFF && before->may_preview) ||
                                         (row->may_preview && before->fits == MW_ACTION_DIFF));
    if (is_preview) {
        options->preview = true;
        if (row->fits == MW_ACTION_DIFF)
            return MW_OK;
    } else if (before != NULL && before != row && !wins(row)) {
        return mw_misuse(p->err, _("--%s and --%s are two actions; a run has one"), before->name,
                         row->name);
    }
    options->action = row;
    options->action_value = NULL;
    return MW_OK;
}

/* The value of a row that takes one: `value` if it stands there already, else the next argument.
 * "--" starts the next option rather than a value: a forgotten value must not swallow --apply. */
static enum mw_code take_value(struct parser *p, const struct mw_option *row, const char **value)
{
    if (*value == NULL && p->next < p->argc && strncmp(p->argv[p->next], "--", 2) != 0)
        *value = p->argv[p->next++];
    if (*value == NULL || (*value)[0] == '\0')
        return mw_misuse(p->err, _("--%s needs a value: %s"), row->name, row->value_name);
    MW_AUTO(mw_strings) choices = {0};
    mw_cli_choices(row, &choices);
    return choices.count > 0 ? check_choice(p, row->name, &choices, *value) : MW_OK;
}

static enum mw_code take_generation(struct parser *p, const struct mw_option *row,
                                    const char **value)
{
    long number = 0;
    if (*value == NULL && p->next < p->argc && read_number(p->argv[p->next], &number))
        *value = p->argv[p->next++];
    return *value == NULL || read_number(*value, &number) ? MW_OK
                                                          : refuse_generation(p, row->name, *value);
}

/* `value` is what stands with it in one argument; NULL: nothing. */
static enum mw_code read_row(struct parser *p, const struct mw_option *row, const char *value)
{
    bool is_action = row->group == MW_GROUP_ACTION;
    enum mw_code code = is_action ? set_action(p, row) : MW_OK;
    if (code == MW_OK && row->kind == MW_OPTION_GENERATION)
        code = take_generation(p, row, &value);
    else if (code == MW_OK && row->value_name != NULL)
        code = take_value(p, row, &value);
    else if (code == MW_OK && value != NULL)
        code = mw_misuse(p->err, _("--%s takes no value"), row->name);
    /* An action that another one wins over has no say. */
    return code == MW_OK && (!is_action || p->options->action == row) ? store(p, row, value) : code;
}

static enum mw_code read_long(struct parser *p, const char *arg)
{
    const char *name = arg + 2;
    size_t len = strcspn(name, "=");
    const struct mw_option *row = mw_cli_find(name, len);
    if (row != NULL)
        return read_row(p, row, name[len] == '=' ? name + len + 1 : NULL);
    MW_FREE char *plain = mw_xstrndup(name, len);
    MW_FREE char *dashed = mw_xasprintf("--%s", plain);
    enum mw_code code = unknown(p, dashed, plain);
    return code;
}

static enum mw_code read_letters(struct parser *p, const char *arg)
{
    enum mw_code code = MW_OK;
    for (const char *at = arg + 1; *at != '\0' && code == MW_OK; at++) {
        const struct mw_option *row = mw_cli_find_letter(*at);
        if (row == NULL) {
            size_t len = mw_utf8_decode(at, strlen(at), NULL);
            MW_FREE char *dashed = mw_xasprintf("-%.*s", len > 0 ? (int)len : 1, at);
            code = unknown(p, dashed, arg + 1);
        } else if (row->value_name == NULL) {
            code = read_row(p, row, NULL);
        } else {
            return read_row(p, row, at[1] != '\0' ? at + 1 : NULL);
        }
    }
    return code;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static char *fitting_actions(unsigned fits)
{
    MW_AUTO(mw_strings) names = {0};
    for (const struct mw_option *row = mw_cli_table; row->name != NULL; row++) {
        if (row->group == MW_GROUP_ACTION && (fits & row->fits) != 0 && row->run != NULL)
            mw_strings_take(&names, mw_xasprintf("--%s", row->name));
    }
    if ((fits & MW_ACTION_INTERFACE) != 0)
        mw_strings_add(&names, _("the interface (no action)"));
    return mw_strings_join(&names, ", ");
}

static enum mw_code check_fit(struct parser *p)
{
    const struct mw_option *action = p->options->action;
    unsigned id = action == NULL ? (unsigned)MW_ACTION_INTERFACE : action->fits;
    if (action != NULL && wins(action))
        return MW_OK;

    for (const struct mw_option *row = mw_cli_table; row->name != NULL; row++) {
        if (row->group == MW_GROUP_ACTION || !p->used[row - mw_cli_table] || (row->fits & id) != 0)
            continue;
        MW_FREE char *fitting = fitting_actions(row->fits);
        enum mw_code code = action == NULL ? mw_misuse(p->err, _("--%s needs an action"), row->name)
                                           : mw_misuse(p->err, _("--%s does not go with --%s"),
                                                       row->name, action->name);
        mw_error_hint(p->err, _("It goes with %s."), fitting);
        return code;
    }
    return MW_OK;
}

/* The value stays out of the sentence: it may be a secret. */
static enum mw_code check_kept(const struct mw_session_options *session, const char *option,
                               const char *text, char end, struct mw_error *err)
{
    MW_FREE char *tool = mw_xstrndup(text, strcspn(text, (const char[]){end, '=', '\0'}));
    MW_FREE char *name = mw_xstrndup(text, strcspn(text, "="));
    bool is_out = mw_tool_exists(tool) && !mw_options_select(session, tool);
    return !is_out ? MW_OK
                   : mw_misuse(err, _("--%s %s: --only or --skip leaves %s out of this run"),
                               option, name, tool);
}

/* MW_USAGE if --only and --skip leave no tool, or leave one out that --set or --mirror names: what
 * was asked for would be dropped without a word. */
static enum mw_code check_tools(const struct mw_session_options *session, struct mw_error *err)
{
    bool is_any_left = false;
    size_t count = mw_tool_count();
    for (size_t i = 0; i < count; i++)
        is_any_left = is_any_left || mw_options_select(session, mw_tool_id(i));
    if (!is_any_left)
        return mw_misuse(err, _("--only and --skip leave no tool"));
    enum mw_code code = MW_OK;
    for (size_t i = 0; code == MW_OK && i < session->sets.count; i++)
        code = check_kept(session, "set", session->sets.items[i], '.', err);
    for (size_t i = 0; code == MW_OK && i < session->mirrors.count; i++)
        code = check_kept(session, "mirror", session->mirrors.items[i], '=', err);
    return code;
}

static enum mw_code read_all(struct parser *p)
{
    while (p->next < p->argc) {
        const char *arg = p->argv[p->next++];
        enum mw_code code = MW_OK;
        if (strcmp(arg, "--") == 0)
            code = p->next < p->argc ? stray(p, p->argv[p->next]) : MW_OK;
        else if (arg[0] == '-' && arg[1] == '-')
            code = read_long(p, arg);
        else if (arg[0] == '-' && arg[1] != '\0')
            code = read_letters(p, arg);
        else
            code = stray(p, arg);
        if (code != MW_OK)
            return code;
    }
    return MW_OK;
}

enum mw_code mw_cli_parse(int argc, char *const argv[], struct mw_cli_options *options,
                          struct mw_error *err)
{
    *options = (struct mw_cli_options){0};
    struct parser p = {
        .argc = argc,
        .argv = argv,
        .next = 1,
        .options = options,
        .err = err,
    };

    enum mw_code code = read_all(&p);
    if (code == MW_OK && options->action == NULL && options->session.profile != NULL)
        options->action = mw_cli_find("diff", strlen("diff"));
    if (code == MW_OK)
        code = check_fit(&p);
    if (code == MW_OK)
        code = check_tools(&options->session, err);
    if (code == MW_OK && options->output != NULL && !options->json && options->format == NULL) {
        code = mw_misuse(err, _("--output goes with --json or --format"));
        options->output = NULL;
    }
    if (options->scope != NULL && strcmp(options->scope, "system") == 0)
        options->session.scope = MW_SCOPE_SYSTEM;
    return code;
}

void mw_cli_options_release(struct mw_cli_options *options)
{
    for (const struct mw_option *row = mw_cli_table; row->name != NULL; row++) {
        if (row->kind == MW_OPTION_MORE || row->kind == MW_OPTION_TOOLS)
            mw_strings_release((struct mw_strings *)((char *)options + row->offset));
    }
    mw_strings_release(&options->session.named);
    *options = (struct mw_cli_options){0};
}

/* Borrowed: the value that argv[i] gives the option; NULL: none, or it is another. */
static const char *peek_value(int argc, char *const argv[], int i, const char *option)
{
    size_t len = strlen(option);
    if (strncmp(argv[i], option, len) != 0)
        return NULL;
    if (argv[i][len] == '=')
        return argv[i] + len + 1;
    return argv[i][len] == '\0' && i + 1 < argc ? argv[i + 1] : NULL;
}

struct mw_cli_peek mw_cli_peek(int argc, char *const argv[])
{
    struct mw_cli_peek peek = {0};
    MW_AUTO(mw_strings) languages = {0};
    mw_cli_choices(mw_cli_find("lang", strlen("lang")), &languages);
    for (int i = 1; i < argc && argv[i] != NULL && strcmp(argv[i], "--") != 0; i++) {
        const char *lang = peek_value(argc, argv, i, "--lang");
        const char *root = peek_value(argc, argv, i, "--root");
        const char *format = peek_value(argc, argv, i, "--format");
        if (lang != NULL)
            peek.lang = mw_strings_has(&languages, lang) ? lang : NULL;
        if (root != NULL)
            peek.root = root;
        if (strcmp(argv[i], "--json") == 0 || (format != NULL && strcmp(format, "json") == 0))
            peek.json = true;
    }
    return peek;
}
