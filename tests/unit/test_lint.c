/* Lint: every rule is seen to find and not to find; levels follow the policy; the verdict names
 * all ids. */
#include "support/rows.h"

#include <stdlib.h>

#include "mirrorwise/check.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

#define STRICT true
#define LENIENT false

/* One value, or two where one is only dangerous with the other. */
static const struct row {
    const char *name;
    const char *tool, *key, *value;
    const char *other_key, *other_value;
    bool requires_https;
    const char *id; /* that must, or with NONE must not, be found */
    enum mw_lint_level level;
} rows[] = {
    {"npm-tls-off", "npm", "strict-ssl", "false", NULL, NULL, STRICT, "npm-tls-off", MW_LINT_ERROR},
    {"npm-tls-off not", "npm", "strict-ssl", "true", NULL, NULL, STRICT, "npm-tls-off",
     MW_LINT_NONE},
    {"cargo-no-revocation", "cargo", "http.check-revoke", "false", NULL, NULL, STRICT,
     "cargo-no-revocation", MW_LINT_WARNING},
    {"cargo-no-revocation not", "cargo", "http.check-revoke", "true", NULL, NULL, STRICT,
     "cargo-no-revocation", MW_LINT_NONE},
    {"script-shell", "npm", "script-shell", "/srv/sh", NULL, NULL, STRICT, "npm-runs-program",
     MW_LINT_WARNING},
    {"script-shell of the system", "npm", "script-shell", "/bin/bash", NULL, NULL, STRICT,
     "npm-runs-program", MW_LINT_NONE},
    {"node-options", "npm", "node-options", "--max-old-space-size=4096 -r ./x.js", NULL, NULL,
     STRICT, "npm-runs-program", MW_LINT_WARNING},
    {"node-options of size", "npm", "node-options", "--max-old-space-size=4096", NULL, NULL, STRICT,
     "npm-runs-program", MW_LINT_NONE},
    {"registry of a scope", "npm", "@office:registry", "http://npm.example/", NULL, NULL, STRICT,
     "npm-plain-http", MW_LINT_ERROR},
    {"yarn files", "yarn-berry", "injectEnvironmentFiles", "/srv/env", NULL, NULL, STRICT,
     "npm-foreign-file", MW_LINT_WARNING},
    {"cargo http", "cargo", "source.office.registry", "sparse+http://crates.example/", NULL, NULL,
     STRICT, "cargo-plain-http", MW_LINT_ERROR},
    {"cargo git", "cargo", "registries.office.index", "git://crates.example/index", NULL, NULL,
     STRICT, "cargo-plain-http", MW_LINT_ERROR},
    {"cargo https", "cargo", "source.office.registry", "sparse+https://crates.example/", NULL, NULL,
     STRICT, "cargo-plain-http", MW_LINT_NONE},
    {"cargo file", "cargo", "source.office.registry", "file:///srv/index", NULL, NULL, STRICT,
     "cargo-file-index", MW_LINT_WARNING},
    {"cargo wrapper", "cargo", "build.rustc-wrapper", "/srv/w", NULL, NULL, STRICT,
     "cargo-runs-program", MW_LINT_WARNING},
    {"cargo linker", "cargo", "target.x86_64-unknown-linux-gnu.rustflags", "-C linker=/srv/ld",
     NULL, NULL, STRICT, "cargo-runs-program", MW_LINT_WARNING},
    {"cargo folder", "cargo", "build.target-dir", "/tmp/target", NULL, NULL, STRICT,
     "cargo-shared-cache", MW_LINT_WARNING},
    {"gem file", "gem", "sources", "file:///srv/gems", NULL, NULL, STRICT, "gem-file-index",
     MW_LINT_WARNING},
    {"gem folder", "gem", "gemhome", "/tmp/gems", NULL, NULL, STRICT, "gem-shared-cache",
     MW_LINT_WARNING},
    {"bundler folder", "bundler", "path", "/tmp/gems", NULL, NULL, STRICT, "bundler-shared-cache",
     MW_LINT_WARNING},
    {"bundler gemfile", "bundler", "gemfile", "/srv/Gemfile", NULL, NULL, STRICT,
     "bundler-foreign-file", MW_LINT_WARNING},
    {"composer file", "composer", "packagist.url", "file:///srv/packages", NULL, NULL, STRICT,
     "composer-file-index", MW_LINT_WARNING},
    {"composer folder", "composer", "config.cache-dir", "/tmp/composer", NULL, NULL, STRICT,
     "composer-shared-cache", MW_LINT_WARNING},
    {"composer plugins", "composer", "config.allow-plugins", "true", NULL, NULL, STRICT,
     "composer-runs-program", MW_LINT_WARNING},
    {"conda file", "conda", "channels", "file:///srv/channel", NULL, NULL, STRICT,
     "conda-file-index", MW_LINT_WARNING},
    {"conda certificates", "conda", "ssl_verify", "/srv/ca.pem", NULL, NULL, STRICT,
     "conda-foreign-ca", MW_LINT_WARNING},
    {"conda true", "conda", "ssl_verify", "true", NULL, NULL, STRICT, "conda-foreign-ca",
     MW_LINT_NONE},
    {"conda no", "conda", "ssl_verify", "No", NULL, NULL, STRICT, "conda-tls-off", MW_LINT_ERROR},
    {"conda folder", "conda", "pkgs_dirs", "/tmp/pkgs", NULL, NULL, STRICT, "conda-shared-cache",
     MW_LINT_WARNING},
    {"brew folder", "homebrew", "HOMEBREW_CACHE", "/tmp/brew", NULL, NULL, STRICT,
     "homebrew-shared-cache", MW_LINT_WARNING},
    {"brew curl", "homebrew", "HOMEBREW_CURLRC", "/srv/curlrc", NULL, NULL, STRICT,
     "homebrew-foreign-file", MW_LINT_WARNING},
    {"rustup file", "rustup", "RUSTUP_DIST_SERVER", "file:///srv/dist", NULL, NULL, STRICT,
     "rustup-file-index", MW_LINT_WARNING},
    {"npm-foreign-ca", "npm", "cafile", "/srv/ca.pem", NULL, NULL, STRICT, "npm-foreign-ca",
     MW_LINT_WARNING},
    {"cargo-foreign-ca", "cargo", "http.cainfo", "/srv/ca.pem", NULL, NULL, STRICT,
     "cargo-foreign-ca", MW_LINT_WARNING},
    {"npm over http", "npm", "registry", "http://mirror.example/", NULL, NULL, STRICT,
     "npm-plain-http", MW_LINT_ERROR},
    {"npm over http, lenient", "npm", "registry", "http://mirror.example/", NULL, NULL, LENIENT,
     "npm-plain-http", MW_LINT_WARNING},
    {"npm on this machine", "npm", "registry", "http://127.0.0.1:4873/", NULL, NULL, STRICT,
     "npm-plain-http", MW_LINT_NONE},
    {"npm cache", "npm", "cache", "/tmp/npm", NULL, NULL, STRICT, "npm-shared-cache",
     MW_LINT_WARNING},
    {"yarn hosts", "yarn-berry", "unsafeHttpWhitelist", "mirror.example", NULL, NULL, STRICT,
     "npm-plain-hosts", MW_LINT_WARNING},
    {"yarn checksums", "yarn-berry", "checksumBehavior", "ignore", NULL, NULL, STRICT,
     "npm-checksums-off", MW_LINT_ERROR},
    {"yarn checksums kept", "yarn-berry", "checksumBehavior", "update", NULL, NULL, STRICT,
     "npm-checksums-off", MW_LINT_NONE},
    {"rustup over http", "rustup", "RUSTUP_DIST_SERVER", "http://mirror.example", NULL, NULL,
     STRICT, "rustup-plain-http", MW_LINT_ERROR},
    {"node over http", "node", "NODE_MIRROR", "http://mirror.example/", NULL, NULL, STRICT,
     "node-plain-http", MW_LINT_ERROR},
    {"nvm and a port", "node", "NVM_NODEJS_ORG_MIRROR", "https://mirror.example:8443", NULL, NULL,
     STRICT, "node-nvm-port", MW_LINT_WARNING},
    {"nvm", "node", "NVM_NODEJS_ORG_MIRROR", "https://mirror.example", NULL, NULL, STRICT,
     "node-nvm-port", MW_LINT_NONE},
    {"maven over http", "maven", "central.url", "http://mirror.example/m2", NULL, NULL, STRICT,
     "maven-plain-http", MW_LINT_ERROR},
    {"maven repository", "maven", "localRepository", "/tmp/m2", NULL, NULL, STRICT,
     "maven-shared-cache", MW_LINT_WARNING},
    {"sumdb off", "go", "GOSUMDB", "off", NULL, NULL, STRICT, "go-sumdb-off", MW_LINT_ERROR},
    {"sumdb off, lenient", "go", "GOSUMDB", "off", NULL, NULL, LENIENT, "go-sumdb-off",
     MW_LINT_ERROR},
    {"sumdb on", "go", "GOSUMDB", "sum.golang.org", NULL, NULL, STRICT, "go-sumdb-off",
     MW_LINT_NONE},
    {"nosumdb *", "go", "GONOSUMDB", "*", NULL, NULL, STRICT, "go-nosumdb-all", MW_LINT_ERROR},
    {"nosumdb */*", "go", "GONOSUMDB", "a.example,*/*", NULL, NULL, STRICT, "go-nosumdb-all",
     MW_LINT_ERROR},
    {"nosumdb ours", "go", "GONOSUMDB", "*.corp.example", NULL, NULL, STRICT, "go-nosumdb-all",
     MW_LINT_NONE},
    {"private *", "go", "GOPRIVATE", "*", NULL, NULL, STRICT, "go-private-all", MW_LINT_ERROR},
    {"private ours", "go", "GOPRIVATE", "git.example", NULL, NULL, STRICT, "go-private-all",
     MW_LINT_NONE},
    {"insecure", "go", "GOINSECURE", "git.example", NULL, NULL, LENIENT, "go-insecure",
     MW_LINT_ERROR},
    {"insecure none", "go", "GOINSECURE", "none", NULL, NULL, STRICT, "go-insecure", MW_LINT_NONE},
    {"-insecure", "go", "GOFLAGS", "-mod=mod -insecure", NULL, NULL, STRICT, "go-flags-insecure",
     MW_LINT_ERROR},
    {"--insecure=true", "go", "GOFLAGS", "--insecure=true", NULL, NULL, STRICT, "go-flags-insecure",
     MW_LINT_ERROR},
    {"-mod", "go", "GOFLAGS", "-mod=insecure", NULL, NULL, STRICT, "go-flags-insecure",
     MW_LINT_NONE},
    {"toolexec", "go", "GOFLAGS", "-toolexec=/tmp/x", NULL, NULL, LENIENT, "go-flags-toolexec",
     MW_LINT_ERROR},
    {"overlay", "go", "GOFLAGS", "-overlay=/tmp/x.json", NULL, NULL, LENIENT, "go-flags-toolexec",
     MW_LINT_ERROR},
    {"trimpath", "go", "GOFLAGS", "-trimpath", NULL, NULL, STRICT, "go-flags-toolexec",
     MW_LINT_NONE},
    {"http proxy", "go", "GOPROXY", "https://a.example,http://b.example,direct", NULL, NULL, STRICT,
     "go-http-proxy", MW_LINT_ERROR},
    {"http proxy, lenient", "go", "GOPROXY", "http://b.example", NULL, NULL, LENIENT,
     "go-http-proxy", MW_LINT_WARNING},
    {"http proxy here", "go", "GOPROXY", "http://127.0.0.1:3000|http://[::1]:1|http://localhost",
     NULL, NULL, STRICT, "go-http-proxy", MW_LINT_NONE},
    {"no private", "go", "GOPROXY", "https://goproxy.cn,direct", NULL, NULL, STRICT,
     "go-no-private", MW_LINT_WARNING},
    {"private named", "go", "GOPROXY", "https://goproxy.cn,direct", "GOPRIVATE", "git.example",
     STRICT, "go-no-private", MW_LINT_NONE},
    {"direct", "go", "GOPROXY", "direct", NULL, NULL, STRICT, "go-no-private", MW_LINT_NONE},
    {"noproxy alone", "go", "GONOPROXY", "git.example", NULL, NULL, STRICT, "go-noproxy-alone",
     MW_LINT_WARNING},
    {"noproxy and private", "go", "GONOPROXY", "git.example", "GOPRIVATE", "git.example", STRICT,
     "go-noproxy-alone", MW_LINT_NONE},
    {"noproxy and nosumdb", "go", "GONOPROXY", "git.example", "GONOSUMDB", "git.example", STRICT,
     "go-noproxy-alone", MW_LINT_NONE},
    {"vcs all", "go", "GOVCS", "*:all", NULL, NULL, STRICT, "go-vcs-all", MW_LINT_WARNING},
    {"vcs default", "go", "GOVCS", "public:git|hg,private:all", NULL, NULL, STRICT, "go-vcs-all",
     MW_LINT_NONE},
    {"auth command", "go", "GOAUTH", "/tmp/token", NULL, NULL, STRICT, "go-auth-command",
     MW_LINT_WARNING},
    {"auth netrc", "go", "GOAUTH", "netrc", NULL, NULL, STRICT, "go-auth-command", MW_LINT_NONE},
    {"compiler", "go", "CC", "/tmp/cc", NULL, NULL, STRICT, "go-runs-program", MW_LINT_WARNING},
    {"extra index", "pip", "global.extra-index-url", "https://b.example/simple", NULL, NULL,
     LENIENT, "pip-extra-index", MW_LINT_ERROR},
    {"extra index of install", "pip", "install.extra-index-url", "https://b.example/simple", NULL,
     NULL, STRICT, "pip-extra-index", MW_LINT_ERROR},
    {"no extra index", "pip", "global.index-url", "https://b.example/simple", NULL, NULL, STRICT,
     "pip-extra-index", MW_LINT_NONE},
    {"trusted", "pip", "global.trusted-host", "pypi.example", NULL, NULL, STRICT,
     "pip-trusted-host", MW_LINT_ERROR},
    {"trusted, lenient", "pip", "global.trusted-host", "pypi.example:8080", NULL, NULL, LENIENT,
     "pip-trusted-host", MW_LINT_WARNING},
    {"trusted here", "pip", "global.trusted-host", "localhost 127.0.0.1:8080 [::1]:80", NULL, NULL,
     STRICT, "pip-trusted-host", MW_LINT_NONE},
    {"http index", "pip", "global.index-url", "http://pypi.example/simple", NULL, NULL, STRICT,
     "pip-http-index", MW_LINT_ERROR},
    {"http index, lenient", "pip", "global.index-url", "http://pypi.example/simple", NULL, NULL,
     LENIENT, "pip-http-index", MW_LINT_WARNING},
    {"http index here", "pip", "global.index-url", "http://127.9.9.9/simple", NULL, NULL, STRICT,
     "pip-http-index", MW_LINT_NONE},
    {"http links", "pip", "global.find-links", "http://pypi.example/links", NULL, NULL, STRICT,
     "pip-http-links", MW_LINT_ERROR},
    {"local links", "pip", "global.find-links", "/srv/wheels", NULL, NULL, STRICT, "pip-http-links",
     MW_LINT_NONE},
    {"insecure registry", "docker", "insecure-registries", "10.0.0.0/8", NULL, NULL, LENIENT,
     "docker-insecure-registry", MW_LINT_ERROR},
    {"insecure registry here", "docker", "insecure-registries", "127.0.0.0/8 localhost:5000", NULL,
     NULL, STRICT, "docker-insecure-registry", MW_LINT_NONE},
    {"http mirror", "docker", "registry-mirrors", "http://mirror.example", NULL, NULL, STRICT,
     "docker-http-mirror", MW_LINT_ERROR},
    {"http mirror, lenient", "docker", "registry-mirrors", "http://mirror.example", NULL, NULL,
     LENIENT, "docker-http-mirror", MW_LINT_WARNING},
    {"http mirror here", "docker", "registry-mirrors", "http://localhost:5000", NULL, NULL, STRICT,
     "docker-http-mirror", MW_LINT_NONE},
    {"other registry", "docker", "registry-mirrors", "https://ghcr.io", NULL, NULL, STRICT,
     "docker-other-registry", MW_LINT_WARNING},
    {"mirror of it", "docker", "registry-mirrors", "https://docker.1ms.run", NULL, NULL, STRICT,
     "docker-other-registry", MW_LINT_NONE},
    {"tcp", "docker", "hosts", "tcp://0.0.0.0:2375", NULL, NULL, STRICT, "docker-hosts-tcp",
     MW_LINT_ERROR},
    {"tcp with tls", "docker", "hosts", "tcp://0.0.0.0:2376", "tlsverify", "true", STRICT,
     "docker-hosts-tcp", MW_LINT_NONE},
    {"socket", "docker", "hosts", "unix:///var/run/docker.sock", NULL, NULL, STRICT,
     "docker-hosts-tcp", MW_LINT_NONE},
    {"runtime", "docker", "runtimes", "{\"x\": {\"path\": \"/srv/x\"}}", NULL, NULL, STRICT,
     "docker-runs-program", MW_LINT_WARNING},
    {"runtime type", "docker", "runtimes", "{\"x\": {\"runtimeType\": \"/srv/x\"}}", NULL, NULL,
     STRICT, "docker-runs-program", MW_LINT_WARNING},
    {"runtime of the system", "docker", "runtimes",
     "{\"nvidia\": {\"args\": [], \"path\": \"nvidia-container-runtime\"}}", NULL, NULL, STRICT,
     "docker-runs-program", MW_LINT_NONE},
    {"init", "docker", "init-path", "/srv/init", NULL, NULL, STRICT, "docker-runs-program",
     MW_LINT_WARNING},
    {"cdi", "docker", "cdi-spec-dirs", "/srv/cdi", NULL, NULL, STRICT, "docker-cdi-folder",
     MW_LINT_WARNING},
    {"cdi default", "docker", "cdi-spec-dirs", "/etc/cdi", NULL, NULL, STRICT, "docker-cdi-folder",
     MW_LINT_NONE},
    {"cors", "docker", "api-cors-header", "*", NULL, NULL, STRICT, "docker-cors", MW_LINT_ERROR},
    {"group", "docker", "group", "users", NULL, NULL, STRICT, "docker-group", MW_LINT_WARNING},
    {"group docker", "docker", "group", "docker", NULL, NULL, STRICT, "docker-group", MW_LINT_NONE},
    {"seccomp", "docker", "seccomp-profile", "unconfined", NULL, NULL, STRICT, "docker-no-seccomp",
     MW_LINT_WARNING},
    {"seccomp file", "docker", "seccomp-profile", "/etc/docker/seccomp.json", NULL, NULL, STRICT,
     "docker-no-seccomp", MW_LINT_NONE},
    {"tls unverified", "docker", "tlsverify", "false", NULL, NULL, STRICT, "docker-tls-unverified",
     MW_LINT_WARNING},
    {"tls verified", "docker", "tlsverify", "true", NULL, NULL, STRICT, "docker-tls-unverified",
     MW_LINT_NONE},
    {"file proxy", "go", "GOPROXY", "file:///srv/proxy,https://a.example", NULL, NULL, STRICT,
     "go-file-proxy", MW_LINT_WARNING},
    {"other database", "go", "GOSUMDB", "sum.example+033de0ae+Ac4zctda0e5eza", NULL, NULL, STRICT,
     "go-sumdb-other", MW_LINT_WARNING},
    {"database in China", "go", "GOSUMDB", "sum.golang.google.cn", NULL, NULL, STRICT,
     "go-sumdb-other", MW_LINT_NONE},
    {"nosumdb *.com", "go", "GONOSUMDB", "*.com", NULL, NULL, STRICT, "go-nosumdb-wide",
     MW_LINT_ERROR},
    {"nosumdb *.co.uk", "go", "GONOSUMDB", "*.co.uk", NULL, NULL, STRICT, "go-nosumdb-wide",
     MW_LINT_ERROR},
    {"nosumdb inside", "go", "GONOSUMDB", "*.corp", NULL, NULL, STRICT, "go-nosumdb-wide",
     MW_LINT_NONE},
    {"private of all", "go", "GOPRIVATE", "git.example,github.com/*", NULL, NULL, STRICT,
     "go-private-wide", MW_LINT_ERROR},
    {"private owner", "go", "GOPRIVATE", "github.com/acme", NULL, NULL, STRICT, "go-private-wide",
     MW_LINT_NONE},
    {"vettool", "go", "GOFLAGS", "-vettool=/tmp/x", NULL, NULL, LENIENT, "go-flags-toolexec",
     MW_LINT_ERROR},
    {"extld", "go", "GOFLAGS", "'-ldflags=-s -extld=/tmp/x'", NULL, NULL, LENIENT,
     "go-flags-linker", MW_LINT_ERROR},
    {"strip", "go", "GOFLAGS", "-ldflags=-s", NULL, NULL, LENIENT, "go-flags-linker", MW_LINT_NONE},
    {"modfile", "go", "GOFLAGS", "-modfile=/tmp/go.mod", NULL, NULL, LENIENT, "go-flags-file",
     MW_LINT_WARNING},
    {"auth git", "go", "GOAUTH", "git /tmp/x", NULL, NULL, STRICT, "go-auth-command",
     MW_LINT_WARNING},
    {"cgo plugin", "go", "CGO_CFLAGS", "-O2 -fplugin=/tmp/x.so", NULL, NULL, STRICT,
     "go-cgo-program", MW_LINT_WARNING},
    {"cgo -B", "go", "CGO_LDFLAGS", "-B /tmp/bin", NULL, NULL, STRICT, "go-cgo-program",
     MW_LINT_WARNING},
    {"cgo static", "go", "CGO_LDFLAGS", "-Wl,-Bstatic -lz", NULL, NULL, STRICT, "go-cgo-program",
     MW_LINT_NONE},
    {"cgo allow", "go", "CGO_CFLAGS_ALLOW", ".*", NULL, NULL, STRICT, "go-cgo-allow",
     MW_LINT_WARNING},
    {"shared cache", "go", "GOMODCACHE", "/tmp/mod", NULL, NULL, STRICT, "go-shared-cache",
     MW_LINT_WARNING},
    {"own cache", "go", "GOMODCACHE", "/home/me/mod", NULL, NULL, STRICT, "go-shared-cache",
     MW_LINT_NONE},
    {"work file", "go", "GOWORK", "/tmp/go.work", NULL, NULL, STRICT, "go-work-file",
     MW_LINT_WARNING},
    {"no work file", "go", "GOWORK", "off", NULL, NULL, STRICT, "go-work-file", MW_LINT_NONE},
    {"file index", "pip", "global.index-url", "file:///srv/simple", NULL, NULL, STRICT,
     "pip-file-index", MW_LINT_WARNING},
    {"links", "pip", "global.find-links", "https://links.example/", NULL, NULL, STRICT,
     "pip-find-links", MW_LINT_WARNING},
    {"cert", "pip", "global.cert", "/tmp/ca.pem", NULL, NULL, STRICT, "pip-cert", MW_LINT_WARNING},
    {"constraint", "pip", "install.constraint", "https://c.example/c.txt", NULL, NULL, STRICT,
     "pip-foreign-file", MW_LINT_WARNING},
    {"no hashes", "pip", "install.no-require-hashes", "yes", NULL, NULL, STRICT, "pip-no-hashes",
     MW_LINT_ERROR},
    {"hashes", "pip", "install.no-require-hashes", "no", NULL, NULL, STRICT, "pip-no-hashes",
     MW_LINT_NONE},
    {"python", "pip", "global.python", "/tmp/python", NULL, NULL, STRICT, "pip-runs-program",
     MW_LINT_WARNING},
    {"credentials", "pip", "global.index-url", "https://me:pw@pypi.example/simple", NULL, NULL,
     STRICT, "url-credentials", MW_LINT_WARNING},
    {"gem-plain-http", "gem", "sources", "http://gems.example/", NULL, NULL, STRICT,
     "gem-plain-http", MW_LINT_ERROR},
    {"gem loopback", "gem", "sources", "http://127.0.0.1:9292/", NULL, NULL, STRICT,
     "gem-plain-http", MW_LINT_NONE},
    {"gem-tls-off", "gem", "ssl_verify_mode", "0", NULL, NULL, STRICT, "gem-tls-off",
     MW_LINT_ERROR},
    {"gem peer", "gem", "ssl_verify_mode", "1", NULL, NULL, STRICT, "gem-tls-off", MW_LINT_NONE},
    {"gem-foreign-ca", "gem", "ssl_ca_cert", "/srv/ca.pem", NULL, NULL, STRICT, "gem-foreign-ca",
     MW_LINT_WARNING},
    {"bundler-plain-http", "bundler", "mirror.rubygems.org", "http://gems.example/", NULL, NULL,
     LENIENT, "bundler-plain-http", MW_LINT_WARNING},
    {"bundler-tls-off", "bundler", "ssl_verify_mode", "0", NULL, NULL, STRICT, "bundler-tls-off",
     MW_LINT_ERROR},
    {"bundler-foreign-ca", "bundler", "ssl_ca_cert", "/srv/ca.pem", NULL, NULL, STRICT,
     "bundler-foreign-ca", MW_LINT_WARNING},
    {"bundler-no-checksums", "bundler", "disable_checksum_validation", "true", NULL, NULL, STRICT,
     "bundler-no-checksums", MW_LINT_ERROR},
    {"composer-plain-http", "composer", "config.secure-http", "false", NULL, NULL, STRICT,
     "composer-plain-http", MW_LINT_ERROR},
    {"composer-tls-off", "composer", "config.disable-tls", "true", NULL, NULL, STRICT,
     "composer-tls-off", MW_LINT_ERROR},
    {"composer-foreign-ca", "composer", "config.cafile", "/srv/ca.pem", NULL, NULL, STRICT,
     "composer-foreign-ca", MW_LINT_WARNING},
    {"homebrew-plain-http", "homebrew", "HOMEBREW_BOTTLE_DOMAIN", "http://bottles.example", NULL,
     NULL, STRICT, "homebrew-plain-http", MW_LINT_ERROR},
    {"homebrew-runs-program", "homebrew", "HOMEBREW_BREW_GIT_REMOTE", "https://git.example/brew",
     NULL, NULL, STRICT, "homebrew-runs-program", MW_LINT_WARNING},
    {"conda-plain-http", "conda", "default_channels", "http://conda.example/pkgs/main", NULL, NULL,
     STRICT, "conda-plain-http", MW_LINT_ERROR},
    {"conda-tls-off", "conda", "ssl_verify", "false", NULL, NULL, STRICT, "conda-tls-off",
     MW_LINT_ERROR},
    {"conda ca", "conda", "ssl_verify", "/srv/ca.pem", NULL, NULL, STRICT, "conda-tls-off",
     MW_LINT_NONE},
    {"conda-no-checksums", "conda", "safety_checks", "disabled", NULL, NULL, STRICT,
     "conda-no-checksums", MW_LINT_ERROR},
    {"no credentials", "pip", "global.index-url", "https://pypi.example/simple", NULL, NULL, STRICT,
     "url-credentials", MW_LINT_NONE},
};

