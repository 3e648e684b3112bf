#!/usr/bin/env bash
# What stands in a tool's file is judged by its type for every tool, not for three; what makes a tool
# run a program, leave TLS or take another's file is found; and no remedy takes away what works unless
# its finding is named.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_|CARGO_|npm_config|.*_proxy$|.*_PROXY$)' || true)
unset VIRTUAL_ENV MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8 PATH=/nowhere:$PATH
mkdir -p "$T/root" "$T/cwd"
cd "$T/cwd"
mw() { "$MW_BIN" --root "$T/root" --no-network --deadline 60000 "$@"; }
file() { # PATH TEXT
	rm -rf "$HOME" "$T/state"
	mkdir -p "$(dirname "$HOME/$1")"
	printf '%b' "$2" >"$HOME/$1"
	chmod 600 "$HOME/$1"
}
ids() { { mw --doctor --only "$1" --json 2>/dev/null || true; } | jq -r '.checks[] | select(.status == "fail" or .status == "warn") | .id' | xargs; }

# ---- a value of another type: refused in a profile, found in a file --------------------------------
while IFS='|' read -r tool setting; do
	printf '[profile]\nname = p\n[%s]\n%s\n' "$tool" "$setting" >p.ini
	rm -rf "$HOME"
	status=0
	mw -p ./p.ini --apply --only "$tool" >"$T/out" 2>&1 || status=$?
	expect "$tool: $setting" "$status" 65
	grep -q 'p[.]ini:4: ' "$T/out" || fail "$setting: no line: $(cat "$T/out")"
done <<'ROWS'
npm|registry = registry.example
npm|mirror = registry.example
npm|fetch-retries = many
npm|strict-ssl = perhaps
yarn-berry|enableStrictSsl = no
yarn-berry|httpTimeout = soon
cargo|source.office.registry = crates.example
cargo|source.office.registry = sparse+https://crates.example
maven|central.url = repo.example
maven|offline = perhaps
gradle|plugins = plugins.example
conda|remote_max_retries = many
homebrew|HOMEBREW_BOTTLE_DOMAIN = bottles.example
node|NODE_MIRROR = node.example
rustup|RUSTUP_DIST_SERVER = rust.example
gem|sources = gems.example
bundler|jobs = many
composer|packagist.url = packages.example
ROWS
while IFS='|' read -r tool path before id after; do
	file "$path" "$before"
	ids "$tool" >"$T/ids"
	grep -qw -- "$id" "$T/ids" || fail "$before: no $id in: $(cat "$T/ids")"
	mw --fix "$id" --only "$tool" >"$T/out" 2>&1 || fail "$before: $(cat "$T/out")"
	expect "$before" "$(cat "$HOME/$path")" "$(printf '%b' "$after")"
	expect "nothing is left of $id" "$(ids "$tool" | grep -cw -- "$id" || true)" 0
done <<'ROWS'
npm|.npmrc|registry=registry.example\nsave-exact=true\n|npm-values.registry|registry=https://registry.example\nsave-exact=true\n
npm|.npmrc|proxy=127.0.0.1:7890\n|npm-values.proxy|proxy=http://127.0.0.1:7890\n
npm|.npmrc|registry https://registry.example\n|npm-lines.npmrc-colon.1|registry=https://registry.example\n
npm|.npmrc|registry:https://registry.example\n|npm-lines.npmrc-colon.1|registry=https://registry.example\n
bundler|.bundle/config|---\nBUNDLE_MIRROR__https://rubygems__org/: "https://gems.example/"\n|bundler-lines.env-lower-case.2|---\nBUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/: "https://gems.example/"\n
npm|.npmrc|registry: https://registry.example\n|npm-lines.npmrc-colon.1|registry=https://registry.example\n
cargo|.cargo/config.toml|[source.crates-io]\nreplace-with = "office"\n[source.office]\nregistry = "sparse+https://crates.example/index"\n|cargo-values.source.office.registry|[source.crates-io]\nreplace-with = "office"\n[source.office]\nregistry = "sparse+https://crates.example/index/"\n
cargo|.cargo/config.toml|[net]\nretry = 3\n[source.crates-io]\nreplace-with = "office"\n|cargo-values.source.crates-io.replace-with|[net]\nretry = 3\n
gem|.gemrc|:sources: https://gems.example/\n|gem-values.sources|:sources:\n  - https://gems.example/\n
homebrew|.homebrew/brew.env|HOMEBREW_BOTTLE_DOMAIN="https://bottles.example"\n|homebrew-lines.line-quotes.1|HOMEBREW_BOTTLE_DOMAIN=https://bottles.example\n
maven|.m2/settings.xml|<settings><mirrors><mirror>\n<mirrorof>central</mirrorof>\n<url>https://m.example</url></mirror></mirrors></settings>\n|maven-elements.unknown.2|<settings><mirrors><mirror>\n<mirrorOf>central</mirrorOf>\n<url>https://m.example</url></mirror></mirrors></settings>\n
maven|.m2/settings.xml||maven-file.empty|<settings/>\n
ROWS
while IFS='|' read -r tool path text id; do
	file "$path" "$text"
	ids "$tool" >"$T/ids"
	grep -qw -- "$id" "$T/ids" || fail "$text: no $id in: $(cat "$T/ids")"
