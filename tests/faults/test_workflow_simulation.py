"""A month of workflow runs in virtual time, with every fault at once; and mistakes that it must find.

Clocks change, campaigns pause, a cap holds texts for a day, nothing is handled for forty minutes at a time, saves are
lost, happenings come twice and late, people write in pieces, too late or STOP, and every other person has two runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from campaigns.workflows.domain import engine, local_times, sends, stepping, waits
from campaigns.workflows.domain.happenings import Replied, TextSettled
from campaigns.workflows.domain.move import Move
from workflow_month import Month

SEEDS = range(8)


@cache
def played(seed: int) -> tuple[Month, list[str]]:
    month = Month(seed)
    return month, month.play()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_month_of_faults_leaves_nothing_wrong(seed: int) -> None:
    assert played(seed)[1] == []


def test_the_month_has_all_of_its_faults() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        month, _ = played(seed)
        for run in month.runs.values():
            seen.update([run.state, *(entry.what for entry in run.history)])
        seen["two runs"] += sum(len({text.to.run_id for text in texts}) > 1 for texts in month.wrote.values())
    wanted = {"sent", "not_sent", "withdrawn", "held", "replied", "timed_out", "invalid", "saved", "jumped", "stopped"}
    assert wanted | {"two runs", "fell_through", "nothing_saved"} <= {what for what, n in seen.items() if n}


Plant = Callable[[pytest.MonkeyPatch], None]


def _any_status_moves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The status of whatever message is taken for that of the one being sent."""

    def settle(move: Move, text: TextSettled) -> None:
        sending = move.run.sending
        sends.settle(move, text.but(message_id=sending.message_id) if sending and sending.message_id else text)

    monkeypatch.setattr(engine, "settle", settle)


def _delays_count_from_handling(monkeypatch: pytest.MonkeyPatch) -> None:
    def settle(move: Move, text: TextSettled) -> None:
        sends.settle(move, text.but(at=move.now))

    monkeypatch.setattr(engine, "settle", settle)


def _timers_may_be_early(monkeypatch: pytest.MonkeyPatch) -> None:
    original = engine._due

    def due(move: Move) -> None:
        if move.run.due_at is not None:
            move.now = max(move.now, move.run.due_at)
        original(move)

    monkeypatch.setattr(engine, "_due", due)


def _no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "GRACE", timedelta(0))


def _stop_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    def opt_out(move: Move, _out: object) -> None:
        if move.run.phase in ("waiting", "hearing"):
            move.end("stopped", "opted_out")

    monkeypatch.setattr(engine, "_opt_out", opt_out)


def _the_first_to_ask_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    original = waits.takes_reply

    def takes_reply(runs: Any, at: datetime, message_id: str = "") -> Any:
        kept = list(runs)
        alone = [run for run in kept if original([run], at, message_id)]
        return min(alone, key=lambda run: run.wait.asked_at if run.wait else at, default=None)

    monkeypatch.setattr(waits, "takes_reply", takes_reply)


def _everyone_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def hear(move: Move, text: Replied) -> None:
        waits.hear(move, text.but(mine=True))

    monkeypatch.setattr(engine, "hear", hear)


def _every_day_has_24_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    def next_at(clock: str, zones: tuple[str, ...], now: datetime, _days: Any = ()) -> datetime:
        """With the offset that the clocks had when winter was on."""
        winter = local_times._moment(date(2026, 3, 1), clock, zones)
        return winter + max(0, -((winter - now) // timedelta(days=1))) * timedelta(days=1)

    monkeypatch.setattr(stepping, "next_at", next_at)


def _withdrawn_is_as_good_as_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def settle(move: Move, text: TextSettled) -> None:
        sends.settle(move, text.but(reason=""))

    monkeypatch.setattr(engine, "settle", settle)


def _sent_again_under_the_same_id(monkeypatch: pytest.MonkeyPatch) -> None:
    original = sends.message_id_of
    monkeypatch.setattr(sends, "message_id_of", lambda run_id, path, visit: original(run_id, path, 1))


def _a_pause_holds_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is withdrawn is asked for again at once, and again."""
    monkeypatch.setattr(sends, "send_held", lambda move: None)
    monkeypatch.setattr(engine, "send_held", lambda move: None)


def _a_text_heard_twice_counts_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def hear(move: Move, text: Replied) -> None:
        waits.hear(move, text.but(message_id=f"{text.message_id}-{move.now.timestamp()}"))

    monkeypatch.setattr(engine, "hear", hear)


def _each_text_is_a_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    def hear(move: Move, text: Replied) -> None:
        waits.hear(move, text.but(quiet_seconds=0))

    monkeypatch.setattr(engine, "hear", hear)


def _a_reply_counts_when_it_is_handled(monkeypatch: pytest.MonkeyPatch) -> None:
    def hear(move: Move, text: Replied) -> None:
        waits.hear(move, text.but(effective_at=move.now))

    monkeypatch.setattr(engine, "hear", hear)


def _everything_is_one_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sends, "ONE_TO_ONE_FOR", timedelta(days=99))


def _one_round_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    original = stepping._STEPS[stepping.GoTo]
    generous = {stepping.GoTo: lambda move, step, next: original(move, step.but(at_most=step.at_most + 1), next)}
    monkeypatch.setattr(stepping, "_STEPS", stepping._STEPS | generous)


MISTAKES: list[Plant] = [
    _any_status_moves_it,
    _delays_count_from_handling,
    _timers_may_be_early,
    _no_grace,
    _stop_is_forgotten,
    _the_first_to_ask_takes_it,
    _everyone_takes_it,
    _every_day_has_24_hours,
    _withdrawn_is_as_good_as_sent,
    _sent_again_under_the_same_id,
    _a_pause_holds_nothing_back,
    _a_text_heard_twice_counts_twice,
    _each_text_is_a_reply,
    _a_reply_counts_when_it_is_handled,
    _everything_is_one_to_one,
    _one_round_too_many,
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda plant: plant.__name__.strip("_"))
def test_a_planted_mistake_is_found(mistake: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    mistake(monkeypatch)
    assert any(Month(seed).play() for seed in SEEDS)
