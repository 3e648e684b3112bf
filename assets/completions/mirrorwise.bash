# bash completion of mirrorwise, made by mirrorwise --generate bash.
@NAMES@
_mirrorwise_words() {
	COMPREPLY+=($(compgen -W "$1" -- "$cur"))
}
_mirrorwise_files() {
	local IFS=$'\n'
	compopt -o filenames 2>/dev/null
	COMPREPLY+=($(compgen "$1" -- "$cur"))
}
_mirrorwise_list() { # the last of several names between commas
	local before=${cur%"${cur##*,}"}
	COMPREPLY+=($(compgen -P "$before" -W "$1" -- "${cur##*,}"))
	compopt -o nospace 2>/dev/null
}
_mirrorwise_mirrors() { # readline takes '=' for the end of a word
	local names
	names=$(_mirrorwise_names mirrors)
	if [ -n "$tool" ]; then
		names=$(sed -n "s/^$tool=//p" <<<"$names")
	else
		names=$(sed 's/=.*/=/' <<<"$names" | sort -u)
		compopt -o nospace 2>/dev/null
	fi
	_mirrorwise_words "$names"
}
_mirrorwise() {
	local cur=${COMP_WORDS[COMP_CWORD]} at=$((COMP_CWORD - 1)) tool=
	COMPREPLY=()
	if [ "$cur" = = ]; then
		cur=
		at=$COMP_CWORD
	fi
	if [ "$at" -gt 1 ] && [ "${COMP_WORDS[at]}" = = ]; then
		at=$((at - 1))
		case ${COMP_WORDS[at]} in
		-*) ;;
		*)
			tool=${COMP_WORDS[at]}
			at=$((at - 1))
			[ "${COMP_WORDS[at]}" != = ] || at=$((at - 1))
			;;
		esac
	fi
	case ${COMP_WORDS[at]} in
@BASH@
	esac
}
complete -F _mirrorwise mirrorwise
