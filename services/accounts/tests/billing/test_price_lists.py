"""Shared readings of the rate cards: few, never older than the question, and nobody takes the answer from another."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from accounts.billing.domain.rate_cards import RateCards
from accounts.billing.rate_card_reader import RateCardReader
from shared.errors import StoreUnavailable


class Cards:
    """Each reading waits until it is let go, and tells the version of when it began."""

    def __init__(self) -> None:
        self.version, self.readings, self.fails = 1, 0, False
        self.let_go = asyncio.Event()

    async def get(self, tenant_id: str) -> RateCards | None:
        self.readings += 1
        seen = self.version
        await self.let_go.wait()
        if self.fails:
            raise StoreUnavailable("store_unavailable", "away")
        return RateCards(tenant_id=tenant_id, version=seen)


def lists_of(cards: Cards) -> RateCardReader:
    return RateCardReader(cast("Any", cards))


async def passes() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_asks_while_a_reading_is_under_way_gets_a_later_one_shared_by_all():
    cards = Cards()
    lists = lists_of(cards)
    early = asyncio.create_task(lists.read("ten_a"))
    await passes()
    cards.version = 2
    late = [asyncio.create_task(lists.read("ten_a")) for _ in range(50)]
    other = asyncio.create_task(lists.read("ten_b"))
    await passes()
    cards.let_go.set()
    assert (await early).version == 1
    assert {(await one).version for one in late} == {2}
    assert (await other).tenant_id == "ten_b"
    assert cards.readings == 3
    assert not lists._under_way
    assert not lists._next


async def test_one_who_gives_up_leaves_the_answer_to_the_others():
    cards = Cards()
    lists = lists_of(cards)
    impatient, patient = (asyncio.create_task(lists.read("ten_a")) for _ in range(2))
    await passes()
    impatient.cancel()
    await passes()
    cards.let_go.set()
    assert (await patient).version == 1
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_a_failed_reading_is_told_to_all_and_the_next_one_is_new():
    cards = Cards()
    cards.fails = True
    cards.let_go.set()
    lists = lists_of(cards)
    for answer in await asyncio.gather(lists.read("ten_a"), lists.read("ten_a"), return_exceptions=True):
        assert isinstance(answer, StoreUnavailable)
    cards.fails = False
    assert (await lists.read("ten_a")).version == 1
