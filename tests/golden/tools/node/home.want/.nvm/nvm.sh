# nvm
