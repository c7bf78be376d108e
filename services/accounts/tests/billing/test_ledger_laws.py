"""The ledger's promise: whatever the order and however often figures arrive, the bill is the same, and right.

The judge is a sum of its own, with fractions, written without looking at the code that books.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.audit import Author
from accounts.billing.domain import rate_cards
from accounts.billing.domain.ledger import LISTS, Terms, ledger_row
from accounts.billing.domain.statement import GroupBy, items, totals
from accounts.billing.record_usage import UsageRecorder
from accounts.billing.schemas import RateCardIn, default_card
from accounts.billing.statement import Period, sums
from accounts.billing.store import BillingStore, open_billing_store
from accounts.store import open_storage
from accounts.tenants.store import open_tenant_store
from shared.aggregates import Cause, Relay
from shared.clock import ManualClock
from shared.database.mongodb.database import MongoDatabase
from shared.database.protocol import Database
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import StoreUnavailable
from shared.events import Event, Money, UsageEntry, UsageRecorded
from shared.keyring import Keyring
from shared.money import amount
from testkit.recording import RecordingBroker

START = datetime(2026, 3, 1, tzinfo=UTC)
MIDDLE = START + timedelta(days=15)
PERIOD = Period(START.date(), (START + timedelta(days=30)).date())
GROUPS: tuple[GroupBy, ...] = ("kind", "month", "day", "number", "campaign", "assistant", "model")
OUT = {START: {"US": "0.0079", "*": "0.0513"}, MIDDLE: {"US": "0.0083", "*": "0.0499"}}
TOKENS = {START: "0.15", MIDDLE: "0.1733333"}
MARKUP = "12.5"
EVENTS = {"memory": 10_000, "file": 10_000, "mongodb": 500}
"""The stand-in for MongoDB does some 100 to 500 of these writes a second, and proves nothing more by doing more."""
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


def _embedded(_request: pytest.FixtureRequest) -> Database:
    return EmbeddedDatabase(None)


def _file(request: pytest.FixtureRequest) -> Database:
    return EmbeddedDatabase(request.getfixturevalue("tmp_path") / "accounts.sqlite")


def _mongodb(request: pytest.FixtureRequest) -> Database:
    return MongoDatabase(request.getfixturevalue("mongodb_url"), f"parley_ledger_{uuid.uuid4().hex[:8]}", "ledger-test")


@pytest.fixture(params=["memory", "file", pytest.param("mongodb", marks=pytest.mark.mongodb)])
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    make = {"memory": _embedded, "file": _file, "mongodb": _mongodb}[request.param]
    shop = await Shop(make(request), EVENTS[request.param]).open()
    yield shop
    await shop.database.clear()
    await shop.database.close()


async def test_thousands_of_events_twice_in_random_order_come_to_the_cent(shop):
    """A third of the entries is corrected by a receipt; each event is delivered twice."""
    luck = random.Random(20260301)
    keys = shop.events * 3 // 4
    events = [usage(n, 1, luck) for n in range(keys)] + [usage(n, 2, luck) for n in range(0, keys, 3)]
    assert len(events) == shop.events
    deliveries = events * 2
    luck.shuffle(deliveries)
    await shop.deliver(deliveries)
    await shop.check({used.ledger_key: used for used in events})


figures = st.builds(
    lambda n, revision, seed: usage(n, revision, random.Random(f"{n}.{revision}.{seed}")),
    st.integers(0, 9),
    st.integers(1, 3),
    st.just(0),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(figures, min_size=1, max_size=25), st.randoms(use_true_random=False))
async def test_no_order_or_repetition_changes_the_ledger_or_the_statement(events, luck):
    newest: dict[str, UsageEntry] = {}
    for used in events:
        if used.ledger_key not in newest or used.revision > newest[used.ledger_key].revision:
            newest[used.ledger_key] = used
    ledgers = []
    for _ in range(2):
        deliveries = events * 2
        luck.shuffle(deliveries)
        shop = Shop(EmbeddedDatabase(None))
        shop.tenant_id = "ten_a"
        await shop.open()
        await shop.deliver(deliveries)
        await shop.check(newest)
        ledgers.append((await shop.billing.ledger.find({"tenant_id": "ten_a"}, limit=1000)).items)
        await shop.database.close()
    assert ledgers[0] == ledgers[1]


def of_one_cause(n: int, revision: int) -> UsageEntry:
    """Each five keys are lines of one message: they share its time, number and customer."""
    cause = usage(n - n % 5, 1, random.Random(0)).renewed().plain()
    del cause["lines"]
    return usage(n, revision, random.Random(f"{n}.{revision}")).but(**cause)


def together(entries: list[UsageEntry]) -> UsageRecorded:
    return entries[0].renewed().but(lines=tuple(line for entry in entries for line in entry.renewed().lines))


class Unreliable:
    """A ledger that fails every few writes, before or after it has written."""

    def __init__(self, ledger: Any, luck: random.Random) -> None:
        self.put_really, self.luck = ledger.put, luck

    async def put(self, row: Any) -> bool:
        fate = self.luck.randint(0, 5)
        if fate == 0:
            raise StoreUnavailable("store_away", "before it was written")
        done = await self.put_really(row)
        if fate == 1:
            raise StoreUnavailable("store_away", "after it was written")
        return done


several_lines = st.builds(
    lambda group, revisions: [of_one_cause(5 * group + line, revision) for line, revision in revisions.items()],
    st.integers(0, 2),
    st.dictionaries(st.integers(0, 4), st.integers(1, 3), min_size=1),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(several_lines, min_size=1, max_size=8), st.integers(0, 10**6))
async def test_events_with_several_lines_book_each_line_once_though_the_store_fails_between_them(groups, seed):
    luck = random.Random(seed)
    newest: dict[str, UsageEntry] = {}
    for used in sorted((used for group in groups for used in group), key=lambda used: used.revision):
        newest[used.ledger_key] = used
    shop = await Shop(EmbeddedDatabase(None)).open()
    shop.billing.ledger.put = Unreliable(shop.billing.ledger, luck).put
    deliveries = groups * 2
    luck.shuffle(deliveries)
    await asyncio.gather(*(shop.book(f"event_{n}", group) for n, group in enumerate(deliveries)))
    await shop.check(newest)
    await shop.database.close()


async def test_what_a_failure_between_two_lines_left_out_is_booked_by_the_repeat():
    shop = await Shop(EmbeddedDatabase(None)).open()
    lines = [of_one_cause(n, 1) for n in range(3)]
    insert, broken = shop.billing.ledger.insert_many, [True]

    async def fail_once(rows: Any) -> list[str]:
        if broken:
            broken.clear()
            await insert(rows[:1])
            raise StoreUnavailable("store_away", "for a moment")
        return await insert(rows)

    shop.billing.ledger.insert_many = fail_once
    with pytest.raises(StoreUnavailable):
        await shop.recorder.on_usage_recorded(shop.event_of("event_1", together(lines)))
    await shop.recorder.on_usage_recorded(shop.event_of("event_1", together(lines)))
    await shop.check({used.ledger_key: used for used in lines})
    await shop.database.close()


@given(
    st.integers(0, 10**12),
    st.decimals(min_value=0, max_value=9_999_999, places=12).map(lambda price: f"{price:f}"),
    st.sampled_from([1, 1000, 1_000_000]),
)
def test_an_amount_is_the_exact_product_rounded_once_half_to_even(quantity, price, per):
    assert amount(quantity, price, per) == half_even(Fraction(price) * quantity * 10**9 / per)


def test_a_half_goes_to_the_even_side():
    assert [amount(n, "0.0000000005") for n in (1, 3, 5)] == [0, 2, 2]


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 9), st.integers(0, 9))
def test_a_newer_figure_beats_a_newer_price_list_and_then_the_newer_list_counts(one, other, list_one, list_other):
    def revision(usage_revision: int, version: int) -> int:
        cards = rate_cards.RateCards(tenant_id="ten_a", version=version)
        used = usage(0, usage_revision, random.Random(1))
        event = Event("e", "sender", "", START, "ten_a", "ten_a", used.renewed())
        return ledger_row(event, used, Terms(cards, default_card(""), UTC), None)["revision"]

    mine, theirs = revision(one, list_one), revision(other, list_other)
    assert (mine > theirs) == ((one, list_one) > (other, list_other))
    assert mine < 2**63 // LISTS


def test_the_judge_itself_is_right():
    """Worked by hand: 3 parts to the US in the first half of March at 0.0079 are 0.0237."""
    used = usage(5, 1, random.Random(1)).but(quantity=3, contact="+12015550123")
    assert owed(used) == ("USD", int(Decimal("0.0237") * 10**9))
