"""The sandbox as a process of its own: it survives when Parley is killed, so its ledger says what really happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2

from testkit.eventually import eventually
from testkit.ports import free_port
from testkit.process import Process


class World:
    """The sandbox process and its control API."""

    program = Process
    """What it is run by."""

    def __init__(self, folder: Path, public_url: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/sandbox"
        arguments = ("--port", str(self.port), "--public-url", public_url, "--data", str(folder / "sandbox"))
        self.process = self.program("sandbox", folder, {"LOG_LEVEL": "warning"}, "sandbox", *arguments)
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
