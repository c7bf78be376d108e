"""The names of a text's variables, and the values that one recipient gives them.

`{First Name}`, `{first-name}` and `{first_name}` are one variable. The columns of an import get their names by the same
rule (`variable_name`), so that a text finds the column its writer sees.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Protocol

from shared.blank_text import is_blank

LONGEST_NAME = 60
STANDARD = ("name", "first_name", "company", "phone_number", "email")
"""Variables that need no column of their own: what a recipient is known by."""

_BETWEEN_WORDS = re.compile(r"[\s-]+")


class Addressee(Protocol):
    """What a recipient, a row of a file and a contact have in common."""

    @property
    def phone_number(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def company(self) -> str: ...
    @property
    def fields(self) -> Iterable[tuple[str, str]]: ...


def variable_name(text: str) -> str | None:
    """The variable that this spelling means: lower case, words joined by `_`, letters of any script.

    None if it cannot name one: nothing left, longer than `LONGEST_NAME`, or other characters than letters, digits, `_`.
    """
    if len(text) > 4 * LONGEST_NAME:
        return None
    name = unicodedata.normalize("NFC", _BETWEEN_WORDS.sub("_", text.strip()).lower())
    if not name or len(name) > LONGEST_NAME or not f"_{name}".isidentifier():
        return None
    return name


def variables_of(recipient: Addressee) -> dict[str, str]:
    """The values a text to this recipient is rendered with; blank ones are left out, because they would leave a hole.

    `first_name` is the first word of `name` unless there is a field of that name.
    """
    given = dict(recipient.fields)
    standard = {"name": recipient.name, "company": recipient.company, "phone_number": recipient.phone_number}
    values = {"first_name": recipient.name.split()[0] if recipient.name.split() else ""} | given
    values |= {name: value for name, value in standard.items() if value}
    return {name: value for name, value in values.items() if not is_blank(value)}
