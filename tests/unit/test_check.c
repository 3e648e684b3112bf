/* Scenarios: every folder of golden/check is a machine (home.in, root.in, cwd.in, env, modes) and
 * perhaps a profile, and says in `want` which checks find what. Of the doctor's list nothing else
 * may be odd. In the end every row must have been seen to pass and not to pass. */
#include "support/rows.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mirrorwise/check.h"
#include "mirrorwise/command.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/session.h"
#include "mirrorwise/text.h"
#include "mirrorwise/tool.h"
#include "support/sandbox.h"

#define GOLDEN MW_TEST_DIR "/golden/check"

/* Rows that need more than files. e2e/lab_checklist.sh, e2e/docker_live.sh and e2e/doctor_unread.sh
 * see theirs both ways, tests below the others. Of daemon.json no line can be without effect, and
 * no code looks for files that Go does not read: "docker-lines" and "go-unread" have nothing to
 * find.
 */
static const char *const elsewhere[] = {
    "recovery",    "team",         "go-mirrors", "pip-mirrors", "docker-mirrors",
    "docker-live", "docker-lines", "go-unread",  "pip-unread",  "docker-unread",
    "absent",      "pip-locks", /* e2e.lock_files */
    NULL,
};

/* Lists and commands have limits of time, which a busy machine must not reach: here none passes. */
static struct mw_ops still_ops;

static int still_clock(clockid_t clock, struct timespec *now)
{
    (void)clock;
    *now = (struct timespec){.tv_sec = 1700000000};
    return 0;
}

static struct mw_strings seen_good, seen_bad;
static size_t wrong; /* scenarios that did not come out as wanted */

static void *read_all(const char *path, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct mw_buf text = {0};
    char chunk[4096];
    ssize_t got;
    *len = 0;
    if (fd < 0)
        return NULL;
    while ((got = read(fd, chunk, sizeof chunk)) > 0)
        mw_buf_append(&text, chunk, (size_t)got);
    assert_int_equal(close(fd), 0);
    *len = text.len;
    mw_buf_putc(&text, '\0');
    return mw_buf_take(&text);
}

static void write_all(const char *path, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), (ssize_t)len);
    assert_int_equal(close(fd), 0);
}

static void copy_tree(const char *from, const char *to)
{
    struct stat st;
    if (stat(from, &st) != 0)
        return;
    if (!S_ISDIR(st.st_mode)) {
        size_t len = 0;
        char *bytes = read_all(from, &len);
        assert_non_null(bytes);
        write_all(to, bytes, len);
        free(bytes);
        return;
    }
    (void)mkdir(to, 0755);
    DIR *directory = opendir(from);
    assert_non_null(directory);
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *source = mw_xasprintf("%s/%s", from, entry->d_name);
        char *target = mw_xasprintf("%s/%s", to, entry->d_name);
        copy_tree(source, target);
        free(source);
        free(target);
    }
    (void)closedir(directory);
}

/* ---- a scenario ------------------------------------------------------------------------------ */

struct scenario {
    const char *name;
    struct mw_sandbox box;
    char *profile;            /* NULL: none */
    struct mw_strings wanted; /* lines of `want` */
};

static char *golden_path(const struct scenario *s, const char *file)
{
    return mw_xasprintf("%s/%s/%s", GOLDEN, s->name, file);
}

static void read_lines(const struct scenario *s, const char *file, struct mw_strings *lines)
{
    size_t len = 0;
    char *path = golden_path(s, file);
    char *text = read_all(path, &len);
    if (text != NULL)
        mw_strings_split(lines, text, "\n");
    free(text);
    free(path);
}

/* "0644 home/x", "owner:65534 home/x" (root only: false if this is not root). */
static bool set_mode(const struct scenario *s, const char *line)
{
    char *path = mw_sandbox_path(&s->box, strchr(line, ' ') + 1);
    bool works = true;
    if (mw_text_starts(line, "owner:"))
        works = geteuid() == 0 &&
                chown(path, (uid_t)strtoul(line + strlen("owner:"), NULL, 10), (gid_t)-1) == 0;
    else
        assert_int_equal(chmod(path, (mode_t)strtoul(line, NULL, 8)), 0);
    free(path);
    return works;
}