static struct mw_lint_setting make(const char *tool, const char *key, const char *text,
                                   struct mw_value *value)
{
    mw_value_set_string(value, text);
    return (struct mw_lint_setting){
        .tool = mw_tool_find(tool), .key = key, .value = value, .is_wanted = true, .where = "here"};
}

static void lint_row(const struct row *row, struct mw_lint_findings *findings)
{
    struct mw_value values[2] = {{0}, {0}};
    struct mw_lint_setting items[2];
    struct mw_lint_settings settings = {.items = items, .count = 1};
    struct mw_policy policy = {.require_https = row->requires_https};
    items[0] = make(row->tool, row->key, row->value, &values[0]);
    if (row->other_key != NULL) {
        items[1] = make(row->tool, row->other_key, row->other_value, &values[1]);
        settings.count = 2;
    }
    mw_lint(&settings, &policy, NULL, findings);
    mw_value_release(&values[0]);
    mw_value_release(&values[1]);
}

static enum mw_lint_level level_of(const struct mw_lint_findings *findings, const char *id)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (strcmp(findings->items[i].id, id) == 0)
            return findings->items[i].level;
    }
    return MW_LINT_NONE;
}

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_lint_findings findings = {0};
        lint_row(&rows[i], &findings);
        row_size_equal(rows[i].name, (size_t)level_of(&findings, rows[i].id),
                       (size_t)rows[i].level);
        for (size_t f = 0; f < findings.count; f++) {
            row_true(rows[i].name, !mw_text_has_secret(findings.items[f].value));
            row_true(rows[i].name, findings.items[f].sentence[0] != '\0');
            row_true(rows[i].name, findings.items[f].remedy[0] != '\0');
        }
        mw_lint_findings_release(&findings);
    }
}

