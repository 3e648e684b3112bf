/* From options to a plan: who names the profile, which file of it wins, what the command line puts
 * on top, and what is said when a value is wrong. */
#include "support/rows.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/session.h"
#include "support/sandbox.h"

static struct mw_sandbox box;

/* The process as a fresh user in the sandbox would have it; system files are below its root. */
static int enter(void **state)
{
    (void)state;
    mw_sandbox_open(&box);
    mw_sandbox_mkdir(&box, "home", 0755);
    mw_sandbox_mkdir(&box, "root", 0755);
    mw_sandbox_mkdir(&box, "work", 0755);
    char *home = mw_sandbox_path(&box, "home");
    char *state_dir = mw_sandbox_path(&box, "state");
    char *work = mw_sandbox_path(&box, "work");
    clearenv();
    setenv("HOME", home, 1);
    setenv("PATH", "/usr/bin:/bin", 1);
    setenv("MIRRORWISE_STATE_DIR", state_dir, 1);
    int result = chdir(work);
    free(work);
    free(state_dir);
    free(home);
    return result;
}

static int leave(void **state)
{
    (void)state;
    int result = chdir("/");
    mw_sandbox_close(&box);
    return result;
}

static struct mw_session_options options_here(void)
{
    static char root[4096];
    snprintf(root, sizeof root, "%s/root", box.dir);
    return (struct mw_session_options){.root = root};
}

/* Opens, begins and loads; the session is to be closed whatever comes. */
static enum mw_code load(struct mw_session *session, const struct mw_session_options *options,
                         struct mw_error *err)
{
    enum mw_code code = mw_session_open(session, options, &mw_ops_real, err);
    if (code == MW_OK)
        code = mw_session_begin(session, MW_INTENT_READ, NULL, err);
    return code == MW_OK ? mw_session_load_profile(session, err) : code;
}

static void apply(const char *profile)
{
    struct mw_session_options options = options_here();
    struct mw_session session;
    struct mw_outcome outcome = {0};
    struct mw_error err = {0};
    options.profile = profile;
    enum mw_code code = mw_session_open(&session, &options, &mw_ops_real, &err);
    if (code == MW_OK)
        code = mw_session_begin(&session, MW_INTENT_WRITE, NULL, &err);
    if (code == MW_OK)
        code = mw_session_load_profile(&session, &err);
    if (code == MW_OK)
        code = mw_session_plan(&session, &err);
    if (code == MW_OK)
        code = mw_session_apply(&session, NULL, &outcome, &err);
    if (code != MW_OK)
        fail_msg("apply %s: code %d, %s", profile, (int)code, err.message);
    mw_outcome_release(&outcome);
    mw_session_close(&session);
}

/* ---- which profile --------------------------------------------------------------------------- */

static void check_named(const char *row, const char *option, const char *wanted,
                        enum mw_named_by wanted_by)
{
    struct mw_session_options options = options_here();
    struct mw_session session;
    struct mw_error err = {0};
    options.profile = option;
    enum mw_code code = load(&session, &options, &err);
    if (code != MW_OK)
        fail_msg("%s: code %d, %s", row, (int)code, err.message);
    row_string_equal(row, session.profile.name, wanted);
    row_true(row, session.named_by == wanted_by);
    mw_session_close(&session);
}

static void test_who_names_the_profile(void **state)
{
    (void)state;
    check_named("nobody", NULL, "dev", MW_NAMED_BY_DEFAULT);
    apply("test");
    check_named("history", NULL, "test", MW_NAMED_BY_HISTORY);
    setenv("MIRRORWISE_PROFILE", "", 1);
    check_named("empty environment", NULL, "test", MW_NAMED_BY_HISTORY);
    setenv("MIRRORWISE_PROFILE", "base", 1);
    check_named("environment", NULL, "base", MW_NAMED_BY_ENVIRONMENT);
    check_named("option", "prod", "prod", MW_NAMED_BY_OPTION);

    mw_sandbox_put(&box, "work/mine.ini", "[profile]\nname = mine\nextends = prod\n", 0644);
    check_named("path", "./mine.ini", "mine", MW_NAMED_BY_OPTION);
    check_named("file name", "mine.ini", "mine", MW_NAMED_BY_OPTION);
    apply("mine.ini");
    unsetenv("MIRRORWISE_PROFILE");
    assert_int_equal(chdir("/"), 0);
    check_named("a path is remembered from anywhere", NULL, "mine", MW_NAMED_BY_HISTORY);
}

