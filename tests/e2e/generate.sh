#!/usr/bin/env bash
# --generate: no action, option or word of the tables is missing in a manual or a completion, the
# manuals are right mdoc in both languages with every sentence translated, and the shells that are
# here complete.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need jq
scratch
mkdir -p "$T/bin" "$T/home"
ln -s "$MW_BIN" "$T/bin/mirrorwise"
export PATH=$T/bin:$PATH HOME=$T/home LC_ALL=C.UTF-8
export MIRRORWISE_CONFIG_DIR=$T/config MIRRORWISE_STATE_DIR=$T/state
unset MIRRORWISE_PROFILE MIRRORWISE_LANG
mkdir -p "$T/config/profiles"
printf '[profile]\nname = ours\nextends = dev\n' >"$T/config/profiles/ours.ini"

documents="man man-profile man-catalog man-tool bash zsh fish profile"
for lang in en zh_CN; do
	for what in $documents; do
		mirrorwise --generate "$what" --lang "$lang" >"$T/$what.$lang" || fail "$what in $lang"
		expect "$what in $lang says something" "$([ -s "$T/$what.$lang" ] && echo yes)" yes
	done
done
if command -v mandoc >/dev/null; then
	for what in man man-profile man-catalog man-tool; do
		expect "$what in English" "$(mandoc -T lint -W warning "$T/$what.en" 2>&1)" ""
		expect "$what in Chinese" "$(mandoc -T lint -W warning "$T/$what.zh_CN" 2>&1)" ""
	done
fi

# The tables, as --help shows them.
mirrorwise --help | grep -oE '^ +(-., )?--[a-z0-9-]+' | grep -oE -- '--[a-z0-9-]+' | sort -u >"$T/names"
# Of those that are not built yet, nothing is said elsewhere.
mirrorwise --help | tr -s ' \n' ' ' | grep -oE -- '--[a-z0-9-]+ ([^-]|-[^-])*\(not in this version\)' |
	cut -d' ' -f1 >"$T/later" || true
expect "there are names" "$([ "$(wc -l <"$T/names")" -gt 30 ] && echo yes)" yes
while read -r name; do
	! grep -qxF -e "$name" "$T/later" || continue
	for what in bash zsh; do
		grep -qF -e "$name" "$T/$what.en" || fail "$name is missing in $what"
	done
	grep -qF -e "-l ${name#--} " "$T/fish.en" || fail "$name is missing in fish"
	man=$(sed 's/\\-/-/g' "$T/man.en")
	grep -qF -e "$name" <<<"$man" || fail "$name is missing in the manual"
	expectations=$((expectations + 1))
done <"$T/names"
# The same in both languages, request by request and key by key; only what stands between is told in
# other words.
requests() { grep -E '^\.' "$1" | sed -E 's/^\.(Sh|Ss|Nd) .*/.\1/'; }
for what in man man-profile man-catalog man-tool; do
	expect "$what: requests of both languages" \
		"$(diff <(requests "$T/$what.en") <(requests "$T/$what.zh_CN"))" ""
	expect "$what: literals of both languages" \
		"$(diff <(grep -oE '\\fB[^\]*' "$T/$what.en" | sort) <(grep -oE '\\fB[^\]*' "$T/$what.zh_CN" | sort))" ""
