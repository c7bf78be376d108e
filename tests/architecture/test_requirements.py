"""What `make run` installs on a fresh machine covers what the members ask for: a library that is only in somebody's own
environment would break the first start of everybody else."""

import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
MEMBERS = ("shared", "sandbox", "deploy/all-in-one", *(str(p.relative_to(ROOT)) for p in ROOT.glob("services/*")))


def pinned(kind: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / f"{kind}.txt").read_text().splitlines()
    pins = (Requirement(line.rstrip("\\ ")) for line in lines if line and not line.startswith((" ", "#")))
    return {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}


def missing(wanted: list[str], pins: dict[str, str]) -> list[str]:
    asked = [Requirement(line) for line in wanted if not line.startswith("parley-")]
    return [
        str(one) for one in asked if not one.specifier.contains(pins.get(canonicalize_name(one.name), "0.dev0"), True)
    ]


def test_what_the_members_ask_for_is_pinned() -> None:
    asked = {name: tomllib.loads((ROOT / name / "pyproject.toml").read_text())["project"] for name in MEMBERS}
    for kind in ("run", "dev"):
        unpinned = {name: missing(project["dependencies"], pinned(kind)) for name, project in asked.items()}
        assert {name: lines for name, lines in unpinned.items() if lines} == {}, f"{kind}: run make lock"


def test_what_developers_ask_for_is_pinned() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["dev"]
    assert not missing(wanted, pinned("dev")), "run make lock"


def test_a_missing_library_would_be_found() -> None:
    assert missing(["fastapi", "no-such-library>=1", "parley-shared"], pinned("run")) == ["no-such-library>=1"]
