# Written by mirrorwise: variables of tools that know only the environment.
set -gx NVM_NODEJS_ORG_MIRROR 'https://cdn.npmmirror.com/binaries/node'
set -gx FNM_NODE_DIST_MIRROR 'https://cdn.npmmirror.com/binaries/node'
set -gx NODE_MIRROR 'https://cdn.npmmirror.com/binaries/node/'
set -gx N_NODE_MIRROR 'https://cdn.npmmirror.com/binaries/node'
