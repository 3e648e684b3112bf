/* The manuals of the files: mirrorwise-profile(5), mirrorwise-mirrors(5), mirrorwise-tool(5); and
 * a profile to begin with. */
#include <stddef.h>

#include "generate.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/tool.h"

static void put_list(struct mw_buf *out, const char *title, const struct word *words, size_t count)
{
    if (title != NULL)
        mw_mdoc_subsection(out, title);
    mw_mdoc_words(out, words, count);
}

#define PUT_LIST(out, title, words) put_list(out, title, words, sizeof(words) / sizeof *(words))

/* ---- profiles -------------------------------------------------------------------------------- */

static const struct word profile_keys[] = {
    {"name", N_("what `--profile` calls it; else the name of the file")},
    {"summary", N_("half a sentence for lists")},
    {"extends", N_("the profile that this one goes on from, any number deep")},
    {"serial", N_("a whole number, raised with every change that everybody should apply")},
    {"expires", N_("the day from which the profile is too old to follow")},
};

static const struct word policy_keys[] = {
    {"select", N_("`ordered`: the order of the list of mirrors decides; `fastest`: measure")},
    {"metric", N_("what is fast: `latency`, `throughput` or `balanced`")},
    {"max-latency", N_("a mirror further away is not used: `300ms`")},
    {"max-age", N_("how far a mirror may lag behind the newest state seen of that service: `6h`; "
                   "what is not known is not too old")},
    {"require", N_("what a mirror must pass to be chosen: `https`, `integrity`, or `none`")},
    {"ca-file", N_("certificates of the authorities to measure with (PEM)")},
    {"missing", N_("`skip` or `configure` what is not installed; else each tool's own file says")},
};

static const struct word check_keys[] = {
    {"title", N_("what the checklist calls it")},
    {"command", N_("a program with arguments that must end with 0; no shell reads it")},
    {"file", N_("or a file that must be there")},
    {"expected", N_("what the output or the file must hold")},
    {"why", N_("what goes wrong without it")},
    {"fix", N_("the command that mends it")},
    {"timeout", N_("how long the command may take: `5s`")},
};

static const struct word watch_keys[] = {
    {"switch", N_("`never`, `failed` or `better`: when to switch over")},
    {"interval, survey", N_("how often the mirror in use, and all others, are asked: `15m`")},
    {"fall, rise", N_("how many answers in turn make a mirror fail, and come back")},
    {"hold", N_("how long a choice stays: `6h`")},
    {"budget", N_("requests and bytes a day: `400, 3MiB`")},
};

static const struct word value_forms[] = {
    {"@ID", N_("a mirror of the list, by its id")},
    {"@fastest", N_("the best usable one; `@fastest:3` up to three, best first")},
    {"${env:NAME}", N_("an environment variable; such a value is secret everywhere after")},
    {"${file:PATH}", N_("the content of a file; secret as well")},
    {"KEY =", N_("nothing: the key is removed from the tool's file")},
    {"KEY += ITEM, KEY -= ITEM", N_("one item more or less in a list, the others as they stand")},
};

/* Every built-in tool with its keys, as a profile names them. */
static void put_tools(struct mw_buf *out)
{
    mw_mdoc_section(out, _("TOOLS"));
    mw_mdoc_paragraph(out, _("What is built in. `mirror` is a key of each that has mirrors; a tool "
                             "with several services has one more key a service, named by its id."));
    mw_mdoc_list(out);
    for (size_t i = 0; i < mw_tool_count(); i++) {
        const struct mw_tool *tool = mw_tool_at(i);
        if (tool == NULL)
            continue;
        MW_AUTO(mw_strings) keys = {0};
        mw_tool_key_names(tool, &keys);
        MW_FREE char *names = mw_strings_join(&keys, "`, `");
        MW_FREE char *tag = mw_xasprintf("[%s]", tool->id);
        MW_FREE char *text = mw_xasprintf(_("%s: `%s`"), mw_tool_title(tool), names);
        mw_mdoc_item(out, tag, text);
    }
    mw_mdoc_list_end(out);
}

