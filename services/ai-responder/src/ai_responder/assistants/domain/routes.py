"""Routes: which assistant answers a text that names none, by number, keyword, time of day and priority."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ai_responder.assistants.domain.business_hours import BusinessHours, is_open
from shared.texts.said_words import SaidWords
from shared.values import Moment, Value

MOST_ROUTES = 100
"""Of one tenant: they are looked through for each text that names no assistant."""


class Route(Value):
    """Matches where everything that it names is so; one that names nothing matches every text."""

    id: str
    number: str | None = None
    """Ours, the one that was texted."""
    keyword: str | None = None
    hours: BusinessHours | None = None
    priority: int = 50
    assistant_id: str
    created_at: Moment
    created_by: str
    request_digest: str | None = None


@dataclass(frozen=True)
class Arrival:
    """What routes look at: the unanswered texts, to which of our numbers, and when it is on the tenant's clock."""

    number: str
    said: SaidWords
    at: datetime
    timezone: str


def by_rank(routes: Sequence[Route]) -> list[Route]:
    """The order in which they are looked at: by priority, the older first."""
    return sorted(routes, key=lambda route: (-route.priority, route.created_at, route.id))


def matching(routes: Sequence[Route], arrival: Arrival) -> list[Route]:
    return [route for route in by_rank(routes) if _matches(route, arrival)]


def rule_of(route: Route) -> str:
    """The route's conditions in words."""
    parts = [
        f"number {route.number}" if route.number else "",
        f'keyword "{route.keyword}" in the unanswered texts' if route.keyword else "",
        "within its hours" if route.hours else "",
    ]
    said = ", ".join(part for part in parts if part) or "every text"
    return f"route of priority {route.priority}: {said}"


def _matches(route: Route, arrival: Arrival) -> bool:
    if route.number and route.number != arrival.number:
        return False
    if route.hours and not is_open(route.hours, arrival.at, arrival.timezone):
        return False
    return not route.keyword or arrival.said.contains(route.keyword)
