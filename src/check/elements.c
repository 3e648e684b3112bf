/* The elements of a tool's files, as the key that "elements" among the "checks" names describes
 * them: which ones the tool passes over, and which ones it stops at. */
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { MAX_DEPTH = 16, MAX_UNIQUE = 1000, MAX_NEEDS = 8 };

/* An element that is open, and what its row says of it. */
struct level {
    const struct mw_tool_key *row; /* NULL: all below is free, or told already */
    char *name;
    size_t line, number; /* of the element; among all */
    bool has[MAX_NEEDS]; /* of what the row needs */
};

struct element_look {
    struct check_run *run;
    const struct check_file *file;
    struct level levels[MAX_DEPTH];
    size_t open, number;
    struct mw_strings ids; /* values that occur once, each with where it may not occur again */
};

static void add_element_finding(const struct element_look *look, const char *kind, size_t line,
                                enum mw_check_status status, char *take_what)
{
    MW_FREE char *what = take_what;
    MW_FREE char *subject = mw_xasprintf("%s.%zu", kind, line);
    check_found(look->run, status, subject,
                check_by_hand(check_editor(look->run, look->file, line)), "%s:%zu: %s",
                look->file->location.path, line, what);
}

static void close_levels(struct element_look *look, size_t depth)
{
    for (; look->open > depth; look->open--) {
        struct level *level = &look->levels[look->open - 1];
        for (size_t i = 0; level->row != NULL && i < level->row->needs.count && i < MAX_NEEDS;
             i++) {
            if (!level->has[i])
                add_element_finding(
                    look, "needs", level->line, MW_CHECK_FAIL,
                    mw_xasprintf(_("this <%s> has no <%s>, and %s does not start without it"),
                                 level->name, level->row->needs.items[i],
                                 mw_tool_title(look->run->tool->tool)));
        }
        free(level->name);
    }
}

/* The element under the name that is meant, in both its tags. */
static void rename_element(const struct element_look *look, const struct mw_element *element,
                           const char *meant, struct check_ways *ways)
{
    struct check_way *way = check_way_text(look->run, ways, MW_REMEDY_EDIT_TEXT, look->file);
    size_t len = strlen(element->name);
    mw_buf_puts(mw_edits_add(&way->remedy.edits, element->name_at, element->name_at + len), meant);
    if (element->end_name_at > 0)
        mw_buf_puts(
            mw_edits_add(&way->remedy.edits, element->end_name_at, element->end_name_at + len),
            meant);
}

/* `above` is NULL for the outermost element, and `names` are those that may stand here. */
static void add_unknown(const struct element_look *look, const struct mw_element *element,
                        const char *above, const struct mw_strings *names)
{
    const char *title = mw_tool_title(look->run->tool->tool);
    struct check_ways ways = {0};
    const char *closest = look->run->is_trial ? NULL : mw_text_closest(element->name, names);
    MW_FREE char *allowed = mw_strings_join(names, ", ");
    MW_FREE char *subject = mw_xasprintf("unknown.%zu", element->line);
    MW_FREE char *what =
        above != NULL
            ? mw_xasprintf(_("%s passes over <%.80s> in <%s>"), title, element->name, above)
            : mw_xasprintf(_("%s has no file that begins with <%.80s>"), title, element->name);
    if (closest != NULL)
        rename_element(look, element, closest, &ways);
    check_way_command(&ways, MW_REMEDY_SHELL, check_editor(look->run, look->file, element->line));
    check_found(look->run, MW_CHECK_WARN, subject, ways,
                closest != NULL ? _("%s:%zu: %s; is <%s> meant?") : _("%s:%zu: %s; allowed: %s"),
                look->file->location.path, element->line, what,
                closest != NULL ? closest : allowed);
}

/* The same value as an element beside it has, whose file may say it once. */
static bool is_taken(struct element_look *look, const struct mw_element *element)
{
    size_t list = element->depth > 1 ? look->levels[element->depth - 2].number : 0;
    MW_FREE char *id = mw_xasprintf("%zu.%s=%s", list, element->name, element->text);
    if (mw_strings_has(&look->ids, id))
        return true;
    if (look->ids.count < MAX_UNIQUE)
        mw_strings_add(&look->ids, id);
    return false;
}

