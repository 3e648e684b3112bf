/* JUnit XML as Jenkins' schema has it (xunit plugin, junit-10.xsd): a suite for each area, a case
 * for each check. It knows no warning, so one passes and says its piece in system-out. */
#include <string.h>

#include "mirrorwise/check.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* XML 1.0 production 2: what is left out cannot be written, not even as a reference. */
static bool may_stand(unsigned code_point)
{
    return code_point == 0x9 || code_point == 0xA || code_point == 0xD ||
           (code_point >= 0x20 && code_point <= 0xD7FF) ||
           (code_point >= 0xE000 && code_point <= 0xFFFD) || code_point >= 0x10000;
}

static void put_escaped(struct mw_buf *buf, const char *text)
{
    size_t len = strlen(text);
    for (size_t at = 0; at < len;) {
        unsigned code_point = 0;
        size_t used = mw_utf8_decode(text + at, len - at, &code_point);
        if (used == 0) {
            at++;
            continue;
        }
        if (text[at] == '&')
            mw_buf_puts(buf, "&amp;");
        else if (text[at] == '<')
            mw_buf_puts(buf, "&lt;");
        else if (text[at] == '>')
            mw_buf_puts(buf, "&gt;");
        else if (text[at] == '"')
            mw_buf_puts(buf, "&quot;");
        else if (code_point < 0x20 && may_stand(code_point))
            mw_buf_printf(buf, "&#%u;", code_point);
        else if (may_stand(code_point))
            mw_buf_append(buf, text + at, used);
        at += used;
    }
}

static void put_attribute(struct mw_buf *buf, const char *name, const char *text)
{
    mw_buf_printf(buf, " %s=\"", name);
    put_escaped(buf, text);
    mw_buf_putc(buf, '"');
}

/* In seconds, with a point in every locale. */
static void put_time(struct mw_buf *buf, long ms)
{
    mw_buf_printf(buf, " time=\"%ld.%03ld\"", ms / 1000, ms % 1000);
}

static void put_details(struct mw_buf *buf, const struct mw_check *check)
{
    const struct {
        const char *label, *text;
    } parts[] = {
        {_("found"), check->observed},
        {_("wanted"), check->expected},
        {_("why"), check->why},
        {_("fix"), check->fix},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].text[0] == '\0')
            continue;
        put_escaped(buf, parts[i].label);
        mw_buf_puts(buf, _(": "));
        put_escaped(buf, parts[i].text);
        mw_buf_putc(buf, '\n');
    }
}

static void put_case(struct mw_buf *buf, const struct mw_check *check)
{
    mw_buf_puts(buf, "    <testcase");
    put_attribute(buf, "name", check->id);
    mw_buf_printf(buf, " classname=\"mirrorwise.%s\"", check->area);
    put_time(buf, check->took_ms);
    mw_buf_puts(buf, ">\n");
    switch (check->status) {
    case MW_CHECK_FAIL:
        mw_buf_puts(buf, "      <failure");
        put_attribute(buf, "message", check->observed);
        mw_buf_puts(buf, " type=\"fail\">");
        put_details(buf, check);
        mw_buf_puts(buf, "</failure>\n");
        break;
    case MW_CHECK_SKIP:
        mw_buf_puts(buf, "      <skipped");
        put_attribute(buf, "message", check->observed);
        mw_buf_puts(buf, "/>\n");
        break;
    case MW_CHECK_WARN:
    case MW_CHECK_PASS:
        mw_buf_puts(buf, "      <system-out>");
        put_escaped(buf, check->title);
        mw_buf_printf(buf, "\n%s: %s\n", "status", mw_check_status_word(check->status));
        put_details(buf, check);
        mw_buf_puts(buf, "</system-out>\n");
        break;
    }
    mw_buf_puts(buf, "    </testcase>\n");
}

static void put_suite(struct mw_buf *buf, const struct mw_checks *checks, const char *area)
{
    MW_AUTO(mw_buf) cases = {0};
    size_t tests = 0, failures = 0, skipped = 0;
    long ms = 0;
    for (size_t i = 0; i < checks->count; i++) {
        const struct mw_check *check = &checks->items[i];
        if (strcmp(check->area, area) != 0)
            continue;
        tests++;
        failures += check->status == MW_CHECK_FAIL;
        skipped += check->status == MW_CHECK_SKIP;
        ms += check->took_ms;
        put_case(&cases, check);
    }
    mw_buf_printf(buf,
                  "  <testsuite name=\"%s\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
                  "skipped=\"%zu\"",
                  area, tests, failures, skipped);
    put_time(buf, ms);
    mw_buf_printf(buf, ">\n%s  </testsuite>\n", mw_buf_text(&cases));
}

void mw_checks_render_junit(struct mw_buf *buf, const struct mw_checks *checks, const char *title)
{
    MW_AUTO(mw_strings) areas = {0};
    long ms = 0;
    for (size_t i = 0; i < checks->count; i++) {
        ms += checks->items[i].took_ms;
        mw_strings_add_new(&areas, checks->items[i].area);
    }
    mw_buf_puts(buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    put_attribute(buf, "name", title);
    mw_buf_printf(buf, " tests=\"%zu\" failures=\"%zu\" errors=\"0\"", checks->count,
                  mw_checks_count(checks, MW_CHECK_FAIL));
    put_time(buf, ms);
    mw_buf_puts(buf, ">\n");
    for (size_t i = 0; i < areas.count; i++)
        put_suite(buf, checks, areas.items[i]);
    mw_buf_puts(buf, "</testsuites>\n");
}