static bool set_up(struct scenario *s)
{
    static const char *const parts[] = {"home", "root", "cwd"};
    struct mw_strings lines = {0};
    bool works = true;
    mw_sandbox_open(&s->box);
    for (size_t i = 0; i < ROWS(parts); i++) {
        char *name = mw_xasprintf("%s.in", parts[i]);
        char *from = golden_path(s, name);
        char *to = mw_sandbox_path(&s->box, parts[i]);
        assert_int_equal(mkdir(to, 0755), 0);
        copy_tree(from, to);
        free(name);
        free(from);
        free(to);
    }
    char *profile = golden_path(s, "profile.ini");
    if (access(profile, F_OK) == 0) {
        s->profile = mw_sandbox_path(&s->box, "profile.ini");
        copy_tree(profile, s->profile);
    }
    free(profile);
    read_lines(s, "modes", &lines);
    for (size_t i = 0; i < lines.count; i++)
        works = set_mode(s, lines.items[i]) && works;
    mw_strings_release(&lines);
    read_lines(s, "want", &s->wanted);
    return works;
}

static void tear_down(struct scenario *s)
{
    mw_strings_release(&s->wanted);
    free(s->profile);
    mw_sandbox_close(&s->box);
}

/* A session in that machine; the process stands in its environment meanwhile. */
static void run_list(const struct scenario *s, enum mw_check_list list, struct mw_checks *checks)
{
    struct mw_session session;
    struct mw_strings env = {0};
    char *home = mw_sandbox_path(&s->box, "home");
    char *root = mw_sandbox_path(&s->box, "root");
    char *cwd = mw_sandbox_path(&s->box, "cwd");
    assert_int_equal(clearenv(), 0);
    assert_int_equal(setenv("HOME", home, 1), 0);
    assert_int_equal(setenv("PATH", "/nowhere", 1), 0);
    assert_int_equal(chdir(cwd), 0);
    read_lines(s, "env", &env);
    for (size_t i = 0; i < env.count; i++) {
        char *equals = strchr(env.items[i], '=');
        *equals = '\0';
        assert_int_equal(setenv(env.items[i], equals + 1, 1), 0);
    }
    struct mw_session_options options = {.root = root, .profile = s->profile, .no_network = true};
    struct mw_error err = {0};
    assert_int_equal(mw_session_open(&session, &options, &still_ops, &err), MW_OK);
    assert_int_equal(mw_session_begin(&session, MW_INTENT_LOOK, NULL, &err), MW_OK);
    assert_int_equal(mw_session_check(&session, list, 0, checks, NULL), MW_OK);
    mw_session_close(&session);
    mw_strings_release(&env);
    assert_int_equal(chdir("/"), 0);
    free(home);
    free(root);
    free(cwd);
}

static const struct mw_check *find(const struct mw_checks *checks, const char *id)
{
    for (size_t i = 0; i < checks->count; i++) {
        if (strcmp(checks->items[i].id, id) == 0)
            return &checks->items[i];
    }
    return NULL;
}

static void say_all(const struct scenario *s, const struct mw_checks *checks)
{
    for (size_t i = 0; i < checks->count; i++) {
        const struct mw_check *check = &checks->items[i];
        if (check->status != MW_CHECK_PASS)
            print_error("  %s: %s %s: %s [%s]\n", s->name, mw_check_status_word(check->status),
                        check->id, check->observed, check->fix);
    }
}

/* Everything that is not fine has evidence, a reason and, unless it is only unchecked, a remedy. */
static void judge_texts(const struct scenario *s, const struct mw_check *check)
{
    char *what = mw_xasprintf("%s: %s", s->name, check->id);
    row_true(what, check->observed[0] != '\0' && check->title[0] != '\0');
    row_true(what, strchr(check->fix, '\n') == NULL && strchr(check->observed, '\n') == NULL);
    row_true(what, strchr(": ", check->observed[strlen(check->observed) - 1]) == NULL);
    row_true(what,
             !mw_text_has_secret(check->observed) && strstr(check->observed, "hunter2") == NULL);
    if (check->status == MW_CHECK_FAIL || check->status == MW_CHECK_WARN) {
        row_true(what, check->why[0] != '\0');
        bool may_lack = mw_text_starts(check->id, "team.") ||
                        mw_text_starts(check->id, "profile-risks.") ||
                        strstr(check->id, "-installed") != NULL ||
                        strstr(check->id, "-file.syntax.") != NULL || /* only a person can */
                        strstr(check->id, ".go-no-private") != NULL;  /* nobody else knows it */
        row_true(what, may_lack || check->fix[0] != '\0');
    }
    free(what);
}

