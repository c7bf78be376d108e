"""One holder per key, in the order of asking; keys do not know each other."""

from __future__ import annotations

import asyncio

import pytest

from shared.key_locks import KeyLocks


class Room:
    """Who is in, by key; fails where two are in at once."""

    def __init__(self) -> None:
        self.locks = KeyLocks()
        self.inside: dict[str, str] = {}
        self.went_in: list[str] = []
        self.leave = asyncio.Event()

    async def visit(self, key: str, name: str) -> None:
        async with self.locks.hold(key):
            assert key not in self.inside, f"{name} and {self.inside[key]} at once"
            self.inside[key] = name
            self.went_in.append(name)
            await self.leave.wait()
            await asyncio.sleep(0)
            del self.inside[key]


async def _all_have_begun() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_one_at_a_time_for_each_key_in_the_order_of_asking() -> None:
    room = Room()
    visits = [asyncio.create_task(room.visit(key, f"{key}{n}")) for n in range(4) for key in "ab"]
    await _all_have_begun()
    assert room.went_in == ["a0", "b0"]
    room.leave.set()
    await asyncio.gather(*visits)
    assert [name for name in room.went_in if name[0] == "a"] == ["a0", "a1", "a2", "a3"]
    assert room.locks.places == {}, "a key that is free costs nothing"


@pytest.mark.parametrize("gives_up", [1, 2])
async def test_who_gives_up_waiting_keeps_nobody_out(gives_up: int) -> None:
    room = Room()
    visits = [asyncio.create_task(room.visit("a", str(n))) for n in range(4)]
    await _all_have_begun()
    visits[gives_up].cancel()
    await _all_have_begun()
    room.leave.set()
    await asyncio.gather(*visits, return_exceptions=True)
    assert room.went_in == [str(n) for n in range(4) if n != gives_up]
    assert room.locks.places == {}


async def test_who_fails_inside_lets_the_next_one_in() -> None:
    room = Room()

    async def fail() -> None:
        async with room.locks.hold("a"):
            await asyncio.sleep(0)
            raise KeyError

    failing = asyncio.create_task(fail())
    await asyncio.sleep(0)
    room.leave.set()
    await room.visit("a", "next")
    with pytest.raises(KeyError):
        await failing
    assert room.went_in == ["next"]
