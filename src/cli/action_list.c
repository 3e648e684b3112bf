/* --list profiles|mirrors|tools|sources|watch. */
#include <string.h>

#include "mirrorwise/tool.h"
#include "render.h"

enum { TABLE_COLS_MAX = 5, CELL_COLS_MAX = 200, NOTE_INDENT = 4, SETTINGS_COLUMN = 12 };

/* A table that is as wide as its cells. The first row is the head; what is too long for a column
 * stands below its row, as a note. */
struct table {
    struct mw_strings cells; /* row by row, safe text */
    struct mw_strings notes; /* one a row, the head's included; "" for none */
    size_t columns;
};

/* A cell for each column; NULL is an empty one, or no note. */
static void add_row(struct table *table, const char *note, const char *const cells[])
{
    mw_strings_take(&table->notes, mw_shown(note != NULL ? note : ""));
    for (size_t i = 0; i < table->columns; i++)
        mw_strings_take(&table->cells, mw_shown(cells[i] != NULL ? cells[i] : ""));
}

static void table_release(struct table *table)
{
    mw_strings_release_all(&table->cells, &table->notes);
}

static void put_table(struct mw_buf *buf, const struct table *table, const struct mw_style *style)
{
    size_t widths[TABLE_COLS_MAX] = {0};
    for (size_t i = 0; i < table->cells.count; i++) {
        size_t cols = mw_text_cols(table->cells.items[i]);
        cols = cols < CELL_COLS_MAX ? cols : CELL_COLS_MAX; /* a name of 60 KB is padding for all */
        if (cols > widths[i % table->columns])
            widths[i % table->columns] = cols;
    }
    for (size_t i = 0; i < table->cells.count; i++) {
        size_t row = i / table->columns;
        size_t column = i % table->columns;
        size_t start = 0;
        for (size_t c = 0; c < column; c++)
            start += widths[c] + 2;
        if (column > 0 && table->cells.items[i][0] != '\0')
            mw_pad_to(buf, start, 0);
        mw_paint(buf, style, row == 0 ? MW_PAINT_BOLD : MW_PAINT_PLAIN, table->cells.items[i]);
        if (column + 1 < table->columns)
            continue;
        mw_buf_putc(buf, '\n');
        if (table->notes.items[row][0] != '\0')
            mw_put_note(buf, style, NOTE_INDENT, table->notes.items[row]);
    }
}

/* ---- profiles -------------------------------------------------------------------------------- */

/* Before the list: which of its profiles are strangers', and which names they cannot have. */
static void warn_of_strangers(struct mw_run *run)
{
    struct mw_session *session = &run->session;
    const struct mw_profile_set *set = &session->profiles;
    MW_AUTO(mw_strings) strange = {0};
    for (size_t i = 0; i < set->count; i++) {
        const struct mw_profile_file *file = &set->items[i];
        bool is_reached = mw_profile_set_find(set, file->name) == file;
        if (file->is_weak && !is_reached)
            mw_strings_take(&session->warnings,
                            mw_xasprintf(_("%s is not used: there is a profile %s already; name "
                                           "this one by its path"),
                                         file->path, file->name));
        else if (file->is_stranger)
            mw_strings_add(&strange, file->name);
    }
    MW_FREE char *names = mw_strings_join(&strange, ", ");
    if (strange.count > 0)
        session->stranger = mw_xasprintf(
            _("%s: a stranger's, of this directory; --trust shows what they would do"), names);
    mw_json_put(run->details, FLAG("trusted", strange.count == 0));
    mw_run_tell_stranger(run);
}

static void list_profiles(struct mw_run *run, struct mw_buf *buf)
{
    const struct mw_profile_set *set = &run->session.profiles;
    MW_AUTO(table) table = {.columns = 4};
    cJSON *list = cJSON_AddArrayToObject(run->details, "profiles");
    warn_of_strangers(run);
    add_row(&table, NULL, (const char *[]){_("NAME"), _("EXTENDS"), _("FILE"), _("WHOSE")});
    for (size_t i = 0; i < set->count; i++) {
        const struct mw_profile_file *file = &set->items[i];
        if (mw_profile_set_find(set, file->name) != file)
            continue; /* a stronger one of the same name wins */
        MW_FREE char *path = mw_render_path(&run->session.sys, file->path);
        const char *whose = mw_from_text(file->source, file->is_stranger);
        add_row(&table,
                file->name[0] != '\0' ? mw_i18n_text(file->summary) : _("(not a valid profile)"),
                (const char *[]){file->name, file->extends, path, whose});

        mw_json_put(mw_json_add(list), TEXT("name", file->name), TEXT("summary", file->summary),
                    TEXT("extends", file->extends[0] != '\0' ? file->extends : NULL),
                    TEXT("file", file->path), TEXT("source", mw_from_word(file->source)),
                    FLAG("trusted", !file->is_stranger));
    }
    put_table(buf, &table, &run->out);
    mw_run_conclude(
        run, ngettext("%d profile.", "%d profiles.", (unsigned long)cJSON_GetArraySize(list)),
        cJSON_GetArraySize(list));
}

