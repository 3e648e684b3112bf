/* The table and the document of a measurement, from figures made by hand. */
#include "support/rows.h"

#include <stdio.h>
#include <stdlib.h>

#include "../../src/cli/render.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { MIRRORS_MAX = 8 };

struct mirror {
    const char *tool, *id, *name, *name_zh;
    enum mw_probe_class class;
    long rtt_us;
    bool is_in_use;
};

static const struct mirror mirrors[] = {
    {"go", "far", "Far", "远", MW_PROBE_OK, 219900, false},
    {"go", "near", "Near", "", MW_PROBE_OK, 12100, false},
    {"go", "portal", "Portal", "门户", MW_PROBE_CONTENT, 900, true},
    {"go", "later", "Later", "", MW_PROBE_NONE, -1, false},
    {"docker", "阿里云", "Aliyun", "阿里云", MW_PROBE_OK, 1234567, false},
    {"docker", "evil\033[2J", "Evil", "", MW_PROBE_HTTP, -1, false},
};

struct made {
    struct mw_catalog catalog;
    struct mw_mirror mirrors[MIRRORS_MAX];
    struct mw_mirror *listed[MIRRORS_MAX];
    struct mw_probe_target targets[MIRRORS_MAX];
    struct mw_probe_result results[MIRRORS_MAX];
    struct mw_trace traces[MIRRORS_MAX];
    struct mw_survey survey;
    struct mw_probe_view view;
};

static void fill_result(struct mw_probe_result *result, const struct mirror *from)
{
    bool is_asked = from->class != MW_PROBE_NONE;
    *result = (struct mw_probe_result){
        .is_usable = from->class == MW_PROBE_OK,
        .class = from->class,
        .integrity = from->class == MW_PROBE_OK ? MW_PROBE_GENUINE : MW_PROBE_UNCHECKED,
        .samples = is_asked ? 5 : 0,
        .lost = is_asked && from->class != MW_PROBE_OK ? 5 : 0,
        .rtt_us = from->rtt_us,
        .rtt_min_us = from->rtt_us,
        .rtt_max_us = from->rtt_us,
        .dns_us = -1,
        .tcp_us = from->rtt_us,
        .tls_us = from->rtt_us,
        .ttfb_us = from->rtt_us,
        .jitter_us = from->class == MW_PROBE_OK ? 100 : -1,
        .age_s = -1,
        .lag_s = -1,
        .bytes_per_s = -1,
        .http_status = from->class == MW_PROBE_HTTP ? 403 : 0,
    };
    if (is_asked && from->class != MW_PROBE_OK)
        snprintf(result->reason, sizeof result->reason, "It says \033[2J and no more.");
}

static void make(struct made *made, const struct mirror *from, size_t count)
{
    *made = (struct made){0};
    for (size_t i = 0; i < count; i++) {
        made->mirrors[i] = (struct mw_mirror){
            .tool = (char *)from[i].tool,
            .id = (char *)from[i].id,
            .name = (char *)from[i].name,
            .name_zh = (char *)from[i].name_zh,
        };
        made->listed[i] = &made->mirrors[i];
        made->targets[i] = (struct mw_probe_target){
            .tool = from[i].tool,
            .id = from[i].id,
            .url = "https://mirror.example",
            .is_in_use = from[i].is_in_use,
        };
        fill_result(&made->results[i], &from[i]);
        bool is_good = from[i].class == MW_PROBE_OK;
        for (size_t k = 0; k < made->results[i].samples; k++)
            mw_trace_add(&made->traces[i], is_good ? from[i].rtt_us : -1);
    }
    made->catalog = (struct mw_catalog){.mirrors = made->listed, .count = count};
    made->survey =
        (struct mw_survey){.targets = made->targets, .results = made->results, .count = count};
    made->view = (struct mw_probe_view){
        .catalog = &made->catalog,
        .survey = &made->survey,
        .traces = made->traces,
        .is_final = true,
    };
}

static char *render(const struct made *made, size_t cols, bool is_ascii)
{
    struct mw_style style = {.ascii = is_ascii, .cols = cols};
    struct mw_buf text = {0};
    mw_render_probe(&text, &made->view, &style);
    return mw_buf_take(&text);
}

