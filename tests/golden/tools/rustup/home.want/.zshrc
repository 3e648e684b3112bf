autoload -U compinit
compinit
[ -r "$HOME/.config/mirrorwise/env.sh" ] && . "$HOME/.config/mirrorwise/env.sh" # mirrorwise
