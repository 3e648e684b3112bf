/* Texts and documents made of results; nothing here prints. */
#ifndef MW_CLI_RENDER_H
#define MW_CLI_RENDER_H

#include <cjson/cJSON.h>

#include "mirrorwise/session.h"
#include "run.h"
#include "style.h"

/* The plan at a glance: per tool its file, per setting old, new and where the new one is from. */
void mw_render_plan(struct mw_buf *buf, const struct mw_session *session,
                    const struct mw_style *style);
/* The unified diff of every file that would change; safe for a terminal, and piped for patch(1)
 * unless the file holds secrets or control characters. */
void mw_render_diff(struct mw_buf *buf, const struct mw_plan *plan, const struct mw_style *style);
/* The lines of one text, painted as a diff; safe for a terminal. */
void mw_render_lines(struct mw_buf *buf, const char *text, const struct mw_style *style);
/* Owned, safe: a value for people; "****" for a secret. */
char *mw_render_value(const struct mw_value *value, bool is_secret);
/* Owned, safe: "prod.ini:14", "--set"; "" if nobody wanted it. */
char *mw_render_origin(const struct mw_origin *origin);
/* Owned, safe: a path with the user's home as "~". */
char *mw_render_path(const struct mw_system *sys, const char *path);
/* Owned: "2026-08-21 09:30:00 UTC" of an RFC 3339 time. */
char *mw_render_time(const char *time);

/* The one document of a run; owned text without a newline at the end. */
char *mw_render_json(const struct mw_run *run, enum mw_code code);

/* Building blocks of documents. Texts are redacted and sanitised; NULL becomes null. */
struct mw_json_field {
    const char *name;
    enum { FIELD_TEXT, FIELD_NUMBER, FIELD_FLAG, FIELD_VALUE, FIELD_FROM, FIELD_LIST } kind;
    const char *text;
    long number; /* null below 0 */
    bool flag;   /* of a value: is it a secret? */
    const struct mw_value *value;
    const struct mw_origin *from;
    const struct mw_strings *list;
};
#define FIELD(key, kind_, ...)                                                                     \
    (struct mw_json_field)                                                                         \
    {                                                                                              \
        .name = (key), .kind = FIELD_##kind_, __VA_ARGS__                                          \
    }
#define TEXT(key, text_) FIELD(key, TEXT, .text = (text_))
#define NUMBER(key, number_) FIELD(key, NUMBER, .number = (number_))
#define FLAG(key, flag_) FIELD(key, FLAG, .flag = (flag_))
#define VALUE(key, value_, is_secret) FIELD(key, VALUE, .value = (value_), .flag = (is_secret))
#define FROM(key, from_) FIELD(key, FROM, .from = (from_))
#define LIST(key, list_) FIELD(key, LIST, .list = (list_))
/* Adds these members: mw_json_put(object, TEXT("id", id), NUMBER("rank", rank)). */
#define mw_json_put(object, ...)                                                                   \
    mw_json_fill(object, (const struct mw_json_field[]){__VA_ARGS__, {0}})
void mw_json_fill(cJSON *object, const struct mw_json_field *fields);
/* A new object at the end of the array; borrowed. */
cJSON *mw_json_add(cJSON *array);
/* A diff as it is printed for patch(1). */
cJSON *mw_json_diff(const char *diff);
/* The array `overrides`: what the wish (NULL: nothing) is stronger than. */
void mw_json_overrides(cJSON *object, const struct mw_wish *wish);
/* Adds a mirror with every member that the contract names; `rank` if it was measured; `in_use` are
 * the addresses that its service is asked at. */
void mw_json_mirror(cJSON *array, const struct mw_mirror *mirror, const struct mw_session *session,
                    const struct mw_strings *in_use, long rank);
/* Adds what was measured of it: null for what is not known. */
void mw_json_figures(cJSON *object, const struct mw_probe_result *result, bool knows_samples);
/* Adds what the catalogue says of it. */
void mw_json_about(cJSON *object, const struct mw_mirror *mirror);

/* ---- a measurement ------------------------------------------------------------------------ */

/* The last samples of a mirror: what a sparkline shows. */
enum { MW_TRACE_POINTS = 10 };
struct mw_trace {
    long ttfb_us[MW_TRACE_POINTS]; /* oldest first; -1: lost */
    size_t count;
};
void mw_trace_add(struct mw_trace *trace, long ttfb_us);

struct mw_probe_view {
    const struct mw_catalog *catalog;
    const struct mw_survey *survey;
    const struct mw_trace *traces; /* one a target */
    bool is_final;                 /* nothing more will come: reasons are told, too */
    bool is_verbose;               /* addresses and certificates, too */
    size_t rows;                   /* at most so many lines; 0: as many as there are */
};

/* A table of each tool, best first; columns that find no room are left out. */
void mw_render_probe(struct mw_buf *buf, const struct mw_probe_view *view,
                     const struct mw_style *style);
/* The array `mirrors` of the contract, tool by tool, best first. */
cJSON *mw_json_probe(const struct mw_probe_view *view);

#endif
