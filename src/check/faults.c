/* What keeps a tool from reading its file at all: every fault, not only the first. Each one is
 * mended in a copy, which is then judged again. */
#include <ctype.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

struct faulty {
    struct check_run *run;
    const struct check_file *file;
    struct mw_buf text;            /* the copy */
    size_t homeless, homeless_end; /* pip: lines before any section, first and last; 0: none */
    char *homeless_said;
};

/* The verdict on the copy: its sentence without the path, and where; false if it is fine. */
static bool judge(const struct faulty *faulty, char **said, size_t *line, size_t *column)
{
    struct mw_error err = {0};
    const struct mw_editor *editor = faulty->run->tool->tool->editor;
    char *end = NULL;
    if (editor->check("", mw_buf_text(&faulty->text), faulty->text.len, &err) == MW_OK)
        return false;
    /* ":LINE:COLUMN: sentence" (edit.h) */
    *line = strtoul(err.message + 1, &end, 10);
    *column = *end == ':' ? strtoul(end + 1, &end, 10) : 0;
    *said = mw_xasprintf("%s%s", faulty->file->location.path, err.message);
    return true;
}

static void add_fault(const struct faulty *faulty, const char *kind, size_t line, char *take_said,
                      char *take_fix)
{
    check_add(faulty->run, (struct check_result){
                               .status = MW_CHECK_FAIL,
                               .subject = mw_xasprintf("%s.%zu", kind, line),
                               .observed = take_said,
                               .fix = take_fix,
                           });
}

static size_t offset_of(const struct faulty *faulty, size_t line)
{
    size_t len = 0;
    const char *text = mw_buf_text(&faulty->text);
    return (size_t)(check_line(text, faulty->text.len, line, &len) - text);
}

static bool has_bom(const struct mw_buf *text)
{
    return text->len >= 3 && memcmp(text->data, "\xEF\xBB\xBF", 3) == 0;
}

static void drop_bom(struct faulty *faulty, char *take_said)
{
    memmove(faulty->text.data, faulty->text.data + 3, faulty->text.len - 3);
    faulty->text.len -= 3;
    faulty->text.data[faulty->text.len] = '\0';
    add_fault(faulty, "bom", 1, take_said, check_mend_bom(faulty->run, faulty->file));
}

/* ---- pip.conf ----------------------------------------------------------------------------------
 */

/* Makes a comment of the lines, without moving a byte that matters. */
static void comment_lines(struct faulty *faulty, size_t first, size_t last)
{
    for (size_t line = first; line <= last; line++) {
        size_t at = offset_of(faulty, line);
        if (at < faulty->text.len && faulty->text.data[at] != '\n')
            faulty->text.data[at] = '#';
    }
}

/* An option goes on in the lines below that are indented; a section up to the next one. */
static size_t last_line(const struct faulty *faulty, size_t first, bool is_section)
{
    size_t last = first;
    for (size_t line = first + 1;; line++) {
        size_t len = 0;
        const char *text = check_line(mw_buf_text(&faulty->text), faulty->text.len, line, &len);
        bool goes_on = is_section ? text[0] != '[' : text[0] == ' ' || text[0] == '\t';
        if (len == 0 && (text[0] != '\n' || !is_section))
            return last;
        if (!goes_on)
            return last;
        last = len > 0 ? line : last;
    }
}

static void mend_bytes(struct faulty *faulty, size_t line, char *take_said)
{
    size_t len = 0;
    size_t at = offset_of(faulty, line);
    (void)check_line(mw_buf_text(&faulty->text), faulty->text.len, line, &len);
    for (size_t i = at; i < at + len; i++) {
        if ((unsigned char)faulty->text.data[i] >= 0x80)
            faulty->text.data[i] = '?';
    }
    add_fault(faulty, "utf8", line, take_said,
              check_sed_bytes(faulty->run, faulty->file, "%zus/[^[:print:][:space:]]/?/g", line));
}

/* "[global" and nothing behind the name: a person forgot the bracket. */
static bool is_unclosed(const char *text, size_t len)
{
    size_t name_end = 1;
    if (len < 2 || text[0] != '[')
        return false;
    while (name_end < len &&
           (isalnum((unsigned char)text[name_end]) || memchr("-_.", text[name_end], 3) != NULL))
        name_end++;
    size_t end = name_end;
    while (end < len && memchr(" \t\r", text[end], 3) != NULL)
        end++;
    return name_end > 1 && end == len;
}

static void close_section(struct faulty *faulty, size_t line, char *take_said)
{
    struct mw_buf mended = {0};
    size_t len = 0;
    const char *text = check_line(mw_buf_text(&faulty->text), faulty->text.len, line, &len);
    size_t end = (size_t)(text - mw_buf_text(&faulty->text)) + strcspn(text, " \t\r\n");
    add_fault(faulty, "unclosed", line, take_said,
              check_sed(faulty->run, faulty->file, "%zus/[[:space:]]*$/]/", line));
    mw_buf_append(&mended, mw_buf_text(&faulty->text), end);
    mw_buf_putc(&mended, ']');
    mw_buf_append(&mended, mw_buf_text(&faulty->text) + end, faulty->text.len - end);
    mw_buf_release(&faulty->text);
    faulty->text = mended;
}