/* From weak to strong; each file is there on top of the earlier ones. */
static void test_which_file_wins(void **state)
{
    (void)state;
    static const char *const files[] = {
        "root/usr/share/mirrorwise/profiles/dev.ini",
        "root/etc/mirrorwise/profiles/dev.ini",
        "home/.config/mirrorwise/profiles/dev.ini",
    };
    for (size_t i = 0; i < ROWS(files); i++) {
        char *text = mw_xasprintf("[profile]\nname = dev\nsummary = %s\n", files[i]);
        mw_sandbox_put(&box, files[i], text, 0644);
        free(text);
        struct mw_session_options options = options_here();
        struct mw_session session;
        struct mw_error err = {0};
        assert_int_equal(load(&session, &options, &err), MW_OK);
        row_string_equal(files[i], session.profile.summary, files[i]);
        mw_session_close(&session);
    }

    mw_sandbox_put(&box, "config/profiles/dev.ini", "[profile]\nname = dev\nsummary = named\n",
                   0644);
    char *config = mw_sandbox_path(&box, "config");
    setenv("MIRRORWISE_CONFIG_DIR", config, 1);
    assert_int_equal(chdir("/"), 0);
    struct mw_session_options options = options_here();
    struct mw_session session;
    assert_int_equal(load(&session, &options, NULL), MW_OK);
    row_string_equal("MIRRORWISE_CONFIG_DIR", session.profile.summary, "named");
    mw_session_close(&session);
    free(config);
}

static void test_broken_files_that_nobody_asked_for(void **state)
{
    (void)state;
    mw_sandbox_put(&box, "work/.mirrorwise/other.ini", "[profile\n", 0644);
    mw_sandbox_put(&box, "home/.config/mirrorwise/mirrors/x.json", "{", 0644);
    mw_sandbox_link(&box, "root/etc/mirrorwise/profiles/loop.ini", "loop.ini");
    struct mw_session_options options = options_here();
    struct mw_session session;
    struct mw_error err = {0};
    options.profile = "prod";
    assert_int_equal(load(&session, &options, &err), MW_OK);
    assert_int_equal(session.warnings.count, 2);
    assert_non_null(strstr(session.warnings.items[0], "loop.ini"));
    assert_non_null(strstr(session.warnings.items[1], "x.json"));
    mw_session_close(&session);
}

/* ---- ./.mirrorwise --------------------------------------------------------------------------- */

static const char strange[] = "[profile]\nname = team\nsummary = theirs\n"
                              "[policy]\nca-file = /etc/passwd\n"
                              "[go]\nGOPRIVATE = ${env:HOME}.${file:/etc/hostname}\n"
                              "[check.x]\ncommand = tools/run\n";

static void trust_all(const char *path)
{
    struct mw_session_options options = options_here();
    struct mw_session session;
    struct mw_trust_questions questions = {0};
    assert_int_equal(mw_session_open(&session, &options, &mw_ops_real, NULL), MW_OK);
    assert_int_equal(mw_session_trust_look(&session, path, &questions, NULL), MW_OK);
    assert_int_equal(mw_session_trust(&session, &questions, NULL), MW_OK);
    mw_trust_questions_release(&questions);
    mw_session_close(&session);
}

