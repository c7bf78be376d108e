"""The product as a side: the whole all-in-one, with one tenant that answers at once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from bench import shop
from bench.ground import SECRET
from bench.naive.programs import Program
from bench.naive.sides import answering
from testkit.ports import free_port

ADMIN = "admin-token-of-the-benchmark-long-enough"
FASTEST = {"parts_per_second": 1000}
"""Of the number: pacing is a promise to the carrier, not a cost. The account's pace is set likewise."""
_OPEN = ("queued", "submitting", "unknown", "unresolved")


@dataclass
class Parley:
    folder: Path
    outside: int
    module: str = "all_in_one"
    name: str = "product"
    port: int = field(default_factory=free_port)
    more_environment: dict[str, str] = field(default_factory=dict[str, str])
    ai_mode: str = "auto"
    path: str = ""
    key: str = ""
    tenant_id: str = ""

    def __post_init__(self) -> None:
        environment = {
            "PORT": str(self.port),
            "SECRET_KEY": SECRET,
            "ADMIN_TOKEN": ADMIN,
            "SANDBOX": "off",
            "TELNYX_API_BASE": f"http://127.0.0.1:{self.outside}/v2",
            "OPENAI_BASE_URL": f"http://127.0.0.1:{self.outside}/v1",
            "OPENAI_API_KEY": "bench",
            "LOG_LEVEL": "warning",
            "DATABASE_URL": f"embedded:{self.folder / 'data'}",
            "SENDER_ACCOUNT_PARTS_PER_SECOND": "10000",
        }
        self.program = Program(self.folder, environment | self.more_environment, [self.module])

    def roots(self) -> list[int]:
        return [self.program.pid]

    def killed(self) -> None:
        self.program.kill()

    async def start(self) -> None:
        self.program.start()
        await answering(self.port, self.program)
        if not self.path:
            await self._open_shop()

    def stop(self) -> None:
        self.program.stop()

    async def open_texts(self) -> int:
        async with self.http() as http:
            pages = [await http.get(f"/api/messages?status={status}&limit=200") for status in _OPEN]
        return sum(len(page.raise_for_status().json()["items"]) for page in pages)

    async def answer(self, wanted: bool) -> None:
        async with self.http(ADMIN) as http:
            mode = {"ai_mode": "auto" if wanted else "off"}
            (await http.patch(f"/api/accounts/tenants/{self.tenant_id}", json=mode)).raise_for_status()

    def http(self, token: str = "") -> httpx2.AsyncClient:
        headers = {"authorization": f"Bearer {token or self.key}"}
        return httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}", headers=headers, trust_env=False, timeout=60
        )

    async def _open_shop(self) -> None:
        """A tenant that answers at once."""
        async with self.http(ADMIN) as http:

            async def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
                answer = await http.post(f"/api/accounts/tenants{path}", json=body)
                if not answer.is_success:
                    raise SystemExit(f"{path}: {answer.status_code} {answer.text}")
                return json.loads(answer.content)

            tenant = await post("", {"name": "Bench", "ai_mode": self.ai_mode, "quiet_seconds": 0})
            self.tenant_id = tenant["id"]
            keys = {"kind": "telnyx", "api_key": "KEYbench", "public_key": shop.PUBLIC_KEY}
            connection = await post(f"/{tenant['id']}/connections", keys)
            number = {"phone_number": shop.NUMBER, "connection_id": connection["id"], **FASTEST}
            await post(f"/{tenant['id']}/numbers", number)
            self.key = (await post(f"/{tenant['id']}/api-keys", {"label": "bench", "role": "admin"}))["key"]
        self.path = f"/webhooks/telnyx/{connection['id']}"
