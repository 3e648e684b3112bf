/* Rows of Docker's own: keys that keep dockerd from starting, what the running one uses, and
 * whether it knows of the proxy. */
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- keys ------------------------------------------------------------------------------------ */

/* The same member under another name. */
static void rename_key(struct check_run *run, const struct check_file *file,
                       const struct mw_json_member *member, const char *name,
                       struct check_ways *ways)
{
    struct check_way *way = check_way_text(run, ways, MW_REMEDY_EDIT_TEXT, file);
    struct mw_buf *text = mw_edits_add(&way->remedy.edits, member->key_begin, member->key_end);
    mw_buf_printf(text, "\"%s\"", name);
}

/* dockerd looks keys up among its flags, so it takes their names for known and then passes over
 * them (config.go findConfigurationConflicts). */
static bool add_flag_name(struct check_run *run, const struct check_file *file, const char *key,
                          const struct mw_json_member *member, size_t line)
{
    static const struct mw_value nothing = {.kind = MW_VALUE_ABSENT};
    const struct mw_tool_key *row = mw_tool_key(run->tool->tool, key);
    if (row == NULL || row->unheard != MW_UNHEARD_FLAG)
        return false;
    const char *path = file->location.path;
    struct check_ways ways = {0};
    if (row->instead != NULL)
        rename_key(run, file, member, row->instead, &ways);
    (void)check_way_put(run, &ways, file, key, &nothing);
    check_add(run,
              (struct check_result){
                  .status = MW_CHECK_WARN,
                  .subject = mw_xasprintf("ignored.%s", key),
                  .observed =
                      row->instead != NULL
                          ? mw_xasprintf(_("%s:%zu: dockerd passes over \"%s\"; in the "
                                           "file the option is \"%s\""),
                                         path, line, key, row->instead)
                          : mw_xasprintf(_("%s:%zu: dockerd passes over \"%s\", which is the name "
                                           "of a flag"),
                                         path, line, key),
                  .ways = ways,
                  .why = _("it looks set and is not"),
              });
    return true;
}

/* A slip is a failure; a key that nothing resembles may be of a dockerd newer than this program. */
static void add_unknown(struct check_run *run, const struct check_file *file, const char *key,
                        const struct mw_json_member *member, size_t line)
{
    static const struct mw_value nothing = {.kind = MW_VALUE_ABSENT};
    const struct mw_tool *tool = run->tool->tool;
    MW_AUTO(mw_strings) names = {0};
    MW_FREE char *closest = NULL;
    for (size_t i = 0; i < tool->key_count; i++) {
        const struct mw_tool_key *row = mw_tool_key_at(tool, i);
        if (row->unheard != MW_HEARD)
            continue;
        mw_strings_add(&names, row->key);
        if (closest == NULL && strcasecmp(row->key, key) == 0)
            closest = mw_xstrdup(row->key);
    }
    if (closest == NULL && !check_only_counts(run))
        closest = mw_text_closest(key, (const char *const *)names.items, names.count);
    struct check_ways ways = {0};
    if (closest != NULL)
        rename_key(run, file, member, closest, &ways);
    if (closest != NULL)
        (void)check_way_put(run, &ways, file, key, &nothing);
    else /* a newer dockerd may know it, so it is for a person to decide */
        ways = check_by_hand(check_editor(run, file, 0));
    if (closest != NULL)
        check_found(run, MW_CHECK_FAIL, key, ways,
                    _("%s:%zu: \"%s\" is no option of dockerd; \"%s\" is"), file->location.path,
                    line, key, closest);
    else
        check_found(run, MW_CHECK_WARN, key, ways,
                    _("%s:%zu: no dockerd that we know has an option \"%s\""), file->location.path,
                    line, key);
}

