autoload -U compinit
compinit
