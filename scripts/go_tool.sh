#!/usr/bin/env bash
# Builds a tool that checks deploy/ into .tools, once, and prints its path: `go_tool.sh helm`.
# Needs Go. The versions are Go modules', whose sums Go checks itself.
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
  helm) module=helm.sh/helm/v3/cmd/helm version=v3.19.2 ;;
  compose-reader) module=deploy/tests/compose_reader version="$(cat deploy/tests/compose_reader/* | sha256sum | cut -c1-12)" ;;
  *) echo "Use: $0 helm|compose-reader" >&2; exit 64 ;;
esac
folder="$PWD/.tools/$1-$version"
mkdir -p "$folder"
exec 9>"$folder/lock"  # of two that need it at once, the second one waits
if command -v flock >/dev/null; then flock 9; fi
if [ ! -x "$folder/$1" ]; then
  command -v go >/dev/null || { echo "no Go, which builds $1 (https://go.dev)" >&2; exit 3; }
  echo "Building $1 into .tools (once) …" >&2
  export GOBIN="$folder" GOFLAGS=-mod=readonly
  if [ -d "$module" ]; then build=(go -C "$module" build -o "$folder/$1" .); else build=(go install "$module@$version"); fi
  "${build[@]}" 2>"$folder/log" || { tail "$folder/log" >&2; exit 1; }
fi
echo "$folder/$1"
