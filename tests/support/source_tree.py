"""The files of this repository and what can be read off them: for the rules in tests/architecture."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
SOURCE_FOLDERS = [
    folder
    for pattern in ("shared/src", "services/*/src", "sandbox/src", "deploy/all-in-one/src", "testkit/src")
    for folder in sorted(ROOT.glob(pattern))
]
SOURCES = [path for folder in SOURCE_FOLDERS for path in sorted(folder.rglob("*.py"))]
SERVICES = [path for path in SOURCES if "services" in path.parts]


def is_pure(path: Path) -> bool:
    """A file of decisions: `domain.py`, or anything below a folder `domain` or below shared/consent."""
    inside = path.relative_to(next(folder for folder in SOURCE_FOLDERS if folder in path.parents))
    return "domain" in inside.with_suffix("").parts or inside.parts[:2] == ("shared", "consent")


PURE = [path for path in SOURCES if is_pure(path)]


def offenders(paths: Iterable[Path], fault: Callable[[Path], object]) -> dict[str, object]:
    """What `fault` finds in each file, by the file's name; empty where it finds nothing anywhere."""
    found = {str(path.relative_to(ROOT)): fault(path) for path in paths}
    return {name: fault for name, fault in found.items() if fault}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports_of(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return frozenset(found)


@cache
def calls_of(path: Path) -> frozenset[str]:
    return frozenset(spelled(node.func) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))


def spelled(called: ast.expr) -> str:
    """As `ast.unparse` has it for names with dots, in a hundredth of its time; of anything else the last name."""
    match called:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{spelled(value)}.{name}"
        case _:
            return ""


def module_of(path: Path) -> str:
    """The name under which Python imports this file."""
    folder = next(folder for folder in SOURCE_FOLDERS if folder in path.parents)
    return ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")


@cache
def files_in_git() -> tuple[Path, ...]:
    """What is committed or about to be; never what tools left lying around."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file())


def load_script(name: str) -> ModuleType:
    """scripts/<name>.py, which belongs to no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