/* Is `team` a stranger's now? Loads it, or the file of that path. */
static bool is_stranger(const char *profile, bool *runs)
{
    struct mw_session_options options = options_here();
    struct mw_session session;
    options.profile = profile;
    assert_int_equal(load(&session, &options, NULL), MW_OK);
    bool is = session.profile.is_stranger;
    assert_int_equal(mw_session_trusted(&session, NULL), is ? MW_UNTRUSTED : MW_OK);
    row_true("a reason is told", (session.stranger != NULL) == is);
    row_true("nothing is measured", session.options.no_network || !is);
    row_true("no certificate is believed", !is || session.profile.policy.ca_file[0] == '\0');
    const struct mw_wish *wish = mw_wishes_find(&session.profile.wishes, "go", "GOPRIVATE");
    row_true("nothing is expanded", (strstr(wish->text, "${env:HOME}") != NULL) == is);
    session.sys.root[0] = '\0'; /* with --root nothing is run anyway */
    *runs = mw_session_may_run(&session, NULL) == MW_OK;
    mw_session_close(&session);
    return is;
}

static void test_a_repository_is_a_stranger(void **state)
{
    (void)state;
    bool runs = false;
    mw_sandbox_put(&box, "work/.mirrorwise/dev.ini", "[profile]\nsummary = evil\n", 0644);
    mw_sandbox_put(&box, "work/.mirrorwise/team.ini", strange, 0644);
    mw_sandbox_put(&box, "work/.mirrorwise/tools/run", "#!/bin/sh\n", 0755);
    struct mw_session_options options = options_here();
    struct mw_session session;
    assert_int_equal(load(&session, &options, NULL), MW_OK);
    assert_string_not_equal(session.profile.summary, "evil"); /* the name is taken */
    mw_session_close(&session);

    row_true("found by name", is_stranger("team", &runs) && !runs);
    row_true("named by its path", !is_stranger(".mirrorwise/team.ini", &runs) && !runs);
    trust_all(".");
    row_true("trusted", !is_stranger("team", &runs) && runs);
    row_true("trusted, by its path", !is_stranger(".mirrorwise/team.ini", &runs) && runs);
    mw_sandbox_put(&box, "work/.mirrorwise/tools/run", "#!/bin/sh\nrm\n", 0755);
    row_true("a program has changed", is_stranger("team", &runs) && !runs);
    trust_all(".mirrorwise/team.ini");
    row_true("trusted again", !is_stranger("team", &runs) && runs);
    char *longer = mw_xasprintf("%s\n", strange);
    mw_sandbox_put(&box, "work/.mirrorwise/team.ini", longer, 0644);
    row_true("the profile has changed", is_stranger("team", &runs) && !runs);
    mw_sandbox_put(&box, "work/.mirrorwise/team.ini", strange, 0644);
    row_true("it is the old one", !is_stranger("team", &runs) && runs);
    free(longer);

    struct mw_session last;
    size_t count = 0;
    assert_int_equal(mw_session_open(&last, &options, &mw_ops_real, NULL), MW_OK);
    assert_int_equal(mw_session_untrust(&last, ".", &count, NULL), MW_OK);
    assert_int_equal(count, 2);
    mw_session_close(&last);
    row_true("taken back", is_stranger("team", &runs) && !runs);
}

/* What a trusted profile extends is trusted with it, and only as long as it stays as it is. */
static void test_trust_covers_what_it_extends(void **state)
{
    (void)state;
    bool runs = false;
    char *child = mw_xasprintf("%s", "[profile]\nname = team\nextends = ground\n");
    mw_sandbox_put(&box, "work/.mirrorwise/team.ini", child, 0644);
    mw_sandbox_put(&box, "work/.mirrorwise/ground.ini",
                   "[profile]\nname = ground\n[go]\nGOPRIVATE = ${env:HOME}\n", 0644);
    trust_all(".mirrorwise/team.ini");
    row_true("both", !is_stranger("team", &runs));
    row_true("not the other alone", is_stranger("ground", &runs));
    mw_sandbox_put(&box, "work/.mirrorwise/ground.ini",
                   "[profile]\nname = ground\n[go]\nGOPRIVATE = ${env:HOME}x\n", 0644);
    row_true("what it extends has changed", is_stranger("team", &runs));
    free(child);
}

