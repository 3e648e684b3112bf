#!/bin/sh
# The lab: mirrors on known round trips, good and bad, for one command.
#
#   lab.sh run [--] COMMAND...   run COMMAND among the mirrors, exit with its code
#   lab.sh selftest              verify round trips and every kind of server, print a table
#
# COMMAND sees a network in which https://NAME.TOOL.lab are the mirrors of mirrors.py, and
#   LAB_DIR         SERVICE.json                   10 or 12 honest mirrors each, 12 to 220 ms, of
#                                                  go, pip, docker and those of languages.py
#                   bad-TOOL.json                  every bad server, and one honest slow one
#                   race-TOOL.json                 12 ms, 220 ms, a blackhole, a dead DNS
#                   many.json rate.json            1,000 mirrors; four of unequal bandwidth
#                   odd-TOOL.json                  honest but unusual: IPv6, jitter, loss, ...
#                   truth.tsv                      id, rtt_ms, what is wrong, expected class, ...
#                   requests                       HOST METHOD PATH of every request so far
#   LAB_CA          the lab's root certificate
#   SSL_CERT_FILE   this machine's own CA bundle plus LAB_CA: parsing it costs what it costs
# Proxy variables are taken away. Give LAB_FORWARDER=PATH to skip compiling forwarder.c.
#
# Everything lives in a process, a mount and two network namespaces that end with this script,
# SIGKILL included: no process, name, address or file is left, and labs do not see each other.
# Needs root, /dev/net/tun, iproute2, util-linux, openssl, python3 and cc; exits 77 with one
# word when something is missing.

set -eu

here=$(cd "$(dirname "$0")" && pwd)

skip() {
    echo "$1" >&2
    exit 77
}

check_needs() {
    [ "$(id -u)" = 0 ] || skip root
    [ -c /dev/net/tun ] || skip tun
    for tool in ip unshare setpriv mount openssl python3; do
        command -v $tool >/dev/null || skip $tool
    done
    [ -n "${LAB_FORWARDER:-}" ] || command -v cc >/dev/null || skip cc
    for file in hosts resolv.conf; do
        [ -f "/etc/$file" ] || skip $file
    done
    [ -f /proc/net/if_inet6 ] || skip ipv6
    unshare --net --mount --pid --fork --mount-proc ip tuntap add dev lab0 mode tun 2>/dev/null ||
        skip namespaces
}

# openssl says much when all is well.
quietly() {
    "$@" 2>openssl.log || { cat openssl.log >&2; exit 1; }
}

request() { # NAME SUBJECT
    quietly openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -utf8 \
        -keyout "$1.key" -out "$1.csr" -subj "$2"
}

sign() { # NAME ISSUER DAYS EXTENSIONS
    printf '%s\n' "$4" |
        quietly openssl x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -days "$3" \
            -out "$1.crt" -extfile /dev/stdin
    cat "$1.crt" "$2.crt" >"$1.pem"
}

root() { # NAME SUBJECT
    quietly openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
        -keyout "$1.key" -out "$1.crt" -subj "$2"
}

# A root, an intermediate and a leaf, as real mirrors have them: the chain is part of what a
# sample costs on the wire.
make_certificates() {
    escape=$(printf '\033[2J\033]0;owned\007')
    names=$(PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here python3 -c \
        'import mirrors; print("subjectAltName=" + ",".join(f"DNS:*.{x}.lab" for x in mirrors.EVERY_SERVICE))')
    root ca '/O=mirrorwise lab/CN=lab root'
    request issuer '/O=mirrorwise lab/CN=lab issuer'
    sign issuer ca 2 'basicConstraints=critical,CA:TRUE'
    for name in good expired untrusted; do
        request $name '/O=mirrorwise lab/CN=mirrors'
    done
    request other-name "/O=${escape}evil/CN=other.example"
    sign good issuer 2 "$names"
    sign expired issuer -1 "$names"
    sign other-name issuer 2 'subjectAltName=DNS:other.example'
    root unknown '/O=nobody/CN=nobody knows this root'
    sign untrusted unknown 2 "$names"

    cat /etc/ssl/certs/ca-certificates.crt ca.crt >bundle.crt 2>/dev/null || cp ca.crt bundle.crt
}

