# ~/.bashrc
case $- in
    *i*) ;;
      *) return;;
esac
# export RUSTUP_DIST_SERVER=https://mirrors.tuna.tsinghua.edu.cn/rustup
alias ll='ls -l'
. "$HOME/.cargo/env"
[ -r "$HOME/.config/mirrorwise/env.sh" ] && . "$HOME/.config/mirrorwise/env.sh" # mirrorwise
