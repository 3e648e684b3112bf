/* Whole screens against golden files: text, and below it what each cell means. No terminal: curses
 * writes into the null device. MW_UPDATE_GOLDEN=1 rewrites the files. */
#include "support/rows.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../src/tui/views.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "support/app_world.h"

struct screen {
    const char *name;
    int rows, cols;
    enum mw_app_theme theme;
    bool is_ascii, is_chinese, is_hostile, is_unmeasured, is_risky, is_many;
    const char *keys;
    size_t checks; /* answers of the checklist that have come, after the first key */
    const char *proxy;
    bool is_blocked, is_warned, is_cut_off, is_local, is_partly,
        is_done; /* is_done: the keys ended in a write under --root */
};

static const struct screen screens[] = {
    {.name = "home-80x24", .rows = 24, .cols = 80},
    {.name = "home-120x40", .rows = 40, .cols = 120},
    {.name = "home-200x60", .rows = 60, .cols = 200},
    {.name = "home-40x10", .rows = 10, .cols = 40},
    {.name = "home-too-small", .rows = 9, .cols = 39},
    {.name = "home-tiny", .rows = 2, .cols = 9},
    {.name = "home-first-frame", .rows = 24, .cols = 80, .is_unmeasured = true},
    {.name = "home-light", .rows = 24, .cols = 80, .theme = MW_THEME_LIGHT},
    {.name = "home-mono", .rows = 24, .cols = 80, .theme = MW_THEME_MONO},
    {.name = "home-ascii", .rows = 40, .cols = 120, .is_ascii = true},
    {.name = "home-chinese-80x24", .rows = 24, .cols = 80, .is_chinese = true},
    {.name = "home-chinese-120x40", .rows = 40, .cols = 120, .is_chinese = true},
    {.name = "home-hostile-80x24", .rows = 24, .cols = 80, .is_hostile = true},
    {.name = "home-hostile-40x10", .rows = 10, .cols = 40, .is_hostile = true},
    {.name = "home-filter", .rows = 24, .cols = 80, .keys = "/ali"},
    {.name = "home-filter-nothing", .rows = 24, .cols = 80, .keys = "/zzz<Enter>"},
    {.name = "home-sorted", .rows = 24, .cols = 80, .keys = "ssjj"},
    {.name = "home-frozen", .rows = 24, .cols = 80, .keys = "<Tab>z"},
    {.name = "home-message-40x10", .rows = 10, .cols = 40, .keys = "z"},
    {.name = "home-why-not", .rows = 24, .cols = 80, .keys = "n"},
    {.name = "detail-80x24", .rows = 24, .cols = 80, .keys = "<Enter>"},
    {.name = "detail-120x40", .rows = 40, .cols = 120, .keys = "G<Enter>"},
    {.name = "profiles-80x24", .rows = 24, .cols = 80, .keys = "pj"},
    {.name = "profiles-120x40", .rows = 40, .cols = 120, .keys = "p"},
    {.name = "diff-80x24", .rows = 24, .cols = 80, .keys = "d"},
    {.name = "diff-search", .rows = 24, .cols = 80, .keys = "d/goproxy<Enter>n"},
    {.name = "diff-40x10", .rows = 10, .cols = 40, .keys = "dG"},
    {.name = "diff-mono", .rows = 24, .cols = 80, .theme = MW_THEME_MONO, .keys = "d"},
    {.name = "apply-80x24", .rows = 24, .cols = 80, .keys = "a"},
    {.name = "apply-yes-120x40", .rows = 40, .cols = 120, .keys = "a<Right>"},
    {.name = "history-80x24", .rows = 24, .cols = 80, .keys = "Hj"},
    {.name = "history-120x40", .rows = 40, .cols = 120, .keys = "H"},
    {.name = "checks-80x24", .rows = 24, .cols = 80, .keys = "c"},
    {.name = "checks-some-80x24", .rows = 24, .cols = 80, .keys = "cj", .checks = 4},
    {.name = "checks-all-80x24", .rows = 24, .cols = 80, .keys = "c", .checks = 6},
    {.name = "checks-all-120x40", .rows = 40, .cols = 120, .keys = "cj", .checks = 6},
    {.name = "checks-all-40x10", .rows = 10, .cols = 40, .keys = "c", .checks = 6},
    {.name = "checks-search", .rows = 24, .cols = 80, .keys = "c/goproxy<Enter>n", .checks = 6},
    {.name = "checks-again", .rows = 24, .cols = 80, .keys = "cr", .checks = 6},
    {.name = "check-ours", .rows = 24, .cols = 80, .keys = "cj<Enter>", .checks = 6},
    {.name = "check-theirs", .rows = 24, .cols = 80, .keys = "cjj<Enter>f", .checks = 6},
    {.name = "check-ascii",
     .rows = 24,
     .cols = 80,
     .is_ascii = true,
     .keys = "c<Enter>",
     .checks = 6},
    {.name = "apply-risk", .rows = 24, .cols = 80, .is_risky = true, .keys = "a"},
    {.name = "apply-risk-refused", .rows = 24, .cols = 80, .is_risky = true, .keys = "ay"},
    {.name = "apply-blocked", .rows = 24, .cols = 80, .is_blocked = true, .keys = "a"},
    {.name = "apply-warned", .rows = 24, .cols = 80, .is_warned = true, .keys = "a"},
    {.name = "apply-done", .rows = 24, .cols = 80, .is_done = true, .keys = "a"},
    {.name = "diff-blocked", .rows = 24, .cols = 80, .is_blocked = true, .keys = "d"},
    {.name = "home-cut-off", .rows = 24, .cols = 80, .is_unmeasured = true, .is_cut_off = true},
    {.name = "home-cut-off-ipv6",
     .rows = 24,
     .cols = 80,
     .is_unmeasured = true,
     .is_cut_off = true,
     .keys = "ff"},
    {.name = "home-no-network", .rows = 24, .cols = 80, .is_unmeasured = true, .is_local = true},
    {.name = "apply-done-some",
     .rows = 24,
     .cols = 80,
     .is_done = true,
     .is_partly = true,
     .keys = "a"},
    {.name = "home-proxy", .rows = 24, .cols = 80, .proxy = "proxy.example:3128"},
    {.name = "help-80x24", .rows = 24, .cols = 80, .keys = "?"},
    {.name = "help-120x40", .rows = 40, .cols = 120, .keys = "?<PgDn>"},
    {.name = "messages-80x24", .rows = 24, .cols = 80, .keys = "ssM"},
    {.name = "help-ascii", .rows = 24, .cols = 80, .is_ascii = true, .keys = "?G"},
    {.name = "chinese-detail", .rows = 24, .cols = 80, .is_chinese = true, .keys = "<Enter>"},
    {.name = "chinese-profiles", .rows = 24, .cols = 80, .is_chinese = true, .keys = "pj"},
    {.name = "chinese-diff", .rows = 24, .cols = 80, .is_chinese = true, .keys = "d"},
    {.name = "chinese-apply", .rows = 24, .cols = 80, .is_chinese = true, .keys = "a"},
    {.name = "chinese-history", .rows = 24, .cols = 80, .is_chinese = true, .keys = "Hj"},
    {.name = "chinese-checks", .rows = 24, .cols = 80, .is_chinese = true, .keys = "c"},
    {.name = "chinese-help", .rows = 24, .cols = 80, .is_chinese = true, .keys = "?"},
    {.name = "many-80x24", .rows = 24, .cols = 80, .is_many = true},
    {.name = "many-120x40", .rows = 40, .cols = 120, .is_many = true},
    {.name = "many-200x60", .rows = 60, .cols = 200, .is_many = true},
    {.name = "many-40x10", .rows = 10, .cols = 40, .is_many = true, .keys = "G"},
    {.name = "many-ascii", .rows = 24, .cols = 80, .is_many = true, .is_ascii = true},
    {.name = "many-first-frame", .rows = 24, .cols = 80, .is_many = true, .is_unmeasured = true},
    {.name = "many-panel-80x24", .rows = 24, .cols = 80, .is_many = true, .keys = "jjj<Enter>"},
    {.name = "many-panel-120x40", .rows = 40, .cols = 120, .is_many = true, .keys = "6l"},
    {.name = "many-filter", .rows = 24, .cols = 80, .is_many = true, .keys = "/ch"},
    {.name = "many-apply", .rows = 24, .cols = 80, .is_many = true, .keys = "a"},
    {.name = "many-apply-40", .rows = 40, .cols = 120, .is_many = true, .keys = "ax"},
    {.name = "many-diff", .rows = 40, .cols = 120, .is_many = true, .keys = "d"},
    {.name = "many-chinese-80x24", .rows = 24, .cols = 80, .is_many = true, .is_chinese = true},
    {.name = "many-chinese-120x40", .rows = 40, .cols = 120, .is_many = true, .is_chinese = true},
    {.name = "chinese-help-end", .rows = 40, .cols = 120, .is_chinese = true, .keys = "?G"},
};