set_up_client() {
    ip -batch - <<END
link set lo up
tuntap add dev lab0 mode tun
link set lab0 up txqueuelen 10000
addr add 10.77.0.1/24 dev lab0
addr add fd77::1/64 dev lab0 nodad
route add 10.88.0.0/16 dev lab0 src 10.77.0.1
route add fd88::/64 dev lab0 src fd77::1
END
    # Nothing learnt from one connection may speed up or slow down the next.
    echo 1 >/proc/sys/net/ipv4/tcp_no_metrics_save
    for file in hosts resolv.conf nsswitch.conf; do
        [ ! -f "/etc/$file" ] || mount --bind "$LAB_DIR/$file" "/etc/$file"
    done
}

# Runs as process 1 of the lab's namespaces; when it ends the kernel ends all the others.
inside() {
    trap 'exit 143' TERM
    trap : INT # Ctrl-C reaches the command as well, whose answer to it counts
    mount -t tmpfs -o mode=755 lab "$LAB_DIR"
    cd "$LAB_DIR"
    forwarder=${LAB_FORWARDER:-$LAB_DIR/forwarder}
    [ -n "${LAB_FORWARDER:-}" ] || cc -O2 -o "$forwarder" "$here/forwarder.c" &
    compiler=$!
    make_certificates
    mkfifo ready
    PYTHONDONTWRITEBYTECODE=1 unshare --net python3 "$here/servers.py" "$LAB_DIR" >ready &
    servers=$!
    # End of file instead of a line: the servers have died and said why.
    read -r _ <ready || exit 1
    set_up_client
    wait $compiler
    "$forwarder" links /proc/self/ns/net lab0 "/proc/$servers/ns/net" lab0
    rm -f ready openssl.log ./*.csr ./*.srl

    LAB_CA=$LAB_DIR/ca.crt
    SSL_CERT_FILE=$LAB_DIR/bundle.crt
    export LAB_DIR LAB_CA SSL_CERT_FILE
    unset SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE PIP_CERT LAB_FORWARDER
    unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
    cd "$LAB_CWD"
    unset LAB_CWD
    set +e
    "$@"
    exit $?
}

# The command keeps the terminal, standard input and the default signals, which a shell takes
# from what it runs in the background; in the background so that TERM and HUP can end it.
outside() {
    LAB_DIR=$(mktemp -d "${TMPDIR:-/tmp}/mirrorwise-lab.XXXXXX")
    LAB_CWD=$PWD
    export LAB_DIR LAB_CWD
    trap 'rmdir "$LAB_DIR"' EXIT
    exec 3<&0
    setpriv --pdeathsig KILL \
        unshare --mount --net --pid --fork --kill-child --mount-proc \
        env --default-signal=INT,QUIT "$0" inside "$@" <&3 3<&- &
    lab=$!
    trap 'kill -KILL $lab; exit 143' TERM
    trap 'kill -KILL $lab; exit 129' HUP
    trap : INT
    code=0
    wait $lab || code=$?
    while kill -0 $lab 2>/dev/null; do # a signal came, not the end
        code=0
        wait $lab || code=$?
    done
    exit $code
}

action=${1:-}
[ $# -eq 0 ] || shift
case $action in
run)
    [ "${1:-}" != -- ] || shift
    [ $# -gt 0 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 64; }
    check_needs
    outside "$@"
    ;;
selftest)
    check_needs
    outside env PYTHONDONTWRITEBYTECODE=1 python3 "$here/selftest.py" "$@"
    ;;
inside)
    inside "$@"
    ;;
*)
    sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
    exit 64
    ;;
esac
