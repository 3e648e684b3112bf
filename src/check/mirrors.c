/* Rows about the chosen mirrors of every service that the tool draws on: reachable, honest, fresh.
 * Somebody else measures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/url.h"

enum { MAX_MIRRORS = 16 }; /* of one tool */

/* One that some tool uses, once for all of them. */
static size_t measured_index(struct check_run *run, const char *service, const char *address)
{
    for (size_t i = 0; i < run->mirror_count; i++) {
        const struct mw_check_mirror *mirror = &run->mirrors[i];
        if (strcmp(mirror->tool, service) == 0 && mw_url_same(mirror->url, address))
            return i;
    }
    const struct mw_mirror *known = mw_catalog_find_url(run->ctx->catalog, service, address);
    mw_strings_add(&run->mirror_urls, address);
    *MW_PUSH(run->mirrors, run->mirror_count) =
        (struct mw_check_mirror){.tool = service,
                                 .id = known != NULL ? known->id : "",
                                 .url = run->mirror_urls.items[run->mirror_urls.count - 1],
                                 .rtt_us = -1,
                                 .age_s = -1};
    return run->mirror_count - 1;
}

static void add_url(struct check_run *run, struct check_tool *tool, const char *service,
                    const char *address)
{
    struct mw_url url;
    if (tool->mirror_count >= MAX_MIRRORS || !mw_url_parse(address, &url, NULL))
        return; /* direct, off */
    size_t index = measured_index(run, service, address);
    for (size_t i = 0; i < tool->mirror_count; i++) {
        if (tool->mirrors[i] == index)
            return;
    }
    *MW_PUSH(tool->mirrors, tool->mirror_count) = index;
}

/* Of one of the tool's mirror rows: what the profile wants there, else what the tool uses. */
static void add_row(struct check_run *run, struct check_tool *in, const struct mw_mirror_row *row)
{
    const struct mw_tool *tool = in->tool;
    MW_AUTO(mw_hit) effective = {0};
    const struct mw_value *value = NULL;
    MW_AUTO(mw_strings) words = {0};
    for (size_t i = 0; value == NULL && i < run->ctx->wanted.count; i++) {
        const struct mw_wanted *wanted = &run->ctx->wanted.items[i];
        if (wanted->tool == tool && mw_row_sets(row, wanted->key))
            value = &wanted->value;
    }
    if (value == NULL) {
        mw_row_find(run->sys, tool, run->ctx->scope, row, &effective);
        value = &effective.value;
    }
    mw_value_split(value, ",| \t\r\n", &words);
    for (size_t i = 0; i < words.count; i++) {
        MW_FREE char *address = mw_row_address(row, words.items[i]);
        /* Of several forms it has none: an address beside the mirror's, as of a company's channel.
         */
        if (row->to.count <= 1 || strcmp(address, words.items[i]) != 0)
            add_url(run, in, row->from, address);
    }
}

/* A doctor that somebody waits for does not ask the network. */
static bool may_measure(const struct check_run *run)
{
    return run->ctx->measure != NULL && !run->ctx->no_network && run->sys->root[0] == '\0';
}

/* Those of all tools at once: a service is waited for once, and one that does not answer takes its
 * time beside the others. */
static void measure_all(struct check_run *run)
{
    run->is_measured = true;
    for (size_t t = 0; t < run->tool_count; t++) {
        struct check_tool *tool = &run->tools[t];
        for (size_t i = 0; !tool->is_absent && i < tool->tool->row_count; i++) {
            if (mw_row_has_address(&tool->tool->rows[i]))
                add_row(run, tool, &tool->tool->rows[i]);
        }
    }
    if (run->mirror_count > 0 && may_measure(run))
        run->ctx->measure(run->ctx->measure_context, run->mirrors, run->mirror_count,
                          check_left_ms(run));
}

/* TOOL or, of one that draws on several services, TOOL.SERVICE, as --mirror takes it. */
static void put_service(const struct check_run *run, const char *service, const char *tool,
                        struct mw_buf *out)
{
    const struct mw_tool *whole = run->tool->tool;
    bool is_one_of_several = false;
    for (size_t i = 0; i < whole->row_count; i++)
        is_one_of_several = is_one_of_several || strcmp(whole->rows[i].from, service) != 0;
    mw_buf_puts(out, tool);
    if (is_one_of_several)
        mw_buf_printf(out, "%s%s", tool[0] != '\0' ? "." : "", service);
}

/* Owned: what helps, and the tool's own setting for the certificates of an authority. */
static char *why_of(const struct check_run *run, const struct mw_check_mirror *mirror)
{
    const struct mw_tool *tool = run->tool->tool;
    if (mirror->is_untrusted && tool->ca_key != NULL)
        return mw_xasprintf(_("%s %s reads it from %s."), mirror->advice, mw_tool_title(tool),
                            tool->ca_key);
    return mirror->advice != NULL ? mw_xstrdup(mirror->advice) : NULL;
}

static void add_mirror_finding(struct check_run *run, const struct mw_check_mirror *mirror)
{
    struct mw_buf observed = {0};
    MW_AUTO(mw_buf) name = {0};
    enum mw_check_status status = MW_CHECK_FAIL;
    put_service(run, mirror->tool, "", &name);
    mw_buf_printf(&name, "%s%s", name.len > 0 ? "." : "",
                  mirror->id[0] != '\0' ? mirror->id : mirror->url);
    if (mirror->is_of_proxy && run->is_proxy_told) {
        status = MW_CHECK_SKIP;
        mw_buf_puts(&observed, _("not measured: the proxy, as above"));
    } else if (!mirror->is_measured) {
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
    run->is_proxy_told = run->is_proxy_told || mirror->is_of_proxy;
    if (status == MW_CHECK_FAIL || status == MW_CHECK_WARN) {
        mw_system_put_program(run->sys, &fix, false);
        mw_buf_printf(&fix, " --probe --only %s", run->tool->tool->id);
    }
    if (status == MW_CHECK_WARN && mirror->id[0] == '\0') { /* then it is held to a known object */
        MW_AUTO(mw_buf) named = {0};
        put_service(run, mirror->tool, run->tool->tool->id, &named);
        mw_buf_printf(&named, "=%s", mirror->url);
        mw_buf_puts(&fix, " --mirror");
        mw_buf_put_word(&fix, mw_buf_text(&named));
    }
    MW_FREE char *why = why_of(run, mirror);
    check_add(run, (struct check_result){
                       .status = status,
                       .subject = mw_xstrdup(mw_buf_text(&name)),
                       .title = mw_xasprintf(_("%s: mirror %s works"),
                                             mw_tool_title(run->tool->tool), mw_buf_text(&name)),
                       .observed = mw_buf_take(&observed),
                       .why = why,
                       .ways = check_by_hand(fix.len > 0 ? mw_buf_take(&fix) : NULL),
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
    const struct check_tool *tool = run->tool;
    if (!run->is_measured)
        measure_all(run);
    for (size_t i = 0; i < tool->mirror_count; i++) {
        struct mw_check_mirror *mirror = &run->mirrors[tool->mirrors[i]];
        if (!may_measure(run))
            snprintf(mirror->reason, sizeof mirror->reason, "%s", why_not_measured(run));
        add_mirror_finding(run, mirror);
    }
    if (tool->mirror_count == 0 && run->list == MW_CHECK_DOCTOR)
        check_pass(run, "%s", _("no mirror is chosen"));
    else if (tool->mirror_count == 0)
        check_skip(run, "%s", _("no mirror is chosen"));
}
