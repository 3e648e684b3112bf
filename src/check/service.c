/* Rows about a tool that runs as a service: what it uses now, and whether it knows of the proxy. */
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

/* ---- the running one ------------------------------------------------------------------------- */

static char *way_to_reload(const struct check_run *run, const char *verb)
{
    bool is_system = run->tool->ours->location.actor.uid == 0 && !run->sys->user.switched;
    return mw_system_service(run->sys, run->sys->euid != 0 && !is_system, verb, check_told(run));
}

/* What the file says has to be used; in the checklist what the profile says. */
static const struct mw_value *wanted_mirrors(const struct check_run *run, struct mw_value *in_file)
{
    const struct mw_tool *tool = run->tool->tool;
    const struct mw_wanted *wanted =
        run->list == MW_CHECK_CHECKLIST ? check_wanted(run, tool->mirror_key) : NULL;
    if (wanted != NULL)
        return &wanted->value;
    check_file_get(tool, run->tool->ours, tool->mirror_key, in_file);
    return in_file;
}

static void compare_live(struct check_run *run, const struct mw_value *live,
                         const struct mw_value *want, bool is_elsewhere)
{
    const struct mw_tool *tool = run->tool->tool;
    struct check_ways ways = {0};
    /* A key that is gone changes nothing in what runs elsewhere; an empty list does. */
    bool same =
        mw_urls_used(&want->items, &live->items) || (is_elsewhere && want->kind == MW_VALUE_ABSENT);
    MW_FREE char *none = mw_xasprintf("%s.%s=", tool->id, tool->mirror_key);
    if (!same && !is_elsewhere && want->kind == MW_VALUE_ABSENT)
        check_way_apply(run, &ways, tool, none);
    else if (!same && !is_elsewhere && mw_tool_restarts(run->sys, tool, &run->tool->ours->location))
        check_way_command(&ways, MW_REMEDY_SHELL, way_to_reload(run, "restart"));
    else if (!same && !is_elsewhere)
        check_way_command(&ways, MW_REMEDY_RELOAD, way_to_reload(run, "reload"));
    if (ways.count > 0)
        ways.items[0].remedy.tool = tool;
    check_add(run, (struct check_result){
                       .status = same ? MW_CHECK_PASS : MW_CHECK_FAIL,
                       .observed = check_value_text(live),
                       .expected = check_value_text(want),
                       .ways = ways,
                   });
}

void check_live(struct check_run *run)
{
    const struct check_tool *tool = run->tool;
    MW_AUTO(mw_value) live = {0}, in_file = {0};
    struct mw_error why = {0};
    MW_FREE char *elsewhere =
        tool->program == NULL ? mw_tool_elsewhere(run->sys, tool->tool) : NULL;
    bool is_elsewhere = elsewhere != NULL;
    if (tool->ours == NULL || (tool->program == NULL && !is_elsewhere) || run->sys->root[0] != '\0')
        check_skip(run, _("there is no %s here to be asked"), tool->tool->programs.items[0]);
    else if (mw_tool_ask(run->sys, tool->tool, &tool->ours->location, tool->tool->mirror_key, &live,
                         &why) == MW_OK)
        compare_live(run, &live, wanted_mirrors(run, &in_file), is_elsewhere);
    else if (run->list == MW_CHECK_DOCTOR)
        check_skip(run, "%s", why.message);
    else
        check_found(run, MW_CHECK_FAIL, NULL, check_by_hand(way_to_reload(run, "start")), "%s",
                    why.message);
}

/* ---- the proxy ------------------------------------------------------------------------------- */

static const char *proxy_of_shell(const struct mw_system *sys, const char **name)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = mw_system_getenv(sys, names[i]);
        if (value != NULL && value[0] != '\0') {
            *name = names[i];
            return value;
        }
    }
    return NULL;
}