static void remember(const struct mw_check *check, enum mw_check_list list)
{
    struct mw_strings ids = {0};
    mw_check_ids(list, &ids);
    for (size_t i = 0; i < ids.count; i++) {
        size_t len = strlen(ids.items[i]);
        if (strncmp(check->id, ids.items[i], len) != 0 ||
            (check->id[len] != '\0' && check->id[len] != '.'))
            continue;
        if (check->status == MW_CHECK_PASS)
            mw_strings_add(&seen_good, ids.items[i]);
        else if (check->status != MW_CHECK_SKIP)
            mw_strings_add(&seen_bad, ids.items[i]);
    }
    mw_strings_release(&ids);
}

static bool is_wanted(const struct scenario *s, const char *list, const struct mw_check *check)
{
    char *line = mw_xasprintf("%s %s %s", list, mw_check_status_word(check->status), check->id);
    bool found = mw_strings_has(&s->wanted, line);
    free(line);
    return found;
}

static void judge_list(const struct scenario *s, const char *word, enum mw_check_list list)
{
    struct mw_checks checks = {0};
    run_list(s, list, &checks);
    for (size_t i = 0; i < checks.count; i++) {
        const struct mw_check *check = &checks.items[i];
        judge_texts(s, check);
        remember(check, list);
        bool is_odd = check->status == MW_CHECK_FAIL || check->status == MW_CHECK_WARN;
        if (list == MW_CHECK_DOCTOR && is_odd && !is_wanted(s, word, check)) {
            say_all(s, &checks);
            print_error("%s: %s was not wanted\n", s->name, check->id);
            wrong++;
            break;
        }
    }
    for (size_t i = 0; i < s->wanted.count; i++) {
        struct mw_strings words = {0};
        mw_strings_split(&words, s->wanted.items[i], " ");
        if (words.count == 3 && strcmp(words.items[0], word) == 0) {
            const struct mw_check *check = find(&checks, words.items[2]);
            if (check == NULL || strcmp(mw_check_status_word(check->status), words.items[1]) != 0) {
                say_all(s, &checks);
                print_error("%s: wanted '%s'\n", s->name, s->wanted.items[i]);
                wrong++;
            }
        }
        mw_strings_release(&words);
    }
    bool has_failed = mw_checks_count(&checks, MW_CHECK_FAIL) > 0;
    assert_int_equal(mw_checks_code(&checks), has_failed ? MW_PENDING : MW_OK);
    mw_checks_release(&checks);
}

static bool wants_list(const struct scenario *s, const char *word)
{
    for (size_t i = 0; i < s->wanted.count; i++) {
        if (mw_text_starts(s->wanted.items[i], word))
            return true;
    }
    return false;
}

static void test_scenarios(void **state)
{
    (void)state;
    struct dirent **names = NULL;
    int count = scandir(GOLDEN, &names, NULL, alphasort);
    assert_true(count > 20);
    for (int i = 0; i < count; i++) {
        struct scenario s = {.name = names[i]->d_name};
        if (s.name[0] != '.') {
            bool works = set_up(&s);
            row_true(s.name, s.wanted.count > 0);
            if (works && wants_list(&s, "doctor"))
                judge_list(&s, "doctor", MW_CHECK_DOCTOR);
            if (works && wants_list(&s, "checklist"))
                judge_list(&s, "checklist", MW_CHECK_CHECKLIST);
            tear_down(&s);
        }
        free(names[i]);
    }
    free(names);
    assert_int_equal(wrong, 0);
}

/* A sentence is translated with all that stands between its words. */
static void test_chinese(void **state)
{
    (void)state;
    struct scenario s = {.name = "docker-flag-wins"};
    struct mw_checks checks = {0};
    assert_true(set_up(&s));
    mw_i18n_speak("zh_CN");
    run_list(&s, MW_CHECK_CHECKLIST, &checks);
    mw_i18n_speak("en");
    const struct mw_check *check = find(&checks, "docker-effective.registry-mirrors");
    assert_non_null(check);
    assert_non_null(strstr(check->observed, "registry-mirrors：https://other.example"));
    mw_checks_release(&checks);
    tear_down(&s);
}

static bool is_elsewhere(const char *id)
{
    for (size_t i = 0; elsewhere[i] != NULL; i++) {
        if (strcmp(elsewhere[i], id) == 0)
            return true;
    }
    return false;
}

