"""The image's command knows every service. What it starts is proved by `make image-proof`, which takes minutes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]
COMMAND, MAKEFILE = ROOT / "deploy/image/parley", ROOT / "Makefile"


def test_every_service_is_a_command_of_the_image() -> None:
    known = set(re.findall(r"[\w-]+", " ".join(re.findall(r"^  ([\w| -]+)\) exec", COMMAND.read_text(), re.M))))
    assert {folder.name for folder in (ROOT / "services").iterdir() if (folder / "src").is_dir()} - known == set()


def test_what_an_operator_does_with_make_is_a_command_of_the_image() -> None:
    """A container has no make, and a volume is reached from a container only."""
    tools = dict(
        re.findall(
            r"^([\w-]+): ##.*\n(?:\t@scripts/setup.sh run\n)\t@\$\(PY\) -m (\w+\.[\w.]+)", MAKEFILE.read_text(), re.M
        )
    )
    assert {"backup", "restore", "dead-letters"} <= tools.keys()
    started = dict(re.findall(r'^  ([\w-]+)\) exec "\$python" -m ([\w.]+)', COMMAND.read_text(), re.M))
    assert {name: started.get(name) for name in tools} == tools


def test_the_image_says_of_which_commit_it_is() -> None:
    """The operator's page shows it; an empty one is not shown."""
    stage = (ROOT / "deploy/image/Containerfile").read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^ARG REVISION$", stage, re.M)
    assert re.search(r"^ENV (?:.*\\\n)*.*\bPARLEY_COMMIT=\$\{REVISION\}", stage, re.M)


def test_an_unknown_command_is_refused_with_those_that_exist() -> None:
    refused = subprocess.run([COMMAND, "sendr"], capture_output=True, text=True)
    assert refused.returncode == 64
    assert "ai-responder" in refused.stderr


def test_the_build_sees_nothing_that_is_not_named() -> None:
    rules = (ROOT / "deploy/image/Containerfile.dockerignore").read_text().splitlines()
    rules = [rule for rule in rules if rule and not rule.startswith("#")]
    assert rules[0] == "*"
    copied = re.findall(r"^COPY (?:--chmod=\d+ )?([^-\s]\S*)", (ROOT / "deploy/image/Containerfile").read_text(), re.M)
    assert copied
    for path in copied:
        assert any(path.startswith(rule[1:]) for rule in rules if rule.startswith("!")), path
