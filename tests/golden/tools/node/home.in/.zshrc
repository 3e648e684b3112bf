export NVM_DIR=~/.nvm
