# shellcheck shell=bash
# Sourced by the scripts here: the project's folder, and a Swift toolchain on the path.
set -euo pipefail

export root
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

say() { printf '\n== %s\n' "$*"; }

fail() {
    printf 'northern: %s\n' "$*" >&2
    exit 1
}

need_swift() {
    command -v swift >/dev/null || PATH="$PATH:/opt/swift/usr/bin"
    command -v swift >/dev/null ||
        fail "Swift 6.2 or later is needed, on the PATH or in /opt/swift/usr/bin. See https://www.swift.org/install"
}
