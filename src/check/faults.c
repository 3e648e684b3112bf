/* What keeps a tool from reading its file at all: every fault, not only the first. Each one is
 * mended in a copy, which is then judged again; the copy is the text with all edits so far. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { MAX_COMMENTED = 1000 };

struct faulty {
    struct check_run *run;
    const struct check_file *file;
    struct mw_edits edits; /* of the file's text, so far */
    struct mw_buf text;    /* what they make of it */
    size_t *lines;         /* where each line of it begins */
    size_t line_count;
    size_t line, column; /* of the fault at hand, in `text` */
    char *said;          /* about it */
    char kind[24];       /* of fault, as edit.h has it */
};

/* One fault, and the edits that mend it in order of preference. */
struct mending {
    const char *kind;
    struct mw_edits ways[2];
};

static void release(struct mending *mending)
{
    for (size_t i = 0; i < sizeof mending->ways / sizeof *mending->ways; i++)
        mw_edits_release(&mending->ways[i]);
}

/* The verdict on a text: its sentence without the path, and where; false if it is fine. */
static bool judge_text(const struct faulty *faulty, const struct mw_buf *text, char kind[24],
                       char **said, size_t *line, size_t *column)
{
    struct mw_error err = {0};
    char *end = NULL;
    if (mw_source_check(faulty->file->location.source, "", mw_buf_text(text), text->len, &err) ==
        MW_OK)
        return false;
    /* ":LINE:COLUMN: sentence" (edit.h) */
    *line = strtoul(err.message + 1, &end, 10);
    *column = *end == ':' ? strtoul(end + 1, &end, 10) : 0;
    if (said != NULL) {
        *said = mw_xstrdup(end);
        memcpy(kind, err.step, sizeof err.step);
    }
    return true;
}

static void take_text(struct faulty *faulty)
{
    const char *text = mw_buf_text(&faulty->text);
    size_t len = faulty->text.len;
    free(faulty->lines);
    faulty->lines = NULL;
    faulty->line_count = 0;
    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        *MW_PUSH(faulty->lines, faulty->line_count) = at;
        at = end != NULL ? (size_t)(end - text) + 1 : len;
    }
}

/* As check_line(). */
static const char *line_at(const struct faulty *faulty, size_t number, size_t *len)
{
    const char *text = mw_buf_text(&faulty->text);
    *len = 0;
    size_t index = number > 0 ? number - 1 : 0;
    if (index >= faulty->line_count)
        return text + faulty->text.len;
    const char *line = text + faulty->lines[index];
    const char *stop = memchr(line, '\n', (size_t)(text + faulty->text.len - line));
    *len = (size_t)((stop != NULL ? stop : text + faulty->text.len) - line);
    return line;
}

/* The line of the file itself. */
static size_t number_of(const struct faulty *faulty)
{
    size_t number = 0, column = 0, len = 0;
    size_t at = (size_t)(line_at(faulty, faulty->line, &len) - mw_buf_text(&faulty->text));
    mw_text_position(mw_buf_text(&faulty->file->file.bytes), mw_edits_origin(&faulty->edits, at),
                     &number, &column);
    return number;
}

static size_t offset_of(const struct faulty *faulty, size_t number)
{
    size_t len = 0;
    return (size_t)(line_at(faulty, number, &len) - mw_buf_text(&faulty->text));
}

/* Replaces these bytes of the copy, in terms of the file. */
static void replace(const struct faulty *faulty, struct mw_edits *edits, size_t begin, size_t end,
                    const char *text)
{
    size_t from = mw_edits_origin(&faulty->edits, begin);
    size_t to = from + (end - begin);
    mw_buf_puts(mw_edits_add(edits, from, to), text);
}

/* ---- pip.conf -------------------------------------------------------------------------------- */

/* None if they are so many that a person has to look. */
static void comment_lines(const struct faulty *faulty, struct mw_edits *edits, size_t first,
                          size_t last)
{
    if (last - first >= MAX_COMMENTED)
        return;
    for (size_t number = first; number <= last; number++) {
        size_t len = 0;
        size_t at = offset_of(faulty, number);
        (void)line_at(faulty, number, &len);
        if (len > 0)
            replace(faulty, edits, at, at, "# ");
    }
}

