"""A whole Parley for end-to-end stories: real processes, real HTTP, and a sandbox world in a process of its own.

The sandbox survives when Parley is killed, so its ledger can judge: what the carrier accepted is what happened.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2

from shared.ids import new_id
from shared.testing.eventually import eventually
from shared.testing.front import FrontDoor

SERVICES = ("accounts", "conversation", "ai-responder", "sender", "campaigns", "realtime", "ingress")
SECRET_KEY, ADMIN_TOKEN = "0123456789abcdef" * 4, "admin-token-of-the-tests"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A child process with its output in a file, shown when it dies unasked."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str], *arguments: str) -> None:
        self.name, self.log = name, folder / f"{name}.log"
        self._arguments, self._environment = arguments, environment
        self._popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(  # noqa: S603 - our own modules
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

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.send(number)
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
        self._servers = servers
        self._front = FrontDoor({})
        self.processes: dict[str, Process] = {}
        self.http = httpx2.AsyncClient(base_url=self.url, timeout=30, trust_env=False)

    def _environment(self, port: int) -> dict[str, str]:
        given = {
            "PORT": str(port),
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
            "DATABASE_URL": f"embedded:{self.folder / 'data'}",
        }
        if self._servers:
            given |= {"BROKER_URL": self._servers[0], "DATABASE_URL": self._servers[1]}
        return given | self._settings

    async def start(self) -> None:
        await self.world.start()
        if self._servers is None:
            self.processes["all-in-one"] = Process(
                "all-in-one", self.folder, self._environment(self.port), "all_in_one"
            )
        else:
            await self._front.open(self.port)
            for service in SERVICES:
                self._add(service)
        for process in self.processes.values():
            process.start()
        await self.ready()

    def _add(self, service: str, copy: str = "") -> Process:
        port = free_port()
        self._front.ports.setdefault(service, port)
        module = service.replace("-", "_")
        process = Process(service + copy, self.folder, self._environment(port), module)
        process_name = service + copy
        self.processes[process_name] = process
        return process

    def another(self, service: str, copy: str) -> Process:
        """A second instance of one service (separate processes only); it gets no HTTP of its own."""
        process = self._add(service, copy)
        process.start()
        return process

    async def ready(self, within: float = 60) -> None:
        ports = self._front.ports if self._servers else {"all-in-one": self.port}

        async def all_ready() -> bool:
            for name, port in ports.items():
                assert self.processes[name].alive, self.processes[name].tail()
                try:
                    answer = await self.http.get(f"http://127.0.0.1:{port}/readyz")
                except httpx2.TransportError as error:
                    raise OSError(str(error)) from None
                assert answer.status_code == 200, f"{name}: {answer.text}"
            return True

        await eventually(all_ready, within=within, every=0.05)

    async def stop(self) -> None:
        for process in self.processes.values():
            process.send(signal.SIGTERM)
        for process in self.processes.values():
            await asyncio.to_thread(process.stop)
        await self._front.close()
        await self.world.stop()
        await self.http.aclose()

    def logs(self) -> str:
        return "\n".join(process.tail() for process in [*self.processes.values(), self.world.process])

    async def shop(self, number: str, **settings: Any) -> Shop:
        """A new tenant with one number, a carrier account and an admin key."""
        return await Shop(self, number).open(**settings)


class Shop:
    """One tenant, as a developer of a neighbouring system sees it: an API key and a number."""

    def __init__(self, parley: Installation, number: str) -> None:
        self.parley, self.number = parley, number
        self.tenant_id = self.key = self.connection_id = self.carrier_key = ""

    async def open(self, **settings: Any) -> Shop:
        self.carrier_key = f"KEY{new_id('t')}"
        world = self.parley.world
        account = await world.ask("PUT", f"/accounts/{self.carrier_key}", {})
        tenant = await self._admin("POST", "", {"name": f"Shop {self.number}", "ai_mode": "auto", **settings})
        self.tenant_id = tenant["id"]
        connection = {"kind": "telnyx", "api_key": self.carrier_key, "public_key": account["public_key"]}
        made = await self._admin("POST", f"/{self.tenant_id}/connections", connection)
        self.connection_id = made["id"]
        numbers = {"phone_number": self.number, "connection_id": self.connection_id, "parts_per_second": 50}
        await self._admin("POST", f"/{self.tenant_id}/numbers", numbers)
        key = await self._admin("POST", f"/{self.tenant_id}/api-keys", {"label": "tests", "role": "admin"})
        self.key = key["key"]
        registration = {"api_key": self.carrier_key, "webhook_url": made["webhook_url"]}
        await world.ask("PUT", f"/numbers/{self.number}", registration)
        return self

    async def _admin(self, method: str, path: str, body: Any) -> Any:
        return await self.call(method, f"/api/accounts/tenants{path}", body, token=ADMIN_TOKEN)

    async def call(
        self, method: str, path: str, body: Any = None, *, token: str = "", expect: int | None = None, **headers: str
    ) -> Any:
        sent = {"authorization": f"Bearer {token or self.key}", **headers}
        answer = await self.parley.http.request(method, path, json=body, headers=sent)
        good = answer.status_code == expect if expect else answer.is_success
        assert good, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def text(self, customer: str, text: str, **more: Any) -> dict[str, Any]:
        return await self.parley.world.text(customer, self.number, text, **more)

    async def conversations(self, query: str = "") -> list[dict[str, Any]]:
        return (await self.call("GET", f"/api/conversations?limit=200{query}"))["items"]

    async def conversation_with(self, customer: str) -> dict[str, Any]:
        found = [item for item in await self.conversations() if item["contact"]["phone_number"] == customer]
        assert found, f"no conversation with {customer}"
        return found[0]

    async def messages_with(self, customer: str) -> list[dict[str, Any]]:
        """Oldest first."""
        conversation = await self.conversation_with(customer)
        items = (await self.call("GET", f"/api/conversations/{conversation['id']}/messages?limit=200"))["items"]
        return sorted(items, key=lambda message: message["created_at"])

    async def sent_to(self, customer: str) -> list[dict[str, Any]]:
        """What the carrier accepted for this customer from this shop."""
        return await self.parley.world.ledger(**{"to": customer, "from": self.number})

    async def sent_to_all(self) -> list[dict[str, Any]]:
        """What the carrier accepted from this shop, whoever it was for."""
        return await self.parley.world.ledger(**{"from": self.number})