/* A reader that meets a run at work does not call it cut off. */
static void test_a_run_under_way(void **state)
{
    (void)state;
    mw_sandbox_put(&box, "state/journal", "half\n", 0600);
    mw_sandbox_put(&box, "state/lock", "pid 1 since now: mirrorwise --apply\n", 0600);
    char *directory = mw_sandbox_path(&box, "state");
    char *path = mw_sandbox_path(&box, "state/lock");
    assert_int_equal(chmod(directory, 0700), 0);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    struct mw_session_options options = options_here();
    struct mw_session session;
    assert_int_equal(load(&session, &options, NULL), MW_OK);
    assert_true(mw_guard_is_held(&session.sys));
    assert_int_equal(session.warnings.count, 1);
    assert_non_null(strstr(session.warnings.items[0], "another run is under way"));
    mw_session_close(&session);
    close(fd);
    free(path);
    free(directory);
}

/* Root is led astray by nobody who may write a part of the way. */
static void test_root_looks_at_the_whole_way(void **state)
{
    (void)state;
    static const char text[] = "[profile]\nname = mine\n";
    static const struct {
        const char *name, *path; /* below the sandbox, of what is changed */
        uid_t owner;
        mode_t mode;
        enum mw_code code;
    } rows[] = {
        {"all is root's", "home/.config/mirrorwise/profiles/mine.ini", 0, 0644, MW_OK},
        {"the file is somebody's", "home/.config/mirrorwise/profiles/mine.ini", 1234, 0644,
         MW_UNTRUSTED},
        {"anybody may write the file", "home/.config/mirrorwise/profiles/mine.ini", 0, 0666,
         MW_UNTRUSTED},
        {"a folder is somebody's", "home/.config/mirrorwise", 1234, 0755, MW_UNTRUSTED},
        {"anybody may write a folder", "home/.config", 0, 0777, MW_UNTRUSTED},
        {"a sticky folder", "home/.config", 0, 01777, MW_OK},
    };
    if (geteuid() != 0)
        skip();
    for (size_t i = 0; i < ROWS(rows); i++) {
        mw_sandbox_put(&box, "home/.config/mirrorwise/profiles/mine.ini", text, 0644);
        char *path = mw_sandbox_path(&box, rows[i].path);
        struct mw_session_options options = options_here();
        struct mw_session session;
        struct stat before;
        options.profile = "mine";
        assert_int_equal(stat(path, &before), 0);
        assert_int_equal(chown(path, rows[i].owner, 0), 0);
        assert_int_equal(chmod(path, rows[i].mode), 0);
        row_size_equal(rows[i].name, load(&session, &options, NULL), rows[i].code);
        mw_session_close(&session);
        assert_int_equal(chown(path, before.st_uid, before.st_gid), 0);
        assert_int_equal(chmod(path, before.st_mode & 07777), 0);
        free(path);
    }
}

/* ---- what is on top, and what comes out ------------------------------------------------------ */

enum { TEXTS_MAX = 3 };

static const char profile_text[] = "[profile]\n"
                                   "name = t\n"
                                   "[go]\n"
                                   "GOPROXY = @goproxy.cn|@aliyun,direct\n"
                                   "GOPRIVATE =\n"
                                   "[docker]\n"
                                   "registry-mirrors =\n"
                                   "max-concurrent-downloads = 5\n";