/* ---- reading the screen back --------------------------------------------------------------- */

/* What a cell means: the letter of its role, in capitals on the selected row; without colours the
 * letter of its attribute. */
static char meaning(attr_t attrs, short pair)
{
    if (pair > 0)
        return (char)(((pair - 1) % 2 == 0 ? 'a' : 'A') + (pair - 1) / 2);
    if ((attrs & A_REVERSE) != 0)
        return 'r';
    return (attrs & A_BOLD) != 0        ? '*'
           : (attrs & A_DIM) != 0       ? '-'
           : (attrs & A_UNDERLINE) != 0 ? '_'
                                        : ' ';
}

static void dump_row(int y, int cols, struct mw_buf *text, struct mw_buf *means)
{
    for (int x = 0; x < cols;) {
        cchar_t cell;
        wchar_t wide[CCHARW_MAX + 1] = {0};
        attr_t attrs = 0;
        short pair = 0;
        char bytes[4];
        mvin_wch(y, x, &cell);
        getcchar(&cell, wide, &attrs, &pair, NULL);
        mw_buf_append(text, bytes, mw_utf8_encode((unsigned)wide[0], bytes));
        int width = wide[0] >= 0x80 && mw_utf8_cols((unsigned)wide[0]) == 2 ? 2 : 1;
        for (int i = 0; i < width; i++)
            mw_buf_putc(means, meaning(attrs, pair));
        x += width;
    }
}

