/* A measurement: the table for people, live or final, and the mirrors of the document. */
#include <stdlib.h>
#include <string.h>

#include "probe_table.h"

enum {
    MARK_COLS = 2,
    GAP_COLS = 2,
    NOTE_INDENT = 7,
    VERDICT_COLS = 12, /* while words may still change: the table must not jump */
};

void mw_trace_add(struct mw_trace *trace, long ttfb_us)
{
    if (trace->count == MW_TRACE_POINTS) {
        memmove(trace->ttfb_us, trace->ttfb_us + 1, (MW_TRACE_POINTS - 1) * sizeof(long));
        trace->count--;
    }
    trace->ttfb_us[trace->count++] = ttfb_us;
}

/* ---- order --------------------------------------------------------------------------------- */

enum { PLACE_KEYS = 4 };

/* Where a mirror stands: by its tool, there the ranked, the waiting, the failed, by rank, and as
 * the targets stand. */
struct place {
    size_t keys[PLACE_KEYS];
};

static int by_place(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;
    const size_t *l = left->keys, *r = right->keys;
    size_t k = 0;
    while (k + 1 < PLACE_KEYS && l[k] == r[k])
        k++;
    return (l[k] > r[k]) - (l[k] < r[k]);
}

static void sort_rows(struct probe_table *table)
{
    const struct mw_survey *survey = table->view->survey;
    MW_FREE struct place *places = mw_xcalloc(table->count + 1, sizeof *places);
    size_t first = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct mw_probe_result *result = &table->results[i];
        bool is_new = i == 0 || strcmp(survey->targets[i].tool, survey->targets[i - 1].tool) != 0;
        first = is_new ? i : first;
        size_t group = result->rank > 0 ? 0 : result->class == MW_PROBE_NONE ? 1 : 2;
        places[i] = (struct place){{first, group, result->rank, i}};
    }
    qsort(places, table->count, sizeof *places, by_place);
    for (size_t i = 0; i < table->count; i++) {
        size_t place = places[i].keys[PLACE_KEYS - 1];
        const struct mw_probe_target *target = &survey->targets[place];
        table->rows[i] = (struct probe_row){
            .target = target,
            .result = &table->results[place],
            .trace = table->view->traces != NULL ? &table->view->traces[place] : NULL,
            .mirror = mw_catalog_find(table->view->catalog, target->tool, target->id),
        };
    }
}

/* ---- columns ------------------------------------------------------------------------------- */

static void measure_columns(struct probe_table *table)
{
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        size_t cols = probe_columns[c].head != NULL ? mw_text_cols(_(probe_columns[c].head)) : 0;
        cols = cols > probe_columns[c].least_cols ? cols : probe_columns[c].least_cols;
        for (size_t i = 0; i < table->count; i++) {
            size_t cell = mw_text_cols(table->rows[i].cells[c]);
            cols = cell > cols ? cell : cols;
        }
        table->widths[c] = cols;
    }
    if (!table->view->is_final && table->widths[COLUMN_VERDICT] < VERDICT_COLS)
        table->widths[COLUMN_VERDICT] = VERDICT_COLS;
}

/* Columns of the same turn come together or not at all. */
static void choose_columns(struct probe_table *table)
{
    size_t used = MARK_COLS;
    for (size_t turn = 0; turn <= COLUMN_COUNT; turn++) {
        size_t cols = 0;
        for (size_t c = 0; c < COLUMN_COUNT; c++) {
            bool is_wanted =
                probe_columns[c].is_wanted == NULL || probe_columns[c].is_wanted(table);
            table->is_shown[c] = probe_columns[c].turn == turn ? is_wanted : table->is_shown[c];
            if (probe_columns[c].turn == turn && is_wanted)
                cols += table->widths[c] + (c == COLUMN_RANK ? 0 : GAP_COLS);
        }
        bool has_room = turn == 0 || used + cols <= table->style->cols;
        for (size_t c = 0; c < COLUMN_COUNT; c++)
            table->is_shown[c] = table->is_shown[c] && (has_room || probe_columns[c].turn != turn);
        used += has_room ? cols : 0;
    }
}

/* ---- lines --------------------------------------------------------------------------------- */

static void put_cells(struct mw_buf *buf, const struct probe_table *table,
                      const char *const cells[], enum mw_paint paint)
{
    size_t start = mw_line_cols(buf);
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        if (!table->is_shown[c])
            continue;
        size_t cols = mw_text_cols(cells[c]);
        size_t before = probe_columns[c].is_number ? table->widths[c] - cols : 0;
        start += c == COLUMN_RANK ? 0 : GAP_COLS;
        if (cells[c][0] != '\0') {
            mw_pad_to(buf, start + before, 0);
            mw_paint(buf, table->style, paint, cells[c]);
        }
        start += table->widths[c];
    }
    mw_buf_putc(buf, '\n');
}

