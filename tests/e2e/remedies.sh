#!/usr/bin/env bash
# Every broken machine of golden/check, mended by nothing but what the doctor says: its remedies are
# pasted as they stand into a POSIX shell until nothing is left.
# What one run has named the next never names again, and every file as it was is kept: by the history
# if mirrorwise itself mended it.
# cost: 95
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_|DOCKER_|.*_proxy$|.*_PROXY$)' || true)
unset VIRTUAL_ENV MIRRORWISE_STATE_DIR MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export LC_ALL=C.UTF-8

# What a person would do in an editor, and a service manager that does not mind.
mkdir "$T/bin"
cat >"$T/bin/editor" <<'END'
#!/bin/sh
for file; do :; done
case $file in
*.ini) printf '[profile]\nname = mended\n[go]\n' >"$file" ;;
*/mirrors/*) printf '{"tool":"go","mirrors":[]}' >"$file" ;;
*) printf '{}\n' >"$file" ;;
esac
END
printf '#!/bin/sh\ncase $1 in --*) shift ;; esac\nexec "$@"\n' >"$T/bin/sudo"
printf '#!/bin/sh\nexit 0\n' >"$T/bin/systemctl"
cp "$T/bin/systemctl" "$T/bin/service"
# conda config --append channels NAME
printf '#!/bin/sh\nprintf "channels:\\n  - %%s\\n" "$4" >>"$HOME/.condarc"\n' >"$T/bin/conda"
ln -s "$MW_BIN" "$T/bin/mirrorwise"
chmod +x "$T/bin/"*
cat >"$T/paste" <<'END'
round=0
while :; do
	mirrorwise --doctor --root "$M/root" ${P:+-p "$P"} --no-network --deadline 60000 --json >"$M.json"
	status=$?
	jq -r '.checks[] | select(.status == "fail" or .status == "warn") | .fix' "$M.json" >"$M.fixes"
	grep -q . "$M.fixes" || break
	jq -r '.checks[] | select(.status == "fail" or .status == "warn") | .id' "$M.json" >"$M.ids"
	if [ "$round" -gt 0 ] && grep -v 'file\.syntax\.' "$M.ids" | grep -Fxf "$M.named"; then
		echo "named again after its remedy"
		exit 1
	fi
	[ "$(sort "$M.ids" | uniq -d)" = "" ] || { echo "two of one name: $(sort "$M.ids" | uniq -d)"; exit 1; }
	mv "$M.ids" "$M.named"
	round=$((round + 1))
	if [ "$round" -gt 4 ]; then
		echo "not mended after four rounds: $(jq -r '.checks[] | select(.status == "fail" or .status == "warn") | .id + " [" + .fix + "]"' "$M.json")"
		exit 1
	fi
	while IFS= read -r fix <&3; do
		eval "$fix" >"$M.log" 2>&1 || { echo "remedy '$fix': $(cat "$M.log")"; exit 1; }
		echo "$fix"
	done 3<"$M.fixes"
done
# Only what a person alone can mend is left without a remedy.
left=$(jq -r '.checks[] | select(.status == "fail") | .id | select(contains("-file.syntax.") | not)' "$M.json")
[ "$left" = "" ] || { echo "left without a remedy: $left"; exit 1; }
[ "$status" = 0 ] || grep -q 'file\.syntax\.' "$M.json" || { echo "nothing is named and the status is $status"; exit 1; }
END

# What a person changed in an editor, and what was blank, need no backup; an apply has its history.
originals_are_kept() { # SCENARIO
	local part original path
	for part in home root cwd; do
		[ -d "$1/$part.in" ] || continue
		while IFS= read -r -d '' original; do
			path=$M/$part/${original#"$1/$part.in/"}
			grep -q '[^[:space:]]' "$original" || continue
			! cmp -s "$original" "$path" || continue
			! grep -q -e ' --apply$' -e ' --fix ' "$M.said" || continue
			! grep -F EDITOR "$M.said" | grep -qF -- "$path" || continue
			[ -n "$(find "$M" -type f -exec cmp -s {} "$original" \; -print -quit)" ] ||
				fail "nothing is left of $original: $(cat "$M.said")"
		done < <(find "$1/$part.in" -type f -print0)
	done
}

paste_all() { # KIND SHELL...
	local kind=$1 pasted=0 machines=0 scenario M
	shift
	for scenario in "$MW_SOURCE"/tests/golden/check/*/; do
		grep -q '^doctor' "$scenario/want" || continue
		M="$T/$kind-$(basename "$scenario")"
		mkdir -p "$M/home" "$M/root" "$M/cwd"
		for part in home root cwd; do [ -d "$scenario/$part.in" ] && cp -r "$scenario/$part.in/." "$M/$part/"; done
		P=
		[ -e "$scenario/profile.ini" ] && P="$M/profile.ini" && cp "$scenario/profile.ini" "$P"
		chmod -R u+w "$M"
		while read -r mode path; do
			case $mode in
			owner:*) [ "$(id -u)" = 0 ] && chown "${mode#owner:}" "$M/$path" ;;
			*) chmod "$mode" "$M/$path" ;;
			esac
		done < <(cat "$scenario/modes" 2>/dev/null || true)
		(
			set -a
			[ -e "$scenario/env" ] && while IFS= read -r line; do export "${line?}"; done <"$scenario/env"
			cd "$M/cwd"
			# shellcheck disable=SC2034 # set -a exports it
			HOME=$M/home PATH="$T/bin:$PATH" EDITOR=editor
			exec "$@" "$T/paste"
		) >"$M.said" 2>&1 || fail "$(basename "$scenario") by $kind: $(cat "$M.said")"
		originals_are_kept "${scenario%/}"
		machines=$((machines + 1))
		pasted=$((pasted + $(wc -l <"$M.said")))
	done
	echo "$kind: $machines machines mended by $pasted remedies"
	[ "$pasted" -ge 40 ] || fail "only $pasted remedies were tried"
	expectations=$((expectations + 1))
}
export M P
paste_all posix sh
if command -v busybox >/dev/null; then
	paste_all busybox busybox sh
fi
passed