done
keys() { grep -oE '^;?(\[?[a-z.-]+\]?)' "$1"; }
expect "profile: keys of both languages" "$(diff <(keys "$T/profile.en") <(keys "$T/profile.zh_CN"))" ""
for what in $documents; do sed 's/\\-/-/g; s/\\f[RB]/ /g' "$T/$what.en" >"$T/$what.words"; done
has() { # WORD PAGE...: on each
	local word=$1 page
	shift
	for page; do
		expectations=$((expectations + 1))
		grep -qwF -e "$word" "$T/$page.words" || fail "$word is missing in $page"
	done
}
# Exit codes, and the words that options choose from.
while read -r code word; do has "$code $word" man; done < <(mirrorwise --help | grep -oE '^ +[0-9]+  [a-z-]+' | awk '{print $1, $2}')
while read -r words; do
	for word in ${words//|/ }; do has "$word" bash zsh fish man; done
done < <(mirrorwise --help | grep -oE -- '--(list|scope|format|color|lang) [a-zA-Z_|]+' | cut -d' ' -f2)
for word in $documents; do has "$word" bash zsh fish man; done
# Variables of our own that the program reads.
while read -r word; do has "$word" man; done < <(grep -rhoE '"MIRRORWISE_[A-Z_]+"' "$MW_SOURCE/src" | tr -d '"' | sort -u)

# Keys and fields: what the program names as allowed.
allowed() { sed 's/.*llowed[^:]*: //' <<<"$1" | tr -d ,; }
profile() { # PAGE TEXT
	local words
	printf '%s\n' "$2" >"$T/p.ini"
	words=$(allowed "$(mirrorwise --profile "$T/p.ini" --diff 2>&1 | grep -m1 llowed)")
	[ -n "$words" ] || fail "nothing is said to be allowed of $2"
	for word in $words; do has "$word" "$1"; done
}
for section in profile policy check.x watch; do
	profile man-profile "$(printf '[profile]\nname = x\n%s\nnonsense = 1\n' "$([ $section = profile ] || echo "[$section]")")"
done
profile man-profile $'[profile]\nname = x\n[nonsense]\na = 1' # the sections: every tool
while read -r key; do has "${key#*.}" man-profile; done < <(
	mirrorwise --list tools --json | jq -r '.tools[] | .keys[]?')
fields() { # PAGE COMMAND... : of the file $T/x.json
	local page=$1 words
	shift
	words=$(allowed "$("$@" 2>&1 | grep -m1 llowed)")
	[ -n "$words" ] || fail "nothing is said to be allowed: $(cat "$T/x.json")"
	for word in $words; do has "$word" "$page"; done
}
mkdir -p "$T/config/tools"
ln -s "$T/x.json" "$T/config/tools/zz.json"
begin='"tool":"zz","title":"Z","group":"language","programs":["z"]'
source='"sources":[{"scope":"user","path":"~/.zz","format":"npmrc"}]'
for text in '"tool":"zz","nonsense":1' "$begin,\"sources\":[{\"nonsense\":1}]" "$begin,$source,\"keys\":{\"a\":{\"nonsense\":1}}" \
	"$begin,$source,\"keys\":{\"a\":{\"type\":\"nonsense\"}}" "$begin,$source,\"keys\":{\"a\":{\"type\":\"text\"}},\"mirror\":[{\"nonsense\":1}]"; do
	echo "{$text}" >"$T/x.json"
	fields man-tool mirrorwise --list tools --only zz
done
rm "$T/config/tools/zz.json"
for text in '"nonsense":1' '"mirrors":[{"nonsense":1}]' '"mirrors":[],"probe":{"nonsense":1}' '"mirrors":[],"canary":{"nonsense":1}' \
	'"mirrors":[],"age":{"nonsense":1}'; do
	echo "{\"tool\":\"go\",$text}" >"$T/x.json"
	fields man-catalog mirrorwise --list mirrors --catalog "$T/x.json"
done

# bash, as readline calls it: '=' is a word of its own.
if command -v bash >/dev/null; then
	complete_bash() { # WORD...
		bash --norc -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
			COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
			_mirrorwise 2>/dev/null; printf "%s\n" "${COMPREPLY[@]}"' - "$T/bash.en" "$@" | tr '\n' ' ' | sed 's/ $//'
	}
	expect "bash: an option" "$(complete_bash mirrorwise --check)" "--checklist"
	expect "bash: a choice" "$(complete_bash mirrorwise --color al)" "always"
	expect "bash: behind =" "$(complete_bash mirrorwise --color = al)" "always"
	expect "bash: a profile of ours" "$(complete_bash mirrorwise --profile our)" "ours"
	expect "bash: tools in a list" "$(complete_bash mirrorwise --only go,dock)" "go,docker"
	expect "bash: a key" "$(complete_bash mirrorwise --show go.GOPROX)" "go.GOPROXY"
	expect "bash: a mirror" "$(complete_bash mirrorwise --mirror pip = tun)" "tuna"
	expect "bash: a tool for a mirror" "$(complete_bash mirrorwise --mirror dock)" "docker="
fi
if command -v fish >/dev/null; then
	complete_fish() { fish --no-config -c "source $T/fish.en; complete -C '$1'" 2>/dev/null | cut -f1 | tr '\n' ' ' | sed 's/ $//'; }
	expect "fish: an option" "$(complete_fish 'mirrorwise --checkl')" "--checklist"
	expect "fish: a choice" "$(complete_fish 'mirrorwise --color al')" "always"
	expect "fish: a profile of ours" "$(complete_fish 'mirrorwise --profile our')" "ours"
	expect "fish: tools in a list" "$(complete_fish 'mirrorwise --only go,dock')" "go,docker"
	expect "fish: a mirror" "$(complete_fish 'mirrorwise --mirror pip=tun')" "pip=tuna"
	expect "fish: a profile to trust is a file" "$(cd "$T" && complete_fish 'mirrorwise --trust p.in')" "p.ini"
	expect "fish: a key" "$(complete_fish 'mirrorwise --show go.GOPROX')" "go.GOPROXY"
fi
if command -v zsh >/dev/null; then
	mkdir "$T/zsh"
	cp "$T/zsh.en" "$T/zsh/_mirrorwise"
	cat >"$T/try.zsh" <<-'EOT'
		zmodload zsh/zpty
		zpty z zsh -f -i
		zpty -w z "PS1=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -D -u; setopt nobeep noautomenu; print REA''DY"
		out=; integer n=0
		while (( n++ < 100 )) && [[ $out != *READY* ]]; do zpty -r -t z line && out+=$line || sleep .05; done
		zpty -w -n z "mirrorwise $2"$'\t'
		out=; n=0
		while (( n++ < 60 )) && [[ $out != *$3* ]]; do zpty -r -t z line && out+=$line || sleep .05; done
		[[ $out == *$3* ]] && print yes || print -r -- "saw ${(V)out}"
		zpty -d z
	EOT
	try_zsh() { zsh -f "$T/try.zsh" "$T/zsh" "$@" 2>&1; }
	expect "zsh: an option" "$(try_zsh --checkl --checklist)" yes
	expect "zsh: a choice" "$(try_zsh '--color=alw' always)" yes
	expect "zsh: a profile of ours" "$(try_zsh '--profile=our' ours)" yes
	expect "zsh: tools in a list" "$(try_zsh '--only=go,dock' go,docker)" yes
	expect "zsh: a mirror" "$(try_zsh '--mirror=pip=tun' pip=tuna)" yes
	expect "zsh: a key" "$(try_zsh '--show=go.GOPROX' go.GOPROXY)" yes
fi
passed
