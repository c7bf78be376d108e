#!/usr/bin/env bash
# Builds the image on bases of this machine's own, starts its services from it on a bare root and texts them as a
# customer: `make image-proof`, as root on Debian with buildah, podman, crun and debootstrap; needs no image registry.
# BUILD_OPTIONS as in build.sh, where packages come by a mirror with a certificate of its own.
set -euo pipefail
cd "$(dirname "$0")/../.."
missing=()
for program in buildah podman crun debootstrap; do command -v "$program" >/dev/null || missing+=("$program"); done
[ ${#missing[@]} -eq 0 ] || { echo "Missing: apt install ${missing[*]}" >&2; exit 1; }
[ "$(id -u)" = 0 ] || { echo "debootstrap needs root." >&2; exit 1; }

deploy/image/local-base.sh
export IMAGE=localhost/parley:proof
BUILDER=buildah BASE=localhost/parley-base NODE_BASE=localhost/parley-node-base \
  BUILD_OPTIONS="--isolation chroot ${BUILD_OPTIONS:-}" deploy/image/build.sh
# crun refuses a machine that mounts both versions of cgroups; in a mount space of our own one of them can go.
exec unshare --mount bash -c 'umount /sys/fs/cgroup/unified 2>/dev/null || true; exec "$0" "$@"' \
  "${PY:-.venv/bin/python}" deploy/image/prove.py "$IMAGE"
