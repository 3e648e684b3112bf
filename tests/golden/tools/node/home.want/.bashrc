export NVM_DIR="$HOME/.nvm"
[ -s "$NVM_DIR/nvm.sh" ] && . "$NVM_DIR/nvm.sh"  # This loads nvm

# last
[ -r "$HOME/.config/mirrorwise/env.sh" ] && . "$HOME/.config/mirrorwise/env.sh" # mirrorwise