#!/usr/bin/env bash
# Builds the image with what is here: docker, podman or buildah. `make image` calls it.
#   IMAGE=name:tag       what to call it (default parley:VERSION)
#   BASE=…  NODE_BASE=…  other bases than the public ones: a mirror's, or deploy/image/prove.sh's own
#   BUILD_OPTIONS="…"    further options of the builder, for example --network or a volume with a mirror's certificates
set -euo pipefail
cd "$(dirname "$0")/../.."
version="$(sed -n 's/^version = "\(.*\)"/\1/p' shared/pyproject.toml)"
image="${IMAGE:-parley:$version}"
arguments=(--build-arg "VERSION=$version" --build-arg "REVISION=$(git rev-parse HEAD 2>/dev/null || true)"
  --build-arg "CREATED=$(git log -1 --format=%cI 2>/dev/null || date -u +%Y-%m-%dT%H:%M:%SZ)")
[ -z "${BASE:-}" ] || arguments+=(--build-arg "BASE=$BASE")
[ -z "${NODE_BASE:-}" ] || arguments+=(--build-arg "NODE_BASE=$NODE_BASE")
read -r -a more <<< "${BUILD_OPTIONS:-}"
file=deploy/image/Containerfile
for builder in ${BUILDER:-docker podman buildah}; do
  command -v "$builder" >/dev/null || continue
  # Docker finds the ignore file by its name; the others need the option.
  case "$builder" in
    docker) docker info >/dev/null 2>&1 || continue
      exec docker build -f "$file" -t "$image" "${arguments[@]}" ${more[@]+"${more[@]}"} . ;;
    *) exec "$builder" build -f "$file" --ignorefile "$file.dockerignore" -t "$image" "${arguments[@]}" ${more[@]+"${more[@]}"} . ;;
  esac
done
echo "No docker, podman or buildah answers here: install one (Debian: apt install buildah)." >&2
exit 1
