"""Carries out the effects that a save left in a document, then takes them out of it. Doing so twice is harmless.

Records are filed before any event is published. Nothing leaves the outbox before it is done, so a crash in between
causes a repeat: receivers drop it by the event's id, the store by the record's revision. The sweeper carries out what a
crash or an absent broker left behind.

Emptying the outbox is not urgent, so it waits a moment: usually the next save of the same aggregate includes it, which
saves a write of the whole document.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from typing import Any

import structlog

from shared import tracing
from shared.aggregates.clearing import Clearing
from shared.aggregates.done import Done, Place, together
from shared.aggregates.filing import Files, Filing
from shared.aggregates.gathering import OutboxEntry, is_held, waits_since
from shared.aggregates.holding import Held, Holding
from shared.aggregates.joint import JointSave, SavedTogether
from shared.aggregates.outbox import messages_of, parted, record_of
from shared.aggregates.recent import Recent
from shared.aggregates.sweeping import Sweeping
from shared.broker.protocol import Broker, Message
from shared.clock import Clock
from shared.database.protocol import Collection, CollectionSpec, Database, Document
from shared.errors import BrokerUnavailable, ParleyError, Unroutable
from shared.sqlite.patience import patience

log = structlog.get_logger()

CLEAR_AFTER_SECONDS = 0.75
"""Well below `sweeping.SWEEP_AFTER`, or other processes would publish again what this one has done."""


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
        self._broker = broker
        self._clock = clock
        self._joint = joint
        self.recent = Recent(clock)
        self._done = Done()
        self._filing = Filing(database, self._done)
        self._records = self._filing.places
        self._clearing = Clearing(self._done, self.recent)
        self._sweeping = Sweeping(clock, self._see_through)
        self._later: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._holding = Holding(clock, lambda place: self._in_background(self._release(place)))

    def watch(self, store: Collection) -> None:
        """Sweep this collection of aggregates."""
        self._sweeping.watch(store)

    def file_into(self, spec: CollectionSpec) -> Collection:
        """Make a collection known that decisions file records into."""
        return self._filing.into(spec)

    def file_through(self, name: str, files: Files) -> None:
        """Records of this name go to `files` instead of a collection; it decides by their `id` and `revision`.

        No event may announce them: a joint save publishes events first.
        """
        self._filing.through(name, files)

    async def save(self, store: Collection, document: Document, version: int) -> bool:
        """Insert (version 0) or replace. Effects that can be saved with the document leave its outbox."""
        saved = await self._save(store, document, version)
        if saved:
            self._clearing.saved((store.spec.name, document["id"]), document)
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
        going, rest = parted(document, lambda entry: not self._filing.is_apart(entry) and not is_held(entry, now))
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

    def still_waiting(self, store: Collection, id: str, outbox: list[OutboxEntry]) -> list[OutboxEntry]:
        """The outbox without the effects that this process has carried out; the next save removes them."""
        done = self._done.of((store.spec.name, id))
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
        self._done.enter(place)
        try:
            await self._filing.file(place, [entry for entry in entries if "record" in entry])
        except BaseException:
            self._done.leave(place)
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
            if place not in self._holding:
                self._done.enter(place)  # what was done of it is remembered until all is
            self._holding.keep(place, store, document, min(entry["due"] for entry in held))
        elif self._holding.is_older(place, document):
            self._holding.take(place)  # the newer save published what was held
            self._done.leave(place)
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
            self._done.leave(place)

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
        self._clearing.newer(place, held.store, released)
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
            self._done.leave(place)

    def _clear_soon(self, place: Place, store: Collection, document: Document) -> None:
        self._clearing.put(place, store, document)
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(CLEAR_AFTER_SECONDS, lambda: self._in_background(self._clear_patiently()))

    async def _clear_patiently(self) -> None:
        with patience():
            await self.clear()

    async def clear(self) -> None:
        """Take out of the documents what this process has carried out."""
        self._timer = None
        await self._clearing.clear()

    async def _publish(self, place: Place, entries: list[OutboxEntry]) -> None:
        async def send(one: list[OutboxEntry]) -> None:
            for message in self._messages_of(one[0]):
                with tracing.publishing(message.routing_key):
                    await self._broker.publish(message)

        await together([self._done.once(place, [entry], send) for entry in entries])

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def sweep(self) -> int:
        """Carry out what has waited for more than two seconds; returns how many documents were looked at."""
        return await self._sweeping.sweep()

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
        await self._sweeping.run()

    async def oldest_waiting_seconds(self) -> float:
        """Age of the oldest effect not carried out, for `/metrics` and alarms; 0 if none waits."""
        return await self._sweeping.oldest_waiting_seconds()

    async def drain(self) -> None:
        """Publish what is held, and wait for what runs in the background (at shutdown)."""
        await asyncio.gather(*(self._release(place) for place in self._holding.places()))
        if self._later:
            await asyncio.wait(self._later, timeout=10)
        if self._timer:
            self._timer.cancel()
        await self.clear()
