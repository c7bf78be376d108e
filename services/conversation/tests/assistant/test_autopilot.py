"""When a guide earns its autopilot and when it loses it, decided on values alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.domain.judgement.autopilot import (
    FEWEST,
    Autopilot,
    AutopilotState,
    Ground,
    Judgement,
    allowance,
    decide,
    score,
)
from conversation.domain.judgement.autopilot_report import report
from shared.events.conversation import Verdict

START = datetime(2026, 3, 1, tzinfo=UTC)
EARNED = Autopilot(ceiling="earned", threshold=0.9, least=20)
BLANK = AutopilotState(id="ten|gde", tenant_id="ten")
GOOD, BAD, HANDED = ("accepted", 0.0), ("replaced", 0.9), ("handed_over", None)
Kind = tuple[Verdict, float | None]


def judgements(*kinds: Kind, after: int = 0) -> list[Judgement]:
    return [
        Judgement(
            run_id=f"run_{n}", at=START + timedelta(minutes=n), mode="suggest", verdict=verdict, distance=distance
        )
        for n, (verdict, distance) in enumerate(kinds, start=after)
    ]


def earned() -> AutopilotState:
    after = decide(BLANK, EARNED, judgements(*[GOOD] * 20))
    assert after
    return after


@pytest.mark.parametrize(
    ("kinds", "earns"),
    [
        ([GOOD] * 20, True),
        ([GOOD] * 19, False),
        ([GOOD] * 18 + [BAD] * 2, True),
        ([GOOD] * 17 + [BAD] * 3, False),
        ([BAD] * 30 + [GOOD] * 20, True),
        ([GOOD] * 18 + [("edited", 0.2)] * 2, True),
        ([GOOD] * 17 + [("edited", 0.21)] * 3, False),
        ([GOOD] * 17 + [("rejected", None)] * 3, False),
        ([GOOD] * 19 + [("superseded", None)] * 9, False),
        ([GOOD] * 10 + [HANDED] * 5 + [GOOD] * 10, True),
    ],
)
def test_autopilot_is_earned_by_the_latest_judged_answers(kinds: list[Kind], earns: bool) -> None:
    after = decide(BLANK, EARNED, judgements(*kinds))
    assert (after is not None and after.earned) is earns


@pytest.mark.parametrize(
    ("kinds", "falls"),
    [
        ([GOOD] * 30, False),
        ([BAD] * (FEWEST - 1), False),
        ([GOOD] * 8 + [BAD] * 2, True),
        ([GOOD] * 9 + [BAD], False),
        ([GOOD] * 18 + [BAD] * 2, False),
        ([GOOD] * 7 + [HANDED] * 3, True),
        ([GOOD] * 9 + [HANDED], False),
    ],
)
def test_it_falls_back_when_corrections_or_hand_overs_rise(kinds: list[Kind], falls: bool) -> None:
    after = decide(earned(), EARNED, judgements(*kinds, after=100))
    assert (after is not None and not after.earned) is falls
    if after:
        ground = after.changes[-1].ground
        assert ground
        assert ground.code == ("handed_over" if HANDED in kinds else "disagreed")
        assert after.changes[-1].why == ground.sentence


def test_what_earned_it_does_not_count_against_it_later_nor_the_other_way_round() -> None:
    state = earned()
    assert decide(state, EARNED, judgements(*[GOOD] * 20)) is None
    lost = decide(state, EARNED, judgements(*[BAD] * FEWEST, after=100))
    assert lost
    assert decide(lost, EARNED, judgements(*[GOOD] * 20) + judgements(*[BAD] * FEWEST, after=100)) is None


def test_without_the_setting_nothing_is_decided() -> None:
    for ceiling in ("auto", "suggest"):
        setting = EARNED.but(ceiling=ceiling)
        assert decide(BLANK, setting, judgements(*[GOOD] * 50)) is None
        assert allowance(setting, earned=False).ceiling == ceiling
        assert not allowance(setting, earned=True).is_counted
    assert allowance(Autopilot(), earned=False).ceiling == "auto", "a guide without a setting changes nothing"
    assert (allowance(EARNED, earned=False).ceiling, allowance(EARNED, earned=True).ceiling) == ("suggest", "auto")


def test_a_guide_says_what_is_missing_and_why_it_fell_back() -> None:
    begun = judgements(*[GOOD] * 12)
    shown = report(EARNED, BLANK, score(begun))
    assert (shown.state, shown.n, shown.why) == ("not_earned", 12, "8 more judged answers are needed.")
    assert report(EARNED, earned(), score(begun)).state == "earned"
    lost = decide(earned(), EARNED, judgements(*[BAD] * FEWEST, after=100))
    assert lost
    assert [change.ground for change in lost.changes] == [
        Ground(code="agreed", good=20, n=20),
        Ground(code="disagreed", good=0, n=FEWEST),
    ]
    assert report(EARNED, lost, score([])).why.startswith("It fell back: only 0 of the latest 10 answers stayed")


KINDS = st.sampled_from([GOOD, GOOD, GOOD, BAD, HANDED, ("edited", 0.1), ("superseded", None)])


@settings(max_examples=60, deadline=None)
@given(st.lists(KINDS, max_size=60), st.randoms(use_true_random=False))
def test_order_and_duplicates_of_judgements_make_no_difference(kinds: list[Kind], random: object) -> None:
    rows = judgements(*kinds)
    shuffled = rows + rows[: len(rows) // 2]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert decide(BLANK, EARNED, shuffled) == decide(BLANK, EARNED, rows)
    assert score(shuffled) == score(rows)


@settings(max_examples=60, deadline=None)
@given(st.lists(KINDS, max_size=150))
def test_it_never_flaps(kinds: list[Kind]) -> None:
    """Judged one after the other, two changes have at least so many judgements between them."""
    state, seen, changed_at = BLANK, list[Judgement](), list[int]()
    for n, row in enumerate(judgements(*kinds)):
        seen.append(row)
        after = decide(state, EARNED, seen)
        if after:
            assert after.earned is not state.earned
            state = after
            changed_at.append(n)
    assert all(later - earlier >= FEWEST for earlier, later in pairwise(changed_at))