static void trim(struct mw_buf *buf)
{
    while (buf->len > 0 && buf->data[buf->len - 1] == ' ')
        buf->data[--buf->len] = '\0';
    mw_buf_putc(buf, '\n');
}

static char *dump(int rows, int cols)
{
    struct mw_buf all = {0};
    struct mw_buf means = {0};
    for (int y = 0; y < rows; y++) {
        struct mw_buf text = {0};
        struct mw_buf row = {0};
        dump_row(y, cols, &text, &row);
        trim(&text);
        trim(&row);
        mw_buf_puts(&all, text.data);
        mw_buf_puts(&means, row.data);
        mw_buf_release(&text);
        mw_buf_release(&row);
    }
    mw_buf_puts(&all, "\n");
    mw_buf_puts(&all, means.data);
    mw_buf_release(&means);
    return mw_buf_take(&all);
}

/* ---- comparing ----------------------------------------------------------------------------- */

static char *read_golden(const char *path)
{
    FILE *file = fopen(path, "r");
    struct mw_buf text = {0};
    char bytes[4096];
    size_t len = 0;
    while (file != NULL && (len = fread(bytes, 1, sizeof bytes, file)) > 0)
        mw_buf_append(&text, bytes, len);
    if (file != NULL)
        fclose(file);
    return mw_buf_take(&text);
}

static void write_golden(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
}

static bool matches_golden(const char *name, const char *got)
{
    char *path = mw_xasprintf("%s/golden/tui/%s.txt", MW_TEST_DIR, name);
    const char *update = getenv("MW_UPDATE_GOLDEN");
    if (update != NULL && update[0] == '1')
        write_golden(path, got);
    char *wanted = read_golden(path);
    bool is_same = wanted != NULL && strcmp(wanted, got) == 0;
    if (!is_same) {
        char *diff = mw_text_diff(wanted != NULL ? wanted : "", wanted != NULL ? strlen(wanted) : 0,
                                  got, strlen(got), path, "drawn");
        print_error("%s:\n%s\n", name, diff);
        free(diff);
    }
    free(wanted);
    free(path);
    return is_same;
}

/* ---- drawing ------------------------------------------------------------------------------- */