void mw_generate_man_profile(struct mw_buf *out)
{
    mw_mdoc_begin(out, "mirrorwise-profile", "5", _("what is wanted of a machine"));
    mw_mdoc_section(out, _("DESCRIPTION"));
    mw_mdoc_paragraph(
        out, _("A profile is an INI file. `dev`, `test` and `prod` are built in; later ones of a "
               "name win: `/usr/share/mirrorwise/profiles`, `/etc/mirrorwise/profiles`, "
               "`~/.config/mirrorwise/profiles`. Those of `./.mirrorwise` belong to a project, "
               "never replace a name, and count when they are trusted (`--trust`)."));
    mw_mdoc_paragraph(
        out, _("Trust is of bytes: those of the profile, of what it extends in the repository, of "
               "all files of its `.mirrorwise`, and of the files that its settings and commands "
               "name there. A command with a word that could lead anywhere (a text for a shell, a "
               "folder, an option with a path) takes every file of the repository along, up to "
               "1000 of them and 32 MiB; a script in `.mirrorwise` does not. What trusted programs "
               "run in turn is not looked at."));
    mw_mdoc_paragraph(
        out, _("`#` and `;` start a comment, also at the end of a line; a value that holds one "
               "stands in double quotes. A key that no profile names is never touched. Unknown "
               "sections and keys, wrong types and cycles end the run with 65, file and line."));
    PUT_LIST(out, "[profile]", profile_keys);
    PUT_LIST(out, "[policy]", policy_keys);
    mw_mdoc_subsection(out, _("[TOOL]: settings of a tool"));
    mw_mdoc_paragraph(out, _("Keys are the tool's own (`--list tools` shows them). `mirror` writes "
                             "whatever puts the tool on a mirror: `@ID`, `@fastest`, `@fastest:2` "
                             "or an address."));
    PUT_LIST(out, NULL, value_forms);
    mw_mdoc_subsection(out, "[all]");
    mw_mdoc_paragraph(
        out, _("`mirror = @fastest` or `@ID` speaks for every tool of this machine that has "
               "mirrors and no wish of its own. It replaces a tool's default and known mirrors; "
               "another address, a company's, stays, and is said."));
    PUT_LIST(out, "[check.NAME]", check_keys);
    PUT_LIST(out, "[watch]", watch_keys);
    mw_mdoc_paragraph(out, _("`[watch]` is read and checked; nothing watches in this version."));
    put_tools(out);
    mw_mdoc_section(out, _("EXAMPLES"));
    mw_mdoc_example(out, "[profile]\n"
                         "name    = team\n"
                         "serial  = 1\n"
                         "summary = Our workstations\n"
                         "extends = dev\n"
                         "\n"
                         "[go]\n"
                         "GOPRIVATE = git.example.com\n"
                         "\n"
                         "[check.vpn]\n"
                         "title    = VPN client\n"
                         "command  = vpnctl --version\n"
                         "expected = 4.\n"
                         "fix      = sudo apt-get install -y vpnctl\n");
    mw_mdoc_see_also(out, (const char *const[]){"mirrorwise(1)", "mirrorwise-mirrors(5)",
                                                "mirrorwise-tool(5)", NULL});
}

/* ---- mirrors --------------------------------------------------------------------------------- */

static const struct word service_fields[] = {
    {"tool", N_("the id of the service: a set of mirrors that serve the same content")},
    {"title, title_zh", N_("its name")},
    {"mirrors", N_("a list of mirrors, in the order of preference")},
    {"probe", N_("one request or a list; the first is timed, the others are asked once: `path`, "
                 "`method`, `accept`, `agent`, `range`, `status`, `type`, `starts_with`, `json`, "
                 "or `protocol` where requests follow from answers")},
    {"canary", N_("a small immutable object that every honest mirror serves byte for byte: `path` "
                  "with `sha256` and `bytes`, `begins` or `contains`; `null`: these mirrors have "
                  "none")},
    {"bulk", N_("a larger object, to measure throughput")},
    {"age", N_("where the mirror says how fresh it is: `path`, `from` and `as`")},
    {"max_age", N_("the lag from which a mirror is too old where no profile says")},
};

