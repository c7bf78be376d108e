"""Figures that are booked in any order, and a judge of the bill: a sum of its own, with fractions, written without
looking at the code that books.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from accounts.audit import Author
from accounts.billing.domain import rate_cards
from accounts.billing.domain.statement import GroupBy, items, totals
from accounts.billing.record_usage import UsageRecorder
from accounts.billing.schemas import RateCardIn, default_card
from accounts.billing.statement import Period, sums
from accounts.billing.store import BillingStore, open_billing_store
from accounts.store import open_storage
from accounts.tenants.store import open_tenant_store
from shared.aggregates import Cause, Relay
from shared.clock import ManualClock
from shared.database.protocol import Database
from shared.errors import StoreUnavailable
from shared.events import Event, Money, UsageEntry, UsageRecorded
from shared.keyring import Keyring
from testkit.recording import RecordingBroker

START = datetime(2026, 3, 1, tzinfo=UTC)
MIDDLE = START + timedelta(days=15)
PERIOD = Period(START.date(), (START + timedelta(days=30)).date())
GROUPS: tuple[GroupBy, ...] = ("kind", "month", "day", "number", "campaign", "assistant", "model")
OUT = {START: {"US": "0.0079", "*": "0.0513"}, MIDDLE: {"US": "0.0083", "*": "0.0499"}}
TOKENS = {START: "0.15", MIDDLE: "0.1733333"}
MARKUP = "12.5"
AT_ONCE = 32
"""The consumer's prefetch."""


def card_of(valid_from: datetime) -> dict[str, Any]:
    return {
        "sms_out": OUT[valid_from],
        "sms_in": {"*": "0.0011"},
        "mms_out": {"*": "0.0301"},
        "carrier_fee": {"mode": "pass_through", "markup_percent": MARKUP},
        "tokens": [{"model": "*", "kind": "prompt", "price": TOKENS[valid_from], "per": 1_000_000}],
        "valid_from": valid_from,
    }


def usage(n: int, revision: int, luck: random.Random) -> UsageEntry:
    """The figure of this revision for the nth key. Time, number and customer are the key's own."""
    kind = ("sms_parts_out", "sms_parts_out", "sms_parts_in", "carrier_fee", "tokens_prompt")[n % 5]
    tokens = kind.startswith("tokens")
    quantity = luck.randint(0, 4000) if tokens else luck.randint(1, 6)
    costs = not tokens and (kind == "carrier_fee" or revision > 1)
    return UsageEntry(
        ledger_key=f"key_{n}:{kind}",
        revision=revision,
        kind=kind,
        quantity=quantity,
        carrier_cost=Money(nano=luck.randint(1, 10**8), currency=("USD", "EUR")[n % 2]) if costs else None,
        estimate=revision == 1 and n % 3 == 0,
        used_at=START + timedelta(seconds=259 * n),
        number=None if tokens else f"+1312555{n % 7:04}",
        contact=("+12015550123", "+447911123456")[n % 3 == 0],
        message_id=None if tokens else f"msg_{n}",
        campaign_id=f"cmp_{n % 4}" if n % 5 == 1 else None,
        assistant_id="ast_1" if tokens else None,
        model="m-1" if tokens else None,
        message_type="mms" if n % 5 == 1 and n % 2 else "sms",
    )


def owed(used: UsageEntry) -> tuple[str, int]:
    """Currency and nano-units, worked out anew with fractions."""
    card = MIDDLE if used.used_at >= MIDDLE else START
    if used.kind == "carrier_fee":
        return used.carrier_cost.currency, half_even(Fraction(used.carrier_cost.nano) * (1 + Fraction(MARKUP) / 100))
    if used.kind == "tokens_prompt":
        return "USD", half_even(Fraction(TOKENS[card]) * used.quantity * 1000)
    if used.kind == "sms_parts_in":
        return "USD", half_even(Fraction("0.0011") * used.quantity * 10**9)
    if used.message_type == "mms":
        return "USD", half_even(Fraction("0.0301") * 10**9)
    price = OUT[card]["US" if used.contact.startswith("+1") else "*"]
    return "USD", half_even(Fraction(price) * used.quantity * 10**9)


