"""A phone number and whose it is. One document per number in the whole installation, so it has one owner or none.

`revision` grows over all owners: a service that hears of two owners in the wrong order still ends with the later one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.aggregates import Decision, NewEvent
from shared.errors import NotFound, Refused
from shared.events import NumberChanged
from shared.values import Moment, Value


class Number(Value):
    facts: NumberChanged
    created_at: Moment
    """When it was first seen here, whoever had it then."""

    def belongs_to(self, tenant_id: str) -> bool:
        return self.facts.tenant_id == tenant_id


@dataclass(frozen=True)
class Assignment:
    """What a tenant wants a number for."""

    phone_number: str
    tenant_id: str
    connection_id: str
    label: str = ""
    parts_per_second: float = 1.0


def assign(state: Number | None, wanted: Assignment, now: datetime) -> Decision[Number]:
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
        assigned_at=now,
        label=wanted.label,
        parts_per_second=wanted.parts_per_second,
    )
    return _told(Number(facts=facts, created_at=state.created_at if state else now))


def change_number(state: Number | None, tenant_id: str, changes: Mapping[str, Any]) -> Decision[Number] | None:
    number = _owned(state, tenant_id)
    facts = number.facts.but(**changes)
    if facts == number.facts:
        return None
    return _told(number.but(facts=facts.but(revision=facts.revision + 1)))


def release(state: Number | None, tenant_id: str) -> Decision[Number]:
    """Nobody's from now on. The document stays: its revision must go on growing."""
    number = _owned(state, tenant_id)
    facts = number.facts.but(tenant_id=None, connection_id=None, label="", revision=number.facts.revision + 1)
    return _told(number.but(facts=facts))


def _owned(state: Number | None, tenant_id: str) -> Number:
    if state is None or not state.belongs_to(tenant_id):
        raise NotFound("not_found", "no such number")
    return state


def _told(number: Number) -> Decision[Number]:
    event = NewEvent(number.facts, subject=number.facts.phone_number, key=number.facts.phone_number)
    return Decision(number, events=(event,))
