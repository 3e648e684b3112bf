/* ${env:NAME} and ${file:PATH}: secrets stay outside of profiles.
 *
 * What comes in is not looked at again, so a secret may hold "${". It must be one line of text:
 * the tools' files have no other way to hold it, and a second line would be a second setting. */
#include <string.h>

#include "mirrorwise/profile.h"
#include "mirrorwise/secret.h"
#include "model.h"

struct expansion {
    const struct mw_profile_host *host;
    enum mw_from source;
    const char *where;
    const char *directory;
    struct mw_buf out;
    bool is_secret;
    struct mw_strings shorts; /* secrets too short to be found anywhere by themselves */
    struct mw_error *err;
};

/* `name` is as written, "env:TOKEN"; the text itself never gets into a message. */
static enum mw_code append_secret(struct expansion *e, const char *name, const char *text,
                                  size_t len)
{
    if (len == 0) {
        mw_model_refuse(e->err, e->where, 0, _("a text that is not empty"), _("${%s} is empty"),
                        name);
        mw_error_hint(e->err, _("To remove a key write nothing after its '='."));
        return MW_BAD_PROFILE;
    }
    if (mw_model_odd_byte(text, len) < len)
        return mw_model_refuse(e->err, e->where, 0, _("one line of printable UTF-8"),
                               _("${%s} holds a control character or a byte that is not UTF-8"),
                               name);
    char *secret = mw_xstrndup(text, len);
    mw_secret_add(secret);
    if (len < MW_SECRET_MIN)
        mw_strings_take(&e->shorts, secret);
    else
        mw_secret_free(secret);
    mw_buf_append(&e->out, text, len);
    e->is_secret = true;
    return MW_OK;
}

static bool is_variable_name(const char *name)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return *name != '\0' && !(*name >= '0' && *name <= '9') && name[strspn(name, set)] == '\0';
}

static enum mw_code refuse_outside(const struct expansion *e, const char *name)
{
    return mw_model_refuse(e->err, e->where, 0, _("${file:PATH} of that tree"),
                           _("${%s}: a profile inside --root reads nothing outside of it"), name);
}

static enum mw_code expand_env(struct expansion *e, const char *name)
{
    const char *variable = name + strlen("env:");
    if (!is_variable_name(variable))
        return mw_model_refuse(e->err, e->where, 0, _("letters, digits and '_'"),
                               _("'%s' is no name of an environment variable"), variable);
    if (e->source == MW_FROM_TREE)
        return refuse_outside(e, name);
    const char *value = e->host->get_env(e->host->context, variable);
    if (value == NULL) {
        mw_fail(e->err, MW_BAD_PROFILE, 0, "profile",
                _("%s: the environment variable %s is not set"), e->where, variable);
        mw_error_hint(e->err, _("Set %s, or put the value into a file and write ${file:PATH}."),
                      variable);
        return MW_BAD_PROFILE;
    }
    return append_secret(e, name, value, strlen(value));
}

/* Owned; NULL if HOME is needed and missing. */
static char *absolute_path(const struct mw_profile_host *host, const char *directory,
                           const char *path)
{
    if (mw_text_starts(path, "~/")) {
        const char *home = host->get_env(host->context, "HOME");
        return home != NULL && *home != '\0' ? mw_xasprintf("%s%s", home, path + 1) : NULL;
    }
    if (*path == '/' || directory == NULL)
        return mw_xstrdup(path);
    const char *slash = strcmp(directory, "/") == 0 ? "" : "/";
    return mw_xasprintf("%s%s%s", directory, slash, path);
}

/* Owned: the file that is meant; NULL with the error set. */
static char *find_file(const struct expansion *e, const char *name, const char *written)
{
    const struct mw_profile_host *host = e->host;
    bool is_tree = e->source == MW_FROM_TREE;
    if (is_tree && mw_text_starts(written, "~/")) {
        refuse_outside(e, name);
        return NULL;
    }
    char *path = absolute_path(host, e->directory, written);
    if (path == NULL)
        mw_fail(e->err, MW_BAD_PROFILE, 0, "profile", _("%s: ${%s} needs HOME, which is not set"),
                e->where, name);
    if (path == NULL || !is_tree)
        return path;
    char *inside = host->tree_path != NULL ? host->tree_path(host->context, path) : NULL;
    if (inside == NULL)
        refuse_outside(e, name);
    free(path);
    return inside;
}

