"""Turns what a model wants to call into acts: only tools that it has, only with arguments that make sense."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ai_responder.domain.claims import Deed, word_set, words_in
from ai_responder.tools.domain import definitions as names
from ai_responder.tools.domain.calls import ToolCall
from ai_responder.tools.domain.settings import NO_TOOLS, ToolSettings
from shared.control_characters import without_control_characters
from shared.events.ai_responder import Act
from shared.local_time.zones import zone_of

MOST_ACTS = 8
LONGEST_VALUE, LONGEST_TEXT, LONGEST_REASON = 500, 1_000, 300


@dataclass(frozen=True)
class Toolkit:
    """The tools of a run, and its time: a follow-up is meant by the business's clock."""

    settings: ToolSettings = NO_TOOLS
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    timezone: str = "UTC"


NO_KIT = Toolkit()


@dataclass(frozen=True)
class Taken:
    """`problems` are for the model: what to do otherwise. `hand_over`: why a person is to take over; None: none is."""

    acts: tuple[Act, ...] = ()
    problems: tuple[str, ...] = ()
    hand_over: str | None = None


class BadCall(Exception):
    """The sentence says what is wrong with it."""


def take(calls: Iterable[ToolCall], kit: Toolkit) -> Taken:
    acts: dict[tuple[str, str], Act] = {}
    problems: list[str] = []
    hand_over: str | None = None
    for call in calls:
        try:
            if call.name == names.HAND_OVER:
                hand_over = (
                    _line((call.arguments or {}).get("reason"), LONGEST_REASON) or "the assistant asked for a person"
                )
            else:
                act = _act(call, kit)
                acts[_once(act)] = act
        except BadCall as bad:
            problems.append(str(bad))
    return Taken(tuple(acts.values())[:MOST_ACTS], tuple(dict.fromkeys(problems)), hand_over)


def together(before: tuple[Act, ...], new: tuple[Act, ...]) -> tuple[Act, ...]:
    """Of two of a kind the later one counts."""
    return tuple({_once(act): act for act in (*before, *new)}.values())[:MOST_ACTS]


def deeds(acts: Iterable[Act], kit: Toolkit) -> list[str]:
    """What the acts bear out in the answer, in words of ours: "I have scheduled a reminder for Friday at 10". Nothing
    that the model wrote itself stands in them, so that it cannot vouch for itself."""
    return [_DEEDS[act.kind].format(at=spoken(act.at, kit) if act.at else "") for act in acts]


def borne_out(acts: Iterable[Act]) -> list[Deed]:
    """What the answer may claim as done, and about what only: a field that was noted moves no appointment."""
    found: list[Deed] = []
    for act in acts:
        if act.kind == names.FOLLOW_UP:
            found.append(Deed(_PLANNED, _REMINDERS))
        elif act.kind == names.SET_FIELD:
            found.append(Deed(_NOTED, _NOTES | set(words_in(act.name))))
    return found


_PLANNED = word_set("scheduled arranged placed programado agendado programé agendé")
_REMINDERS = word_set("reminder reminders follow followup text message recordatorio aviso mensaje")
_NOTED = word_set("updated changed registered actualizado actualizada cambiado cambiada actualicé cambié")
_NOTES = word_set("""
    note notes record records details file profile preference preferences information info nota ficha datos perfil
    preferencia
""")
_DEEDS = {
    names.LABEL: "labelled, marked, flagged",
    names.SET_FIELD: "noted, saved, recorded, updated, changed, registered",
    names.CLOSE: "closed",
    names.FOLLOW_UP: "scheduled, arranged, set: we text you, get back to you, remind you, follow up {at}",
}


def _act(call: ToolCall, kit: Toolkit) -> Act:
    makers: dict[str, tuple[bool, Callable[[dict[str, Any], Toolkit], Act]]] = {
        names.CLOSE: (kit.settings.close, _close),
        names.LABEL: (bool(kit.settings.labels), _label),
        names.SET_FIELD: (bool(kit.settings.fields), _set_field),
        names.FOLLOW_UP: (kit.settings.follow_up, _follow_up),
    }
    offered, make = makers.get(call.name, (False, _close))
    if not offered:
        raise BadCall("There is no such tool; use those you were given only")
    if call.arguments is None:
        raise BadCall(f"The arguments of {call.name} were no whole JSON object")
    return make(call.arguments, kit)


def _close(_: dict[str, Any], __: Toolkit) -> Act:
    return Act(kind="close")


def _label(given: dict[str, Any], kit: Toolkit) -> Act:
    wanted = _line(given.get("label", given.get("name")), LONGEST_VALUE).casefold()
    label = next((one for one in kit.settings.labels if one.casefold() == wanted), None)
    if label is None:
        raise BadCall("label takes one of the labels you were given")
    return Act(kind="label", name=label)


def _set_field(given: dict[str, Any], kit: Toolkit) -> Act:
    wanted = _line(given.get("field", given.get("name")), LONGEST_VALUE).casefold()
    field = next((one.name for one in kit.settings.fields if one.name.casefold() == wanted), None)
    if field is None:
        raise BadCall("set_field takes one of the fields you were given")
    value = _line(given.get("value"), LONGEST_VALUE + 1)
    if not value or len(value) > LONGEST_VALUE:
        raise BadCall(f"set_field takes a value of 1 to {LONGEST_VALUE} characters")
    return Act(kind="set_field", name=field, value=value)


def _follow_up(given: dict[str, Any], kit: Toolkit) -> Act:
    text = given.get("text", given.get("message"))
    plain = without_control_characters(text).strip() if isinstance(text, str) else ""
    if not plain or len(plain) > LONGEST_TEXT:
        raise BadCall("follow_up takes the text to send")
    at = _in_hours(given.get("in_hours"), kit) or _local(given.get("at"), kit)
    least, most = (kit.now + timedelta(hours=hours) for hours in (names.LEAST_HOURS, names.MOST_HOURS))
    if at is None or not least <= at <= most:
        raise BadCall("follow_up takes a time between 15 minutes and 60 days from now, as in_hours or at")
    return Act(kind="follow_up", text=plain, at=at)


def _in_hours(hours: Any, kit: Toolkit) -> datetime | None:
    try:
        number = float(hours) if isinstance(hours, int | float | str) and not isinstance(hours, bool) else 0.0
        return kit.now + timedelta(hours=number) if 0 < number <= names.MOST_HOURS else None
    except (ValueError, OverflowError):  # a whole number may have thousands of digits
        return None


def _local(text: Any, kit: Toolkit) -> datetime | None:
    """A time without a zone is the business's own."""
    try:
        moment = datetime.fromisoformat(text.strip()) if isinstance(text, str) else None
        if moment is None:
            return None
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=zone_of(kit.timezone))
        return zoned.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _once(act: Act) -> tuple[str, str]:
    """Of two calls of a kind the later one counts; labels and fields each by their name."""
    return act.kind, act.name


def _line(value: Any, longest: int) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(without_control_characters(str(value)).split())[:longest]


def spoken(at: datetime, kit: Toolkit) -> str:
    """By the business's clock."""
    local = at.astimezone(zone_of(kit.timezone))
    return f"on {local:%A}, {local:%B} {local.day}, {local.year}, at {local:%H:%M}"
