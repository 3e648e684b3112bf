# Debian says so
[ -n "$BASH_VERSION" ] && [ -f ~/.bashrc ] && . ~/.bashrc
PATH="$HOME/bin:$PATH"
	# no end