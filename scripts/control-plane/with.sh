#!/usr/bin/env bash
# Runs a command on a control plane of its own, with the definitions and the role of deploy/ in it:
# scripts/control-plane/with.sh COMMAND ARGUMENT...
#
# The command gets --kubeconfig (may do anything) and --scheduler-kubeconfig (may do what the role lets it) besides.
# $CONTROL_PLANE is the folder of one that runs already and is to be used instead.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || { echo "usage: $0 COMMAND ARGUMENT..." >&2; exit 2; }
command -v kubectl >/dev/null || "$here/../setup.sh" kubernetes-client >&2

if [ -n "${CONTROL_PLANE:-}" ]; then
    folder=$CONTROL_PLANE
else
    folder=$(mktemp -d)
    trap '"$here/down.sh" "$folder" >/dev/null; rm -rf "$folder"' EXIT
    "$here/up.sh" "$folder" >/dev/null
fi
for manifests in crds base; do
    kubectl --kubeconfig "$folder/admin.kubeconfig" apply -k "$here/../../deploy/$manifests" >/dev/null
done
kubectl --kubeconfig "$folder/admin.kubeconfig" wait --for condition=established --timeout 30s crd --all >/dev/null
# Ctrl-C is for the command, which ends in order; the control plane is taken down after it.
trap : INT
"$@" --kubeconfig "$folder/admin.kubeconfig" --scheduler-kubeconfig "$folder/gangwright.kubeconfig"