/* Rows of tools that are data alone are the same code as those of the three in this world. */
static bool is_of_data(const char *id)
{
    for (size_t i = 0; i < mw_tool_count(); i++) {
        const struct mw_tool *tool = mw_tool_at(i);
        size_t len = strlen(tool->id);
        bool is_data = tool->hooks.count == 0 || strcmp(tool->hooks.items[0], "maven") == 0;
        if (is_data && strncmp(id, tool->id, len) == 0 && id[len] == '-')
            return true;
    }
    return false;
}

static void test_every_row_was_seen_both_ways(void **state)
{
    (void)state;
    static const enum mw_check_list lists[] = {MW_CHECK_DOCTOR, MW_CHECK_CHECKLIST};
    for (size_t l = 0; l < ROWS(lists); l++) {
        struct mw_strings ids = {0};
        mw_check_ids(lists[l], &ids);
        for (size_t i = 0; i < ids.count; i++) {
            if (is_elsewhere(ids.items[i]) || is_of_data(ids.items[i]))
                continue;
            /* Only root can give a file away. */
            bool needs_root = strcmp(ids.items[i], "go-owner") == 0 && geteuid() != 0;
            row_true(ids.items[i], needs_root || mw_strings_has(&seen_bad, ids.items[i]));
            row_true(ids.items[i], mw_strings_has(&seen_good, ids.items[i]));
        }
        mw_strings_release(&ids);
    }
    mw_strings_release(&seen_good);
    mw_strings_release(&seen_bad);
}

/* ---- what no folder can say ------------------------------------------------------------------ */

static void base_context(struct mw_check_context *context, struct mw_sandbox *box,
                         const struct mw_catalog *catalog)
{
    box->sys.ops = &still_ops;
    /* No tool of this machine is found and started. */
    free(box->sys.environ_copy);
    box->sys.environ_copy = mw_xcalloc(2, sizeof(char *));
    box->sys.environ_copy[0] = mw_xstrdup("PATH=/nowhere");
    *context =
        (struct mw_check_context){.sys = &box->sys, .catalog = catalog, .profile_name = "team"};
}

static enum mw_check_status status_of(const struct mw_check_context *context,
                                      enum mw_check_list list, const char *id)
{
    struct mw_checks checks = {0};
    mw_checks_run(context, list, &checks);
    const struct mw_check *check = find(&checks, id);
    if (check == NULL)
        fail_msg("no %s", id);
    enum mw_check_status status = check != NULL ? check->status : MW_CHECK_SKIP;
    if (status == MW_CHECK_FAIL)
        print_message("%s: %s\n", id, check->observed);
    mw_checks_release(&checks);
    return status;
}

static void test_recovery(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_catalog catalog = {0};
    struct mw_check_context context;
    mw_sandbox_open(&box);
    base_context(&context, &box, &catalog);
    assert_int_equal(status_of(&context, MW_CHECK_DOCTOR, "recovery"), MW_CHECK_PASS);
    context.has_journal = true;
    assert_int_equal(status_of(&context, MW_CHECK_DOCTOR, "recovery"), MW_CHECK_FAIL);
    mw_sandbox_close(&box);
}

struct answer {
    bool is_measured, is_usable, is_genuine;
};

static void give_answer(void *context, struct mw_check_mirror *mirrors, size_t count, long left_ms)
{
    (void)left_ms;
    const struct answer *answer = context;
    for (size_t i = 0; i < count; i++) {
        mirrors[i].is_measured = answer->is_measured;
        mirrors[i].is_usable = answer->is_usable;
        mirrors[i].is_genuine = answer->is_genuine;
        mirrors[i].rtt_us = 12345;
        (void)snprintf(mirrors[i].reason, sizeof mirrors[i].reason, "it says so");
    }
}

static void test_mirrors(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct answer answer;
        bool no_network;
        enum mw_check_status status;
    } rows[] = {
        {"honest", {true, true, true}, false, MW_CHECK_PASS},
        {"no canary", {true, true, false}, false, MW_CHECK_WARN},
        {"dead", {true, false, false}, false, MW_CHECK_FAIL},
        {"not measured", {false, false, false}, false, MW_CHECK_SKIP},
        {"no network", {true, true, true}, true, MW_CHECK_SKIP},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_sandbox box;
        struct mw_catalog catalog = {0};
        struct mw_check_context context;
        struct answer answer = rows[i].answer;
        mw_sandbox_open(&box);
        mw_sandbox_put(&box, "home/.config/go/env", "GOPROXY=https://one.example,direct\n", 0644);
        base_context(&context, &box, &catalog);
        context.measure = give_answer;
        context.measure_context = &answer;
        context.no_network = rows[i].no_network;
        enum mw_check_status status =
            status_of(&context, MW_CHECK_CHECKLIST, "go-mirrors.https://one.example");
        if (status != rows[i].status)
            fail_msg("%s: %s", rows[i].name, mw_check_status_word(status));
        mw_sandbox_close(&box);
    }
}

