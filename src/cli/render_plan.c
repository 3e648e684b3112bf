#include <string.h>

#include "render.h"

enum { TITLE_COLS = 14, KEY_COLS_MAX = 24, INDENT_COLS = 4, NOTICES_MAX = 20 };

struct look {
    enum mw_glyph glyph;
    enum mw_paint paint;
};

static const struct look setting_looks[] = {
    [MW_VERDICT_SAME] = {MW_GLYPH_SAME, MW_PAINT_DIM},
    [MW_VERDICT_CREATE] = {MW_GLYPH_CREATE, MW_PAINT_GOOD},
    [MW_VERDICT_CHANGE] = {MW_GLYPH_CHANGE, MW_PAINT_CHANGE},
    [MW_VERDICT_FOREIGN] = {MW_GLYPH_CHANGE, MW_PAINT_CHANGE},
    [MW_VERDICT_DRIFTED] = {MW_GLYPH_CHANGE, MW_PAINT_BAD},
};

static const enum mw_paint file_paints[] = {
    [MW_FILE_SAME] = MW_PAINT_DIM,      [MW_FILE_CREATE] = MW_PAINT_GOOD,
    [MW_FILE_CHANGE] = MW_PAINT_CHANGE, [MW_FILE_CONFLICT] = MW_PAINT_BAD,
    [MW_FILE_BLOCKED] = MW_PAINT_BAD,
};

/* ---- the head ----------------------------------------------------------------------------- */

static void put_profile(struct mw_buf *buf, const struct mw_session *session,
                        const struct mw_style *style)
{
    static const char *const named[] = {
        [MW_NAMED_BY_OPTION] = "",
        [MW_NAMED_BY_ENVIRONMENT] = N_(", named by MIRRORWISE_PROFILE"),
        [MW_NAMED_BY_HISTORY] = N_(", the last one applied"),
        [MW_NAMED_BY_DEFAULT] = N_(", the default"),
    };
    const struct mw_profile *profile = &session->profile;
    const char *how = named[session->named_by];
    MW_AUTO(mw_buf) source = {0};
    mw_put_shown(&source, profile->file != NULL ? profile->file : "");
    if (profile->is_stranger || profile->source == MW_FROM_REPOSITORY ||
        profile->source == MW_FROM_TREE) { /* else the path says it */
        mw_buf_puts(&source, _(", "));
        mw_buf_puts(&source, mw_from_text(profile->source, profile->is_stranger));
    }
    for (size_t i = 1; i < profile->chain.count; i++) {
        mw_buf_puts(&source, i == 1 ? _(", extends ") : ", ");
        mw_put_shown(&source, profile->chain.items[i]);
    }
    mw_buf_puts(&source, _(how));

    bool has_summary = profile->summary != NULL && profile->summary[0] != '\0';
    MW_FREE char *summary = mw_shown(has_summary ? _(profile->summary) : "");
    MW_FREE char *text = has_summary ? mw_xasprintf(_("%s (%s)"), summary, mw_buf_text(&source))
                                     : mw_xasprintf(_("(%s)"), mw_buf_text(&source));
    MW_FREE char *name = mw_shown(profile->name);
    MW_FREE char *title = mw_xasprintf(has_summary ? _("Profile %s: ") : _("Profile %s "), name);
    mw_paint(buf, style, MW_PAINT_BOLD, title);
    mw_put_wrapped(buf, text, 2, style->cols);
    mw_buf_putc(buf, '\n');
}

/* What comes from outside of the profile. Of one's own and of the system's it is no news. */
static void put_reads(struct mw_buf *buf, const struct mw_session *session,
                      const struct mw_style *style)
{
    const struct mw_profile *profile = &session->profile;
    bool is_news = profile->is_stranger || profile->source == MW_FROM_FILE ||
                   profile->source == MW_FROM_REPOSITORY || profile->source == MW_FROM_TREE;
    if (!is_news || profile->reads.count == 0)
        return;
    MW_FREE char *names = mw_strings_join(&profile->reads, ", ");
    MW_FREE char *shown = mw_shown(names);
    MW_FREE char *text =
        mw_xasprintf(profile->is_stranger ? _("would read %s") : _("reads %s"), shown);
    mw_buf_puts(buf, "  ");
    mw_put_wrapped(buf, text, 4, style->cols);
    mw_buf_putc(buf, '\n');
}

