/* One function a view, and the parts that several views show. All draw into a rectangle of the
 * body from the state of the app. */
#ifndef MW_TUI_VIEWS_H
#define MW_TUI_VIEWS_H

#include "page.h"

/* The whole screen, into curses' virtual one. */
void tui_draw(struct tui *tui);

void tui_view_home(struct tui *tui, struct tui_rect body);
void tui_view_overview(struct tui *tui, struct tui_rect body);
void tui_view_detail(struct tui *tui, struct tui_rect body);
void tui_view_profiles(struct tui *tui, struct tui_rect body);
void tui_view_diff(struct tui *tui, struct tui_rect body);
void tui_view_apply(struct tui *tui, struct tui_rect body);
void tui_view_history(struct tui *tui, struct tui_rect body);
void tui_view_checks(struct tui *tui, struct tui_rect body);
void tui_view_check(struct tui *tui, struct tui_rect body);
void tui_view_help(struct tui *tui, struct tui_rect body);
void tui_view_messages(struct tui *tui, struct tui_rect body);

/* ---- parts of pages ---- */
/* Every file that keeps the plan from being executed, and why. */
void tui_put_obstacles(struct tui_page *page, const struct mw_plan *plan);
/* The settings of a plan, file by file, with what stands in the way and its fix; of one tool, or
 * of all (NULL). */
void tui_put_plan(struct tui_page *page, const struct mw_session *session,
                  const struct mw_tool *tool);
/* ---- view_home.c: parts of the overview ---- */
void tui_home_panel(struct tui *tui, size_t index, struct tui_rect rect, bool has_focus);
void tui_home_plan(struct tui *tui, struct tui_rect rect, const struct mw_tool *tool);
int tui_home_plan_wants(const struct mw_app *app, const struct mw_tool *tool);
/* In place of panels while there are none: what is being read, or what is wrong. */
void tui_home_nothing(struct tui *tui, struct tui_rect body);
/* A mirror that does not work, or lies, and how that was found. */
void tui_put_bad_mirror(struct tui_page *page, const struct mw_app_mirror *mirror);
/* The diffs of a plan, coloured. */
void tui_put_diff(struct tui_page *page, const struct mw_session *session);
/* A sentence with a sign in front of it, wrapped. */
void tui_put_remark(struct tui_page *page, enum tui_role role, enum tui_glyph glyph,
                    const char *text);
void tui_put_remark_take(struct tui_page *page, enum tui_role role, enum tui_glyph glyph,
                         char *take_text);
#define tui_remark(page, role, glyph, ...)                                                         \
    tui_put_remark_take(page, role, glyph, mw_xasprintf(__VA_ARGS__))
void tui_put_remarks(struct tui_page *page, enum tui_role role, enum tui_glyph glyph,
                     const struct mw_strings *texts);
/* The same of an error; its hint stands below. */
void tui_put_error(struct tui_page *page, enum tui_role role, enum tui_glyph glyph,
                   const struct mw_error *err);

/* How high a duration stands, 0 to 7: doubling is a step, 8 ms the lowest. */
int tui_spark_level(long us);
enum tui_role tui_spark_role(int level);

/* The role and sign of a message. */
extern const struct tui_look {
    enum tui_role role;
    enum tui_glyph glyph;
} tui_message_looks[];
/* The same of a mirror's state. */
extern const struct tui_look tui_state_looks[];

#endif
