/* The table of a measurement: what render_probe.c lays out and probe_cells.c fills. */
#ifndef MW_CLI_PROBE_TABLE_H
#define MW_CLI_PROBE_TABLE_H

#include "render.h"

enum probe_column_id {
    COLUMN_RANK,
    COLUMN_ID,
    COLUMN_FAMILY,
    COLUMN_NAME,
    COLUMN_RTT,
    COLUMN_ANSWER,
    COLUMN_DNS,
    COLUMN_TCP,
    COLUMN_TLS,
    COLUMN_JITTER,
    COLUMN_SPEED,
    COLUMN_TRACE,
    COLUMN_SEEN,
    COLUMN_AGE,
    COLUMN_VERDICT,
    COLUMN_COUNT
};

struct probe_row {
    const struct mw_probe_target *target;
    const struct mw_probe_result *result;
    const struct mw_trace *trace;   /* NULL: none was kept */
    const struct mw_mirror *mirror; /* NULL: not of the catalogue */
    char *cells[COLUMN_COUNT];      /* safe text */
};

struct probe_table {
    const struct mw_probe_view *view;
    const struct mw_style *style;
    struct mw_probe_result *results; /* ranked as far as is known now */
    struct probe_row *rows;          /* tool by tool, best first */
    size_t count;
    size_t widths[COLUMN_COUNT];
    bool is_shown[COLUMN_COUNT];
    const char *scale_tool; /* whose slowest sample scale_us is */
    long scale_us;
};

struct probe_column {
    const char *head; /* N_(); NULL: the tool */
    /* Owned safe text; NULL: it is a time, which stands at `time_at` in the result. */
    char *(*cell)(struct probe_table *table, const struct probe_row *row);
    size_t time_at;
    bool (*is_wanted)(const struct probe_table *table); /* NULL: always */
    size_t turn;                                        /* when it gets room; 0: whatever happens */
    size_t least_cols;
    bool is_number; /* stands at the right */
};
extern const struct probe_column probe_columns[COLUMN_COUNT];

/* Owned safe text. */
char *probe_cell(struct probe_table *table, const struct probe_row *row,
                 const struct probe_column *column);

#endif
