"""Several lines of one message or call: each is booked once, though the store fails between them."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger_judge import Shop, together, usage
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import StoreUnavailable
from shared.events import UsageEntry


def of_one_cause(n: int, revision: int) -> UsageEntry:
    """Each five keys are lines of one message: they share its time, number and customer."""
    cause = usage(n - n % 5, 1, random.Random(0)).renewed().plain()
    del cause["lines"]
    return usage(n, revision, random.Random(f"{n}.{revision}")).but(**cause)


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
