"""Rules that a reviewer should not have to remember. The reason for each stands beside it."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [
    path
    for pattern in ("shared/src", "services/*/src", "sandbox/src", "deploy/all-in-one/src", "testkit/src")
    for folder in ROOT.glob(pattern)
    for path in folder.rglob("*.py")
]
SERVICES = [path for path in SOURCES if "services" in path.parts]
PURE = [path for path in SERVICES if path.name == "domain.py" or "domain" in path.parent.parts[-1:]]


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def calls_of(path: Path) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}


def test_there_is_something_to_check():
    assert len(SERVICES) > 30
    assert PURE


@pytest.mark.parametrize("path", PURE, ids=names)
def test_a_domain_decides_and_does_no_io(path: Path):
    """A decision that looks at the clock or a store cannot be decided again after a lost race."""
    forbidden = {"asyncio", "random", "secrets", "time", "os", "httpx2", "fastapi", "structlog", "socket"}
    used = {name.split(".")[0] for name in imports_of(path)}
    assert not used & forbidden
    assert not {
        name
        for name in imports_of(path)
        if re.match(r"shared\.(database|broker|service|consuming|http|internal|clock)", name)
    } - {"shared.clock"}
    calls = calls_of(path)
    assert not {call for call in calls if call.endswith((".now", ".utcnow", "new_id", "uuid4"))}
    assert not any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(ast.parse(path.read_text())))


@pytest.mark.parametrize("path", SERVICES, ids=names)
def test_services_do_not_know_how_they_are_run(path: Path):
    """One code for one process and for many: a mode switch inside a service is where the two would drift apart."""
    text = path.read_text()
    assert "embedded" not in text.lower() or path.name in ("settings.py",), "a service mentions the embedded mode"
    backends = ("shared.broker.embedded", "shared.broker.rabbitmq", "shared.database.sqlite", "shared.database.mongodb")
    assert not {name for name in imports_of(path) if name.startswith(backends)}
    assert "aio_pika" not in imports_of(path)
    assert "pymongo" not in imports_of(path)


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_nothing_reads_the_environment_but_settings(path: Path):
    if "testkit" in path.parts:
        return
    calls = calls_of(path)
    assert "os.getenv" not in calls
    assert "os.environ" not in path.read_text()


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_files_stay_readable(path: Path):
    """One idea a file: 400 lines need a reason, and none has given one yet."""
    assert len(path.read_text().splitlines()) <= 400
    assert path.stem not in {"utils", "helpers", "common", "manager", "base", "misc"}
    assert ast.get_docstring(ast.parse(path.read_text())), "say why this file exists"


@pytest.mark.parametrize("path", SERVICES, ids=names)
def test_only_the_runner_acks(path: Path):
    assert not {call for call in calls_of(path) if call.endswith((".ack", ".nack", ".reject"))}


def test_every_module_imports_without_network_and_without_environment():
    """Work at import time breaks tests, tools and start-up order."""
    modules = sorted(
        ".".join(path.relative_to(next(p for p in path.parents if p.name == "src")).with_suffix("").parts)
        for path in SOURCES
        if path.name != "__main__.py"
    )
    program = (
        "import socket, sys, importlib\n"
        "def refuse(*a, **k): raise AssertionError('network at import')\n"
        "socket.socket.connect = refuse\n"
        f"for name in {modules!r}: importlib.import_module(name.removesuffix('.__init__'))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], env={}, capture_output=True, text=True, cwd="/")
    assert done.returncode == 0, done.stderr[-2000:]


def test_nothing_names_this_machine_or_a_registry():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    bad = re.compile(r"files\.pythonhosted|registry\.npmjs|repo1?\.maven|/work/main|/root/")
    found = [
        name
        for name in listed
        if (ROOT / name).is_file() and bad.search((ROOT / name).read_text(errors="ignore")) and "test_rules" not in name
    ]
    assert found == []
