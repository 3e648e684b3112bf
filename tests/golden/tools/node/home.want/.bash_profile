. ~/.bashrc
[ -r "$HOME/.config/mirrorwise/env.sh" ] && . "$HOME/.config/mirrorwise/env.sh" # mirrorwise
