/* A parser of our own in place of getopt_long: no abbreviations (they would turn every new option
 * into a breaking change), suggestions, and actions with optional values. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/cli.h"
#include "mirrorwise/command.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/tool.h"
#include "parse.h"

struct parser {
    int argc;
    char *const *argv;
    int next; /* index of the argument not yet read */
    struct mw_cli_options *options;
    bool *used; /* one a row of the option table */
    struct mw_error *err;
};

/* ---- errors ------------------------------------------------------------------------------- */

static void hint_closest(struct mw_error *err, const char *name)
{
    MW_AUTO(mw_strings) names = {0};
    size_t count = 0;
    const struct mw_action *actions = mw_cli_actions(&count);
    for (size_t i = 0; i < count; i++)
        mw_strings_add(&names, actions[i].name);
    const struct mw_option *options = mw_cli_options(&count);
    for (size_t i = 0; i < count; i++)
        mw_strings_add(&names, options[i].name);

    /* Who shortens a name, as getopt_long() would let him, means the one that begins so. */
    const char *longer = NULL;
    size_t matches = 0;
    for (size_t i = 0; i < names.count; i++) {
        if (strlen(name) > 1 && mw_text_starts(names.items[i], name)) {
            longer = names.items[i];
            matches++;
        }
    }
    MW_FREE char *closest =
        matches == 1 ? mw_xstrdup(longer)
                     : mw_text_closest(name, (const char *const *)names.items, names.count);
    MW_FREE char *program = mw_command_word(mw_command_program());
    if (closest != NULL)
        mw_error_hint(err, _("Did you mean --%s?"), closest);
    else
        mw_error_hint(err, _("%s --help lists all actions and options."), program);
}

static enum mw_code unknown(struct parser *p, const char *arg, const char *name)
{
    enum mw_code code = mw_fail(p->err, MW_USAGE, 0, "options", _("there is no option '%s'"), arg);
    hint_closest(p->err, name);
    return code;
}

static enum mw_code refuse_generation(const struct parser *p, const char *name, const char *found)
{
    mw_fail(p->err, MW_USAGE, 0, "options", _("--%s: '%s' is not the number of a generation"), name,
            found);
    mw_error_hint(p->err, _("--history lists them; 0 is the state before the first one"));
    return MW_USAGE;
}

static enum mw_code stray(struct parser *p, const char *arg)
{
    const struct mw_action *action = p->options->action;
    if (action != NULL && action->value == MW_TAKES_NUMBER_OR_NOTHING &&
        p->options->action_value == NULL)
        return refuse_generation(p, action->name, arg);
    enum mw_code code = mw_fail(p->err, MW_USAGE, 0, "options",
                                _("'%s' belongs to no option; actions are options, too"), arg);
    if (mw_cli_is_profile(arg))
        mw_error_hint(p->err, _("Did you mean --profile %s?"), arg);
    else
        hint_closest(p->err, arg);
    return code;
}

static char *choices_text(const char *const *choices)
{
    MW_AUTO(mw_strings) list = {0};
    for (; *choices != NULL; choices++)
        mw_strings_add(&list, *choices);
    return mw_strings_join(&list, ", ");
}

static enum mw_code check_choice(struct parser *p, const char *name, const char *const *choices,
                                 const char *value)
{
    size_t count = 0;
    for (; choices[count] != NULL; count++) {
        if (strcmp(choices[count], value) == 0)
            return MW_OK;
    }
    MW_FREE char *allowed = choices_text(choices);
    MW_FREE char *closest = mw_text_closest(value, choices, count);
    enum mw_code code = mw_fail(p->err, MW_USAGE, 0, "options",
                                _("--%s cannot be '%s'; allowed are %s"), name, value, allowed);
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
    if (!read_number(value, &number) || number < row->min || number > row->max)
        return mw_fail(p->err, MW_USAGE, 0, "options",
                       _("--%s cannot be '%s'; it is a whole number from %ld to %ld"), row->name,
                       value, row->min, row->max);
    *(long *)((char *)p->options + row->offset) = number;
    return MW_OK;
}

/* The tools of a group; false if the word names none. */
static bool add_group(struct mw_strings *list, const char *word)
{
    enum mw_group group;
    if (!mw_group_parse(word, &group))
        return false;
    size_t count = mw_tool_count();
    for (size_t i = 0; i < count; i++) {
        const struct mw_tool *tool = mw_tool_at(i);
        if (tool != NULL && tool->group == group)
            mw_strings_add(list, tool->id);
    }
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
        code = mw_fail(p->err, MW_USAGE, 0, "options", _("--%s names no tool"), row->name);
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
        mw_strings_take(&known, NULL); /* the choices end with NULL */
        known.count--;
        code = check_choice(p, row->name, (const char *const *)known.items, word);
    }
    return code;
}

