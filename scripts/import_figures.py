"""Counts files, rooms and the imports between them, per package: `scripts/import_figures.py [--at REV] [PACKAGE …]`.

A room is a file or folder directly in the package: what a newcomer sees first. A circle is a set of files (or rooms)
each of which imports the others, however indirectly; imports for type checking count.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
SERVICES = ("ingress", "accounts", "conversation", "ai_responder", "sender", "campaigns", "realtime")
PACKAGES = (*SERVICES, "shared", "sandbox", "all_in_one", "testkit")
PRINTED = (*PACKAGES, "conversation.domain")

Arrows = dict[str, set[str]]
"""Who imports what: from a name to the names that it imports."""


@dataclass(frozen=True)
class Picture:
    """The boxes and arrows of one drawing, and the circles among them."""

    boxes: int
    arrows: int
    circles: list[list[str]]


def arrows_of(graph: grimp.ImportGraph, package: str, named: Callable[[str], str] = str) -> Arrows:
    """Imports within the package, each module drawn under the name that `named` gives it."""
    modules = {name for name in graph.modules if name.startswith(f"{package}.")}
    arrows: Arrows = {named(module): set() for module in modules}
    for module in modules:
        inside = graph.find_modules_directly_imported_by(module) & modules
        arrows[named(module)] |= {named(imported) for imported in inside} - {named(module)}
    return arrows


def circles(arrows: Arrows) -> list[list[str]]:
    """Each set of names that reach each other, sorted; `[]` where there is none."""
    reached = {name: _reached_from(name, arrows) for name in arrows}
    rings = {frozenset(other for other in reached[name] if name in reached[other]) for name in arrows}
    return sorted(sorted(ring) for ring in rings if ring)


def _reached_from(name: str, arrows: Arrows) -> set[str]:
    seen, ahead = set[str](), list(arrows[name])
    while ahead:
        if (next_one := ahead.pop()) not in seen:
            seen.add(next_one)
            ahead += arrows[next_one]
    return seen


def pictured(arrows: Arrows) -> Picture:
    return Picture(len(arrows), sum(map(len, arrows.values())), circles(arrows))


def by_room(package: str) -> Callable[[str], str]:
    depth = package.count(".") + 2
    return lambda module: ".".join(module.split(".")[:depth])


def graph_of(package: str) -> grimp.ImportGraph:
    return grimp.build_graph(package.split(".")[0], cache_dir=None)


def source_folders(root: Path) -> list[str]:
    patterns = ("shared/src", "services/*/src", "sandbox/src", "deploy/all-in-one/src", "testkit/src")
    return [str(folder) for pattern in patterns for folder in sorted(root.glob(pattern))]


@contextmanager
def checked_out(revision: str | None) -> Generator[Path]:
    """This tree, or a temporary worktree of that revision."""
    if revision is None:
        yield ROOT
        return
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", tree, revision], cwd=ROOT, check=True)
        try:
            yield tree
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", tree], cwd=ROOT, check=True)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at", metavar="REV", help="a git revision instead of the files as they are")
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"default: {' '.join(PRINTED)}")
    chosen = parser.parse_args(arguments)
    print(f"{'package':22} {'files':>5} {'imports':>7} {'circles':>7}   {'rooms':>5} {'imports':>7} {'circles':>7}")
    found: list[str] = []
    with checked_out(chosen.at) as root:
        folders = source_folders(root)
        sys.path[:0] = folders
        for package in chosen.packages or PRINTED:
            if not any((Path(folder) / package.split(".")[0]).is_dir() for folder in folders):
                continue  # not there yet at that revision
            graph = graph_of(package)
            files, rooms = (pictured(arrows_of(graph, package, named)) for named in (str, by_room(package)))
            figures = f"{files.boxes:5} {files.arrows:7} {len(files.circles):7}"
            print(f"{package:22} {figures}   {rooms.boxes:5} {rooms.arrows:7} {len(rooms.circles):7}")
            found += [f"{package}: {' <-> '.join(ring)}" for ring in (*files.circles, *rooms.circles)]
    print("\n".join(("", *found)) if found else "\nno circles")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
