"""A server that speaks the MongoDB protocol, for tests: the first of these that is to be had.

1. `TEST_DATABASE_URL`; 2. a container, where a Docker engine answers; 3. `mongod` on PATH, with throw-away data;
4. mongo-java-server, where Java and Maven are at hand; 5. SecantusDB, which needs Python only and is slower.

The last two are stand-ins, and `how` says so: a real wire protocol with atomic operations. They show that the adapter
keeps the rules; the speed of MongoDB is shown only on MongoDB.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from testkit.ports import free_port
from testkit.servers import secantus
from testkit.servers.answers import version_at
from testkit.servers.docker import NO_ENGINE, engine_answers
from testkit.servers.found import Missing, TestServer, first_found
from testkit.servers.java_stand_in import STAND_IN, fetch_jars, stand_in_command

_KIND = "mongodb"
HOW = "TEST_DATABASE_HOW"
"""Set by `make test` beside TEST_DATABASE_URL: where the server that it found came from."""
_IMAGE = "mongo:8"
_START_SECONDS = 60.0


def acquire(environ: Mapping[str, str] = os.environ) -> TestServer | Missing:
    """Find or start one; `Missing` says what was tried. Starting takes seconds: once per test session."""
    return first_found("MongoDB", (lambda: _given(environ), _container, _on_path, _java_stand_in, _secantus))


def _given(environ: Mapping[str, str]) -> TestServer | Missing:
    url = environ.get("TEST_DATABASE_URL", "")
    if not url:
        return Missing("TEST_DATABASE_URL is not set")
    version = version_at(url, within=10)
    if version is None:
        return Missing("nothing answers at TEST_DATABASE_URL")
    how = environ.get(HOW, "TEST_DATABASE_URL")
    return TestServer(_KIND, url, version, how, lambda: None)


def _container() -> TestServer | Missing:
    if not engine_answers():
        return NO_ENGINE
    try:
        from testcontainers.mongodb import MongoDbContainer  # needs Docker's client: only where there is an engine

        container: Any = MongoDbContainer(_IMAGE)
        container.start()
    except Exception as error:  # noqa: BLE001 - whatever testcontainers stumbles over (no image, no network): try the next way
        return Missing(f"the container {_IMAGE} did not start: {error}")
    url = str(container.get_connection_url())
    version = version_at(url, within=_START_SECONDS)
    if version is None:
        container.stop()
        return Missing(f"the container {_IMAGE} does not answer")
    return TestServer(_KIND, url, version, f"container {_IMAGE}", container.stop)


def _on_path() -> TestServer | Missing:
    if shutil.which("mongod") is None:
        return Missing("no mongod on PATH")
    folder, port = Path(tempfile.mkdtemp(prefix="parley-mongod-")), free_port()
    command = ["mongod", "--dbpath", str(folder), "--port", str(port), "--bind_ip", "127.0.0.1"]
    return _started(command, folder, port, "mongod on PATH")


def _java_stand_in() -> TestServer | Missing:
    jars = fetch_jars()
    if isinstance(jars, str):
        return Missing(jars)
    folder, port = Path(tempfile.mkdtemp(prefix="parley-mongo-stand-in-")), free_port()
    return _started(stand_in_command(jars, port, folder), folder, port, STAND_IN)


def _secantus() -> TestServer | Missing:
    failure = secantus.install()
    if failure:
        return Missing(failure)
    server = secantus.SecantusServer()
    try:
        version = server.start()
    except RuntimeError as error:
        server.remove()
        return Missing(str(error))
    return TestServer(_KIND, server.url, version, secantus.NAME, server.remove)


def _started(command: list[str], folder: Path, port: int, how: str) -> TestServer | Missing:
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT)
    stop = _stopper(process, folder)
    url = f"mongodb://127.0.0.1:{port}/"
    version = version_at(url, within=_START_SECONDS, alive=lambda: process.poll() is None)
    if version is None:
        words = (folder / "server.log").read_text(errors="replace")[-500:]
        stop()
        return Missing(f"{how} did not start: {words}")
    return TestServer(_KIND, url, version, how, stop)


def _stopper(process: subprocess.Popen[bytes], folder: Path) -> Callable[[], None]:
    def stop() -> None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)

    return stop