static void put_rollback(struct mw_buf *buf, const struct mw_session *session,
                         const struct mw_style *style)
{
    const struct mw_record *record = mw_history_find(&session->history, session->restores);
    MW_FREE char *title = record != NULL ? mw_xasprintf(_("Back to generation %ld"), record->id)
                                         : mw_xstrdup(_("Back to before the first generation"));
    mw_paint(buf, style, MW_PAINT_BOLD, title);
    if (record != NULL) {
        MW_FREE char *time = mw_render_time(record->time);
        MW_FREE char *profile = mw_shown(record->profile != NULL ? record->profile : "");
        mw_buf_printf(buf, record->profile != NULL ? _(" of %s, profile %s") : _(" of %s"), time,
                      profile);
    }
    mw_buf_putc(buf, '\n');
}

/* ---- settings ----------------------------------------------------------------------------- */

/* Puts a value at column `column`; a list that does not fit gets a line an item. */
static void put_value_column(struct mw_buf *buf, const struct mw_style *style, enum mw_paint paint,
                             const struct mw_value *value, bool is_secret, size_t column)
{
    MW_FREE char *text = mw_render_value(value, is_secret);
    bool is_long = column + mw_text_cols(text) > style->cols;
    if (!is_secret && is_long && value->kind == MW_VALUE_LIST) {
        for (size_t i = 0; i < value->items.count; i++) {
            MW_FREE char *item = mw_shown(value->items.items[i]);
            mw_paint(buf, style, paint, item);
            if (i + 1 < value->items.count)
                mw_buf_printf(buf, ",\n%*s", (int)column, "");
        }
    } else {
        mw_paint(buf, style, paint, text);
    }
}

static void put_origin_column(struct mw_buf *buf, const struct mw_style *style,
                              const struct mw_origin *origin)
{
    MW_FREE char *text = mw_render_origin(origin);
    size_t cols = mw_text_cols(text);
    if (cols > 0) {
        if (mw_line_cols(buf) + 2 + cols > style->cols)
            mw_buf_putc(buf, '\n');
        mw_pad_to(buf, style->cols > cols ? style->cols - cols : 0, 2);
        mw_paint(buf, style, MW_PAINT_DIM, text);
    }
}

static void put_setting(struct mw_buf *buf, const struct mw_style *style,
                        const struct mw_plan_setting *setting, size_t key_cols)
{
    struct look look = setting_looks[setting->verdict];
    bool is_same = setting->verdict == MW_VERDICT_SAME;
    bool comes = !is_same && setting->have.kind == MW_VALUE_ABSENT;
    bool goes = !is_same && setting->want.kind == MW_VALUE_ABSENT;
    if (comes)
        look = setting_looks[MW_VERDICT_CREATE];
    if (goes)
        look = (struct look){MW_GLYPH_REMOVE, MW_PAINT_BAD};
    size_t column = INDENT_COLS + key_cols + 2;

    mw_buf_puts(buf, "  ");
    mw_paint(buf, style, look.paint, mw_glyph(style, look.glyph));
    mw_buf_putc(buf, ' ');
    mw_put_shown(buf, setting->key);
    mw_pad_to(buf, column, 2);
    if (is_same && setting->have.kind == MW_VALUE_ABSENT) {
        mw_paint(buf, style, MW_PAINT_DIM, _("(not set)"));
    } else if (is_same || goes || comes) {
        const struct mw_value *value = goes ? &setting->have : &setting->want;
        put_value_column(buf, style, is_same ? MW_PAINT_PLAIN : look.paint, value,
                         goes ? setting->have_is_secret : setting->want_is_secret, column);
    } else {
        const char *arrow = mw_glyph(style, MW_GLYPH_ARROW);
        size_t arrow_cols = mw_text_cols(arrow) + 1;
        put_value_column(buf, style, MW_PAINT_BAD, &setting->have, setting->have_is_secret, column);
        mw_buf_printf(buf, "\n%*s%s ", (int)(column - arrow_cols), "", arrow);
        put_value_column(buf, style, MW_PAINT_GOOD, &setting->want, setting->want_is_secret,
                         column);
    }
    put_origin_column(buf, style, &setting->from);
    mw_buf_putc(buf, '\n');
}

