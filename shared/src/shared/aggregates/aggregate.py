"""Decide on one document; everything else is an effect.

An aggregate's document holds its state, the marks of the causes it has absorbed and the effects not yet carried out.
`change` loads it, decides, and replaces it only if it is still unchanged: state, mark and effects move together
or not at all. docs/adr/0002 says what breaks without each rule; tests/faults plants each mistake and finds it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar

from shared.aggregates.archive import Archive
from shared.aggregates.cause import Cause
from shared.aggregates.decision import Change, Decision
from shared.aggregates.gathering import Gathering, paced_of, paced_rows, waits_since
from shared.aggregates.outbox import entries_of
from shared.aggregates.relay import Relay
from shared.aggregates.stored import stored, stored_once
from shared.clock import Clock
from shared.database.bulk import prepared
from shared.database.protocol import Collection, CollectionSpec, Database, Document, FieldType, Page, Sort, Where
from shared.database.validation import Checked, clean
from shared.errors import BROKER_AWAY, Conflict, Unavailable
from shared.key_locks import KeyLocks
from shared.values import Value

S = TypeVar("S", bound=Value)

APPLIED_KEPT = 100
"""Marks that stay in the document; twice as many send the older half to the archive."""
OUTBOX_LIMIT = 200
"""Effects that may wait in one document before it refuses to decide more: back-pressure while the broker is away."""
MAX_RACES = 30
BY_ID = Sort()
_NO_MARKS: dict[str, Any] = {"applied": [], "overflowed": False, "outbox": [], "outbox_at": None, "paced": []}


class Unread:
    """The caller has not read the document."""


UNREAD = Unread()


@dataclass(frozen=True)
class Kind(Generic[S]):
    """How one sort of aggregate is stored. `index` picks the fields by which it can be found."""

    collection: str
    state: type[S]
    fields: Mapping[str, FieldType] = field(default_factory=dict[str, FieldType])
    indexes: tuple[tuple[str, ...], ...] = ()
    index: Callable[[S], Mapping[str, Any]] = lambda _state: {}
    applied_kept: int = APPLIED_KEPT
    remembered: bool = True
    """Whether a decision may start from what this process saved a moment ago. False: each reads the store first."""

    def spec(self) -> CollectionSpec:
        fields: dict[str, FieldType] = {**self.fields, "outbox_at": "datetime", "tenant_id": "str"}
        # A row that an import adds has no outbox, and the sweeper looks for those that have one.
        return CollectionSpec(self.collection, fields, (*self.indexes, ("outbox_at",)), sparse=("outbox_at",))


@dataclass(frozen=True)
class _Loaded(Generic[S]):
    document: Document | None
    state: S | None
    ours: bool = False
    """This process saved it, and has not read it since."""

    @property
    def version(self) -> int:
        return self.document["version"] if self.document else 0

    def part(self, name: str) -> list[Any]:
        return list(self.document[name]) if self.document else []


class Aggregates(Generic[S]):
    """The aggregates of one kind in one service's database."""

    def __init__(self, kind: Kind[S], database: Database, relay: Relay, clock: Clock, source: str) -> None:
        self.kind = kind
        self.store: Collection = database.collection(kind.spec())
        self._archive = Archive(database, kind.collection)
        self._relay = relay
        self._clock = clock
        self._source = source
        self._turns = KeyLocks()
        relay.watch(self.store)

    async def get(self, id: str) -> S | None:
        return (await self._load(id)).state

    def have_read(self, document: Document) -> None:
        """This was found a moment ago: the next decision on it need not read it again, if nothing changed it since."""
        self._relay.recent.keep((self.store.spec.name, document["id"]), document, self.state_of(document))

    async def find(self, where: Where, sort: Sort = BY_ID, limit: int = 100, cursor: str | None = None) -> Page:
        """A page of documents; `state_of` reads one."""
        return await self.store.find(where, sort=sort, limit=limit, cursor=cursor)

    def state_of(self, document: Document) -> S:
        return self.kind.state.read(document["state"])

    async def forget_marks(self, id: str) -> None:
        """Of an aggregate that is about to be deleted: the archive names it."""
        await self._archive.drop(id)

    async def insert_new(self, tenant_id: str, states: Mapping[str, S]) -> list[str]:
        """Begin these aggregates by id, in one round trip; returns the ids that were new.

        For many that have no effects and no cause to remember: chunks of work that insert under derived ids.
        """
        return await self.store.insert_many(await prepared(list(states.items()), partial(self._begun, tenant_id)))

    async def change(
        self,
        id: str,
        cause: Cause,
        decide: Callable[[S | None], Decision[S] | None],
        *,
        publish_later: bool = False,
        saved: Callable[[S], None] = lambda _state: None,
        seen: Document | Unread | None = UNREAD,
    ) -> Change[S]:
        """Absorb `cause` once: `decide` gets the state (None: new) and says what follows, or None for nothing.

        It is called again after a lost race, so it must be pure. Returns when all effects are carried out, or, with
        `publish_later`, when the records are filed (an API answer need not wait for the broker). Effects that fail
        stay in the document for the sweeper. `saved` is called right after the save and before any effect, to wake the
        worker that is next. `seen` is the document as the caller has just read it from the store (None: there was
        none), so that it is not read again; like any other it is replaced only if it is still unchanged. Raises
        `Conflict` after many lost races in a row.
        """
        for race in range(MAX_RACES):
            async with self._turns.hold(id):  # racing within the process would only cost
                attempt = await self._attempt(id, cause, decide, UNREAD if race else seen)
            if attempt is not None:
                change, document = attempt
                if change.fresh and change.state is not None:
                    saved(change.state)
                if document:
                    await self._relay.carry_out(self.store, document, publish_later=publish_later)
                return change
            await asyncio.sleep(random.uniform(0, 0.002 * race))  # noqa: S311 - spreads racers, no secret
        what = f"{self.kind.collection} {id}: {MAX_RACES} lost races in a row"
        raise Conflict("conflict", "This is being changed by others at the same time; try again.", operator_detail=what)

    async def _attempt(
        self, id: str, cause: Cause, decide: Callable[[S | None], Decision[S] | None], seen: Document | Unread | None
    ) -> tuple[Change[S], Document | None] | None:
        """The change, and the document with effects to carry out; None if the race was lost."""
        known = self._known(id, seen)
        if known is not None:
            attempt = await self._attempt_on(id, known, cause, decide)
            if attempt is not None:
                return attempt
        loaded = await self._load(id)
        if cause.absorb and await self._absorbed(id, loaded, cause):
            # A crash may have come between that save and its effects: see them through before this is acked.
            return Change(loaded.state, fresh=False), loaded.document
        decision = decide(loaded.state)
        if decision is None:
            return Change(loaded.state, fresh=False), None
        return await self._saved(id, loaded, decision, cause)

    def _known(self, id: str, seen: Document | Unread | None) -> _Loaded[S] | None:
        """What this process saved a moment ago; or what the caller has read, unless we have saved it since: a caller
        who reads wants the store's word."""
        recent = self._relay.recent.take((self.store.spec.name, id))
        if isinstance(seen, Unread):
            return _Loaded(*recent, ours=True) if recent else None
        if recent and recent[0]["version"] > (seen["version"] if seen else 0):
            return None
        return _Loaded(seen, self.state_of(seen) if seen else None)

    async def _attempt_on(
        self, id: str, known: _Loaded[S], cause: Cause, decide: Callable[[S | None], Decision[S] | None]
    ) -> tuple[Change[S], Document | None] | None:
        """As above, without a new look; None unless that led to a save, so that the store has its say."""
        if cause.absorb and await self._absorbed(id, known, cause):
            return None
        try:
            decision = decide(known.state)
        except Exception:  # noqa: BLE001 - it may be wrong by now; if not, it is raised again
            return None
        if decision is None:
            return None
        attempt = await self._saved(id, known, decision, cause)
        if attempt is None and known.ours:
            self._relay.recent.was_overtaken()
        return attempt

    async def _saved(
        self, id: str, loaded: _Loaded[S], decision: Decision[S], cause: Cause
    ) -> tuple[Change[S], Document | None] | None:
        document = await self._prepare(id, loaded, decision, cause)
        if not await self._save(document, loaded.version):
            return None
        if self.kind.remembered:
            self._relay.recent.keep((self.store.spec.name, id), document, decision.state)
        return Change(decision.state, fresh=True, answer=decision.answer), document

    async def _load(self, id: str) -> _Loaded[S]:
        document = await self.store.get(id)
        return _Loaded(document, self.state_of(document) if document else None)

    async def _absorbed(self, id: str, loaded: _Loaded[S], cause: Cause) -> bool:
        if loaded.document is None:
            return False
        if cause.mark in loaded.document["applied"]:
            return True
        # After loading, never before: another worker may move the mark to the archive between the two looks.
        return bool(loaded.document["overflowed"]) and await self._archive.has(id, cause.mark)

    async def _prepare(self, id: str, loaded: _Loaded[S], decision: Decision[S], cause: Cause) -> Document:
        now = self._clock.now()
        applied = loaded.part("applied")
        overflowed = bool(loaded.document and loaded.document["overflowed"])
        if len(applied) >= 2 * self.kind.applied_kept:
            # Archive first, then drop; only marks of the document as loaded: our own may yet lose the race.
            old = applied[: -self.kind.applied_kept]
            await self._archive.add(id, old, now)
            applied, overflowed = applied[len(old) :], True
        outbox = self._relay.still_waiting(self.store, id, loaded.part("outbox"))
        outbox_at: datetime | None = loaded.document["outbox_at"] if outbox and loaded.document else None
        waiting = len(outbox)
        gathering = Gathering(outbox, paced_of(loaded.document), now)
        new = entries_of(decision, cause, self._source, loaded.version + 1, now, gathering)
        outbox = gathering.waiting + new
        if waiting and len(outbox) > OUTBOX_LIMIT:  # one large decision alone must pass: it would never get smaller
            what = f"{self.kind.collection} {id}: {waiting} effects wait for the broker"
            raise Unavailable("outbox_full", BROKER_AWAY, 10, operator_detail=what)
        return {
            "id": id,
            "tenant_id": cause.tenant_id,
            "version": loaded.version + 1,
            **self._indexed(decision.state),
            "state": stored(decision.state),
            "applied": [*applied, cause.mark] if cause.absorb else applied,
            "overflowed": overflowed,
            "outbox": outbox,
            "outbox_at": waits_since(outbox, min(outbox_at or now, now)),
            "paced": paced_rows(gathering.paced),
        }

    def _begun(self, tenant_id: str, begun: tuple[str, S]) -> Document:
        id, state = begun
        index = {name: clean(value) for name, value in self._indexed(state).items()}
        # Checked here, where only the index can be wrong: looking through it again would double the cost of a row.
        return Checked(id=id, tenant_id=tenant_id, version=1, **index, state=stored_once(state), **_NO_MARKS)

    def _indexed(self, state: S) -> dict[str, Any]:
        chosen, declared = self.kind.index(state), self.kind.fields
        if chosen.keys() == declared.keys():
            return {**chosen}
        if unknown := chosen.keys() - declared.keys():
            raise ValueError(f"{self.kind.collection} declares no field {sorted(unknown)}")
        return {**dict.fromkeys(declared), **chosen}

    async def _save(self, document: Document, version: int) -> bool:
        return await self._relay.save(self.store, document, version)
