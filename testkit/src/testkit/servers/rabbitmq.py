"""Finds a RabbitMQ for tests, or starts one with throw-away data.

In this order: `TEST_BROKER_URL`; a container, where a Docker engine answers; `rabbitmq-server` on this machine; the
same after `apt-get install`, where we are root and apt knows it. A node of ours has its own ports, data, cookie and
port mapper, so it neither meets nor disturbs another one.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from testkit.ports import free_port
from testkit.servers.docker import NO_ENGINE, engine_answers
from testkit.servers.found import Missing, TestServer, first_found

_IMAGE = "rabbitmq:4.1-alpine"
_PATIENCE_SECONDS = 90.0
_DEBIAN_SCRIPT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # the one on PATH changes to user rabbitmq first


def acquire(environ: Mapping[str, str] = os.environ) -> TestServer | Missing:
    """A server, or why there is none. Starting one takes seconds, installing it a minute: once per test session."""
    ways = (_named, _container, _local, _installed)
    return first_found("RabbitMQ", [partial(way, environ) for way in ways])


def _named(environ: Mapping[str, str]) -> TestServer | Missing:
    url = environ.get("TEST_BROKER_URL", "")
    if not url:
        return Missing("TEST_BROKER_URL is not set")
    parts = urlsplit(url)
    version = _version_at(parts.hostname or "localhost", parts.port or 5672, patience=5)
    if version is None:
        return Missing(f"nothing speaks AMQP at TEST_BROKER_URL ({parts.hostname}:{parts.port})")
    return TestServer("rabbitmq", url, version, "TEST_BROKER_URL", stop=lambda: None)


def _container(environ: Mapping[str, str]) -> TestServer | Missing:
    if not engine_answers():
        return NO_ENGINE
    try:
        from testcontainers.rabbitmq import RabbitMqContainer

        container = RabbitMqContainer(_IMAGE)
        container.start()
        port = int(container.get_exposed_port(container.port))
        host = container.get_container_host_ip()
    except Exception as error:  # noqa: BLE001 - no network, no image, no testcontainers: the next way may work
        return Missing(f"the container {_IMAGE} did not start ({error})")
    version = _version_at(host, port, _PATIENCE_SECONDS) or "unknown"
    url = f"amqp://{container.username}:{container.password}@{host}:{port}/"
    return TestServer("rabbitmq", url, version, f"container {_IMAGE}", stop=container.stop)


def _local(environ: Mapping[str, str]) -> TestServer | Missing:
    if server_script() is None:
        return Missing("no rabbitmq-server on PATH")
    node = LocalNode()
    try:
        version = node.start()
    except RuntimeError as error:
        node.remove()
        return Missing(str(error))
    atexit.register(node.remove)  # for the test session that forgets, or is interrupted
    return TestServer("rabbitmq", node.url, version, "rabbitmq-server of this machine, throw-away data", node.remove)


def _installed(environ: Mapping[str, str]) -> TestServer | Missing:
    failure = install(environ)
    return Missing(failure) if failure else _local(environ)


def install(environ: Mapping[str, str] = os.environ) -> str | None:
    """Debian's package, unless a server is here already. Returns why there is none, or None."""
    if server_script() is not None:
        return None
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return "cannot install one (not root, or no apt-get)"
    with _services_stay_stopped():
        for step in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "rabbitmq-server"]):
            run = subprocess.run(
                ["apt-get", *step],
                capture_output=True,
                text=True,
                env={**environ, "DEBIAN_FRONTEND": "noninteractive"},
            )
            if run.returncode != 0:
                return f"apt-get {step[0]} failed: {run.stderr.strip()[-300:]}"
    return None


class _services_stay_stopped:  # noqa: N801 - reads as a statement
    """While installing: `policy-rc.d` answers 101, so that the package does not start a server of its own."""

    _policy = Path("/usr/sbin/policy-rc.d")

    def __enter__(self) -> None:
        self._ours = not self._policy.exists()
        if self._ours:
            self._policy.write_text("#!/bin/sh\nexit 101\n")
            self._policy.chmod(0o755)

    def __exit__(self, *_: object) -> None:
        if self._ours:
            self._policy.unlink(missing_ok=True)