/* No rule without a row that finds it. */
static void test_every_rule_has_rows(void **state)
{
    (void)state;
    struct mw_strings ids = {0};
    mw_lint_ids(&ids);
    for (size_t i = 0; i < ids.count; i++) {
        bool found = strcmp(ids.items[i], mw_lint_untrusted) == 0; /* of a measurement: session */
        for (size_t r = 0; r < ROWS(rows); r++)
            found =
                found || (strcmp(rows[r].id, ids.items[i]) == 0 && rows[r].level != MW_LINT_NONE);
        row_true(ids.items[i], found);
    }
    mw_strings_release(&ids);
}

static void test_verdict(void **state)
{
    (void)state;
    struct mw_value sumdb = {0}, extra = {0}, http = {0};
    struct mw_lint_setting items[] = {
        make("go", "GOSUMDB", "off", &sumdb),
        make("pip", "global.extra-index-url", "https://me:pw@two.example/simple", &extra),
        make("docker", "registry-mirrors", "http://mirror.example", &http),
    };
    struct mw_lint_settings settings = {.items = items, .count = ROWS(items)};
    struct mw_policy lenient = {.require_https = false};
    struct mw_strings accepted = {0};
    struct mw_lint_findings findings = {0};
    struct mw_error err = {0};

    mw_lint(&settings, &lenient, NULL, &findings);
    assert_int_equal(mw_lint_verdict(&findings, &err), MW_BAD_PROFILE);
    assert_non_null(strstr(err.message, "go-sumdb-off"));
    assert_non_null(strstr(err.message, "pip-extra-index"));
    assert_null(strstr(err.message, "docker-http-mirror")); /* a warning here */
    assert_null(strstr(err.message, "pw@"));
    assert_non_null(strstr(err.hint, "--accept-risk go-sumdb-off --accept-risk pip-extra-index"));
    mw_lint_findings_release(&findings);

    mw_strings_add(&accepted, "go-sumdb-off");
    mw_lint(&settings, &lenient, &accepted, &findings);
    assert_int_equal(mw_lint_verdict(&findings, &err), MW_BAD_PROFILE);
    assert_null(strstr(err.message, "go-sumdb-off"));
    mw_lint_findings_release(&findings);

    mw_strings_add(&accepted, "pip-extra-index");
    mw_lint(&settings, &lenient, &accepted, &findings);
    assert_int_equal(mw_lint_verdict(&findings, &err), MW_OK);
    mw_lint_findings_release(&findings);

    mw_strings_release(&accepted);
    mw_value_release(&sumdb);
    mw_value_release(&extra);
    mw_value_release(&http);
}

/* What came from the environment or a private file is neither shown nor blamed. */
static void test_secret(void **state)
{
    (void)state;
    struct mw_value value = {0};
    struct mw_lint_setting item =
        make("pip", "global.index-url", "http://me:hunter2@pypi.example/simple", &value);
    item.is_secret = true;
    struct mw_lint_settings settings = {.items = &item, .count = 1};
    struct mw_policy policy = {.require_https = true};
    struct mw_lint_findings findings = {0};
    mw_lint(&settings, &policy, NULL, &findings);
    assert_int_equal(level_of(&findings, "url-credentials"), MW_LINT_NONE);
    assert_int_equal(level_of(&findings, "pip-http-index"), MW_LINT_ERROR);
    for (size_t i = 0; i < findings.count; i++)
        assert_null(strstr(findings.items[i].value, "hunter2"));
    mw_lint_findings_release(&findings);
    mw_value_release(&value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_every_rule_has_rows),
        cmocka_unit_test(test_verdict),
        cmocka_unit_test(test_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
