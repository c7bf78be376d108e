"""Recipients that a request brings: which can be texted, and what is wrong with the others."""

from __future__ import annotations

from dataclasses import dataclass, field

from campaigns.campaigns.domain.recipient import Fields, NewRecipient
from shared.errors import Invalid
from shared.phone import country_of, to_e164

_SHORT_CODE_DIGITS = 6
_CODES = {"invalid_phone_number": "invalid_number", "not_textable": "landline"}


@dataclass(frozen=True)
class GivenRow:
    phone_number: str
    name: str = ""
    company: str = ""
    fields: Fields = ()


@dataclass(frozen=True)
class Rejected:
    """The row at this place of the request; a stable code and what is wrong."""

    index: int
    code: str
    detail: str


@dataclass
class Checked:
    rows: dict[int, NewRecipient] = field(default_factory=dict[int, NewRecipient])
    """By place in the request."""
    rejected: list[Rejected] = field(default_factory=list[Rejected])


def check(given: list[GivenRow], region: str, allowed_regions: tuple[str, ...]) -> Checked:
    """`region`: how national numbers are read. `allowed_regions`: countries that may be texted; empty: all."""
    found, numbers = Checked(), set[str]()
    for index, row in enumerate(given):
        try:
            number = _number(row.phone_number, region, allowed_regions)
        except Invalid as problem:
            found.rejected.append(Rejected(index, problem.code, problem.detail))
            continue
        if number in numbers:
            found.rejected.append(Rejected(index, "duplicate_in_file", "The number stands in this list already."))
            continue
        numbers.add(number)
        found.rows[index] = NewRecipient(phone_number=number, name=row.name, company=row.company, fields=row.fields)
    return found


def already_there(index: int) -> Rejected:
    return Rejected(index, "already_in_campaign", "The number is a recipient of this campaign already.")


def _number(text: str, region: str, allowed: tuple[str, ...]) -> str:
    digits = sum(char.isdigit() for char in text)
    if not digits:
        raise Invalid("no_phone_number", "There is no phone number.")
    if digits <= _SHORT_CODE_DIGITS and not text.strip().startswith("+"):
        raise Invalid("short_code", "This is a short code: it cannot be texted.")
    try:
        number = to_e164(text, region)
    except Invalid as problem:
        raise Invalid(_CODES.get(problem.code, problem.code), problem.detail) from None
    if allowed and country_of(number) not in allowed:
        raise Invalid("foreign_region", f"The number is outside the countries you text: {', '.join(allowed)}.")
    return number