static const struct outcome {
    const char *name;
    const char *sets[TEXTS_MAX];
    const char *mirrors[TEXTS_MAX];
    const char *setting; /* TOOL.KEY */
    const char *wanted;  /* its value; NULL: absent */
    const char *from;    /* "FILE:LINE" */
    enum mw_value_kind kind;
} outcomes[] = {
    {"mirrors of the profile",
     {0},
     {0},
     "go.GOPROXY",
     "https://goproxy.cn|https://mirrors.aliyun.com/goproxy,direct",
     "t.ini:4",
     MW_VALUE_STRING},
    {"empty removes", {0}, {0}, "go.GOPRIVATE", "", "t.ini:5", MW_VALUE_ABSENT},
    {"empty list", {0}, {0}, "docker.registry-mirrors", "", "t.ini:7", MW_VALUE_LIST},
    {"number", {0}, {0}, "docker.max-concurrent-downloads", "5", "t.ini:8", MW_VALUE_LITERAL},
    {"set",
     {"go.goprivate=a.example"},
     {0},
     "go.GOPRIVATE",
     "a.example",
     "--set:0",
     MW_VALUE_STRING},
    {"last set counts",
     {"go.GOPRIVATE=a.example", "go.GOPRIVATE=b.example"},
     {0},
     "go.GOPRIVATE",
     "b.example",
     "--set:0",
     MW_VALUE_STRING},
    {"set to nothing", {"go.GOPROXY="}, {0}, "go.GOPROXY", "", "--set:0", MW_VALUE_ABSENT},
    {"set a key that nobody named",
     {"pip.global.timeout=9"},
     {0},
     "pip.global.timeout",
     "9",
     "--set:0",
     MW_VALUE_STRING},
    {"set a list",
     {"docker.registry-mirrors=https://a.example, https://b.example"},
     {0},
     "docker.registry-mirrors",
     "https://a.example, https://b.example",
     "--set:0",
     MW_VALUE_LIST},
    {"mirror keeps the words",
     {0},
     {"go=https://m.example"},
     "go.GOPROXY",
     "https://m.example,direct",
     "--mirror:0",
     MW_VALUE_STRING},
    {"mirror by id",
     {0},
     {"go=upstream"},
     "go.GOPROXY",
     "https://proxy.golang.org,direct",
     "--mirror:0",
     MW_VALUE_STRING},
    {"mirror of a tool that the profile leaves alone",
     {0},
     {"pip=https://p.example/simple"},
     "pip.global.index-url",
     "https://p.example/simple",
     "--mirror:0",
     MW_VALUE_STRING},
    {"mirror over an empty list",
     {0},
     {"docker=https://d.example"},
     "docker.registry-mirrors",
     "https://d.example",
     "--mirror:0",
     MW_VALUE_LIST},
};

static void fill(struct mw_strings *list, const char *const *texts)
{
    for (size_t i = 0; i < TEXTS_MAX && texts[i] != NULL; i++)
        mw_strings_add(list, texts[i]);
}

static void release(struct mw_session_options *options)
{
    mw_strings_release(&options->sets);
    mw_strings_release(&options->mirrors);
    mw_strings_release(&options->only);
    mw_strings_release(&options->skip);
    mw_strings_release(&options->catalogs);
}

static const struct mw_wanted *find_wanted(const struct mw_session *session, const char *name)
{
    for (size_t i = 0; i < session->wanted.count; i++) {
        const struct mw_wanted *wanted = &session->wanted.items[i];
        char *full = mw_xasprintf("%s.%s", wanted->tool->id, wanted->key);
        bool is_it = strcmp(full, name) == 0;
        free(full);
        if (is_it)
            return wanted;
    }
    return NULL;
}

static void test_values(void **state)
{
    (void)state;
    mw_sandbox_put(&box, "work/t.ini", profile_text, 0644);
    for (size_t i = 0; i < ROWS(outcomes); i++) {
        const struct outcome *row = &outcomes[i];
        struct mw_session_options options = options_here();
        struct mw_session session;
        struct mw_error err = {0};
        options.profile = "t.ini";
        fill(&options.sets, row->sets);
        fill(&options.mirrors, row->mirrors);
        enum mw_code code = load(&session, &options, &err);
        if (code == MW_OK)
            code = mw_session_plan(&session, &err);
        if (code != MW_OK)
            fail_msg("%s: code %d, %s", row->name, (int)code, err.message);

        const struct mw_wanted *wanted = find_wanted(&session, row->setting);
        row_true(row->name, wanted != NULL);
        char *value = mw_value_text(&wanted->value);
        char *from = mw_xasprintf("%s:%zu", wanted->from.file, wanted->from.line);
        row_string_equal(row->name, value, row->wanted);
        row_string_equal(row->name, from, row->from);
        row_true(row->name, wanted->value.kind == row->kind);
        free(from);
        free(value);
        mw_session_close(&session);
        release(&options);
    }
}

