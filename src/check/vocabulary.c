/* What the whole vocabulary of a tool says about its files: keys of other versions, values of other
 * types, sections and options that nobody reads. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

/* Faults of one value that are mended together. */
enum { MAX_TYPES = 32 };

/* ---- keys of a file with types --------------------------------------------------------------- */

/* True if the key is of another version than the one at hand. */
static bool add_version(struct check_run *run, const struct check_file *file,
                        const struct mw_tool_key *row, size_t line)
{
    bool stops = row->unheard != MW_UNHEARD_DROPPED;
    MW_FREE char *reason = mw_tool_unknown_key(run->sys, run->tool->tool, row->key, row);
    MW_FREE char *version = mw_tool_version(run->sys, run->tool->tool);
    if (reason != NULL) {
        check_found(run, stops ? MW_CHECK_FAIL : MW_CHECK_WARN, row->key, check_no_way,
                    "%s:%zu: %s", file->location.path, line, reason);
    } else if (version == NULL && (row->since != NULL || row->until != NULL)) {
        MW_FREE char *range = mw_tool_key_range(row);
        check_found(run, MW_CHECK_SKIP, row->key, check_no_way,
                    _("%s:%zu: \"%s\" is an option %s only; which version is installed cannot be "
                      "told"),
                    file->location.path, line, row->key, range);
    }
    return reason != NULL;
}

/* A document of a tool with types, and where the value of one of its keys begins. */
struct typed {
    struct check_run *run;
    const struct mw_tool_key *row;
    size_t begin;
};

/* The value that begins at `at`, in `value` or below it. */
static bool find_span(const char *text, struct mw_json_span value, size_t at,
                      struct mw_json_span *found)
{
    struct mw_json_member member = {0};
    *found = value;
    if (value.begin == at)
        return true;
    while (mw_json_next(text, value, &member)) {
        if (member.value.begin <= at && at < member.value.end)
            return find_span(text, member.value, at, found);
    }
    return false;
}

/* Is the value what its key says? If not, *wrong receives what is refused of it. */
static bool is_typed(const struct typed *typed, const struct mw_buf *text,
                     struct mw_json_span *value, struct mw_json_span *wrong, struct mw_error *why)
{
    struct mw_json_span root = mw_json_root(mw_buf_text(text), text->len);
    size_t at = 0;
    (void)find_span(mw_buf_text(text), root, typed->begin, value);
    bool is = mw_tool_check_json(typed->run->sys, typed->run->tool->tool, typed->run->ctx->scope,
                                 typed->row, mw_buf_text(text), root, *value, &at, why) == MW_OK;
    if (!is && !find_span(mw_buf_text(text), *value, at, wrong))
        *wrong = *value;
    return is;
}

/* The scalar `value` as another type: a text without its quotes, a number or a word in quotes; or
 * as a list of itself. */
static void put_type(const struct mw_buf *text, struct mw_json_span value, bool is_list,
                     struct mw_buf *out)
{
    const char *from = mw_buf_text(text);
    int len = (int)(value.end - value.begin), quote = value.type == MW_JSON_STRING;
    mw_buf_append(out, from, value.begin);
    if (is_list)
        mw_buf_printf(out, "[%.*s]", len, from + value.begin);
    else
        mw_buf_printf(out, quote ? "%.*s" : "\"%.*s\"", len - 2 * quote,
                      from + value.begin + quote);
    mw_buf_append(out, from + value.end, text->len - value.end);
}

/* Makes `wrong` the type that its key says, and every fault behind it: at most `most`. */
static bool put_types(const struct typed *typed, struct mw_buf *text, struct mw_json_span wrong,
                      struct mw_json_span *value, size_t most)
{
    bool is_scalar = wrong.type != MW_JSON_OBJECT && wrong.type != MW_JSON_ARRAY;
    for (int i = 0; is_scalar && most > 0 && i < 2; i++) {
        MW_AUTO(mw_buf) next = {0};
        struct mw_json_span then = {0};
        put_type(text, wrong, i == 1, &next);
        if (!mw_json_check(mw_buf_text(&next), next.len, NULL, NULL, NULL))
            continue;
        bool is_right = is_typed(typed, &next, value, &then, NULL);
        if (is_right ||
            (then.begin > wrong.begin && put_types(typed, &next, then, value, most - 1))) {
            const struct mw_buf old = *text;
            *text = next;
            next = old;
            return true;
        }
    }
    return false;
}

