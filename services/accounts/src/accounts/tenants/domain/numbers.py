"""A phone number and its owner. There is one document per number in the installation, so it has one owner or none.

`revision` keeps growing when the owner changes: a service that hears of two owners in the wrong order still ends with
the later one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.audit import Action, Author, audit_entry, differences
from shared.aggregates import Decision, NewEvent
from shared.errors import NotFound, Refused
from shared.events import NumberChanged
from shared.events.accounts import Capability, NumberClass
from shared.values import Moment, Value


class Number(Value):
    facts: NumberChanged
    created_at: Moment
    """When the number was first added here, by any tenant."""

    def belongs_to(self, tenant_id: str) -> bool:
        return self.facts.tenant_id == tenant_id


RATES: dict[NumberClass, float] = {"long_code": 0.1, "ten_dlc": 1.0, "toll_free": 20.0}
"""SMS parts per second the carrier takes by default. A registered 10DLC number is limited by its campaign at each
network instead; 1.0 is what the smallest brands get."""


@dataclass(frozen=True)
class Pace:
    """How fast a number may send. The class gives the default rate."""

    number_class: NumberClass = "ten_dlc"
    parts_per_second: float = RATES["ten_dlc"]
    daily_parts: int | None = None


@dataclass(frozen=True)
class Assignment:
    """A number as a tenant wants it."""

    phone_number: str
    tenant_id: str
    connection_id: str
    label: str = ""
    pace: Pace = Pace()
    capabilities: tuple[Capability, ...] = ("sms", "mms")


def assign(state: Number | None, assignment: Assignment, author: Author) -> Decision[Number]:
    """Raises `Refused`: a number has one owner. The refusal does not say which tenant it is."""
    if state is not None and state.facts.tenant_id is not None:
        if state.belongs_to(assignment.tenant_id):
            raise Refused("number_exists", "This number is already yours; PATCH it to change it.")
        raise Refused("number_taken", "This number cannot be added; if it is yours, ask the operator.")
    facts = NumberChanged(
        phone_number=assignment.phone_number,
        revision=state.facts.revision + 1 if state else 1,
        tenant_id=assignment.tenant_id,
        connection_id=assignment.connection_id,
        assigned_at=author.at,
        label=assignment.label,
        parts_per_second=assignment.pace.parts_per_second,
        daily_parts=assignment.pace.daily_parts,
        number_class=assignment.pace.number_class,
        capabilities=assignment.capabilities,
    )
    created_at = state.created_at if state else author.at
    return _decision(None, Number(facts=facts, created_at=created_at), author, "number.added")


def change_number(
    state: Number | None, tenant_id: str, changes: Mapping[str, Any], author: Author
) -> Decision[Number] | None:
    """Another class brings its default rate, unless a rate is given with it."""
    number = _owned(state, tenant_id)
    defaults: dict[str, Any] = {}
    if (chosen := changes.get("number_class", number.facts.number_class)) != number.facts.number_class:
        defaults["parts_per_second"] = RATES[chosen]
    facts = number.facts.but(**(defaults | dict(changes)))
    if facts == number.facts:
        return None
    return _decision(number, number.but(facts=facts.but(revision=facts.revision + 1)), author, "number.changed")


def release(state: Number | None, tenant_id: str, author: Author) -> Decision[Number]:
    """Without an owner from now on. The document stays: its revision must keep growing."""
    number = _owned(state, tenant_id)
    facts = number.facts.but(tenant_id=None, connection_id=None, label="", revision=number.facts.revision + 1)
    return _decision(number, number.but(facts=facts), author, "number.released")


def _owned(state: Number | None, tenant_id: str) -> Number:
    if state is None or not state.belongs_to(tenant_id):
        raise NotFound("not_found", "No such number.")
    return state


def _decision(old: Number | None, new: Number, author: Author, what: str) -> Decision[Number]:
    """Audited for the owner, or for the tenant that has just released it: an owner never sees an earlier one."""
    owner = new.facts.tenant_id or (old.facts.tenant_id if old else None) or ""
    action = Action(what, new.facts.phone_number, new.facts.revision)
    changes = differences(old.facts if old else None, new.facts)
    event = NewEvent(new.facts, subject=new.facts.phone_number, key=new.facts.phone_number)
    return Decision(new, events=(event,), records=(audit_entry(owner, author, action, changes),))
