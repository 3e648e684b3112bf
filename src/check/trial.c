/* A remedy is tried before it is offered: on the text in memory, which is then judged again like a
 * file. It must end its finding, bring no other, and take nothing away that worked; alone, and
 * together with what was offered for the same file before. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* A kind of finding whose first remedies all held is not tried each time: a file may have thousands
 * of lines of the same fault. What is written is judged as a whole before (mw_checks_try()). */
enum { MAX_OFFERS = 200, MAX_TRIALS = 8, MAX_JUDGED_BYTES = 1 << 20, MAX_TEXTS = 8 };

/* What is odd about a tool and what it uses, to be compared; both lists are sorted. */
struct judgement {
    struct mw_strings families; /* ids without the number of a line, one for each finding */
    struct mw_strings items;    /* "KEY\tITEM" of all that is in effect */
    struct mw_strings places;   /* "KEY\tPATH" of what files say */
};

/* A text remedy that was offered: the ones of a file are tried together. */
struct offer {
    char *path;
    struct mw_edits edits;
    struct mw_strings families;
};

struct check_trials {
    const struct mw_tool *tool; /* of everything here; rows of the next one begin anew */
    struct judgement before;
    struct offer *offers;
    size_t offer_count, made;
    size_t judged_bytes;     /* by all trials: a huge file has few of them */
    struct mw_strings tried; /* families, once a trial */
    struct mw_strings failed;
};

static void release_judgement(struct judgement *judgement)
{
    mw_strings_release_all(&judgement->families, &judgement->items, &judgement->places);
}

/* Owned: "go-lines.env-cr" of "go-lines.env-cr.12.2". */
static char *family_of(const struct check_row *row, const char *id)
{
    size_t len = strlen(id);
    if (row->is_by_value)
        return mw_xstrdup(row->id);
    for (;;) {
        size_t end = len;
        while (end > 0 && id[end - 1] >= '0' && id[end - 1] <= '9')
            end--;
        if (end == len || end == 0 || id[end - 1] != '.')
            return mw_xstrndup(id, len);
        len = end - 1;
    }
}

/* ---- judging --------------------------------------------------------------------------------- */

static void list_items(const struct check_run *run, struct judgement *judgement)
{
    MW_AUTO(mw_strings) keys = {0};
    check_key_names(run, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        MW_AUTO(mw_strings) parts = {0};
        const char *key = keys.items[i];
        const struct mw_hit *found = check_in_effect(run, key);
        mw_value_split(&found->value, CHECK_SEPARATORS, &parts);
        for (size_t k = 0; k < parts.count; k++)
            mw_strings_take(&judgement->items, mw_xasprintf("%s\t%s", key, parts.items[k]));
        if (mw_hit_file(found) != NULL)
            mw_strings_take(&judgement->places, mw_xasprintf("%s\t%s", key, mw_hit_file(found)));
    }
}

static void try_row(struct check_run *run, struct judgement *judgement)
{
    size_t before = run->checks->count;
    run->row->run(run);
    for (size_t i = before; i < run->checks->count; i++) {
        const struct mw_check *check = &run->checks->items[i];
        if (check->status == MW_CHECK_FAIL || check->status == MW_CHECK_WARN)
            mw_strings_take(&judgement->families, family_of(run->row, check->id));
    }
}

static void judge_again(const struct check_run *run, const struct mw_tool *tool,
                        const struct mw_stand_in *stand_in, struct judgement *judgement)
{
    struct mw_system sys = *run->sys;
    struct mw_check_context ctx = *run->ctx;
    MW_AUTO(mw_checks) checks = {0};
    sys.stand_ins = stand_in;
    sys.memo = mw_memo_new();
    ctx.sys = &sys;
    ctx.found = NULL;
    struct check_run trial = {
        .ctx = &ctx,
        .sys = &sys,
        .list = MW_CHECK_CHECKLIST,
        .checks = &checks,
        .end_ms = run->end_ms,
        .is_trial = true,
    };
    size_t count = 0;
    const struct check_row *rows = check_rows(&count);
    check_machine_add(&trial, tool);
    trial.tool = &trial.tools[0];
    for (size_t i = 0; i < count; i++) {
        trial.row = &rows[i];
        if (trial.row->is_tried && check_row_is_of(trial.row, tool))
            try_row(&trial, judgement);
    }
    list_items(&trial, judgement);
    check_machine_release(&trial);
    mw_memo_free(sys.memo);
    mw_strings_sort(&judgement->families);
    mw_strings_sort(&judgement->items);
}

/* ---- comparing ------------------------------------------------------------------------------- */

/* How often `text` stands in a sorted list from *at on, which moves behind it. */
static size_t count_from(const struct mw_strings *list, size_t *at, const char *text)
{
    size_t count = 0;
    while (*at < list->count && strcmp(list->items[*at], text) < 0)
        ++*at;
    for (; *at < list->count && strcmp(list->items[*at], text) == 0; ++*at)
        count++;
    return count;
}