static void put_head(struct mw_buf *buf, const struct probe_table *table, const char *tool)
{
    const char *cells[COLUMN_COUNT];
    for (size_t c = 0; c < COLUMN_COUNT; c++)
        cells[c] = probe_columns[c].head != NULL ? _(probe_columns[c].head) : tool;
    mw_pad_to(buf, MARK_COLS, MARK_COLS);
    put_cells(buf, table, cells, MW_PAINT_BOLD);
}

static void put_note(struct mw_buf *buf, const struct probe_table *table, const char *note)
{
    MW_FREE char *safe = mw_shown(note);
    if (note[0] != '\0')
        mw_put_note(buf, table->style, NOTE_INDENT, safe);
}

/* "10.88.0.12; certificate valid until 2026-11-24, 1 day left, issued by lab issuer" */
static void put_peer(struct mw_buf *buf, const struct probe_table *table,
                     const struct mw_probe_result *result)
{
    const struct mw_probe_peer *peer = &result->peer;
    MW_AUTO(mw_buf) text = {0};
    for (size_t i = 0; i < MW_PROBE_ADDRESSES && peer->tried[i][0] != '\0'; i++)
        mw_buf_printf(&text, "%s%s", i > 0 ? ", " : "", peer->tried[i]);
    MW_FREE char *certificate = mw_probe_cert_text(peer);
    if (certificate != NULL) {
        mw_buf_puts(&text, text.len > 0 ? "; " : "");
        mw_buf_printf(&text, _("certificate %s"), certificate);
        if (peer->cert_issuer[0] != '\0')
            mw_buf_printf(&text, _(", issued by %s"), peer->cert_issuer);
    }
    put_note(buf, table, mw_buf_text(&text));
}

/* A dozen mirrors that failed alike say so once, below the last of them. */
static bool is_told_below(const struct probe_table *table, const struct probe_row *row)
{
    const struct probe_row *next = row + 1;
    if (table->view->is_verbose || next == table->rows + table->count)
        return false;
    const struct mw_probe_result *here = row->result;
    const struct mw_probe_result *below = next->result;
    return here->class == below->class && !here->is_usable && !below->is_usable &&
           strcmp(here->reason, below->reason) == 0 &&
           strcmp(row->target->tool, next->target->tool) == 0;
}

static void put_probe_row(struct mw_buf *buf, const struct probe_table *table,
                          const struct probe_row *row)
{
    const struct mw_probe_result *result = row->result;
    enum mw_paint paint = result->rank == 1                                      ? MW_PAINT_GOOD
                          : !result->is_usable && result->class != MW_PROBE_NONE ? MW_PAINT_BAD
                          : !result->is_usable                                   ? MW_PAINT_DIM
                                                                                 : MW_PAINT_PLAIN;
    mw_paint(buf, table->style, MW_PAINT_GOOD,
             result->rank == 1 ? mw_glyph(table->style, MW_GLYPH_BEST) : " ");
    mw_buf_puts(buf, row->target->is_in_use ? mw_glyph(table->style, MW_GLYPH_IN_USE) : " ");
    put_cells(buf, table, (const char *const *)row->cells, paint);
    if (!table->view->is_final)
        return;
    if (result->class != MW_PROBE_NONE && !is_told_below(table, row))
        put_note(buf, table, result->is_usable ? result->note : result->reason);
    if (table->view->is_verbose)
        put_peer(buf, table, result);
}

/* Rows of the tool whose first is `first`. */
static size_t tool_length(const struct probe_table *table, size_t first)
{
    const char *tool = table->rows[first].target->tool;
    size_t length = 0;
    while (first + length < table->count &&
           strcmp(table->rows[first + length].target->tool, tool) == 0)
        length++;
    return length;
}

/* Lines that the tables need if each shows at most `most` rows, and says so if it has more. */
static size_t count_lines(const struct probe_table *table, size_t most)
{
    size_t lines = 0;
    for (size_t i = 0; i < table->count;) {
        size_t length = tool_length(table, i);
        lines += (i > 0 ? 2u : 1u) + (length > most ? most + 1 : length);
        i += length;
    }
    return lines;
}

static size_t most_rows(const struct probe_table *table)
{
    size_t most = table->count;
    while (table->view->rows > 0 && most > 1 && count_lines(table, most) > table->view->rows)
        most = most > table->view->rows ? table->view->rows : most - 1;
    return most;
}