/* Each service that a tool draws on has a row; what stands beside the mirror's addresses has none.
 */
static void test_mirrors_of_every_service(void **state)
{
    (void)state;
    static const struct {
        const char *tool, *wanted;
    } rows[] = {
        {"gradle",
         "gradle-mirrors.maven.https://maven.aliyun.com/repository/public "
         "gradle-mirrors.gradle-plugins.https://maven.aliyun.com/repository/gradle-plugin"},
        {"conda", "conda-mirrors.https://mirrors.bfsu.edu.cn/anaconda"},
        {"node", "node-mirrors.https://cdn.npmmirror.com/binaries/node"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_sandbox box;
        struct mw_catalog catalog = {0};
        struct mw_check_context context;
        struct answer answer = {true, true, true};
        struct mw_strings only = {0}, ids = {0};
        struct mw_checks checks = {0};
        mw_sandbox_open(&box);
        char *home = mw_sandbox_path(&box, "home");
        char *golden = mw_xasprintf(MW_TEST_DIR "/golden/tools/%s/home.want", rows[i].tool);
        copy_tree(golden, home);
        mw_strings_add(&only, rows[i].tool);
        base_context(&context, &box, &catalog);
        context.only = &only;
        context.measure = give_answer;
        context.measure_context = &answer;
        mw_checks_run(&context, MW_CHECK_CHECKLIST, &checks);
        for (size_t k = 0; k < checks.count; k++) {
            if (strstr(checks.items[k].id, "-mirrors") != NULL)
                mw_strings_add(&ids, checks.items[k].id);
        }
        char *found = mw_strings_join(&ids, " ");
        row_string_equal(rows[i].tool, found, rows[i].wanted);
        free(found);
        free(golden);
        free(home);
        mw_checks_release(&checks);
        mw_strings_release(&ids);
        mw_strings_release(&only);
        mw_sandbox_close(&box);
    }
}

/* ---- the checksum database ------------------------------------------------------------------- */

/* Who answers what; 200 with a signed tree unless it is forged. Nobody else is there. */
struct answers {
    const char *url;
    long status;
    bool is_forged;
};

static struct mw_strings asked;

static void answer_database(void *context, struct mw_database_answer *databases, size_t count,
                            long left_ms)
{
    (void)left_ms;
    const struct answers *answers = context;
    for (size_t k = 0; k < count; k++) {
        struct mw_database_answer *database = &databases[k];
        mw_strings_add(&asked, database->url);
        database->is_asked = true;
        (void)snprintf(database->reason, sizeof database->reason, "nobody is there");
        for (size_t i = 0; i < 4 && answers[i].url != NULL; i++) {
            if (strcmp(answers[i].url, database->url) != 0)
                continue;
            database->http_status = answers[i].status;
            database->is_genuine = answers[i].status == 200 && !answers[i].is_forged;
            (void)snprintf(database->reason, sizeof database->reason, "%s",
                           database->is_genuine ? "" : "it is no good");
            (void)snprintf(database->note, sizeof database->note, "a tree");
        }
    }
    mw_strings_add(&asked, "end");
}

#define SUMDB(proxy) "https://" proxy ".example/sumdb/sum.golang.org"
#define VALUES " https://sum.golang.google.cn https://sum.golang.org end"
#define OWN "own.example+df8536fd+AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"

static void test_sumdb(void **state)
{
    (void)state;
    static const struct {
        const char *name, *file; /* the env file */
        struct answers answers[4];
        const char *asked; /* in this order; what stands before an "end", at once */
        enum mw_check_status status;
        const char *says, *fix;
    } rows[] = {
        {"a proxy relays",
         "GOPROXY=https://a.example,direct\n",
         {{SUMDB("a"), 200, false}},
         SUMDB("a") " https://sum.golang.org end",
         MW_CHECK_PASS,
         "a.example/sumdb/sum.golang.org, a relay: a tree",
         ""},
        {"the first does not",
         "GOPROXY=https://a.example/,b.example,direct\n",
         {{SUMDB("a"), 404, false}, {SUMDB("b"), 200, false}},
         SUMDB("a") " " SUMDB("b") " https://sum.golang.org end",
         MW_CHECK_PASS,
         "https://a.example/ answers 404 for it; go asks",
         ""},
        {"nobody does, directly",
         "GOPROXY=https://a.example\n",
         {{SUMDB("a"), 410, false}, {"https://sum.golang.org", 200, false}},
         SUMDB("a") " https://sum.golang.org end",
         MW_CHECK_PASS,
         "go asks https://sum.golang.org: a tree",
         ""},
        {"a refusal stops",
         "GOPROXY=https://a.example,https://b.example,direct\n",
         {{SUMDB("a"), 403, false}, {"https://sum.golang.google.cn", 200, false}},
         SUMDB("a") " " SUMDB("b") " https://sum.golang.org end" VALUES,
         MW_CHECK_FAIL,
         "a.example answers 403 for it; go gives up there",
         "go.GOSUMDB=sum.golang.google.cn"},
        {"a bar goes on after it",
         "GOPROXY=https://a.example|https://b.example,direct\n",
         {{SUMDB("a"), 403, false}, {SUMDB("b"), 200, false}},
         SUMDB("a") " " SUMDB("b") " https://sum.golang.org end",
         MW_CHECK_PASS,
         "b.example",
         ""},
        {"but remembers it to the end",
         "GOPROXY=https://a.example|https://b.example\n",
         {{SUMDB("b"), 404, false}, {"https://sum.golang.org", 200, false}},
         SUMDB("a") " " SUMDB("b") " https://sum.golang.org end" VALUES,
         MW_CHECK_FAIL,
         "a.example: nobody is there; https://b.example answers 404",
         "'go.GOSUMDB=sum.golang.org https://sum.golang.org'"},
        {"or to direct",
         "GOPROXY=https://a.example|direct\n",
         {{"https://sum.golang.org", 200, false}},
         SUMDB("a") " https://sum.golang.org end",
         MW_CHECK_PASS,
         "go asks https://sum.golang.org: a tree",
         ""},
        {"off is no direct",
         "GOPROXY=https://a.example|off\n",
         {{"https://sum.golang.google.cn", 200, false}},
         SUMDB("a") " https://sum.golang.org end" VALUES,
         MW_CHECK_FAIL,
         "go gives up there",
         "GOSUMDB=sum.golang.google.cn"},
        {"a relay that lies is the end",
         "GOPROXY=https://a.example,direct\n",
         {{SUMDB("a"), 200, true}, {"https://sum.golang.org", 200, false}},
         SUMDB("a") " https://sum.golang.org end" VALUES,
         MW_CHECK_FAIL,
         "a relay: it is no good",
         "https://sum.golang.org"},
        {"an address of its own",
         "GOPROXY=https://a.example\nGOSUMDB=sum.golang.google.cn\n",
         {{"https://sum.golang.google.cn", 200, false}},
         "https://sum.golang.google.cn end",
         MW_CHECK_PASS,
         "go asks https://sum.golang.google.cn: a tree",
         ""},
        {"nothing answers",
         "GOPROXY=direct\nGOSUMDB=sum.golang.google.cn\n",
         {{NULL, 0, false}},
         "https://sum.golang.google.cn end https://sum.golang.org end",
         MW_CHECK_FAIL,
         "it does not answer elsewhere either",
         "mirrorwise --probe --only go"},
        {"a database of one's own",
         "GOPROXY=https://a.example,direct\nGOSUMDB=" OWN " https://elsewhere.example/db\n",
         {{"https://own.example", 200, false}},
         "https://elsewhere.example/db end https://own.example end",
         MW_CHECK_FAIL,
         "elsewhere.example/db: nobody is there",
         "https://own.example"},
        {"the default",
         "",
         {{"https://proxy.golang.org/sumdb/sum.golang.org", 200, false}},
         "https://proxy.golang.org/sumdb/sum.golang.org https://sum.golang.org end",
         MW_CHECK_PASS,
         "proxy.golang.org",
         ""},
        {"off", "GOSUMDB=off\n", {{NULL, 0, false}}, "", MW_CHECK_SKIP, "it is off", ""},
        {"malformed", "GOSUMDB=sum\n", {{NULL, 0, false}}, "", MW_CHECK_SKIP, "GOSUMDB", ""},
        {"no list", "GOPROXY=;\n", {{NULL, 0, false}}, "", MW_CHECK_SKIP, "GOPROXY", ""},
        {"a directory without it",
         "GOPROXY=file:///no/such/place,direct\n",
         {{"https://sum.golang.org", 200, false}},
         "https://sum.golang.org end",
         MW_CHECK_PASS,
         "file:///no/such/place answers 404",
         ""},
    };
    struct mw_strings only = {0};
    mw_strings_add(&only, "go");
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_sandbox box;
        struct mw_catalog catalog = {0};
        struct mw_check_context context;
        struct mw_checks checks = {0};
        mw_sandbox_open(&box);
        mw_sandbox_put(&box, "home/.config/go/env", rows[i].file, 0644);
        base_context(&context, &box, &catalog);
        context.measure_context = (void *)(uintptr_t)rows[i].answers;
        context.ask_database = answer_database;
        context.only = &only;
        mw_checks_run(&context, MW_CHECK_CHECKLIST, &checks);
        const struct mw_check *check = find(&checks, "go-sumdb.reachable");
        char *order = mw_strings_join(&asked, " ");
        if (check == NULL)
            fail_msg("%s: no such item", rows[i].name);
        row_string_equal(rows[i].name, order, rows[i].asked);
        row_string_equal(rows[i].name, mw_check_status_word(check->status),
                         mw_check_status_word(rows[i].status));
        if (strstr(check->observed, rows[i].says) == NULL ||
            strstr(check->fix, rows[i].fix) == NULL ||
            (check->fix[0] != '\0') != (rows[i].status == MW_CHECK_FAIL))
            fail_msg("%s: %s [%s]", rows[i].name, check->observed, check->fix);
        mw_strings_release(&asked);
        mw_checks_release(&checks);
        free(order);
        mw_sandbox_close(&box);
    }
    mw_strings_release(&only);
}

