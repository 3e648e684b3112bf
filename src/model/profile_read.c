/* Reading a profile's values. Our scan finds them; iniparser, which every profile is written for,
 * is the cross-check, where there is a way to hand it a text: it takes only file names, and without
 * /proc and /dev/fd an anonymous file has none. */
#include "profile_scan.h"

#include <iniparser.h>
#include <string.h>

/* Everything that iniparser would complain about, our scan has refused with more to say. */
static int stay_silent(const char *format, ...)
{
    (void)format;
    return 0;
}

/* iniparser takes no line for a section that does not end with ']' (iniparser_line): the comments
 * behind it become blanks. It knows no += and would keep the last of several: so do those lines. */
static char *without_extensions(const struct mw_profile_file *file,
                                const struct mw_profile_scan *scan)
{
    char *text = mw_xstrndup(mw_buf_text(&file->text), file->text.len);
    for (size_t i = 0; i < scan->section_count; i++) {
        char *rest = text + scan->sections[i].end;
        memset(rest, ' ', strcspn(rest, "\r\n"));
    }
    for (size_t i = 0; i < scan->entry_count; i++) {
        const struct mw_profile_entry *entry = &scan->entries[i];
        if (entry->sign != MW_SIGN_SET)
            memset(text + entry->begin, ' ', entry->end - entry->begin);
    }
    return text;
}

static enum mw_code load(const struct mw_profile_file *file, const struct mw_profile_host *host,
                         const struct mw_profile_scan *scan, dictionary **values,
                         struct mw_error *err)
{
    MW_FREE char *text = without_extensions(file, scan);
    char *path = NULL;
    int fd = -1;
    if (host->open_text(host->context, text, file->text.len, &path, &fd, NULL) != MW_OK)
        return MW_OK;
    iniparser_set_error_callback(stay_silent);
    dictionary *loaded = iniparser_load(path);
    iniparser_set_error_callback(NULL);
    host->close_text(host->context, fd);
    free(path);
    if (loaded == NULL)
        return mw_fail(err, MW_BAD_PROFILE, 0, "profile", _("%s: iniparser cannot read this file"),
                       file->path);
    *values = loaded;
    return MW_OK;
}

static enum mw_code compare_readings(const struct mw_profile_file *file, const dictionary *values,
                                     const struct mw_profile_scan *scan, struct mw_error *err)
{
    for (size_t i = 0; values != NULL && i < scan->entry_count; i++) {
        const struct mw_profile_entry *entry = &scan->entries[i];
        if (entry->sign != MW_SIGN_SET)
            continue;
        MW_FREE char *name = mw_xasprintf("%s:%s", scan->sections[entry->section].name, entry->key);
        const char *value = iniparser_getstring(values, name, NULL);
        if (value == NULL || strcmp(value, entry->value) != 0)
            return mw_model_refuse(err, file->path, entry->line,
                                   _("a value that can be read in one way only"),
                                   _("the value of %s is ambiguous"), entry->key);
    }
    return MW_OK;
}

enum mw_code mw_profile_read(const struct mw_profile_file *file, const struct mw_profile_host *host,
                             struct mw_profile_scan *scan, struct mw_error *err)
{
    dictionary *values = NULL;
    enum mw_code code =
        mw_profile_scan(file->path, mw_buf_text(&file->text), file->text.len, scan, err);
    if (code == MW_OK)
        code = load(file, host, scan, &values, err);
    if (code == MW_OK)
        code = compare_readings(file, values, scan, err);
    if (values != NULL)
        iniparser_freedict(values);
    return code;
}
