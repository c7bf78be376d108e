"""All services in this process, wired as the all-in-one wires them, with the counting layers in between."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import httpx2
from pydantic import SecretStr

from all_in_one.assembly import PARTS
from all_in_one.platform import platform_for
from bench import shop
from bench.cost.carrier import Carrier
from bench.cost.commits import Commits
from bench.cost.layers import CountedBroker, CountedDatabase
from bench.cost.tally import Counts, Tally, uncounted
from bench.cost.timers import marked
from bench.ground import SECRET
from shared.aggregates.joint import JointSave
from shared.broker.protocol import Broker
from shared.database.protocol import Database
from shared.events.catalogue import topology
from shared.http.app import create_app
from shared.service.process import LARGE_BODY_PATHS
from shared.service.runner import Runner
from shared.service.service import Platform
from shared.settings import EMBEDDED, PlatformSettings
from testkit.ports import free_port

ADMIN = "admin-token-of-the-benchmark-long-enough"
_LOOK_SECONDS = 0.005
_PATIENCE_SECONDS = 60.0


class Parley:
    """`http` speaks to the application without a socket."""

    def __init__(self, runner: Runner, tally: Tally, commits: Commits) -> None:
        self.tally = tally
        self._runner = runner
        self._commits = commits
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(runner.app), base_url="http://parley", timeout=30)

    @property
    def broker(self) -> Broker:
        return self._runner.platform.broker

    def database_of(self, service: str) -> Database:
        return next(one.database for one in self._runner.services if one.name == service)

    def counted(self) -> Counts:
        """Everything so far but housekeeping. A commit may be shared, so commits of timers count as well."""
        found = self.tally.texts.copy()
        for file, count in self._commits.by_file.items():
            found["commits", file] = count
        return found

    async def still(self, seconds: float) -> None:
        """Until nothing is under way or waits in a queue, and no count has moved for so long."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        before, since, moved = self.counted(), time.monotonic(), Counts()
        while time.monotonic() - since < seconds:
            await asyncio.sleep(_LOOK_SECONDS)
            now, enough = self.counted(), time.monotonic() - since >= seconds
            if now != before or self.tally.under_way or (enough and await self._waiting()):
                before, since, moved = now, time.monotonic(), now - before
            if time.monotonic() > deadline:
                raise SystemExit(f"the installation does not settle: {self.tally.under_way} calls, then {moved}")

    async def settled(self, seconds: float) -> None:
        """As above, and no outbox holds anything."""
        while True:
            await self.still(seconds)
            with uncounted():
                if not any([await service.relay.oldest_waiting_seconds() for service in self._runner.services]):
                    return

    async def _waiting(self) -> bool:
        with uncounted():
            depths = [await self._runner.platform.broker.depth(queue.queue) for queue in topology()]
        return any(depths)


@asynccontextmanager
async def parley(
    folder: Path, outside: Carrier, database_url: str = "", broker_url: str = ""
) -> AsyncGenerator[Parley]:
    """Started. The addresses are servers', or empty for SQLite."""
    tally, commits, port = Tally(), Commits(), free_port()
    await outside.open(port)
    settings = _settings(port, database_url or f"embedded:{folder / 'data'}", broker_url or "embedded:")
    with commits.counted(), marked():
        runner = _assembled(settings, folder / "data", tally)
        await runner.start()
        work = asyncio.create_task(runner.run_tasks())
        found = Parley(runner, tally, commits)
        try:
            yield found
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await found.http.aclose()
            await runner.stop()
            await outside.close()


def _assembled(settings: PlatformSettings, folder: Path, tally: Tally) -> Runner:
    app = create_app("Parley", "", LARGE_BODY_PATHS)
    platform = _counted(platform_for(settings, folder, app), tally)
    return Runner([build(part(**settings.model_dump()), platform) for part, build in PARTS], platform, app)


def _counted(platform: Platform, tally: Tally) -> Platform:
    # A server may serve another installation at the same time, and either would carry out what the other decided.
    own = "" if platform.settings.database_url.startswith(EMBEDDED) else f"cost-{secrets.token_hex(4)}-"

    def open_database(name: str) -> Database:
        return cast("Database", CountedDatabase(platform.open_database(own + name), name, tally))

    def joint(database: Database) -> JointSave | None:
        return cast("CountedDatabase", database).joint(platform.joint)

    broker = cast("Broker", CountedBroker(platform.broker, tally))
    return replace(platform, broker=broker, open_database=open_database, joint=joint)


def _settings(outside: int, database_url: str, broker_url: str) -> PlatformSettings:
    given: dict[str, Any] = {
        "broker_url": broker_url,
        "database_url": database_url,
        "public_url": "http://parley",
        "secret_key": SecretStr(SECRET),
        "admin_token": SecretStr(ADMIN),
        "sandbox": "off",
        "telnyx_api_base": f"http://127.0.0.1:{outside}/v2",
        "openai_base_url": f"http://127.0.0.1:{outside}/v1",
        "openai_api_key": SecretStr("bench"),
    }
    return PlatformSettings(_env_file=None, **given)  # pyright: ignore[reportCallIssue]


@dataclass(frozen=True)
class OpenShop:
    """A tenant with a number and a key of its API; it answers without a quiet window."""

    http: httpx2.AsyncClient
    webhooks: str
    """The path of its carrier's webhooks."""
    tenant_id: str
    key: str

    async def ask(self, path: str) -> Any:
        answer = await self.http.get(path, headers={"authorization": f"Bearer {self.key}"})
        return answer.raise_for_status().json()


async def open_shop(http: httpx2.AsyncClient, ai_mode: str = "auto", number: str = shop.NUMBER) -> OpenShop:
    async def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {ADMIN}"}
        answer = await http.post(f"/api/accounts/tenants{path}", json=body, headers=headers)
        if not answer.is_success:
            raise SystemExit(f"{path}: {answer.status_code} {answer.text}")
        return answer.json()

    tenant = (await post("", {"name": "Bench", "ai_mode": ai_mode, "quiet_seconds": 0}))["id"]
    keys = {"kind": "telnyx", "api_key": "KEYbench", "public_key": shop.PUBLIC_KEY}
    connection = (await post(f"/{tenant}/connections", keys))["id"]
    body = {"phone_number": number, "connection_id": connection, "parts_per_second": 50}
    await post(f"/{tenant}/numbers", body)
    key = await post(f"/{tenant}/api-keys", {"label": "bench", "role": "admin"})
    return OpenShop(http, f"/webhooks/telnyx/{connection}", tenant, key["key"])
