#!/usr/bin/env bash
# The dashboard: `dashboard.sh` builds dashboard/dist (quick when nothing changed), `dashboard.sh if-possible` does so
# where Node 20 is there and says one line where it is not, `check` lints and checks types, `fix` formats, `test` runs
# the tests of components and of the live state.
set -euo pipefail
cd "$(dirname "$0")/../dashboard"
asked="${1:-build}"

fail() {
  if [ "$asked" = if-possible ]; then echo "$1 Parley runs without its dashboard." >&2; exit 0; fi
  if [[ "$asked" = check || "$asked" = test ]] && [ -z "${CI:-}" ]; then echo "NOT CHECKED: dashboard/. $1" >&2; exit 0; fi
  echo "$1" >&2; exit 1
}

command -v node >/dev/null && command -v npm >/dev/null || fail "The dashboard needs Node 20 and npm (Debian: apt install nodejs npm)."
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' \
  || fail "The dashboard needs Node 20.19 or newer; this is $(node --version)."

sum() { cat "$@" | sha256sum | cut -d' ' -f1; }
same() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# Of two that need the packages at once, the second one waits. Only while they are fetched and the dashboard is built.
mkdir -p ../.tools
exec 9>../.tools/dashboard.lock
command -v flock >/dev/null && flock 9
packages="$(sum package.json package-lock.json)"
if ! same node_modules/.ready "$packages"; then
  echo "Fetching the dashboard's packages …" >&2
  npm ci --silent --no-audit --no-fund >&2 || fail "The dashboard's packages could not be fetched (npm ci in dashboard/)."
  echo "$packages" > node_modules/.ready
fi

[[ "$asked" = build || "$asked" = if-possible ]] || exec 9>&-
case "$asked" in
  build | if-possible)
    sources="$(find src public scripts index.html vite.config.ts package-lock.json -type f ! -name '*.d.ts' ! -name openapi.json -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)"
    same dist/.ready "$sources" && exit 0
    echo "Building the dashboard …" >&2
    npm run --silent build >&2 || fail "The dashboard could not be built (npm run build in dashboard/)."
    echo "$sources" > dist/.ready
    ;;
  check | fix | test) npm run --silent "$asked" ;;
  *) echo "dashboard.sh [build|if-possible|check|fix|test]" >&2; exit 2 ;;
esac
