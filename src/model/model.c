#include "model.h"

#include <stdarg.h>
#include <string.h>

enum { NAME_MAX_BYTES = 64, SHOWN_COLS = 80 };

static enum mw_code refuse_line(struct mw_error *err, const char *file, size_t line,
                                const char *allowed, const char *what, va_list args)
    MW_PRINTF(5, 0);

static enum mw_code refuse_line(struct mw_error *err, const char *file, size_t line,
                                const char *allowed, const char *what, va_list args)
{
    MW_AUTO(mw_buf) found = {0};
    mw_buf_vprintf(&found, what, args);
    MW_FREE char *where = line > 0 ? mw_xasprintf("%s:%zu", file, line) : mw_xstrdup(file);
    if (allowed != NULL && allowed[0] != '\0')
        mw_fail(err, MW_BAD_PROFILE, 0, "profile", _("%s: %s; allowed: %s"), where,
                mw_buf_text(&found), allowed);
    else
        mw_fail(err, MW_BAD_PROFILE, 0, "profile", "%s: %s", where, mw_buf_text(&found));
    return MW_BAD_PROFILE;
}

enum mw_code mw_model_refuse(struct mw_error *err, const char *file, size_t line,
                             const char *allowed, const char *what, ...)
{
    va_list args;
    va_start(args, what);
    enum mw_code code = refuse_line(err, file, line, allowed, what, args);
    va_end(args);
    return code;
}

enum mw_code mw_model_refuse_unknown(struct mw_error *err, const char *file, size_t line,
                                     struct mw_strings *names, const char *found, const char *what,
                                     ...)
{
    MW_FREE char *list = mw_strings_join(names, ", ");
    va_list args;
    va_start(args, what);
    enum mw_code code = refuse_line(err, file, line, list, what, args);
    va_end(args);
    mw_model_suggest(err, found, names);
    mw_strings_release(names);
    return code;
}

char *mw_model_shown(const char *text)
{
    MW_FREE char *redacted = mw_text_redact(text);
    return mw_text_safe(redacted, strlen(redacted), SHOWN_COLS, false);
}

/* "global.index-url" for "index-url": the last part of one name alone is that name. */
static const char *find_tail(const char *text, const struct mw_strings *names)
{
    const char *found = NULL;
    size_t len = strlen(text);
    for (size_t i = 0; i < names->count; i++) {
        size_t whole = strlen(names->items[i]);
        if (whole <= len + 1 || names->items[i][whole - len - 1] != '.' ||
            strcmp(names->items[i] + whole - len, text) != 0)
            continue;
        if (found != NULL)
            return NULL;
        found = names->items[i];
    }
    return found;
}

void mw_model_suggest(struct mw_error *err, const char *text, const struct mw_strings *names)
{
    const char *closest = find_tail(text, names);
    if (closest == NULL)
        closest = mw_text_closest(text, names);
    if (closest != NULL)
        mw_error_hint(err, _("Did you mean %s?"), closest);
}

bool mw_model_is_name(const char *text)
{
    size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
    return len > 0 && len <= NAME_MAX_BYTES && text[len] == '\0';
}

bool mw_model_fits(const char *text, const char *form)
{
    size_t len = strlen(text);
    return len == strlen(form) && mw_text_fits(text, len, form);
}

bool mw_model_is_day(const char *text)
{
    MW_FREE char *begins = mw_xasprintf("%sT00:00:00Z", text);
    return mw_model_fits(text, "0000-00-00") && mw_text_seconds(begins) >= 0;
}

size_t mw_model_odd_byte(const char *text, size_t len)
{
    size_t pos = 0;
    while (pos < len) {
        unsigned char byte = (unsigned char)text[pos];
        size_t used = byte < 0x80 ? 1 : mw_utf8_decode(text + pos, len - pos, NULL);
        if (used == 0 || byte < 0x20 || byte == 0x7F)
            break;
        pos += used;
    }
    return pos;
}

enum { FAULTS_MAX = 8 };

void mw_faults_add(struct mw_faults *faults, const struct mw_error *fault)
{
    if (faults->messages.count == 0)
        faults->first = *fault;
    mw_strings_add(&faults->messages, fault->message);
}

bool mw_faults_full(const struct mw_faults *faults)
{
    return faults->messages.count >= FAULTS_MAX;
}

enum mw_code mw_faults_tell(struct mw_faults *faults, struct mw_error *err)
{
    enum mw_code code = faults->messages.count > 0 ? faults->first.code : MW_OK;
    if (code != MW_OK && err != NULL) {
        enum { ROOM_FOR_REST = 40 };
        MW_AUTO(mw_buf) text = {0};
        size_t told = 0;
        *err = faults->first;
        for (; told < faults->messages.count; told++) {
            const char *message = faults->messages.items[told];
            if (told > 0 && text.len + strlen(message) + ROOM_FOR_REST > sizeof err->message)
                break;
            mw_buf_printf(&text, "%s%s", told > 0 ? _("; ") : "", message);
        }
        size_t left = faults->messages.count - told;
        if (left > 0)
            mw_buf_printf(&text, ngettext("; and %zu more", "; and %zu more", left), left);
        snprintf(err->message, sizeof err->message, "%s", mw_buf_text(&text));
    }
    mw_strings_release(&faults->messages);
    return code;
}