static char *draw_screen(const struct screen *screen)
{
    static struct mw_app app;
    static struct tui tui;
    app_world_open(&app, screen->is_many      ? APP_WORLD_MANY
                         : screen->is_hostile ? APP_WORLD_HOSTILE
                                              : APP_WORLD_USUAL);
    app.options.theme = screen->theme;
    app.options.language = screen->is_chinese ? MW_LANGUAGE_ZH : MW_LANGUAGE_EN;
    app.options.proxy = screen->proxy;
    mw_i18n_speak(screen->is_chinese ? "zh_CN" : "en");
    if (!screen->is_unmeasured)
        app_world_measure(&app);
    if (screen->is_risky)
        app_world_risk(&app);
    for (size_t i = 0; screen->is_cut_off && i < app.mirror_count; i++)
        app_world_sample(&app, app.panels[app.mirrors[i].panel].tool->id, app.mirrors[i].id, -1, 1);
    app.read_code = screen->is_cut_off ? MW_NO_MIRROR : MW_OK;
    app.is_online = !screen->is_local;
    if (screen->is_blocked)
        app_world_block(&app);
    if (screen->is_warned)
        mw_strings_add(&app.session->warnings, "go: nothing was measured yet, so the order of the "
                                               "catalogue decides which counts as the fastest");
    tui = (struct tui){
        .app = &app, .rows = screen->rows, .cols = screen->cols, .is_ascii = screen->is_ascii};
    resizeterm(screen->rows, screen->cols);
    tui_palette_init(&tui.palette, screen->theme, true);
    tui_draw(&tui); /* tells the app how much fits, as on the first frame */
    for (const char *key = screen->keys; key != NULL && *key != '\0';) {
        const char *end = *key == '<' ? strchr(key, '>') : key;
        char *one = mw_xstrndup(key, (size_t)(end - key) + 1);
        app_world_keys(&app, one);
        if (key == screen->keys && screen->checks > 0)
            app_world_checks(&app, screen->checks);
        tui_draw(&tui);
        free(one);
        key = end + 1;
    }
    if (screen->is_done) {
        free(app.session->sys.root);
        app.session->sys.root = mw_xstrdup("/mnt/new image");
        app.apply.phase = MW_PHASE_DONE;
        if (screen->is_partly) {
            mw_strings_add(&app.skip, "pip");
            app.session->plan.files[0].verdict = MW_FILE_SAME;
            mw_shadows_release(&app.session->plan.settings[1].shadows);
        }
        tui_draw(&tui);
    }
    doupdate();
    char *text = dump(screen->rows, screen->cols);
    mw_app_release(&app);
    mw_i18n_speak("en");
    return text;
}

static void test_screens(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
        char *text = draw_screen(&screens[i]);
        wrong += !matches_golden(screens[i].name, text);
        free(text);
    }
    assert_int_equal(wrong, 0);
}

/* With every colour gone the screen must say the same: a state is never colour alone. */
static void test_mono_says_the_same(void **state)
{
    (void)state;
    struct screen with = {.name = "with", .rows = 40, .cols = 120};
    struct screen without = with;
    without.theme = MW_THEME_MONO;
    char *a = draw_screen(&with);
    char *b = draw_screen(&without);
    char *end_a = strstr(a, "\n\n");
    char *end_b = strstr(b, "\n\n");
    assert_non_null(end_a);
    assert_non_null(end_b);
    *end_a = *end_b = '\0';
    assert_string_equal(a, b);
    free(a);
    free(b);
}

/* At every size, in every view: nothing is drawn outside, nothing crashes, ASCII is ASCII. */
static void test_all_sizes(void **state)
{
    (void)state;
    static const char *const keys[] = {"", "<Enter>", "p", "d", "a", "H", "c", "?", "M", "/x"};
    for (int rows = 1; rows <= 50; rows += 7) {
        for (int cols = 1; cols <= 160; cols += 13) {
            size_t pick = (size_t)(rows + cols) % (sizeof keys / sizeof *keys);
            struct screen screen = {
                .name = "any", .rows = rows, .cols = cols, .is_ascii = true, .keys = keys[pick]};
            char *text = draw_screen(&screen);
            for (const char *at = text; *at != '\0'; at++)
                assert_true((unsigned char)*at < 0x80);
            free(text);
        }
    }
}

static int open_curses(void **state)
{
    (void)state;
    setlocale(LC_CTYPE, "C.UTF-8");
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    FILE *out = fopen("/dev/null", "w");
    FILE *in = fdopen(fds[0], "r");
    if (newterm("xterm-256color", out, in) == NULL)
        return 1;
    return 0;
}

static int close_curses(void **state)
{
    (void)state;
    endwin();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens),
        cmocka_unit_test(test_mono_says_the_same),
        cmocka_unit_test(test_all_sizes),
    };
    return cmocka_run_group_tests(tests, open_curses, close_curses);
}
