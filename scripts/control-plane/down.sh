#!/usr/bin/env bash
# Stops what scripts/control-plane/up.sh FOLDER has started; FOLDER keeps its data.
set -euo pipefail
[ $# = 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
for program in kube-apiserver etcd; do
    [ -f "$1/$program.pid" ] || continue
    pid=$(cat "$1/$program.pid")
    if kill "$pid" 2>/dev/null; then
        for _ in $(seq 100); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -9 "$pid" 2>/dev/null || true
    fi
    rm -f "$1/$program.pid"
done
