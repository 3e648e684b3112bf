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

struct fault {
    size_t line, column;
    char *said;    /* about it */
    char kind[24]; /* as edit.h has it */
};

static void fault_release(struct fault *fault)
{
    free(fault->said);
}

struct faulty {
    struct check_run *run;
    const struct check_file *file;
    struct mw_edits edits; /* of the file's text, so far */
    struct mw_buf text;    /* what they make of it */
    size_t *lines;         /* where each line of it begins */
    size_t line_count;
    struct fault fault; /* the one at hand, in `text` */
};

/* One fault, and the edits that mend it in order of preference. */
struct mending {
    const char *kind;
    struct mw_edits ways[2];
};

static void mending_release(struct mending *mending)
{
    for (size_t i = 0; i < sizeof mending->ways / sizeof *mending->ways; i++)
        mw_edits_release(&mending->ways[i]);
}

/* The verdict on a text: its sentence without the path, and where; false if it is fine. */
static bool judge_faulty(const struct faulty *faulty, const struct mw_buf *text,
                         struct fault *fault)
{
    struct mw_error err = {0};
    char *end = NULL;
    fault_release(fault);
    *fault = (struct fault){0};
    if (mw_source_check(faulty->file->location.source, "", mw_buf_text(text), text->len, &err) ==
        MW_OK)
        return false;
    /* ":LINE:COLUMN: sentence" (edit.h) */
    fault->line = strtoul(err.message + 1, &end, 10);
    fault->column = *end == ':' ? strtoul(end + 1, &end, 10) : 0;
    fault->said = mw_xstrdup(end);
    memcpy(fault->kind, err.step, sizeof err.step);
    return true;
}

