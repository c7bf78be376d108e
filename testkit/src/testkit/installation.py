"""A whole Parley for end-to-end stories: real processes, real HTTP, and a sandbox world in a process of its own."""

from __future__ import annotations

import asyncio
import json
import signal
from functools import partial
from pathlib import Path

import httpx2

from testkit.eventually import eventually
from testkit.front import FrontDoor
from testkit.ports import free_port
from testkit.process import Process
from testkit.world import World

SERVICES = ("accounts", "conversation", "ai-responder", "sender", "campaigns", "realtime", "ingress")
SECRET_KEY = "0123456789abcdef" * 4
ADMIN_TOKEN = "admin-token-of-the-tests-long-enough"


class Installation:
    """Parley, as one process on SQLite or as one process per service on servers."""

    program = Process
    """What a service is run by."""

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
        await self.start_services()

    async def start_services(self) -> None:
        """All but the world: it may be another installation's."""
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
        process = self.program(name, self.folder, self.environment | {"PORT": str(port)}, module)
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