/* An option goes on in the lines below that are indented; a section up to the next one. */
static size_t last_line(const struct faulty *faulty, size_t first, bool is_section)
{
    size_t last = first;
    for (size_t number = first + 1;; number++) {
        size_t len = 0;
        const char *text = line_at(faulty, number, &len);
        bool goes_on = is_section ? text[0] != '[' : text[0] == ' ' || text[0] == '\t';
        if ((len == 0 && (text[0] != '\n' || !is_section)) || !goes_on)
            return last;
        last = len > 0 ? number : last;
    }
}

static void mend_bytes(const struct faulty *faulty, struct mending *mending)
{
    size_t len = 0;
    const char *line = line_at(faulty, faulty->line, &len);
    size_t at = offset_of(faulty, faulty->line);
    mending->kind = "utf8";
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)line[i] >= 0x80)
            replace(faulty, &mending->ways[0], at + i, at + i + 1, "?");
    }
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

static void close_section(const struct faulty *faulty, struct mending *mending)
{
    size_t len = 0;
    const char *line = line_at(faulty, faulty->line, &len);
    size_t end = offset_of(faulty, faulty->line) + strcspn(line, " \t\r\n");
    mending->kind = "unclosed";
    replace(faulty, &mending->ways[0], end, end, "]");
}

/* The next line from `number` on that opens a section; 0: none. */
static size_t next_section(const struct faulty *faulty, size_t number)
{
    for (size_t next = 0; next < faulty->text.len; number++) {
        size_t len = 0;
        const char *line = line_at(faulty, number, &len);
        if (len > 0 && line[0] == '[')
            return number;
        next = (size_t)(line - mw_buf_text(&faulty->text)) + len + 1;
    }
    return 0;
}

/* Lines before any section belong to [global]: it opens above them, and if it is the next one, it
 * does so there no more. Comments if it is there as well, but later. */
static void mend_homeless(const struct faulty *faulty, struct mending *mending)
{
    static const char header[] = "[global]";
    const char *text = mw_buf_text(&faulty->text);
    struct mw_edits *edits = &mending->ways[0];
    size_t at = offset_of(faulty, faulty->line), len = 0;
    size_t next = next_section(faulty, faulty->line);
    const char *line = next > 0 ? line_at(faulty, next, &len) : "";
    mending->kind = "no-section";
    if (mw_text_starts(line, header) && (line[8] == '\n' || line[8] == '\r')) {
        replace(faulty, edits, at, at, "[global]\n");
        replace(faulty, edits, (size_t)(line - text), (size_t)(line - text) + len + 1, "");
    } else if (strstr(text, "\n[global") == NULL) {
        replace(faulty, edits, at, at, "[global]\n");
    }
    struct mw_edits *comments = &mending->ways[edits->count > 0 ? 1 : 0];
    size_t last = next > 0 ? next - 1 : last_line(faulty, faulty->line, true);
    for (size_t number = faulty->line; number <= last && last - faulty->line < MAX_COMMENTED;
         number++) {
        const char *homeless = line_at(faulty, number, &len);
        if (len > 0 && strspn(homeless, " \t\r") < len && strchr("#;", homeless[0]) == NULL)
            comment_lines(faulty, comments, number, number);
    }
}

/* The line above with the same option: of two the one that works stays, the later if both do. */
static size_t earlier_option(const struct faulty *faulty)
{
    size_t len = 0, found = 0;
    const char *again = line_at(faulty, faulty->line, &len);
    size_t name = strcspn(again, "=: \t\r\n");
    for (size_t number = faulty->line - 1; number > 0; number--) {
        const char *line = line_at(faulty, number, &len);
        if (len > 0 && line[0] == '[')
            break;
        if (len > name && strncasecmp(line, again, name) == 0 &&
            strchr("=: \t", line[name]) != NULL)
            found = number;
    }
    return found;
}

static void mend_repeated_option(const struct faulty *faulty, struct mending *mending)
{
    size_t first = earlier_option(faulty);
    mending->kind = "duplicate";
    if (first > 0)
        comment_lines(faulty, &mending->ways[0], first, last_line(faulty, first, false));
    comment_lines(faulty, &mending->ways[first > 0 ? 1 : 0], faulty->line,
                  last_line(faulty, faulty->line, false));
}

