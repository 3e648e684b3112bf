# Written by mirrorwise: variables of tools that know only the environment.
export NVM_NODEJS_ORG_MIRROR='https://cdn.npmmirror.com/binaries/node'
export FNM_NODE_DIST_MIRROR='https://cdn.npmmirror.com/binaries/node'
export NODE_MIRROR='https://cdn.npmmirror.com/binaries/node/'
export N_NODE_MIRROR='https://cdn.npmmirror.com/binaries/node'
