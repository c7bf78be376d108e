"""Dead letters, drained from `<queue>.dead` into the service's database, where they can be read, fixed and replayed.

A replay goes straight back to the queue it died in, with the same event id: done twice, it has one effect.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Body, Depends, Query

from shared.broker.protocol import Broker, Delivery, Message
from shared.clock import Clock
from shared.database.paging import delete_if, pages
from shared.database.protocol import CollectionSpec, Database, Document, In, Range, Sort
from shared.erasure.person import ErasedPerson
from shared.errors import Invalid, NotFound, Refused
from shared.events.catalogue import carries_words
from shared.events.envelope import peek_tenant, peek_type
from shared.http.paging import listing
from shared.internal.access import internal_only
from shared.keyring import Keyring

SPEC = CollectionSpec(
    "dead_letters",
    {"tenant_id": "str", "queue": "str", "state": "str", "at": "datetime", "first_at": "datetime"},
    (("state", "at"), ("queue", "at"), ("tenant_id", "first_at")),
)
REPLAYABLE = timedelta(days=29)
"""Absorbed ids are kept 30 days: an older letter could be absorbed twice."""
SETTLED_KEPT = timedelta(days=30)
"""How long settled letters stay visible; no longer, because they hold texts. Waiting ones stay, except those with a
tenant's words past its retention (`forget`)."""


