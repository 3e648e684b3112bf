#!/usr/bin/env bash
# The shared shell files: every shell reads the variables, each tool owns its own, a foreign value in
# the environment is said (6), what the user writes into start files meanwhile stays, and the line
# leaves with the last variable.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
scratch

rustup=https://mirrors.tuna.tsinghua.edu.cn/rustup node=https://mirrors.tuna.tsinghua.edu.cn/nodejs-release
home=$T/home
mkdir -p "$home/.config/fish"
printf '# mine\nalias ll=ls' >"$home/.bashrc" # no final newline
printf '# login\n' >"$home/.bash_profile"
printf '# zsh\n' >"$home/.zshrc"
printf '# fish\n' >"$home/.config/fish/config.fish"
cp -a "$home" "$T/before"
clean() { env -i PATH="$PATH" HOME="$home" MIRRORWISE_STATE_DIR="$T/state" "$@"; }
mw() { # also VARIABLE=VALUE before the options
	local status=0 variables=()
	while [[ ${1:-} == *=* && $1 != -* ]]; do variables+=("$1") && shift; done
	clean "${variables[@]}" "$MW_BIN" --lang en --no-network "$@" >"$T/out" 2>"$T/err" || status=$?
	echo $status
}
both=(-p dev --only "rustup,node" -s rustup.mirror=@tuna -s node.mirror=@tuna)

expect "written" "$(mw --apply "${both[@]}")" 0
grep -q 'next shell' "$T/err" || fail "not said when it is in effect: $(cat "$T/err")"
[ ! -e "$home/.profile" ] || fail "bash has a login file already"
ask='echo $RUSTUP_DIST_SERVER $NODE_MIRROR'
expect "bash as a login shell" "$(clean bash -lc "$ask")" "$rustup $node/"
expect "bash at a prompt" "$(clean bash -ic "$ask" 2>/dev/null)" "$rustup $node/"
command -v dash >/dev/null && {
	expect "a POSIX shell" "$(clean dash -c ". '$home/.config/mirrorwise/env.sh'; $ask")" "$rustup $node/"
}
command -v zsh >/dev/null && expect "zsh at a prompt" "$(clean zsh -ic "$ask" 2>/dev/null)" "$rustup $node/"
command -v fish >/dev/null && expect "fish" "$(clean fish -c "$ask")" "$rustup $node/"
expect "a session of systemd" "$(grep -c '=https://' "$home/.config/environment.d/60-mirrorwise.conf")" 6

expect "a second time" "$(mw --diff "${both[@]}")" 0
expect "with our own value in this shell" "$(mw "RUSTUP_DIST_SERVER=$rustup" --apply -p dev --only rustup -s rustup.mirror=@ustc)" 0
expect "with an older one of ours" "$(mw "RUSTUP_DIST_SERVER=$rustup" --diff -p dev --only rustup -s rustup.mirror=@ustc)" 0
expect "with somebody else's" "$(mw RUSTUP_DIST_SERVER=https://corp.example --apply -p dev --only rustup -s rustup.mirror=@nju)" 6
grep -q RUSTUP_DIST_SERVER "$T/err" || fail "the variable is not named"

echo 'export EDITOR=vi' >>"$home/.zshrc"
expect "one tool leaves" "$(mw --apply -p dev --only rustup -s rustup.mirror=@upstream)" 0
expect "the other stays" "$(clean bash -lc "$ask")" "$node/"
expect "the last leaves" "$(mw --apply -p dev --only node -s node.mirror=@upstream)" 0
[ ! -e "$home/.config/mirrorwise/env.sh" ] || fail "env.sh is left"
cmp "$home/.bashrc" "$T/before/.bashrc" || fail "the line left something"
expect "theirs stays" "$(cat "$home/.zshrc")" "# zsh
export EDITOR=vi"

expect "once more" "$(mw --apply "${both[@]}")" 0
echo '# later' >>"$home/.config/fish/config.fish"
expect "back to the first" "$(mw --rollback 0)" 0
expect "theirs stays here, too" "$(cat "$home/.config/fish/config.fish")" "# fish
# later"
cmp "$home/.bash_profile" "$T/before/.bash_profile" || fail ".bash_profile"

rm -rf "$home" "$T/state"
mkdir "$home"
find "$home" >"$T/empty"
expect "an empty home" "$(mw --apply "${both[@]}")" 0
expect "a login file is made" "$(clean bash -lc "$ask")" "$rustup $node/"
expect "rolled back" "$(mw --rollback)" 0
expect "without a trace" "$(find "$home")" "$(cat "$T/empty")"
: >"$home/.zshenv"
expect "once more" "$(mw --apply "${both[@]}")" 0
[ -s "$home/.profile" ] || fail "no login file"
expect "all leave" "$(mw --apply -p dev --only rustup,node -s rustup.mirror=@upstream -s node.mirror=@upstream)" 0
expect "what we made goes, theirs stays" "$(find "$home" -type f)" "$home/.zshenv"
rm "$home/.zshenv"

# A start file that cannot be changed is no reason to leave the others.
if [ "$(id -u)" != 0 ] || chattr +i "$T/empty" 2>/dev/null; then
	chattr -i "$T/empty" 2>/dev/null || true
	echo '# fixed' >"$home/.zshenv"
	echo '# login' >"$home/.profile"
	chattr +i "$home/.zshenv" 2>/dev/null || chmod a-w "$home" "$home/.zshenv"
	status=$(mw --apply "${both[@]}")
	chattr -i "$home/.zshenv" 2>/dev/null || chmod u+w "$home" "$home/.zshenv"
	expect "the others are written" "$status $(cat "$home/.zshenv")" "0 # fixed"
	grep -q zshenv "$T/err" || fail "the one that is left is not named: $(cat "$T/err")"
fi
passed
