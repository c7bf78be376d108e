"""Fills a stopped installation: conversation decides on ten texts, and their documents are inserted once per customer.

They are as after the texts themselves, without the events: other services learn nothing of them. To decide a million
times would take a quarter of an hour.
"""

from __future__ import annotations

import asyncio
import pickle
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI

import conversation.settings
import conversation.wiring
from all_in_one.platform import platform_for
from conversation.domain.inbox.facets import facet, label_facet, yes_or_no
from conversation.domain.receive import receive
from conversation.domain.search.terms import contact_terms, message_terms
from conversation.domain.thread.context import Scene
from conversation.domain.thread.model import Card, Thread, contact_id, conversation_id
from conversation.handlers import SOURCE
from conversation.people.store import CONTACT_SPEC
from conversation.store import CONVERSATION_SPEC, MESSAGE_SPEC, THREADS
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
CAKES = ("lemon", "cherry", "walnut", "poppy", "carrot", "almond", "ginger", "plum", "apple", "coffee", "honey")
TEXTS = 10
"""Of one customer."""
_terms = lru_cache(maxsize=1024)(message_terms)
"""All texts but each customer's first are one of 693."""
_BATCH = 500
_LINE_SECONDS = 10.0
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

    def at(self, k: int) -> datetime:
        return _LATEST - timedelta(seconds=self.n * TEXTS + TEXTS - k)

    def text(self, k: int) -> str:
        """Every text has the word "please", every second conversation any two of cakes and days."""
        if k == 0:
            return f"Hello, will my order {self.order} be ready on {DAYS[self.n % 7]}, please?"
        cake, day = CAKES[(self.n + k * 3) % 11], DAYS[(self.n * 5 + k) % 7]
        return f"{k}: please keep {k + 1} pieces of the {cake} cake for {day} morning, as we said last week"


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
        each = range(TEXTS)
        return [
            *(thread, conversation_id(thread, 1), contact, customer.phone_number, customer.name),
            *(derived_id("msg", thread, str(k)) for k in each),
            *(customer.text(k) for k in each),
            *(customer.at(k) for k in each),
        ]


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
        if self.spec is MESSAGE_SPEC:
            document["terms"] = list(_terms(document["message"]["text"]))
        elif self.spec is CONTACT_SPEC:
            document["terms"] = list(contact_terms((customer.name,), (customer.phone_number,)))
        elif self.spec is CONVERSATION_SPEC:
            _diversify(document, customer.n)
        return document


def _diversify(record: Document, n: int) -> None:
    """Every third is read, every twentieth closed, every 50th assigned, every 200th needs a person, every 1,000th has
    a label."""
    changes = {
        "state": ("closed", facet("state", "open"), facet("state", "closed"), n % 20 == 0),
        "unread": (0, yes_or_no("unread", True), yes_or_no("unread", False), n % 3 == 0),
        "assignee": ("usr_bench", facet("assignee", "none"), facet("assignee", "usr_bench"), n % 50 == 0),
        "needs_person": (
            {"reason": "hand_over", "detail": "", "at": record["last_activity_at"], "paused": False},
            yes_or_no("needs", False), yes_or_no("needs", True), n % 200 == 0,
        ),
        "labels": (["vip"], "", label_facet("vip"), n % 1_000 == 0),
    }  # fmt: skip
    for field, (value, before, after, applies) in changes.items():
        if applies:
            record["conversation"][field] = value
            record["facets"] = sorted({*record["facets"], after} - {before})


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


class _Progress:
    """A line every ten seconds, because the large tenant takes minutes."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._started = self._shown = time.monotonic()

    def show(self, done: int) -> None:
        now = time.monotonic()
        if now - self._shown < _LINE_SECONDS:
            return
        self._shown = now
        left = (now - self._started) * (self._count - done) / done
        print(f"  filled {done:,} of {self._count:,} conversations, {left:.0f} s left", file=sys.stderr, flush=True)


async def fill(settings: PlatformSettings, folder: Path, place: Place, count: int) -> None:
    """`count` customers of this tenant have sent one text each. Nothing else may use the folder."""
    platform = platform_for(settings, folder, FastAPI())
    service = conversation.wiring.build(conversation.settings.Settings(**settings.model_dump()), platform)
    threads = Aggregates(THREADS, service.database, service.relay, platform.clock, SOURCE)
    await service.database.start()
    try:
        templates = await _templates(threads, place)
        progress = _Progress(count)
        for start in range(0, count, _BATCH):
            some = [(customer, place.names(customer)) for customer in _customers(start, count)]
            await asyncio.gather(*(_insert(service, one, some) for one in templates))
            progress.show(start + len(some))
    finally:
        await service.database.close()


def _customers(start: int, count: int) -> list[Customer]:
    return [Customer(n) for n in range(start, min(start + _BATCH, count))]


async def _templates(threads: Aggregates[Thread], place: Place) -> list[Template]:
    customer = Customer(0)
    contact = contact_id(place.tenant_id, customer.phone_number)
    card = Card(id=contact, phone_number=customer.phone_number, name=customer.name)
    tenant = TenantChanged(tenant_id=place.tenant_id, revision=1, name="Bench", ai_mode="off")
    thread, filed = Thread.new(place.tenant_id, place.number, card), dict[tuple[str, str], Document]()
    for k in range(TEXTS):
        decision = receive(thread, _text(customer, place, k), Scene(customer.at(k), tenant))
        assert decision is not None
        thread = decision.state
        filed |= {(record.collection, record.document["id"]): record.document for record in decision.records}
    cause = Cause.request(place.tenant_id)
    saved = await threads._prepare(thread.id, _Loaded(None, None), Decision(thread), cause)
    filed[(THREADS.collection, thread.id)] = saved
    names, specs = place.names(customer), {spec.name: spec for spec in _SPECS}
    return [Template(specs[name], document, names) for (name, _), document in filed.items() if name in specs]


def _text(customer: Customer, place: Place, k: int) -> SmsInbound:
    thread = thread_id(place.tenant_id, place.number, customer.phone_number)
    return SmsInbound(
        message_id=derived_id("msg", thread, str(k)),
        carrier_message_id="large",
        connection_id="con_large",
        number=place.number,
        contact=customer.phone_number,
        text=customer.text(k),
        received_at=customer.at(k),
        effective_at=customer.at(k),
    )


async def _insert(service: Service, template: Template, customers: Sequence[tuple[Customer, list[Name]]]) -> None:
    rows = [template.document(*customer) for customer in customers]
    await service.database.collection(template.spec).insert_many(rows)
