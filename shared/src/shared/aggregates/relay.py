"""Carries out the effects that a save left in a document, then takes them out of it. Doing so twice is harmless.

Records are filed before any event is published. Nothing leaves the outbox before it is done, so a crash in between
causes a repeat: receivers drop it by the event's id, the store by the record's revision. The sweeper carries out what a
crash or an absent broker left behind.

Emptying the outbox is not urgent, so it waits a moment: usually the next save of the same aggregate includes it, which
saves a write of the whole document.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

import structlog

from shared import tracing
from shared.aggregates.gathering import OutboxEntry, is_held, waits_since
from shared.aggregates.holding import Held, Holding, Place
from shared.aggregates.joint import JointSave, SavedTogether
from shared.aggregates.outbox import messages_of, parted, record_of
from shared.aggregates.recent import Recent
from shared.broker.protocol import Broker, Message
from shared.clock import Clock
from shared.database.paging import pages
from shared.database.protocol import Collection, CollectionSpec, Database, Document, Range, Sort
from shared.errors import BrokerUnavailable, ParleyError, Unroutable
from shared.sqlite.patience import patience

log = structlog.get_logger()

SWEEP_AFTER = timedelta(seconds=2)
SWEEP_EVERY_SECONDS = 0.5
SWEEP_BATCH = 200
SWEEP_MOST = 10_000
CLEAR_AFTER_SECONDS = 0.75
"""Well below SWEEP_AFTER, or other processes would publish again what this one has done."""

EffectOutcome = Literal["done", "given up"] | ParleyError


class Files(Protocol):
    """Where records of one name go. Called again after a crash, so doing it twice must be harmless."""

    async def put(self, document: Document, /) -> bool: ...


class Relay:
    """One per service and process."""

    def __init__(
        self,
        database: Database,
        broker: Broker,
        clock: Clock,
        joint: JointSave | None = None,
        *,
        former_versions: bool = False,
    ) -> None:
        """`former_versions`: publish events in their former shape too, for readers that do not know today's yet."""
        self._former_versions = former_versions
        self._database = database
        self._broker = broker
        self._clock = clock
        self._joint = joint
        self.recent = Recent(clock)
        self._records: dict[str, Files] = {}
        self._apart: set[str] = set()
        self._watched: dict[str, Collection] = {}
        self._done: defaultdict[Place, set[str]] = defaultdict(set)
        self._busy: defaultdict[Place, int] = defaultdict(int)
        self._under_way: dict[tuple[Place, str], asyncio.Future[EffectOutcome]] = {}
        self._later: set[asyncio.Task[None]] = set()
        self._to_clear: dict[Place, tuple[Collection, Document]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._holding = Holding(clock, lambda place: self._in_background(self._release(place)))

    def watch(self, store: Collection) -> None:
        """Sweep this collection of aggregates."""
        self._watched[store.spec.name] = store

    def file_into(self, spec: CollectionSpec) -> Collection:
        """Make a collection known that decisions file records into."""
        collection = self._records[spec.name] = self._database.collection(spec)
        return collection

    def file_through(self, name: str, files: Files) -> None:
        """Records of this name go to `files` instead of a collection; it decides by their `id` and `revision`.

        No event may announce them: a joint save publishes events first.
        """
        self._records[name] = files
        self._apart.add(name)

    async def save(self, store: Collection, document: Document, version: int) -> bool:
        """Insert (version 0) or replace. Effects that can be saved with the document leave its outbox."""
        saved = await self._save(store, document, version)
        if saved:
            self._clears_itself((store.spec.name, document["id"]), document)
        return saved

    async def _save(self, store: Collection, document: Document, version: int) -> bool:
        if self._joint is not None and document["outbox"]:
            try:
                return await self._save_jointly(self._joint, store, document, version)
            except (BrokerUnavailable, Unroutable) as error:
                log.info("effects_saved_for_later", collection=store.spec.name, id=document["id"], code=error.code)
        if version == 0:
            return await store.insert(document)
        return await store.replace(document, version)

    async def _save_jointly(self, joint: JointSave, store: Collection, document: Document, version: int) -> bool:
        now = self._clock.now()
        going, rest = parted(document, lambda entry: not self._is_apart(entry) and not is_held(entry, now))
        outbox = {"outbox": rest, "outbox_at": waits_since(rest, document["outbox_at"])}
        records = [record_of(entry) for entry in going if "record" in entry]
        messages = [message for entry in going if "event" in entry for message in self._messages_of(entry)]
        together = SavedTogether(store.spec.name, {**document, **outbox}, version, records, messages)
        if not await joint.save(together):
            return False
        document.update(outbox)
        for message in messages:
            with tracing.publishing(message.routing_key):
                pass  # the save has published it
        return True

    def _messages_of(self, entry: OutboxEntry) -> list[Message]:
        return messages_of(entry, former_versions=self._former_versions)

    def _is_apart(self, entry: OutboxEntry) -> bool:
        return "record" in entry and record_of(entry)[0] in self._apart

    def still_waiting(self, store: Collection, id: str, outbox: list[OutboxEntry]) -> list[OutboxEntry]:
        """The outbox without the effects that this process has carried out; the next save removes them."""
        done = self._done.get((store.spec.name, id))
        return [entry for entry in outbox if entry["id"] not in done] if done else outbox

    async def carry_out(
        self, store: Collection, document: Document, *, publish_later: bool = False, now: datetime | None = None
    ) -> None:
        """File the records of this saved document, then publish its events (in the background if `publish_later`).

        A failure to file is raised; a failure to publish is left to the sweeper, for the save stands. An event that
        waits for others (`Gather`) is published later, by itself.
        """
        place = (store.spec.name, document["id"])
        entries = self._to_do(place, store, document, now or self._clock.now())
        if not entries:
            return
        self._busy[place] += 1
        try:
            await self._file(place, [entry for entry in entries if "record" in entry])
        except BaseException:
            self._leave(place)
            raise
        rest = self._publish_and_clear(store, document, [entry for entry in entries if "event" in entry])
        if publish_later:
            self._in_background(rest)
        else:
            await rest

    def _to_do(self, place: Place, store: Collection, document: Document, now: datetime) -> list[OutboxEntry]:
        """What is to be carried out now. What waits a moment for others is remembered until then."""
        waiting = self.still_waiting(store, document["id"], document["outbox"])
        held = [entry for entry in waiting if is_held(entry, now)]
        if held:
            self._busy[place] += place not in self._holding  # what was done of it is remembered until all is
            self._holding.keep(place, store, document, min(entry["due"] for entry in held))
        elif self._holding.is_older(place, document):
            self._holding.take(place)  # the newer save published what was held
            self._leave(place)
        return [entry for entry in waiting if not is_held(entry, now)] if held else waiting

    async def _release(self, place: Place) -> None:
        """Publish what this document has held. By the timer: a clock that was set back must hold up nothing."""
        held = self._holding.take(place)
        if held is None:
            return
        try:
            if self._joint is None or not await self._released_jointly(self._joint, place, held):
                await self._see_through(held.store, held.document, held.due)
        finally:
            self._leave(place)

    async def _released_jointly(self, joint: JointSave, place: Place, held: Held) -> bool:
        """Publish what is due and take it out of the document at once. False: it has changed, or this fails."""
        document = held.document
        waiting = self.still_waiting(held.store, document["id"], document["outbox"])
        due = [entry for entry in waiting if "event" in entry and not is_held(entry, held.due)]
        rest = [entry for entry in waiting if "event" not in entry or is_held(entry, held.due)]
        changed = {"outbox": rest, "outbox_at": waits_since(rest, document["outbox_at"])}
        messages = [message for entry in due for message in self._messages_of(entry)]
        version, recent = document["version"], self.recent.take(place)
        released = {**document, **changed, "version": version + 1}
        try:
            if not await joint.save(SavedTogether(held.store.spec.name, released, version, [], messages)):
                return False
        except ParleyError as error:
            log.info("effects_released_apart", collection=place[0], id=place[1], code=error.code)
            return False
        if recent and recent[0]["version"] == version:
            self.recent.keep(place, released, recent[1])
        if place in self._to_clear:
            self._to_clear[place] = (held.store, released)
        if rest:
            await self._see_through(held.store, released, held.due)  # held for longer, or to be filed still
        return True

    async def _publish_and_clear(self, store: Collection, document: Document, events: list[OutboxEntry]) -> None:
        place = (store.spec.name, document["id"])
        try:
            await self._publish(place, events)
            self._clear_soon(place, store, document)
        except ParleyError as error:
            log.warning("effects_wait", collection=place[0], id=place[1], code=error.code)
            self._clear_soon(place, store, document)  # its records were filed, and some events may have gone
        finally:
            self._leave(place)

    def _clear_soon(self, place: Place, store: Collection, document: Document) -> None:
        if place not in self._to_clear:
            self._busy[place] += 1  # what was done is remembered until it is taken out
        self._to_clear[place] = (store, document)
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(CLEAR_AFTER_SECONDS, lambda: self._in_background(self._clear_patiently()))

    def _clears_itself(self, place: Place, saved: Document) -> None:
        """This save has taken out what was carried out before: a write that does it would find it changed."""
        if place in self._to_clear and not any(entry["id"] in self._done[place] for entry in saved["outbox"]):
            del self._to_clear[place]
            self._leave(place)

    async def _clear_patiently(self) -> None:
        with patience():
            await self.clear()

    async def clear(self) -> None:
        """Take out of the documents what this process has carried out."""
        self._timer = None
        waiting, self._to_clear = self._to_clear, {}
        await asyncio.gather(*(self._clear_one(place, *what) for place, what in waiting.items()))

    async def _clear_one(self, place: Place, store: Collection, document: Document) -> None:
        try:
            await self._clear(store, document)
        except ParleyError as error:
            log.warning("clear_failed", collection=place[0], id=place[1], code=error.code)
        finally:
            self._leave(place)

    async def _file(self, place: Place, entries: list[OutboxEntry]) -> None:
        async def one(entry: OutboxEntry) -> None:
            collection, document = record_of(entry)
            await self._once(place, entry["id"], lambda: self._records[collection].put(document))

        await _all([one(entry) for entry in entries])

    async def _publish(self, place: Place, entries: list[OutboxEntry]) -> None:
        async def send(entry: OutboxEntry) -> None:
            for message in self._messages_of(entry):
                with tracing.publishing(message.routing_key):
                    await self._broker.publish(message)

        async def one(entry: OutboxEntry) -> None:
            await self._once(place, entry["id"], lambda: send(entry))

        await _all([one(entry) for entry in entries])

    async def _once(self, place: Place, entry_id: str, work: Callable[[], Awaitable[Any]]) -> None:
        """Do it, or wait for the task in this process that is doing it already.

        Each save of a busy aggregate finds the effects of the one before still under way; without this, every one of
        them would carry out all of them again.
        """
        key = (place, entry_id)
        while other := self._under_way.get(key):
            outcome = await asyncio.shield(other)
            if isinstance(outcome, ParleyError):
                raise outcome
            if outcome == "done":
                return
        if entry_id in self._done[place]:
            return
        ours = self._under_way[key] = asyncio.get_running_loop().create_future()
        outcome = "given up"
        try:
            await work()
            self._done[place].add(entry_id)
            outcome = "done"
        except ParleyError as error:
            outcome = error
            raise
        finally:
            del self._under_way[key]
            ours.set_result(outcome)

    async def _clear(self, store: Collection, document: Document) -> None:
        """Remove carried-out effects from the document, unless a racing save has done so."""
        place = (store.spec.name, document["id"])
        recent = self.recent.take(place)
        current: Document | None = recent[0] if recent and recent[0]["version"] > document["version"] else document
        while current is not None:
            outbox = self.still_waiting(store, current["id"], current["outbox"])
            if len(outbox) == len(current["outbox"]):
                if recent and recent[0] is current:
                    self.recent.keep(place, *recent)
                return
            version = current["version"]
            cleared = {**current, "outbox": outbox, "version": version + 1}
            cleared["outbox_at"] = waits_since(outbox, current["outbox_at"])
            if await store.replace(cleared, version):
                if recent and recent[0]["version"] == version:
                    self.recent.keep(place, cleared, recent[1])
                return
            current = await store.get(document["id"])

    def _leave(self, place: Place) -> None:
        self._busy[place] -= 1
        if not self._busy[place]:
            # No task here works on this aggregate any more, so the document alone may say what was done.
            del self._busy[place]
            self._done.pop(place, None)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def sweep(self) -> int:
        """Carry out what has waited for more than two seconds; returns how many documents were looked at."""
        looked_at = 0
        for store in self._watched.values():
            looked_at += await self._sweep(store)
        return looked_at

    async def _sweep(self, store: Collection) -> int:
        looked_at = 0
        waiting = {"outbox_at": Range(lt=self._clock.now() - SWEEP_AFTER)}
        # On to the next page, because effects that always fail must not hide the others; but not without end.
        async for page in pages(store, waiting, Sort("outbox_at"), size=SWEEP_BATCH):
            await _all([self._see_through(store, document) for document in page])
            looked_at += len(page)
            if looked_at >= SWEEP_MOST:
                break
        return looked_at

    async def _see_through(self, store: Collection, document: Document, now: datetime | None = None) -> None:
        try:
            await (self.carry_out(store, document) if now is None else self.carry_out(store, document, now=now))
        except ParleyError as error:
            log.warning("effects_fail", collection=store.spec.name, id=document["id"], code=error.code)
        except Exception:
            # A mistake of ours in one document: it must neither stop the process nor keep the sweeper from the rest.
            log.exception("effects_fail", collection=store.spec.name, id=document["id"])

    async def run(self) -> None:
        """Sweep for ever."""
        while True:
            try:
                await self.sweep()
            except ParleyError as error:
                log.warning("sweep_failed", code=error.code)
            await asyncio.sleep(SWEEP_EVERY_SECONDS)

    async def oldest_waiting_seconds(self) -> float:
        """Age of the oldest effect not carried out, for `/metrics` and alarms; 0 if none waits."""
        oldest = 0.0
        for store in self._watched.values():
            page = await store.find({"outbox_at": Range(lt=self._clock.now())}, sort=Sort("outbox_at"), limit=1)
            for document in page.items:
                oldest = max(oldest, (self._clock.now() - document["outbox_at"]).total_seconds())
        return oldest

    async def drain(self) -> None:
        """Publish what is held, and wait for what runs in the background (at shutdown)."""
        await asyncio.gather(*(self._release(place) for place in self._holding.places()))
        if self._later:
            await asyncio.wait(self._later, timeout=10)
        if self._timer:
            self._timer.cancel()
        await self.clear()


async def _all(work: list[Coroutine[Any, Any, None]]) -> None:
    """Run side by side; let all end before the first failure is raised: a lost confirm stops no other effect."""
    if len(work) == 1:
        return await work[0]
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return None