static void test_team(void **state)
{
    (void)state;
    static char sh[] = "/bin/sh -c 'echo \"version 4.2\"'";
    static char fails[] = "/bin/sh -c 'exit 3'";
    static char missing[] = "/no/such/program";
    static char pipe[] = "/bin/echo x | /bin/cat";
    static char four[] = "4.", five[] = "5.", title[] = "A tool", name[] = "tool";
    static char hosts[] = "/etc/passwd", nowhere[] = "/no/such/file", root[] = "root:";
    static const struct {
        const char *label;
        struct mw_profile_check check;
        enum mw_check_status status;
    } rows[] = {
        {"command", {.command = sh}, MW_CHECK_PASS},
        {"its output", {.command = sh, .expected = four}, MW_CHECK_PASS},
        {"another output", {.command = sh, .expected = five}, MW_CHECK_FAIL},
        {"status", {.command = fails}, MW_CHECK_FAIL},
        {"no program", {.command = missing}, MW_CHECK_FAIL},
        {"a pipe", {.command = pipe}, MW_CHECK_FAIL},
        {"file", {.file = hosts}, MW_CHECK_PASS},
        {"its text", {.file = hosts, .expected = root}, MW_CHECK_PASS},
        {"another text", {.file = hosts, .expected = five + 0}, MW_CHECK_FAIL},
        {"no file", {.file = nowhere}, MW_CHECK_FAIL},
        {"nothing", {.fix = four}, MW_CHECK_FAIL},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_sandbox box;
        struct mw_catalog catalog = {0};
        struct mw_check_context context;
        struct mw_profile_check check = rows[i].check;
        check.name = name;
        check.title = title;
        static char never[] = "no line of it says this";
        if (strcmp(rows[i].label, "another text") == 0)
            check.expected = never;
        struct mw_profile profile = {.name = name, .checks = &check, .check_count = 1};
        mw_sandbox_open(&box);
        base_context(&context, &box, &catalog);
        context.profile = &profile;
        enum mw_check_status status = status_of(&context, MW_CHECK_CHECKLIST, "team.tool");
        if (status != rows[i].status)
            fail_msg("%s: %s", rows[i].label, mw_check_status_word(status));
        mw_sandbox_close(&box);
    }
}

