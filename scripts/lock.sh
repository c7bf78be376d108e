#!/usr/bin/env bash
# Writes requirements/{run,dev}.txt: exact versions and hashes of everything, from the members' pyproject.toml files;
# requirements/secantus.txt, the tests' MongoDB stand-in, which has an environment of its own (ADR 5); and
# requirements/image.txt, which builds the image and lists its parts, and is not in it.
set -euo pipefail
cd "$(dirname "$0")/.."
uv="$(command -v uv || echo .tools/uv/bin/uv)"
third_party() {  # what the members ask for, less the members themselves
  python3 - "$@" <<'PY'
import pathlib, sys, tomllib
asked = set()
for path in [*pathlib.Path().glob("services/*/pyproject.toml"), *map(pathlib.Path, ("shared/pyproject.toml", "sandbox/pyproject.toml", "deploy/all-in-one/pyproject.toml"))]:
    asked |= set(tomllib.loads(path.read_text())["project"]["dependencies"])
asked |= {"hatchling>=1.27", "editables>=0.5"}
if "dev" in sys.argv:
    asked |= set(tomllib.loads(pathlib.Path("pyproject.toml").read_text())["dependency-groups"]["dev"])
print("\n".join(sorted(line for line in asked if not line.startswith("parley-"))))
PY
}
for kind in run dev; do
  left_out=(); [ "$kind" = run ] && left_out=(--overrides requirements/left-out.txt)
  third_party "$kind" | "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate ${left_out[@]+"${left_out[@]}"} - -o "requirements/$kind.txt"
done
echo "secantusdb==0.7.0b3" | "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate - -o requirements/secantus.txt
printf "%s\n" "cyclonedx-bom>=7.2" "hatchling>=1.27" "setuptools>=80" | "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate - -o requirements/image.txt
