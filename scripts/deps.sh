#!/usr/bin/env bash
# Installs what is missing, and only that; needs root or sudo only then. deps.sh [fuzz]: the fuzzers' compiler too.
set -euo pipefail
packages=(gcc libc6-dev make cmake ninja-build pkg-config libsodium-dev libdecaf-dev libb2-dev libjemalloc-dev libcjson-dev libfyaml-dev libhttp-parser-dev liblua5.4-dev)
[ "${1:-}" = fuzz ] && packages+=(clang libclang-rt-14-dev llvm)
command -v dpkg-query >/dev/null || { echo "make deps: this is for Debian 12; elsewhere install the equivalents of: ${packages[*]}" >&2; exit 1; }
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
echo "make deps: installing ${missing[*]}" >&2
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "make deps: run as root: apt-get install ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
install() { "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}" >/tmp/adnet-deps.log 2>&1; }
install || { "${as_root[@]}" apt-get update >/dev/null 2>&1 || true; install; } || {
  tail -5 /tmp/adnet-deps.log >&2
  echo "make deps: apt-get could not install ${missing[*]}" >&2
  exit 1
}