void check_docker_keys(struct check_run *run)
{
    const struct check_file *file = run->tool->ours;
    if (file == NULL || !file->is_valid || !file->file.exists)
        return;
    struct mw_json_span root;
    MW_FREE struct mw_json_member *members = NULL;
    size_t at = 0, line = 1;
    const char *what = NULL;
    const char *text = mw_buf_text(&file->file.bytes);
    if (!mw_json_check(text, file->file.bytes.len, &root, &at, &what) ||
        root.type != MW_JSON_OBJECT)
        return;
    size_t count = mw_json_children(text, root, &members);
    at = 0;
    for (size_t i = 0; i < count; i++) {
        size_t len = 0;
        MW_FREE char *key = mw_json_unescape(text, members[i].key_begin, members[i].key_end, &len);
        for (; at < members[i].key_begin; at++)
            line += text[at] == '\n';
        if (!check_known_key(run, file, key, line, members[i].value) &&
            !add_flag_name(run, file, key, &members[i], line))
            add_unknown(run, file, key, &members[i], line);
    }
}

/* ---- the running one ------------------------------------------------------------------------- */

/* dockerd shows mirrors with one '/' at the end. */
static bool same_mirror(const char *a, const char *b)
{
    size_t a_len = strlen(a), b_len = strlen(b);
    a_len -= a_len > 0 && a[a_len - 1] == '/';
    b_len -= b_len > 0 && b[b_len - 1] == '/';
    return a_len == b_len && strncmp(a, b, a_len) == 0;
}

/* Is it there before? dockerd keeps the first of two that are the same. */
static bool is_repeated(const struct mw_strings *items, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (same_mirror(items->items[i], items->items[at]))
            return true;
    }
    return false;
}

static bool same_mirrors(const struct mw_value *live, const struct mw_value *want)
{
    size_t next = 0;
    for (size_t i = 0; i < want->items.count; i++) {
        if (is_repeated(&want->items, i))
            continue;
        if (next >= live->items.count ||
            !same_mirror(live->items.items[next], want->items.items[i]))
            return false;
        next++;
    }
    return next == live->items.count;
}

static char *way_to_reload(const struct check_run *run, const char *verb)
{
    struct mw_buf fix = {0};
    bool is_system = run->tool->ours->location.actor.uid == 0 && !run->sys->user.switched;
    bool is_rootless = run->sys->euid != 0 && !is_system;
    if (is_rootless) {
        mw_buf_printf(&fix, "systemctl --user %s docker", verb);
        return mw_buf_take(&fix);
    }
    check_put_sudo(run, &fix);
    mw_buf_printf(&fix,
                  mw_path_exists(run->sys, "/run/systemd/system") ? "systemctl %s docker"
                                                                  : "service docker %s",
                  verb);
    return mw_buf_take(&fix);
}

/* What daemon.json says has to be used; in the checklist what the profile says. */
static const struct mw_value *wanted_mirrors(const struct check_run *run, struct mw_value *in_file)
{
    for (size_t i = 0; run->list == MW_CHECK_CHECKLIST && i < run->ctx->wanted_count; i++) {
        const struct mw_check_wanted *wanted = &run->ctx->wanted[i];
        if (wanted->tool == run->tool->tool && strcmp(wanted->key, "registry-mirrors") == 0)
            return wanted->value;
    }
    check_file_get(run->tool->tool, run->tool->ours, "registry-mirrors", in_file);
    return in_file;
}