static const struct word mirror_fields[] = {
    {"id, url", N_("required; `@ID` in a profile means it")},
    {"name, name_zh, operator, region", N_("for people")},
    {"verified, source", N_("who says that it works, and when that was")},
    {"status", N_("`active`; `fallback`: only where nothing else is usable; `dead`: never chosen, "
                  "and named where it is still in use")},
    {"reason", N_("why it is not active")},
    {"aliases", N_("other addresses of the same mirror, exact or with one `*` for a host label")},
    {"style", N_("for registries with a path: `before-v2` or `after-v2`")},
    {"lacks", N_("parts that it does not have")},
    {"rebase", N_("two paths: where the first begins what is asked for, the second stands here")},
    {"default", N_("`true` for the row `upstream`: the tool's own default; choosing it removes "
                   "what a mirror had set")},
};

void mw_generate_man_catalog(struct mw_buf *out)
{
    mw_mdoc_begin(out, "mirrorwise-mirrors", "5", _("lists of mirrors"));
    mw_mdoc_section(out, _("DESCRIPTION"));
    mw_mdoc_paragraph(
        out, _("One JSON file a service. Built in, extended or replaced by id through "
               "`/etc/mirrorwise/mirrors/`, `~/.config/mirrorwise/mirrors/` and `--catalog FILE`. "
               "Unknown fields are refused with file, line and column, unless their names begin "
               "with `x-`."));
    PUT_LIST(out, _("Of the file"), service_fields);
    PUT_LIST(out, _("Of a mirror"), mirror_fields);
    mw_mdoc_section(out, _("EXAMPLES"));
    mw_mdoc_example(out, "{\"tool\": \"go\", \"mirrors\": [\n"
                         "  {\"id\": \"corp\", \"name\": \"Ours\", \"url\": "
                         "\"https://goproxy.example.com\"}\n"
                         "]}\n");
    mw_mdoc_see_also(out, (const char *const[]){"mirrorwise(1)", "mirrorwise-profile(5)",
                                                "mirrorwise-tool(5)", NULL});
}

/* ---- tools ----------------------------------------------------------------------------------- */

static const struct word tool_fields[] = {
    {"tool", N_("the id, as the file is called: the section of a profile, the name in `--only`")},
    {"title, title_zh", N_("its name")},
    {"group", N_("`language`, `system` or `container`")},
    {"programs", N_("names in PATH, or paths; any of them means installed")},
    {"prepare", N_("`true`: configured although it is not installed")},
    {"packages", N_("what brings it, by the program that installs packages: `apt-get`, `dnf`, …")},
    {"version, version_file", N_("the command that tells its version, and a file that tells it "
                                 "faster")},
    {"expands", N_("`true`: `${NAME}` in a value is put in by the tool itself")},
    {"opt_in", N_("why `[all]` passes it over")},
    {"sections", N_("each key stands below one of them; the first is the one shown")},
    {"sources", N_("every place where a value may come from, weakest first")},
    {"keys", N_("the settings that it knows, by name")},
    {"whole, others", N_("`true`: no other key is a setting of the tool; else names that it has as "
                         "well, so that a name which is nearly a key is told")},
    {"mirror", N_("what choosing a mirror writes, one row a setting")},
    {"ask", N_("the tool's own command that tells a value, for `--doctor -v`")},
    {"hooks, checks", N_("code for what data cannot say, by name")},
    {"locks, locks_mirror",
     N_("lock files of a project, in which a mirror's address is told, with the tool's command "
        "that "
        "takes it out or an empty text; `true`: that puts the mirror in use there")},
};

