/* Row about the chosen mirrors: reachable, honest, fresh. Somebody else measures. */
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/url.h"

enum { MAX_MIRRORS = 16 };

/* The mirrors that the profile wants, else those that the tool uses. */
static void list_urls(const struct check_run *run, struct mw_strings *urls)
{
    const struct mw_tool *tool = run->tool->tool;
    const struct mw_mirror_row *row = mw_tool_mirror_row(tool);
    struct mw_effective found = {0};
    const struct mw_value *value = NULL;
    struct mw_strings words = {0};
    if (row == NULL)
        return;
    for (size_t i = 0; value == NULL && i < run->ctx->wanted_count; i++) {
        const struct mw_check_wanted *wanted = &run->ctx->wanted[i];
        if (wanted->tool == tool && mw_row_sets(row, wanted->key))
            value = wanted->value;
    }
    if (value == NULL) {
        mw_row_find(run->sys, tool, run->ctx->scope, row, &found);
        value = &found.value;
    }
    for (size_t i = 0; i < value->items.count; i++)
        mw_strings_split(&words, value->items.items[i], ",| \t\r\n");
    for (size_t i = 0; i < words.count; i++)
        mw_strings_take(urls, mw_row_address(row, words.items[i]));
    mw_strings_release(&words);
    mw_effective_release(&found);
}

static void add_mirror(struct check_run *run, const struct mw_check_mirror *mirror)
{
    struct mw_buf observed = {0};
    enum mw_check_status status = MW_CHECK_FAIL;
    const char *name = mirror->id[0] != '\0' ? mirror->id : mirror->url;
    if (!mirror->is_measured) {
        status = MW_CHECK_SKIP;
        mw_buf_puts(&observed, mirror->reason[0] != '\0' ? mirror->reason : _("not measured"));
    } else if (!mirror->is_usable) {
        mw_buf_puts(&observed, mirror->reason);
    } else {
        status = mirror->is_genuine ? MW_CHECK_PASS : MW_CHECK_WARN;
        if (mirror->rtt_us >= 0)
            mw_buf_printf(&observed, _("answers in %ld.%ld ms; "), mirror->rtt_us / 1000,
                          mirror->rtt_us % 1000 / 100);
        mw_buf_puts(&observed, mirror->is_genuine
                                   ? _("serves a known object byte for byte")
                                   : _("there is no object to tell whether it is honest"));
        if (mirror->age_s >= 0)
            mw_buf_printf(&observed, _("; synced %ld minutes ago"), mirror->age_s / 60);
        if (mirror->note[0] != '\0')
            mw_buf_printf(&observed, "; %s", mirror->note);
    }
    struct mw_buf fix = {0};
    if (status == MW_CHECK_FAIL || status == MW_CHECK_WARN) {
        check_put_program(run, &fix, false);
        mw_buf_printf(&fix, " --probe --only %s", run->tool->tool->id);
    }
    if (status == MW_CHECK_WARN && mirror->id[0] == '\0') { /* then it is held to a known object */
        char *named = mw_xasprintf("%s=%s", run->tool->tool->id, mirror->url);
        mw_buf_puts(&fix, " --mirror");
        mw_buf_put_word(&fix, named);
        free(named);
    }
    check_add(run, (struct check_result){
                       .status = status,
                       .subject = mw_xstrdup(name),
                       .title = mw_xasprintf(_("%s: mirror %s works"),
                                             mw_tool_title(run->tool->tool), name),
                       .observed = mw_buf_take(&observed),
                       .fix = fix.len > 0 ? mw_buf_take(&fix) : NULL,
                   });
}

static const char *why_not_measured(const struct check_run *run)
{
    if (run->ctx->no_network)
        return _("not measured: the network is not allowed (--no-network)");
    if (run->sys->root[0] != '\0')
        return _("not measured: the mirrors are those of another machine (--root)");
    return run->list == MW_CHECK_DOCTOR ? _("not measured: with --samples N they are")
                                        : _("not measured");
}

void check_mirrors(struct check_run *run)
{
    const struct mw_check_context *ctx = run->ctx;
    struct mw_strings urls = {0};
    struct mw_check_mirror mirrors[MAX_MIRRORS];
    const struct mw_mirror_row *row = mw_tool_mirror_row(run->tool->tool);
    size_t count = 0;
    list_urls(run, &urls);
    for (size_t i = 0; i < urls.count && count < MAX_MIRRORS; i++) {
        struct mw_url url;
        if (!mw_url_parse(urls.items[i], &url, NULL))
            continue; /* direct, off */
        const struct mw_mirror *known =
            mw_catalog_find_url(ctx->catalog, run->tool->tool->id, urls.items[i]);
        mirrors[count++] = (struct mw_check_mirror){
            .tool = known != NULL ? known->tool
                    : row != NULL ? row->from
                                  : run->tool->tool->id,
            .id = known != NULL ? known->id : "",
            .url = urls.items[i],
            .rtt_us = -1,
            .age_s = -1,
        };
    }
    /* A doctor that somebody waits for does not ask the network. */
    bool may_measure = ctx->measure != NULL && !ctx->no_network && run->sys->root[0] == '\0';
    if (count > 0 && may_measure)
        ctx->measure(ctx->measure_context, mirrors, count, check_left_ms(run));
    for (size_t i = 0; i < count; i++) {
        if (!may_measure)
            snprintf(mirrors[i].reason, sizeof mirrors[i].reason, "%s", why_not_measured(run));
        add_mirror(run, &mirrors[i]);
    }
    if (count == 0 && run->list == MW_CHECK_DOCTOR)
        check_pass(run, "%s", _("no mirror is chosen"));
    else if (count == 0)
        check_skip(run, "%s", _("no mirror is chosen"));
    mw_strings_release(&urls);
}
