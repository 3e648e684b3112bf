/* Findings about dangerous values, one row each. Which value of which key is one says "risk" in the
 * file of the tool. What they have in common: somebody else decides what runs here, or learns what
 * should stay inside. Ids are kept for ever: --accept-risk names them. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

#define RUNS_PROGRAM                                                                               \
    N_("it names a program that then runs with your rights whenever the tool does its work")
#define RUNS_PROGRAM_REMEDY N_("Remove it unless you know that program and who may change it.")

static const struct mw_risk risks[] = {
    {"docker-cdi-folder", MW_RISK_WARNING,
     .sentence = N_("files in this folder name programs that run as root when a container starts"),
     .remedy = N_("Use /etc/cdi, where only root may write.")},
    {"docker-cors", MW_RISK_ERROR,
     .sentence = N_("a page in a browser may command this engine, and with it everything here"),
     .remedy = N_("Remove it.")},
    {"docker-group", MW_RISK_WARNING, .sentence = N_("everybody in this group is root here"),
     .remedy = N_("Use a group of its own, such as docker, and put into it whom you mean.")},
    {"docker-hosts-tcp", MW_RISK_ERROR, .is_choice = true,
     .sentence = N_("whoever reaches this port without a certificate is root here"),
     .remedy = N_("Use the Unix socket, or tlsverify with certificates, or ssh.")},
    {"docker-http-mirror", MW_RISK_BY_POLICY,
     .sentence = N_("a mirror decides what a tag means, and over plain http everybody on the "
                    "way does"),
     .remedy = N_("Use the https address of the mirror.")},
    {"docker-insecure-registry", MW_RISK_ERROR, .is_choice = true,
     .sentence = N_("images of these registries come without checking who answers, and images "
                    "run as root"),
     .remedy = N_("Give the registry a certificate; a private authority goes into "
                  "/etc/docker/certs.d/HOST/ca.crt.")},
    {"docker-no-seccomp", MW_RISK_WARNING,
     .sentence = N_("containers may make every system call, which is how they break out"),
     .remedy = N_("Remove it, and give --security-opt to the container that needs it.")},
    {"docker-other-registry", MW_RISK_WARNING,
     .sentence = N_("this is a registry of its own and no mirror of Docker Hub, so that every pull "
                    "asks it in vain"),
     .remedy = N_("Remove it; images of that registry are pulled by their full name.")},
    {"docker-tls-unverified", MW_RISK_WARNING,
     .sentence =
         N_("whoever reaches a port of this engine may command it, with any certificate or none"),
     .remedy = N_("Set it to true, with tlscacert, tlscert and tlskey.")},
    {"go-auth-command", MW_RISK_WARNING, .sentence = RUNS_PROGRAM, .remedy = RUNS_PROGRAM_REMEDY},
    {"go-cgo-allow", MW_RISK_WARNING,
     .sentence = N_("packages may pass flags to the compiler that go keeps from it for good "
                    "reason, such as plugins"),
     .remedy = N_("Remove it, or set it on the command line of the one build that needs it.")},
    {"go-cgo-program", MW_RISK_WARNING,
     .sentence = N_("the flags of the compiler or linker name a program or code that then runs in "
                    "every build"),
     .remedy = N_("Give such a flag on the command line where it is needed.")},
    {"go-file-proxy", MW_RISK_WARNING,
     .sentence =
         N_("modules come from a folder, and whoever may write to it decides what they hold"),
     .remedy = N_("Use the https address of a proxy.")},
    {"go-flags-file", MW_RISK_WARNING,
     .sentence = N_("every build takes another file than the one that lies in the module"),
     .remedy = N_("Give such a flag on the command line where it is needed.")},
    {"go-flags-insecure", MW_RISK_ERROR,
     .sentence = N_("-insecure allows downloads without TLS and without checksums"),
     .remedy = N_("Remove it and name private modules in GOPRIVATE.")},
    {"go-flags-linker", MW_RISK_ERROR,
     .sentence = N_("the flags of the compiler or linker name a program or code that then runs in "
                    "every build"),
     .remedy = N_("Give such a flag on the command line where it is needed.")},
    {"go-flags-toolexec", MW_RISK_ERROR,
     .sentence = N_("-toolexec, -exec and -overlay put somebody's program or files into every "
                    "build"),
     .remedy = N_("Give such a flag on the command line where it is needed.")},
    {"go-http-proxy", MW_RISK_BY_POLICY,
     .sentence = N_("over plain http anybody on the way sees and changes what is downloaded"),
     .remedy = N_("Use the https address of the proxy.")},
    {"go-insecure", MW_RISK_ERROR, .is_choice = true,
     .sentence = N_("these modules are fetched without checking who answers"),
     .remedy = N_("Give the server a certificate; for private modules GOPRIVATE is enough.")},
    {"go-no-private", MW_RISK_WARNING, .is_standing = true,
     .sentence = N_("a public proxy is asked for every module, for private ones too, and learns "
                    "their names"),
     .remedy = N_("If you have private modules, name them: GOPRIVATE = git.example.com")},
    {"go-noproxy-alone", MW_RISK_WARNING,
     .sentence = N_("these modules go past the proxy, but the checksum database is still asked "
                    "for them"),
     .remedy = N_("Set GOPRIVATE instead; it is the default of both.")},
    {"go-nosumdb-all", MW_RISK_ERROR, .is_choice = true,
     .sentence = N_("this pattern matches every module, so no checksum is compared any more"),
     .remedy = N_("Name only your own modules, in GOPRIVATE.")},
    {"go-nosumdb-wide", MW_RISK_ERROR, .is_choice = true,
     .sentence =
         N_("this pattern takes in the modules of strangers, whose checksums are compared no more"),
     .remedy = N_("Name only your own modules, as host/owner.")},
    {"go-private-all", MW_RISK_ERROR, .is_choice = true,
     .sentence = N_("this pattern makes every module private: no proxy, no checksum database"),
     .remedy = N_("Name only your own modules.")},
    {"go-private-wide", MW_RISK_ERROR, .is_choice = true,
     .sentence =
         N_("this pattern takes in the modules of strangers, whose checksums are compared no more"),
     .remedy = N_("Name only your own modules, as host/owner.")},
    {"go-sumdb-off", MW_RISK_ERROR,
     .sentence = N_("without the checksum database a proxy can hand out any code under any name"),
     .remedy = N_("Leave GOSUMDB on and name private modules in GOPRIVATE.")},
    {"go-sumdb-other", MW_RISK_WARNING,
     .sentence = N_("whoever has the key of this database decides which checksums are right"),
     .remedy = N_("Use sum.golang.org, or its address in China, sum.golang.google.cn.")},
    {"go-vcs-all", MW_RISK_WARNING,
     .sentence = N_("every version control program may be run for public code, also those that "
                    "were not made for hostile servers"),
     .remedy = N_("Use public:git|hg, which is the default.")},
    {"go-work-file", MW_RISK_WARNING,
     .sentence =
         N_("every build takes the modules that this file names instead of the published ones"),
     .remedy = N_("Remove it; go finds go.work in the folders above by itself.")},
    {"pip-cert", MW_RISK_WARNING,
     .sentence = N_("whoever these certificates are of can answer as any index"),
     .remedy = N_("Make sure that the file is your company's and that only root may write to it, "
                  "or remove it.")},
    {"pip-extra-index", MW_RISK_ERROR, .is_choice = true,
     .sentence = N_("pip pools all indexes and takes the highest version from any of them, so a "
                    "stranger's package can replace yours"),
     .remedy = N_("Use one index-url that merges what you need, or install with hashes.")},
    {"pip-find-links", MW_RISK_WARNING,
     .sentence = N_("pip pools these places with the index and takes the highest version from any "
                    "of them, so a stranger's package can replace yours"),
     .remedy = N_("Use one index-url that merges what you need, or install with hashes.")},
    {"pip-http-index", MW_RISK_BY_POLICY,
     .sentence = N_("over plain http anybody on the way sees and changes what is installed"),
     .remedy = N_("Use the https address of the index.")},
    {"pip-http-links", MW_RISK_BY_POLICY,
     .sentence = N_("over plain http anybody on the way sees and changes what is installed"),
     .remedy = N_("Use an https address or a local directory.")},
    {"pip-no-hashes", MW_RISK_ERROR,
     .sentence = N_("hashes that requirements name are compared no more"),
     .remedy = N_("Remove it.")},
    {"pip-trusted-host", MW_RISK_BY_POLICY, .is_choice = true,
     .sentence = N_("pip does not check who answers as these hosts"),
     .remedy = N_("Use https with a certificate; a private authority goes into cert.")},
};
enum { RISK_COUNT = sizeof risks / sizeof *risks };

/* What the end of an id says, for tools whose files bring ids of their own. */
static const struct mw_risk endings[] = {
    {"-tls-off", MW_RISK_ERROR,
     .sentence = N_(
         "nobody checks who answers, and anybody on the way sees and changes what is downloaded"),
     .remedy =
         N_("Leave it on; a private authority goes into the tool's own list of certificates.")},
    {"-runs-program", MW_RISK_WARNING, .sentence = RUNS_PROGRAM, .remedy = RUNS_PROGRAM_REMEDY},
    {"-file-index", MW_RISK_WARNING,
     .sentence =
         N_("packages come from a folder, and whoever may write to it decides what they hold"),
     .remedy = N_("Use the https address of the index.")},
    {"-foreign-file", MW_RISK_WARNING,
     .sentence = N_("every install takes in what this file or address names, and its code runs"),
     .remedy = N_("Name it on the command line where it is needed.")},
    {"-plain-http", MW_RISK_BY_POLICY,
     .sentence = N_("over plain http everybody on the way sees and changes what is downloaded"),
     .remedy = N_("Use the https address of the mirror.")},
    {"-plain-hosts", MW_RISK_WARNING,
     .sentence = N_("over plain http everybody on the way sees and changes what is downloaded"),
     .remedy = N_("Remove it, and use https addresses.")},
    {"-checksums-off", MW_RISK_ERROR,
     .sentence = N_("a package that differs from the lock file is installed all the same"),
     .remedy = N_("Remove it.")},
    {"-foreign-ca", MW_RISK_WARNING,
     .sentence = N_("whoever owns one of these certificates decides what is downloaded"),
     .remedy = N_("Keep it only if the certificates are your company's.")},
    {"-no-revocation", MW_RISK_WARNING,
     .sentence = N_("a certificate that was stolen and withdrawn is believed"),
     .remedy = N_("Remove it.")},
    {"-shared-cache", MW_RISK_WARNING,
     .sentence = N_("others may write to this folder, and what lies in it is not checked again"),
     .remedy = N_("Use a folder of your own.")},
    {"-nvm-port", MW_RISK_WARNING,
     .sentence = N_("nvm takes no address with a port and refuses to download"),
     .remedy = N_("Use an address without a port.")},
    {"-no-checksums", MW_RISK_ERROR,
     .sentence = N_("what is downloaded is not compared with what it should be"),
     .remedy = N_("Remove it.")},
    {"", MW_RISK_ERROR, .sentence = N_("the file of this tool calls the value dangerous"),
     .remedy = N_("Remove it.")},
};

const struct mw_risk *mw_risk_find(const char *id)
{
    for (size_t i = 0; i < RISK_COUNT; i++) {
        if (strcmp(risks[i].id, id) == 0)
            return &risks[i];
    }
    size_t len = strlen(id), i = 0;
    while (strlen(endings[i].id) > len ||
           strcmp(id + len - strlen(endings[i].id), endings[i].id) != 0)
        i++; /* the last one is the end of everything */
    return &endings[i];
}

static void add_once(struct mw_strings *ids, const char *id)
{
    mw_strings_add_new(ids, id);
}

void mw_risk_ids(struct mw_strings *ids)
{
    for (size_t t = 0; t < mw_tool_count(); t++) {
        const struct mw_tool *tool = mw_tool_at(t);
        for (size_t k = 0; tool != NULL && k < tool->key_count; k++) {
            const struct mw_pairs *pairs = &mw_tool_key_at(tool, k)->risks;
            for (size_t i = 0; i < pairs->count; i++)
                add_once(ids, pairs->items[i].value);
        }
    }
}
