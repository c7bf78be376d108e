"""Each carrier connection with its numbers, what waits to be sent, and when its last webhook came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.system.asking import answers
from accounts.system.schemas import CarrierNumberOut, CarrierOut, CarriersOut, WaitingOut
from accounts.tenants.domain.connections import Connection
from accounts.tenants.domain.numbers import Number
from accounts.tenants.store import TenantStore
from shared.database.paging import documents
from shared.database.protocol import In
from shared.internal.client import InternalClient

ASKED_AT_ONCE = 500
"""Numbers of one question to sender."""
_FIGURES = "carrier-figures"


@dataclass(frozen=True)
class _Figures:
    """What sender and ingress said, by id; empty where they did not answer."""

    tenants: dict[str, dict[str, Any]]
    connections: dict[str, dict[str, Any]]
    numbers: dict[str, dict[str, Any]]
    seen: dict[str, Any]


class Carriers:
    def __init__(self, store: TenantStore, internal: InternalClient) -> None:
        self._store = store
        self._internal = internal

    async def page(self, limit: int, cursor: str | None) -> CarriersOut:
        page = await self._store.connections.find({}, limit=limit, cursor=cursor)
        connections = [self._store.connections.state_of(document) for document in page.items]
        numbers = await self._numbers(connections)
        figures, unreachable = await self._figures(connections, numbers)
        return CarriersOut(
            items=[_shown(connection, numbers, figures) for connection in connections],
            next_cursor=page.next_cursor,
            unreachable=unreachable,
        )

    async def _numbers(self, connections: list[Connection]) -> list[Number]:
        tenant_ids = sorted({connection.facts.tenant_id for connection in connections})
        if not tenant_ids:
            return []
        rows, known = documents(self._store.numbers.store, {"tenant_id": In(tenant_ids)}), self._store.numbers
        numbers = [known.state_of(document) async for document in rows]
        shown = {connection.id for connection in connections}
        return [number for number in numbers if number.facts.connection_id in shown]

    async def _figures(self, connections: list[Connection], numbers: list[Number]) -> tuple[_Figures, list[str]]:
        ids = [connection.id for connection in connections]
        tenant_ids = sorted({connection.facts.tenant_id for connection in connections})

        async def ask(service: str) -> dict[str, Any]:
            if service == "ingress":
                return await self._internal.call(service, "webhooks-last-seen", {"connection_ids": ids})
            return await self._sender(tenant_ids, ids, [number.facts.phone_number for number in numbers])

        found, unreachable = await answers(["sender", "ingress"] if ids else [], ask)
        said = dict(found)
        sender, seen = said.get("sender", {}), said.get("ingress", {})
        return (
            _Figures(
                tenants={row["tenant_id"]: row for row in sender.get("tenants", [])},
                connections={row["connection_id"]: row for row in sender.get("connections", [])},
                numbers={row["phone_number"]: row for row in sender.get("numbers", [])},
                seen={row["connection_id"]: row["at"] for row in seen.get("items", [])},
            ),
            unreachable,
        )

    async def _sender(self, tenant_ids: list[str], ids: list[str], phone_numbers: list[str]) -> dict[str, Any]:
        """The first question is about everything, each further one about more numbers."""
        first, *more = _batched(phone_numbers) or [[]]
        asked = {"tenant_ids": tenant_ids, "connection_ids": ids, "phone_numbers": first}
        said = await self._internal.call("sender", _FIGURES, asked)
        for some in more:
            asked = {"tenant_ids": [], "connection_ids": [], "phone_numbers": some}
            said["numbers"] += (await self._internal.call("sender", _FIGURES, asked))["numbers"]
        return said


def _batched(phone_numbers: list[str]) -> list[list[str]]:
    return [phone_numbers[start : start + ASKED_AT_ONCE] for start in range(0, len(phone_numbers), ASKED_AT_ONCE)]


def _shown(connection: Connection, numbers: list[Number], figures: _Figures) -> CarrierOut:
    facts = connection.facts
    waiting = figures.tenants.get(facts.tenant_id)
    return CarrierOut(
        connection_id=connection.id,
        tenant_id=facts.tenant_id,
        kind=facts.kind,
        active=facts.active,
        usable=connection.is_usable,
        last_webhook_at=figures.seen.get(connection.id),
        requests_under_way=figures.connections.get(connection.id, {}).get("requests_under_way"),
        waiting=WaitingOut.model_validate(waiting) if waiting else None,
        numbers=[
            _number(number, figures.numbers.get(number.facts.phone_number, {}))
            for number in numbers
            if number.facts.connection_id == connection.id
        ],
    )


def _number(number: Number, said: dict[str, Any]) -> CarrierNumberOut:
    facts = number.facts
    return CarrierNumberOut(
        phone_number=facts.phone_number,
        label=facts.label,
        active=facts.active,
        parts_per_second=facts.parts_per_second,
        daily_parts=facts.daily_parts,
        free_at=said.get("free_at"),
        campaigns_from=said.get("campaigns_from"),
    )