def server_script() -> str | None:
    return str(_DEBIAN_SCRIPT) if _DEBIAN_SCRIPT.exists() else shutil.which("rabbitmq-server")


class LocalNode:
    """One RabbitMQ of our own. Tests of faults may `kill` and `start` it: its data stays until `remove`."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="rabbitmq-test-"))
        self.port, self._dist_port, self._mapper_port = free_port(), free_port(), free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}/"
        self._process: subprocess.Popen[bytes] | None = None
        (self.home / "plugins").write_text("[].\n")
        (self.home / "env.conf").write_text("")
        # No disk alarm on a nearly full test machine.
        (self.home / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\ndisk_free_limit.absolute = 50MB\n"
        )

    def start(self) -> str:
        """Returns its version once it speaks AMQP; RuntimeError with its last words if it does not."""
        script = server_script()
        if script is None:
            raise RuntimeError("no rabbitmq-server on PATH")
        with (self.home / "output").open("ab") as output:
            self._process = subprocess.Popen(
                [script], env=self._env(), stdout=output, stderr=output, cwd=self.home, start_new_session=True
            )
        version = _version_at("127.0.0.1", self.port, _PATIENCE_SECONDS, lambda: self._process_alive())
        if version is None:
            last_words = (self.home / "output").read_text(errors="replace").strip()[-500:]
            self.kill()
            raise RuntimeError(f"rabbitmq-server did not start: {last_words}")
        return version

    def kill(self) -> None:
        """As `kill -9`: no goodbye, nothing flushed."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def control(self, *words: str) -> str:
        """`rabbitmqctl`, talking to this node."""
        script = Path(server_script() or "").with_name("rabbitmqctl")
        run = subprocess.run([script, *words], env=self._env(), capture_output=True, text=True, cwd=self.home)
        if run.returncode != 0:
            raise RuntimeError(f"rabbitmqctl {words[0]}: {run.stderr.strip()[-300:]}")
        return run.stdout

    def remove(self) -> None:
        self.stop()
        mapper = shutil.which("epmd")
        if mapper is not None:
            subprocess.run([mapper, "-port", str(self._mapper_port), "-kill"], capture_output=True)
        shutil.rmtree(self.home, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for sign in (how, signal.SIGKILL):
            try:
                os.killpg(process.pid, sign)
                process.wait(timeout=20)
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                continue
            return

    def _process_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _env(self) -> dict[str, str]:
        home = str(self.home)
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": home,  # the Erlang cookie lies there
            "RABBITMQ_NODENAME": f"test{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_MNESIA_BASE": f"{home}/data",
            "RABBITMQ_LOG_BASE": f"{home}/log",
            "RABBITMQ_PID_FILE": f"{home}/pid",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{home}/plugins",
            "RABBITMQ_CONFIG_FILE": f"{home}/rabbitmq.conf",
            "RABBITMQ_CONF_ENV_FILE": f"{home}/env.conf",
            "ERL_EPMD_PORT": str(self._mapper_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }


def _version_at(host: str, port: int, patience: float, alive: Callable[[], bool] = lambda: True) -> str | None:
    """Ask until it answers the AMQP greeting; the answer names the version."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and alive():
        try:
            with socket.create_connection((host, port), timeout=2) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                answer = connection.recv(8192)
        except OSError:
            answer = b""
        if b"RabbitMQ" in answer:
            return _version_in(answer)
        time.sleep(0.1)
    return None


def _version_in(greeting: bytes) -> str:
    # In the table of server properties: length-prefixed name, type S, four bytes of length, text.
    at = greeting.find(b"\x07versionS")
    if at < 0:
        return "unknown"
    at += 9
    length = int.from_bytes(greeting[at : at + 4], "big")
    return greeting[at + 4 : at + 4 + length].decode("ascii", "replace")
