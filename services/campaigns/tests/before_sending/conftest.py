"""A tenant with numbers, prices and a campaign, and what its marketer may ask before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from campaigns.campaigns.domain.recipient import NewRecipient
from campaigns.campaigns.store import CAMPAIGNS, RECIPIENTS, Campaigns, Recipients
from shared.aggregates import Aggregates
from shared.events import Event, NumberChanged, PricesChanged, SendingPrices, SmsStatus, TenantChanged
from shared.ids import derive

TENANT, OURS = "ten_a", "+13125550100"


@dataclass
class Stage:
    """The service in memory with one active tenant."""

    world: Any

    def __post_init__(self) -> None:
        service, clock = self.world.service, self.world.clock
        lent = (self.world.database, service.relay, clock, "campaigns")
        self.campaigns = Campaigns(Aggregates(CAMPAIGNS, *lent), clock)
        self.recipients = Recipients(Aggregates(RECIPIENTS, *lent))

    async def set_up(self) -> None:
        await self.tell(
            TenantChanged(tenant_id=TENANT, revision=1, name="Blue Door", timezone="America/Chicago"),
            number(OURS),
            PricesChanged(tenant_id=TENANT, revision=1, cards=(card("0.01"),)),
        )

    async def tell(self, *facts: Any) -> None:
        for fact in facts:
            await self.world.handle(event(fact, self.world.clock.now()))

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> httpx2.Response:
        """`more`: tenant, role, key."""
        return await self.world.ask(method, path, body, **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> Any:
        response = await self.call("POST", path, body, **more)
        assert response.status_code < 300, response.text
        return response.json()

    async def campaign(
        self, text: str | None = "Hi {name|there}", rows: Iterable[NewRecipient] = (), **more: Any
    ) -> str:
        """A draft with these recipients; its id."""
        made = await self.post("/api/campaigns", {"name": "Spring", "text": text, **more})
        id: str = made["id"]
        listed = [
            {name: getattr(row, name) for name in ("phone_number", "name")} | {"fields": dict(row.fields)}
            for row in rows
        ]
        if listed:
            added = await self.post(f"/api/campaigns/{id}/recipients", {"recipients": listed})
            assert added["rejected"] == []
        return id

    async def texted(self, contact: str, campaign: str, days_ago: float = 1, status: str = "delivered") -> None:
        """An earlier campaign's text to this person."""
        at = self.world.clock.now() - timedelta(days=days_ago)
        fields = {"message_id": derive(contact, campaign), "revision": 3, "number": OURS, "contact": contact}
        fields |= {"status": status, "campaign_id": campaign, "changed_at": at, "author": "campaign"}
        await self.tell(SmsStatus.read(fields))

    @property
    def texts(self) -> list[dict[str, Any]]:
        return self.world.of_type("sms.outbound")


def event(fact: Any, at: Any) -> Event[Any]:
    id = derive("test", TENANT, repr(fact))
    return Event(id=id, source="test", subject="", time=at, tenant_id=TENANT, partition_key="", data=fact)


def number(phone_number: str, **more: Any) -> NumberChanged:
    assigned = {"assigned_at": "2026-01-01T00:00:00Z", "tenant_id": TENANT, "connection_id": "con_1", "revision": 1}
    return NumberChanged.read({"phone_number": phone_number, "parts_per_second": 1.0, **assigned, **more})


def card(price: str, **more: Any) -> SendingPrices:
    fields = {"card_id": "crd", "valid_from": "2020-01-01T00:00:00Z", "currency": "USD", "mms_out": {}}
    return SendingPrices.read({**fields, "sms_out": {"*": price}, **more})


def person(n: int, name: str = "Ana Ruiz", **fields: str) -> NewRecipient:
    return NewRecipient(phone_number=f"+1312555{n:04d}", name=name, fields=tuple(fields.items()))


@pytest.fixture
async def stage(world: Any) -> Stage:
    stage = Stage(world)
    await stage.set_up()
    return stage


@pytest.fixture
def people() -> Any:
    """`people(3)`: three recipients; `people.one(n, name, **fields)`: one."""

    class People:
        one = staticmethod(person)
        number, card = staticmethod(number), staticmethod(card)

        def __call__(self, n: int) -> list[NewRecipient]:
            return [person(each) for each in range(100, 100 + n)]

    return People()