void check_docker_live(struct check_run *run)
{
    const struct check_tool *tool = run->tool;
    MW_AUTO(mw_value) live = {0}, in_file = {0};
    struct mw_error why = {0};
    MW_FREE char *elsewhere =
        tool->program == NULL ? mw_tool_elsewhere(run->sys, tool->tool) : NULL;
    bool is_elsewhere = elsewhere != NULL;
    if (tool->ours == NULL || (tool->program == NULL && !is_elsewhere) ||
        run->sys->root[0] != '\0') {
        check_skip(run, "%s", _("there is no dockerd here to be asked"));
        return;
    }
    const struct mw_value *want = wanted_mirrors(run, &in_file);
    if (mw_tool_ask(run->sys, tool->tool, &tool->ours->location, "registry-mirrors", &live, &why) !=
        MW_OK) {
        if (run->list == MW_CHECK_DOCTOR)
            check_skip(run, "%s", why.message);
        else
            check_found(run, MW_CHECK_FAIL, NULL, check_by_hand(way_to_reload(run, "start")), "%s",
                        why.message);
    } else {
        bool same = same_mirrors(&live, want);
        struct check_ways ways = {0};
        /* A key that is gone changes nothing in the engine; an empty list does. */
        same = same || (is_elsewhere && want->kind == MW_VALUE_ABSENT);
        if (!same && !is_elsewhere && want->kind == MW_VALUE_ABSENT)
            check_way_apply(run, &ways, tool->tool, "docker.registry-mirrors=");
        else if (!same && !is_elsewhere)
            check_way_command(&ways, MW_REMEDY_RELOAD, way_to_reload(run, "reload"));
        for (size_t i = 0; i < ways.count; i++)
            ways.items[i].remedy.tool = tool->tool;
        check_add(run, (struct check_result){
                           .status = same ? MW_CHECK_PASS : MW_CHECK_FAIL,
                           .observed = check_value_text(&live),
                           .expected = check_value_text(want),
                           .ways = ways,
                       });
    }
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
    bool found = false;
    for (const char *line = text; !found && *line != '\0';) {
        size_t len = strcspn(line, "\n");
        MW_FREE char *one = mw_xstrndup(line + strspn(line, " \t"), len);
        bool is_comment = one[0] == '#' || one[0] == ';';
        one[strcspn(one, "\n")] = '\0';
        found = !is_comment &&
                (strcasestr(one, "https_proxy") != NULL || strcasestr(one, "http_proxy") != NULL ||
                 strstr(one, "\"proxies\"") != NULL || strstr(one, "http-proxy") != NULL);
        line += len;
        line += *line == '\n';
    }
    return found;
}

/* daemon.json since 23.0, else whatever starts the service: units, drop-ins, /etc/default. */
static bool docker_has_proxy(const struct check_run *run)
{
    static const char *const folders[] = {"/etc/systemd/system/docker.service.d",
                                          "/run/systemd/system/docker.service.d",
                                          "/usr/lib/systemd/system/docker.service.d"};
    static const char *const files[] = {"/etc/default/docker", "/etc/sysconfig/docker",
                                        "/etc/systemd/system/docker.service"};
    MW_AUTO(mw_strings) paths = {0};
    bool found = false;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        MW_AUTO(mw_strings) names = {0};
        MW_FREE char *folder = mw_system_path(run->sys, folders[i]);
        mw_dir_list(run->sys, folder, ".conf", &names);
        for (size_t n = 0; n < names.count; n++)
            mw_strings_take(&paths, mw_xasprintf("%s/%s", folder, names.items[n]));
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        mw_strings_take(&paths, mw_system_path(run->sys, files[i]));
    if (run->tool->ours != NULL)
        mw_strings_add(&paths, run->tool->ours->location.path);
    for (size_t i = 0; !found && i < paths.count; i++) {
        MW_AUTO(mw_buf) text = {0};
        bool exists = false;
        if (mw_text_file_read(run->sys, paths.items[i], &text, &exists, NULL) == MW_OK && exists)
            found = names_proxy(mw_buf_text(&text));
    }
    return found;
}

void check_docker_proxy(struct check_run *run)
{
    const char *name = NULL;
    const char *proxy = proxy_of_shell(run->sys, &name);
    if (proxy == NULL || run->tool->program == NULL || docker_has_proxy(run))
        return;
    MW_FREE char *folder = mw_system_path(run->sys, "/etc/systemd/system/docker.service.d");
    struct mw_buf fix = {0};
    check_put_sudo(run, &fix);
    mw_buf_puts(&fix, "mkdir -p");
    mw_buf_put_word(&fix, folder);
    mw_buf_printf(&fix,
                  " && printf '[Service]\\nEnvironment=\"HTTP_PROXY=%%s\" \"HTTPS_PROXY=%%s\""
                  "\\n' \"$%s\" \"$%s\" | ",
                  name, name);
    check_put_sudo(run, &fix);
    MW_FREE char *file = mw_xasprintf("%s/proxy.conf", folder);
    mw_buf_puts(&fix, "tee");
    mw_buf_put_word(&fix, file);
    check_found(run, MW_CHECK_WARN, NULL, check_by_hand(mw_buf_take(&fix)),
                _("%s=%s is set in this shell; dockerd is told of no proxy"), name, proxy);
}
