"""What a pure decision gives back: the new state and the effects that go with it, all saved in one write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.aggregates.gathering import Gather
from shared.database.protocol import Document
from shared.events.envelope import EventData
from shared.values import Value

S = TypeVar("S", bound=Value)


@dataclass(frozen=True)
class NewEvent:
    """An event to publish. `discriminator` tells several of one type from one cause apart (default: their order)."""

    data: EventData
    subject: str
    key: str
    """Partition key: events of one key are handled one at a time by each consumer process."""
    discriminator: str | None = None
    tenant_id: str | None = None
    """Only where it differs from the cause's."""
    gather: Gather | None = None
    """For an event that may wait a moment for others of its kind; None: published at once."""


@dataclass(frozen=True)
class NewRecord:
    """A document to file in another collection of the same service: it carries `id` and `revision` (see `put`)."""

    collection: str
    document: Document


@dataclass(frozen=True)
class Decision(Generic[S]):
    state: S
    events: tuple[NewEvent, ...] = ()
    records: tuple[NewRecord, ...] = ()
    answer: Any = None
    """For the caller of the request; not saved."""


@dataclass(frozen=True)
class Change(Generic[S]):
    """The result of a decision. `fresh` is False if this cause was absorbed before, or nothing had to change."""

    state: S | None
    fresh: bool
    answer: Any = None
