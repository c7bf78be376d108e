"""Which assistant answers, and why: the conversation's, the guide's, a route's, the default."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_responder.assistants.domain.business_hours import BusinessHours, OpeningTimes
from ai_responder.assistants.domain.choice import unanswered
from ai_responder.assistants.domain.routes import Arrival, Route, by_rank, matching, rule_of
from shared.events import ReplyRequested, TranscriptLine
from shared.texts.said_words import SaidWords

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
OURS, OTHER = "+13125550100", "+13125550101"
MORNING = BusinessHours(open=(OpeningTimes(days=("mon",), opens="06:00", closes="12:00"),))


def route(id: str, **more: Any) -> Route:
    fields: dict[str, Any] = {"assistant_id": f"ast_{id}", "created_at": NOON, "created_by": "usr_1", **more}
    return Route(id=id, **fields)


def arrival(text: str = "Do you do weddings? A WEDDING cake", number: str = OURS, zone: str = "UTC") -> Arrival:
    return Arrival(number, SaidWords(text), NOON, zone)


@pytest.mark.parametrize(
    ("one", "came", "matches"),
    [
        (route("all"), arrival(), True),
        (route("n", number=OURS), arrival(), True),
        (route("n", number=OTHER), arrival(), False),
        (route("k", keyword="wedding"), arrival(), True),
        (route("k", keyword="wed"), arrival(), False),
        (route("h", hours=MORNING), arrival(), False),
        (route("h", hours=MORNING), arrival(zone="America/Chicago"), True),
        (route("nk", number=OURS, keyword="wedding"), arrival(), True),
        (route("nk", number=OTHER, keyword="wedding"), arrival(), False),
        (route("nk", number=OURS, keyword="funeral"), arrival(), False),
    ],
)
def test_a_route_matches_where_all_that_it_names_is_so(one: Route, came: Arrival, matches: bool) -> None:
    assert (matching([one], came) == [one]) is matches


def test_the_highest_priority_is_looked_at_first_then_the_oldest() -> None:
    routes = [
        route("young", priority=50, created_at=NOON + timedelta(days=1)),
        route("old", priority=50),
        route("high", priority=90, keyword="wedding"),
        route("higher", priority=99, keyword="funeral"),
    ]
    assert [one.id for one in matching(routes, arrival())] == ["high", "old", "young"]


@given(st.permutations([route(f"r{n}", priority=n % 3, created_at=NOON + timedelta(days=n % 2)) for n in range(6)]))
def test_the_order_in_which_routes_were_added_makes_no_difference(routes: list[Route]) -> None:
    assert [one.id for one in by_rank(routes)] == ["r2", "r5", "r4", "r1", "r0", "r3"]


def test_a_rule_says_what_matched() -> None:
    assert rule_of(route("x", number=OURS, keyword="wedding", hours=MORNING, priority=7)) == (
        f'route of priority 7: number {OURS}, keyword "wedding" in the unanswered texts, within its hours'
    )
    assert rule_of(route("x")) == "route of priority 50: every text"


def test_routes_look_at_the_texts_since_our_last_one() -> None:
    said = [("customer", "wedding"), ("assistant", "Gladly."), ("customer", "and"), ("customer", "bread?")]
    request = ReplyRequested(
        thread_id="thr", conversation_id="cnv", turn=1, number=OURS, contact=OTHER, ai_mode="auto", answer_by=NOON,
        history=tuple(TranscriptLine(author=author, text=text, at=NOON) for author, text in said),  # type: ignore[arg-type]
    )  # fmt: skip
    assert unanswered(request) == "and\nbread?"