def expected(usages: Iterable[UsageEntry], group_by: GroupBy) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Quantity and amount of each line of a statement."""
    lines: dict[tuple[str, str, str], tuple[int, int]] = {}
    for used in usages:
        currency, nano = owed(used)
        line = (group_of(used, group_by), used.kind, currency)
        quantity, so_far = lines.get(line, (0, 0))
        lines[line] = (quantity + used.quantity, so_far + nano)
    return lines


def group_of(used: UsageEntry, group_by: GroupBy) -> str:
    groups = {
        "kind": "",
        "month": f"{used.used_at:%Y-%m}",
        "day": f"{used.used_at:%Y-%m-%d}",
        "number": used.number,
        "campaign": used.campaign_id,
        "assistant": used.assistant_id,
        "model": used.model,
    }
    return groups[group_by] or ""


def half_even(value: Fraction) -> int:
    return round(value)  # Python rounds fractions half to even


class Shop:
    """The ledger of one tenant on one database; the carrier and the broker have no part in it."""

    def __init__(self, database: Database, events: int = 0) -> None:
        self.events = events
        clock = ManualClock(START + timedelta(days=60))
        relay = Relay(database, RecordingBroker(), clock)
        storage = open_storage(database, relay, Keyring("a-secret-of-32-characters-or-more!"), clock)
        self.database, self.clock = database, clock
        self.billing: BillingStore = open_billing_store(storage, open_tenant_store(storage), default_card(""))
        self.recorder = UsageRecorder(self.billing)
        self.tenant_id = f"ten_{uuid.uuid4().hex}"

    async def open(self) -> Shop:
        await self.database.start()
        for valid_from in (START, MIDDLE):
            card = RateCardIn(**card_of(valid_from)).card(f"rtc_{valid_from:%d}", valid_from, START, "test")
            author, cause = Author("test", START), Cause.request(self.tenant_id)
            await self.billing.cards.change(
                self.tenant_id,
                cause,
                lambda state, card=card, author=author: rate_cards.add_card(state, self.tenant_id, card, author),
            )
        return self

    def event(self, used: UsageEntry, times: int = 0) -> Event[UsageRecorded]:
        return self.event_of(f"{used.ledger_key}.{used.revision}", used.renewed(), times)

    def event_of(self, id: str, data: UsageRecorded, times: int = 0) -> Event[UsageRecorded]:
        return Event(id, "sender", id, START, self.tenant_id, self.tenant_id, data, correlation_id=f"cor_{times}")

    async def book(self, id: str, lines: list[UsageEntry]) -> None:
        """In one event, repeated until the store has taken all of it."""
        while True:
            try:
                return await self.recorder.on_usage_recorded(self.event_of(id, together(lines)))
            except StoreUnavailable:
                await asyncio.sleep(0)

    async def deliver(self, deliveries: list[UsageEntry]) -> None:
        """Many at a time, as the consumer does it."""
        waiting = iter(deliveries)

        async def worker() -> None:
            for used in waiting:
                while True:  # as the runner does: a store that is away for a moment is asked again
                    try:
                        await self.recorder.on_usage_recorded(self.event(used))
                        break
                    except StoreUnavailable:
                        await asyncio.sleep(0.2)

        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))

    async def check(self, newest: dict[str, UsageEntry]) -> None:
        """Every way of grouping comes to what the judge says."""
        wanted: Counter[str] = Counter()
        for used in newest.values():
            currency, nano = owed(used)
            wanted[currency] += nano
        carrier: Counter[str] = Counter()
        for used in newest.values():
            if used.carrier_cost:
                carrier[used.carrier_cost.currency] += used.carrier_cost.nano
        for group_by in GROUPS:
            found = await sums(self.billing.ledger, self.tenant_id, PERIOD, group_by)
            total = totals(found)
            assert {currency: tally.amount for currency, tally in total.items()} == dict(wanted)
            assert sum(tally.entries for tally in total.values()) == len(newest)
            assert sum(tally.estimated_entries for tally in total.values()) == sum(u.estimate for u in newest.values())
            listed = {
                (key.group, key.kind, key.currency): (tally.quantity, tally.amount)
                for key, tally in items(found, group_by)
            }
            assert listed == expected(newest.values(), group_by)
            charged = Counter[str]()
            for tally in total.values():
                charged.update(tally.carrier)
            assert charged == carrier


def together(entries: list[UsageEntry]) -> UsageRecorded:
    return entries[0].renewed().but(lines=tuple(line for entry in entries for line in entry.renewed().lines))