static enum mw_code store(struct parser *p, const struct mw_option *row, const char *value)
{
    char *member = (char *)p->options + row->offset;
    enum mw_code code = MW_OK;

    size_t count = 0;
    p->used[row - mw_cli_options(&count)] = true;
    if (value == NULL)
        value = "";
    if (row->value_name != NULL && value[0] == '\0')
        return mw_fail(p->err, MW_USAGE, 0, "options", _("--%s needs a value: %s"), row->name,
                       row->value_name);
    switch (row->kind) {
    case MW_OPTION_FLAG:
        *(bool *)member = true;
        break;
    case MW_OPTION_COUNT:
        *(int *)member += 1;
        break;
    case MW_OPTION_TEXT:
        *(const char **)member = value;
        break;
    case MW_OPTION_CHOICE:
        code = check_choice(p, row->name, row->choices, value);
        if (code == MW_OK)
            *(const char **)member = value;
        break;
    case MW_OPTION_NUMBER:
        code = store_number(p, row, value);
        break;
    case MW_OPTION_MORE:
        mw_strings_add((struct mw_strings *)member, value);
        break;
    case MW_OPTION_TOOLS:
        code = store_tools(p, row, value);
        break;
    }
    return code;
}

/* The value in the next argument. "--" starts the next option rather than a value: a forgotten
 * value must not swallow --apply. */
static enum mw_code take_next(struct parser *p, const char *name, const char *value_name,
                              const char **value)
{
    if (p->next >= p->argc || strncmp(p->argv[p->next], "--", 2) == 0)
        return mw_fail(p->err, MW_USAGE, 0, "options", _("--%s needs a value: %s"), name,
                       value_name);
    *value = p->argv[p->next++];
    return MW_OK;
}

/* ---- arguments ---------------------------------------------------------------------------- */

static bool wins(const struct mw_action *action)
{
    return action->id == MW_ACTION_HELP || action->id == MW_ACTION_VERSION;
}

static enum mw_code set_action(struct parser *p, const struct mw_action *row, const char *value)
{
    struct mw_cli_options *options = p->options;
    if (options->action != NULL && wins(options->action))
        return MW_OK;
    bool is_preview =
        options->action != NULL && ((row->id == MW_ACTION_DIFF && options->action->may_preview) ||
                                    (row->may_preview && options->action->id == MW_ACTION_DIFF));
    if (is_preview) {
        options->preview = true;
        if (row->id == MW_ACTION_DIFF)
            return MW_OK;
    } else if (options->action != NULL && options->action != row && !wins(row)) {
        return mw_fail(p->err, MW_USAGE, 0, "options",
                       _("--%s and --%s are two actions; a run has one"), options->action->name,
                       row->name);
    }
    options->action = row;
    options->action_value = value;
    return MW_OK;
}

static enum mw_code read_action(struct parser *p, const struct mw_action *row, const char *value)
{
    long number = 0;
    enum mw_code code = set_action(p, row, value);
    if (code != MW_OK)
        return code;
    switch (row->value) {
    case MW_TAKES_NOTHING:
        if (value != NULL)
            return mw_fail(p->err, MW_USAGE, 0, "options", _("--%s takes no value"), row->name);
        break;
    case MW_TAKES_NUMBER_OR_NOTHING:
        if (value == NULL && p->next < p->argc && read_number(p->argv[p->next], &number))
            value = p->argv[p->next++];
        if (value != NULL && !read_number(value, &number))
            return refuse_generation(p, row->name, value);
        break;
    case MW_TAKES_VALUE:
    case MW_TAKES_VALUES:
        if (value == NULL)
            code = take_next(p, row->name, row->value_name, &value);
        if (code == MW_OK && value[0] == '\0')
            code = mw_fail(p->err, MW_USAGE, 0, "options", _("--%s needs a value: %s"), row->name,
                           row->value_name);
        if (code == MW_OK && row->choices != NULL)
            code = check_choice(p, row->name, row->choices, value);
        break;
    }
    if (p->options->action == row)
        p->options->action_value = value;
    if (code == MW_OK && p->options->action == row && row->value == MW_TAKES_VALUES)
        mw_strings_add(&p->options->action_values, value);
    return code;
}

static enum mw_code read_long(struct parser *p, const char *arg)
{
    const char *name = arg + 2;
    const char *equals = strchr(name, '=');
    size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const char *value = equals != NULL ? equals + 1 : NULL;

    const struct mw_action *action = mw_cli_find_action(name, len);
    if (action != NULL)
        return read_action(p, action, value);

