"""Finds a PostgreSQL for the bench's naive pipeline, or starts one with throw-away data.

In this order: `TEST_POSTGRESQL_URL`; a container, where a Docker engine answers; the server programs of this machine
(on PATH, or where Debian puts them). Its settings are those it comes with: every commit waits for the disk.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from testkit.ports import free_port
from testkit.servers.docker import NO_ENGINE, engine_answers
from testkit.servers.found import Missing, TestServer, first_found

_KIND, _IMAGE = "postgresql", "postgres:17-alpine"
_DEBIAN = Path("/usr/lib/postgresql")


def acquire(environ: Mapping[str, str] = os.environ) -> TestServer | Missing:
    """A server with an empty database, or why there is none."""
    return first_found("PostgreSQL", (lambda: _named(environ), _container, _local))


def _named(environ: Mapping[str, str]) -> TestServer | Missing:
    url = environ.get("TEST_POSTGRESQL_URL", "")
    if not url:
        return Missing("TEST_POSTGRESQL_URL is not set")
    return TestServer(_KIND, url, "unknown", "TEST_POSTGRESQL_URL", stop=lambda: None)


def _container() -> TestServer | Missing:
    if not engine_answers():
        return NO_ENGINE
    try:
        from testcontainers.postgres import PostgresContainer

        container = PostgresContainer(_IMAGE, driver=None)
        container.start()
    except Exception as error:  # noqa: BLE001 - no network, no image, no testcontainers: the next way may work
        return Missing(f"the container {_IMAGE} did not start ({error})")
    return TestServer(_KIND, container.get_connection_url(), _IMAGE, f"container {_IMAGE}", container.stop)


def _local() -> TestServer | Missing:
    programs = _programs()
    if programs is None:
        return Missing("no server programs on PATH or in /usr/lib/postgresql (Debian: apt install postgresql)")
    folder, port = Path(tempfile.mkdtemp(prefix="postgresql-test-")), free_port()
    user = _user()
    if user:
        shutil.chown(folder, user)
    try:
        _run([programs / "initdb", "-D", folder / "data", "-U", "bench", "-A", "trust", "-E", "UTF8"], folder, user)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        start = [programs / "pg_ctl", "-D", folder / "data", "-w", "-t", "60", "-l", folder / "log", "-o", options]
        _run([*start, "start"], folder, user)
    except RuntimeError as error:
        shutil.rmtree(folder, ignore_errors=True)
        return Missing(str(error))

    def stop() -> None:
        _run([programs / "pg_ctl", "-D", folder / "data", "-w", "-m", "fast", "stop"], folder, user)
        shutil.rmtree(folder, ignore_errors=True)

    version = _run([programs / "postgres", "--version"], folder, user).split()[2]
    url = f"postgresql://bench@127.0.0.1:{port}/postgres"
    return TestServer(_KIND, url, version, f"postgres of this machine ({programs}), throw-away data", stop)


def _programs() -> Path | None:
    """The folder of `initdb`, `pg_ctl` and `postgres`; Debian keeps it off PATH, one per version."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parent.parent.name))
    return versions[-1].parent if versions else None


def _user() -> str | None:
    """PostgreSQL refuses to run as root."""
    return "postgres" if os.geteuid() == 0 else None


def _run(command: list[str | Path], folder: Path, user: str | None) -> str:
    """Raises RuntimeError with its last words. Output goes to a file: the server would keep a pipe open."""
    clean = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
    with tempfile.TemporaryFile() as output:
        try:
            run = subprocess.run(command, stdout=output, stderr=output, cwd=folder, env=clean, user=user, timeout=90)
        except (OSError, subprocess.SubprocessError) as error:
            raise RuntimeError(f"{Path(command[0]).name}: {error}") from None
        output.seek(0)
        said = output.read().decode(errors="replace").strip()
    if run.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name} failed: {said[-300:]}")
    return said