static void judge_json(struct check_run *run, const struct check_file *file,
                       const struct mw_tool_key *row, struct mw_json_span value)
{
    const struct typed typed = {run, row, value.begin};
    struct mw_error why = {0};
    struct mw_json_span wrong = {0}, right = {0};
    MW_AUTO(mw_buf) text = {0};
    size_t line = 0, column = 0;
    if (is_typed(&typed, &file->file.bytes, &value, &wrong, &why))
        return;
    struct check_ways ways = {0};
    mw_buf_append(&text, mw_buf_text(&file->file.bytes), file->file.bytes.len);
    if (put_types(&typed, &text, wrong, &right, MAX_TYPES)) {
        struct check_way *way = check_way_text(run, &ways, MW_REMEDY_EDIT_TEXT, file);
        mw_buf_append(mw_edits_add(&way->remedy.edits, value.begin, value.end),
                      mw_buf_text(&text) + right.begin, right.end - right.begin);
        mw_buf_append(&way->changes, mw_buf_text(&file->file.bytes) + value.begin,
                      value.end - value.begin);
    }
    mw_text_position(mw_buf_text(&file->file.bytes), wrong.begin, &line, &column);
    check_way_command(&ways, MW_REMEDY_SHELL, check_editor(run, file, line));
    check_found(run, MW_CHECK_FAIL, row->key, ways, "%s:%zu: %s", file->location.path, line,
                why.message);
}

/* Owned: the rows of the members. is_left receives those that are not judged here: what a profile
 * may set is judged with the values, of which the last of several is one; and of a key that is
 * there over and over the last ones do. */
static const struct mw_tool_key **find_rows(const struct check_run *run, const char *text,
                                            const struct mw_json_member *members, size_t count,
                                            bool **is_left)
{
    const struct mw_tool *tool = run->tool->tool;
    const struct mw_tool_key **rows = mw_xcalloc(count + 1, sizeof *rows);
    MW_FREE size_t *seen = mw_xcalloc(tool->key_count + 1, sizeof *seen);
    *is_left = mw_xcalloc(count + 1, sizeof **is_left);
    for (size_t i = count; i-- > 0;) {
        size_t len = 0;
        MW_FREE char *key = mw_json_unescape(text, members[i].key_begin, members[i].key_end, &len);
        rows[i] = mw_tool_key(tool, key);
        if (rows[i] == NULL)
            continue;
        size_t k = 0;
        while (k < tool->key_count && tool->keys[k].row != rows[i])
            k++;
        size_t *times = &seen[k];
        (*is_left)[i] = *times == 0 ? !rows[i]->is_only_read : *times > CHECK_MAX_FAULTS;
        ++*times;
    }
    return rows;
}

/* The member under another name, if one is meant, or gone. */
static void end_key(struct check_run *run, const struct check_file *file, const char *key,
                    const struct mw_json_member *member, const char *meant, struct check_ways *ways)
{
    static const struct mw_value nothing = {.kind = MW_VALUE_ABSENT};
    if (meant != NULL) {
        struct check_way *way = check_way_text(run, ways, MW_REMEDY_EDIT_TEXT, file);
        mw_buf_printf(mw_edits_add(&way->remedy.edits, member->key_begin, member->key_end),
                      "\"%s\"", meant);
    }
    (void)check_way_put(run, ways, file, key, &nothing);
}

/* dockerd looks keys up among its flags, so it takes their names for known and then passes over
 * them (config.go findConfigurationConflicts). */