static const struct refusal {
    const char *name;
    const char *profile; /* text of t.ini; NULL: profile_text */
    const char *sets[TEXTS_MAX];
    const char *mirrors[TEXTS_MAX];
    enum mw_code code;
    const char *message, *hint; /* parts */
    const char *never;          /* nowhere in either */
} refusals[] = {
    {"no value", NULL, {"go.GOPROXY"}, {0}, MW_USAGE, "TOOL.KEY=VALUE", "for example", NULL},
    {"no tool", NULL, {"GOPROXY=x"}, {0}, MW_USAGE, "not of the form TOOL.KEY", "", NULL},
    {"unknown tool",
     NULL,
     {"goo.GOPROXY=x"},
     {0},
     MW_USAGE,
     "'goo' is not a tool",
     "did you mean go.GOPROXY?",
     NULL},
    {"unknown key",
     NULL,
     {"go.GOPROXI=x"},
     {0},
     MW_USAGE,
     "no setting 'GOPROXI'",
     "did you mean go.GOPROXY?",
     NULL},
    {"bad value of the command line",
     NULL,
     {"go.GOPROXY=nonsense"},
     {0},
     MW_USAGE,
     "--set: go.GOPROXY: ",
     "",
     NULL},
    {"bad value of a profile",
     "[go]\nGOPROXY = nonsense\n",
     {0},
     {0},
     MW_BAD_PROFILE,
     "t.ini:2: go.GOPROXY: ",
     "",
     NULL},
    {"bad number of a profile",
     "[docker]\nmax-concurrent-downloads = many\n",
     {0},
     {0},
     MW_BAD_PROFILE,
     "t.ini:2: docker.max-concurrent-downloads: ",
     "",
     NULL},
    {"unknown mirror of a profile",
     "[pip]\nglobal.index-url = @tunna\n",
     {0},
     {0},
     MW_BAD_PROFILE,
     "t.ini:2",
     "@tuna",
     NULL},
    {"unknown mirror", NULL, {0}, {"pip=tunna"}, MW_USAGE, "tunna", "Did you mean tuna?", NULL},
    {"mirror without a tool", NULL, {0}, {"tuna"}, MW_USAGE, "TOOL=ID", "--list mirrors", NULL},
    {"mirror of nothing", NULL, {0}, {"pip="}, MW_USAGE, "TOOL=ID", "", NULL},
    {"mirror of an unknown tool", NULL, {0}, {"ant=x"}, MW_USAGE, "'ant' is not a tool", "", NULL},
    {"secret that is no value",
     "[go]\nGOPROXY = ${env:HUSH}\n",
     {0},
     {0},
     MW_BAD_PROFILE,
     "t.ini:2: go.GOPROXY: the secret value",
     "",
     "s3cret"},
    {"secret that is no mirror",
     "[pip]\nglobal.index-url = @${env:HUSH}\n",
     {0},
     {0},
     MW_BAD_PROFILE,
     "t.ini:2: pip.global.index-url: the secret value",
     "",
     "s3cret"},
    {"secret of --set",
     NULL,
     {"go.GOPROXY=${env:HUSH}"},
     {0},
     MW_USAGE,
     "--set: go.GOPROXY: the secret value",
     "",
     "s3cret"},
};

static void test_refusals(void **state)
{
    (void)state;
    setenv("HUSH", "s3cret", 1);
    for (size_t i = 0; i < ROWS(refusals); i++) {
        const struct refusal *row = &refusals[i];
        struct mw_session_options options = options_here();
        struct mw_session session;
        struct mw_error err = {0};
        mw_sandbox_put(&box, "work/t.ini", row->profile != NULL ? row->profile : profile_text,
                       0644);
        options.profile = "t.ini";
        fill(&options.sets, row->sets);
        fill(&options.mirrors, row->mirrors);
        enum mw_code code = load(&session, &options, &err);
        if (code == MW_OK)
            code = mw_session_plan(&session, &err);
        bool is_right = code == row->code && err.code == code &&
                        strstr(err.message, row->message) != NULL &&
                        strcasestr(err.hint, row->hint) != NULL;
        if (row->never != NULL)
            is_right = is_right && strstr(err.message, row->never) == NULL &&
                       strstr(err.hint, row->never) == NULL;
        if (!is_right)
            fail_msg("%s: code %d, \"%s\", hint \"%s\"", row->name, (int)code, err.message,
                     err.hint);
        mw_session_close(&session);
        release(&options);
    }
}