static const struct word source_fields[] = {
    {"scope", N_("`user` or `system`: where is written; `project`: only read")},
    {"path", N_("a path or a list: the first that exists, else the last; `~/`, `./`, "
                "`${VAR:-DEFAULT}/` and `{prefix}/` may begin it")},
    {"exists", N_("`folder`: its folder is what is tested")},
    {"format", N_("the editor: `go-env`, `ini`, `npmrc`, `json`, `toml`, `yaml`, `xml`, …")},
    {"only_read", N_("`true`: never written, whatever its scope")},
    {"moved_by", N_("the variable that names another file")},
    {"off", N_("what that variable says for no file")},
    {"never_made", N_("why the file is not made where it is not there")},
    {"upward", N_("the folders above are searched, too")},
    {"for", N_("it concerns that program only")},
    {"keys", N_("the keys that it holds, as they are spelled there")},
    {"own, content", N_("a file wholly ours, with its lines; `{key}` is the value, lines of unset "
                        "keys drop out")},
    {"block", N_("the content between two marked lines of a file that is not ours")},
    {"shell", N_("`true`: the shared file for tools that know only the environment")},
    {"environment, any_case", N_("the variable of a key: `{key}` as it is, `{KEY}` in upper case "
                                 "with `_`, `{LAST}` what follows the last dot")},
    {"hook", N_("found by code")},
};

static const struct word key_fields[] = {
    {"type", N_("`text`, `url`, `url-list`, `list`, `bool`, `number`, `seconds`, `path`, "
                "`host-list`, `glob-list` or `choice`; `object` and `any` are only read")},
    {"choices", N_("the words of a choice, or the names that an object may hold")},
    {"grammar", N_("a check of its own, by name")},
    {"as", N_("the path in the file, where it differs from the name")},
    {"also", N_("another path that says the same, used where the file has it")},
    {"only", N_("choices that not every version knows, with `since` and `until`")},
    {"item, fields, closed", N_("what a list or an object is made of; `closed`: of nothing else")},
    {"except", N_("names that an object must not hold")},
    {"by", N_("a key beside it, and its default: the field of that value says what the object is")},
    {"whole", N_("a grammar for all the items or fields together")},
    {"or", N_("another kind of value, in its versions")},
    {"requires, forbids", N_("what has to, or must not, stand beside a value")},
    {"flag, letter", N_("the flag of the program that says the same")},
    {"unheard", N_("`environment`, `computed`, `flag` or `dropped`: why the tool does not listen "
                   "to it there")},
    {"instead", N_("the key that is meant")},
    {"names",
     N_("keys with a `{name}`, one of which must be there for the name that the value is")},
    {"follows", N_("the key that leads on from there")},
    {"unique, taken",
     N_("`true`: no other `{name}` has the same value; values that the tool itself "
        "has under a name")},
    {"needs, needs_if, excludes",
     N_("keys, or fields of an object, that have to be there as well, for that value only; keys "
        "that must not")},
    {"exists, beside", N_("`program`, `path` or `if-named`: what has to be on the machine; where a "
                          "relative path begins, seen from the folder of the file")},
    {"kinds", N_("of `any`: `text`, `list`, `items`, `number`, `bool`, `object`")},
    {"range", N_("of a number: `1..10`")},
    {"empty", N_("`list`: an empty wish writes an empty list and does not remove the key; "
                 "`refused`: the tool stops at an empty text; `nothing`: an empty value in a file "
                 "is as good as none")},
    {"only_read", N_("`true`: judged where it stands, never set by a profile")},
    {"since, until", N_("the first version that knows it, the first that does not")},
    {"secret", N_("`true`: masked wherever it is shown")},
    {"risk", N_("the finding that a value means, or why there is none")},
    {"summary, summary_zh", N_("half a sentence")},
};

static const struct word row_fields[] = {
    {"set, to", N_("the key and its text or list; `{url}` is the address without final slashes")},
    {"from", N_("the service; else the one of the tool's own id")},
    {"each, join, last", N_("all chosen mirrors, what stands between them, what comes last")},
    {"name", N_("for `{name}` where no table holds the address yet")},
    {"if", N_("only where a key has a value, or is absent")},
    {"default", N_("what is written in place of nothing when the tool goes back to its default")},
    {"part", N_("left out where the mirror lacks it")},
};