/* The line that opens the same section first. */
static size_t earlier_section(const struct faulty *faulty)
{
    size_t len = 0;
    const char *again = line_at(faulty, faulty->line, &len);
    size_t name = strcspn(again, "]\r\n") + 1;
    for (size_t number = 1; number < faulty->line; number++) {
        const char *line = line_at(faulty, number, &len);
        if (len >= name && strncmp(line, again, name) == 0)
            return number;
    }
    return 0;
}

/* Is the option of that line among the lines from `first` to `last`? */
static bool has_option(const struct faulty *faulty, const char *line, size_t first, size_t last)
{
    size_t name = strcspn(line, "=: \t\r\n");
    for (size_t number = first; name > 0 && number <= last; number++) {
        size_t len = 0;
        const char *other = line_at(faulty, number, &len);
        if (len > name && strncasecmp(line, other, name) == 0 &&
            strchr("=: \t", other[name]) != NULL)
            return true;
    }
    return false;
}

/* What stands in it goes to the first of that name; as a comment what that has already. */
static void mend_repeated_section(const struct faulty *faulty, struct mending *mending)
{
    struct mw_edits *edits = &mending->ways[0];
    struct mw_buf body = {0};
    size_t first = earlier_section(faulty), last = last_line(faulty, faulty->line, true);
    size_t first_last = first > 0 ? last_line(faulty, first, true) : 0;
    mending->kind = "section";
    if (first == 0 || next_section(faulty, first + 1) == faulty->line) {
        comment_lines(faulty, edits, faulty->line, first > 0 ? faulty->line : last);
        return;
    }
    bool is_doubled = false;
    for (size_t number = faulty->line + 1; number <= last; number++) {
        size_t len = 0;
        const char *line = line_at(faulty, number, &len);
        if (len > 0 && line[0] != ' ' && line[0] != '\t')
            is_doubled = has_option(faulty, line, first, first_last);
        if (len > 0)
            mw_buf_printf(&body, "%s%.*s\n", is_doubled ? "# " : "", (int)len, line);
    }
    size_t begin = offset_of(faulty, faulty->line + 1), to = offset_of(faulty, first_last + 1);
    size_t end = offset_of(faulty, last + 1);
    replace(faulty, edits, to, to, mw_buf_text(&body));
    comment_lines(faulty, edits, faulty->line, faulty->line);
    replace(faulty, edits, begin, end, "");
    mw_buf_release(&body);
}

static void mend_ini(const struct faulty *faulty, struct mending *mending)
{
    size_t len = 0;
    const char *line = line_at(faulty, faulty->line, &len);
    if (!mw_utf8_valid(line, len))
        mend_bytes(faulty, mending);
    else if (is_unclosed(line, len))
        close_section(faulty, mending);
    else if (strcmp(faulty->kind, MW_STEP_NO_SECTION) == 0)
        mend_homeless(faulty, mending);
    else if (strcmp(faulty->kind, MW_STEP_OPTION_TWICE) == 0)
        mend_repeated_option(faulty, mending);
    else if (strcmp(faulty->kind, MW_STEP_SECTION_TWICE) == 0)
        mend_repeated_section(faulty, mending);
    else {
        mending->kind = "line";
        comment_lines(faulty, &mending->ways[0], faulty->line, faulty->line);
    }
}

/* ---- daemon.json ----------------------------------------------------------------------------- */

/* A comma with nothing but blanks between it and the end of its container. */
static bool is_last_comma(const struct mw_buf *text, size_t at)
{
    if (at >= text->len || text->data[at] != ',')
        return false;
    size_t next = at + 1 + strspn(text->data + at + 1, " \t\r\n");
    return text->data[next] == '}' || text->data[next] == ']';
}

/* Where the blanks before `at` begin. */
static size_t blanks_before(const struct mw_buf *text, size_t at)
{
    while (at > 0 && strchr(" \t\r\n", text->data[at - 1]) != NULL)
        at--;
    return at;
}

