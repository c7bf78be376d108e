#!/usr/bin/env bash
# Makes .venv ready: `setup.sh run` for the product, `setup.sh dev` for tests and tools too. Needs Python 3.11+ only;
# quick when nothing changed. Versions and hashes come from requirements/*.txt. `setup.sh secantus` makes
# .tools/secantus, the tests' MongoDB stand-in: an environment of its own, since nothing here may import it (ADR 5).
set -euo pipefail
cd "$(dirname "$0")/.."
kind="${1:-run}"
if [ "$kind" = secantus ]; then
  environment=.tools/secantus
  asked=(scripts/setup.sh)
else
  environment=.venv
  asked=(shared/pyproject.toml services/*/pyproject.toml sandbox/pyproject.toml deploy/all-in-one/pyproject.toml testkit/pyproject.toml scripts/setup.sh)
fi
wanted="$(cat "requirements/$kind.txt" "${asked[@]}" | sha256sum | cut -d' ' -f1)"
stamp="$environment/.ready-$kind"
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi

python=""
for candidate in python3.13 python3.12 python3.11 python3 python; do
  if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python="$candidate"; break; fi
done
[ -n "$python" ] || { echo "Parley needs Python 3.11 or newer: install it (Debian: apt install python3 python3-venv), then run this again." >&2; exit 1; }

uv="$(command -v uv || true)"
if [ -z "$uv" ] || ! "$uv" --version >/dev/null 2>&1; then
  # A private copy, so that no system package manager is disturbed.
  [ -x .tools/uv/bin/uv ] || { "$python" -m venv .tools/uv && .tools/uv/bin/pip install --quiet uv; }
  uv=.tools/uv/bin/uv
fi

echo "Setting up $environment ($kind) …" >&2
[ -x "$environment/bin/python" ] || "$uv" venv --quiet --python "$python" "$environment"
left_out=(); [ "$kind" = run ] && left_out=(--overrides requirements/left-out.txt)
"$uv" pip install --quiet --python "$environment/bin/python" --require-hashes ${left_out[@]+"${left_out[@]}"} -r "requirements/$kind.txt"
if [ "$kind" != secantus ]; then
  kit=(); [ "$kind" = dev ] && kit=(testkit)
  members=(); for member in shared services/* sandbox deploy/all-in-one ${kit[@]+"${kit[@]}"}; do members+=(-e "./$member"); done
  "$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation "${members[@]}"
  # Compiles what a start imports, so that the first one does not have to (2 s, and 20 MB that stay), even where
  # PYTHONDONTWRITEBYTECODE is set and every start would compile anew.
  env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -c 'import all_in_one.start, all_in_one.rest, all_in_one.first_start as f; f.load_shared()'
fi
echo "$wanted" > "$stamp"
