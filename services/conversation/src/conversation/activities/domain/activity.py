"""One activity: what a customer did elsewhere, and by which identifiers they were known there.

It carries no contact. Whose it is follows from its identifiers whenever a timeline is read: so one of an unknown person
waits, and appears once a contact has the identifier, and goes along when contacts are merged and parted again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from conversation.people.domain.identifiers import Identifier, Kind, email_value, external_value
from shared.control_characters import without_control_characters
from shared.errors import Invalid
from shared.events import ContactActivity
from shared.ids import derived_id
from shared.values import Moment, Value


class Activity(Value):
    """As it is filed. `revision` is always 1: the first report of an activity stays."""

    id: str
    tenant_id: str
    channel: str
    at: Moment
    phone_number: str | None = None
    email: str | None = None
    external_id: str | None = None
    """System and id (`external_value`)."""
    name: str | None = None
    summary: str = ""
    link: str | None = None
    direction: Literal["inbound", "outbound", "none"] = "none"
    thread_key: str | None = None
    text: str = ""
    revision: int = 1

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        pairs: tuple[tuple[Kind, str | None], ...] = (
            ("phone", self.phone_number),
            ("email", self.email),
            ("external", self.external_id),
        )
        return tuple(Identifier(kind=kind, value=value) for kind, value in pairs if value)


def activity_id(tenant_id: str, channel: str, id: str) -> str:
    """The same id of a channel is the same activity, no matter which system reports it."""
    return derived_id("act", tenant_id, channel, id)


def activity_of(tenant_id: str, told: ContactActivity, now: datetime) -> Activity:
    """What another system reports is kept as far as it can be read. Nothing happens in the future."""
    clean = without_control_characters
    return Activity(
        id=activity_id(tenant_id, told.channel, told.activity_id),
        tenant_id=tenant_id,
        channel=clean(told.channel),
        at=min(told.at, now),
        phone_number=told.phone_number,
        email=_email(told.email),
        external_id=_external(told.external_system or told.channel, told.external_id),
        name=clean(told.name) if told.name else None,
        summary=clean(told.summary),
        link=told.link,
        direction=told.direction,
        thread_key=told.thread_key,
        text=clean(told.text),
    )


def values_of(identifiers: Iterable[Identifier]) -> dict[str, list[str]]:
    """By the field of an activity that holds them."""
    found: dict[str, list[str]] = {}
    for one in identifiers:
        found.setdefault(FIELD_OF[one.kind], []).append(one.value)
    return found


FIELD_OF = {"phone": "phone_number", "email": "email", "external": "external_id"}


def _email(text: str | None) -> str | None:
    """An address that no contact can have is kept as it came: a person may still read it."""
    if not text:
        return None
    try:
        return email_value(text)
    except Invalid:
        return without_control_characters(text).casefold() or None


def _external(system: str, id: str | None) -> str | None:
    if not id:
        return None
    try:
        return external_value(system, id)
    except Invalid:
        return None
