"""A phone number and whose it is. One document per number in the whole installation, so it has one owner or none.

`revision` grows over all owners: a service that hears of two owners in the wrong order still ends with the later one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.audit import By, Deed, differences, entry
from shared.aggregates import Decision, NewEvent
from shared.errors import NotFound, Refused
from shared.events import NumberChanged
from shared.events.accounts import Capability, NumberClass
from shared.values import Moment, Value


class Number(Value):
    facts: NumberChanged
    created_at: Moment
    """When it was first seen here, whoever had it then."""

    def belongs_to(self, tenant_id: str) -> bool:
        return self.facts.tenant_id == tenant_id


RATES: dict[NumberClass, float] = {"long_code": 0.1, "ten_dlc": 1.0, "toll_free": 20.0}
"""SMS parts per second the carrier takes by default. A registered 10DLC number is limited by its campaign at each
network instead; 1.0 is what the smallest brands get."""


@dataclass(frozen=True)
class Pace:
    """How fast a number may send: its class says it, unless somebody knows better."""

    number_class: NumberClass = "ten_dlc"
    parts_per_second: float = RATES["ten_dlc"]
    daily_parts: int | None = None


@dataclass(frozen=True)
class Assignment:
    """What a tenant wants a number for."""

    phone_number: str
    tenant_id: str
    connection_id: str
    label: str = ""
    pace: Pace = Pace()
    capabilities: tuple[Capability, ...] = ("sms", "mms")


def assign(state: Number | None, wanted: Assignment, by: By) -> Decision[Number]:
    """Raises `Refused`: a number has one owner. Whose it is, is nobody else's business."""
    if state is not None and state.facts.tenant_id is not None:
        if state.belongs_to(wanted.tenant_id):
            raise Refused("number_exists", "this number is already yours; PATCH it to change it")
        raise Refused("number_taken", "this number cannot be added; if it is yours, ask the operator")
    facts = NumberChanged(
        phone_number=wanted.phone_number,
        revision=state.facts.revision + 1 if state else 1,
        tenant_id=wanted.tenant_id,
        connection_id=wanted.connection_id,
        assigned_at=by.at,
        label=wanted.label,
        parts_per_second=wanted.pace.parts_per_second,
        daily_parts=wanted.pace.daily_parts,
        number_class=wanted.pace.number_class,
        capabilities=wanted.capabilities,
    )
    return _told(None, Number(facts=facts, created_at=state.created_at if state else by.at), by, "number.added")


def change_number(state: Number | None, tenant_id: str, changes: Mapping[str, Any], by: By) -> Decision[Number] | None:
    """Another class brings its usual pace, unless one is given with it."""
    number = _owned(state, tenant_id)
    usual: dict[str, Any] = {}
    if (chosen := changes.get("number_class", number.facts.number_class)) != number.facts.number_class:
        usual["parts_per_second"] = RATES[chosen]
    facts = number.facts.but(**(usual | dict(changes)))
    if facts == number.facts:
        return None
    return _told(number, number.but(facts=facts.but(revision=facts.revision + 1)), by, "number.changed")


def release(state: Number | None, tenant_id: str, by: By) -> Decision[Number]:
    """Nobody's from now on. The document stays: its revision must go on growing."""
    number = _owned(state, tenant_id)
    facts = number.facts.but(tenant_id=None, connection_id=None, label="", revision=number.facts.revision + 1)
    return _told(number, number.but(facts=facts), by, "number.released")


def _owned(state: Number | None, tenant_id: str) -> Number:
    if state is None or not state.belongs_to(tenant_id):
        raise NotFound("not_found", "no such number")
    return state


def _told(old: Number | None, new: Number, by: By, what: str) -> Decision[Number]:
    """In the trail of whoever has it, or had it until now: another owner's past is none of theirs."""
    owner = new.facts.tenant_id or (old.facts.tenant_id if old else None) or ""
    deed = Deed(what, new.facts.phone_number, new.facts.revision)
    audited = entry(owner, by, deed, differences(old.facts if old else None, new.facts))
    event = NewEvent(new.facts, subject=new.facts.phone_number, key=new.facts.phone_number)
    return Decision(new, events=(event,), records=(audited,))
