# Written by mirrorwise: variables of tools that know only the environment.
set -gx RUSTUP_DIST_SERVER 'https://rsproxy.cn'
set -gx RUSTUP_UPDATE_ROOT 'https://rsproxy.cn/rustup'
