/* Errors: one code that is also the exit code, and one struct that carries the sentence.
 *
 * A function that can fail returns `enum mw_code`, writes its out-parameters only on MW_OK and
 * takes `struct mw_error *err` last (NULL is allowed). Nobody but cli and tui prints; everybody
 * else fills `err`. The code, the word and the exit status of a run come from one row of one
 * table, so text, JSON and exit status cannot disagree. */
#ifndef MW_ERROR_H
#define MW_ERROR_H

#include <stddef.h>

#define MW_WARN_UNUSED __attribute__((warn_unused_result))
#define MW_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* The values are the exit codes of the program; they are frozen. */
enum mw_code {
    MW_OK = 0,
    MW_FAILURE = 1,        /* unexpected failure */
    MW_PENDING = 2,        /* --diff: changes pending; --checklist, --doctor: an item failed */
    MW_ROLLED_BACK = 3,    /* apply failed, everything is as it was */
    MW_INCOMPLETE = 4,     /* apply failed and could not be undone completely */
    MW_CONFLICT = 5,       /* somebody else changed a file */
    MW_SHADOWED = 6,       /* written, but not effective */
    MW_USAGE = 64,         /* wrong command line */
    MW_BAD_PROFILE = 65,   /* profile or catalogue is wrong, or carries a refused value */
    MW_NO_MIRROR = 69,     /* no usable mirror */
    MW_CANNOT_CREATE = 73, /* cannot create a file */
    MW_IO = 74,            /* input/output error */
    MW_LOCKED = 75,        /* another run holds the lock */
    MW_UNTRUSTED = 76,     /* profile not trusted */
    MW_NO_PERMISSION = 77, /* rights are missing; read-only; immutable */
    MW_BAD_CONFIG = 78,    /* a tool's existing file is invalid */
    MW_HANGUP = 129,
    MW_INTERRUPTED = 130,
    MW_TERMINATED = 143,
};

struct mw_error {
    enum mw_code code;
    int sys_errno;      /* 0 if no system call failed */
    char step[24];      /* the failing step, for bug reports: "rename", "fsync", "lock", ... */
    char message[2048]; /* one finished sentence; path and line inside; sanitised when printed */
    char hint[512];     /* what the user can do; may be empty */
};

/* Fills `err` (if not NULL) and returns `code`. `sys_errno` other than 0 appends its text:
 * "cannot open /x: Permission denied". The hint is emptied. */
enum mw_code mw_fail(struct mw_error *err, enum mw_code code, int sys_errno, const char *step,
                     const char *format, ...) MW_PRINTF(5, 6);
#ifdef __clang_analyzer__
/* The analyzer sees one file at a time and would follow paths where a failure is MW_OK. */
#define mw_fail(err, code, ...)                                                                    \
    (mw_fail((err), (code), __VA_ARGS__), (code) == MW_OK ? MW_FAILURE : (code))
#endif

/* The same of a command line that is wrong. */
#define mw_misuse(err, ...) mw_fail((err), MW_USAGE, 0, "options", __VA_ARGS__)

/* Sets the hint of an error already filled. No-op if `err` is NULL. */
void mw_error_hint(struct mw_error *err, const char *format, ...) MW_PRINTF(2, 3);

/* The code of a run that the signal ended: HUP, INT, TERM; MW_OK for 0. */
enum mw_code mw_signal_code(int signal_number);

/* The word that JSON shows as `result`: "ok", "conflict", ...; never translated, never NULL. */
const char *mw_code_word(enum mw_code code);

/* A short sentence for the code in the user's language: what `--help` lists. Never NULL. */
const char *mw_code_text(enum mw_code code);

/* All codes in ascending order, for `--help` and for tests. */
enum { MW_CODE_COUNT = 19 };
enum mw_code mw_code_at(size_t i);

#endif
