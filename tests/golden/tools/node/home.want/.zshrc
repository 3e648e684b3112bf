export NVM_DIR=~/.nvm
[ -r "$HOME/.config/mirrorwise/env.sh" ] && . "$HOME/.config/mirrorwise/env.sh" # mirrorwise