/* ---- mirrors --------------------------------------------------------------------------------- */

static void add_listed_mirror(struct mw_run *run, struct table *table,
                              const struct mw_mirror *mirror, const struct mw_strings *in_use)
{
    bool is_chinese = strcmp(mw_i18n_spoken(), "zh_CN") == 0;
    bool has_chinese_name = mirror->name_zh != NULL && mirror->name_zh[0] != '\0';
    const char *name = is_chinese && has_chinese_name ? mirror->name_zh : mirror->name;
    add_row(
        table, mirror->status != MW_MIRROR_ACTIVE ? _(mirror->reason) : NULL,
        (const char *[]){mirror->id, _(mw_mirror_status_word(mirror->status)), mirror->url, name});
    mw_json_mirror(cJSON_GetObjectItem(run->details, "mirrors"), mirror, &run->session, in_use, -1);
}

static void list_service(struct mw_run *run, const char *service, struct mw_buf *buf)
{
    const struct mw_catalog *catalog = &run->session.catalog;
    MW_AUTO(table) table = {.columns = 4};
    MW_AUTO(mw_strings) in_use = {0};
    mw_session_service_in_use(&run->session, service, &in_use);
    add_row(&table, NULL, (const char *[]){service, _("STATUS"), _("URL"), _("NAME")});
    const struct mw_mirror *mirror = NULL;
    while ((mirror = mw_catalog_next(catalog, service, mirror)) != NULL)
        add_listed_mirror(run, &table, mirror, &in_use);
    if (buf->len > 0)
        mw_buf_putc(buf, '\n');
    put_table(buf, &table, &run->out);
}

/* Services, each once, in the order of the tools that draw on them. */
static void list_mirrors(struct mw_run *run, struct mw_buf *buf)
{
    MW_AUTO(mw_strings) services = {0};
    cJSON *list = cJSON_AddArrayToObject(run->details, "mirrors");
    mw_session_all_services(&run->session, &services);
    for (size_t i = 0; i < services.count; i++)
        list_service(run, services.items[i], buf);
    mw_run_conclude(run,
                    ngettext("%d mirror.", "%d mirrors.", (unsigned long)cJSON_GetArraySize(list)),
                    cJSON_GetArraySize(list));
}

/* ---- tools ----------------------------------------------------------------------------------- */

/* Owned: "tuna", or the address where nobody knows it; several joined, each once. */
static char *mirrors_of(const struct mw_session *session, const struct mw_tool *tool, cJSON *one)
{
    MW_AUTO(mw_strings) services = {0}, names = {0};
    cJSON *list = cJSON_AddArrayToObject(one, "mirrors");
    mw_session_services(tool, &services);
    for (size_t i = 0; i < services.count; i++) {
        const char *service = services.items[i];
        MW_AUTO(mw_strings) urls = {0};
        mw_session_in_use(session, tool, service, &urls);
        for (size_t k = 0; k < urls.count; k++) {
            const struct mw_mirror *known =
                mw_catalog_find_url(&session->catalog, service, urls.items[k]);
            MW_FREE char *url = mw_text_redact(urls.items[k]);
            mw_json_put(mw_json_add(list), TEXT("service", service),
                        TEXT("id", known != NULL ? known->id : NULL), TEXT("url", url));
            mw_strings_add_new(&names, known != NULL ? known->id : url);
        }
    }
    return mw_strings_join(&names, ", ");
}

