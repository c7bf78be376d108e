"""What is measured: a system of some instances on two hosts, reached through the edge.

To measure a system of your own, write a class like `product.Product` and name it: `--system your_module:YourClass`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx2

from faults.network import Host
from faults.onlooker import Onlooker
from faults.servers import Node

ROOT = Path(__file__).parents[2]
WORLD_PORT, WORLD_DOOR, EDGE_PORT = 9100, 9101, 8080
CARRIER, MODEL = f"http://127.0.0.1:{WORLD_PORT}/sandbox/telnyx/v2", f"http://127.0.0.1:{WORLD_PORT}/sandbox/openai/v1"
"""As an application's host reaches them: through its own door (`forward`)."""
_ASKED_AGAIN = 20
T = TypeVar("T")
_FAKETIME = "/usr/lib/{machine}-linux-gnu/faketime/libfaketime.so.1"


@dataclass
class Instance:
    """One process of the system. It can be killed, and started again with another clock."""

    name: str
    host: Host
    words: Sequence[str]
    """The module, then its arguments."""
    environment: dict[str, str]
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    wanted: bool = False
    """Whether it should run now; false between a fault's kill and its healing."""

    def start(self, clock_ahead: int = 0) -> None:
        """`clock_ahead`: seconds by which its wall clock is wrong; its monotonic clock is right."""
        clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        skewed = {"LD_PRELOAD": faketime() or "", "FAKETIME": f"+{clock_ahead}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        environment = clean | {"PYTHONPATH": f"{ROOT / 'deploy'}:{ROOT}"} | self.environment
        log = self.folder / f"{self.name}.log"
        command = [sys.executable, "-m", *self.words]
        self.process = self.host.start(command, environment | (skewed if clock_ahead else {}), log)
        self.wanted = True

    def kill(self) -> None:
        self.wanted = False
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass
class Stage:
    """Where a system plays."""

    hosts: dict[str, Host]
    folder: Path
    nodes: list[Node]
    world: httpx2.AsyncClient
    """The sandbox's control."""

    @property
    def applications(self) -> list[Host]:
        return [self.hosts["a"], self.hosts["b"]]

    @property
    def edge(self) -> str:
        return self.hosts["desk"].address

    async def ask(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        async def once() -> httpx2.Response:
            return await self.world.request(method, path, json=body, params=params)

        answer = await (asked_again(once) if method == "GET" else once())
        if not answer.is_success:
            raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None


@dataclass
class Leftovers:
    """What the system itself says at the end."""

    unknown: int | None = None
    """Texts with an outcome that was unknown at some time; None: it does not know of such."""
    unresolved: int = 0
    """Left for a person."""
    waiting: int = 0


class System(Protocol):
    name: str
    what: str
    """In one sentence."""
    number: str
    """Of the system, at the carrier."""
    instances: list[Instance]
    skewed: tuple[str, ...]
    """Instances that get a wrong clock, by how their names begin."""
    onlookers: Sequence[Onlooker]
    """Open dashboards, once `start` has returned; none where there is no live view."""

    async def start(self, stage: Stage) -> None:
        """Ready when this returns, with its number registered at the carrier."""
        ...

    async def send(self, key: str, to: str, text: str) -> bool:
        """One text to one person; True once the system has answered 2xx. Repeated under the same key until then."""
        ...

    async def campaign(self, recipients: list[str], text: str) -> None:
        """The same text to all of them; returns once the system has taken it."""
        ...

    async def leftovers(self) -> Leftovers: ...

    async def stop(self) -> None: ...


async def asked_again(question: Callable[[], Awaitable[T]]) -> T:
    """For what changes nothing: on a busy machine an answer may come too late, and the whole run would be lost."""
    for _ in range(_ASKED_AGAIN):
        try:
            return await question()
        except Exception as error:  # noqa: BLE001 - whatever it was, the last try raises it
            print(f"#   asked again after {error!r}", flush=True)
            await asyncio.sleep(3)
    return await question()


def faketime() -> str | None:
    """The library that lets a process see another time; None where it is not installed."""
    path = _FAKETIME.format(machine=os.uname().machine)
    return path if Path(path).exists() else None


async def until_ready(instance: Instance, url: str, within: float) -> None:
    async with httpx2.AsyncClient(trust_env=False, timeout=5) as http, asyncio.timeout(within):
        while True:
            if not instance.alive:
                log = (instance.folder / f"{instance.name}.log").read_text(errors="replace")
                raise SystemExit(f"{instance.name} ended by itself:\n{log[-3000:]}")
            with contextlib.suppress(httpx2.HTTPError):
                if (await http.get(url)).status_code == 200:
                    return
            await asyncio.sleep(0.3)
