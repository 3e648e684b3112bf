#!/usr/bin/env bash
# "The running engine uses these mirrors", against a real dockerd: not there, as the file says,
# older than the file, as the profile wants and not, beside a flag that wins; each item's evidence
# is what `docker info` says, and the remedy ends it.
# lock: dockerd
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need root dockerd docker jq
[ -e /etc/docker/daemon.json ] && skip "this machine has a daemon.json of its own"
pgrep -x dockerd >/dev/null && skip "a dockerd is running here"
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_|DOCKER_|.*_proxy$|.*_PROXY$)' || true)
unset VIRTUAL_ENV MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
mkdir -p "$HOME" "$T/etc" "$T/bin"
config=$T/etc/daemon.json sock=$T/docker.sock
export DOCKER_HOST="unix://$sock" PATH="$T/bin:$PATH"
# The service manager of this test: what the remedies call.
cat >"$T/bin/service" <<END
#!/bin/sh
[ "\$1" = docker ] || exit 1
case \$2 in
reload) kill -HUP "\$(cat "$T/docker.pid")" && sleep 1 ;;
start) : >"$T/start-wanted" ;;
*) exit 1 ;;
esac
END
printf '#!/bin/sh\nexec "%s/bin/service" "$2" "$1"\n' "$T" >"$T/bin/systemctl"
chmod +x "$T/bin/service" "$T/bin/systemctl"

start_dockerd() { # FLAG...
	background "$T/dockerd.log" dockerd --config-file "$config" --iptables=false --ip6tables=false \
		--bridge=none --storage-driver=vfs --data-root "$T/data" --exec-root "$T/exec" \
		--pidfile "$T/docker.pid" -H "unix://$sock" "$@"
	dockerd_pid=$!
	wait_for 60 docker info || { cat "$T/dockerd.log"; fail "dockerd did not start"; }
}
stop_dockerd() {
	kill "$dockerd_pid"
	wait_for 30 sh -c "! kill -0 $dockerd_pid 2>/dev/null" || fail "dockerd did not end"
}
theirs() { docker info --format '{{json .RegistryConfig.Mirrors}}' | jq -r '. // [] | join(", ")'; }
item() { jq -r --arg key "$1" '.checks[] | select(.id == "docker-live") | .[$key]' "$T/list.json"; }
ask() { # LIST STATUS
	"$MW_BIN" --"$1" --only docker --no-network --json "${@:3}" >"$T/list.json" 2>"$T/err" || true
	expect "docker-live of the $1 ($(item observed))" "$(item status)" "$2"
}
profile() { # MIRROR
	printf '[profile]\nname = team\n[docker]\nregistry-mirrors = %s\n' "$1" >"$T/team.ini"
}
profile https://one.example

# ---- nobody runs --------------------------------------------------------------------------------
ask doctor skip
[ -n "$(item observed)" ] || fail "it does not say why"
ask checklist fail -p "$T/team.ini"
case $(item fix) in *start*docker* | *docker*start*) ;; *) fail "no way to start it: $(item fix)" ;; esac
eval "$(item fix)" || fail "remedy '$(item fix)'"
[ -e "$T/start-wanted" ] || fail "the remedy starts nothing"

# ---- as the file says ---------------------------------------------------------------------------
printf '{"registry-mirrors": ["https://one.example"]}\n' >"$config"
start_dockerd
ask doctor pass
ask checklist pass -p "$T/team.ini"
expect "the evidence is the daemon's own word" "$(item observed)" "$(theirs)"
# The profile wants another one, wherever the file stands.
profile https://two.example
ask checklist fail -p "$T/team.ini"
expect "what is wanted" "$(item expected)" https://two.example

# ---- the file is newer than the daemon ----------------------------------------------------------
printf '{"registry-mirrors": ["https://two.example"]}\n' >"$config"
for list in doctor checklist; do
	ask $list fail -p "$T/team.ini"
	expect "$list: what the daemon uses" "$(item observed)" "$(theirs)"
	expect "$list: it is the old one" "$(item observed)" https://one.example/
done
eval "$(item fix)" || fail "remedy '$(item fix)'"
expect "the remedy worked" "$(theirs)" https://two.example/
ask doctor pass
ask checklist pass -p "$T/team.ini"

# ---- a file that the running daemon would not take any more -------------------------------------
printf '{"registry-mirrors": ["https://two.example"],}\n' >"$config"
"$MW_BIN" --doctor --only docker --json >"$T/list.json" || true
expect "the fault is named" "$(jq -r '.checks[] | select(.id == "docker-file.comma.1") | .status' "$T/list.json")" fail
eval "$(jq -r '.checks[] | select(.id == "docker-file.comma.1") | .fix' "$T/list.json")"
ask doctor pass

# ---- mirrors that only a flag knows -------------------------------------------------------------
stop_dockerd
printf '{}\n' >"$config"
start_dockerd --registry-mirror https://flag.example
ask checklist fail -p "$T/team.ini"
expect "the flag's" "$(item observed)" "$(theirs)"
profile https://flag.example
ask checklist pass -p "$T/team.ini"
stop_dockerd
ask doctor skip
passed