static void put_legend(struct mw_buf *buf, const struct probe_table *table)
{
    bool has_best = false, has_in_use = false;
    for (size_t i = 0; i < table->count; i++) {
        has_best = has_best || table->results[i].rank == 1;
        has_in_use = has_in_use || table->view->survey->targets[i].is_in_use;
    }
    MW_AUTO(mw_buf) text = {0};
    if (has_best)
        mw_buf_printf(&text, _("%s best"), mw_glyph(table->style, MW_GLYPH_BEST));
    if (has_in_use)
        mw_buf_printf(&text, "%s%s %s", text.len > 0 ? "   " : "",
                      mw_glyph(table->style, MW_GLYPH_IN_USE), _("in use now"));
    if (text.len > 0) {
        mw_buf_putc(buf, '\n');
        mw_paint_line(buf, table->style, MW_PAINT_DIM, mw_buf_text(&text));
    }
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void table_init(struct probe_table *table, const struct mw_probe_view *view,
                       const struct mw_style *style)
{
    const struct mw_survey *survey = view->survey;
    *table = (struct probe_table){.view = view, .style = style, .count = survey->count};
    table->rows = mw_xcalloc(table->count + 1, sizeof *table->rows);
    table->results = mw_xcalloc(table->count + 1, sizeof *table->results);
    for (size_t i = 0; i < table->count; i++)
        table->results[i] = survey->results[i];
    mw_probe_rank(survey->targets, table->count, survey->options.policy.metric, table->results);
    sort_rows(table);
}

static void table_release(struct probe_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        for (size_t c = 0; c < COLUMN_COUNT; c++)
            free(table->rows[i].cells[c]);
    }
    MW_FREE_ALL(table->rows, table->results);
}

void mw_render_probe(struct mw_buf *buf, const struct mw_probe_view *view,
                     const struct mw_style *style)
{
    struct probe_table table;
    table_init(&table, view, style);
    for (size_t i = 0; i < table.count; i++) {
        for (size_t c = 0; c < COLUMN_COUNT; c++)
            table.rows[i].cells[c] = probe_cell(&table, &table.rows[i], &probe_columns[c]);
    }
    measure_columns(&table);
    choose_columns(&table);
    size_t most = most_rows(&table);
    for (size_t i = 0; i < table.count;) {
        size_t length = tool_length(&table, i);
        if (i > 0)
            mw_buf_putc(buf, '\n');
        put_head(buf, &table, table.rows[i].target->tool);
        for (size_t k = 0; k < length && k < most; k++)
            put_probe_row(buf, &table, &table.rows[i + k]);
        if (length > most) {
            MW_FREE char *more = mw_xasprintf(
                ngettext("%zu more mirror", "%zu more mirrors", length - most), length - most);
            put_note(buf, &table, more);
        }
        i += length;
    }
    if (view->is_final)
        put_legend(buf, &table);
    table_release(&table);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void add_peer(cJSON *object, const struct mw_probe_peer *peer)
{
    cJSON *addresses = cJSON_AddArrayToObject(object, "addresses");
    MW_FREE char *until = peer->cert_expires_s != 0 ? mw_text_time(peer->cert_expires_s) : NULL;
    for (size_t i = 0; i < MW_PROBE_ADDRESSES && peer->tried[i][0] != '\0'; i++)
        cJSON_AddItemToArray(addresses, cJSON_CreateString(peer->tried[i]));
    mw_json_put(object, TEXT("cert_expires", until),
                TEXT("cert_issuer", until != NULL ? peer->cert_issuer : NULL));
}

static void add_figures(cJSON *object, const struct mw_probe_result *result)
{
    mw_json_figures(object, result, true);
    mw_json_put(object, NUMBER("rtt_min_us", result->rtt_min_us),
                NUMBER("rtt_max_us", result->rtt_max_us),
                NUMBER("http_status", result->http_status > 0 ? result->http_status : -1),
                NUMBER("http_version", result->http_version > 0 ? result->http_version : -1),
                FLAG("proxied", result->is_proxied),
                TEXT("address", result->address[0] != '\0' ? result->address : NULL));
    add_peer(object, &result->peer);
    mw_json_put(object, TEXT("final_host", result->host[0] != '\0' ? result->host : NULL),
                TEXT("note", result->note));
}

static void add_probed_mirror(cJSON *mirrors, const struct probe_row *row)
{
    const struct mw_probe_target *target = row->target;
    const struct mw_probe_result *result = row->result;
    cJSON *object = mw_json_add(mirrors);
    mw_json_put(object, TEXT("tool", target->tool), TEXT("id", target->id),
                TEXT("url", target->url),
                NUMBER("rank", result->rank > 0 ? (long)result->rank : -1),
                FLAG("usable", result->is_usable), TEXT("reason", result->reason),
                TEXT("class", mw_probe_class_word(result->class)), FLAG("tied", result->is_tied),
                FLAG("in_use", target->is_in_use));
    add_figures(object, result);
    if (row->mirror != NULL)
        mw_json_about(object, row->mirror);
}

cJSON *mw_json_probe(const struct mw_probe_view *view)
{
    const struct mw_style style = {0};
    struct probe_table table;
    cJSON *mirrors = cJSON_CreateArray();
    table_init(&table, view, &style);
    for (size_t i = 0; i < table.count; i++)
        add_probed_mirror(mirrors, &table.rows[i]);
    table_release(&table);
    return mirrors;
}