static void test_split_command(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words; /* words joined by '|'; NULL: refused */
    } rows[] = {
        {"a b  c", "a|b|c"},
        {"  a\tb ", "a|b"},
        {"a 'b c' \"d e\"", "a|b c|d e"},
        {"a ''", "a|"},
        {"a b\\ c", "a|b c"},
        {"a \"b\\\"c\"", "a|b\"c"},
        {"a 'b\\c'", "a|b\\c"},
        {"a 'x|y;$(z)`'", "a|x|y;$(z)`"},
        {"a --k='v w'", "a|--k=v w"},
        {"a *.c ~ #x", "a|*.c|~|#x"},
        {"", NULL},
        {"   ", NULL},
        {"''", NULL},
        {"a 'b", NULL},
        {"a \"b", NULL},
        {"a | b", NULL},
        {"a; b", NULL},
        {"a && b", NULL},
        {"a > b", NULL},
        {"a $HOME", NULL},
        {"a `b`", NULL},
        {"a (b)", NULL},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_strings argv = {0};
        struct mw_error err = {0};
        enum mw_code code = mw_command_split(rows[i].text, &argv, &err);
        row_true(rows[i].text, (code == MW_OK) == (rows[i].words != NULL));
        if (rows[i].words != NULL) {
            char *joined = mw_strings_join(&argv, "|");
            row_string_equal(rows[i].text, joined, rows[i].words);
            free(joined);
        }
        mw_strings_release(&argv);
    }
}