class DeadLetters:
    def __init__(self, database: Database, broker: Broker, clock: Clock) -> None:
        self._letters = database.collection(SPEC)
        self._broker = broker
        self._clock = clock

    async def keep(self, delivery: Delivery) -> None:
        """Consumer of a `.dead` queue."""
        message = delivery.message
        tenant_id = message.tenant_id or peek_tenant(message.body)  # other systems may send no header
        id = f"{delivery.queue.removesuffix('.dead')}|{tenant_id}|{message.event_id}"
        known = await self._letters.get(id)
        await self._letters.put(
            {
                "id": id,
                "revision": known["revision"] + 1 if known else 1,
                "tenant_id": tenant_id,
                "queue": delivery.queue.removesuffix(".dead"),
                "event_id": message.event_id,
                "partition_key": message.partition_key,
                "routing_key": message.routing_key,
                "body": message.body,
                "reason": message.headers.get("x-error", "delivery limit reached"),
                "state": "waiting",
                "first_at": known["first_at"] if known else self._clock.now(),
                "at": self._clock.now(),
            }
        )
        await delivery.ack()

    async def list(self, state: str, limit: int, cursor: str | None) -> dict[str, Any]:
        page = await self._letters.find({"state": state}, sort=Sort("at", descending=True), limit=limit, cursor=cursor)
        return listing([_shown(letter) for letter in page.items], page.next_cursor)

    async def before(self, state: str, limit: int, before: tuple[datetime, str] | None) -> list[dict[str, Any]]:
        """The newest of this state, or those that follow one of that time and id, whichever service has it."""
        older = {"at": Range(lte=before[0])} if before else {}
        found: list[dict[str, Any]] = []
        newest = Sort("at", descending=True)
        async for page in pages(self._letters, {"state": state, **older}, newest, size=limit):
            found += [_shown(letter) for letter in page if not before or (letter["at"], letter["id"]) < before]
            if len(found) >= limit:
                break
        return found[:limit]

    async def show(self, id: str) -> dict[str, Any]:
        letter = await self._get(id)
        return {**_shown(letter), "body": letter["body"].decode(errors="replace")}

    async def replay(self, id: str, body: str | None = None) -> dict[str, Any]:
        """Back into its queue, mended if `body` is given. Raises `Refused("too_old")` after 29 days."""
        letter = await self._get(id)
        if self._clock.now() - letter["first_at"] > REPLAYABLE:  # a replay that died again starts no new 29 days
            raise Refused("too_old", "older than 29 days: what it did could no longer be told apart; discard it")
        if body is not None:
            peek_type(body.encode())
        message = Message(
            routing_key=letter["routing_key"],
            body=body.encode() if body is not None else letter["body"],
            event_id=letter["event_id"],
            tenant_id=letter["tenant_id"],
            partition_key=letter["partition_key"],
        )
        await self._broker.send_to_queue(letter["queue"], message)
        return await self._mark(letter, "replayed")

    async def discard(self, id: str, why: str) -> dict[str, Any]:
        if not why.strip():
            raise Invalid("why_missing", "say why this event need not be handled")
        return await self._mark(await self._get(id), "discarded", why)

    async def _get(self, id: str) -> Document:
        letter = await self._letters.get(id)
        if letter is None:
            raise NotFound("not_found", "no such dead letter")
        return letter

    async def _mark(self, letter: Document, state: str, why: str = "") -> dict[str, Any]:
        marked = {**letter, "revision": letter["revision"] + 1, "state": state, "why": why}
        await self._letters.put(marked)
        return _shown(marked)

    async def forget_settled(self) -> int:
        """Remove what was replayed or discarded long ago; returns how many."""
        return await self._letters.delete(
            {"state": In(["replayed", "discarded"]), "at": Range(lt=self._clock.now() - SETTLED_KEPT)}
        )

    async def forget(self, tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        """The tenant's letters with words that first died before this, waiting ones too: too old to be replayed."""
        too_old = min(before, self._clock.now() - REPLAYABLE)
        where = {"tenant_id": tenant_id, "first_at": Range(lt=too_old)}
        async for page in pages(self._letters, where, Sort("first_at")):
            ids = [letter["id"] for letter in page if carries_words(letter["queue"])]
            yield await self._letters.delete({"id": In(ids)}) if ids else 0

    async def erase(self, person: ErasedPerson) -> int:
        """Every letter of the tenant that speaks of this person: an event about an erased person changes nothing. Of
        letters that name no tenant, too: nobody can tell which one they are for."""
        erased = 0
        for tenant_id in (person.tenant_id, ""):
            where = {"tenant_id": tenant_id}
            erased += await delete_if(self._letters, where, Sort("first_at"), lambda row: _speaks_of(row, person))
        return erased

    async def waiting(self) -> int:
        return await self._letters.count({"state": "waiting"})


def _speaks_of(letter: Document, person: ErasedPerson) -> bool:
    tenant_id = letter["tenant_id"] or peek_tenant(letter["body"])
    return tenant_id in (person.tenant_id, "") and person.is_among(letter)


def _shown(letter: Document) -> dict[str, Any]:
    hidden = ("body", "revision")
    return {key: value for key, value in letter.items() if key not in hidden}


def router(service: str, letters: DeadLetters, keyring: Keyring) -> APIRouter:
    """For the operator's command line (`python -m shared.dead_letters_cli`), with an internal token.

    Ids may hold slashes: an event's id is whatever its publisher chose.
    """
    routes = APIRouter(
        prefix=f"/internal/{service}/dead-letters",
        dependencies=[Depends(internal_only(keyring))],
        include_in_schema=False,
    )

    @routes.get("")
    async def list_letters(
        state: str = "waiting", limit: int = Query(default=100, ge=1, le=1000), cursor: str = ""
    ) -> dict[str, Any]:
        return await letters.list(state, limit, cursor or None)

    @routes.get("/before")
    async def list_before(
        state: str, limit: int = Query(ge=1, le=1000), at: datetime | None = None, id: str = ""
    ) -> dict[str, Any]:
        return {"items": await letters.before(state, limit, (at, id) if at else None)}

    @routes.get("/{id:path}")
    async def show(id: str) -> dict[str, Any]:
        return await letters.show(id)

    @routes.post("/{id:path}/replay")
    async def replay(id: str, body: str | None = Body(default=None, embed=True)) -> dict[str, Any]:
        return await letters.replay(id, body)

    @routes.post("/{id:path}/discard")
    async def discard(id: str, why: str = Body(embed=True)) -> dict[str, Any]:
        return await letters.discard(id, why)

    return routes
