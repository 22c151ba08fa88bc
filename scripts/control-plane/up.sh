#!/usr/bin/env bash
# Starts etcd and kube-apiserver on loopback, with TLS and RBAC: scripts/control-plane/up.sh FOLDER
#
# Everything of this control plane is in FOLDER: keys and certificates, data, logs, process numbers, and the files that a
# client needs, admin.kubeconfig (may do anything) and gangwright.kubeconfig (may do what the role of deploy/ lets it).
# Ports are free ones unless $APISERVER_PORT and $ETCD_PORT say otherwise; $APISERVER_FLAGS is added to the command line.
# A control plane whose data is in FOLDER already goes on with it, on its old ports.
set -euo pipefail

# What runs on in the background must not keep open what the caller has: somebody may wait for its end.
for descriptor in /proc/$$/fd/*; do
    descriptor=${descriptor##*/}
    # bash reads this script by 255.
    if [ "$descriptor" -gt 2 ] && [ "$descriptor" != 255 ]; then eval "exec $descriptor>&-"; fi
done

here=$(cd "$(dirname "$0")" && pwd)
[ $# = 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
binaries=$("$here/binaries.sh")
command -v openssl >/dev/null || "$here/../setup.sh" openssl >&2
mkdir -p "$1"
cd "$1"
folder=$(pwd)

fail() {
    printf 'control plane: %s\n' "$@" >&2
    exit 3
}

is_running() { [ -f "$1.pid" ] && kill -0 "$(cat "$1.pid")" 2>/dev/null; }

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        # Nobody answers: it is free.
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

if [ ! -f ports ]; then
    etcd_port=${ETCD_PORT:-$(free_port)}
    apiserver_port=${APISERVER_PORT:-$(free_port)}
    printf 'etcd_port=%s\npeer_port=%s\napiserver_port=%s\n' "$etcd_port" "$(free_port)" "$apiserver_port" > ports
fi
# shellcheck source=/dev/null
. ./ports
server=https://127.0.0.1:$apiserver_port

# MARK: Keys

key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null ||
    openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }

certificate() {  # NAME SUBJECT EXTENSIONS
    key "$1"
    openssl req -new -key "$1.key" -subj "$2" -out "$1.csr" 2>> openssl.log
    printf '%s\n' "$3" > "$1.ext"
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -extfile "$1.ext" \
        -out "$1.crt" 2>> openssl.log
    rm "$1.csr" "$1.ext"
}

kubeconfig() {  # FILE, and the user's entries
    cat > "$1" <<EOF
apiVersion: v1
kind: Config
current-context: local
clusters:
- name: local
  cluster: {server: "$server", certificate-authority: "$folder/ca.crt"}
contexts:
- name: local
  context: {cluster: local, user: user}
users:
- name: user
  user: {$2}
EOF
    chmod 600 "$1"
}

if [ ! -f ca.crt ]; then
    umask 077
    key ca
    openssl req -x509 -new -key ca.key -subj "/CN=gangwright-test-ca" -days 365 -out ca.crt
    certificate server "/CN=kube-apiserver" \
        "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc
extendedKeyUsage=serverAuth"
    certificate admin "/O=system:masters/CN=admin" "extendedKeyUsage=clientAuth"
    openssl genrsa -out service-account.key 2048 2>> openssl.log
    token=$(openssl rand -hex 16)
    printf '%s,system:serviceaccount:gangwright-system:gangwright,gangwright,"system:serviceaccounts,system:authenticated"\n' \
        "$token" > tokens.csv
    kubeconfig admin.kubeconfig "client-certificate: \"$folder/admin.crt\", client-key: \"$folder/admin.key\""
    kubeconfig gangwright.kubeconfig "token: \"$token\""
fi

# MARK: Processes

if ! is_running etcd; then
    nosync=
    "$binaries/etcd" --help 2>&1 | grep -q -- --unsafe-no-fsync && nosync=--unsafe-no-fsync
    setsid "$binaries/etcd" $nosync --name test --data-dir "$folder/etcd" \
        --listen-client-urls "http://127.0.0.1:$etcd_port" --advertise-client-urls "http://127.0.0.1:$etcd_port" \
        --listen-peer-urls "http://127.0.0.1:$peer_port" --initial-advertise-peer-urls "http://127.0.0.1:$peer_port" \
        --initial-cluster "test=http://127.0.0.1:$peer_port" --auto-compaction-retention 1h \
        >> etcd.log 2>&1 < /dev/null &
    echo $! > etcd.pid
fi

if ! is_running kube-apiserver; then
    # Without kubelets and controllers nobody makes service accounts' tokens or takes taints off nodes.
    # shellcheck disable=SC2086  # a list of flags
    setsid "$binaries/kube-apiserver" --etcd-servers "http://127.0.0.1:$etcd_port" \
        --bind-address 127.0.0.1 --secure-port "$apiserver_port" --advertise-address 127.0.0.1 \
        --tls-cert-file server.crt --tls-private-key-file server.key --client-ca-file ca.crt \
        --token-auth-file tokens.csv --authorization-mode RBAC --cert-dir "$folder" \
        --service-account-issuer "$server" --service-account-key-file service-account.key \
        --service-account-signing-key-file service-account.key --service-cluster-ip-range 10.0.0.0/16 \
        --disable-admission-plugins ServiceAccount,TaintNodesByCondition \
        ${APISERVER_FLAGS:-} >> kube-apiserver.log 2>&1 < /dev/null &
    echo $! > kube-apiserver.pid
fi

for _ in $(seq 600); do
    for program in etcd kube-apiserver; do
        is_running $program || fail "$program has ended: the end of $folder/$program.log is" "$(tail -n 5 $program.log)"
    done
    if curl --silent --fail --cacert ca.crt --cert admin.crt --key admin.key "$server/readyz" > /dev/null; then
        echo "$folder/admin.kubeconfig"
        exit 0
    fi
    sleep 0.1
done
fail "kube-apiserver is not ready after a minute: the end of $folder/kube-apiserver.log is" "$(tail -n 5 kube-apiserver.log)"
