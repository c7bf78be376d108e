"""The sending rules under crashes, freezes, duplicates and reordering: the real sender, judged by the carrier's ledger.

Three senders with real handlers, workers and database share two customers (`sender_world.py` in tests/support). Each
planted mistake takes one rule away and must be found. More lives: `SENDER_LIVES=200 pytest tests/faults/...`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import pytest

from sender import handlers as handlers_module
from sender.domain import dispatch, settle
from sender.domain.lane import Lane
from sender.domain.message import Message
from sender.domain.withdraw import withdraw
from sender.sending import worker as worker_module
from sender.withdrawals.by_message import MessageWithdrawals
from sender_life import Life, one_run, without_real_time
from sender_world import FAIR, FROZEN, ROUGH, WEATHERS, Weather
from simulation import first_caught

LIVES = int(os.environ.get("SENDER_LIVES", "12"))
"""Of each weather; a life takes about a third of a second."""
CHUNKS = 3
SEEDS_TO_CATCH = range(60)


@pytest.fixture(autouse=True)
def _the_same_seed_is_the_same_life(monkeypatch: pytest.MonkeyPatch) -> None:
    without_real_time(monkeypatch)


# Each takes one rule away from the real code.


def requeue(lane: Lane, seen: Message, now: datetime, _timing: Any) -> Lane | None:
    message = lane.find(seen.id)
    if message is None or message.status != "submitting" or message.attempt != seen.attempt:
        return None
    return lane.with_message(message.moved("queued", now).but(tries=0, repeats=0, first_at=None, look_at=now))


def forget_withdrawals(lane: Lane, withdrawal: Any, now: datetime) -> Lane:
    return withdraw(lane, withdrawal, now).but(withdrawals=())


async def remember_no_ids(*_: Any) -> None:
    """As if a withdrawal by ids alone only concerned what is here."""


def any_flight(lane: Lane, _line: str) -> Message | None:
    return next((message for message in lane.messages if message.in_flight), None)


def all_heads(lane: Lane, priority: Any) -> list[Message]:
    return [message for message in lane.live_messages(priority) if message.status == "queued"]


def repeats_whatever_was_seen(message: Message, timing: Any) -> bool:
    return message.body is not None and message.repeats < len(timing.repeats)


def record_as_first(lane: Lane, message: Message, *rest: Any) -> Lane:
    return settle.record(lane, message.but(tries=min(1, message.tries)), *rest)


def nothing(_patch: pytest.MonkeyPatch) -> None:
    """The world itself makes this mistake."""


@dataclass(frozen=True)
class Mistake:
    plant: Callable[[pytest.MonkeyPatch], Any] = nothing
    weather: Weather = FAIR
    first: int = 0
    """A seed under which it was seen before: tried first, then all the others."""


PLANTED: dict[str, Mistake] = {
    "no-key": Mistake(first=4),
    "claim-without-version": Mistake(),
    "no-freshness-check": Mistake(weather=FROZEN, first=12),
    "lease-expiry-requeues": Mistake(lambda patch: patch.setattr(dispatch, "end_lease", requeue), ROUGH, 11),
    "repeat-after-500": Mistake(
        lambda patch: [patch.setattr(each, "may_repeat", repeats_whatever_was_seen) for each in (settle, dispatch)],
        first=1,
    ),
    "no-withdrawal-memory": Mistake(
        lambda patch: patch.setattr(handlers_module, "withdraw", forget_withdrawals), first=2
    ),
    "no-memory-of-ids": Mistake(lambda patch: patch.setattr(MessageWithdrawals, "remember", remember_no_ids), first=7),
    "one-flight": Mistake(lambda patch: patch.setattr(Lane, "flight", any_flight), first=4),
    "no-seq": Mistake(lambda patch: patch.setattr(Lane, "heads", all_heads)),
    "refusal-of-a-repeat-settles": Mistake(
        lambda patch: patch.setattr(worker_module, "record", record_as_first), ROUGH
    ),
}


@pytest.mark.timeout(120 + LIVES * 10)
@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("weather", WEATHERS)
async def test_the_real_sender_keeps_the_rules(weather: str, chunk: int) -> None:
    for seed in range(chunk, LIVES, CHUNKS):
        bad = await one_run(seed, weather=WEATHERS[weather])
        assert not bad, f"seed {seed} in {weather} weather: {bad}"


class Watched(Life):
    """A life that notes what happened in it."""

    notes: ClassVar[list[Any]] = []

    def judge(self) -> list[str]:
        world = self.world
        self.notes.append((world.began, world.accepted, world.saves, self.ends))
        return super().judge()


@pytest.mark.parametrize("seed", [4, 5])
async def test_the_same_seed_is_the_same_life(seed: int) -> None:
    """Or a mistake that was found once could not be looked at again."""
    Watched.notes.clear()
    for _ in range(2):
        await one_run(seed, weather=ROUGH, life=Watched)
    first, again = Watched.notes
    assert first == again


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
async def test_a_planted_mistake_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mistake = PLANTED[name]
    mistake.plant(monkeypatch)
    seeds = (mistake.first, *SEEDS_TO_CATCH)
    assert await first_caught(lambda seed: one_run(seed, name, mistake.weather), seeds) is not None


if __name__ == "__main__":  # python tests/faults/test_sender_rules.py 1000 ROUGH
    without_real_time(pytest.MonkeyPatch())
    for number in range(int(sys.argv[1])):
        if wrong := asyncio.run(one_run(number, weather=WEATHERS[sys.argv[2]])):
            print(number, wrong)