void mw_generate_man_tool(struct mw_buf *out)
{
    mw_mdoc_begin(out, "mirrorwise-tool", "5", _("what a tool is"));
    mw_mdoc_section(out, _("DESCRIPTION"));
    mw_mdoc_paragraph(
        out, _("One JSON file a tool. Built in, extended or replaced by id through "
               "`/usr/share/mirrorwise/tools/`, `/etc/mirrorwise/tools/` and "
               "`~/.config/mirrorwise/tools/`; never from a project. A team's own tool gets a "
               "panel, a plan, a check and a rollback by one file. Unknown fields are refused with "
               "file, line and column, unless their names begin with `x-`."));
    PUT_LIST(out, _("Of the file"), tool_fields);
    PUT_LIST(out, _("Of a source"), source_fields);
    PUT_LIST(out, _("Of a key"), key_fields);
    PUT_LIST(out, _("Of a row of `mirror`"), row_fields);
    mw_mdoc_section(out, _("EXAMPLES"));
    mw_mdoc_example(
        out,
        "{\"tool\": \"fetcher\", \"title\": \"Fetcher\", \"group\": \"language\",\n"
        " \"programs\": [\"fetcher\"], \"prepare\": false,\n"
        " \"sources\": [{\"scope\": \"user\", \"path\": \"~/.fetcherrc\", "
        "\"format\": \"npmrc\"}],\n"
        " \"keys\": {\"registry\": {\"type\": \"url\", \"risk\": \"where packages come from\",\n"
        "   \"summary\": \"where packages come from\"}},\n"
        " \"mirror\": [{\"set\": \"registry\", \"to\": \"{url}/\", \"from\": \"npm\"}]}\n");
    mw_mdoc_see_also(out, (const char *const[]){"mirrorwise(1)", "mirrorwise-mirrors(5)",
                                                "mirrorwise-profile(5)", NULL});
}

/* ---- a profile to begin with ------------------------------------------------------------------
 */

void mw_generate_profile(struct mw_buf *out)
{
    mw_buf_puts(
        out,
        _("; Save it as ~/.config/mirrorwise/profiles/team.ini, or, in a repository, as\n"
          "; ./.mirrorwise/team.ini. What begins with ';' is a comment; take it away to use it.\n"
          "\n"
          "[profile]\n"
          "name    = team\n"
          "summary = Our workstations\n"
          "extends = dev                  ; the mirrors: dev measures, prod names them\n"
          "serial  = 1                    ; raise it when everybody should apply it again\n"
          ";expires = 2027-12-31          ; from then on it is too old to follow\n"
          "\n"
          "[policy]\n"
          ";select      = fastest         ; ordered: those of the catalogue, in its order\n"
          ";require     = https, integrity\n"
          ";max-latency = 300ms\n"
          ";max-age     = 6h              ; a mirror further behind is not used\n"
          ";missing     = skip            ; tools that are not installed: skip, configure\n"
          "\n"
          "[all]\n"
          ";mirror = @fastest             ; every tool of this machine that has mirrors\n"
          "\n"
          "[go]\n"
          ";GOPRIVATE = git.example.com   ; never asked of a public proxy\n"
          "\n"
          "[pip]\n"
          ";global.extra-index-url += https://pypi.example.com/simple ; adds one to the list\n"
          "\n"
          "[docker]\n"
          ";registry-mirrors = @fastest:3 ; up to three, the best first\n"
          "\n"
          ";[check.vpn]                   ; your own line in --checklist\n"
          ";title    = VPN client\n"
          ";command  = vpnctl --version   ; must end with 0, its output hold what is expected\n"
          ";expected = 4.\n"
          ";timeout  = 5s\n"
          ";why      = the git server is not reachable without it\n"
          ";fix      = sudo apt-get install -y vpnctl\n"));
}
