# shellcheck shell=sh
_mirrorwise_names() { # profiles, tools, keys or mirrors: no network is asked
	case $1 in
	profiles) mirrorwise --list profiles --json 2>/dev/null |
		sed -n 's/^[[:space:]]*"name":[[:space:]]*"\([^"]*\)".*/\1/p' ;;
	tools) mirrorwise --list tools --json 2>/dev/null |
		sed -n 's/^[[:space:]]*"tool":[[:space:]]*"\([^"]*\)".*/\1/p' ;;
	keys) mirrorwise --list tools --json 2>/dev/null | awk -F'"' '
		$2 == "tool" { tool = $4 }
		$2 == "keys" { for (i = 4; i < NF; i += 2) print tool "." $i }' ;;
	mirrors) mirrorwise --list mirrors --json 2>/dev/null | awk -F'"' '
		$2 == "tool" { tool = $4 }
		$2 == "id" { print tool "=" $4 }' ;;
	esac
}