static void take_text(struct faulty *faulty)
{
    const struct mw_buf *file = &faulty->file->file.bytes;
    mw_buf_release(&faulty->text);
    mw_edits_apply(&faulty->edits, mw_buf_text(file), file->len, &faulty->text);
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

/* A line of the copy, without its end; behind the last one the end of the text. */
struct line {
    const char *text;
    size_t begin, len;
};

static struct line line_at(const struct faulty *faulty, size_t number)
{
    const char *text = mw_buf_text(&faulty->text);
    size_t index = number > 0 ? number - 1 : 0, end = faulty->text.len;
    size_t begin = index < faulty->line_count ? faulty->lines[index] : end;
    const char *stop = memchr(text + begin, '\n', end - begin);
    size_t len = stop != NULL ? (size_t)(stop - text) - begin : end - begin;
    return (struct line){.text = text + begin, .begin = begin, .len = len};
}

/* The line of the file itself. */
static size_t number_of(const struct faulty *faulty)
{
    size_t number = 0, column = 0;
    size_t at = mw_edits_origin(&faulty->edits, line_at(faulty, faulty->fault.line).begin);
    mw_text_position(mw_buf_text(&faulty->file->file.bytes), at, &number, &column);
    return number;
}

/* Replaces these bytes of the copy, in terms of the file. */
static void replace(const struct faulty *faulty, struct mw_edits *edits, size_t begin, size_t end,
                    const char *text)
{
    size_t from = mw_edits_origin(&faulty->edits, begin);
    size_t to = from + (end - begin);
    mw_buf_puts(mw_edits_add(edits, from, to), text);
}

/* Does the text get further with the edits than up to the fault at hand? */
static bool gets_further(const struct faulty *faulty, const struct mw_edits *edits)
{
    const struct mw_buf *file = &faulty->file->file.bytes;
    const struct fault *now = &faulty->fault;
    MW_AUTO(mw_edits) all = {0};
    MW_AUTO(mw_buf) text = {0};
    MW_AUTO(fault) next = {0};
    mw_edits_copy(&all, &faulty->edits);
    if (edits->count == 0 || !mw_edits_merge(&all, edits))
        return false;
    mw_edits_apply(&all, mw_buf_text(file), file->len, &text);
    return !judge_faulty(faulty, &text, &next) || next.line > now->line ||
           (next.line == now->line && next.column > now->column);
}

/* ---- lines in sections ----------------------------------------------------------------------- */

/* None if they are so many that a person has to look. */
static void comment_lines(const struct faulty *faulty, struct mw_edits *edits, size_t first,
                          size_t last)
{
    for (size_t number = first; number <= last && last - first < MAX_COMMENTED; number++) {
        struct line line = line_at(faulty, number);
        if (line.len > 0)
            replace(faulty, edits, line.begin, line.begin, "# ");
    }
}

/* An option goes on in the lines below that are indented; a section up to the next one. */
static size_t last_line(const struct faulty *faulty, size_t first, bool is_section)
{
    size_t last = first;
    for (size_t number = first + 1;; number++) {
        struct line line = line_at(faulty, number);
        char c = line.text[0];
        bool goes_on = is_section ? c != '[' : c == ' ' || c == '\t';
        if ((line.len == 0 && (c != '\n' || !is_section)) || !goes_on)
            return last;
        last = line.len > 0 ? number : last;
    }
}

static void mend_bytes(const struct faulty *faulty, struct line line, struct mending *mending)
{
    mending->kind = "utf8";
    for (size_t at = line.begin; at < line.begin + line.len; at++) {
        if ((unsigned char)faulty->text.data[at] >= 0x80)
            replace(faulty, &mending->ways[0], at, at + 1, "?");
    }
}

/* "[global" and nothing behind the name: a person forgot the bracket. */
static bool is_unclosed(struct line line)
{
    size_t name_end = 1;
    if (line.len < 2 || line.text[0] != '[')
        return false;
    while (name_end < line.len && (isalnum((unsigned char)line.text[name_end]) ||
                                   memchr("-_.", line.text[name_end], 3) != NULL))
        name_end++;
    size_t end = name_end;
    while (end < line.len && memchr(" \t\r", line.text[end], 3) != NULL)
        end++;
    return name_end > 1 && end == line.len;
}

static void close_section(const struct faulty *faulty, struct line line, struct mending *mending)
{
    size_t end = line.begin + strcspn(line.text, " \t\r\n");
    mending->kind = "unclosed";
    replace(faulty, &mending->ways[0], end, end, "]");
}

/* The next line from `number` on that opens a section; 0: none. */
static size_t next_section(const struct faulty *faulty, size_t number)
{
    for (; number <= faulty->line_count; number++) {
        if (line_at(faulty, number).text[0] == '[')
            return number;
    }
    return 0;
}

/* Lines before any section belong to the tool's first one: it opens above them, and if it is the
 * next one, it does so there no more. Comments if it is there as well, but later. */
static void mend_homeless(const struct faulty *faulty, struct line line, struct mending *mending)
{
    const char *own = faulty->run->tool->tool->section;
    MW_FREE char *header = mw_xasprintf("\n[%s]\n", own != NULL ? own : "");
    size_t len = strlen(header) - 2;
    struct mw_edits *edits = &mending->ways[0];
    size_t first = faulty->fault.line, next = next_section(faulty, first);
    struct line section = next > 0 ? line_at(faulty, next) : (struct line){.text = ""};
    mending->kind = "no-section";
    if (own != NULL && strncmp(section.text, header + 1, len) == 0 &&
        (section.text[len] == '\n' || section.text[len] == '\r')) {
        replace(faulty, edits, line.begin, line.begin, header + 1);
        replace(faulty, edits, section.begin, section.begin + section.len + 1, "");
    } else if (own != NULL && memmem(faulty->text.data, faulty->text.len, header, len) == NULL) {
        replace(faulty, edits, line.begin, line.begin, header + 1);
    }
    struct mw_edits *comments = &mending->ways[edits->count > 0 ? 1 : 0];
    size_t last = next > 0 ? next - 1 : last_line(faulty, first, true);
    for (size_t number = first; number <= last && last - first < MAX_COMMENTED; number++) {
        struct line homeless = line_at(faulty, number);
        if (homeless.len > 0 && strspn(homeless.text, " \t\r") < homeless.len &&
            strchr("#;", homeless.text[0]) == NULL)
            comment_lines(faulty, comments, number, number);
    }
}

/* Does the line set the option that `as` sets? */
static bool sets_same(struct line line, struct line as)
{
    size_t name = strcspn(as.text, "=: \t\r\n");
    return name > 0 && line.len > name && strncasecmp(line.text, as.text, name) == 0 &&
           strchr("=: \t", line.text[name]) != NULL;
}

/* Of two lines with an option the one that works stays, the later if both do. */
static void mend_repeated_option(const struct faulty *faulty, struct line again,
                                 struct mending *mending)
{
    size_t first = 0, number = faulty->fault.line;
    for (size_t above = number - 1; above > 0; above--) {
        struct line line = line_at(faulty, above);
        if (line.text[0] == '[')
            break;
        if (sets_same(line, again))
            first = above;
    }
    mending->kind = "duplicate";
    if (first > 0)
        comment_lines(faulty, &mending->ways[0], first, last_line(faulty, first, false));
    comment_lines(faulty, &mending->ways[first > 0 ? 1 : 0], number,
                  last_line(faulty, number, false));
}

/* The line that opens the same section first. */
static size_t earlier_section(const struct faulty *faulty, struct line again)
{
    size_t name = strcspn(again.text, "]\r\n") + 1;
    for (size_t number = 1; number < faulty->fault.line; number++) {
        struct line line = line_at(faulty, number);
        if (line.len >= name && strncmp(line.text, again.text, name) == 0)
            return number;
    }
    return 0;
}

/* What stands in it goes to the first of that name; as a comment what that has already. */
static void mend_repeated_section(const struct faulty *faulty, struct line again,
                                  struct mending *mending)
{
    struct mw_edits *edits = &mending->ways[0];
    MW_AUTO(mw_buf) body = {0};
    size_t here = faulty->fault.line, first = earlier_section(faulty, again);
    size_t last = last_line(faulty, here, true);
    size_t first_last = first > 0 ? last_line(faulty, first, true) : 0;
    mending->kind = "section";
    if (first == 0 || next_section(faulty, first + 1) == here) {
        comment_lines(faulty, edits, here, first > 0 ? here : last);
        return;
    }
    bool is_doubled = false;
    for (size_t number = here + 1; number <= last; number++) {
        struct line line = line_at(faulty, number);
        bool is_option = line.len > 0 && line.text[0] != ' ' && line.text[0] != '\t';
        is_doubled = is_doubled && !is_option;
        for (size_t had = first; is_option && !is_doubled && had <= first_last; had++)
            is_doubled = sets_same(line_at(faulty, had), line);
        if (line.len > 0)
            mw_buf_printf(&body, "%s%.*s\n", is_doubled ? "# " : "", (int)line.len, line.text);
    }
    size_t to = line_at(faulty, first_last + 1).begin;
    replace(faulty, edits, to, to, mw_buf_text(&body));
    comment_lines(faulty, edits, here, here);
    replace(faulty, edits, line_at(faulty, here + 1).begin, line_at(faulty, last + 1).begin, "");
}

static void mend_ini(const struct faulty *faulty, struct mending *mending)
{
    const char *kind = faulty->fault.kind;
    struct line line = line_at(faulty, faulty->fault.line);
    if (!mw_utf8_valid(line.text, line.len))
        mend_bytes(faulty, line, mending);
    else if (is_unclosed(line))
        close_section(faulty, line, mending);
    else if (strcmp(kind, MW_STEP_NO_SECTION) == 0)
        mend_homeless(faulty, line, mending);
    else if (strcmp(kind, MW_STEP_OPTION_TWICE) == 0)
        mend_repeated_option(faulty, line, mending);
    else if (strcmp(kind, MW_STEP_SECTION_TWICE) == 0)
        mend_repeated_section(faulty, line, mending);
    else {
        mending->kind = "line";
        comment_lines(faulty, &mending->ways[0], faulty->fault.line, faulty->fault.line);
    }
}

/* ---- JSON ------------------------------------------------------------------------------------ */

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

/* What the containers that are still open at the end need, the innermost first; nothing if the end
 * stands in a string, since where that should have ended is not to be known. */
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
    while (!is_text && open.len > 0)
        mw_buf_putc(closing, open.data[--open.len]);
}

