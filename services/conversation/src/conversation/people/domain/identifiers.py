"""Identifiers of a contact: phone numbers, e-mail addresses, ids of other systems. Each belongs to one contact.

Of each kind there is one spelling, so that two spellings of one address never become two contacts.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from email_validator import EmailNotValidError, validate_email

from shared.blank_text import is_blank
from shared.errors import Invalid
from shared.ids import derived_id
from shared.values import Value

Kind = Literal["phone", "email", "external"]
MOST_OF_A_KIND = 20
LONGEST_EMAIL = 320
LONGEST_SYSTEM, LONGEST_EXTERNAL_ID = 50, 200
_BETWEEN = "\x1f"
"""Between system and id: neither may contain a control character."""
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Identifier(Value):
    """One way to recognise a person, in its one spelling."""

    kind: Kind
    value: str
    """E.164 (or a short code or sender name), a case-folded address, or system and id (`external_value`)."""

    @property
    def shown(self) -> str:
        return self.value.replace(_BETWEEN, ":")

    @property
    def pair(self) -> tuple[str, str]:
        """System and id of an external one."""
        system, _, id = self.value.partition(_BETWEEN)
        return system, id


def email_value(text: str) -> str:
    """The one spelling: case-folded, the domain in Unicode (of the domain's own
    letters IDNA has lower-cased those that mean the same). Raises `Invalid("invalid_email")`."""
    plain = text.strip()
    if len(plain) > LONGEST_EMAIL:
        raise Invalid("invalid_email", f"an e-mail address has at most {LONGEST_EMAIL} characters")
    if _hidden(plain):  # the mapping of domain names would drop some of them silently
        raise Invalid("invalid_email", "this e-mail address contains a character that cannot be seen; remove it")
    try:
        found = validate_email(plain, check_deliverability=False, globally_deliverable=False, test_environment=True)
    except EmailNotValidError as error:
        raise Invalid("invalid_email", f"not an e-mail address: {error}") from None
    return f"{found.local_part.casefold()}@{found.domain}"


def is_email(value: str) -> bool:
    """Whether this is an address in its one spelling."""
    try:
        return email_value(value) == value
    except Invalid:
        return False


def external_value(system: str, id: str) -> str:
    """Raises `Invalid("invalid_external_id")`."""
    system, id = system.strip(), id.strip()
    if is_blank(system) or is_blank(id) or len(system) > LONGEST_SYSTEM or len(id) > LONGEST_EXTERNAL_ID:
        detail = (
            f"an external id has a system of 1 to {LONGEST_SYSTEM} characters and an id of 1 to {LONGEST_EXTERNAL_ID}"
        )
        raise Invalid("invalid_external_id", detail)
    if _hidden(system + id):
        raise Invalid("invalid_external_id", "this external id contains a character that cannot be seen; remove it")
    return f"{system}{_BETWEEN}{id}"


def claim_id(tenant_id: str, identifier: Identifier) -> str:
    """Of the document that says which contact an identifier belongs to. Of a number it is the contact's own id, or that
    of a document which points to the contact."""
    if identifier.kind == "phone":
        return derived_id("cct", tenant_id, identifier.value)
    return derived_id("clm", tenant_id, identifier.kind, identifier.value)


def _hidden(text: str) -> bool:
    return any(unicodedata.category(char) in _INVISIBLE for char in text)
