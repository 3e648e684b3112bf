/* What wins over a setting of pip.conf, by the rules of pip_files.c, or makes pip ignore it. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/url.h"
#include "pip_files.h"

/* The commands that download; the others have no use for what a profile sets. */
static const char *const commands[] = {"install", "download", "wheel", "lock", "index", "list"};

struct question {
    const struct mw_system *sys;
    const struct pip_sources *sources;
    bool in_root;
    const char *path; /* of our file */
    const char *section, *option;
    const struct mw_strings *want; /* words; none: the option is to be gone from our file */
    struct mw_shadows *shadows;
};

static bool is_known(const struct mw_shadows *shadows, const struct mw_hit *place)
{
    for (size_t i = 0; i < shadows->count; i++) {
        if (mw_hit_same_place(&shadows->items[i].place, place))
            return true;
    }
    return false;
}

static bool same_words(const struct question *question, const struct mw_strings *words)
{
    if (strcmp(question->option, "index-url") == 0 && words->count == 1 &&
        question->want->count == 1)
        return mw_url_same(words->items[0], question->want->items[0]);
    return mw_strings_equal(words, question->want);
}

static struct mw_hit place_of(const struct pip_hit *hit)
{
    struct mw_hit place;
    mw_hit_copy_place(&place, &hit->place);
    return place;
}

static void report(const struct question *question, const struct pip_hit *hit)
{
    if (!is_known(question->shadows, &hit->place))
        mw_shadows_add(question->shadows, MW_SHADOW_STRONGER, place_of(hit),
                       mw_strings_join(&hit->words, " "), NULL);
}

/* Would `hit` be preferred to our file's value, whatever the two are? */
static bool outranks(const struct question *question, const struct pip_hit *hit)
{
    const struct mw_hit *place = &hit->place;
    if (place->variable != NULL)
        return true;
    if (strcmp(place->section, question->section) != 0)
        return strcmp(place->section, "global") != 0;
    size_t ours = 0;
    while (ours < question->sources->count &&
           strcmp(question->sources->items[ours].path, question->path) != 0)
        ours++;
    return strcmp(place->spelling, question->option) != 0 ||
           (ours < question->sources->count && hit->file > ours);
}

static void ask_command(const struct question *question, const char *command)
{
    MW_AUTO(pip_hit) ours = {0}, winner = {0};
    pip_find_key(question->sources, question->section, question->option, &ours);
    pip_find_winner(question->sys, question->sources, question->in_root, command, question->option,
                    &winner);
    bool is_hidden = ours.is_set && ours.words.count == 0 && question->want->count > 0;
    if (!winner.is_set || !same_words(question, &winner.words)) {
        if (winner.is_set && (outranks(question, &winner) || question->want->count == 0))
            report(question, &winner);
        else if (is_hidden && outranks(question, &ours))
            report(question, &ours);
    }
}

/* no-index makes pip forget every index. */
static void ask_no_index(const struct question *question)
{
    MW_AUTO(pip_hit) hit = {0};
    bool ignored = false;
    pip_find_winner(question->sys, question->sources, question->in_root,
                    pip_command_of(question->section), "no-index", &hit);
    if (hit.words.count == 1 && mw_pip_parse_bool(hit.words.items[0], &ignored) && ignored)
        mw_shadows_add(question->shadows, MW_SHADOW_NO_INDEX, place_of(&hit),
                       mw_xstrdup("no-index"), NULL);
}

/* "host" trusts every port, "host:port" that one (network/session.py is_secure_origin). */
static bool is_trusted(const struct mw_strings *hosts, const struct mw_url *url)
{
    size_t with_port = (size_t)(url->port + url->port_len - url->host);
    for (size_t i = 0; i < hosts->count; i++) {
        size_t len = strlen(hosts->items[i]);
        if ((len == url->host_len || (url->port_len > 0 && len == with_port)) &&
            strncasecmp(hosts->items[i], url->host, len) == 0)
            return true;
    }
    return false;
}

/* collector.py and session.py: such an index is "not a trusted or secure host and is being
 * ignored". */
static void ask_plain_http(const struct question *question)
{
    MW_AUTO(pip_hit) hosts = {0};
    pip_find_winner(question->sys, question->sources, question->in_root,
                    pip_command_of(question->section), "trusted-host", &hosts);
    for (size_t i = 0; i < question->want->count; i++) {
        struct mw_url url;
        if (mw_url_parse(question->want->items[i], &url, NULL) && mw_url_is(&url, "http") &&
            !mw_url_is_loopback(&url) && !is_trusted(&hosts.words, &url))
            mw_shadows_add(question->shadows, MW_SHADOW_PLAIN_HTTP, (struct mw_hit){0},
                           mw_xstrdup(""), mw_xstrndup(url.host, url.host_len));
    }
}

/* One broken file and no pip command works at all. */
static void ask_broken(const struct question *question)
{
    for (size_t i = 0; i < question->sources->count; i++) {
        const struct pip_source *source = &question->sources->items[i];
        if (source->broken != NULL)
            mw_shadows_add(question->shadows, MW_SHADOW_BROKEN,
                           (struct mw_hit){.path = mw_xstrdup(source->path)}, mw_xstrdup(""),
                           mw_xstrdup(source->broken));
    }
}

static void ask_all(const struct question *question)
{
    ask_broken(question);
    if (strcmp(question->section, "global") != 0)
        ask_command(question, question->section);
    else
        for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
            ask_command(question, commands[i]);
    if (question->want->count > 0 && strstr(question->option, "index-url") != NULL) {
        ask_no_index(question);
        ask_plain_http(question);
    }
}

void mw_pip_shadows(const struct mw_system *sys, const struct mw_location *location,
                    const struct mw_buf *text, const struct mw_tool_setting *setting,
                    struct mw_shadows *shadows)
{
    MW_AUTO(pip_sources) sources = {0};
    MW_AUTO(mw_strings) want = {0};
    const char *dot = strchr(setting->key, '.');
    bool in_root = mw_tools_in_root(sys, location);
    if (dot == NULL)
        return;
    if (pip_reads_nothing(sys) && !in_root) {
        mw_shadows_add(shadows, MW_SHADOW_UNREAD,
                       (struct mw_hit){.variable = mw_xstrdup("PIP_CONFIG_FILE")}, mw_xstrdup(""),
                       mw_xstrdup(MW_DEV_NULL));
        return;
    }
    MW_FREE char *section = mw_xstrndup(setting->key, (size_t)(dot - setting->key));
    const struct mw_overlay overlay = {.path = location->path, .text = text};
    pip_sources_list(sys, in_root, &overlay, &sources);
    pip_split_words(setting->value, &want);
    struct question question = {
        .sys = sys,
        .sources = &sources,
        .in_root = in_root,
        .path = location->path,
        .section = section,
        .option = dot + 1,
        .want = &want,
        .shadows = shadows,
    };
    ask_all(&question);
    MW_FREE char *user = mw_tools_config_file(sys, PIP_USER_FILE);
    if (user != NULL && strcmp(location->path, user) == 0)
        mw_tools_shadow_relative_xdg(sys, shadows);
}