/* The file that keeps what chooses the mirror; of a tool without mirrors its strongest. */
static bool locate(const struct mw_session *session, const struct mw_tool *tool,
                   struct mw_location *location)
{
    const struct mw_mirror_row *row = mw_tool_mirror_row(tool);
    MW_FREE char *key = row != NULL ? mw_row_key(row, mw_row_name(row)) : NULL;
    enum mw_code code = mw_locate(&session->sys, tool, session->options.scope, key, location, NULL);
    return code == MW_OK;
}

static void add_tool(struct mw_run *run, struct table *table, struct mw_buf *settings,
                     const struct mw_tool *tool)
{
    const struct mw_session *session = &run->session;
    MW_AUTO(mw_location) location = {0};
    MW_AUTO(mw_strings) keys = {0};
    MW_FREE char *program = NULL;
    bool is_installed = mw_tool_installed(&session->sys, tool, &program);
    bool is_located = locate(session, tool, &location);
    MW_FREE char *path = is_located ? mw_render_path(&session->sys, location.path) : mw_xstrdup("");
    mw_tool_key_names(tool, &keys);

    cJSON *one = mw_json_add(cJSON_GetObjectItem(run->details, "tools"));
    MW_FREE char *mirrors = mirrors_of(session, tool, one);
    const char *state = !is_installed     ? _("not installed")
                        : program != NULL ? program
                                          : _("installed");
    add_row(table, NULL, (const char *[]){tool->id, mw_tool_title(tool), state, mirrors, path});

    /* Nothing was to be done with it: it has no state. */
    mw_json_put(one, TEXT("tool", tool->id), TEXT("title", tool->title),
                FLAG("installed", is_installed), TEXT("state", NULL), TEXT("reason", NULL),
                NUMBER("exit_code", MW_OK), TEXT("program", program),
                TEXT("path", is_located ? location.path : NULL),
                TEXT("mirror_key", tool->mirror_key), LIST("keys", &keys));

    MW_FREE char *names = mw_strings_join(&keys, ", ");
    mw_paint(settings, &run->out, MW_PAINT_BOLD, tool->id);
    mw_pad_to(settings, SETTINGS_COLUMN, 1);
    mw_put_wrapped(settings, names, SETTINGS_COLUMN, run->out.cols);
    mw_buf_putc(settings, '\n');
}

static void list_tools(struct mw_run *run, struct mw_buf *buf)
{
    MW_AUTO(table) table = {.columns = 5};
    MW_AUTO(mw_buf) settings = {0};
    cJSON *list = cJSON_AddArrayToObject(run->details, "tools");
    add_row(&table, NULL,
            (const char *[]){_("TOOL"), _("NAME"), _("PROGRAM"), _("MIRROR"), _("FILE")});
    for (size_t i = 0; i < mw_tool_count(); i++) {
        if (mw_options_select(&run->session.options, mw_tool_id(i)) && mw_tool_at(i) != NULL)
            add_tool(run, &table, &settings, mw_tool_at(i));
    }
    put_table(buf, &table, &run->out);
    mw_buf_putc(buf, '\n');
    mw_paint_line(buf, &run->out, MW_PAINT_BOLD, _("Settings"));
    mw_buf_append(buf, mw_buf_text(&settings), settings.len);
    mw_run_conclude(run, ngettext("%d tool.", "%d tools.", (unsigned long)cJSON_GetArraySize(list)),
                    cJSON_GetArraySize(list));
}

/* ---- the whole ------------------------------------------------------------------------------- */

enum mw_code mw_action_list(struct mw_run *run)
{
    static const struct {
        const char *name;
        void (*list)(struct mw_run *run, struct mw_buf *buf);
        const char *nothing; /* of what later versions have */
    } lists[] = {
        {"profiles", list_profiles, NULL},
        {"mirrors", list_mirrors, NULL},
        {"tools", list_tools, NULL},
        {"sources", NULL, N_("No source: this version reads profiles from files only.")},
        {"watch", NULL, N_("Nothing is watched: --watch is not available in this version.")},
    };
    enum mw_code code = mw_run_begin(run, MW_INTENT_READ);
    if (code != MW_OK)
        return code;
    struct mw_buf text = {0};
    run->details = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (strcmp(lists[i].name, run->options.action_value) != 0)
            continue;
        if (lists[i].list != NULL) {
            lists[i].list(run, &text);
        } else {
            cJSON_AddArrayToObject(run->details, lists[i].name);
            mw_run_say(run, "%s", _(lists[i].nothing));
        }
    }
    mw_run_print(run, &text);
    return MW_OK;
}