/* Against module.MatchPrefixPatterns' own test table and what was seen of go 1.24. */
static void test_go_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *patterns, *module;
        bool matches;
    } rows[] = {
        {"", "foo", false},
        {"foo", "foo/bar", true},
        {"foo", "food", false},
        {"bar", "foo/bar", false},
        {"foo,bar", "bar/baz", true},
        {"foo,,bar", "bar", true},
        {"foo/bar", "foo", false},
        {"foo/bar", "foo/bar/baz", true},
        {"foo/", "foo/bar", true},
        {"*.example", "git.example/x", true},
        {"*.example", "example/x", false},
        {"corp.example", "git.corp.example/x", false},
        {"*", "anything/at/all", true},
        {"*/*", "one", false},
        {"*/x", "a/x/y", true},
        {"a, b", "b/c", false},
        {"a;b", "b/c", false},
        {"a\r", "a/b", false},
        {"[ab].example", "a.example/x", true},
        {"[ab].example", "c.example/x", false},
        {"FOO", "foo", false},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        if (mw_module_matches(rows[i].patterns, rows[i].module) != rows[i].matches)
            fail_msg("\"%s\" against %s", rows[i].patterns, rows[i].module);
    }
}

/* Whenever one looks, more has passed than the doctor may take. */
static int hasty_clock(clockid_t clock, struct timespec *now)
{
    static time_t seconds;
    (void)clock;
    seconds += 30;
    *now = (struct timespec){.tv_sec = seconds};
    return 0;
}

/* A list that has no time left says so and fails nothing. */
static void test_no_time(void **state)
{
    (void)state;
    struct mw_sandbox box;
    struct mw_catalog catalog = {0};
    struct mw_check_context context;
    mw_sandbox_open(&box);
    base_context(&context, &box, &catalog);
    struct mw_ops hasty_ops = mw_ops_real;
    hasty_ops.clock_gettime = hasty_clock;
    box.sys.ops = &hasty_ops;
    context.has_journal = true; /* would fail */
    context.deadline_ms = 2000;
    struct mw_checks checks = {0};
    mw_checks_run(&context, MW_CHECK_DOCTOR, &checks);
    assert_true(checks.count > 10);
    assert_int_equal(mw_checks_count(&checks, MW_CHECK_SKIP), checks.count);
    assert_non_null(strstr(checks.items[0].observed, "no time"));
    assert_int_equal(mw_checks_code(&checks), MW_OK);
    mw_checks_release(&checks);
    mw_sandbox_close(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scenarios),
        cmocka_unit_test(test_chinese),
        cmocka_unit_test(test_every_row_was_seen_both_ways),
        cmocka_unit_test(test_recovery),
        cmocka_unit_test(test_mirrors),
        cmocka_unit_test(test_mirrors_of_every_service),
        cmocka_unit_test(test_sumdb),
        cmocka_unit_test(test_team),
        cmocka_unit_test(test_split_command),
        cmocka_unit_test(test_go_patterns),
        cmocka_unit_test(test_no_time),
    };
    still_ops = mw_ops_real;
    still_ops.clock_gettime = still_clock;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