static size_t blanks_behind(const struct mw_buf *text, size_t at)
{
    return at + (at < text->len ? strspn(text->data + at, " \t\r\n") : 0);
}

/* What the containers that are still open at the end need, the innermost first. */
static void close_all(const struct mw_buf *text, struct mw_buf *closing)
{
    MW_AUTO(mw_buf) open = {0};
    bool is_text = false;
    for (size_t i = 0; i < text->len; i++) {
        char c = text->data[i];
        if (is_text && c == '\\')
            i++;
        else if (c == '"')
            is_text = !is_text;
        else if (!is_text && (c == '{' || c == '['))
            mw_buf_putc(&open, c == '{' ? '}' : ']');
        else if (!is_text && (c == '}' || c == ']') && open.len > 0)
            open.data[--open.len] = '\0';
    }
    while (open.len > 0)
        mw_buf_putc(closing, open.data[--open.len]);
}

/* Does the text get further with the edits than up to the fault at hand? */
static bool gets_further(const struct faulty *faulty, const struct mw_edits *edits)
{
    MW_AUTO(mw_edits) all = {0};
    MW_AUTO(mw_buf) text = {0};
    size_t line = 0, column = 0;
    bool is_further = false;
    mw_edits_copy(&all, &faulty->edits);
    if (edits->count > 0 && mw_edits_merge(&all, edits)) {
        mw_edits_apply(&all, mw_buf_text(&faulty->file->file.bytes), faulty->file->file.bytes.len,
                       &text);
        is_further = !judge_text(faulty, &text, NULL, NULL, &line, &column) ||
                     line > faulty->line || (line == faulty->line && column > faulty->column);
    }
    return is_further;
}

/* The partner of a curly quote, on the same line: between straight and curly all would be text. */
static void close_quote(const struct faulty *faulty, size_t at, struct mw_edits *edits)
{
    const struct mw_buf *text = &faulty->text;
    while (at < text->len && strchr("\"\n", text->data[at]) == NULL) {
        char ascii[2];
        size_t alike = check_alike(text->data + at, text->len - at, ascii);
        if (alike > 0 && ascii[0] == '"') {
            replace(faulty, edits, at, at + alike, ascii);
            return;
        }
        at += alike > 0 ? alike : 1;
    }
}

/* Every repair that fits what stands at the fault; the first that gets further is it. */
static void mend_json(const struct faulty *faulty, struct mending *mending)
{
    const struct mw_buf *text = &faulty->text;
    size_t at = offset_of(faulty, faulty->line) + faulty->column - 1;
    at = at < text->len ? at : text->len;
    size_t begin = blanks_before(text, at), next = blanks_behind(text, at);
    const char *here = mw_buf_text(text) + at;
    struct mw_edits *edits = &mending->ways[0];
    char ascii[2];
    size_t alike = check_alike(here, text->len - at, ascii);
    mending->kind = "syntax";
    if (alike > 0) {
        mending->kind = "character";
        replace(faulty, edits, at, at + alike, ascii);
        if (ascii[0] == '"')
            close_quote(faulty, at + alike, edits);
    } else if (here[0] == '#' || (here[0] == '/' && here[1] == '/')) {
        mending->kind = "comment";
        replace(faulty, edits, at, at + strcspn(here, "\r\n"), "");
    } else if (here[0] == '/' && here[1] == '*' && strstr(here, "*/") != NULL) {
        mending->kind = "comment";
        replace(faulty, edits, at, (size_t)(strstr(here, "*/") + 2 - text->data), "");
    } else if (is_last_comma(text, at)) {
        mending->kind = "comma";
        replace(faulty, edits, at, at + 1, "");
    } else if (next == text->len) {
        MW_AUTO(mw_buf) closing = {0};
        mending->kind = "unclosed";
        close_all(text, &closing);
        replace(faulty, edits, begin, begin, mw_buf_text(&closing));
    } else if (begin > 0 && strchr("\"{[-0123456789tfn", text->data[next]) != NULL) {
        mending->kind = "comma";
        replace(faulty, edits, begin, begin, ",");
    }
    if (edits->count > 0 && !gets_further(faulty, edits)) {
        mw_edits_release(edits);
        mending->kind = "syntax";
    }
}

