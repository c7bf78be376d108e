"""A tenant with one fast number, and a short way to make campaigns and to report on their texts."""

from __future__ import annotations

from typing import Any

import pytest

from shared.events import Event, NumberChanged, SmsStatus, TenantChanged
from shared.ids import derive

OURS = "+13125550100"


def event_of(world: Any, data: Any, tenant: str = "ten_a") -> Event[Any]:
    id = derive("test", tenant, repr(data))
    return Event(
        id=id, source="test", subject="", time=world.clock.now(), tenant_id=tenant, partition_key="k", data=data
    )


class Marketer:
    """What a person does with campaigns."""

    def __init__(self, world: Any) -> None:
        self.world = world

    async def settle(self, pace: float = 100, revision: int = 1, **settings: Any) -> None:
        tenant = TenantChanged(tenant_id="ten_a", revision=revision, name="Acme", **settings)
        number = NumberChanged(
            phone_number=OURS, revision=revision, tenant_id="ten_a", connection_id="con_1",
            assigned_at=self.world.clock.now(), parts_per_second=pace,
        )  # fmt: skip
        await self.world.handle(event_of(self.world, tenant), event_of(self.world, number))

    async def draft(self, people: int = 3, **fields: Any) -> str:
        made = await self.world.ask("POST", "/api/campaigns", {"name": "Spring", "text": "Hi {name}", **fields})
        assert made.status_code == 201, made.text
        id: str = made.json()["id"]
        for start in range(0, people, 1000):
            rows = [{"phone_number": number(n), "name": f"P{n}"} for n in range(start, min(people, start + 1000))]
            added = await self.world.ask("POST", f"/api/campaigns/{id}/recipients", {"recipients": rows})
            assert added.json() == {"accepted": len(rows), "rejected": []}, added.text
        return id

    async def post(self, id: str, what: str, body: Any = None, **more: Any) -> Any:
        return await self.world.ask("POST", f"/api/campaigns/{id}/{what}", body, **more)

    async def campaign(self, id: str) -> dict[str, Any]:
        shown: dict[str, Any] = (await self.world.get(f"/api/campaigns/{id}")).json()
        counts = shown["counts"]
        assert counts["total"] == sum(n for state, n in counts.items() if state != "total")
        return shown

    async def counts(self, id: str) -> dict[str, int]:
        """Those that are not zero."""
        return {state: n for state, n in (await self.campaign(id))["counts"].items() if n and state != "total"}

    def texts(self) -> list[dict[str, Any]]:
        return self.world.of_type("sms.outbound")

    async def report(self, text: dict[str, Any], status: str, revision: int, **more: Any) -> None:
        data = SmsStatus.read(
            {
                "message_id": text["message_id"], "revision": revision, "number": text["number"],
                "contact": text["contact"], "status": status, "campaign_id": text["campaign_id"], "author": "campaign",
                "changed_at": self.world.clock.now(), **more,
            }
        )  # fmt: skip
        await self.world.handle(event_of(self.world, data))


def number(n: int) -> str:
    return f"+1312556{n:04d}"


@pytest.fixture
async def marketer(world: Any) -> Marketer:
    world.clock.advance(18 * 3600)  # noon in Chicago, on the first of January
    marketer = Marketer(world)
    await marketer.settle()
    return marketer
