"""What `prices.changed` says: after every change, with future cards, and for the installation's own card."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.audit import Author
from accounts.billing.default_prices import publish_default_prices
from accounts.billing.domain.rate_cards import (
    MAX_AHEAD,
    MAX_CARDS,
    RateCard,
    RateCards,
    add_card,
    sending_prices,
    set_default,
)
from accounts.billing.schemas import RateCardIn, default_card
from accounts.billing.store import open_billing_store
from accounts.store import open_storage
from accounts.tenants.store import open_tenant_store
from shared.aggregates import Relay
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import Refused
from shared.events import DEFAULT_PRICES, Event, PricesChanged
from shared.events.envelope import MAX_EVENT_BYTES
from shared.keyring import Keyring
from testkit.eventually import eventually
from testkit.recording import RecordingBroker

NOW = datetime(2026, 3, 10, tzinfo=UTC)
BY = Author("test", NOW)
QUEUE = "sender.prices.changed.v1"


def card(begins: datetime, **prices: Any) -> RateCard:
    return RateCardIn(**{"sms_out": {"*": "0.01"}, **prices}).card(f"rtc_{begins:%Y%m%d}", begins, NOW, "test")


def with_cards(*days: int) -> RateCards:
    """Cards that begin so many days from now."""
    state = None
    for day in days:
        decision = add_card(state, "ten_a", card(NOW + timedelta(days=day)), BY)
        assert decision
        state = decision.state
    assert state
    return state


def test_a_new_card_is_told_in_the_same_save_under_the_version_of_the_list() -> None:
    first = add_card(None, "ten_a", card(NOW, carrier_fee="none", mms_out={"GB": "0.2", "*": "0.1"}), BY)
    assert first
    [event] = first.events
    assert isinstance(event.data, PricesChanged)
    assert (event.data.tenant_id, event.data.revision) == ("ten_a", first.state.version)
    [price] = event.data.cards
    assert (price.sms_out, price.mms_out, price.carrier_fee_markup) == (
        {"*": "0.01"},
        {"GB": "0.2", "*": "0.1"},
        None,
    )


def test_a_fee_that_is_handed_on_is_told_with_its_mark_up() -> None:
    lists = RateCards(tenant_id="ten_a", cards=(card(NOW, carrier_fee={"markup_percent": "10"}),))
    assert sending_prices(lists, NOW).cards[0].carrier_fee_markup == "10"


def test_cards_to_come_are_told_and_old_ones_but_the_last_are_not() -> None:
    lists = with_cards(-30, -20, -10, -1, 5, 9)
    published = [each.valid_from - NOW for each in sending_prices(lists, NOW).cards]
    assert published == [timedelta(days=day) for day in (-10, -1, 5, 9)]
    assert sending_prices(lists, NOW + timedelta(days=7)).cards[-2].valid_from == NOW + timedelta(days=5)
    assert [each.valid_from for each in sending_prices(with_cards(3), NOW).cards] == [NOW + timedelta(days=3)]


def test_the_event_stays_small_whatever_a_tenant_has() -> None:
    every = {f"{a}{b}": "1234567.123456789012" for a in "ABCDEFGHIJK" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    many = {**every, "*": "1"}
    past = [card(NOW - timedelta(days=n), sms_out=many, mms_out=many) for n in range(MAX_CARDS - MAX_AHEAD)]
    ahead = [card(NOW + timedelta(days=n + 1), sms_out=many, mms_out=many) for n in range(MAX_AHEAD)]
    published = sending_prices(RateCards(tenant_id="ten_a", cards=(*reversed(past), *ahead)), NOW)
    assert len(Event("id", "accounts", "", NOW, "ten_a", "", published).encode()) < MAX_EVENT_BYTES / 2


def test_only_so_many_cards_may_wait_to_come_into_force() -> None:
    lists = with_cards(*range(1, MAX_AHEAD + 1))
    with pytest.raises(Refused, match="begin in the future"):
        add_card(lists, "ten_a", card(NOW + timedelta(days=99)), BY)
    assert add_card(lists, "ten_a", card(NOW), BY)


def test_the_installations_card_is_told_when_it_changes_and_not_before() -> None:
    assert set_default(None, default_card(""), NOW) is None
    first = set_default(None, default_card('{"sms_out": {"*": "0.03"}}'), NOW)
    assert first
    assert set_default(first.state, default_card('{"sms_out": {"*": "0.03"}, "note": "the same"}'), NOW) is None
    second = set_default(first.state, default_card(""), NOW)
    assert second
    published = [decision.events[0].data for decision in (first, second)]
    assert all(isinstance(each, PricesChanged) and each.tenant_id == DEFAULT_PRICES for each in published)
    assert [each.revision for each in published] == [1, 2]  # pyright: ignore[reportAttributeAccessIssue]
    assert second.state.cards[0].sms_out == ()


async def test_each_change_of_the_list_reaches_sender_and_its_page(world: Any) -> None:
    tenant_id = await world.tenant()
    path = f"/tenants/{tenant_id}/rate-cards"
    assert await world.internal(f"prices/{tenant_id}") == {"tenant_id": tenant_id, "revision": 0, "cards": []}
    now = await world.made(path, {"sms_out": {"gb": "0.05", "*": "0.01"}})
    later = await world.made(path, {"sms_out": {"*": "0.02"}, "valid_from": "2100-02-01T00:00:00Z"})
    row = await world.internal(f"prices/{tenant_id}")
    assert (row["revision"], [each["card_id"] for each in row["cards"]]) == (2, [now["id"], later["id"]])
    assert row["cards"][0]["sms_out"] == {"GB": "0.05", "*": "0.01"}
    assert (await world.internal("prices"))["items"] == [row]
    assert (await world.ask("DELETE", f"{path}/{later['id']}")).status_code == 204
    row = await world.internal(f"prices/{tenant_id}")
    assert (row["revision"], [each["card_id"] for each in row["cards"]]) == (3, [now["id"]])
    await eventually(lambda: _published(world, 3))


async def _published(world: Any, wanted: int) -> bool:
    return await world.published(QUEUE) == wanted


async def test_a_start_with_another_default_tells_it_and_one_with_the_same_does_not() -> None:
    database, broker, clock = EmbeddedDatabase(None), RecordingBroker(), ManualClock(NOW)
    relay = Relay(database, broker, clock)
    storage = open_storage(database, relay, Keyring("a-secret-of-32-characters-or-more!"), clock)
    await database.start()
    for price in ("0.03", "0.03", "0.04"):
        setting = f'{{"sms_out": {{"*": "{price}"}}}}'
        await publish_default_prices(open_billing_store(storage, open_tenant_store(storage), default_card(setting)))
        await relay.drain()
    published = broker.events(PricesChanged)
    assert [(event.data.revision, event.data.cards[0].sms_out["*"]) for event in published] == [
        (1, "0.03"),
        (2, "0.04"),
    ]
    assert len({event.identity for event in published}) == 2, "nobody takes the second for a repeat of the first"
    await database.close()
