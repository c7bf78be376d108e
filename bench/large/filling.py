"""Fills a stopped installation: conversation decides on one text, and its documents are inserted once per customer.

They are as after the texts themselves, without the events: other services learn nothing of them. To decide 100,000
times would take minutes.
"""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI

import conversation.settings
import conversation.wiring
from all_in_one.platform import platform_for
from conversation.domain.receive import receive
from conversation.domain.thread.context import Scene
from conversation.domain.thread.model import Card, Thread, contact_id, conversation_id
from conversation.domain.thread.search_terms import terms_of
from conversation.handlers import SOURCE
from conversation.store import CONTACT_SPEC, CONVERSATION_SPEC, MESSAGE_SPEC, THREADS
from shared.aggregates import Aggregates, Cause, Decision
from shared.aggregates.aggregate import _Loaded
from shared.database.protocol import CollectionSpec, Document
from shared.events import SmsInbound, TenantChanged, thread_id
from shared.ids import derived_id
from shared.service.service import Service
from shared.settings import PlatformSettings

FIRST_NAMES = [
    a + b
    for a in ["Ann", "Ben", "Car", "Dor", "Eli", "Fra", "Gus", "Hel", "Ivo", "Jul"]
    for b in ["a", "o", "in", "ette", "ia", "us", "ix", "el", "y", "e"]
]
LAST_NAMES = [
    a + b
    for a in ["Mill", "Bak", "Carp", "Wood", "Fish", "Hunt", "Tayl", "Coop", "Ward", "Gold"]
    for b in ["er", "son", "ley", "man", "ton", "by", "s", "ford", "ham", "field"]
]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_BATCH = 1_000
_SPECS = (THREADS.spec(), CONTACT_SPEC, CONVERSATION_SPEC, MESSAGE_SPEC)
_LATEST = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Customer:
    """The n-th of them: everything about him follows from his number."""

    n: int

    @property
    def phone_number(self) -> str:
        return f"+1415{2_000_000 + self.n:07d}"

    @property
    def name(self) -> str:
        return f"{FIRST_NAMES[self.n % 100]} {LAST_NAMES[self.n // 100 % 100]}"

    @property
    def order(self) -> str:
        """A word that no other conversation has."""
        return f"k{self.n:06d}x"

    @property
    def at(self) -> datetime:
        return _LATEST - timedelta(seconds=self.n)

    @property
    def text(self) -> str:
        return f"Hello, will my order {self.order} be ready on {DAYS[self.n % 7]}?"


Name = str | datetime


@dataclass(frozen=True)
class Place:
    tenant_id: str
    number: str
    """Ours."""

    def names(self, customer: Customer) -> list[Name]:
        """What the documents of one customer have and those of no other."""
        thread = thread_id(self.tenant_id, self.number, customer.phone_number)
        contact = contact_id(self.tenant_id, customer.phone_number)
        own = (customer.phone_number, customer.name, customer.text, customer.at)
        return [thread, conversation_id(thread, 1), derived_id("msg", thread), contact, *own]


class Template:
    """The first customer's document of one collection, which becomes that of another by new names in known places."""

    def __init__(self, spec: CollectionSpec, document: Document, names: list[Name]) -> None:
        self.spec = spec
        self._bytes = pickle.dumps(_with_lists(document))
        self._places = [(path, names.index(value)) for path, value in _leaves(document) if value in names]

    def document(self, customer: Customer, names: list[Name]) -> Document:
        document: Document = pickle.loads(self._bytes)
        for path, n in self._places:
            inner: Any = document
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = names[n]
        if "terms" in document:
            card = Card(id="", phone_number=customer.phone_number, name=customer.name)
            document["terms"] = terms_of(card, customer.text if self.spec is CONVERSATION_SPEC else "")
        return document


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict | list | tuple):
        inside = cast("Document", value).items() if isinstance(value, dict) else enumerate(cast("list[Any]", value))
        for step, item in inside:
            yield from _leaves(item, (*path, step))
    else:
        yield path, value


def _with_lists(value: Any) -> Any:
    """Lists instead of tuples: they can be changed."""
    if isinstance(value, dict):
        return {key: _with_lists(item) for key, item in cast("Document", value).items()}
    return [_with_lists(item) for item in cast("list[Any]", value)] if isinstance(value, list | tuple) else value


async def fill(settings: PlatformSettings, folder: Path, place: Place, count: int) -> None:
    """`count` customers of this tenant have sent one text each. Nothing else may use the folder."""
    platform = platform_for(settings, folder, FastAPI())
    service = conversation.wiring.build(conversation.settings.Settings(**settings.model_dump()), platform)
    threads = Aggregates(THREADS, service.database, service.relay, platform.clock, SOURCE)
    await service.database.start()
    try:
        templates = await _templates(threads, place)
        for start in range(0, count, _BATCH):
            some = [(customer, place.names(customer)) for customer in _customers(start, count)]
            await asyncio.gather(*(_insert(service, one, some) for one in templates))
    finally:
        await service.database.close()


def _customers(start: int, count: int) -> list[Customer]:
    return [Customer(n) for n in range(start, min(start + _BATCH, count))]


async def _templates(threads: Aggregates[Thread], place: Place) -> list[Template]:
    customer = Customer(0)
    card = Card(
        id=contact_id(place.tenant_id, customer.phone_number),
        phone_number=customer.phone_number,
        name=customer.name,
    )
    tenant = TenantChanged(tenant_id=place.tenant_id, revision=1, name="Bench", ai_mode="off")
    decision = receive(
        Thread.new(place.tenant_id, place.number, card), _text(customer, place), Scene(customer.at, tenant)
    )
    assert decision is not None
    cause = Cause.request(place.tenant_id)
    state = decision.state
    thread = await threads._prepare(state.id, _Loaded(None, None), Decision(state), cause)
    documents = {THREADS.collection: thread} | {record.collection: record.document for record in decision.records}
    return [Template(spec, documents[spec.name], place.names(customer)) for spec in _SPECS]


def _text(customer: Customer, place: Place) -> SmsInbound:
    thread = thread_id(place.tenant_id, place.number, customer.phone_number)
    return SmsInbound(
        message_id=derived_id("msg", thread),
        carrier_message_id="large",
        connection_id="con_large",
        number=place.number,
        contact=customer.phone_number,
        text=customer.text,
        received_at=customer.at,
        effective_at=customer.at,
    )


async def _insert(service: Service, template: Template, customers: Sequence[tuple[Customer, list[Name]]]) -> None:
    rows = [template.document(*customer) for customer in customers]
    await service.database.collection(template.spec).insert_many(rows)