/* What stands in the element itself. */
static void judge_text(struct element_look *look, const struct mw_tool_key *row, bool is_item,
                       const struct mw_element *element)
{
    struct mw_error why = {0};
    const struct mw_tool *tool = look->run->tool->tool;
    const char *title = mw_tool_title(tool), *name = element->name, *text = element->text;
    bool is_empty = text[0] == '\0';
    if (row->type == MW_TYPE_OBJECT && !is_empty)
        add_element_finding(look, "text", element->line, MW_CHECK_FAIL,
                            mw_xasprintf(_("<%s> holds text where other elements belong"), name));
    else if (row->type != MW_TYPE_OBJECT && element->has_elements)
        add_element_finding(
            look, "text", element->line, MW_CHECK_FAIL,
            mw_xasprintf(_("<%s> holds other elements where a text belongs"), name));
    else if (row->type != MW_TYPE_OBJECT && (!is_empty || (is_item && row->check != NULL)) &&
             mw_types_check(look->run->sys, tool, row, text, &why) != MW_OK)
        add_element_finding(look, "value", element->line, MW_CHECK_FAIL,
                            mw_xasprintf("<%s>: %s", name, why.message));
    else if (row->is_unique && !is_empty && is_taken(look, element))
        add_element_finding(
            look, "unique", element->line, MW_CHECK_WARN,
            mw_xasprintf(_("<%s>%s</%s> stands in another one already, and %s passes over one of "
                           "them"),
                         name, text, name, title));
}

/* The row of the element in the open one; NULL: it has none. */
static const struct mw_tool_key *row_in(const struct mw_tool_key *above, const char *name)
{
    for (size_t i = 0; i < above->field_count; i++) {
        if (strcmp(above->fields[i].key, name) == 0)
            return &above->fields[i];
    }
    return NULL;
}

static const struct mw_tool_key *find_row(struct element_look *look,
                                          const struct mw_element *element)
{
    MW_AUTO(mw_strings) names = {0};
    struct level *above = element->depth > 0 ? &look->levels[element->depth - 1] : NULL;
    const char *root = check_told(look->run);
    const struct mw_tool_key *row = NULL;
    if (above == NULL && strcmp(element->name, root) == 0)
        return mw_tool_key(look->run->tool->tool, root);
    if (above != NULL && above->row == NULL)
        return NULL;
    if (above != NULL)
        row = row_in(above->row, element->name);
    if (row != NULL)
        return row;
    for (size_t i = 0; above != NULL && i < above->row->field_count; i++)
        mw_strings_add(&names, above->row->fields[i].key);
    if (above == NULL)
        mw_strings_add(&names, root);
    if (above == NULL || above->row->is_closed)
        add_unknown(look, element, above != NULL ? above->name : NULL, &names);
    return NULL;
}

static void note_need(struct level *above, const struct mw_element *element)
{
    for (size_t i = 0; above->row != NULL && i < above->row->needs.count && i < MAX_NEEDS; i++)
        above->has[i] = above->has[i] || (strcmp(above->row->needs.items[i], element->name) == 0 &&
                                          element->text[0] != '\0');
}

static void look_at_element(void *context, const struct mw_element *element)
{
    struct element_look *look = context;
    size_t depth = element->depth;
    close_levels(look, depth);
    look->number++;
    if (depth >= MAX_DEPTH || look->open < depth)
        return; /* free, or nobody's */
    const struct mw_tool_key *row = find_row(look, element);
    bool is_item = row != NULL && row->item != NULL && mw_type_is_list(row->type);
    if (depth > 0)
        note_need(&look->levels[depth - 1], element);
    if (row != NULL && element->is_again && !is_item)
        add_element_finding(
            look, "twice", element->line, MW_CHECK_FAIL,
            mw_xasprintf(_("<%s> is there a second time, and %s does not start with two"),
                         element->name, mw_tool_title(look->run->tool->tool)));
    row = is_item ? row->item : row;
    row = row != NULL && row->type == MW_TYPE_ANY ? NULL : row;
    look->levels[depth] = (struct level){.row = row,
                                         .name = mw_xstrdup(element->name),
                                         .line = element->line,
                                         .number = look->number};
    look->open = depth + 1;
    if (row == NULL)
        return;
    judge_text(look, row, is_item, element);
    if (row->type != MW_TYPE_OBJECT)
        look->levels[depth].row = NULL;
}

void check_elements(struct check_run *run)
{
    for (size_t i = 0; i < run->tool->file_count; i++) {
        const struct check_file *file = &run->tool->files[i];
        const struct mw_source *source = file->location.source;
        struct element_look look = {.run = run, .file = file};
        if (!file->is_valid || source->editor == NULL || source->editor->elements == NULL)
            continue;
        source->editor->elements(mw_buf_text(&file->file.bytes), file->file.bytes.len,
                                 look_at_element, &look);
        close_levels(&look, 0);
        mw_strings_release(&look.ids);
    }
}