static enum mw_code expand_file(struct expansion *e, const char *name)
{
    const char *written = name + strlen("file:");
    MW_AUTO(mw_buf) text = {0};
    struct mw_error why = {0};
    if (*written == '\0')
        return mw_model_refuse(e->err, e->where, 0, _("${file:PATH}"), _("${file:} has no path"));
    MW_FREE char *path = find_file(e, name, written);
    if (path == NULL)
        return MW_BAD_PROFILE;
    if (e->host->read_file(e->host->context, path, &text, &why) != MW_OK)
        return mw_fail(e->err, MW_BAD_PROFILE, 0, "profile", _("%s: ${%s} cannot be read: %s"),
                       e->where, name, why.message);
    size_t len = text.len;
    if (len > 0 && text.data[len - 1] == '\n')
        len--;
    if (len > 0 && len < text.len && text.data[len - 1] == '\r')
        len--;
    return append_secret(e, name, mw_buf_text(&text), len);
}

static enum mw_code expand_reference(struct expansion *e, const char *name)
{
    if (mw_text_starts(name, "env:"))
        return expand_env(e, name);
    if (mw_text_starts(name, "file:"))
        return expand_file(e, name);
    MW_FREE char *shown = mw_model_shown(name);
    mw_model_refuse(e->err, e->where, 0,
                    _("${env:NAME}, ${file:PATH}, or $${ for the characters themselves"), "${%s}",
                    shown);
    return MW_BAD_PROFILE;
}

static enum mw_code expand(struct expansion *e, const char *text)
{
    while (*text != '\0') {
        if (mw_text_starts(text, "$${")) {
            mw_buf_puts(&e->out, "${");
            text += strlen("$${");
            continue;
        }
        if (!mw_text_starts(text, "${")) {
            mw_buf_putc(&e->out, *text++);
            continue;
        }
        text += strlen("${");
        const char *end = strchr(text, '}');
        if (end == NULL)
            return mw_model_refuse(e->err, e->where, 0, _("${env:NAME}, ${file:PATH}"),
                                   _("a ${ without its }"));
        MW_FREE char *name = mw_xstrndup(text, (size_t)(end - text));
        enum mw_code code = expand_reference(e, name);
        if (code != MW_OK)
            return code;
        text = end + 1;
    }
    return MW_OK;
}

/* Each item of the list that one of them stands in is the secret then. */
static void add_around_short(const struct expansion *e)
{
    MW_AUTO(mw_strings) items = {0};
    if (e->shorts.count > 0)
        mw_strings_split(&items, mw_buf_text(&e->out), ",| \t");
    for (size_t i = 0; i < items.count; i++) {
        bool holds = false;
        for (size_t k = 0; k < e->shorts.count; k++)
            holds = holds || strstr(items.items[i], e->shorts.items[k]) != NULL;
        if (holds)
            mw_secret_add(items.items[i]);
    }
}

enum mw_code mw_profile_expand(const struct mw_profile_host *host, enum mw_from source,
                               const char *where, const char *directory, const char *text,
                               char **expanded, bool *is_secret, struct mw_error *err)
{
    struct expansion e = {
        .host = host, .source = source, .where = where, .directory = directory, .err = err};
    enum mw_code code = expand(&e, text);
    if (code == MW_OK) {
        *is_secret = e.is_secret;
        add_around_short(&e);
        *expanded = mw_buf_take(&e.out);
    }
    mw_buf_release(&e.out);
    mw_strings_release(&e.shorts);
    return code;
}

static void add_read(const struct mw_profile_host *host, const char *directory, const char *name,
                     struct mw_strings *reads)
{
    bool is_file = mw_text_starts(name, "file:");
    MW_FREE char *path = is_file ? absolute_path(host, directory, name + strlen("file:")) : NULL;
    MW_FREE char *text =
        path != NULL ? mw_xasprintf("${file:%s}", path) : mw_xasprintf("${%s}", name);
    mw_strings_add_new(reads, text);
}

bool mw_profile_reads(const struct mw_profile_host *host, const char *directory, const char *text,
                      struct mw_strings *reads)
{
    const char *begin = text;
    bool is_any = false;
    while ((text = strstr(text, "${")) != NULL) {
        bool is_literal = text > begin && text[-1] == '$';
        text += strlen("${");
        size_t len = strcspn(text, "}");
        if (is_literal || text[len] == '\0')
            continue;
        MW_FREE char *name = mw_xstrndup(text, len);
        add_read(host, directory, name, reads);
        is_any = true;
    }
    return is_any;
}