/* ---- characters that look like others ----------------------------------------------------------
 */

/* The line at the fault in ASCII, if the text gets further with it. */
static void mend_alike(struct faulty *faulty, struct mending *mending)
{
    MW_AUTO(mw_buf) ascii = {0};
    size_t len = 0, at = 0;
    const char *line = line_at(faulty, faulty->line, &len);
    size_t begin = offset_of(faulty, faulty->line);
    if (!check_put_ascii(line, len, &ascii))
        return;
    replace(faulty, &mending->ways[0], begin, begin + len, mw_buf_text(&ascii));
    if (!gets_further(faulty, &mending->ways[0])) {
        mw_edits_release(&mending->ways[0]);
        return;
    }
    mending->kind = "character";
    while (at < len && mw_utf8_lookalike_at(line, len, at) == NULL)
        at++;
    if (at < len) {
        char *said = faulty->said;
        faulty->said = mw_xasprintf(_("%s (column %zu: %s)"), said, at + 1,
                                    _(mw_utf8_lookalike_at(line, len, at)));
        free(said);
    }
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void mend_bom(const struct faulty *faulty, struct mending *mending)
{
    mending->kind = "bom";
    replace(faulty, &mending->ways[0], 0, 3, "");
}

static bool has_bom(const struct mw_buf *text)
{
    return text->len >= 3 && memcmp(text->data, "\xEF\xBB\xBF", 3) == 0;
}

/* The way that makes the fault go, of which the others are told, too. */
static void add_fault(struct faulty *faulty, const struct mending *mending)
{
    struct check_ways ways = {0};
    size_t number = number_of(faulty);
    for (size_t i = 0; i < sizeof mending->ways / sizeof *mending->ways; i++) {
        if (mending->ways[i].count == 0)
            continue;
        struct check_way *way =
            check_way_text(faulty->run, &ways, MW_REMEDY_EDIT_TEXT, faulty->file);
        mw_edits_copy(&way->remedy.edits, &mending->ways[i]);
    }
    MW_FREE char *subject = mw_xasprintf("%s.%zu", mending->kind, number);
    check_found(faulty->run, MW_CHECK_FAIL, subject, ways, "%s:%zu:%zu%s",
                faulty->file->location.path, number, faulty->column, faulty->said);
    free(faulty->said);
    faulty->said = NULL;
}

static bool goes_on(struct faulty *faulty, const struct mending *mending)
{
    if (mending->ways[0].count == 0 || !mw_edits_merge(&faulty->edits, &mending->ways[0]))
        return false;
    mw_buf_release(&faulty->text);
    mw_edits_apply(&faulty->edits, mw_buf_text(&faulty->file->file.bytes),
                   faulty->file->file.bytes.len, &faulty->text);
    take_text(faulty);
    return true;
}

void check_file_faults(struct check_run *run, const struct check_file *file)
{
    struct faulty faulty = {.run = run, .file = file};
    bool is_going = !check_encoding(run, file);
    mw_buf_append(&faulty.text, mw_buf_text(&file->file.bytes), file->file.bytes.len);
    take_text(&faulty);
    for (int i = 0; is_going && i < CHECK_MAX_FAULTS; i++) {
        struct mending mending = {.kind = ""};
        if (!judge_text(&faulty, &faulty.text, faulty.kind, &faulty.said, &faulty.line,
                        &faulty.column))
            break;
        bool is_json = file->location.source->editor == &mw_editor_json;
        if (!is_json && !has_bom(&faulty.text))
            mend_alike(&faulty, &mending);
        if (mending.ways[0].count > 0)
            ; /* that is it */
        else if (has_bom(&faulty.text))
            mend_bom(&faulty, &mending);
        else if (check_has_comments(file))
            mend_ini(&faulty, &mending);
        else if (is_json)
            mend_json(&faulty, &mending);
        else
            mending.kind = "syntax";
        add_fault(&faulty, &mending);
        is_going = goes_on(&faulty, &mending);
        release(&mending);
    }
    mw_edits_release(&faulty.edits);
    mw_buf_release(&faulty.text);
    free(faulty.lines);
}