/* ---- remarks ------------------------------------------------------------------------------ */

/* "  ! text", wrapped; takes `text`. */
static void put_remark(struct mw_buf *buf, const struct mw_style *style, enum mw_paint paint,
                       char *take_text)
{
    mw_buf_puts(buf, "  ");
    mw_paint(buf, style, paint, mw_glyph(style, MW_GLYPH_WARN));
    mw_buf_putc(buf, ' ');
    mw_put_wrapped(buf, take_text, INDENT_COLS, style->cols);
    mw_buf_putc(buf, '\n');
    free(take_text);
}

static void put_shadows(struct mw_buf *buf, const struct mw_style *style,
                        const struct mw_plan_setting *setting)
{
    for (size_t i = 0; i < setting->shadows.count; i++) {
        const struct mw_shadow *shadow = &setting->shadows.items[i];
        MW_FREE char *by = mw_shown(shadow->by);
        MW_FREE char *value = mw_shown(shadow->value != NULL ? shadow->value : "");
        MW_FREE char *fix = mw_shown(shadow->fix != NULL ? shadow->fix : "");
        struct mw_buf text = {0};
        mw_buf_printf(&text,
                      shadow->is_fatal
                          ? _("%s: %s sets it, too, and the tool would not start with both")
                          : _("%s: %s wins"),
                      setting->key, by);
        if (value[0] != '\0')
            mw_buf_printf(&text, _(": %s"), setting->is_secret ? "****" : value);
        if (fix[0] != '\0')
            mw_buf_printf(&text, _("; fix: %s"), fix);
        put_remark(buf, style, shadow->is_fatal ? MW_PAINT_BAD : MW_PAINT_CHANGE,
                   mw_buf_take(&text));
    }
}

/* Names the settings of one verdict in one line. */
static void put_verdict_remark(struct mw_buf *buf, const struct mw_style *style,
                               const struct mw_plan *plan, size_t file, enum mw_verdict verdict,
                               const char *sentence)
{
    MW_AUTO(mw_strings) keys = {0};
    for (size_t i = 0; i < plan->setting_count; i++) {
        if (plan->settings[i].file == file && plan->settings[i].verdict == verdict)
            mw_strings_take(&keys, mw_shown(plan->settings[i].key));
    }
    if (keys.count > 0) {
        MW_FREE char *names = mw_strings_join(&keys, ", ");
        put_remark(buf, style, setting_looks[verdict].paint,
                   mw_xasprintf(_("%s: %s"), names, sentence));
    }
}

