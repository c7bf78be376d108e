"""How a canned reply reads in a conversation: the contact's values, and the name of the agent who sends it."""

from __future__ import annotations

from dataclasses import dataclass

from conversation.domain.contact_fields import pairs_of
from conversation.people.domain.contact import Contact
from shared.sms_parts import Measured, measure
from shared.text_templates.template import parse
from shared.text_templates.variables import variable_name, variables_of

AGENT = "agent"


@dataclass(frozen=True)
class RenderedReply:
    """`missing`: variables without value and default. They stand in the text in braces; fill them in before sending."""

    text: str
    missing: tuple[str, ...]
    measured: Measured


@dataclass(frozen=True)
class _Addressee:
    phone_number: str
    name: str
    company: str
    fields: tuple[tuple[str, str], ...]


def render_reply(text: str, contact: Contact | None, phone_number: str, agent: str | None) -> RenderedReply:
    """Raises `Invalid("invalid_text")` for a text that cannot be read."""
    values = variables_of(_addressee(contact, phone_number))
    rendered = parse(text).render(values | ({AGENT: agent} if agent else {}))
    return RenderedReply(rendered.text, rendered.missing, measure(rendered.text))


def _addressee(contact: Contact | None, phone_number: str) -> _Addressee:
    if contact is None:
        return _Addressee(phone_number, "", "", ())
    given = [*contact.facts, *pairs_of(contact.fields)]
    fields = tuple((name, value) for key, value in given if (name := variable_name(key)))
    emails = (("email", contact.emails[0]),) if contact.emails else ()
    return _Addressee(phone_number, contact.name or "", contact.company or "", (*emails, *fields))
