"""A service in memory with one draft campaign of each of two tenants, and what tests do with files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2

from campaigns.campaigns.domain.campaign import Campaign, CampaignState
from campaigns.campaigns.domain.recipient import Recipient
from campaigns.campaigns.store import CAMPAIGNS, RECIPIENTS, Recipients
from campaigns.imports.worker import ImportWorker
from campaigns.settings import Settings
from campaigns.wiring import build
from shared.access.gate import Principal, sign
from shared.aggregates import Aggregates, Cause, Decision
from shared.broker.protocol import Message
from shared.clock import ManualClock
from shared.database.protocol import Database
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import TenantChanged
from shared.http.app import create_app
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.service import Platform

TENANT, OTHER = "ten_a", "ten_b"
CAMPAIGN, OTHERS_CAMPAIGN = "cmp_a", "cmp_b"


class SilentBroker:
    async def publish(self, message: Message) -> None:
        """Nobody listens."""

    def trouble(self) -> str | None:
        return None


class ImportWorld:
    """Uploads as a browser sends them; `work` is one round of the import worker."""

    def __init__(self, database: Database | None = None, clock: ManualClock | None = None) -> None:
        self.clock = clock or ManualClock()
        self._revision = 0
        self.database: Database = database or EmbeddedDatabase(None)
        self.keyring = Keyring("a secret of more than thirty-two characters")
        empty = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"items": [], "next_cursor": None}))
        settings = Settings(_env_file=None)  # pyright: ignore[reportCallIssue]
        internal = InternalClient(self.keyring, self.clock, lambda _: "http://accounts", empty)
        platform = Platform(SilentBroker(), lambda _: self.database, self.clock, self.keyring, internal, settings)  # type: ignore[arg-type]  # only what the relay uses
        self.service = build(settings, platform)

    async def open(self, *, furnish: bool = True) -> None:
        await self.database.start()
        for model in self.service.read_models:
            await model.fill()
        self.app = create_app("test", "")
        for router in self.service.routers:
            self.app.include_router(router)
        self.worker: ImportWorker = self.service.tasks["imports"].__self__  # type: ignore[attr-defined]  # the loop's own object
        self.campaigns = Aggregates(CAMPAIGNS, self.database, self.service.relay, self.clock, "campaigns")
        self.recipients = Recipients(Aggregates(RECIPIENTS, self.database, self.service.relay, self.clock, "campaigns"))
        if furnish:
            await self.furnish()

    async def furnish(self) -> None:
        await self.tenant(TENANT)
        await self.tenant(OTHER)
        await self.campaign(CAMPAIGN, TENANT)
        await self.campaign(OTHERS_CAMPAIGN, OTHER)

    async def campaign(self, id: str, tenant: str, state: CampaignState = "draft") -> None:
        def decide(known: Campaign | None) -> Decision[Campaign]:
            new = Campaign(id=id, tenant_id=tenant, name="Spring", created_at=self.clock.now())
            return Decision((known or new).but(state=state))

        await self.campaigns.change(id, Cause.due(tenant, "test", id), decide)

    async def tenant(self, id: str, **settings: Any) -> None:
        """A change of the tenant's settings."""
        copies = next(model for model in self.service.read_models if model.name == "tenants")
        self._revision += 1
        await copies._keep(TenantChanged(tenant_id=id, revision=self._revision, name="A", **settings))

    async def call(
        self, method: str, path: str, *, tenant: str = TENANT, role: str = "agent", **more: Any
    ) -> httpx2.Response:
        who = Principal(tenant, role, f"key_{tenant}", None, self.clock.now())  # type: ignore[arg-type]
        headers = {"authorization": f"Bearer {sign(self.keyring, who)}", **more.pop("headers", {})}
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self.app), base_url="http://t") as client:
            return await client.request(method, f"/api/campaigns/{path}", headers=headers, **more)

    async def upload(
        self, content: bytes, name: str = "list.csv", fields: Mapping[str, str] | None = None, **more: Any
    ) -> httpx2.Response:
        campaign = more.pop("campaign", CAMPAIGN)
        files = {"file": (name, content)}
        return await self.call("POST", f"{campaign}/imports", files=files, data=dict(fields or {}), **more)

    async def preview(self, content: bytes, name: str = "list.csv", **fields: str) -> dict[str, Any]:
        answer = await self.upload(content, name, fields)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def run(self, content: bytes, name: str = "list.csv", **fields: str) -> dict[str, Any]:
        """Uploaded, committed and worked off."""
        made = await self.preview(content, name, **fields)
        await self.commit(made["id"])
        await self.work()
        return await self.get_import(made["id"])

    async def commit(self, id: str) -> dict[str, Any]:
        answer = await self.call("POST", f"{CAMPAIGN}/imports/{id}/commit")
        assert answer.status_code == 202, answer.text
        return answer.json()

    async def work(self) -> int:
        return await self.worker.due.once()

    async def get_import(self, id: str) -> dict[str, Any]:
        answer = await self.call("GET", f"{CAMPAIGN}/imports/{id}", role="viewer")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def rejected(self, id: str) -> list[dict[str, Any]]:
        answer = await self.call("GET", f"{CAMPAIGN}/imports/{id}/rejected?limit=200", role="viewer")
        return answer.json()["items"]

    async def added(self, campaign: str = CAMPAIGN) -> list[Recipient]:
        """The campaign's recipients, by row."""
        known = await self.campaigns.get(campaign)
        assert known is not None
        return sorted([each async for each in self.recipients.each(known)], key=lambda each: each.row or 0)