static void add_flag_name(struct check_run *run, const struct check_file *file, const char *key,
                          const struct mw_json_member *member, size_t line, const char *meant)
{
    const char *path = file->location.path, *program = run->tool->tool->programs.items[0];
    struct check_ways ways = {0};
    end_key(run, file, key, member, meant, &ways);
    check_add(
        run,
        (struct check_result){
            .status = MW_CHECK_WARN,
            .subject = mw_xasprintf("ignored.%s", key),
            .observed =
                meant != NULL
                    ? mw_xasprintf(_("%s:%zu: %s passes over \"%s\"; in the file the option is "
                                     "\"%s\""),
                                   path, line, program, key, meant)
                    : mw_xasprintf(_("%s:%zu: %s passes over \"%s\", which is the name of a flag"),
                                   path, line, program, key),
            .ways = ways,
            .why = _("it looks set and is not"),
        });
}

/* Is the tool newer than the latest version that its vocabulary speaks of, as far as that is known?
 */
static bool is_newer(const struct check_run *run)
{
    const struct mw_tool *tool = run->tool->tool;
    const char *latest = "0";
    MW_FREE char *version = mw_tool_version(run->sys, tool);
    for (size_t i = 0; i < tool->key_count; i++) {
        const char *since = mw_tool_key_at(tool, i)->since;
        if (since != NULL && mw_version_compare(since, latest) > 0)
            latest = since;
    }
    return version == NULL || mw_version_compare(version, latest) > 0;
}

/* A slip is a failure; a key that nothing resembles may be of a version newer than this program. */
static void add_unknown(struct check_run *run, const struct check_file *file, const char *key,
                        const struct mw_json_member *member, size_t line)
{
    const struct mw_tool *tool = run->tool->tool;
    const char *path = file->location.path, *program = tool->programs.items[0];
    MW_AUTO(mw_strings) names = {0};
    const char *closest = NULL;
    for (size_t i = 0; i < tool->key_count; i++) {
        const struct mw_tool_key *row = mw_tool_key_at(tool, i);
        if (row->unheard != MW_HEARD)
            continue;
        mw_strings_add(&names, row->key);
        if (closest == NULL && strcasecmp(row->key, key) == 0)
            closest = row->key;
    }
    if (closest == NULL && !check_only_counts(run))
        closest = mw_text_closest(key, &names);
    if (closest == NULL) { /* a newer one may know it, so it is for a person to decide */
        check_found(run, is_newer(run) ? MW_CHECK_WARN : MW_CHECK_FAIL, key,
                    check_by_hand(check_editor(run, file, line)),
                    _("%s:%zu: no %s that we know has an option \"%s\""), path, line, program, key);
        return;
    }
    struct check_ways ways = {0};
    end_key(run, file, key, member, closest, &ways);
    check_found(run, MW_CHECK_FAIL, key, ways, _("%s:%zu: \"%s\" is no option of %s; \"%s\" is"),
                path, line, key, program, closest);
}

static const struct mw_tool_key *find_field(const struct mw_tool_key *row, const char *name)
{
    for (size_t i = 0; i < row->field_count; i++) {
        if (strcasecmp(row->fields[i].key, name) == 0)
            return &row->fields[i];
    }
    return row->item;
}

/* Names in an object that has others: encoding/json passes over them. */
static void look_inside(struct check_run *run, const struct check_file *file, const char *key,
                        const struct mw_tool_key *row, struct mw_json_span value)
{
    const char *text = mw_buf_text(&file->file.bytes), *path = file->location.path;
    struct mw_json_member member = {0};
    bool is_object = value.type == MW_JSON_OBJECT && row->type == MW_TYPE_OBJECT;
    bool is_list = value.type == MW_JSON_ARRAY && row->item != NULL && mw_type_is_list(row->type);
    while ((is_object || is_list) && row->by.count == 0 && mw_json_next(text, value, &member)) {
        size_t len = 0, line = 0, column = 0;
        MW_FREE char *name =
            is_object ? mw_json_unescape(text, member.key_begin, member.key_end, &len) : NULL;
        const struct mw_tool_key *inside = is_object ? find_field(row, name) : row->item;
        if (inside != NULL) {
            look_inside(run, file, key, inside, member.value);
            continue;
        }
        if (row->field_count == 0 || row->is_closed)
            continue;
        mw_text_position(text, member.key_begin, &line, &column);
        MW_FREE char *subject = mw_xasprintf("ignored.%s", key);
        check_found(run, MW_CHECK_WARN, subject, check_by_hand(check_editor(run, file, line)),
                    _("%s:%zu: %s passes over \"%s\", which is no option there"), path, line,
                    run->tool->tool->programs.items[0], name);
    }
}