static void put_file_remarks(struct mw_buf *buf, const struct mw_style *style,
                             const struct mw_plan *plan, size_t index, bool is_rollback)
{
    const struct mw_plan_file *file = &plan->files[index];
    if (!is_rollback)
        put_verdict_remark(buf, style, plan, index, MW_VERDICT_FOREIGN,
                           _("set by someone else; the old value is kept for rollback"));
    put_verdict_remark(buf, style, plan, index, MW_VERDICT_DRIFTED,
                       _("changed by someone else since our last write"));
    for (size_t i = 0; i < plan->setting_count; i++) {
        if (plan->settings[i].file == index)
            put_shadows(buf, style, &plan->settings[i]);
    }
    for (size_t i = 0; i < file->notices.count && i < NOTICES_MAX; i++) {
        const struct mw_notice *notice = &file->notices.items[i];
        MW_FREE char *message = mw_shown(notice->message);
        put_remark(buf, style, MW_PAINT_CHANGE,
                   mw_xasprintf(_("line %zu: %s"), notice->line, message));
    }
    if (file->notices.count > NOTICES_MAX) {
        size_t more = file->notices.count - NOTICES_MAX;
        put_remark(
            buf, style, MW_PAINT_CHANGE,
            mw_xasprintf(ngettext("%zu more line like these", "%zu more lines like these", more),
                         more));
    }
    if (file->is_ours_only && (file->verdict == MW_FILE_CREATE || file->verdict == MW_FILE_CHANGE))
        put_remark(buf, style, MW_PAINT_CHANGE,
                   mw_xstrdup(file->is_ours_elsewhere
                                  ? _("another run of mirrorwise changed it since: only the "
                                      "settings of this one are put back, everything else stays")
                                  : _("somebody changed it since: only our settings are put back, "
                                      "everything else stays")));
    if (file->verdict == MW_FILE_BLOCKED || file->verdict == MW_FILE_CONFLICT || file->is_skipped)
        put_remark(buf, style, MW_PAINT_BAD, mw_shown(file->error.message));
    if (file->tool_missing)
        put_remark(buf, style, MW_PAINT_CHANGE,
                   mw_xstrdup(file->is_skipped ? _("not installed: skipped")
                                               : _("not installed: configured for later")));
}

/* ---- files -------------------------------------------------------------------------------- */

static size_t key_column(const struct mw_plan *plan, size_t file)
{
    size_t widest = 0;
    for (size_t i = 0; i < plan->setting_count; i++) {
        size_t cols = mw_text_cols(plan->settings[i].key);
        if (plan->settings[i].file == file && cols > widest)
            widest = cols;
    }
    return widest < KEY_COLS_MAX ? widest : KEY_COLS_MAX;
}

static void put_file(struct mw_buf *buf, const struct mw_session *session, size_t index,
                     const struct mw_style *style)
{
    const struct mw_plan *plan = &session->plan;
    const struct mw_plan_file *file = &plan->files[index];
    bool goes = file->verdict == MW_FILE_CHANGE && !file->after_exists;
    const char *word = file->is_skipped ? _("skipped")
                       : goes           ? _("remove")
                                        : _(mw_file_verdict_word(file->verdict));
    enum mw_paint paint = file->is_skipped ? MW_PAINT_CHANGE
                          : goes           ? MW_PAINT_BAD
                                           : file_paints[file->verdict];
    MW_FREE char *path = mw_render_path(&session->sys, file->location.path);

    mw_paint(buf, style, MW_PAINT_BOLD, mw_tool_title(file->tool));
    mw_pad_to(buf, TITLE_COLS, 2);
    mw_buf_puts(buf, path);
    size_t cols = mw_text_cols(word);
    mw_pad_to(buf, style->cols > cols ? style->cols - cols : 0, 2);
    mw_paint_line(buf, style, paint, word);

    size_t key_cols = key_column(plan, index);
    for (size_t i = 0; i < plan->setting_count; i++) {
        if (plan->settings[i].file == index && mw_plan_shows(plan, &plan->settings[i]))
            put_setting(buf, style, &plan->settings[i], key_cols);
    }
    put_file_remarks(buf, style, plan, index, session->is_rollback || session->is_fix);
}

void mw_render_plan(struct mw_buf *buf, const struct mw_session *session,
                    const struct mw_style *style)
{
    if (session->is_rollback) {
        put_rollback(buf, session, style);
    } else if (session->is_fix) {
        mw_paint_line(buf, style, MW_PAINT_BOLD, _("Remedies of --doctor and --checklist"));
    } else {
        put_profile(buf, session, style);
        put_reads(buf, session, style);
    }
    for (size_t i = 0; i < session->plan.file_count; i++) {
        mw_buf_putc(buf, '\n');
        put_file(buf, session, i, style);
    }
}
