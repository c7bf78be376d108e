"""The ledger's promise: whatever the order and however often figures arrive, the bill is the same, and right.

The judge is a sum of its own, with fractions, written without looking at the code that books.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import AsyncIterator
from datetime import UTC
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.billing.domain import rate_cards
from accounts.billing.domain.ledger import LISTS, Terms, ledger_row
from accounts.billing.schemas import default_card
from ledger_judge import START, Shop, half_even, owed, usage
from shared.database.mongodb.database import MongoDatabase
from shared.database.protocol import Database
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import Event, UsageEntry
from shared.money import amount

EVENTS = {"memory": 10_000, "file": 10_000, "mongodb": 500}
"""The stand-in for MongoDB does some 100 to 500 of these writes a second, and proves nothing more by doing more."""


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