void check_keys(struct check_run *run)
{
    const struct check_file *file = run->tool->ours;
    struct mw_json_span root;
    MW_FREE struct mw_json_member *members = NULL;
    size_t at = 0, line = 1;
    const char *what = NULL;
    const char *text = file != NULL ? mw_buf_text(&file->file.bytes) : "";
    if (file == NULL || !file->is_valid || !file->file.exists ||
        !mw_json_check(text, file->file.bytes.len, &root, &at, &what) ||
        root.type != MW_JSON_OBJECT)
        return;
    size_t count = mw_json_children(text, root, &members);
    MW_FREE bool *is_left = NULL;
    MW_FREE const struct mw_tool_key **rows = find_rows(run, text, members, count, &is_left);
    at = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mw_json_member *member = &members[i];
        size_t len = 0;
        MW_FREE char *key = mw_json_unescape(text, member->key_begin, member->key_end, &len);
        const struct mw_tool_key *row = rows[i];
        for (; at < member->key_begin; at++)
            line += text[at] == '\n';
        MW_FREE struct mw_json_member *inside = NULL;
        /* dockerd looks at the names in an object, of which there may be none. */
        bool has_name = member->value.type != MW_JSON_OBJECT ||
                        mw_json_children(text, member->value, &inside) > 0;
        if (row == NULL && has_name)
            add_unknown(run, file, key, member, line);
        /* dockerd does not start with one that is no flag of its own either. */
        else if (row == NULL || (has_name && add_version(run, file, row, line)))
            continue;
        else if (row->unheard == MW_UNHEARD_FLAG)
            add_flag_name(run, file, key, member, line, row->instead);
        else {
            look_inside(run, file, key, row, member->value);
            if (!is_left[i])
                judge_json(run, file, row, member->value);
        }
    }
}

/* ---- sections and options -------------------------------------------------------------------- */

struct name_look {
    struct check_run *run;
    const struct check_file *file;
    struct mw_strings options; /* of the tool */
    size_t count;              /* of findings; of a file of nothing else the first ones do */
};

/* Owned: why the option is not read where it stands; NULL: it is, as far as one can tell. */
static char *unread_there(const struct check_run *run, const char *section, const char *option)
{
    const struct mw_tool *tool = run->tool->tool;
    const char *title = mw_tool_title(tool);
    const char *since = mw_pairs_find(&tool->section_since, section);
    MW_FREE char *key = option != NULL ? mw_xasprintf("%s.%s", section, option) : NULL;
    const struct mw_tool_key *row = key != NULL ? mw_tool_key(tool, key) : NULL;
    if (row != NULL && !mw_tool_key_is_in(tool, row, section))
        return mw_xasprintf(_("%s has no option \"%s\" in [%s] and ignores it"), title, option,
                            section);
    if (row != NULL)
        return mw_tool_unknown_key(run->sys, tool, option, row);
    MW_FREE char *version = since != NULL ? mw_tool_version(run->sys, tool) : NULL;
    return mw_version_within(version, since, NULL)
               ? NULL
               : mw_xasprintf(_("%s %s does not read [%s]; from %s on it does"), title, version,
                              section, since);
}

