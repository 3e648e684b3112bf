#include "mirrorwise/error.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
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

_Static_assert(sizeof rows / sizeof *rows == MW_CODE_COUNT, "a code lacks its row");

/* As strerror words them; that one speaks the language of the locale, which need not be ours. */
static const struct {
    int number;
    const char *text;
} reasons[] = {
    {EPERM, N_("Operation not permitted")},
    {ENOENT, N_("No such file or directory")},
    {EINTR, N_("Interrupted system call")},
    {EIO, N_("Input/output error")},
    {EAGAIN, N_("Resource temporarily unavailable")},
    {ENOMEM, N_("Cannot allocate memory")},
    {EACCES, N_("Permission denied")},
    {EBUSY, N_("Device or resource busy")},
    {EEXIST, N_("File exists")},
    {EXDEV, N_("Invalid cross-device link")},
    {ENOTDIR, N_("Not a directory")},
    {EISDIR, N_("Is a directory")},
    {EINVAL, N_("Invalid argument")},
    {EMFILE, N_("Too many open files")},
    {ENFILE, N_("Too many open files in system")},
    {ETXTBSY, N_("Text file busy")},
    {EFBIG, N_("File too large")},
    {ENOSPC, N_("No space left on device")},
    {EROFS, N_("Read-only file system")},
    {EMLINK, N_("Too many links")},
    {EPIPE, N_("Broken pipe")},
    {ENAMETOOLONG, N_("File name too long")},
    {ENOLCK, N_("No locks available")},
    {ENOSYS, N_("Function not implemented")},
    {ENOEXEC, N_("Exec format error")},
    {ELOOP, N_("Too many levels of symbolic links")},
    {EOPNOTSUPP, N_("Operation not supported")},
    {ESTALE, N_("Stale file handle")},
    {EDQUOT, N_("Disk quota exceeded")},
    {ECONNREFUSED, N_("Connection refused")},
    {ECONNRESET, N_("Connection reset by peer")},
    {ETIMEDOUT, N_("Connection timed out")},
    {ENETUNREACH, N_("Network is unreachable")},
    {EHOSTUNREACH, N_("No route to host")},
};

static const char *reason_of(int sys_errno, char *room, size_t size)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].number == sys_errno)
            return _(reasons[i].text);
    }
#ifdef __GLIBC__ /* its own strerror_r(), for _GNU_SOURCE; others have that of POSIX */
    return strerror_r(sys_errno, room, size);
#else
    if (strerror_r(sys_errno, room, size) != 0)
        snprintf(room, size, "errno %d", sys_errno);
    return room;
#endif
}

/* A secret is masked before the text is cut, or its first half would stay. */
MW_PRINTF(3, 0)
static void write_safe(char *room, size_t size, const char *format, va_list args)
{
    MW_AUTO(mw_buf) text = {0};
    mw_buf_vprintf(&text, format, args);
    MW_FREE char *safe = mw_text_redact(mw_buf_text(&text));
    mw_text_put(room, size, safe);
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
        snprintf(reason, sizeof reason, _(": %s"), reason_of(sys_errno, room, sizeof room));
    }

    /* Not straight into `err`: callers wrap an error by passing its own message as an argument. */
    char message[sizeof err->message - sizeof reason];
    va_list args;
    va_start(args, format);
    write_safe(message, sizeof message, format, args);
    va_end(args);

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
    write_safe(hint, sizeof hint, format, args);
    va_end(args);
    snprintf(err->hint, sizeof err->hint, "%s", hint);
}

static const struct code_row *find_code(enum mw_code code)
{
    for (size_t i = 0; i < MW_CODE_COUNT; i++) {
        if (rows[i].code == code)
            return &rows[i];
    }
    return &rows[MW_FAILURE];
}

const char *mw_code_word(enum mw_code code)
{
    return find_code(code)->word;
}

const char *mw_code_text(enum mw_code code)
{
    return _(find_code(code)->text);
}

enum mw_code mw_signal_code(int signal_number)
{
    return signal_number == 0         ? MW_OK
           : signal_number == SIGHUP  ? MW_HANGUP
           : signal_number == SIGTERM ? MW_TERMINATED
                                      : MW_INTERRUPTED;
}

enum mw_code mw_code_at(size_t i)
{
    return rows[i].code;
}