/* A line that is no comment and names a proxy. */
static bool names_proxy(const char *text)
{
    enum { VARIABLES = 2 };
    static const char *const names[] = {"https_proxy", "http_proxy", "\"proxies\"", "http-proxy"};
    MW_AUTO(mw_strings) lines = {0};
    bool found = false;
    mw_strings_split(&lines, text, "\n");
    for (size_t i = 0; !found && i < lines.count; i++) {
        const char *line = lines.items[i];
        for (size_t n = 0; !found && n < sizeof names / sizeof *names; n++)
            found = line[0] != '#' && line[0] != ';' &&
                    (n < VARIABLES ? strcasestr(line, names[n]) : strstr(line, names[n])) != NULL;
    }
    return found;
}

/* Owned: the path of that part of the service. */
static char *service_path(const struct check_run *run, const char *before, const char *behind)
{
    MW_FREE char *path = mw_xasprintf("%s/%s%s", before, check_told(run), behind);
    return mw_system_path(run->sys, path);
}

/* Its own file (Docker's since 23.0), else whatever starts it: units, drop-ins, /etc/default. */
static bool has_proxy(const struct check_run *run)
{
    static const char *const folders[] = {"/etc/systemd/system", "/run/systemd/system",
                                          "/usr/lib/systemd/system"};
    static const char *const files[] = {"/etc/default", "/etc/sysconfig"};
    MW_AUTO(mw_strings) paths = {0};
    bool found = false;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        MW_AUTO(mw_strings) names = {0};
        MW_FREE char *folder = service_path(run, folders[i], ".service.d");
        mw_dir_list(run->sys, folder, ".conf", &names);
        for (size_t n = 0; n < names.count; n++)
            mw_strings_take(&paths, mw_xasprintf("%s/%s", folder, names.items[n]));
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        mw_strings_take(&paths, service_path(run, files[i], ""));
    mw_strings_take(&paths, service_path(run, folders[0], ".service"));
    if (run->tool->ours != NULL)
        mw_strings_add(&paths, run->tool->ours->location.path);
    for (size_t i = 0; !found && i < paths.count; i++) {
        MW_AUTO(mw_buf) text = {0};
        if (mw_text_file_read(run->sys, paths.items[i], &text))
            found = names_proxy(mw_buf_text(&text));
    }
    return found;
}

/* A drop-in with the proxy, quoted as systemd.syntax(7) and its specifiers, "%", want it. What the
 * shell is told for the moment the service would have for good: only who names the finding wants
 * that. */
static void tell_proxy(const struct check_run *run, const char *name, const char *proxy,
                       struct check_ways *ways)
{
    MW_FREE char *path = service_path(run, "/etc/systemd/system", ".service.d/proxy.conf");
    struct check_file file = {.location = {.path = path}};
    MW_AUTO(mw_buf) value = {0};
    for (const char *p = proxy; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            return;
        if (strchr("%\"\\", *p) != NULL)
            mw_buf_putc(&value, *p == '%' ? '%' : '\\');
        mw_buf_putc(&value, *p);
    }
    if (mw_file_read(run->sys, path, (struct mw_actor){0}, &file.file, NULL) != MW_OK)
        return;
    struct check_way *way = check_way_text(run, ways, MW_REMEDY_EDIT_TEXT, &file);
    const struct mw_buf *before = &file.file.bytes;
    way->remedy.variable = name;
    way->remedy.is_choice = true;
    mw_buf_printf(mw_edits_add(&way->remedy.edits, before->len, before->len),
                  "%s[Service]\nEnvironment=\"HTTP_PROXY=%s\" \"HTTPS_PROXY=%s\"\n",
                  before->len > 0 && before->data[before->len - 1] != '\n' ? "\n" : "",
                  mw_buf_text(&value), mw_buf_text(&value));
    mw_file_release(&file.file);
}

void check_proxy(struct check_run *run)
{
    const char *name = NULL;
    const char *proxy = proxy_of_shell(run->sys, &name);
    if (proxy == NULL || run->tool->program == NULL || has_proxy(run))
        return;
    struct check_ways ways = {0};
    if (!run->is_trial)
        tell_proxy(run, name, proxy, &ways);
    check_found(run, MW_CHECK_WARN, NULL, ways,
                _("%s=%s is set in this shell; %s is told of no proxy"), name, proxy,
                run->tool->tool->programs.items[0]);
}
