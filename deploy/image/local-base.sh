#!/usr/bin/env bash
# Makes the image's bases on a Debian machine that reaches no image registry, with debootstrap and buildah:
#   localhost/parley-base        Debian with Python, in place of python:…-slim
#   localhost/parley-node-base   the same with this machine's Node, in place of node:…-slim
# Kept between runs: remove them with `buildah rmi`. Packages come from where this machine's own come from.
set -euo pipefail
suite="${SUITE:-trixie}"
mirror="${MIRROR:-$(awk '/^URIs:.*debian\/?$/ {print $2; exit} /^deb .*debian\/? / {print $2; exit}' \
  /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null || true)}"
have() { buildah inspect --type image "$1" >/dev/null 2>&1; }

if ! have localhost/parley-base; then
  folder="$(mktemp -d)"
  trap 'umount "$folder/root"/{proc,sys,dev/pts,dev} 2>/dev/null || true; rm -rf --one-file-system "$folder"' EXIT
  debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates "$suite" "$folder/root" ${mirror:+"$mirror"} >"$folder/log" 2>&1 ||
    { tail "$folder/log" >&2; exit 1; }
  tar -C "$folder/root" --one-file-system --exclude=./proc/* --exclude=./sys/* --exclude=./var/cache/apt/* --exclude=./var/lib/apt/lists/* \
    --exclude=./debootstrap --exclude=./usr/share/doc/* --exclude=./usr/share/locale/* -cf "$folder/base.tar" .
  container="$(buildah from scratch)"
  buildah add --quiet "$container" "$folder/base.tar" / >/dev/null
  buildah config --cmd /bin/bash "$container"
  buildah commit --quiet --rm "$container" localhost/parley-base >/dev/null
fi

if ! have localhost/parley-node-base; then
  command -v node >/dev/null || { echo "The dashboard needs Node 20.19 or newer on this machine." >&2; exit 1; }
  npm="$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")"
  container="$(buildah from localhost/parley-base)"
  buildah copy --quiet "$container" "$(readlink -f "$(command -v node)")" /usr/local/bin/node >/dev/null
  buildah copy --quiet "$container" "$npm" /usr/local/lib/node_modules/npm >/dev/null
  buildah run --isolation chroot "$container" -- ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
  buildah commit --quiet --rm "$container" localhost/parley-node-base >/dev/null
fi