done <<'ROWS'
cargo|.cargo/config.toml|[net]\noffline = "true"\n|cargo-values.net.offline
cargo|.cargo/config.toml|[net]\nretry = "1"\n|cargo-values.net.retry
cargo|.cargo/config.toml|[http]\nproxy = 1\n|cargo-values.http.proxy
cargo|.cargo/config.toml|[source.crates-io]\nreplace-with = ["m"]\n|cargo-values.source.crates-io.replace-with
cargo|.cargo/config.toml|[source.m]\nregistry = "sparse+ftp://crates.example/"\n|cargo-values.source.m.registry
npm|.npmrc|regsitry=https://registry.example\n|npm-lines.unknown-key.1
npm|.npmrc|registry=ftp://registry.example/\n|npm-values.registry
npm|.npmrc|registry=file:///x\n|npm-values.registry
npm|.npmrc|registry[]=https://registry.example/\n|npm-values.registry
npm|.npmrc|_auth=eDp5\n|npm-values._auth
npm|.npmrc|loglevel=debug\n|npm-values.loglevel
npm|.npmrc|lockfile-version=4\n|npm-values.lockfile-version
npm|.npmrc|omit=dev,optional\n|npm-values.omit
npm|.npmrc|fetch-timeout=-1\n|npm-values.fetch-timeout
npm|.npmrc|maxsockets=-1\n|npm-values.maxsockets
cargo|.cargo/config.toml|[net]\nretyr = 3\n|cargo-lines.unknown-key.2
conda|.condarc|channel_allias: https://channels.example\n|conda-lines.unknown-key.1
gem|.gemrc|sources:\n  - https://gems.example/\n|gem-lines.unknown-key.1
maven|.m2/settings.xml|<settings><mirrors><mirror>\n<id>a</id><url>https://m.example</url></mirror></mirrors></settings>\n|maven-elements.needs.1
maven|.m2/settings.xml|<settings><mirrors><mirror>\n<mirrorOf/><url>https://m.example</url></mirror></mirrors></settings>\n|maven-elements.needs.1
maven|.m2/settings.xml|<settings>\n<mirrors/>\n<mirrors/>\n</settings>\n|maven-elements.twice.3
maven|.m2/settings.xml|<settings>\n<mirrors>central</mirrors>\n</settings>\n|maven-elements.text.2
maven|.m2/settings.xml|<settings>\n<localRepository><path>/x</path></localRepository>\n</settings>\n|maven-elements.text.2
maven|.m2/settings.xml|<settings>\n<mirror><mirrorOf>central</mirrorOf></mirror>\n</settings>\n|maven-elements.unknown.2
maven|.m2/settings.xml|<Settings>\n</Settings>\n|maven-elements.unknown.1
maven|.m2/settings.xml|<settings><pluginGroups>\n<pluginGroup></pluginGroup>\n</pluginGroups></settings>\n|maven-elements.value.2
maven|.m2/settings.xml|<settings><proxies><proxy><host>h</host>\n<port>web</port></proxy></proxies></settings>\n|maven-elements.value.2
maven|.m2/settings.xml|<settings><servers><server><id>a</id></server>\n<server><id>a</id></server></servers></settings>\n|maven-elements.unique.2
maven|.m2/settings.xml|<settings><offline>yes</offline></settings>\n|maven-values.offline
yarn-berry|.yarnrc.yml|npmRegistryServer:\n|yarn-berry-values.npmRegistryServer
yarn-berry|.yarnrc.yml|enableMirror: maybe\n|yarn-berry-values.enableMirror
yarn-berry|.yarnrc.yml|nmMode: hard\n|yarn-berry-values.nmMode
yarn-berry|.yarnrc.yml|httpTimeout: -1\n|yarn-berry-values.httpTimeout
yarn-berry|.yarnrc.yml|- npmRegistryServer\n|yarn-berry-file.syntax.1
composer|.config/composer/config.json|\n|composer-file.empty
composer|.config/composer/config.json|{"repositories": {"packagist.org": "https://c.example/"}}\n|composer-values.repositories
composer|.config/composer/config.json|{"repositories": "https://c.example/"}\n|composer-values.repositories
composer|.config/composer/config.json|{"config": {"github-oauth": "abc"}}\n|composer-values.config.github-oauth
composer|.config/composer/config.json|{"config": {"platform": {"php": 7.4}}}\n|composer-values.config.platform
composer|.config/composer/config.json|{"config": {"process-timeout": 1.5}}\n|composer-values.config.process-timeout
composer|.config/composer/config.json|{"config": {"discard-changes": "maybe"}}\n|composer-values.config.discard-changes
composer|.config/composer/config.json|{"config": {"cache-ttl": "x"}}\n|composer-values.config.cache-ttl
composer|.config/composer/config.json|{"config": {"bin-compat": "zzz"}}\n|composer-values.config.bin-compat
bundler|.bundle/config|---\nBUNDLE_FROZEN: "off"\n|bundler-values.frozen
npm|.bunfig.toml|[install]\nregistri = "https://n.example/"\n|npm-lines.unknown-key.2
cargo|.cargo/config.toml|[source.a]\nregistry = "sparse+https://crates.example/"\n[source.b]\nregistry = "sparse+https://crates.example/"\n|cargo-values.source.b.registry
cargo|.cargo/config.toml|[nobody]\nknows = 1.5\n|cargo-file.float.2
cargo|.cargo/config.toml|x = [{since = 1979-05-27}]\n|cargo-file.date.1
cargo|.cargo/config.toml|x = 18446744073709551616\n|cargo-file.syntax.1
cargo|.cargo/config.toml|[source.m]\n# registry = "sparse+https://crates.example/"\n|cargo-values.source.m
cargo|.cargo/config.toml|[source.m]\nreplace-with = "n"\n|cargo-values.source.m
cargo|.cargo/config.toml|[source.m]\nregistry = "https://crates.example/x"\ndirectory = "/x"\n|cargo-values.source.m.registry
cargo|.cargo/config.toml|[source.m]\nregistry = "https://crates.example/x"\nbranch = "x"\n|cargo-values.source.m.branch
cargo|.cargo/config.toml|[source.m]\nregistry = "sparse+https://index.crates.io/"\n|cargo-values.source.m.registry
cargo|.cargo/config.toml|[source.m]\nregistry = "registry+https://crates.example/x"\n|cargo-values.source.m.registry
cargo|.cargo/config.toml|[source.m]\ndirectory = "/x"\n[source.n]\ndirectory = "/x"\n|cargo-values.source.n.directory
cargo|.cargo/config.toml|[source.crates-io]\nreplace-with = "m"\n[source.m]\nregistry = "https://crates.example/x"\nreplace-with = "m"\n|cargo-values.source.crates-io.replace-with
cargo|.cargo/config.toml|[source.crates-io]\nreplace-with = "m"\n[source.m]\nregistry = "https://crates.example/x"\nreplace-with = "n"\n|cargo-values.source.crates-io.replace-with
cargo|.cargo/config.toml|[registry]\nindex = "git://crates.example/x"\n|cargo-values.registry.index
cargo|.cargo/config.toml|[http]\nssl-version = "tls1.2"\n|cargo-values.http.ssl-version
cargo|.cargo/config.toml|[http]\nssl-version = {min = "tls1.2"}\n|cargo-values.http.ssl-version.min
cargo|.cargo/config.toml|[http.ssl-version]\nmax = "tls1.2"\n|cargo-values.http.ssl-version.max
cargo|.cargo/config.toml|[http]\nproxy = "127.0.0.1:x"\n|cargo-values.http.proxy
cargo|.cargo/config.toml|[http]\ntimeout = -1\n|cargo-values.http.timeout
cargo|.cargo/config.toml|http = "x"\n|cargo-values.http
cargo|.cargo/config.toml|[build]\ntarget = "aarch64"\n|cargo-values.build.target
cargo|.cargo/config.toml|[build]\ntarget = "x86_64-unknown-linux-gnu arm-x"\n|cargo-values.build.target
cargo|.cargo/config.toml|[build]\njobs = 0\n|cargo-values.build.jobs
cargo|.cargo/config.toml|[build]\njobs = "4"\n|cargo-values.build.jobs
cargo|.cargo/config.toml|[build]\nrustflags = 1\n|cargo-values.build.rustflags
cargo|.cargo/config.toml|[term]\nquiet = true\nverbose = true\n|cargo-values.term.quiet
cargo|.cargo/config.toml|[build]\nrustflags = "-C target-cpu=native x.rs"\n|cargo-values.build.rustflags
cargo|.cargo/config.toml|[build]\nrustflags = ["-C target-cpu=native"]\n|cargo-values.build.rustflags
cargo|.cargo/config.toml|[build]\nrustflags = ["-C"]\n|cargo-values.build.rustflags
cargo|.cargo/config.toml|[build]\nrustflags = ["-C", "nope"]\n|cargo-values.build.rustflags
cargo|.cargo/config.toml|[build]\nrustflags = "-O3"\n|cargo-values.build.rustflags
cargo|.cargo/config.toml|[[source]]\nname = "x"\n|cargo-values.source
cargo|.cargo/config.toml|[[source.office]]\nregistry = "sparse+https://crates.example/"\n|cargo-values.source.office
cargo|.cargo/config.toml|[[target.x86_64-unknown-linux-gnu]]\nlinker = "cc"\n|cargo-values.target.x86_64-unknown-linux-gnu
cargo|.cargo/config.toml|[registries.office]\nregistry = "sparse+https://crates.example/"\n|cargo-values.registries.office.registry
cargo|.cargo/config.toml|[profile.dev.package.x]\nopt-level = 9\n|cargo-values.profile.dev.package.x.opt-level
cargo|.cargo/config.toml|[profile.dev.build-override]\nlto = true\n|cargo-values.profile.dev.build-override.lto
cargo|.cargo/config.toml|[env]\nCARGO_HOME = "x"\n|cargo-values.env.CARGO_HOME
cargo|.cargo/config.toml|[profile.release]\ninherits = "dev"\n|cargo-values.profile.release.inherits
cargo|.cargo/config.toml|[patch.crates-io]\nfoo = 1\n|cargo-values.patch.crates-io.foo
cargo|.cargo/config.toml|[patch.crates-io]\nfoo = {}\n|cargo-values.patch.crates-io.foo
yarn-berry|.yarnrc.yml|npmScopes: x\n|yarn-berry-values.npmScopes
yarn-berry|.yarnrc.yml|npmScopes:\n  office:\n    npmRegistrServer: "https://a.example"\n|yarn-berry-lines.unknown-key.3
yarn-berry|.yarnrc.yml|npmScopes:\n  office:\n    npmRegistryServer:\n|yarn-berry-values.npmScopes.office.npmRegistryServer
yarn-berry|.yarnrc.yml|npmRegistries:\n  "//a.example":\n    npmAlwaysAuth: maybe\n|yarn-berry-values.npmRegistries.//a.example.npmAlwaysAuth
yarn-berry|.yarnrc.yml|packageExtensions: x\n|yarn-berry-values.packageExtensions
yarn-berry|.yarnrc.yml|cacheFolder: [x]\n|yarn-berry-values.cacheFolder
yarn-berry|.yarnrc.yml|npmScopes: {office: {npmRegistrServer: "https://a.example"}}\n|yarn-berry-lines.unknown-key.1
yarn-berry|.yarnrc.yml|npmScopes: {\n  office: {npmAuthToken: x, # c\n    "npmAlwaysAuth":maybe}\n}\n|yarn-berry-values.npmScopes.office.npmAlwaysAuth
yarn-berry|.yarnrc.yml|{"enableMirror": "maybe"}\n|yarn-berry-values.enableMirror
yarn-berry|.yarnrc.yml|{"enableMirror": true "nmMode": "classic"}\n|yarn-berry-file.syntax.1
yarn-berry|.yarnrc.yml|logFilters: x\n|yarn-berry-values.logFilters
yarn-berry|.yarnrc.yml|logFilters:\n  - code: YN0002\n    lvl: discard\n|yarn-berry-lines.unknown-key.3
yarn-berry|.yarnrc.yml|logFilters:\n  - code: YN0002\n  - {level: hide}\n|yarn-berry-values.logFilters.1.level
yarn-berry|.yarnrc.yml|nodeLinker: node_modules\n|yarn-berry-values.nodeLinker
composer|.config/composer/config.json|{"repositories": [{"url": "https://c.example/"}]}\n|composer-values.repositories
composer|.config/composer/config.json|{"repositories": {"a": {"type": "vcs"}}}\n|composer-values.repositories
composer|.config/composer/config.json|{"repositories": {"a": {"type": "Composer", "url": "https://c.example/"}}}\n|composer-values.repositories
composer|.config/composer/config.json|{"repositories": ["https://c.example/"]}\n|composer-values.repositories
composer|.config/composer/config.json|{"config": {"http-basic": {"c.example": {"username": "u"}}}}\n|composer-values.config.http-basic
composer|.config/composer/config.json|{"config": {"http-basic": {"c.example": "u:p"}}}\n|composer-values.config.http-basic
composer|.config/composer/config.json|{"config": {"bearer": {"c.example": {"token": "t"}}}}\n|composer-values.config.bearer
composer|.config/composer/config.json|{"config": {"gitlab-token": {"gitlab.com": {"username": "u"}}}}\n|composer-values.config.gitlab-token
composer|.config/composer/config.json|{"config": {"github-oauth": {"github.com": 5}}}\n|composer-values.config.github-oauth
composer|.config/composer/config.json|{"config": {"platform": {"php": "x.y"}}}\n|composer-values.config.platform
composer|.config/composer/config.json|{"config": {"allow-plugins": null}}\n|composer-values.config.allow-plugins
composer|.config/composer/config.json|{"config": {"discard-changes": "true"}}\n|composer-values.config.discard-changes
composer|.config/composer/config.json|{"config": {"vendor-dir": 5}}\n|composer-values.config.vendor-dir
composer|.config/composer/config.json|{"config": {"bin-compat": ""}}\n|composer-values.config.bin-compat
npm|.npmrc|fetch-retry-mintimeout=70000\n|npm-values.fetch-retry-mintimeout
npm|.npmrc|fetch-retry-maxtimeout=1000\n|npm-values.fetch-retry-maxtimeout
npm|.npmrc|@office=https://npm.office.example/\n|npm-values.@office
npm|.npmrc|https://npm.office.example/:_authToken=x\n|npm-values.https://npm.office.example/:_authToken
npm|.npmrc|ca=/etc/ssl/office.pem\n|npm-values.ca
npm|.npmrc|umask=999\n|npm-values.umask
npm|.npmrc|umask=0999\n|npm-values.umask
npm|.npmrc|searchlimit=x\n|npm-values.searchlimit
npm|.npmrc|legacy-peer-dep=true\n|npm-lines.unknown-key.1
npm|.npmrc|before=yesterday\n|npm-values.before
npm|.npmrc|before=31/12/2025\n|npm-values.before
npm|.npmrc|before=20250101\n|npm-values.before
npm|.npmrc|before=7 days ago\n|npm-values.before
npm|.npmrc|fetch-timeout=Infinity\n|npm-values.fetch-timeout
npm|.npmrc|fetch-timeout=1e10\n|npm-values.fetch-timeout
npm|.npmrc|export registry=https://registry.example\n|npm-lines.line-export.1
cargo|.cargo/config.toml|[term]\ncolor = "Auto"\n|cargo-values.term.color
cargo|.cargo/config.toml|[term.progress]\nwhen = "always"\n|cargo-values.term.progress.when
cargo|.cargo/config.toml|[profile.release]\nopt-level = 4\n|cargo-values.profile.release.opt-level
cargo|.cargo/config.toml|[env]\nA = {force = true}\n|cargo-values.env.A
cargo|.cargo/config.toml|[env]\nA = 1\n|cargo-values.env.A
cargo|.cargo/config.toml|include = "more.toml"\n|cargo-values.include
cargo|.cargo/config.toml|include = ["config.toml"]\n|cargo-values.include
cargo|.cargo/config.toml|include = [1]\n|cargo-values.include
cargo|.cargo/config.toml|[include]\nx = 1\n|cargo-values.include
cargo|.cargo/config.toml|[registry]\ndefault = "office"\n|cargo-values.registry.default
cargo|.cargo/config.toml|[http.timeout]\nx = 1\n|cargo-values.http.timeout
npm|.npmrc|proxy=ftp://proxy.example:21/\n|npm-values.proxy
yarn-berry|.yarnrc.yml|logFilters:\n  - YN0002\n|yarn-berry-values.logFilters
yarn-berry|.yarnrc.yml|logFilters:\n  code: YN0002\n|yarn-berry-values.logFilters
yarn-berry|.yarnrc.yml|npmRegistryServer:\n  url: https://a.example\n|yarn-berry-values.npmRegistryServer
ROWS
while IFS='|' read -r tool path text; do
	file "$path" "$text"
	expect "$tool: $text" "$(ids "$tool")" ""
done <<'ROWS'
npm|.npmrc|registry=https://${REGISTRY_HOST}/\nproxy=null\nsass_binary_site=https://x.example\n@office:registry=https://npm.office.example/\n
maven|.m2/settings.xml|<settings xmlns="http://maven.apache.org/SETTINGS/1.2.0"><localRepository/><offline>TRUE</offline><interactiveMode>${x}</interactiveMode><usePluginRegistry>false</usePluginRegistry><pluginGroups><pluginGroup>org.x-y_z</pluginGroup></pluginGroups></settings>\n
maven|.m2/settings.xml|<settings><servers><server><id>a</id><configuration><any><any/></any></configuration></server><server/></servers><mirrors><mirror><id>a</id><mirrorOf>*</mirrorOf><url>https://m.example</url><blocked>false</blocked></mirror><mirror><id>a</id><mirrorOf>b</mirrorOf><url>https://m.example</url></mirror></mirrors></settings>\n
maven|.m2/settings.xml|<settings><proxies><proxy><host>h</host><port> 80 </port></proxy></proxies><profiles><profile><id>p</id><activation><property><name>n</name></property></activation><properties><a.b>1</a.b></properties><repositories><repository><id>r</id><url>https://r.example</url><snapshots><enabled>false</enabled></snapshots></repository></repositories></profile><profile><id>q</id><repositories><repository><id>r</id><url>https://r.example</url></repository></repositories></profile></profiles></settings>\n
npm|.npmrc|before=2025-01-01T00:00\n
npm|.npmrc|before=1 Jan 2025\n
npm|.npmrc|umask=0o22\n@office:registry=https://npm.office.example/\nca=null\n
npm|.npmrc|umask=18\n
npm|.npmrc|maxsockets=Infinity\nfetch-timeout=1e5\nnoproxy=\nomit[]=dev\nomit[]=optional\nloglevel=${LEVEL}\n//npm.office.example/:_authToken=${NPM_TOKEN}\n
yarn-berry|.yarnrc.yml|{\n  "npmRegistryServer":"https://a.example", # c\n  "npmScopes": {"office": {"npmAuthToken": "x"}},\n  "logFilters": [{"code": "YN0002", "level": "discard"}]\n}\n
yarn-berry|.yarnrc.yml|logFilters:\n  - code: YN0002\n    level: discard\n  - {text: x, level: warning}\npackageExtensions: {a@1: {dependencies: {b: "1"}}}\n
yarn-berry|.yarnrc.yml|packageExtensions:\n  a@1:\n    dependencies:\n      b: "1"\n
yarn-berry|.yarnrc.yml|npmRegistryServer: &a https://a.example\nnpmPublishRegistry: *a\n
yarn-berry|.yarnrc.yml|enableTelemetry: ${NOPE-false}\nhttpProxy:\ncompressionLevel: 0\nnmMode: classic\nenableHardenedMode:\n
composer|.config/composer/config.json|{"repositories": [{"type": "composer", "url": "https://c.example/"}, {"packagist.org": false}, {"type": "package", "package": {"name": "a/b"}}]}\n
composer|.config/composer/config.json|{"config": {"http-basic": {"c.example": {"username": "u", "password": "p"}}, "bearer": {"c.example": "t"}, "gitlab-token": {"a": "t", "b": {"username": "u", "token": "t"}}, "gitlab-oauth": {"a": "t"}, "github-oauth": {"github.com": "t"}}}\n
composer|.config/composer/config.json|{"repositories": {"packagist.org": false, "a": {"type": "package", "package": {}}}, "config": {"preferred-install": {"a/*": "source"}, "discard-changes": true, "cache-files-maxsize": "300MiB", "allow-plugins": [], "http-basic": [], "platform": {"php": "8.1", "ext-x": false}, "process-timeout": -1}}\n
yarn-berry|.yarnrc.yml|npmScopes:\n  office:\n    npmRegistryServer: "https://a.example"\n    npmAuthToken: x\nnpmRegistries:\n  "//a.example":\n    npmAlwaysAuth: true\npackageExtensions:\n  "foo@*":\n    dependencies:\n      bar: "1"\nsupportedArchitectures:\n  os: [linux]\n
composer|.config/composer/config.json|{"config": {"cache-files-maxsize": 5, "cache-dir": "/x", "discard-changes": "stash"}}\n
gem|.gemrc|:gempath: [~/a, ~/b]\n
npm|.config/pnpm/config.yaml|registries:\n  default: https://n.example/\nstrictSsl: true\n
npm|.npmrc|script-shell=bash\nnode-options=--max-old-space-size=4096\ngit=/usr/bin/git\nca=\n
yarn-berry|.yarnrc.yml|npmRegistryServer: "${REGISTRY:-https://registry.example}"\nhttpTimeout: 60s\nenableTelemetry: 0\nnodeLinker: node-modules\n
cargo|.cargo/config.toml|[build]\nrustc-wrapper = "sccache"\njobs = 4\n[target.x86_64-unknown-linux-gnu]\nrustflags = ["-C", "link-arg=-s"]\nlinker = "clang"\n[registries.office]\nindex = "https://git.office.example/index"\n
cargo|.cargo/config.toml|[source.crates-io]\nreplace-with = "m m"\n[source."m m"]\nregistry = "sparse+https://crates.example/"\n[source."git+https://git.example/x?rev=abc"]\ngit = "https://git.example/x"\nrev = "abc"\nreplace-with = "a.b"\n[source."a.b"]\ndirectory = "vendor"\n
cargo|.cargo/config.toml|[http]\nproxy = ""\nssl-version = {min = "tlsv1.2", max = "tlsv1.3"}\ntimeout = 1_0\n[build]\nrustc-wrapper = ""\njobs = "default"\ntarget = []\n[net]\nretry = 0x10\n[term]\nquiet = false\nverbose = true\nprogress = {when = "always", width = 80}\n
cargo|.cargo/config.toml|[profile.release]\nopt-level = "z"\nlto = "thin"\nstrip = true\ndebug = 1\n[profile.dev.package."*"]\nopt-level = 3\n[env]\nA = "x"\nB = {value = "x", force = true}\n[alias]\nb = "build"\n[registries.office]\nindex = "sparse+https://crates.office.example/"\n[registry]\ndefault = "office"\n
cargo|.cargo/config.toml|[build]\ntarget = ["wasm32-wasip1", "board.json"]\n
cargo|.cargo/config.toml|[alias]\nb = "\\\\e\\\\x41"\n[env]\nA = {\n  value = "x", # c\n}\n
cargo|.cargo/config.toml|[build]\nrustflags = ["--codegen", "opt-level=1", "-Ctarget_cpu=native", "-g", "-vO"]\n[profile.dev.package.x]\nopt-level = 1\n[profile.release.build-override]\nopt-level = 3\ndebug = true\n
cargo|.cargo/config.toml|[build]\nrustflags = "  -L native=/x -Clink-arg=-s --cap-lints warn "\n[target.x]\nrustflags = ["-C", "link-arg=a b", "--cfg", "y", "-O"]\n[profile.fast]\ninherits = "release"\n[patch.crates-io]\nfoo = {git = "https://git.example/foo"}\n
npm|.npmrc|fetch-retry-mintimeout=100\nfetch-retry-maxtimeout=500\nfetch-timeout=1e5\n
cargo|.cargo/config.toml|include = [{path = "more.toml", optional = true}]\n[registry]\ndefault = "office"\n[registries.office]\nindex = "sparse+https://crates.example/"\n
cargo|.cargo/config.toml|[registry]\ndefault = "crates-io"\n
npm|.npmrc|proxy=SOCKS5://proxy.example:1080\nhttps-proxy=false\n
yarn-berry|.yarnrc.yml|logFilters:\n  -\n    code: YN0002\n
yarn-berry|.yarnrc.yml|logFilters: []\n
conda|.condarc|channels:\n  - conda-forge\nssl_verify: true\ncustom_channels:\n  office: https://conda.office.example\n
ROWS

# ---- dangers ---------------------------------------------------------------------------------------
while IFS='|' read -r tool path text id; do
	file "$path" "$text"
	ids "$tool" >"$T/ids"
	grep -q -- "$id" "$T/ids" || fail "$text: no $id in: $(cat "$T/ids")"
done <<'ROWS'
npm|.npmrc|script-shell=/home/x/sh\n|npm-runs-program
npm|.npmrc|node-options=--require ./spy.js\n|npm-runs-program
npm|.npmrc|//npm.office.example/:tokenHelper=/home/x/helper\n|npm-runs-program
npm|.npmrc|@office:registry=http://npm.office.example/\n|npm-plain-http
npm|.npmrc|//npm.office.example/:_authToken=abcdef\n|
npm|.npmrc|ca[]="-----BEGIN CERTIFICATE-----\\\\nMIIB\\\\n-----END CERTIFICATE-----"\n|npm-risks.npm-foreign-ca
yarn-berry|.yarnrc.yml|yarnPath: /home/x/yarn.js\n|npm-runs-program
yarn-berry|.yarnrc.yml|enableStrictSsl: 0\n|npm-tls-off
cargo|.cargo/config.toml|[build]\nrustc-wrapper = "/home/x/w"\n|cargo-runs-program
cargo|.cargo/config.toml|[target.x86_64-unknown-linux-gnu]\nrustflags = "-C linker=/home/x/ld"\n|cargo-runs-program
cargo|.cargo/config.toml|[registries.office]\nindex = "sparse+http://crates.office.example/"\n|cargo-plain-http
cargo|.cargo/config.toml|[registry]\nglobal-credential-providers = ["/home/x/p"]\n|cargo-runs-program
conda|.condarc|ssl_verify: no\n|conda-tls-off
conda|.condarc|ssl_verify: /home/x/ca.pem\n|conda-foreign-ca
conda|.condarc|channels:\n  - http://conda.office.example/main\n|conda-plain-http
conda|.condarc|custom_channels:\n  office: http://conda.office.example\n|conda-plain-http
gem|.gemrc|gem: --source http://gems.office.example\n|gem-plain-http
bundler|.bundle/config|---\nBUNDLE_TRUST___POLICY: "NoSecurity"\n|bundler-no-checksums
composer|.config/composer/config.json|{"config": {"allow-plugins": true}}\n|composer-runs-program
homebrew|.homebrew/brew.env|HOMEBREW_CURLRC=/home/x/curlrc\n|homebrew-foreign-file
ROWS

# ---- files that a file includes say as much as it does --------------------------------------------------
file .cargo/config.toml 'include = ["more.toml"]\n[source.m]\nregistry = "sparse+https://crates.example/"\n'
printf 'include = ["config.toml", "x/deep.toml"]\n[net]\nretry = "1"\n[source.crates-io]\nreplace-with = "m"\n' >"$HOME/.cargo/more.toml"
mkdir "$HOME/.cargo/x"
printf '[source.crates-io]\nreplace-with = "n"\n[http]\ntimeout = "1"\n' >"$HOME/.cargo/x/deep.toml"
expect "of the included files" "$(ids cargo)" "cargo-values.net.retry cargo-values.http.timeout cargo-values.include"
file .cargo/config.toml '[source.crates-io]\nreplace-with = "off-ice"\n[registry]\ndefault = "off-ice"\n'
expect "a registry of the environment" "$(CARGO_REGISTRIES_OFF_ICE_INDEX=sparse+https://crates.example/ ids cargo)" ""

# ---- what works stays until its finding is named ------------------------------------------------------
while IFS='|' read -r tool path text; do
	file "$path" "$text"
	mw --fix all --only "$tool" >"$T/out" 2>&1 || fail "$text: $(cat "$T/out")"
	expect "$tool: $text" "$(cat "$HOME/$path")" "$(printf '%b' "$text")"
	grep -q 'is left' "$T/out" || fail "$text: nobody says so: $(cat "$T/out")"
done <<'ROWS'
npm|.npmrc|cafile=/home/x/office.pem\n
npm|.npmrc|registry=http://npm.office.example/\n
pip|.config/pip/pip.conf|[global]\nextra-index-url = https://pypi.office.example/simple\n
pip|.config/pip/pip.conf|[global]\ntrusted-host = pypi.office.example\n
pip|.config/pip/pip.conf|[global]\ncert = /home/x/office.pem\n
go|.config/go/env|GOPRIVATE=*\n
go|.config/go/env|GOINSECURE=git.office.example\n
cargo|.cargo/config.toml|[http]\ncainfo = "/home/x/office.pem"\n
ROWS
file .npmrc 'node-options=--require ./spy.js --max-old-space-size=4096\n'
mw --fix npm-risks.npm-runs-program --only npm >"$T/out" 2>&1 || fail "$(cat "$T/out")"
expect "a text is no list of words" "$(cat "$HOME/.npmrc")" ""

# ---- a variable of this shell --------------------------------------------------------------------------
file .npmrc 'registry=https://${REGISTRY_HOST}/\n'
variable() { { REGISTRY_HOST=$1 "$MW_BIN" --no-network --doctor --only npm --json 2>/dev/null || true; } | jq -r '.checks[] | select(.id == "npm-values.registry") | .status'; }
expect "a variable that is set" "$(variable registry.example)" ""
expect "one that is not" "$(unset REGISTRY_HOST && { "$MW_BIN" --no-network --doctor --only npm --json 2>/dev/null || true; } | jq -r '.checks[] | select(.id == "npm-values.registry") | .status')" fail

file .yarnrc.yml '# ${A}\nnpmAuthToken: "${B}" # ${C}\nnpmScopes: {a: {npmAuthToken: "${D:-}"}, "${F}": {npmAlwaysAuth: true}}\nunsafeHttpWhitelist:\n  - ${E}\n'
unset_here() { { "$MW_BIN" --no-network --doctor --only yarn-berry --json 2>/dev/null || true; } |
	jq -r '.checks[] | select(.status == "fail" and (.id | contains("variable"))) | .id' | xargs; }
expect "Yarn stops at those" "$(unset_here)" "yarn-berry-file.variable.2 yarn-berry-file.variable.5"
expect "an empty one is set" "$(B='' E=x unset_here)" ""
touch .env.yarn
expect "another file may set them" "$(unset_here)" ""
rm .env.yarn

printf '#!/bin/sh\n' >"$T/composer"
chmod +x "$T/composer"
file .config/composer/config.json '{"config": {"cafile": "/srv/absent.pem"}}\n'
expect "a file that is not there" "$({ PATH="$T:$PATH" "$MW_BIN" --no-network --doctor --only composer --json 2>/dev/null || true; } |
	jq -r '.checks[] | select(.id == "composer-values.config.cafile") | .status')" fail

file .config/go/env 'GOTMPDIR=/srv/absent\n'
expect "a folder that is not there" "$({ "$MW_BIN" --no-network --doctor --only go --json 2>/dev/null || true; } |
	jq -r '.checks[] | select(.id == "go-values.GOTMPDIR") | .status')" fail
rm "$HOME/.config/go/env"

# ---- a name of other versions, and a program that is not there ------------------------------------------
mkdir "$T/yarn"
yarn_here() { { PATH="$T/yarn:$PATH" "$MW_BIN" --no-network --doctor --only yarn-berry --json 2>/dev/null || true; } |
	jq -r '.checks[] | select(.status == "fail" or .status == "warn") | .id' | xargs; }
while IFS='|' read -r version text id; do
	printf '#!/bin/sh\necho %s\n' "$version" >"$T/yarn/yarn"
	chmod +x "$T/yarn/yarn"
	file .yarnrc.yml "$text"
	expect "$version: $text" "$(yarn_here)" "$id"
done <<'ROWS'
4.8.1|npmMinimalAgeGate: 3d\n|yarn-berry-values.npmMinimalAgeGate
4.18.1|npmMinimalAgeGate: 3d\n|
4.0.0|pnpDataPath: x\n|yarn-berry-values.pnpDataPath
3.8.7|pnpDataPath: x\n|
4.18.1|yarnPath: .yarn/releases/yarn-4.cjs\n|yarn-berry-values.yarnPath yarn-berry-risks.npm-runs-program
ROWS

# ---- what the installed version does not know is not written, and found where it stands ---------------
mkdir -p "$T/bin"
printf '#!/bin/sh\necho "cargo 1.65.0"\n' >"$T/bin/cargo"
chmod +x "$T/bin/cargo"
here() { PATH="$T/bin:$PATH" "$MW_BIN" --no-network --deadline 60000 --only cargo "$@"; }
file .cargo/config.toml '[net]\nretry = 3\n'
for wish in "-p prod" "-p base --mirror cargo=ustc"; do
	# shellcheck disable=SC2086
	here $wish --apply >"$T/out" 2>&1 || fail "$wish: $(cat "$T/out")"
	grep -q 'warning: cargo: left as it is: Cargo 1.65.0 does not know sparse+; from 1.68 on it does' "$T/out" ||
		fail "$wish: nobody says so: $(cat "$T/out")"
	expect "$wish" "$(cat "$HOME/.cargo/config.toml")" "$(printf '[net]\nretry = 3\n')"
done
{ PATH="$T/bin:$PATH" "$MW_BIN" --no-network -p dev --diff --skip container,system --json 2>/dev/null || true; } >"$T/out"
expect "the wish for all tools says it, too" \
	"$(jq -r '.warnings[] | select(startswith("cargo: left as it is: Cargo 1.65.0 does not know sparse+"))' "$T/out" | wc -l)" 1
printf '[source.crates-io]\nreplace-with = "old"\n[source.old]\nregistry = "sparse+https://crates.example/"\n' >>"$HOME/.cargo/config.toml"
id=cargo-values.source.old.registry
here --doctor --json >"$T/out" 2>/dev/null || true
expect "an index of later versions" "$(jq -r --arg id $id '.checks[] | select(.id == $id) | .status' "$T/out")" fail
here --fix $id >"$T/out" 2>&1 || fail "$(cat "$T/out")"
expect "cargo asks crates.io again" "$(grep -c replace-with "$HOME/.cargo/config.toml" || true)" 0
here_ids() { { here --doctor --json 2>/dev/null || true; } | jq -r '.checks[] | select(.status == "fail" or .status == "warn") | "\(.status) \(.id)"' | xargs; }
file .cargo/config.toml '[env]\nA = {\n  value = "x", # c\n}\n'
expect "TOML 1.1 and a Cargo that does not read it" "$(here_ids)" "fail cargo-file.toml-1.1.2"
file .cargo/config.toml '[term]\nunicode = "x"\n'
expect "a setting of later versions" "$(here_ids)" "warn cargo-values.term.unicode"
while IFS='|' read -r text id; do
	file .cargo/config.toml "$text"
	expect "$text" "$(here_ids)" "$id"
done <<'ROWS'
[build]\nrustc-wrapper = "no-such-program"\n|fail cargo-values.build.rustc-wrapper
[build]\nrustc = "bin/rustc"\n|fail cargo-values.build.rustc warn cargo-risks.cargo-runs-program
[source.crates-io]\nreplace-with = "m"\n[source.m]\ndirectory = "vendor"\n|fail cargo-values.source.crates-io.replace-with
[source.m]\ndirectory = "vendor"\n|
paths = ["vendor"]\n|fail cargo-values.paths
[source.crates-io]\nreplace-with = "m"\n[source.m]\ndirectory = ".cargo"\n|
ROWS
file .cargo/config.toml '[build]\nrustc-wrapper = "no-such-program"\n'
expect "what the environment says wins" "$(RUSTC_WRAPPER="env" here_ids)" "warn cargo-shadowed.build.rustc-wrapper"
printf '#!/bin/sh\necho "cargo 1.68.0"\n' >"$T/bin/cargo"
file .cargo/config.toml '[net]\nretry = 3\n'
here -p prod --apply >"$T/out" 2>&1 || fail "$(cat "$T/out")"
grep -q 'registry = "sparse+' "$HOME/.cargo/config.toml" || fail "1.68 knows it: $(cat "$T/out")"
passed
