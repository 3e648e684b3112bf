/* What the whole vocabulary of a tool says about its files: keys of other versions, values of other
 * types, sections and options that nobody reads. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* ---- keys of a file with types ----------------------------------------------------------------
 */

/* Owned: "since 25.0", "from 24.0 to before 28.0", "before 23.0". */
static char *range_text(const struct mw_tool_key *row)
{
    if (row->since != NULL && row->until != NULL)
        return mw_xasprintf(_("from %s to before %s"), row->since, row->until);
    return row->since != NULL ? mw_xasprintf(_("since %s"), row->since)
                              : mw_xasprintf(_("before %s"), row->until);
}

/* True if the key is of another version than the one at hand, or of unknown standing. */
static bool add_version(struct check_run *run, const struct check_file *file,
                        const struct mw_tool_key *row, size_t line)
{
    if (row->since == NULL && row->until == NULL)
        return false;
    char *version = mw_tool_version(run->sys, run->tool->tool);
    bool is_within = mw_version_within(version, row->since, row->until);
    bool is_dropped = row->unheard == MW_UNHEARD_DROPPED;
    char *range = range_text(row);
    if (version == NULL || !is_within)
        check_add(
            run,
            (struct check_result){
                .status = version == NULL ? MW_CHECK_SKIP
                          : is_dropped    ? MW_CHECK_WARN
                                          : MW_CHECK_FAIL,
                .subject = mw_xstrdup(row->key),
                .observed = mw_xasprintf(
                    version == NULL ? _("%s:%zu: \"%s\" is an option %s only; which version is "
                                        "installed cannot be told%s")
                    : is_dropped ? _("%s:%zu: \"%s\" is an option %s only, and %s passes over it")
                                 : _("%s:%zu: \"%s\" is an option %s only, and %s does not start "
                                     "with it"),
                    file->location.path, line, row->key, range, version != NULL ? version : ""),
            });
    free(range);
    free(version);
    return !is_within;
}

bool check_known_key(struct check_run *run, const struct check_file *file, const char *key,
                     size_t line, struct mw_json_span value)
{
    const struct mw_tool *tool = run->tool->tool;
    const struct mw_tool_key *row = mw_tool_key(tool, key);
    struct mw_error why = {0};
    if (row == NULL || row->unheard == MW_UNHEARD_FLAG)
        return false;
    /* What a profile may set is judged with the values. */
    if (add_version(run, file, row, line) || !row->is_only_read)
        return true;
    if (mw_tool_check_json(run->sys, tool, row, mw_buf_text(&file->file.bytes), value, &why) !=
        MW_OK)
        check_add(
            run, (struct check_result){
                     .status = MW_CHECK_FAIL,
                     .subject = mw_xstrdup(key),
                     .observed = mw_xasprintf("%s:%zu: %s", file->location.path, line, why.message),
                 });
    return true;
}

/* ---- sections and options ---------------------------------------------------------------------
 */

struct name_look {
    struct check_run *run;
    const struct check_file *file;
};

static void add_unread(const struct name_look *look, const char *id, size_t line, char *take_what,
                       const char *closest)
{
    check_add(look->run,
              (struct check_result){
                  .status = MW_CHECK_WARN,
                  .subject = mw_xasprintf("%s.%zu", id, line),
                  .observed =
                      closest != NULL
                          ? mw_xasprintf(_("%s:%zu: %s; is \"%s\" meant?"),
                                         look->file->location.path, line, take_what, closest)
                          : mw_xasprintf("%s:%zu: %s", look->file->location.path, line, take_what),
              });
    free(take_what);
}

static void look_at_name(void *context, const char *section, const char *option, size_t line)
{
    const struct name_look *look = context;
    const struct mw_tool *tool = look->run->tool->tool;
    const char *title = mw_tool_title(tool);
    bool is_section = mw_strings_has(&tool->sections, section) || strcmp(section, "DEFAULT") == 0;
    char *closest = NULL;
    if (option == NULL && !is_section) {
        closest = mw_text_closest(section, (const char *const *)tool->sections.items,
                                  tool->sections.count);
        add_unread(look, "unknown-section", line,
                   mw_xasprintf(_("%s has no section [%s] and ignores all that stands in it"),
                                title, section),
                   closest);
    } else if (option != NULL && is_section) {
        struct mw_strings names = {0};
        bool is_known = false;
        for (size_t i = 0; i < tool->key_count; i++) {
            is_known = is_known || strcmp(tool->keys[i].key, option) == 0;
            mw_strings_add(&names, tool->keys[i].key);
        }
        if (!is_known) {
            closest = mw_text_closest(option, (const char *const *)names.items, names.count);
            add_unread(look, "unknown-option", line,
                       mw_xasprintf(_("%s has no option \"%s\" and ignores it"), title, option),
                       closest);
        }
        mw_strings_release(&names);
    }
    free(closest);
}

void check_names(struct check_run *run, const struct check_file *file)
{
    const struct mw_editor *editor = run->tool->tool->editor;
    struct name_look look = {.run = run, .file = file};
    if (run->tool->tool->sections.count > 0 && editor != NULL && editor->names != NULL &&
        file->is_valid)
        editor->names(mw_buf_text(&file->file.bytes), file->file.bytes.len, look_at_name, &look);
}