static void test_only_and_skip(void **state)
{
    (void)state;
    static const struct {
        const char *name, *only, *skip, *wanted;
    } rows[] = {
        {"all", "", "", "go pip docker"},
        {"only", "pip", "", "pip"},
        {"skip", "", "docker,go", "pip"},
        {"both", "go,pip", "pip", "go"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_session_options options = options_here();
        struct mw_session session;
        struct mw_strings tools = {0};
        options.profile = "prod";
        mw_strings_split(&options.only, rows[i].only, ",");
        mw_strings_split(&options.skip, rows[i].skip, ",");
        assert_int_equal(load(&session, &options, NULL), MW_OK);
        assert_int_equal(mw_session_plan(&session, NULL), MW_OK);
        for (size_t f = 0; f < session.plan.file_count; f++)
            mw_strings_add(&tools, session.plan.files[f].tool->id);
        char *found = mw_strings_join(&tools, " ");
        row_string_equal(rows[i].name, found, rows[i].wanted);
        free(found);
        mw_strings_release(&tools);
        mw_session_close(&session);
        release(&options);
    }
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void test_fastest_without_a_measurement(void **state)
{
    (void)state;
    struct mw_session_options options = options_here();
    struct mw_session session;
    options.profile = "dev";
    options.no_network = true;
    assert_int_equal(load(&session, &options, NULL), MW_OK);
    assert_int_equal(mw_session_plan(&session, NULL), MW_OK);
    assert_int_equal(session.warnings.count, 1);
    assert_non_null(strstr(session.warnings.items[0], "go, pip, docker: nothing was measured"));
    assert_non_null(strstr(session.warnings.items[0], "order of the catalogue"));
    assert_false(session.used_ranking);
    mw_session_close(&session);

    /* Named mirrors need no measurement, so there is nothing to warn of. */
    options.no_network = false;
    static const char *const mirrors[TEXTS_MAX] = {"go=aliyun", "pip=tuna", "docker=daocloud"};
    fill(&options.mirrors, mirrors);
    assert_int_equal(load(&session, &options, NULL), MW_OK);
    assert_int_equal(mw_session_plan(&session, NULL), MW_OK);
    assert_int_equal(session.warnings.count, 0);
    mw_session_close(&session);
    release(&options);
}

static void test_named_catalogue(void **state)
{
    (void)state;
    static const char *const mirrors[TEXTS_MAX] = {"pip=corp"};
    struct mw_session_options options = options_here();
    struct mw_session session;
    struct mw_error err = {0};
    options.profile = "prod";
    fill(&options.mirrors, mirrors);
    mw_strings_add(&options.catalogs, "corp.json");
    assert_int_equal(load(&session, &options, &err), MW_BAD_PROFILE);
    assert_non_null(strstr(err.message, "there is no file corp.json"));
    mw_session_close(&session);

    mw_sandbox_put(&box, "work/corp.json",
                   "{\"tool\":\"pip\",\"mirrors\":[{\"id\":\"corp\",\"name\":\"Corp\",\"url\":"
                   "\"https://pip.corp.example/simple\",\"status\":\"active\"}]}",
                   0644);
    enum mw_code code = load(&session, &options, &err);
    if (code == MW_OK)
        code = mw_session_plan(&session, &err);
    if (code != MW_OK)
        fail_msg("code %d, %s", (int)code, err.message);
    const struct mw_wanted *wanted = find_wanted(&session, "pip.global.index-url");
    assert_non_null(wanted);
    assert_string_equal(wanted->value.items.items[0], "https://pip.corp.example/simple");
    mw_session_close(&session);
    release(&options);
}

static void test_look(void **state)
{
    (void)state;
    mw_sandbox_put(&box, "home/.config/go/env", "GOPROXY=https://x.example\n", 0644);
    struct mw_session_options options = options_here();
    struct mw_session session;
    struct mw_look look = {0};
    struct mw_error err = {0};
    setenv("GOPROXY", "off", 1);
    assert_int_equal(load(&session, &options, &err), MW_OK);
    enum mw_code code = mw_session_look(&session, mw_tool_find("go"), "GOPROXY", &look, &err);
    if (code != MW_OK)
        fail_msg("code %d, %s", (int)code, err.message);
    assert_true(look.exists);
    assert_string_equal(look.have.items.items[0], "https://x.example");
    assert_int_equal(look.shadows.count, 1);
    mw_look_release(&look);

    code = mw_session_look(&session, mw_tool_find("pip"), "global.timeout", &look, &err);
    assert_int_equal(code, MW_OK);
    assert_false(look.exists);
    assert_int_equal(look.have.kind, MW_VALUE_ABSENT);
    mw_look_release(&look);
    mw_session_close(&session);
}

/* Reading leaves no trace, not even the state directory. */
static void test_reading_writes_nothing(void **state)
{
    (void)state;
    struct mw_session_options options = options_here();
    struct mw_session session;
    options.profile = "prod";
    char *before = mw_sandbox_list(&box, ".");
    assert_int_equal(load(&session, &options, NULL), MW_OK);
    assert_int_equal(mw_session_plan(&session, NULL), MW_OK);
    assert_int_equal(mw_plan_changes(&session.plan), 3);
    mw_session_close(&session);
    char *after = mw_sandbox_list(&box, ".");
    row_string_equal("files", after, before);
    free(after);
    free(before);
}

static void test_apply_and_back(void **state)
{
    (void)state;
    mw_sandbox_put(&box, "home/.config/pip/pip.conf", "# mine\n", 0600);
    apply("prod");
    char *pip = mw_sandbox_get(&box, "home/.config/pip/pip.conf");
    assert_non_null(strstr(pip, "index-url"));
    free(pip);

    struct mw_session_options options = options_here();
    struct mw_session session;
    struct mw_outcome outcome = {0};
    assert_int_equal(mw_session_open(&session, &options, &mw_ops_real, NULL), MW_OK);
    assert_int_equal(mw_session_begin(&session, MW_INTENT_WRITE, NULL, NULL), MW_OK);
    assert_int_equal(mw_session_plan_rollback(&session, -1, NULL), MW_OK);
    assert_int_equal(mw_session_apply(&session, NULL, &outcome, NULL), MW_OK);
    assert_int_equal(outcome.generation, 2);
    assert_int_equal(session.restores, 0);
    mw_outcome_release(&outcome);
    mw_session_close(&session);
    char *back = mw_sandbox_get(&box, "home/.config/pip/pip.conf");
    assert_string_equal(back, "# mine\n");
    free(back);
}

int main(void)
{
#define IN_SANDBOX(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    const struct CMUnitTest tests[] = {
        IN_SANDBOX(test_who_names_the_profile),
        IN_SANDBOX(test_which_file_wins),
        IN_SANDBOX(test_broken_files_that_nobody_asked_for),
        IN_SANDBOX(test_a_repository_is_a_stranger),
        IN_SANDBOX(test_trust_covers_what_it_extends),
        IN_SANDBOX(test_root_looks_at_the_whole_way),
        IN_SANDBOX(test_a_run_under_way),
        IN_SANDBOX(test_values),
        IN_SANDBOX(test_refusals),
        IN_SANDBOX(test_only_and_skip),
        IN_SANDBOX(test_fastest_without_a_measurement),
        IN_SANDBOX(test_named_catalogue),
        IN_SANDBOX(test_look),
        IN_SANDBOX(test_reading_writes_nothing),
        IN_SANDBOX(test_apply_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
