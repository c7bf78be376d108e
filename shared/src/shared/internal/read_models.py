"""A service's own copy of what another one owns: pulled page by page, kept fresh by events, newest revision wins.

Complete means that the last page was read once; live events may arrive meanwhile. On a miss the copy asks the owner
before it answers no, so what was just created works at once.

With a `clock`, `get` may answer from the process's memory for one second. An event reaches only one of several
instances; the others then decide for at most a second by what was true before, as they would if the event had come a
second later. So no clock is given where that could do harm: revoked keys, and what the sender checks before it sends.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Generic, TypeVar

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential

from shared.clock import Clock
from shared.database.paging import documents
from shared.database.protocol import CollectionSpec, Database, In
from shared.errors import NotFound, Unavailable
from shared.events.envelope import Event, EventData
from shared.internal.client import InternalClient
from shared.values import Value

log = structlog.get_logger()

_IF_AWAY = retry_if_exception_type(Unavailable)
_GROWING = wait_exponential(multiplier=0.1, max=5)
_STATE = CollectionSpec("read_models", {})
REMEMBERED_SECONDS = 1.0
_REMEMBERED_ROWS = 2_000
T = TypeVar("T", bound=EventData)


class Source(Value):
    """Where the rows come from: `GET /internal/<service>/<path>` and `…/<path>/<key>`; a row is the event's data."""

    service: str
    path: str


class ReadModel(Generic[T]):
    """Rows of one event type, by `key_of`. The type must carry a `revision`."""

    def __init__(
        self,
        data_type: type[T],
        key_of: Callable[[T], str],
        source: Source,
        database: Database,
        internal: InternalClient,
        clock: Clock | None = None,
    ) -> None:
        self.name = source.path
        self._type = data_type
        self._key_of = key_of
        self._source = source
        self._rows = database.collection(CollectionSpec(f"copy_{source.path.replace('-', '_')}", {}))
        self._state = database.collection(_STATE)
        self._internal = internal
        self._complete = False
        self._clock = clock
        self._remembered: dict[str, tuple[float, T]] = {}

    @property
    def complete(self) -> bool:
        return self._complete

    async def on_event(self, event: Event[T]) -> None:
        await self._keep(event.data)

    async def known(self, key: str) -> T | None:
        """The row in our copy, without asking the owner."""
        document = await self._rows.get(key)
        return self._type.read(document["row"]) if document else None

    async def each_key(self) -> AsyncIterator[str]:
        """Of every row in our copy."""
        async for document in documents(self._rows, {}):
            yield document["id"]

    async def known_among(self, keys: Sequence[str]) -> dict[str, T]:
        """The rows of these keys in our copy, by one read, without asking the owner."""
        if not keys:
            return {}
        page = await self._rows.find({"id": In(keys)}, limit=len(keys))
        return {document["id"]: self._type.read(document["row"]) for document in page.items}

    async def get(self, key: str) -> T | None:
        """The row in our copy, or else the owner's. Raises `Unavailable` if the owner is away."""
        now = self._clock.monotonic() if self._clock else 0.0
        since, row = self._remembered.get(key, (0.0, None))
        if row is not None and now - since < REMEMBERED_SECONDS:
            return row
        row = await self.known(key)
        if row is not None:
            self._remember(key, row, now)
            return row
        row = await self.ask(key)
        if row is not None:
            await self._keep(row)
        return row

    async def ask(self, key: str) -> T | None:
        """What the owner says now, whatever we have; not kept. Raises `Unavailable` if the owner is away."""
        try:
            return self._type.read(await self._internal.get(self._source.service, self.name, key))
        except NotFound:
            return None

    async def blank(self, key: str, bare: Callable[[int], T]) -> bool:
        """Replace the row by one that says nothing (made for its next revision); False if there is none that says
        something. What the owner says of it later is kept again."""
        known = await self.known(key)
        self._remembered.pop(key, None)
        if known is None or known == bare(_revision(known)):
            return False
        row: dict[str, Any] = bare(_revision(known) + 1).plain()
        return await self._rows.put({"id": key, "revision": row["revision"], "row": row})

    async def fill(self) -> None:
        """Pull every page, trying until the owner and our own database have answered; a copy that was complete before
        serves meanwhile."""
        async for attempt in AsyncRetrying(retry=_IF_AWAY, wait=_GROWING, before_sleep=self._note_waiting):
            with attempt:
                await self._pull()

    async def _pull(self) -> None:
        self._complete = self._complete or await self._state.get(self.name) is not None
        async for row in self._internal.rows(self._source.service, self.name):
            await self._keep(self._type.read(row))
        await self._state.put({"id": self.name, "revision": 1})
        self._complete = True

    def _note_waiting(self, attempt: RetryCallState) -> None:
        error = attempt.outcome.exception() if attempt.outcome else None
        reason = error.operator_detail if isinstance(error, Unavailable) else str(error)
        log.info("read_model_waits", model=self.name, owner=self._source.service, detail=reason)

    def not_ready(self) -> str | None:
        return None if self._complete else f"still reading {self.name} from {self._source.service}"

    async def _keep(self, data: T) -> None:
        key, now = self._key_of(data), self._clock.monotonic() if self._clock else 0.0
        row: dict[str, Any] = data.plain()
        if await self._rows.put({"id": key, "revision": row["revision"], "row": row}):
            self._remember(key, data, now)
        else:
            self._remembered.pop(key, None)  # another instance has stored a newer one

    def _remember(self, key: str, row: T, since: float) -> None:
        """`since` is from before it was read or written: what comes later can only be newer."""
        if self._clock is None:
            return
        _, held = self._remembered.get(key, (0.0, None))
        if held is not None and _revision(held) > _revision(row):
            return  # read before the newer one was stored
        if len(self._remembered) >= _REMEMBERED_ROWS:
            self._remembered.clear()
        self._remembered[key] = (since, row)


def _revision(row: EventData) -> int:
    return getattr(row, "revision", 0)
