"""Rules that a reviewer should not have to remember. The reason for each stands beside it.

Each rule is one test that looks at every file and names the offenders.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from source_tree import (
    PURE,
    ROOT,
    SERVICES,
    SOURCES,
    calls_of,
    files_in_git,
    imports_of,
    is_pure,
    module_of,
    offenders,
    tree_of,
)

IMPURE_MODULES = {"asyncio", "random", "secrets", "time", "os", "httpx2", "fastapi", "structlog", "socket", "pydantic"}
IMPURE_PARTS_OF_SHARED = re.compile(
    r"shared\.(database|broker|service|consuming|http|internal|clock|metrics|access(?!\.principal))\b"
)
IMPURE_CALLS = (".now", ".utcnow", "new_id", "uuid4")
BACKENDS = ("shared.broker.embedded", "shared.broker.rabbitmq", "shared.database.sqlite", "shared.database.mongodb")
VAGUE_NAMES = {"utils", "helpers", "common", "manager", "base", "misc"}
MOST_LINES = 400
MOST_FILES = 20
LARGE_FOLDERS: dict[str, str] = {}
"""Folders with more than MOST_FILES files directly in them, and the reason. None has given one yet."""


def test_there_is_something_to_check() -> None:
    assert len(SERVICES) > 100
    assert len(PURE) > 40
    assert not offenders(SERVICES, lambda path: "domain" in path.parts and not is_pure(path))


def test_a_domain_decides_and_does_no_io() -> None:
    """A decision that looks at the clock or a store cannot be decided again after a lost race."""

    def impure(path: Path) -> set[str]:
        modules = {name for name in imports_of(path) if name.split(".")[0] in IMPURE_MODULES}
        modules |= {name for name in imports_of(path) if IMPURE_PARTS_OF_SHARED.match(name)}
        calls = {call for call in calls_of(path) if call.endswith(IMPURE_CALLS)}
        waiting = {node.name for node in ast.walk(tree_of(path)) if isinstance(node, ast.AsyncFunctionDef)}
        return modules | calls | waiting

    assert offenders(PURE, impure) == {}


def test_services_do_not_know_how_they_are_run() -> None:
    """One code for one process and for many: a mode switch inside a service is where the two would drift apart."""

    def knows(path: Path) -> set[str]:
        mentions = {"embedded"} if "embedded" in path.read_text().lower() and path.name != "settings.py" else set[str]()
        drivers = {name for name in imports_of(path) if name.split(".")[0] in ("aio_pika", "pymongo")}
        return mentions | drivers | {name for name in imports_of(path) if name.startswith(BACKENDS)}

    assert offenders(SERVICES, knows) == {}


def test_nothing_reads_the_environment_but_settings() -> None:
    """The keeper and the first start hand theirs on to the processes that they start, and read nothing of it."""
    hand_it_on = {"all_in_one/first_start.py", "all_in_one/keeper.py"}
    product = [p for p in SOURCES if "testkit" not in p.parts and "/".join(p.parts[-2:]) not in hand_it_on]
    assert offenders(product, lambda path: "os.getenv" in calls_of(path) or "os.environ" in path.read_text()) == {}


def test_files_stay_readable() -> None:
    """One idea a file, and a reason why it exists."""

    def unreadable(path: Path) -> list[str]:
        lines = len(path.read_text().splitlines())
        return [
            *([f"{lines} lines"] if lines > MOST_LINES else []),
            *(["a name that says nothing"] if path.stem in VAGUE_NAMES else []),
            *([] if ast.get_docstring(tree_of(path)) else ["no docstring"]),
        ]

    assert offenders(SOURCES, unreadable) == {}


def test_folders_stay_readable() -> None:
    """More files than fit a screen hide the capabilities that they belong to, in tests as in the product."""
    sizes = Counter(path.parent for path in files_in_git() if path.suffix == ".py")
    large = {str(folder.relative_to(ROOT)) for folder, size in sizes.items() if size > MOST_FILES}
    assert large == LARGE_FOLDERS.keys()


def test_only_the_runner_acks() -> None:
    def acks(path: Path) -> set[str]:
        return {call for call in calls_of(path) if call.endswith((".ack", ".nack", ".reject"))}

    assert offenders(SERVICES, acks) == {}


def test_every_module_imports_without_network_and_without_environment() -> None:
    """Work at import time breaks tests, tools and start-up order."""
    modules = sorted(module_of(path) for path in SOURCES if path.name != "__main__.py")
    program = (
        "import socket, sys, importlib\n"
        "def refuse(*a, **k): raise AssertionError('network at import')\n"
        "socket.socket.connect = refuse\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], env={}, capture_output=True, text=True, cwd="/")
    assert done.returncode == 0, done.stderr[-2000:]


def test_nothing_names_this_machine_or_a_registry() -> None:
    bad = re.compile(r"files\.pythonhosted|registry\.npmjs|repo1?\.maven|/work/main|/root/")
    others = [path for path in files_in_git() if path != Path(__file__)]
    assert offenders(others, lambda path: bad.findall(path.read_text(errors="ignore"))) == {}


def test_the_rules_find_an_offender(tmp_path: Path) -> None:
    """A rule that cannot fail is none: each reader sees what it is there to see."""
    path = tmp_path / "sample.py"
    path.write_text("import os\nfrom shared.clock import Clock\nasync def wait(): clock.now()\n")
    assert imports_of(path) == {"os", "shared.clock"}
    assert calls_of(path) == {"clock.now"}
    assert IMPURE_PARTS_OF_SHARED.match("shared.clock")
    assert is_pure(ROOT / "services/sender/src/sender/budget/domain/budget.py")
    assert is_pure(ROOT / "services/sender/src/sender/pacing/domain.py")
    assert not is_pure(ROOT / "services/sender/src/sender/wiring.py")
