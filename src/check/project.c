/* Row about files of the project here that name an index of their own, which beats the settings for
 * the whole run (pip's req_file.py). */
#include <fnmatch.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

static bool is_index_option(const struct mw_strings *options, const char *line, size_t len)
{
    for (size_t i = 0; i < options->count; i++) {
        size_t n = strlen(options->items[i]);
        if (len >= n && strncmp(line, options->items[i], n) == 0 &&
            (len == n || line[n] == ' ' || line[n] == '='))
            return true;
    }
    return false;
}

static void add_index_line(struct check_run *run, const struct check_file *file, const char *name,
                           size_t number, const char *line, size_t len)
{
    struct check_ways ways = {0};
    MW_FREE char *subject = mw_xasprintf("%s.%zu", name, number);
    (void)check_way_comment(run, &ways, file, number);
    check_found(run, MW_CHECK_WARN, subject, ways, "%s:%zu: %.*s", file->location.path, number,
                (int)len, line);
}

static void read_project_file(struct check_run *run, const char *name,
                              const struct mw_strings *options)
{
    struct check_file file = {
        .location = {.path = mw_xasprintf("%s/%s", run->sys->cwd, name), .actor = run->sys->user},
    };
    if (mw_file_read(run->sys, file.location.path, file.location.actor, &file.file, NULL) ==
            MW_OK &&
        file.file.exists) {
        const char *text = mw_buf_text(&file.file.bytes);
        const char *end = text + file.file.bytes.len;
        size_t number = 1;
        for (const char *line = text; line < end; number++) {
            size_t len = strcspn(line, "\n");
            if (is_index_option(options, line, len))
                add_index_line(run, &file, name, number, line, len);
            line += len;
            line += line < end;
        }
    }
    mw_file_release(&file.file);
    mw_location_release(&file.location);
}

void check_project(struct check_run *run)
{
    MW_AUTO(mw_strings) words = {0}, patterns = {0}, options = {0}, names = {0};
    if (run->sys->cwd == NULL)
        return;
    mw_strings_split(&words, check_told(run), " ");
    for (size_t i = 0; i < words.count; i++)
        mw_strings_add(words.items[i][0] == '-' ? &options : &patterns, words.items[i]);
    mw_dir_list(run->sys, run->sys->cwd, "", &names);
    for (size_t i = 0; i < names.count; i++) {
        bool is_one = false;
        for (size_t k = 0; !is_one && k < patterns.count; k++)
            is_one = fnmatch(patterns.items[k], names.items[i], 0) == 0;
        if (is_one)
            read_project_file(run, names.items[i], &options);
    }
}
