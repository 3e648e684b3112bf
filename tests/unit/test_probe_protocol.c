/* What is asked of a mirror, and what counts as a good answer: every protocol against scripted
 * answers. */
#include <stdlib.h>

#include "../../src/probe/exchange.h"
#include "mirrorwise/hash.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/module.h"
#include "mirrorwise/text.h"
#include "support/inquiries.h"
#include "support/rows.h"

#define GO_MOD "module \"rsc.io/quote\"\n\nrequire \"rsc.io/sampler\" v1.3.0\n"
#define GO_SHA256 "b167e79090d79e4b5738995c62a2186548fc33c919d6b4da1d36cc8c7c1e40c1"
#define WHEEL "wheel"
#define TREE                                                                                       \
    "go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n\n"              \
    "\xe2\x80\x94 sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+"              \
    "1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=\n"
#define JSON_TYPE "application/vnd.pypi.simple.v1+json"
#define MANIFEST_TYPE "application/vnd.docker.distribution.manifest.v2+json"

static char wheel_sha256[MW_SHA256_HEX];
static char go_canary_sha256[] = GO_SHA256;

static struct mw_canary go_canary = {
    .path = (char *)"/q/@v/v1.mod", .sha256 = go_canary_sha256, .bytes = 55};
static struct mw_canary pip_canary = {
    .project = (char *)"ini", .file = (char *)"ini-1.whl", .sha256 = wheel_sha256, .bytes = 5};
static struct mw_canary docker_canary = {.repository = (char *)"library/hi",
                                         .digest = (char *)"sha256:abc",
                                         .sha256 = wheel_sha256,
                                         .bytes = 5};

static const struct mw_age_rule bandersnatch = {.path = (char *)"../last-modified",
                                                .form = MW_AGE_DIGITS};

/* One answer of a script. */
struct reply {
    const char *url; /* that must have been asked */
    long status;
    const char *type, *body, *location, *challenge;
    const char *authorization; /* that must have been sent */
    bool is_cut, is_registry;
    long retry_after_s, proxy_status;
    bool is_proxied;
    const char *address;          /* that was tried; NULL: not known */
    enum mw_probe_class class;    /* 0: OK */
    enum probe_scope least_scope; /* that must have been asked for */
};

struct script {
    const char *name, *tool, *url;
    enum probe_kind kind;
    bool is_thorough, without_canary, is_relayed;
    const struct mw_age_rule *age;
    struct reply replies[8];
    enum mw_probe_class class;
    enum mw_probe_integrity integrity;
    const char *said; /* part of reason or note, or NULL */
    const char *host;
};

#define PAGE_URL "https://m.example/simple/ini/"
#define PAGE_HTML(link) "<html><a href=\"" link "\">ini-1.whl</a></html>"
#define PAGE_JSON(link)                                                                            \
    "{\"files\":[{\"filename\":\"other\",\"url\":\"x\"},{\"filename\":\"ini-1.whl\",\"url\":"      \
    "\"" link "\"}]}"
#define V2 "https://m.example/v2/"
#define MANIFEST V2 "library/hi/manifests/sha256:abc"
#define BEARER "Bearer realm=\"https://auth.example/token\",service=\"a, b\",scope=\"x:y:z\""
#define TOKEN_URL                                                                                  \
    "https://auth.example/token?service=a%2C%20b&scope=repository%3Alibrary%2Fhi%3Apull"

