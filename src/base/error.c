#include "mirrorwise/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/text.h"

struct code_row {
    enum mw_code code;
    const char *word;
    const char *text;
};

static const struct code_row rows[] = {
    {MW_OK, "ok", N_("as wanted: applied, nothing to do, or every check passed")},
    {MW_FAILURE, "failure", N_("unexpected failure")},
    {MW_PENDING, "pending", N_("changes are pending, or a check failed")},
    {MW_ROLLED_BACK, "rolled-back", N_("apply failed; everything is as it was before")},
    {MW_INCOMPLETE, "incomplete",
     N_("apply failed and could not be undone completely; --recover says what is left")},
    {MW_CONFLICT, "conflict", N_("someone else changed a file")},
    {MW_SHADOWED, "shadowed", N_("written, but not effective: something else wins")},
    {MW_USAGE, "usage", N_("wrong command line")},
    {MW_BAD_PROFILE, "bad-profile", N_("the profile or the catalogue is wrong")},
    {MW_NO_MIRROR, "no-mirror", N_("no usable mirror")},
    {MW_CANNOT_CREATE, "cannot-create", N_("a file cannot be created")},
    {MW_IO, "io", N_("input/output error")},
    {MW_LOCKED, "locked", N_("another run holds the lock")},
    {MW_UNTRUSTED, "untrusted", N_("the profile is not trusted")},
    {MW_NO_PERMISSION, "no-permission", N_("no permission")},
    {MW_BAD_CONFIG, "bad-config", N_("the existing file of a tool is invalid")},
    {MW_HANGUP, "hangup", N_("the terminal hung up; changes were undone")},
    {MW_INTERRUPTED, "interrupted", N_("interrupted; changes were undone")},
    {MW_TERMINATED, "terminated", N_("terminated; changes were undone")},
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

/* The order of `rows`; a test holds the two together. */
static const enum mw_code all_codes[] = {
    MW_OK,         MW_FAILURE,   MW_PENDING,       MW_ROLLED_BACK, MW_INCOMPLETE,    MW_CONFLICT,
    MW_SHADOWED,   MW_USAGE,     MW_BAD_PROFILE,   MW_NO_MIRROR,   MW_CANNOT_CREATE, MW_IO,
    MW_LOCKED,     MW_UNTRUSTED, MW_NO_PERMISSION, MW_BAD_CONFIG,  MW_HANGUP,        MW_INTERRUPTED,
    MW_TERMINATED,
};

_Static_assert(sizeof all_codes / sizeof *all_codes == ROW_COUNT, "a code lacks its row");

/* Drops the bytes of a character that the end of the room cut in two. */
static void drop_cut_character(char *text)
{
    size_t len = strlen(text);
    for (size_t back = 1; back <= 3 && back <= len; back++) {
        unsigned char byte = (unsigned char)text[len - back];
        if (byte < 0x80)
            return;
        if (byte >= 0xC0) {
            if (mw_utf8_decode(text + len - back, back, NULL) == 0)
                text[len - back] = '\0';
            return;
        }
    }
}

#undef mw_fail
enum mw_code mw_fail(struct mw_error *err, enum mw_code code, int sys_errno, const char *step,
                     const char *format, ...)
{
    if (err == NULL)
        return code;

    char reason[128] = "";
    if (sys_errno != 0) {
        char room[96];
        snprintf(reason, sizeof reason, ": %s", strerror_r(sys_errno, room, sizeof room));
    }

    /* Not straight into `err`: callers wrap an error by passing its own message as an argument. */
    char message[sizeof err->message - sizeof reason];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    drop_cut_character(message);

    *err = (struct mw_error){.code = code, .sys_errno = sys_errno};
    snprintf(err->step, sizeof err->step, "%s", step);
    snprintf(err->message, sizeof err->message, "%s%s", message, reason);
    return code;
}

void mw_error_hint(struct mw_error *err, const char *format, ...)
{
    if (err == NULL)
        return;
    char hint[sizeof err->hint];
    va_list args;
    va_start(args, format);
    vsnprintf(hint, sizeof hint, format, args);
    va_end(args);
    drop_cut_character(hint);
    snprintf(err->hint, sizeof err->hint, "%s", hint);
}

static const struct code_row *find(enum mw_code code)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i].code == code)
            return &rows[i];
    }
    return &rows[MW_FAILURE];
}

const char *mw_code_word(enum mw_code code)
{
    return find(code)->word;
}

const char *mw_code_text(enum mw_code code)
{
    return _(find(code)->text);
}

const enum mw_code *mw_code_all(size_t *count)
{
    *count = ROW_COUNT;
    return all_codes;
}