/* ---- the table ----------------------------------------------------------------------------- */

static void the_table_at_80_columns(void **state)
{
    (void)state;
    struct made made;
    make(&made, mirrors, ROWS(mirrors));
    char *text = render(&made, 80, true);
    row_string_equal("80", text,
                     "    #  go                RTT  1ST BYTE    JITTER  TREND  GOOD  VERDICT\n"
                     "*  1   near          12.1 ms   12.1 ms    0.1 ms  _____   5/5  verified\n"
                     "   2   far          219.9 ms  219.9 ms    0.1 ms  #####   5/5  verified\n"
                     "   -   later               -         -         -  -         -  not asked\n"
                     " < -   portal         0.9 ms    0.9 ms         -  xxxxx   0/5  not a mirror\n"
                     "       It says \\x1B[2J and no more.\n"
                     "\n"
                     "    #  docker            RTT  1ST BYTE    JITTER  TREND  GOOD  VERDICT\n"
                     "*  1   阿里云         1.23 s    1.23 s    0.1 ms  #####   5/5  verified\n"
                     "   -   evil\\x1B[2J         -         -         -  xxxxx   0/5  HTTP 403\n"
                     "       It says \\x1B[2J and no more.\n"
                     "\n"
                     "* best   < in use now\n");
    free(text);
}

/* Whatever the width: no line is wider, and verdict, round trip and answer are always there. */
static void columns_follow_the_width(void **state)
{
    (void)state;
    static const struct {
        size_t cols;
        const char *has, *lacks;
    } rows[] = {
        {60, "VERDICT", "TREND"}, {72, "TREND", "JITTER"}, {80, "JITTER", "TLS"},
        {110, "TLS", "NAME"},     {140, "NAME", "AGE"}, /* nobody knows an age */
    };
    struct made made;
    make(&made, mirrors, ROWS(mirrors));
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *text = render(&made, rows[i].cols, false);
        row_true(rows[i].has, strstr(text, rows[i].has) != NULL);
        row_true(rows[i].lacks, strstr(text, rows[i].lacks) == NULL);
        for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
            char *one = mw_xstrndup(line, strcspn(line, "\n"));
            row_true(one, mw_text_cols(one) <= rows[i].cols);
            free(one);
        }
        free(text);
    }
}

static void names_of_any_script_line_up(void **state)
{
    (void)state;
    struct made made;
    make(&made, mirrors, ROWS(mirrors));
    char *text = render(&made, 140, false);
    size_t wanted = 0;
    static const char *const lines[] = {"near", "far", "阿里云"};
    for (size_t i = 0; i < ROWS(lines); i++) {
        const char *end = strstr(strstr(text, lines[i]), "verified");
        const char *start = end;
        while (start > text && start[-1] != '\n')
            start--;
        char *before = mw_xstrndup(start, (size_t)(end - start));
        wanted = i == 0 ? mw_text_cols(before) : wanted;
        row_size_equal(lines[i], mw_text_cols(before), wanted);
        free(before);
    }
    free(text);
}

/* A live table may not be taller than the screen, or going up would not find its first line. */
static void the_live_table_fits_the_screen(void **state)
{
    (void)state;
    struct made made;
    make(&made, mirrors, ROWS(mirrors));
    made.view.is_final = false;
    static const struct {
        size_t rows, lines;
        const char *has;
    } screens[] = {
        {0, 9, "waiting"}, {9, 9, "waiting"}, {8, 8, "2 more mirrors"}, {7, 7, "3 more mirrors"}};
    for (size_t i = 0; i < ROWS(screens); i++) {
        made.view.rows = screens[i].rows;
        char *text = render(&made, 80, true);
        size_t lines = 0;
        for (const char *at = text; *at != '\0'; at++)
            lines += *at == '\n';
        row_size_equal(screens[i].has, lines, screens[i].lines);
        row_true(screens[i].has, strstr(text, screens[i].has) != NULL);
        row_true("no reasons while it moves", strstr(text, "It says") == NULL);
        free(text);
    }
}