static bool was_unread(const struct judgement *before)
{
    for (size_t i = 0; i < before->families.count; i++) {
        const char *family = before->families.items[i];
        if (strstr(family, "-file.") != NULL)
            return true;
    }
    return false;
}

/* Of a file that could not be read nothing but that was known: what comes to light then was there
 * before. */
static bool is_revealed(const struct judgement *before, const char *family)
{
    return strstr(family, "-file.") == NULL && was_unread(before);
}

/* A value that could not be made out, and is now, may be a danger by itself: that came to light. */
static bool is_of_value(const struct mw_strings *ended, const char *family)
{
    bool is = false;
    for (size_t i = 0; i < ended->count; i++)
        is = is || strstr(ended->items[i], "-values.") != NULL ||
             strstr(ended->items[i], "-lines.") != NULL;
    return is && (strstr(family, "-risks.") != NULL || strstr(family, "-dead-mirror.") != NULL);
}

/* Is what is odd now among what was before, less one for each of `ended`? */
static bool is_better(const struct judgement *before, const struct judgement *after,
                      const struct mw_strings *ended, bool is_unset)
{
    size_t at = 0;
    for (size_t i = 0; i < after->families.count;) {
        const char *family = after->families.items[i];
        size_t now = count_from(&after->families, &i, family);
        size_t had = count_from(&before->families, &at, family);
        for (size_t k = 0; k < ended->count; k++)
            now += strcmp(ended->items[k], family) == 0;
        if (now > had && !is_revealed(before, family) && (is_unset || !is_of_value(ended, family)))
            return false;
    }
    return true;
}

/* `drops`, sorted, are the way's. */
static bool may_go(const struct check_way *way, const struct mw_strings *drops, const char *item)
{
    return mw_strings_has_sorted(drops, item) || strstr(mw_buf_text(&way->changes), item) != NULL;
}

/* A file that can be read again wins over weaker ones, as it did before it broke. */
static bool gives_way(const struct judgement *before, const struct judgement *after,
                      const char *item, const char *path)
{
    MW_FREE char *place = mw_xasprintf("%.*s\t%s", (int)strcspn(item, "\t"), item, path);
    return was_unread(before) && mw_strings_has(&after->places, place);
}

/* Does everything that was in effect stay so, but for what the remedy is about? */
static bool keeps_all(const struct judgement *before, const struct judgement *after,
                      const struct check_way *way)
{
    bool keeps = true;
    MW_AUTO(mw_strings) drops = {0};
    mw_strings_copy(&drops, &way->drops);
    mw_strings_sort(&drops);
    for (size_t i = 0; keeps && i < before->items.count; i++) {
        const char *item = before->items.items[i];
        keeps = mw_strings_has_sorted(&after->items, item) ||
                may_go(way, &drops, strchr(item, '\t') + 1) ||
                gives_way(before, after, item, way->remedy.path);
    }
    return keeps;
}

/* ---- trying ---------------------------------------------------------------------------------- */

static struct offer *find_offer(struct check_trials *trials, const char *path)
{
    for (size_t i = 0; i < trials->offer_count; i++) {
        if (strcmp(trials->offers[i].path, path) == 0)
            return &trials->offers[i];
    }
    struct offer *offer = MW_PUSH(trials->offers, trials->offer_count);
    offer->path = mw_xstrdup(path);
    return offer;
}

/* How much is odd afterwards; SIZE_MAX if it does not hold. */
static size_t try_edits(const struct check_run *run, const struct check_way *way,
                        const struct mw_edits *edits, const struct mw_strings *ended, bool is_alone)
{
    struct mw_buf texts[MAX_TEXTS] = {0};
    struct mw_stand_in stand_ins[MAX_TEXTS];
    struct judgement after = {0};
    size_t count = 0;
    bool is_read = true;
    bool is_unset =
        way->remedy.kind == MW_REMEDY_UNSET || way->remedy.kind == MW_REMEDY_REMOVE_ITEM;
    if (run->trials->judged_bytes > MAX_JUDGED_BYTES)
        return SIZE_MAX;
    for (size_t i = 0; i < run->tool->file_count; i++)
        run->trials->judged_bytes += run->tool->files[i].file.bytes.len;
    for (const struct mw_remedy *at = &way->remedy; at != NULL && count < MAX_TEXTS;
         at = at->with, count++) {
        MW_AUTO(mw_file) file = {0};
        is_read = mw_file_read(run->sys, at->path, at->actor, &file, NULL) == MW_OK && is_read;
        if (is_read)
            mw_edits_apply(count == 0 ? edits : &at->edits, mw_buf_text(&file.bytes),
                           file.bytes.len, &texts[count]);
        stand_ins[count] = (struct mw_stand_in){
            .path = at->path,
            .text = mw_buf_text(&texts[count]),
            .len = texts[count].len,
            .next = count > 0 ? &stand_ins[count - 1] : run->sys->stand_ins,
        };
    }
    judge_again(run, run->trials->tool, &stand_ins[count - 1], &after);
    bool is_good = is_read && check_left_ms(run) > 0 &&
                   is_better(&run->trials->before, &after, ended, is_unset) &&
                   (!is_alone || keeps_all(&run->trials->before, &after, way));
    size_t odd = is_good ? after.families.count : SIZE_MAX;
    release_judgement(&after);
    for (size_t i = 0; i < count; i++)
        mw_buf_release(&texts[i]);
    return odd;
}

