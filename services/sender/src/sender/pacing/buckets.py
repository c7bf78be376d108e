"""Pacing in parts, per sending number and per carrier connection: one GCRA bucket document each; a number's holds its
parts of the day as well, so that a slot and a place in the day are taken in one save.

`tat` is the moment from which the next part may leave. A one-to-one text takes the next free moment even if that lies
ahead, and so passes every campaign text. A campaign text only takes a moment that has come; otherwise it asks again at
a moment of its own, so that thousands of waiting lanes do not ask at once. A token wasted by a later refusal makes
sending slower, never faster; a clock that is fast only makes others wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sender.pacing.domain import DayCount, DayFull, DayTerms, SlotRequest, day_at, day_with, full_day
from shared.aggregates.recent import Recent
from shared.batcher import Batcher
from shared.database.protocol import CollectionSpec, Database, Document
from shared.errors import Conflict

SPEC = CollectionSpec("buckets", {})
MAX_RACES = 100
TOGETHER = 100
"""Asks of one bucket that arrive while a save is under way are answered by the next one, together."""
FARTHEST_AHEAD = timedelta(seconds=60)
"""One-to-one texts reserve at most so far ahead; beyond that they ask again."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Bucket:
    key: str
    parts_per_second: float
    day: DayTerms | None = None
    """Of a number: how its parts of a day are counted. None: they are not."""

    def takes(self, parts: int) -> timedelta:
        """How long so many parts need."""
        return timedelta(seconds=parts / max(self.parts_per_second, 0.001))


@dataclass(frozen=True)
class Slot:
    """`taken`: the moment `at` is reserved for this message. Otherwise ask again at `at`."""

    at: datetime
    taken: bool
    counted_on: str | None = None
    """The day in which the number has counted it."""
    full: DayFull | None = None


@dataclass(frozen=True)
class Outlook:
    """Moments that may have passed: then nothing is waited for."""

    free_at: datetime
    campaigns_from: datetime
    """The carrier's own queue for the number is long until then."""


@dataclass(frozen=True)
class _Ask:
    bucket: Bucket
    request: SlotRequest
    now: datetime


def take(document: Document | None, bucket: Bucket, request: SlotRequest, now: datetime) -> tuple[Document, Slot]:
    """The bucket after this request, and its answer. Pure."""
    state = document or _new(bucket.key)
    paced, slot = _paced(state, bucket, request, now)
    changed = {**paced, "version": state["version"] + 1}
    if bucket.day is None:
        return changed, slot
    day = day_at(day_in(state), max(now, _moment(state["tat"])), bucket.day.zone)
    after = day_with(day, request, bucket.day)
    if after is None:
        day, full = full_day(day, request.priority, bucket.takes(request.parts), bucket.day.zone)
        return {**state, "version": changed["version"], "day": day.plain()}, Slot(full.asks_at, False, full=full)
    if not slot.taken:
        return changed, slot
    return {**changed, "day": after.plain()}, replace(slot, counted_on=day.name)


def _paced(state: Document, bucket: Bucket, request: SlotRequest, now: datetime) -> tuple[Document, Slot]:
    moment = (now - _EPOCH) // _MICROSECOND
    cost = bucket.takes(request.parts) // _MICROSECOND
    free = max(state["tat"], moment, state.get("bulk_from", 0) if request.priority == "bulk" else 0)
    ahead = (free - moment) * _MICROSECOND
    if (request.priority == "one" and ahead <= FARTHEST_AHEAD) or (request.priority == "bulk" and free == moment):
        return {**state, "tat": free + cost}, Slot(_moment(free), taken=True)
    ticket = max(state["ticket"], free)
    return {**state, "ticket": ticket + cost}, Slot(_moment(ticket), taken=False)


def day_in(document: Document | None) -> DayCount | None:
    """The day that a number's bucket counts in."""
    return DayCount.read(document["day"]) if document and "day" in document else None


def _together(slots: list[Slot]) -> Slot:
    refused = next((slot for slot in slots if not slot.taken), None)
    counted_on = next((slot.counted_on for slot in slots if slot.counted_on), None)
    return replace(refused or max(slots, key=lambda slot: slot.at), counted_on=counted_on)