/* The partner of a curly quote, on the same line: between straight and curly all would be text. */
static void close_quote(const struct faulty *faulty, size_t at, struct mw_edits *edits)
{
    const struct mw_buf *text = &faulty->text;
    while (at < text->len && strchr("\"\n", text->data[at]) == NULL) {
        char ascii[2];
        size_t alike = mw_utf8_meant(text->data + at, text->len - at, ascii);
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
    size_t at = line_at(faulty, faulty->fault.line).begin + faulty->fault.column - 1;
    at = at < text->len ? at : text->len;
    size_t begin = blanks_before(text, at), next = blanks_behind(text, at);
    const char *here = mw_buf_text(text) + at;
    struct mw_edits *edits = &mending->ways[0];
    char ascii[2];
    size_t alike = mw_utf8_meant(here, text->len - at, ascii);
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
        bool has_comma = begin > 0 && text->data[begin - 1] == ',';
        mending->kind = "unclosed";
        close_all(text, &closing);
        replace(faulty, edits, begin - has_comma, begin, mw_buf_text(&closing));
    } else if (begin > 0 && strchr("\"{[-0123456789tfn", text->data[next]) != NULL) {
        mending->kind = "comma";
        replace(faulty, edits, begin, begin, ",");
    }
    if (edits->count > 0 && !gets_further(faulty, edits)) {
        mw_edits_release(edits);
        mending->kind = "syntax";
    }
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* The line at the fault in ASCII, if the text gets further with it. */
static void mend_alike(struct faulty *faulty, struct mending *mending)
{
    MW_AUTO(mw_buf) ascii = {0};
    struct line line = line_at(faulty, faulty->fault.line);
    if (!check_put_ascii(line.text, line.len, &ascii))
        return;
    replace(faulty, &mending->ways[0], line.begin, line.begin + line.len, mw_buf_text(&ascii));
    if (!gets_further(faulty, &mending->ways[0])) {
        mw_edits_release(&mending->ways[0]);
        return;
    }
    mending->kind = "character";
    size_t at = 0;
    while (at < line.len && mw_utf8_lookalike_at(line.text, line.len, at) == NULL)
        at++;
    if (at < line.len) {
        MW_FREE char *said = faulty->fault.said;
        faulty->fault.said = mw_xasprintf(_("%s (column %zu: %s)"), said, at + 1,
                                          _(mw_utf8_lookalike_at(line.text, line.len, at)));
    }
}

/* The version that is installed may read the file all the same: "checks" of its tool has the kind
 * of the fault with the first one that does. */
static bool is_read(const struct faulty *faulty, const char *kind)
{
    const struct mw_tool *tool = faulty->run->tool->tool;
    const char *since = mw_pairs_find(&tool->checks, kind);
    MW_FREE char *version = since != NULL ? mw_tool_version(faulty->run->sys, tool) : NULL;
    return version != NULL && mw_version_within(version, since, NULL);
}

/* The way that makes the fault go, of which the others are told, too. */
static void add_fault(const struct faulty *faulty, const struct mending *mending)
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
    check_found(faulty->run, is_read(faulty, mending->kind) ? MW_CHECK_WARN : MW_CHECK_FAIL,
                subject, ways, "%s:%zu:%zu%s", faulty->file->location.path, number,
                faulty->fault.column, faulty->fault.said);
}

