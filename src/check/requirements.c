/* Row about requirements files of the project here that name an index. */
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* Options of a requirements file that beat the settings for the whole run (req_file.py). */
static const char *const index_options[] = {
    "-i", "--index-url", "--extra-index-url", "--trusted-host", "-f", "--find-links", "--no-index",
};

static bool is_index_option(const char *line, size_t len)
{
    for (size_t i = 0; i < sizeof index_options / sizeof *index_options; i++) {
        size_t n = strlen(index_options[i]);
        if (len >= n && strncmp(line, index_options[i], n) == 0 &&
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

static void read_requirements(struct check_run *run, const char *name)
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
            if (is_index_option(line, len))
                add_index_line(run, &file, name, number, line, len);
            line += len;
            line += line < end;
        }
    }
    mw_file_release(&file.file);
    mw_location_release(&file.location);
}

void check_requirements(struct check_run *run)
{
    MW_AUTO(mw_strings) names = {0};
    if (run->sys->cwd == NULL)
        return;
    mw_dir_list(run->sys, run->sys->cwd, ".txt", &names);
    for (size_t i = 0; i < names.count; i++) {
        if (mw_text_starts(names.items[i], "requirements") ||
            mw_text_starts(names.items[i], "constraints"))
            read_requirements(run, names.items[i]);
    }
}