def _moment(microseconds: int) -> datetime:
    return _EPOCH + microseconds * _MICROSECOND


def number_key(phone_number: str) -> str:
    return f"number|{phone_number}"


def account_key(connection_id: str) -> str:
    return f"account|{connection_id}"


class Pace:
    """`recent` remembers buckets that this process saved a moment ago (None: each is read). Every ask is answered by a
    save, and a save holds only if the bucket is unchanged, so no answer rests on what is remembered."""

    def __init__(self, database: Database, recent: Recent | None = None) -> None:
        self._rows = database.collection(SPEC)
        self._recent = recent
        self._batcher = Batcher(self._save, most=TOGETHER)

    async def take(self, buckets: list[Bucket], request: SlotRequest, now: datetime) -> Slot:
        """A slot in all of these buckets: the latest of them, or the first refusal. A message keeps its
        place in the number's day even if another bucket refuses afterwards.

        A one-to-one text, which is seldom refused, first asks all of them at once. A campaign text, or one that has
        waited, takes nothing of the next if one refuses."""
        if request.priority == "one" and not request.again:
            return _together(await asyncio.gather(*(self._take(bucket, request, now) for bucket in buckets)))
        slots: list[Slot] = []
        for bucket in buckets:
            slots.append(await self._take(bucket, request, now))
            if not slots[-1].taken:
                break
        return _together(slots)

    async def day(self, phone_number: str) -> DayCount | None:
        """The day in which this number counts its parts; None: it has never sent."""
        return day_in(await self._rows.get(number_key(phone_number)))

    async def outlook(self, phone_number: str) -> Outlook:
        """For the operator: when this number is free for its next part."""
        document = await self._rows.get(number_key(phone_number)) or _new("")
        return Outlook(_moment(document["tat"]), _moment(document.get("bulk_from", 0)))

    async def hold_campaigns(self, phone_number: str, until: datetime) -> None:
        """No campaign text leaves from this number before; replies do."""
        moment = (until - _EPOCH) // _MICROSECOND

        def hold(state: Document) -> Document:
            return state if state.get("bulk_from", 0) >= moment else {**state, "bulk_from": moment}

        await self._change(number_key(phone_number), hold)

    async def void_tickets(self, buckets: Sequence[str]) -> None:
        """Those who held the moments at which campaign texts ask again will not ask: who comes next need not wait
        behind them. If some do ask, two meet at one moment, and the second takes another ticket."""
        for key in buckets:
            await self._change(key, lambda state: {**state, "ticket": 0} if state["ticket"] else state)

    async def _change(self, key: str, decide: Callable[[Document], Document]) -> None:
        for _ in range(MAX_RACES):
            document = await self._rows.get(key)
            state = document or _new(key)
            decided = decide(state)
            if decided is state:
                return
            changed = {**decided, "version": state["version"] + 1}
            if await (self._rows.replace(changed, state["version"]) if document else self._rows.insert(changed)):
                return
        raise _too_many_races()

    async def _take(self, bucket: Bucket, request: SlotRequest, now: datetime) -> Slot:
        return await self._batcher.ask(bucket.key, _Ask(bucket, request, now))

    async def _save(self, key: str, asks: list[_Ask]) -> list[Slot]:
        """One after the other, as if each had been saved by itself."""
        for _ in range(MAX_RACES):
            known = self._recent.take((SPEC.name, key)) if self._recent else None
            document = known[0] if known else await self._rows.get(key)
            version, slots = document["version"] if document else 0, list[Slot]()
            changed: Document | None = document
            for ask in asks:
                changed, slot = take(changed, ask.bucket, ask.request, ask.now)
                slots.append(slot)
            assert changed is not None
            if await (self._rows.replace(changed, version) if document else self._rows.insert(changed)):
                if self._recent:
                    self._recent.keep((SPEC.name, key), changed, None)
                return slots
            if known and self._recent:
                self._recent.was_overtaken()
        raise _too_many_races()


def _new(key: str) -> Document:
    return {"id": key, "version": 0, "tat": 0, "ticket": 0}


def _too_many_races() -> Conflict:
    return Conflict("conflict", "other senders are reserving slots of the same number or connection; try again")
