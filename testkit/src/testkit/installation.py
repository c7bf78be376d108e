"""A whole Parley for end-to-end stories: real processes, real HTTP, and a sandbox world in a process of its own.

The sandbox survives when Parley is killed, so its ledger can judge: what the carrier accepted is what happened.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

from testkit.eventually import eventually
from testkit.front import FrontDoor
from testkit.ports import free_port
from testkit.shop import ADMIN_TOKEN, Shop

SERVICES = ("accounts", "conversation", "ai-responder", "sender", "campaigns", "realtime", "ingress")
SECRET_KEY = "0123456789abcdef" * 4


class Process:
    """A child process with its output in a file, shown when it dies unasked."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str], *arguments: str) -> None:
        self.name, self.log = name, folder / f"{name}.log"
        self._arguments, self._environment = arguments, environment
        self._popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", *self._arguments],
                env=clean | self._environment,
                stdout=log,
                stderr=log,
                cwd=self.log.parent,
            )

    def send(self, number: signal.Signals) -> None:
        if self._popen and self._popen.poll() is None:
            self._popen.send_signal(number)

    def wait(self, seconds: float = 30) -> int:
        if self._popen is None:
            return 0
        return self._popen.wait(seconds)

    def stop(self) -> int:
        """SIGTERM, then patience, then SIGKILL; the exit code."""
        self.send(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            return self.wait()

    @property
    def alive(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    @property
    def pid(self) -> int:
        return self._popen.pid if self._popen else 0

    def tail(self, lines: int = 40) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return f"--- {self.name}\n" + "\n".join(text.splitlines()[-lines:])


class World:
    """The sandbox process and its control API."""

    def __init__(self, folder: Path, public_url: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/sandbox"
        arguments = ("--port", str(self.port), "--public-url", public_url, "--data", str(folder / "sandbox"))
        self.process = Process("sandbox", folder, {"LOG_LEVEL": "warning"}, "sandbox", *arguments)
        self.http = httpx2.AsyncClient(base_url=f"{self.url}/control", timeout=30, trust_env=False)

    async def start(self) -> None:
        self.process.start()
        await eventually(self._answers, within=30)

    async def _answers(self) -> bool:
        try:
            return (await self.http.get("/summary")).status_code == 200
        except httpx2.TransportError:
            return False

    async def stop(self) -> None:
        await self.http.aclose()
        self.process.stop()

    async def ask(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        answer = await self.http.request(method, path, json=body, params=params)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def ledger(self, **filters: Any) -> list[dict[str, Any]]:
        """What the carrier accepted, oldest first."""
        return (await self.ask("GET", "/ledger", **{"limit": 10000, **filters}))["items"]

    async def text(self, sender: str, to: str, text: str, **more: Any) -> dict[str, Any]:
        """A customer sends an SMS."""
        return await self.ask("POST", "/inbound", {"from": sender, "to": to, "text": text, **more})

    async def fault(self, **fault: Any) -> str:
        return (await self.ask("POST", "/faults", fault))["id"]


class Installation:
    """Parley, as one process on SQLite or as one process per service on servers."""

    def __init__(self, folder: Path, servers: tuple[str, str] | None = None, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.world = World(folder, self.url)
        self._settings = settings
        self.servers = servers
        self._front = FrontDoor({})
        self.processes: dict[str, Process] = {}
        self.ports: dict[str, int] = {}
        """Where each process listens itself, by the names of `processes`."""
        self.http = httpx2.AsyncClient(base_url=self.url, timeout=30, trust_env=False)

    @property
    def environment(self) -> dict[str, str]:
        """What a program of this installation needs to know, the operator's command line included."""
        given = {
            "PUBLIC_URL": self.url,
            "INTERNAL_URL": self.url,
            "SECRET_KEY": SECRET_KEY,
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "SANDBOX": "off",
            "TELNYX_API_BASE": f"{self.world.url}/telnyx/v2",
            "OPENAI_BASE_URL": f"{self.world.url}/openai/v1",
            "OPENAI_API_KEY": "sandbox",
            "OPENAI_MODEL": "sandbox-1",
            "LOG_LEVEL": "info",
            "ACCOUNTS_FRESH_SECONDS": "0",  # the sandbox lists a message at once
            "DATABASE_URL": f"embedded:{self.folder / 'data'}",
        }
        if self.servers:
            given |= {"BROKER_URL": self.servers[0], "DATABASE_URL": self.servers[1]}
        return given | self._settings

    async def start(self) -> None:
        await self.world.start()
        if self.servers is None:
            self._add("all-in-one", "all_in_one", self.port)
        else:
            await self._front.open(self.port)
            for service in SERVICES:
                self._add(service, service.replace("-", "_"), free_port())
        for process in self.processes.values():
            process.start()
        await self.ready()

    def _add(self, name: str, module: str, port: int) -> Process:
        process = Process(name, self.folder, self.environment | {"PORT": str(port)}, module)
        self.processes[name], self.ports[name] = process, port
        if self.servers:
            self._front.ports.setdefault(module.replace("_", "-"), []).append(port)
        return process

    async def another(self, service: str, copy: str) -> str:
        """A second instance of one service (separate processes only); requests then go to both in turn. Its name."""
        name = f"{service}-{copy}"
        self._add(name, service.replace("-", "_"), free_port()).start()
        await self.ready(name)
        return name

    async def dismiss(self, name: str) -> int:
        """End such a second instance for good; its exit code."""
        process, port = self.processes.pop(name), self.ports.pop(name)
        for instances in self._front.ports.values():
            instances[:] = [one for one in instances if one != port]
        return await asyncio.to_thread(process.stop)

    async def stopped(self, *names: str) -> dict[str, int]:
        """SIGTERM to these processes (all of them, if none is named), side by side; their exit codes."""
        chosen = {name: self.processes[name] for name in names or self.processes}
        for process in chosen.values():
            process.send(signal.SIGTERM)
        return {name: await asyncio.to_thread(process.ended) for name, process in chosen.items()}

    async def resume(self) -> None:
        """Start whatever is not running, as after a test that failed half-way."""
        down = [name for name, process in self.processes.items() if not process.alive]
        for name in down:
            self.processes[name].start()
        if down:
            await self.ready(*down)

    async def ready(self, *names: str, within: float = 60) -> None:
        """Wait until these processes (all of them, if none is named) say that they are."""
        for name in names or list(self.processes):
            await eventually(partial(self._is_ready, name), within=within, every=0.05)

    async def _is_ready(self, name: str) -> bool:
        assert self.processes[name].alive, self.processes[name].tail()
        code, text = await self.readiness(name)
        assert code == 200, f"{name}: {text}"
        assert json.loads(text)["status"] == "ready", f"{name}: {text}"
        return True

    async def readiness(self, name: str) -> tuple[int, str]:
        """What /readyz of that process answers. Raises OSError where nobody listens."""
        try:
            answer = await self.http.get(f"http://127.0.0.1:{self.ports[name]}/readyz")
        except httpx2.TransportError as error:
            raise OSError(str(error)) from None
        return answer.status_code, answer.text

    async def stop(self) -> None:
        await self.stopped()
        await self._front.close()
        await self.world.stop()
        await self.http.aclose()

    def logs(self) -> str:
        return "\n".join(process.tail() for process in [*self.processes.values(), self.world.process])

    async def shop(self, number: str, **settings: Any) -> Shop:
        """A new tenant with one number, a carrier account and an admin key."""
        return await Shop(self, number).open(**settings)
