#include "mirrorwise/secret.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/url.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct mw_strings added; /* as they were told */
static struct mw_strings forms; /* every spelling in which they may be met */

static const char mask[] = "****";

/* ---- spellings ------------------------------------------------------------------------------ */

/* Takes `form` over. */
static void add_form(char *form)
{
    if (strlen(form) >= MW_SECRET_MIN && !mw_strings_has(&forms, form))
        mw_strings_take(&forms, form);
    else
        mw_secret_free(form);
}

/* Libraries show the user part of a URL decoded. */
static char *percent_decoded(const char *text)
{
    struct mw_buf out = {0};
    while (*text != '\0') {
        int high = *text == '%' ? mw_text_hex(text[1]) : -1;
        int low = high >= 0 ? mw_text_hex(text[2]) : -1;
        if (low >= 0 && high * 16 + low != 0) {
            mw_buf_putc(&out, (char)(high * 16 + low));
            text += 3;
        } else {
            mw_buf_putc(&out, *text++);
        }
    }
    return mw_buf_take(&out);
}

/* As it stands between the quotes of a JSON text; `escaped` is what this writer escapes besides. */
static char *json_form(const char *text, char escaped, const char *as)
{
    char *quoted = mw_json_quote(text, strlen(text));
    struct mw_buf out = {0};
    for (const char *p = quoted + 1; p[0] != '\0' && p[1] != '\0'; p++) {
        if (*p == escaped)
            mw_buf_puts(&out, as);
        else
            mw_buf_putc(&out, *p);
    }
    mw_secret_free(quoted);
    return mw_buf_take(&out);
}

static void add_spellings(const char *text)
{
    size_t len = strlen(text);
    add_form(mw_xstrdup(text));
    while (len > 0 && text[len - 1] == '/') /* an address is shown without its last slashes */
        len--;
    add_form(mw_xstrndup(text, len));
    add_form(mw_url_escape(text, ""));
    add_form(mw_url_escape(text, "/:@!$&'()*+,;=")); /* as programs do for a path */
    add_form(percent_decoded(text));
    add_form(json_form(text, '/', "\\/"));
    add_form(json_form(text, '&', "\\u0026")); /* Go's encoding/json */
    add_form(json_form(text, '\0', ""));
}

/* "user:password@" of a URL that is a secret as a whole: a library may show the parts alone. */
static void add_user_part(const char *text)
{
    const char *begin = strstr(text, "://");
    const char *end = begin != NULL ? begin + 3 + strcspn(begin + 3, "/?#") : NULL;
    const char *at = begin != NULL ? memrchr(begin + 3, '@', (size_t)(end - begin - 3)) : NULL;
    if (at == NULL)
        return;
    char *part = mw_xstrndup(begin + 3, (size_t)(at - begin - 3));
    const char *colon = strchr(part, ':');
    add_spellings(colon != NULL && colon[1] != '\0' ? colon + 1 : part);
    mw_secret_free(part);
}

/* ---- the list -------------------------------------------------------------------------------- */

void mw_secret_add(const char *text)
{
    (void)pthread_mutex_lock(&lock);
    if (text[0] != '\0' && !mw_strings_has(&added, text)) {
        MW_AUTO(mw_strings) items = {0};
        mw_strings_add(&added, text);
        add_spellings(text);
        add_user_part(text);
        mw_strings_split(&items, text, ",| \t"); /* a tool takes a list apart */
        for (size_t i = 0; items.count > 1 && i < items.count; i++) {
            add_spellings(items.items[i]);
            add_user_part(items.items[i]);
        }
    }
    (void)pthread_mutex_unlock(&lock);
}

static bool is_added(const char *text, size_t len)
{
    for (size_t i = 0; i < added.count; i++) {
        const char *at = added.items[i];
        for (size_t part = 0; *at != '\0'; at += part + (at[part] != '\0')) {
            part = strcspn(at, ",| \t");
            if (part == len && strncmp(at, text, len) == 0)
                return true;
        }
    }
    return false;
}

bool mw_secret_is_short(const char *text)
{
    size_t len = strlen(text);
    (void)pthread_mutex_lock(&lock);
    bool is_one = len > 0 && len < MW_SECRET_MIN && is_added(text, len);
    (void)pthread_mutex_unlock(&lock);
    return is_one;
}

char *mw_secret_mask_words(const char *text)
{
    struct mw_buf out = {0};
    (void)pthread_mutex_lock(&lock);
    if (added.count == 0) {
        mw_buf_puts(&out, text);
        text = "";
    }
    while (*text != '\0') {
        size_t len = strcspn(text, " ,|=/:@'\"\t\n()+-;<>[]{}&?#\\");
        bool is_one = len > 0 && len < MW_SECRET_MIN && is_added(text, len);
        if (is_one)
            mw_buf_puts(&out, mask);
        else
            mw_buf_append(&out, text, len);
        text += len;
        if (*text != '\0')
            mw_buf_putc(&out, *text++);
    }
    (void)pthread_mutex_unlock(&lock);
    return mw_buf_take(&out);
}

void mw_secret_find(const char *text, struct mw_strings *found)
{
    (void)pthread_mutex_lock(&lock);
    for (size_t i = 0; i < added.count; i++) {
        if (strstr(text, added.items[i]) != NULL)
            mw_strings_add(found, added.items[i]);
    }
    (void)pthread_mutex_unlock(&lock);
}

/* Marks what to hide in `hidden` (as long as the text); true if there is anything. */
static bool mark(const char *text, size_t text_len, char *hidden)
{
    const char *end = text + text_len;
    bool any = false;
    for (size_t i = 0; i < forms.count; i++) {
        size_t len = strlen(forms.items[i]);
        for (const char *at = text;
             (at = memmem(at, (size_t)(end - at), forms.items[i], len)) != NULL; at += len) {
            memset(hidden + (at - text), 1, len);
            any = true;
        }
    }
    return any;
}

char *mw_secret_mask(const char *text)
{
    (void)pthread_mutex_lock(&lock);
    struct mw_buf out = {0};
    size_t len = forms.count > 0 ? strlen(text) : 0;
    MW_FREE char *hidden = len > 0 ? mw_xcalloc(len, 1) : NULL;
    if (hidden != NULL && mark(text, len, hidden)) {
        for (size_t i = 0; i < len; i++) {
            if (hidden[i] == 0)
                mw_buf_putc(&out, text[i]);
            else if (i == 0 || hidden[i - 1] == 0)
                mw_buf_puts(&out, mask);
        }
    } else {
        mw_buf_puts(&out, text);
    }
    (void)pthread_mutex_unlock(&lock);
    return mw_buf_take(&out);
}

void mw_secret_free(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}

void mw_secret_forget(void)
{
    (void)pthread_mutex_lock(&lock);
    mw_strings_release(&added);
    mw_strings_release(&forms);
    (void)pthread_mutex_unlock(&lock);
}
