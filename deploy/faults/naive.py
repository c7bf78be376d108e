"""The naive pipeline of `bench/`: two instances of each of its two programs, on the same cluster and PostgreSQL."""

# asyncpg tells no types of what it passes on.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import contextlib
from typing import Any

import asyncpg
import httpx2

from faults import servers
from faults.edge import Balancer
from faults.system import CARRIER, EDGE_PORT, MODEL, Instance, Leftovers, Stage, until_ready

_PORT = 8201
_CARRIER_KEY = "KEYbench"
_WAITING = "select count(*) from messages where direction = 'out' and status = 'queued'"


class Naive:
    name = "naive"
    what = "the naive pipeline of bench/, two instances of each of its two programs"
    number = "+17732006666"
    skewed = ("api", "worker")
    onlookers = ()

    def __init__(self) -> None:
        self.instances: list[Instance] = []
        self._database = ""

    async def start(self, stage: Stage) -> None:
        self._database = await servers.table_store(stage.hosts["db"], stage.folder)
        account = await stage.ask("PUT", f"/accounts/{_CARRIER_KEY}", {})
        url = f"http://{stage.edge}:{EDGE_PORT}"
        environment = {
            "NAIVE_DATABASE_URL": self._database,
            "NAIVE_BROKER_URL": f"amqp://guest:guest@{stage.edge}:{servers.AMQP}/",
            "NAIVE_CARRIER_BASE": CARRIER,
            "NAIVE_MODEL_BASE": MODEL,
            "NAIVE_PUBLIC_KEY": account["public_key"],
            "NAIVE_WEBHOOK_URL": f"{url}/webhooks/telnyx",
        }
        self._http = httpx2.AsyncClient(base_url=url, timeout=6, trust_env=False)
        addresses = [(host.address, _PORT) for host in stage.applications]
        self._edge = Balancer(lambda _head: addresses, reads_head=False)
        await self._edge.open(stage.edge, EDGE_PORT)
        for host in stage.applications:
            for program, words in (("api", [str(_PORT), host.address]), ("worker", [])):
                module = [f"bench.naive.pipeline.{program}", *words]
                self.instances.append(Instance(f"{program}-{host.name}", host, module, environment, stage.folder))
        for instance in self.instances:
            instance.start()
        for instance in self.instances:
            if instance.name.startswith("api"):
                await until_ready(instance, f"http://{instance.host.address}:{_PORT}/readyz", 120)
        registration = {"api_key": _CARRIER_KEY, "webhook_url": f"{url}/webhooks/telnyx"}
        await stage.ask("PUT", f"/numbers/{self.number}", registration)

    async def send(self, key: str, to: str, text: str) -> bool:
        return await self._taken("/texts", {"to": to, "sender": self.number, "text": text})

    async def campaign(self, recipients: list[str], text: str) -> None:
        body = {"to": recipients, "sender": self.number, "text": text}
        if not await self._taken("/texts/bulk", body):
            raise SystemExit("the naive pipeline did not take the campaign")

    async def leftovers(self) -> Leftovers:
        connection = await asyncpg.connect(self._database)
        try:
            return Leftovers(None, 0, await connection.fetchval(_WAITING))
        finally:
            await connection.close()

    async def stop(self) -> None:
        for instance in self.instances:
            instance.kill()
        self._edge.close()
        await self._http.aclose()

    async def _taken(self, path: str, body: Any) -> bool:
        with contextlib.suppress(httpx2.HTTPError):
            return (await self._http.post(path, json=body)).is_success
        return False
