"""Parley: two instances of each service, on RabbitMQ and the stand-in for MongoDB."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import httpx2
import pymongo

from faults import servers
from faults.edge import Balancer, by_path
from faults.onlooker import Onlooker
from faults.system import CARRIER, EDGE_PORT, MODEL, Instance, Leftovers, Stage, until_ready
from shared.ids import new_id
from testkit.installation import ADMIN_TOKEN, SECRET_KEY, SERVICES

_OPEN = ("queued", "submitting", "unknown")


class Product:
    name = "parley"
    what = "Parley, two instances of each of its seven services"
    number = "+17732007777"
    skewed = ("sender", "conversation", "ingress")

    def __init__(self) -> None:
        self.instances: list[Instance] = []
        self._ports: dict[str, int] = {service: 8101 + n for n, service in enumerate(SERVICES)}
        self._conversations: dict[str, str] = {}
        self._database = self._key = self._tenant = ""
        self.onlookers: list[Onlooker] = []

    async def start(self, stage: Stage) -> None:
        self._database = await servers.document_store(stage.hosts["db"], stage.folder)
        url = f"http://{stage.edge}:{EDGE_PORT}"
        self._http = httpx2.AsyncClient(base_url=url, timeout=6, trust_env=False)
        backends = {name: [(host.address, port) for host in stage.applications] for name, port in self._ports.items()}
        self._edge = Balancer(by_path(backends), reads_head=True)
        await self._edge.open(stage.edge, EDGE_PORT)
        for host in stage.applications:
            for service, port in self._ports.items():
                environment = self._environment(stage, url) | {"HOST": host.address, "PORT": str(port)}
                name = f"{service}-{host.name}"
                self.instances.append(Instance(name, host, [service.replace("-", "_")], environment, stage.folder))
        for instance in self.instances:
            instance.start()
        for instance in self.instances:
            port = self._ports[instance.name.rpartition("-")[0]]
            await until_ready(instance, f"http://{instance.host.address}:{port}/readyz", 900)
        await self._open_shop(stage)
        # The load balancer takes turns, so there is one on each host.
        stream = f"{url.replace('http', 'ws')}/api/realtime/ws"
        self.onlookers = [Onlooker(stream, self._key) for _ in stage.applications]

    def _environment(self, stage: Stage, url: str) -> dict[str, str]:
        return {
            "BROKER_URL": f"amqp://guest:guest@{stage.edge}:{servers.AMQP}/",
            "DATABASE_URL": self._database,
            "PUBLIC_URL": url,
            "INTERNAL_URL": url,
            "SECRET_KEY": SECRET_KEY,
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "SANDBOX": "off",
            "TELNYX_API_BASE": CARRIER,
            "OPENAI_BASE_URL": MODEL,
            "OPENAI_API_KEY": "sandbox",
            "OPENAI_MODEL": "sandbox-1",
            "LOG_LEVEL": "warning",
        }

    async def _open_shop(self, stage: Stage) -> None:
        carrier_key = f"KEY{new_id('t')}"
        account = await stage.ask("PUT", f"/accounts/{carrier_key}", {})
        settings = {"ai_mode": "auto", "quiet_seconds": 0.2, "quiet_hours": {"opens": 0, "closes": 24}}
        self._tenant = (await self._admin("", {"name": "Fault benchmark", **settings}))["id"]
        keys = {"kind": "telnyx", "api_key": carrier_key, "public_key": account["public_key"]}
        connection = await self._admin(f"/{self._tenant}/connections", keys)
        number = {"phone_number": self.number, "connection_id": connection["id"], "parts_per_second": 20}
        await self._admin(f"/{self._tenant}/numbers", number)
        self._key = (await self._admin(f"/{self._tenant}/api-keys", {"label": "faults", "role": "admin"}))["key"]
        registration = {"api_key": carrier_key, "webhook_url": connection["webhook_url"]}
        await stage.ask("PUT", f"/numbers/{self.number}", registration)

    async def send(self, key: str, to: str, text: str) -> bool:
        if to in self._conversations:
            path, body = f"/api/conversations/{self._conversations[to]}/messages", {"text": text}
        else:
            path, body = "/api/conversations", {"to": to, "text": text}
        answer = await self._try("POST", path, body, key)
        if answer is not None and path == "/api/conversations":
            self._conversations[to] = answer["id"]
        return answer is not None

    async def campaign(self, recipients: list[str], text: str) -> None:
        made = await self._until("POST", "/api/campaigns", {"name": "Fault benchmark", "text": text}, "campaign")
        path = f"/api/campaigns/{made['id']}"
        rows = {"recipients": [{"phone_number": one} for one in recipients]}
        await self._until("POST", f"{path}/recipients", rows, "recipients")
        await self._until("POST", f"{path}/start", {}, "start")

    async def leftovers(self) -> Leftovers:
        """From its own database: which messages ever had an unknown outcome."""
        return await asyncio.to_thread(self._read_leftovers)

    def _read_leftovers(self) -> Leftovers:
        with pymongo.MongoClient[dict[str, Any]](self._database) as client:
            messages = client["parley_sender"]["messages"].find({})
            found = [message["message"] for message in messages]
        unknown = sum(any(step["status"] == "unknown" for step in one.get("history", ())) for one in found)
        states = [one.get("status", "queued") for one in found]
        return Leftovers(unknown, states.count("unresolved"), sum(map(states.count, _OPEN)))

    async def stop(self) -> None:
        for instance in self.instances:
            instance.kill()
        self._edge.close()
        await self._http.aclose()

    async def _admin(self, path: str, body: Any) -> Any:
        return await self._until("POST", f"/api/accounts/tenants{path}", body, new_id("key"), ADMIN_TOKEN)

    async def _until(self, method: str, path: str, body: Any, key: str, token: str = "") -> Any:
        """Asked again for five minutes. `_try` prints why it was refused; `SystemExit` names what was given up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(300):
                while (answer := await self._try(method, path, body, key, token)) is None:  # noqa: ASYNC110
                    await asyncio.sleep(0.5)
                return answer
        raise SystemExit(f"{method} {path} was not taken within five minutes")

    async def _try(self, method: str, path: str, body: Any, key: str, token: str = "") -> Any:
        """The answer; None if it should be asked again, as a program does that will not give up."""
        headers = {"authorization": f"Bearer {token or self._key}", "idempotency-key": key}
        with contextlib.suppress(httpx2.HTTPError):
            answer = await self._http.request(method, path, json=body, headers=headers)
            if answer.is_success:
                return answer.json() if answer.content else {}
            if answer.status_code not in (409, 429, 500, 502, 503, 504):
                print(f"#   {method} {path}: {answer.status_code} {answer.text}", flush=True)
        return None