static void a_trace_keeps_the_last_samples(void **state)
{
    (void)state;
    struct mw_trace trace = {0};
    for (long i = 0; i < MW_TRACE_POINTS + 3; i++)
        mw_trace_add(&trace, i);
    assert_int_equal(trace.count, MW_TRACE_POINTS);
    assert_int_equal(trace.ttfb_us[0], 3);
    assert_int_equal(trace.ttfb_us[MW_TRACE_POINTS - 1], MW_TRACE_POINTS + 2);
}

/* ---- the document --------------------------------------------------------------------------- */

static void the_document_has_what_the_contract_names(void **state)
{
    (void)state;
    static const char *const members[] = {
        "tool",   "id",          "url",     "rank",      "usable",  "reason", "rtt_us",    "dns_us",
        "tcp_us", "tls_us",      "ttfb_us", "jitter_us", "samples", "lost",   "integrity", "age_s",
        "lag_s",  "bytes_per_s", "family",  "class",     "in_use",  "name_zh"};
    static const struct {
        const char *id, *class;
        int rank; /* 0: null */
    } order[] = {{"near", "ok", 1},        {"far", "ok", 2},    {"later", "none", 0},
                 {"portal", "content", 0}, {"阿里云", "ok", 1}, {"evil\\x1B[2J", "http", 0}};
    struct made made;
    make(&made, mirrors, ROWS(mirrors));
    cJSON *array = mw_json_probe(&made.view);
    assert_int_equal(cJSON_GetArraySize(array), ROWS(mirrors));
    for (size_t i = 0; i < ROWS(order); i++) {
        cJSON *one = cJSON_GetArrayItem(array, (int)i);
        for (size_t k = 0; k < ROWS(members); k++)
            row_true(members[k], cJSON_HasObjectItem(one, members[k]));
        row_string_equal("id", cJSON_GetObjectItem(one, "id")->valuestring, order[i].id);
        row_string_equal("class", cJSON_GetObjectItem(one, "class")->valuestring, order[i].class);
        cJSON *rank = cJSON_GetObjectItem(one, "rank");
        row_true(order[i].id,
                 order[i].rank > 0 ? rank->valueint == order[i].rank : (bool)cJSON_IsNull(rank));
    }
    cJSON *near = cJSON_GetArrayItem(array, 0);
    assert_int_equal(cJSON_GetObjectItem(near, "rtt_us")->valueint, 12100);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(near, "dns_us")));
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(near, "family")));
    cJSON_Delete(array);
}

static void peers_are_told(void **state)
{
    (void)state;
    struct made made;
    struct mw_buf text = {0};
    make(&made, mirrors, 2);
    made.results[1].peer = (struct mw_probe_peer){
        .tried = {"2001:db8::7", "192.0.2.7"},
        .cert_expires_s = 1798761600,
        .cert_left_s = 2 * 86400 + 5,
        .cert_issuer = "Let's Encrypt, R11",
    };
    cJSON *array = mw_json_probe(&made.view);
    const cJSON *near = cJSON_GetArrayItem(array, 0);
    const cJSON *far = cJSON_GetArrayItem(array, 1);
    assert_string_equal(cJSON_GetObjectItem(near, "cert_expires")->valuestring,
                        "2027-01-01T00:00:00Z");
    assert_string_equal(cJSON_GetObjectItem(near, "cert_issuer")->valuestring,
                        "Let's Encrypt, R11");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(near, "addresses")), 2);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(far, "cert_expires")));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(far, "addresses")), 0);
    cJSON_Delete(array);

    static const char line[] = "2001:db8::7, 192.0.2.7; certificate valid until 2027-01-01, 2 days "
                               "left, issued by Let's Encrypt, R11";
    const struct mw_style style = {.cols = 200};
    made.view.is_final = true;
    mw_render_probe(&text, &made.view, &style);
    assert_null(strstr(text.data, "2001:db8"));
    made.view.is_verbose = true;
    mw_render_probe(&text, &made.view, &style);
    assert_non_null(strstr(text.data, line));
    mw_buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_at_80_columns),
        cmocka_unit_test(columns_follow_the_width),
        cmocka_unit_test(names_of_any_script_line_up),
        cmocka_unit_test(the_live_table_fits_the_screen),
        cmocka_unit_test(a_trace_keeps_the_last_samples),
        cmocka_unit_test(the_document_has_what_the_contract_names),
        cmocka_unit_test(peers_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