/* clang-format off */
static const struct script scripts[] = {
    {.name = "go: the canary", .tool = "go", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.url = "https://m.example/q/@v/v1.mod", .status = 200, .type = "text/plain",
          .body = GO_MOD}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE, .host = "m.example"},
    {.name = "go: below a path with a slash", .tool = "go", .url = "https://m.example/goproxy/",
     .kind = PROBE_FULL,
     .replies = {{.url = "https://m.example/goproxy/q/@v/v1.mod", .status = 200, .body = GO_MOD}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE},
    {.name = "go: forged", .tool = "go", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.status = 200, .type = "text/plain", .body = "module evil\n"}},
     .class = MW_PROBE_INTEGRITY, .integrity = MW_PROBE_WRONG, .said = "SHA-256"},
    {.name = "go: longer than it can be", .tool = "go", .url = "https://m.example",
     .kind = PROBE_FULL,
     .replies = {{.status = 200, .type = "text/plain", .body = GO_MOD, .is_cut = true}},
     .class = MW_PROBE_INTEGRITY, .integrity = MW_PROBE_WRONG, .said = "longer"},
    {.name = "go: the right bytes under a strange type", .tool = "go",
     .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.status = 200, .type = "text/html", .body = GO_MOD}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE},
    {.name = "go: empty", .tool = "go", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.status = 200, .type = "text/plain", .body = ""}},
     .class = MW_PROBE_CONTENT, .integrity = MW_PROBE_UNCHECKED, .said = "empty"},
    {.name = "go: portal", .tool = "go", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.status = 200, .type = "Text/HTML; charset=x", .body = "<html>"}},
     .class = MW_PROBE_CONTENT, .integrity = MW_PROBE_UNCHECKED, .said = "web page"},
    {.name = "go: 403", .tool = "go", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.status = 403, .type = "text/html", .body = "no"}},
     .class = MW_PROBE_HTTP, .integrity = MW_PROBE_UNCHECKED, .said = "403"},
    {.name = "go: 511", .tool = "go", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.status = 511, .body = ""}},
     .class = MW_PROBE_CONTENT, .integrity = MW_PROBE_UNCHECKED, .said = "wants a login"},
    {.name = "go: 407 of a proxy on http", .tool = "go", .url = "http://localhost",
     .kind = PROBE_FULL, .replies = {{.status = 407, .body = "", .is_proxied = true}},
     .class = MW_PROBE_PROXY, .integrity = MW_PROBE_UNCHECKED, .said = "name and password"},
    {.name = "go: 407 of the mirror", .tool = "go", .url = "http://localhost",
     .kind = PROBE_FULL, .replies = {{.status = 407, .body = ""}},
     .class = MW_PROBE_HTTP, .integrity = MW_PROBE_UNCHECKED, .said = "It answers 407"},
    {.name = "go: 407 instead of a tunnel", .tool = "go", .url = "https://m.example",
     .kind = PROBE_FULL, .replies = {{.class = MW_PROBE_PROXY, .proxy_status = 407}},
     .class = MW_PROBE_PROXY, .integrity = MW_PROBE_UNCHECKED, .said = "name and password"},
    {.name = "go: no proxy there", .tool = "go", .url = "https://m.example",
     .kind = PROBE_FULL, .replies = {{.class = MW_PROBE_PROXY}},
     .class = MW_PROBE_PROXY, .integrity = MW_PROBE_UNCHECKED, .said = "cannot be reached"},
    {.name = "go: a name that leads to this machine", .tool = "go", .url = "https://m.example",
     .kind = PROBE_FULL, .replies = {{.class = MW_PROBE_REFUSED, .address = "127.0.0.1"}},
     .class = MW_PROBE_REFUSED, .integrity = MW_PROBE_UNCHECKED, .said = "m.example (127.0.0.1) r"},
    {.name = "go: a name that leads nowhere", .tool = "go", .url = "https://m.example",
     .kind = PROBE_FULL, .replies = {{.class = MW_PROBE_POLICY, .address = "0.0.0.0"}},
     .class = MW_PROBE_DNS, .integrity = MW_PROBE_UNCHECKED, .said = "(0.0.0.0)"},
    {.name = "go: a name that leads elsewhere", .tool = "go", .url = "https://m.example",
     .kind = PROBE_FULL, .replies = {{.class = MW_PROBE_REFUSED, .address = "192.0.2.1"}},
     .class = MW_PROBE_REFUSED, .integrity = MW_PROBE_UNCHECKED, .said = "m.example refuses"},
    {.name = "go: 204 is not 200", .tool = "go", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.status = 204, .body = ""}},
     .class = MW_PROBE_HTTP, .integrity = MW_PROBE_UNCHECKED, .said = "204"},
    {.name = "go: 429", .tool = "go", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.status = 429, .body = "", .retry_after_s = 30}},
     .class = MW_PROBE_RATE_LIMITED, .integrity = MW_PROBE_UNCHECKED, .said = "30 s"},
    {.name = "go: 503 with a time to come back", .tool = "go", .url = "https://m.example",
     .kind = PROBE_FULL,
     .replies = {{.status = 503, .body = "", .retry_after_s = 5}},
     .class = MW_PROBE_RATE_LIMITED, .integrity = MW_PROBE_UNCHECKED, .said = "5 s"},
    {.name = "go: 503 without", .tool = "go", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.status = 503, .body = "", .retry_after_s = -1}},
     .class = MW_PROBE_HTTP, .integrity = MW_PROBE_UNCHECKED, .said = "503"},
    {.name = "go: relays the checksums", .tool = "go", .url = "https://m.example",
     .kind = PROBE_FULL, .is_thorough = true,
     .replies = {{.status = 200, .body = GO_MOD},
         {.url = "https://m.example/sumdb/sum.golang.org/supported", .status = 200, .body = ""}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE},
    {.name = "go: does not", .tool = "go", .url = "https://m.example", .kind = PROBE_FULL,
     .is_thorough = true,
     .replies = {{.status = 200, .body = GO_MOD}, {.status = 404, .body = ""}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE, .said = "directly"},
    {.name = "go: refuses to", .tool = "go", .url = "https://m.example", .kind = PROBE_FULL,
     .is_thorough = true,
     .replies = {{.status = 200, .body = GO_MOD}, {.status = 403, .body = ""}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE, .said = "an address of its own"},
    {.name = "go: breaks off there, which is no matter", .tool = "go", .url = "https://m.example",
     .kind = PROBE_FULL, .is_thorough = true,
     .replies = {{.status = 200, .body = GO_MOD}, {.class = MW_PROBE_TIMEOUT}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE},
    {.name = "go: without a canary", .tool = "go", .url = "https://m.example", .kind = PROBE_FULL,
     .without_canary = true,
     .replies = {{.url = "https://m.example/rsc.io/quote/@v/v1.5.2.info", .status = 200,
          .body = "{\"Version\":\"v1.5.2\"}"}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_UNCHECKED},
    {.name = "go: without a canary, no proxy", .tool = "go", .url = "https://m.example",
     .kind = PROBE_FULL, .without_canary = true,
     .replies = {{.status = 200, .body = "hello"}},
     .class = MW_PROBE_CONTENT, .integrity = MW_PROBE_UNCHECKED},
    {.name = "sumdb: directly", .tool = MW_PROBE_SUMDB, .url = "https://m.example",
     .kind = PROBE_FULL,
     .replies = {{.url = "https://m.example/latest", .status = 200, .body = TREE}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE, .said = "6476701"},
    {.name = "sumdb: relayed", .tool = MW_PROBE_SUMDB, .url = "https://m.example/p/sumdb/x",
     .kind = PROBE_FULL, .is_relayed = true,
     .replies = {{.url = "https://m.example/p/sumdb/x/supported", .status = 200, .body = ""},
         {.url = "https://m.example/p/sumdb/x/latest", .status = 200, .body = TREE}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE, .said = "6476701"},
    {.name = "sumdb: not relayed", .tool = MW_PROBE_SUMDB, .url = "https://m.example/sumdb/x",
     .kind = PROBE_FULL, .is_relayed = true, .replies = {{.status = 404, .body = ""}},
     .class = MW_PROBE_HTTP, .integrity = MW_PROBE_UNCHECKED, .said = "404"},
    {.name = "sumdb: said to be relayed", .tool = MW_PROBE_SUMDB,
     .url = "https://m.example/sumdb/x", .kind = PROBE_FULL, .is_relayed = true,
     .replies = {{.status = 200, .body = ""}, {.status = 502, .body = ""}},
     .class = MW_PROBE_HTTP, .integrity = MW_PROBE_UNCHECKED, .said = "502"},
    {.name = "sumdb: a portal", .tool = MW_PROBE_SUMDB, .url = "https://m.example",
     .kind = PROBE_FULL, .replies = {{.status = 200, .type = "text/html", .body = "<html>"}},
     .class = MW_PROBE_INTEGRITY, .integrity = MW_PROBE_WRONG, .said = "sum.golang.org"},
    {.name = "sumdb: silent", .tool = MW_PROBE_SUMDB, .url = "https://m.example",
     .kind = PROBE_FULL, .replies = {{.class = MW_PROBE_TIMEOUT}},
     .class = MW_PROBE_TIMEOUT, .integrity = MW_PROBE_UNCHECKED},
    {.name = "redirect to another host", .tool = "go", .url = "https://m.example",
     .kind = PROBE_FULL,
     .replies = {{.status = 302, .body = "", .location = "//n.example/z"},
         {.url = "https://n.example/z", .status = 200, .body = GO_MOD,
          .least_scope = PROBE_SCOPE_PUBLIC}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE, .host = "n.example"},
    {.name = "redirect loop", .tool = "go", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.status = 302, .location = "/a"}, {.status = 301, .location = "/a"},
         {.status = 303, .location = "/a"}, {.status = 307, .location = "/a"},
         {.status = 308, .location = "/a"}, {.status = 302, .location = "/a"}},
     .class = MW_PROBE_REDIRECTED, .integrity = MW_PROBE_UNCHECKED, .said = "5 times"},
    {.name = "redirect to http", .tool = "go", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.status = 302, .location = "http://m.example/"}},
     .class = MW_PROBE_REDIRECTED, .integrity = MW_PROBE_UNCHECKED, .said = "http://m.example/"},
    {.name = "redirect to a file", .tool = "go", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.status = 302, .location = "file:///etc/hostname"}},
     .class = MW_PROBE_REDIRECTED, .integrity = MW_PROBE_UNCHECKED, .said = "file:"},
    {.name = "redirect with hostile text", .tool = "go", .url = "https://m.example",
     .kind = PROBE_FULL,
     .replies = {{.status = 302, .location = "\x1b]52;c;x\x07\xe2\x80\xae"}},
     .class = MW_PROBE_REDIRECTED, .integrity = MW_PROBE_UNCHECKED, .said = "\\x1B"},
    {.name = "redirect into a private network", .tool = "go", .url = "https://m.example",
     .kind = PROBE_FULL,
     .replies = {{.status = 302, .location = "https://inside.example/"},
         {.class = MW_PROBE_POLICY, .least_scope = PROBE_SCOPE_PUBLIC}},
     .class = MW_PROBE_REDIRECTED, .integrity = MW_PROBE_UNCHECKED, .said = "inside.example"},
    {.name = "pip: JSON, link above", .tool = "pip", .url = "https://m.example/simple",
     .kind = PROBE_FULL,
     .replies = {{.url = PAGE_URL, .status = 200, .type = JSON_TYPE,
          .body = PAGE_JSON("../../packages/ini-1.whl#sha256=0")},
         {.url = "https://m.example/packages/ini-1.whl", .status = 200, .body = WHEEL}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE, .host = "m.example"},
    {.name = "pip: HTML, link elsewhere", .tool = "pip", .url = "https://m.example/simple/",
     .kind = PROBE_FULL,
     .replies = {{.url = PAGE_URL, .status = 200, .type = "text/html",
          .body = PAGE_HTML("https://files.example/a?b=1&amp;c=2#d")},
         {.url = "https://files.example/a?b=1&c=2", .status = 200, .body = WHEEL,
          .least_scope = PROBE_SCOPE_PUBLIC}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE, .said = "files.example",
     .host = "m.example"},
    {.name = "pip: forged", .tool = "pip", .url = "https://m.example/simple", .kind = PROBE_FULL,
     .replies = {{.url = PAGE_URL, .status = 200, .type = "text/html", .body = PAGE_HTML("w")},
         {.url = PAGE_URL "w", .status = 200, .body = "whee!"}},
     .class = MW_PROBE_INTEGRITY, .integrity = MW_PROBE_WRONG, .said = "wheel"},
    {.name = "pip: portal", .tool = "pip", .url = "https://m.example/simple", .kind = PROBE_FULL,
     .replies = {{.url = PAGE_URL, .status = 200, .type = "text/html",
          .body = "<a href=/login>Log in</a>"}},
     .class = MW_PROBE_CONTENT, .integrity = MW_PROBE_UNCHECKED, .said = "does not list"},
    {.name = "pip: a type that pip does not read", .tool = "pip", .url = "https://m.example/simple",
     .kind = PROBE_FULL,
     .replies = {{.url = PAGE_URL, .status = 200, .type = "text/plain\x1b[2J",
          .body = PAGE_HTML("w")}},
     .class = MW_PROBE_CONTENT, .integrity = MW_PROBE_UNCHECKED, .said = "\\x1B"},
    {.name = "pip: links to http", .tool = "pip", .url = "https://m.example/simple",
     .kind = PROBE_FULL,
     .replies = {{.url = PAGE_URL, .status = 200, .type = "text/html",
          .body = PAGE_HTML("http://m.example/w")}},
     .class = MW_PROBE_CONTENT, .integrity = MW_PROBE_UNCHECKED, .said = "nobody"},
    {.name = "pip: the wheel is gone", .tool = "pip", .url = "https://m.example/simple",
     .kind = PROBE_FULL,
     .replies = {{.url = PAGE_URL, .status = 200, .type = "text/html", .body = PAGE_HTML("w")},
         {.status = 404, .body = ""}},
     .class = MW_PROBE_HTTP, .integrity = MW_PROBE_UNCHECKED, .said = "404"},
    {.name = "pip: a ping reads the page only", .tool = "pip", .url = "https://m.example/simple",
     .kind = PROBE_PING, .is_thorough = true,
     .replies = {{.url = PAGE_URL, .status = 200, .type = JSON_TYPE, .body = PAGE_JSON("w")}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_UNCHECKED},
    {.name = "pip: the date of bandersnatch", .tool = "pip", .url = "https://m.example/pypi/simple",
     .kind = PROBE_FULL, .is_thorough = true, .age = &bandersnatch,
     .replies = {{.url = "https://m.example/pypi/simple/ini/", .status = 200, .type = "text/html",
          .body = PAGE_HTML("w")},
         {.status = 200, .body = WHEEL},
         {.url = "https://m.example/pypi/last-modified", .status = 200,
          .body = "20200102T03:04:05\n"}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE},
    {.name = "pip: without a canary", .tool = "pip", .url = "https://m.example/simple",
     .kind = PROBE_FULL, .without_canary = true,
     .replies = {{.url = "https://m.example/simple/iniconfig/", .status = 200,
          .type = "text/html", .body = "<a href=x>x</a>"}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_UNCHECKED},
    {.name = "pip: without a canary, no page", .tool = "pip", .url = "https://m.example/simple",
     .kind = PROBE_FULL, .without_canary = true,
     .replies = {{.status = 200, .type = JSON_TYPE, .body = "{}"}},
     .class = MW_PROBE_CONTENT, .integrity = MW_PROBE_UNCHECKED},
    {.name = "docker: open", .tool = "docker", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.url = V2, .status = 200, .type = "application/json", .body = "{}"},
         {.url = MANIFEST, .status = 200, .type = MANIFEST_TYPE, .body = WHEEL}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE},
    {.name = "docker: a token", .tool = "docker", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.url = V2, .status = 401, .body = "", .challenge = BEARER},
         {.url = TOKEN_URL, .status = 200, .body = "{\"access_token\":\"t0k-en\"}"},
         {.url = MANIFEST, .status = 200, .type = MANIFEST_TYPE, .body = WHEEL,
          .authorization = "Bearer t0k-en"}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE, .host = "m.example"},
    {.name = "docker: a token for the manifest only", .tool = "docker", .url = "https://m.example",
     .kind = PROBE_FULL,
     .replies = {{.url = V2, .status = 200, .body = "", .is_registry = true},
         {.url = MANIFEST, .status = 401, .body = "", .challenge = BEARER},
         {.url = TOKEN_URL, .status = 200, .body = "{\"token\":\"t\"}"},
         {.url = MANIFEST, .status = 200, .body = WHEEL, .authorization = "Bearer t"}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE},
    {.name = "docker: 401 even with the token", .tool = "docker", .url = "https://m.example",
     .kind = PROBE_FULL,
     .replies = {{.url = V2, .status = 401, .body = "", .challenge = BEARER},
         {.status = 200, .body = "{\"token\":\"t\"}"},
         {.url = MANIFEST, .status = 401, .body = "", .challenge = BEARER}},
     .class = MW_PROBE_HTTP, .integrity = MW_PROBE_UNCHECKED, .said = "401"},
    {.name = "docker: the token stays at home", .tool = "docker", .url = "https://m.example",
     .kind = PROBE_FULL,
     .replies = {{.url = V2, .status = 401, .body = "", .challenge = BEARER},
         {.status = 200, .body = "{\"token\":\"t\"}"},
         {.url = MANIFEST, .status = 307, .body = "", .location = "https://blobs.example/x",
          .authorization = "Bearer t"},
         {.url = "https://blobs.example/x", .status = 200, .body = WHEEL, .authorization = ""}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_GENUINE},
    {.name = "docker: the token adds a header", .tool = "docker", .url = "https://m.example",
     .kind = PROBE_FULL,
     .replies = {{.url = V2, .status = 401, .body = "", .challenge = BEARER},
         {.status = 200, .body = "{\"token\":\"t\\r\\nX-Evil: 1\"}"}},
     .class = MW_PROBE_HTTP, .integrity = MW_PROBE_UNCHECKED, .said = "no token"},
    {.name = "docker: a ping says who is alive", .tool = "docker", .url = "https://m.example",
     .kind = PROBE_PING, .is_thorough = true,
     .replies = {{.url = V2, .status = 401, .body = "", .challenge = BEARER}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_UNCHECKED},
    {.name = "docker: 401 without a challenge", .tool = "docker", .url = "https://m.example",
     .kind = PROBE_PING,
     .replies = {{.url = V2, .status = 401, .body = ""}},
     .class = MW_PROBE_HTTP, .integrity = MW_PROBE_UNCHECKED, .said = "login"},
    {.name = "docker: wants a password", .tool = "docker", .url = "https://m.example",
     .kind = PROBE_FULL,
     .replies = {{.url = V2, .status = 401, .body = "", .challenge = "Basic realm=\"x\""}},
     .class = MW_PROBE_HTTP, .integrity = MW_PROBE_UNCHECKED, .said = "login"},
    {.name = "docker: token server over http", .tool = "docker", .url = "https://m.example",
     .kind = PROBE_FULL,
     .replies = {{.url = V2, .status = 401, .body = "",
          .challenge = "Bearer realm=\"http://auth.example/t\""}},
     .class = MW_PROBE_HTTP, .integrity = MW_PROBE_UNCHECKED, .said = "nobody"},
    {.name = "docker: token server refuses", .tool = "docker", .url = "https://m.example",
     .kind = PROBE_FULL,
     .replies = {{.url = V2, .status = 401, .body = "", .challenge = BEARER},
         {.status = 403, .body = ""}},
     .class = MW_PROBE_HTTP, .integrity = MW_PROBE_UNCHECKED, .said = "403"},
    {.name = "docker: not on the allow-list", .tool = "docker", .url = "https://m.example",
     .kind = PROBE_FULL,
     .replies = {{.url = V2, .status = 200, .type = "application/json", .body = "{}"},
         {.url = MANIFEST, .status = 403, .body = ""}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_UNCHECKED, .said = "library/hi"},
    {.name = "docker: not in the cache", .tool = "docker", .url = "https://m.example",
     .kind = PROBE_FULL,
     .replies = {{.url = V2, .status = 200, .type = "application/json", .body = "{}"},
         {.url = MANIFEST, .status = 404, .body = ""}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_UNCHECKED, .said = "unchecked"},
    {.name = "docker: forged", .tool = "docker", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.url = V2, .status = 200, .type = "application/json", .body = "{}"},
         {.url = MANIFEST, .status = 200, .type = MANIFEST_TYPE, .body = "WHEEL"}},
     .class = MW_PROBE_INTEGRITY, .integrity = MW_PROBE_WRONG, .said = "manifest"},
    {.name = "docker: a web page", .tool = "docker", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.url = V2, .status = 200, .type = "text/html", .body = "<html>"}},
     .class = MW_PROBE_CONTENT, .integrity = MW_PROBE_UNCHECKED},
    {.name = "docker: 404", .tool = "docker", .url = "https://m.example", .kind = PROBE_FULL,
     .replies = {{.url = V2, .status = 404, .body = ""}},
     .class = MW_PROBE_HTTP, .integrity = MW_PROBE_UNCHECKED, .said = "404"},
    {.name = "docker: without a canary", .tool = "docker", .url = "https://m.example",
     .kind = PROBE_FULL, .without_canary = true,
     .replies = {{.url = V2, .status = 200, .type = "application/json", .body = "{}"}},
     .class = MW_PROBE_OK, .integrity = MW_PROBE_UNCHECKED},
};
/* clang-format on */

static struct mw_canary *canary_of(const struct script *script)
{
    if (script->without_canary)
        return NULL;
    if (strcmp(script->tool, "go") == 0)
        return &go_canary;
    return strcmp(script->tool, "pip") == 0 ? &pip_canary : &docker_canary;
}

static char *copy(const char *text)
{
    return text != NULL ? mw_xstrdup(text) : NULL;
}

static struct probe_response respond(const struct reply *reply)
{
    struct probe_response response;
    probe_response_init(&response);
    response.class = reply->class == MW_PROBE_NONE ? MW_PROBE_OK : reply->class;
    response.status = reply->status;
    response.retry_after_s = reply->retry_after_s;
    response.content_type = copy(reply->type);
    response.location = copy(reply->location);
    response.challenge = copy(reply->challenge);
    response.is_cut = reply->is_cut;
    response.is_registry = reply->is_registry;
    response.proxy_status = reply->proxy_status;
    response.is_proxied = reply->is_proxied;
    mw_text_put(response.peer.tried[0], sizeof response.peer.tried[0],
                reply->address != NULL ? reply->address : "");
    response.scope = PROBE_SCOPE_PUBLIC;
    response.rtt_us = response.ttfb_us = 20000;
    mw_buf_puts(&response.body, reply->body != NULL ? reply->body : "");
    return response;
}

/* Plays a script; the sample is left in `exchange`, which the caller releases. */
static void play(const struct script *script, const struct mw_probe_target *target,
                 const struct mw_probe_options *options, struct probe_exchange *exchange)
{
    const struct reply *reply = script->replies;
    bool more = probe_exchange_begin(exchange, target, options, script->kind, 0);
    for (; more; reply++) {
        row_true(script->name, reply->status != 0 || reply->class != MW_PROBE_NONE);
        if (reply->url != NULL)
            row_string_equal(script->name, exchange->request.url, reply->url);
        if (reply->authorization != NULL)
            row_string_equal(
                script->name,
                exchange->request.authorization != NULL ? exchange->request.authorization : "",
                reply->authorization);
        if (reply->least_scope != PROBE_SCOPE_LOOPBACK)
            row_true(script->name, exchange->request.least_scope == reply->least_scope);
        row_true(script->name, strlen(exchange->request.user_agent) > 20);
        struct probe_response response = respond(reply);
        more = probe_exchange_take(exchange, &response);
        probe_response_release(&response);
    }
    row_true(script->name, reply->status == 0 && reply->class == MW_PROBE_NONE);
}

static void mirrors_are_judged(void **state)
{
    (void)state;
    mw_sha256_hex(WHEEL, strlen(WHEEL), wheel_sha256);
    for (size_t i = 0; i < ROWS(scripts); i++) {
        const struct script *script = &scripts[i];
        struct mw_probe_options options;
        struct probe_exchange exchange;
        mw_probe_options_init(&options);
        options.is_thorough = script->is_thorough;
        struct mw_probe_target target = {.tool = script->tool,
                                         .id = "m",
                                         .url = script->url,
                                         .canary = canary_of(script),
                                         .inquiry = test_inquiry(script->tool),
                                         .age = script->age,
                                         .note_key = mw_database_known_key,
                                         .is_relayed = script->is_relayed};
        play(script, &target, &options, &exchange);
        const struct mw_probe_sample *sample = &exchange.sample;
        row_string_equal(script->name, mw_probe_class_word(sample->class),
                         mw_probe_class_word(script->class));
        row_string_equal(script->name, mw_probe_integrity_word(sample->integrity),
                         mw_probe_integrity_word(script->integrity));
        if (script->said != NULL)
            row_true(script->name, strstr(sample->reason, script->said) != NULL ||
                                       strstr(sample->note, script->said) != NULL);
        if (script->host != NULL)
            row_string_equal(script->name, sample->host, script->host);
        row_true(script->name, (sample->class == MW_PROBE_OK) == (sample->reason[0] == '\0'));
        row_true(script->name, mw_utf8_valid(sample->reason, strlen(sample->reason)));
        row_true(script->name, strpbrk(sample->reason, "\x1b\x07\n\r") == NULL);
        probe_exchange_release(&exchange);
    }
}

static void a_redirect_is_paid_for(void **state)
{
    (void)state;
    static const struct script script = {
        .name = "redirect",
        .replies = {{NULL, 302, NULL, "", .location = "https://n.example/z"},
                    {NULL, 200, NULL, GO_MOD},
                    {NULL, 404, NULL, ""}},
    };
    struct mw_probe_options options;
    struct probe_exchange exchange;
    struct mw_probe_target target = {.tool = "go",
                                     .id = "m",
                                     .url = "https://m.example",
                                     .canary = &go_canary,
                                     .inquiry = test_inquiry("go")};
    mw_probe_options_init(&options);
    play(&script, &target, &options, &exchange);
    assert_int_equal(exchange.sample.rtt_us, 40000); /* two hops; the sumdb is not counted */
    assert_int_equal(exchange.sample.ttfb_us, 40000);
    assert_int_equal(exchange.sample.http_status, 200);
    probe_exchange_release(&exchange);
}

static void the_age_is_that_of_the_last_sync(void **state)
{
    (void)state;
    const struct {
        const char *name, *body;
        bool is_known;
    } rows[] = {
        {"bandersnatch", "20200102T03:04:05", true},
        {"with a newline", "20200102T03:04:05\n", true},
        {"something else", "20200102T03:04:05 and more", false},
        {"a page", "<html>", false},
        {"the future", "29990102T03:04:05", false},
    };
    mw_sha256_hex(WHEEL, strlen(WHEEL), wheel_sha256);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct script script = {
            .name = rows[i].name,
            .replies = {{NULL, 200, "text/html", PAGE_HTML("w")},
                        {NULL, 200, NULL, WHEEL},
                        {NULL, 200, NULL, rows[i].body}},
        };
        struct mw_probe_options options;
        struct probe_exchange exchange;
        struct mw_probe_target target = {.tool = "pip",
                                         .id = "m",
                                         .url = "https://m.example/simple",
                                         .canary = &pip_canary,
                                         .inquiry = test_inquiry("pip"),
                                         .age = &bandersnatch};
        mw_probe_options_init(&options);
        play(&script, &target, &options, &exchange);
        row_true(rows[i].name, (exchange.sample.age_s > 0) == rows[i].is_known);
        row_true(rows[i].name, exchange.sample.class == MW_PROBE_OK);
        probe_exchange_release(&exchange);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mirrors_are_judged),
        cmocka_unit_test(a_redirect_is_paid_for),
        cmocka_unit_test(the_age_is_that_of_the_last_sync),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