    const struct mw_option *option = mw_cli_find_option(name, len);
    if (option == NULL) {
        MW_FREE char *plain = mw_xstrndup(name, len);
        MW_FREE char *dashed = mw_xasprintf("--%s", plain);
        enum mw_code code = unknown(p, dashed, plain);
        return code;
    }
    if (option->value_name == NULL && value != NULL)
        return mw_fail(p->err, MW_USAGE, 0, "options", _("--%s takes no value"), option->name);
    if (option->value_name != NULL && value == NULL) {
        enum mw_code code = take_next(p, option->name, option->value_name, &value);
        if (code != MW_OK)
            return code;
    }
    return store(p, option, value);
}

static enum mw_code read_letters(struct parser *p, const char *arg)
{
    for (const char *at = arg + 1; *at != '\0'; at++) {
        const struct mw_action *action = mw_cli_find_action_letter(*at);
        const struct mw_option *option = mw_cli_find_option_letter(*at);
        enum mw_code code = MW_OK;
        if (action != NULL) {
            code = set_action(p, action, NULL);
        } else if (option == NULL) {
            size_t len = mw_utf8_decode(at, strlen(at), NULL);
            MW_FREE char *dashed = mw_xasprintf("-%.*s", len > 0 ? (int)len : 1, at);
            code = unknown(p, dashed, arg + 1);
        } else if (option->value_name == NULL) {
            code = store(p, option, NULL);
        } else {
            const char *value = at[1] != '\0' ? at + 1 : NULL;
            if (value == NULL)
                code = take_next(p, option->name, option->value_name, &value);
            return code == MW_OK ? store(p, option, value) : code;
        }
        if (code != MW_OK)
            return code;
    }
    return MW_OK;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static char *fitting_actions(unsigned fits)
{
    MW_AUTO(mw_strings) names = {0};
    size_t count = 0;
    const struct mw_action *rows = mw_cli_actions(&count);
    for (size_t i = 0; i < count; i++) {
        if ((fits & rows[i].id) != 0 && rows[i].run != NULL)
            mw_strings_take(&names, mw_xasprintf("--%s", rows[i].name));
    }
    if ((fits & MW_ACTION_INTERFACE) != 0)
        mw_strings_add(&names, _("the interface (no action)"));
    return mw_strings_join(&names, ", ");
}

static enum mw_code check_fit(struct parser *p)
{
    const struct mw_action *action = p->options->action;
    unsigned id = action == NULL ? (unsigned)MW_ACTION_INTERFACE : (unsigned)action->id;
    if (action != NULL && wins(action))
        return MW_OK;

    size_t count = 0;
    const struct mw_option *rows = mw_cli_options(&count);
    for (size_t i = 0; i < count; i++) {
        if (!p->used[i] || (rows[i].fits & id) != 0)
            continue;
        MW_FREE char *fitting = fitting_actions(rows[i].fits);
        enum mw_code code =
            action == NULL
                ? mw_fail(p->err, MW_USAGE, 0, "options", _("--%s needs an action"), rows[i].name)
                : mw_fail(p->err, MW_USAGE, 0, "options", _("--%s does not go with --%s"),
                          rows[i].name, action->name);
        mw_error_hint(p->err, _("It goes with %s."), fitting);
        return code;
    }
    return MW_OK;
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
    size_t count = 0;
    mw_cli_options(&count);
    *options = (struct mw_cli_options){0};
    struct parser p = {
        .argc = argc,
        .argv = argv,
        .next = 1,
        .options = options,
        .used = mw_xcalloc(count, sizeof(bool)),
        .err = err,
    };

    enum mw_code code = read_all(&p);
    if (code == MW_OK && options->action == NULL && options->session.profile != NULL)
        options->action = mw_cli_find_action("diff", strlen("diff"));
    if (code == MW_OK)
        code = check_fit(&p);
    if (code == MW_OK)
        code = mw_cli_check_tools(&options->session, err);
    if (code == MW_OK && options->output != NULL && !options->json && options->format == NULL) {
        code = mw_fail(err, MW_USAGE, 0, "options", _("--output goes with --json or --format"));
        options->output = NULL;
    }
    if (options->scope != NULL && strcmp(options->scope, "system") == 0)
        options->session.scope = MW_SCOPE_SYSTEM;
    free(p.used);
    return code;
}

void mw_cli_options_release(struct mw_cli_options *options)
{
    mw_strings_release(&options->session.sets);
    mw_strings_release(&options->session.mirrors);
    mw_strings_release(&options->session.catalogs);
    mw_strings_release(&options->session.only);
    mw_strings_release(&options->session.skip);
    mw_strings_release(&options->session.named);
    mw_strings_release(&options->session.accepted);
    mw_strings_release(&options->action_values);
    *options = (struct mw_cli_options){0};
}