static void look_at_name(void *context, const char *section, const char *option, size_t line)
{
    struct name_look *look = context;
    const struct mw_tool *tool = look->run->tool->tool;
    const char *title = mw_tool_title(tool);
    const struct mw_strings *known = option == NULL ? &tool->sections : &look->options;
    const char *name = option == NULL ? section : option;
    bool is_section = mw_tool_has_section(tool, section) || strcmp(section, "DEFAULT") == 0;
    bool is_known = option == NULL ? is_section : !is_section || mw_strings_has(known, option);
    MW_FREE char *unread = is_known && is_section ? unread_there(look->run, section, option) : NULL;
    /* What stands in a section that nobody reads is told with the section. */
    if (is_known && unread == NULL)
        return;
    if (look->count++ >= CHECK_MAX_FAULTS && !look->run->is_trial)
        return;
    const char *closest =
        look->run->is_trial || unread != NULL ? NULL : mw_text_closest(name, known);
    MW_FREE char *what =
        unread != NULL ? mw_xstrdup(unread)
        : option == NULL
            ? mw_xasprintf(_("%s has no section [%s] and ignores all that stands in it"), title,
                           section)
            : mw_xasprintf(_("%s has no option \"%s\" and ignores it"), title, option);
    MW_FREE char *subject = mw_xasprintf("%s-%s.%zu", unread != NULL ? "unread" : "unknown",
                                         option == NULL ? "section" : "option", line);
    const char *path = look->file->location.path;
    if (closest != NULL)
        check_found(look->run, MW_CHECK_WARN, subject, check_no_way,
                    _("%s:%zu: %s; is \"%s\" meant?"), path, line, what, closest);
    else
        check_found(look->run, MW_CHECK_WARN, subject, check_no_way, "%s:%zu: %s", path, line,
                    what);
}

void check_names(struct check_run *run, const struct check_file *file)
{
    const struct mw_editor *editor = run->tool->tool->editor;
    const struct mw_tool *tool = run->tool->tool;
    struct name_look look = {.run = run, .file = file};
    if (tool->sections.count == 0 || editor == NULL || editor->names == NULL || !file->is_valid)
        return;
    for (size_t i = 0; i < tool->key_count; i++)
        if (!mw_tool_key_has_section(tool, tool->keys[i].key))
            mw_strings_add(&look.options, tool->keys[i].key);
    editor->names(mw_buf_text(&file->file.bytes), file->file.bytes.len, look_at_name, &look);
    mw_strings_release(&look.options);
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* A table where its key takes none: what stands in it is no setting, and the tool stops. */
static void look_at_table(void *context, const char *section, const char *option, size_t line)
{
    struct name_look *look = context;
    const struct mw_tool *tool = look->run->tool->tool;
    const char *dot = section == NULL && option != NULL ? strrchr(option, '.') : NULL;
    MW_FREE char *table = dot != NULL ? mw_xstrndup(option, (size_t)(dot - option)) : NULL;
    const struct mw_tool_key *row = table != NULL ? mw_tool_key(tool, table) : NULL;
    if (row == NULL || check_may_be_table(row) || mw_strings_has(&look->options, table))
        return;
    struct mw_error why = {0};
    (void)mw_tool_refuse_kind(row, &why);
    mw_strings_add(&look->options, table);
    check_found(look->run, MW_CHECK_FAIL, table,
                check_by_hand(check_editor(look->run, look->file, line)), _("%s (%s:%zu): %s"),
                table, look->file->location.path, line, why.message);
}

void check_tables(struct check_run *run)
{
    const struct mw_editor *editor = run->tool->tool->editor;
    for (size_t i = 0; i < run->tool->file_count; i++) {
        const struct check_file *file = &run->tool->files[i];
        const struct mw_source *source = file->location.source;
        struct name_look look = {.run = run, .file = file};
        if (file->is_valid && source != NULL && source->editor == editor && editor != NULL &&
            editor->is_typed && editor->names != NULL)
            editor->names(mw_buf_text(&file->file.bytes), file->file.bytes.len, look_at_table,
                          &look);
        mw_strings_release(&look.options);
    }
}