static void mend_ini(struct faulty *faulty, size_t line, char *take_said)
{
    size_t len = 0;
    const char *text = check_line(mw_buf_text(&faulty->text), faulty->text.len, line, &len);
    if (has_bom(&faulty->text)) {
        drop_bom(faulty, take_said);
    } else if (!mw_utf8_valid(text, len)) {
        mend_bytes(faulty, line, take_said);
    } else if (is_unclosed(text, len)) {
        close_section(faulty, line, take_said);
    } else if (strstr(take_said, "no section headers") != NULL) {
        /* Counted once and mended last: the line that is missing moves all others. */
        if (faulty->homeless == 0) {
            faulty->homeless = line;
            faulty->homeless_said = mw_xstrdup(take_said);
        }
        free(take_said);
        faulty->homeless_end = last_line(faulty, line, false);
        comment_lines(faulty, line, faulty->homeless_end);
    } else {
        bool is_section = strstr(take_said, "section already exists") != NULL;
        bool is_option = strstr(take_said, "option already exists") != NULL;
        size_t last = is_section || is_option ? last_line(faulty, line, is_section) : line;
        add_fault(faulty,
                  is_section  ? "section"
                  : is_option ? "duplicate"
                              : "line",
                  line, take_said, check_comment_out(faulty->run, faulty->file, line, last));
        comment_lines(faulty, line, last);
    }
}

static void mend_homeless(struct faulty *faulty)
{
    if (faulty->homeless == 0)
        return;
    bool has_global = strstr(mw_buf_text(&faulty->text), "\n[global]") != NULL;
    char *fix =
        has_global
            ? check_comment_out(faulty->run, faulty->file, faulty->homeless, faulty->homeless_end)
            : check_sed(faulty->run, faulty->file, "%zu{h;s/.*/[global]/;G;}", faulty->homeless);
    add_fault(faulty, "no-section", faulty->homeless, faulty->homeless_said, fix);
}

/* ---- daemon.json -------------------------------------------------------------------------------
 */

/* A comma with nothing but blanks between it and the end of its container. */
static bool is_last_comma(const struct mw_buf *text, size_t at)
{
    if (at >= text->len || text->data[at] != ',')
        return false;
    size_t next = at + 1 + strspn(text->data + at + 1, " \t\r\n");
    return text->data[next] == '}' || text->data[next] == ']';
}

static void blank_out(struct faulty *faulty, size_t begin, size_t end)
{
    memset(faulty->text.data + begin, ' ', end - begin);
}

/* Owned: blanks instead of what matches `pattern` behind so many bytes of the line, as blank_out()
 * does it in the copy: a comma must not move what else is wrong on its line. POSIX allows no more
 * than 255 bytes at once (RE_DUP_MAX). */
static char *blank_behind(const struct faulty *faulty, size_t line, size_t bytes,
                          const char *pattern)
{
    enum { MOST = 255 };
    struct mw_buf before = {0};
    for (; bytes > MOST; bytes -= MOST)
        mw_buf_printf(&before, ".\\{%d\\}", MOST);
    mw_buf_printf(&before, ".\\{%zu\\}", bytes);
    char *command = check_sed_bytes(faulty->run, faulty->file, "%zus/^\\(%s\\)%s/\\1 /", line,
                                    mw_buf_text(&before), pattern);
    mw_buf_release(&before);
    return command;
}

/* False if nothing less than a person can mend it. */
static bool mend_json(struct faulty *faulty, size_t line, size_t column, char *take_said)
{
    size_t at = offset_of(faulty, line) + column - 1;
    const char *text = mw_buf_text(&faulty->text);
    bool is_comment = at + 1 < faulty->text.len && text[at] == '/' && text[at + 1] == '/';
    if (has_bom(&faulty->text)) {
        drop_bom(faulty, take_said);
    } else if (is_comment || (at < faulty->text.len && text[at] == '#')) {
        add_fault(faulty, "comment", line, take_said, blank_behind(faulty, line, column - 1, ".*"));
        blank_out(faulty, at, at + strcspn(text + at, "\n"));
    } else if (is_last_comma(&faulty->text, at)) {
        add_fault(faulty, "comma", line, take_said, blank_behind(faulty, line, column - 1, ","));
        blank_out(faulty, at, at + 1);
    } else {
        char *aside = mw_xasprintf("%s.broken", faulty->file->location.path);
        struct mw_buf fix = {0};
        char *move = check_file_command(faulty->run, faulty->file, "mv");
        mw_buf_puts(&fix, move);
        mw_buf_put_word(&fix, aside);
        add_fault(faulty, "syntax", line, take_said, mw_buf_take(&fix));
        free(move);
        free(aside);
        return false;
    }
    return true;
}

void check_file_faults(struct check_run *run, const struct check_file *file)
{
    struct faulty faulty = {.run = run, .file = file};
    bool is_json = run->tool->tool->editor == &mw_editor_json;
    mw_buf_append(&faulty.text, mw_buf_text(&file->file.bytes), file->file.bytes.len);
    for (int i = 0; i < CHECK_MAX_FAULTS; i++) {
        char *said = NULL;
        size_t line = 0, column = 0;
        if (!judge(&faulty, &said, &line, &column))
            break;
        if (!is_json)
            mend_ini(&faulty, line, said);
        else if (!mend_json(&faulty, line, column, said))
            break;
    }
    mend_homeless(&faulty);
    mw_buf_release(&faulty.text);
}