static size_t try_alone(const struct check_run *run, const struct check_way *way,
                        const char *family)
{
    MW_AUTO(mw_strings) ended = {0};
    mw_strings_add(&ended, family);
    return try_edits(run, way, &way->remedy.edits, &ended, true);
}

/* With what was offered for the file so far; that which does not go together comes next time. */
static bool holds_together(const struct check_run *run, const struct check_way *way,
                           const char *family)
{
    struct offer *offer = find_offer(run->trials, way->remedy.path);
    MW_AUTO(mw_edits) all = {0};
    bool is_first = offer->families.count == 0;
    mw_edits_copy(&all, &offer->edits);
    mw_strings_add(&offer->families, family);
    bool is_good = mw_edits_merge(&all, &way->remedy.edits) &&
                   (is_first || try_edits(run, way, &all, &offer->families, false) != SIZE_MAX);
    if (is_good)
        (void)mw_edits_merge(&offer->edits, &way->remedy.edits);
    else
        free(offer->families.items[--offer->families.count]);
    return is_good;
}

static size_t count_of(const struct mw_strings *list, const char *text)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += strcmp(list->items[i], text) == 0;
    return count;
}

/* Tries what is left of the ways; NULL: none holds. Where a file could not be read the one that
 * leaves least is it, else the first. */
static struct check_way *find_way(const struct check_run *run, struct check_ways *ways,
                                  size_t first, const char *family)
{
    struct check_trials *trials = run->trials;
    struct check_way *best = NULL;
    size_t least = SIZE_MAX;
    bool is_proven =
        count_of(&trials->tried, family) >= MAX_TRIALS && count_of(&trials->failed, family) == 0;
    for (size_t i = first; i < ways->count && mw_remedy_is_text(&ways->items[i].remedy); i++) {
        struct check_way *way = &ways->items[i];
        if (way->remedy.edits.count == 0)
            continue;
        if (is_proven)
            return way;
        mw_strings_add(&trials->tried, family);
        size_t odd = try_alone(run, way, family);
        if (odd < least) {
            best = way;
            least = odd;
        } else if (odd == SIZE_MAX) {
            mw_strings_add(&trials->failed, family);
        }
        if (best != NULL && !run->row->is_of_reading)
            break;
    }
    /* What a file comes to that cannot be read is seen when it can. */
    bool is_early = !run->row->is_of_reading && was_unread(&trials->before);
    if (best != NULL)
        best->remedy.comes_later =
            is_early || best->remedy.with != NULL || !holds_together(run, best, family);
    return best;
}

static void begin_trials(struct check_run *run)
{
    const struct mw_tool *tool = run->tool->tool;
    if (run->trials != NULL && run->trials->tool == tool)
        return;
    check_trials_release(run);
    run->trials = mw_xcalloc(1, sizeof *run->trials);
    run->trials->tool = tool;
    judge_again(run, tool, run->sys->stand_ins, &run->trials->before);
}

const struct check_way *check_choose(struct check_run *run, struct check_ways *ways, const char *id)
{
    MW_FREE char *family = family_of(run->row, id);
    const struct check_way *chosen = NULL;
    for (size_t i = 0; chosen == NULL && i < ways->count; i++) {
        if (!mw_remedy_is_text(&ways->items[i].remedy)) {
            chosen = &ways->items[i];
        } else if (i == 0 || !mw_remedy_is_text(&ways->items[i - 1].remedy)) {
            begin_trials(run);
            chosen = run->trials->made < MAX_OFFERS ? find_way(run, ways, i, family) : NULL;
            run->trials->made += chosen != NULL;
        }
    }
    return chosen;
}

void check_trials_release(struct check_run *run)
{
    struct check_trials *trials = run->trials;
    if (trials == NULL)
        return;
    for (size_t i = 0; i < trials->offer_count; i++) {
        free(trials->offers[i].path);
        mw_edits_release(&trials->offers[i].edits);
        mw_strings_release(&trials->offers[i].families);
    }
    free(trials->offers);
    release_judgement(&trials->before);
    mw_strings_release(&trials->tried);
    mw_strings_release(&trials->failed);
    free(trials);
    run->trials = NULL;
}
