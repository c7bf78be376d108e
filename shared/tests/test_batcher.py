"""What is asked of one thing at the same moment is decided together, and nothing is lost on the way."""

from __future__ import annotations

import asyncio

import pytest

from shared.batcher import Batcher
from shared.errors import Refused, Unavailable


class World:
    def __init__(self, **limits: int) -> None:
        self.batches: list[tuple[str, list[int]]] = []
        self.go = asyncio.Event()
        self.error: Exception | None = None
        self.batcher: Batcher[str, int, int] = Batcher(self.decide, **{"most": 100, **limits}, size=lambda n: n)

    async def decide(self, key: str, requests: list[int]) -> list[int]:
        self.batches.append((key, requests))
        await self.go.wait()
        if self.error:
            raise self.error
        return [2 * n for n in requests]

    def ask(self, *requests: int, key: str = "a") -> list[asyncio.Task[int]]:
        return [asyncio.create_task(self.batcher.ask(key, n)) for n in requests]


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_gathers_while_one_is_decided_is_decided_together_in_order():
    world = World(most_size=10_000)
    asked = world.ask(1)
    await turns()
    asked += world.ask(2, 3, 4)
    await turns()
    world.go.set()
    assert await asyncio.gather(*asked) == [2, 4, 6, 8]
    assert world.batches == [("a", [1]), ("a", [2, 3, 4])]
    assert not world.batcher._waiting
    assert not world.batcher._working


async def test_a_batch_ends_at_its_number_or_size_but_takes_one_at_least():
    world = World(most=3, most_size=10)
    world.go.set()
    assert await asyncio.gather(*world.ask(50, 1, 2, 3, 4, 9, 2)) == [100, 2, 4, 6, 8, 18, 4]
    assert [requests for _, requests in world.batches] == [[50], [1, 2, 3], [4], [9], [2]]


async def test_keys_do_not_wait_for_each_other():
    world = World(most_size=100)
    slow = world.ask(1)
    await turns()
    other = world.ask(2, key="b")
    await turns()
    assert [key for key, _ in world.batches] == ["a", "b"]
    world.go.set()
    assert await asyncio.gather(*slow, *other) == [2, 4]


async def test_a_failure_reaches_every_caller_of_its_batch_and_no_other():
    world = World(most_size=100)
    world.error = Refused("no", "no")
    first = world.ask(1, 2)
    await turns()
    world.go.set()
    results = await asyncio.gather(*first, return_exceptions=True)
    assert [type(result) for result in results] == [Refused, Refused]
    world.error = None
    assert await asyncio.gather(*world.ask(3)) == [6]


async def test_a_caller_that_gives_up_leaves_the_others_alone():
    world = World(most_size=100)
    asked = world.ask(1, 2, 3)
    await turns()
    asked[1].cancel()
    world.go.set()
    assert await asked[0] == 2
    assert await asked[2] == 6


async def test_callers_of_a_process_that_stops_learn_it():
    world = World(most_size=100)
    under_way = world.ask(1)
    await turns()
    waiting = world.ask(2)
    await turns()
    world.batcher._working["a"].cancel()
    for task in (*under_way, *waiting):
        with pytest.raises(Unavailable, match="stopping"):
            await task