static void mend(struct faulty *faulty, struct mending *mending)
{
    const struct mw_source *source = faulty->file->location.source;
    bool is_json = source->editor != NULL && source->editor->is_json;
    if (mw_text_starts(mw_buf_text(&faulty->text), "\xEF\xBB\xBF")) {
        mending->kind = "bom";
        replace(faulty, &mending->ways[0], 0, 3, "");
        return;
    }
    if (!is_json)
        mend_alike(faulty, mending);
    if (mending->ways[0].count > 0)
        return; /* that is it */
    if (is_json)
        mend_json(faulty, mending);
    else if (check_has_comments(faulty->file))
        mend_ini(faulty, mending);
}

void check_file_faults(struct check_run *run, const struct check_file *file)
{
    struct faulty faulty = {.run = run, .file = file};
    bool is_going = !check_encoding(run, file);
    for (int i = 0; is_going && i < CHECK_MAX_FAULTS; i++) {
        MW_AUTO(mending) mending = {.kind = "syntax"};
        take_text(&faulty);
        if (!judge_faulty(&faulty, &faulty.text, &faulty.fault))
            break;
        mend(&faulty, &mending);
        add_fault(&faulty, &mending);
        is_going = mending.ways[0].count > 0 && mw_edits_merge(&faulty.edits, &mending.ways[0]);
    }
    fault_release(&faulty.fault);
    mw_edits_release(&faulty.edits);
    mw_buf_release(&faulty.text);
    free(faulty.lines);
}
