"""What one row of the table means: a recipient, or the reason why it is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from campaigns.campaigns.domain.recipient import NewRecipient
from campaigns.imports.domain.fields import PHONE, ColumnMapping
from campaigns.imports.domain.guess import phone_columns
from campaigns.imports.domain.rejected import RejectedRow, Rejection
from campaigns.imports.domain.repair import phone_number
from shared.phone import country_of

MOST_CELL_CHARACTERS = 1_000
"""Of a value that texts may use. No text message is as long."""
KEPT_CHARACTERS, KEPT_VALUES = 200, 30
"""Of a rejected row: enough to find it again."""
_INVISIBLE = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff\ud800-\udfff]"
)
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_JOINERS = re.compile("[\u200d\ufe0f]")
_OF_TITLES = ("no_phone_number", "invalid_number")
_PLACEHOLDERS = frozenset((
    "n/a", "na", "n.a.", "none", "null", "nil", "nan", "no", "tbd", "unknown", "missing", "empty", "k.a.", "keine",
    "keins", "ohne", "unbekannt", "ninguno", "nada", "desconocido", "s/n", "aucun", "inconnu", "néant", "nenhum",
    "desconhecido", "nessuno",
))  # fmt: skip
"""What people write where they know no number, in the languages of the column names."""
_NAMED = frozenset({"name", "company"})


def visible(text: str) -> str:
    """Without invisible characters, and with plain spaces. Joiners stay where an emoji is made of them."""
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = _SPACES.sub(" ", text)
    if _JOINERS.search(kept) and any(ord(char) > 0x2190 for char in _JOINERS.sub("", kept)):
        return _INVISIBLE.sub(lambda found: found[0] if found[0] in "\u200d\ufe0f" else "", kept).strip()
    return _INVISIBLE.sub("", kept).strip()


@dataclass(frozen=True)
class Rules:
    """How the rows of one import are read."""

    import_id: str
    mapping: ColumnMapping
    headers: tuple[str, ...]
    region: str
    allowed_regions: frozenset[str] = frozenset()
    plus_lost: frozenset[int] = frozenset()
    """Columns whose international numbers are written without +."""
    phones: tuple[int, ...] = field(init=False)
    named: tuple[tuple[str, int], ...] = field(init=False)

    def __post_init__(self) -> None:
        phones = phone_columns(self.headers, [index for index, name in self.mapping if name == PHONE])
        object.__setattr__(self, "phones", tuple(phones))
        object.__setattr__(self, "named", tuple((name, n) for n, name in self.mapping if name not in (None, PHONE)))


def read_row(rules: Rules, row: int, cells: Sequence[str]) -> NewRecipient | RejectedRow:
    """A row that is not blank. `cells` may be fewer than the columns."""
    if len(cells) > len(rules.headers) and any(map(visible, cells[len(rules.headers) :])):
        width = len(rules.headers)
        detail = f"The row has {len(cells)} cells, the table has {width} column{'s' * (width > 1)}."
        return rejected(row, cells, Rejection(code="not_a_table_row", detail=detail))
    number = _number(rules, cells)
    if isinstance(number, Rejection):
        return rejected(row, cells, number)
    values = {name: text for name, index in rules.named if index < len(cells) and (text := visible(cells[index]))}
    if too_long := next((name for name, text in values.items() if len(text) > MOST_CELL_CHARACTERS), None):
        detail = f"{too_long} has more than {MOST_CELL_CHARACTERS} characters."
        return rejected(row, cells, Rejection(code="not_a_table_row", detail=detail))
    return NewRecipient(
        phone_number=number,
        name=values.get("name") or " ".join(filter(None, (values.get("first_name"), values.get("last_name")))),
        company=values.get("company", ""),
        fields=tuple(pair for pair in values.items() if pair[0] not in _NAMED),
        import_id=rules.import_id,
        row=row,
    )


def rejected(row: int, cells: Sequence[str], why: Rejection) -> RejectedRow:
    values = tuple(visible(cell)[:KEPT_CHARACTERS] for cell in cells[:KEPT_VALUES])
    return RejectedRow(row=row, code=why.code, detail=why.detail, values=values)


def _number(rules: Rules, cells: Sequence[str]) -> str | Rejection:
    """The first number of the phone columns, mobile ones first, that can be texted; else the first reason against."""
    reason: Rejection | None = None
    for index in rules.phones:
        text = visible(cells[index]) if index < len(cells) else ""
        if not any(map(str.isalnum, text)) or text.casefold() in _PLACEHOLDERS:
            continue  # blank, "-", "n/a" and the like
        number = phone_number(text, rules.region, plus_lost=index in rules.plus_lost)
        if isinstance(number, str) and rules.allowed_regions:
            number = _in_region(number, rules.allowed_regions)
        if isinstance(number, str):
            return number
        reason = reason or number
    no_number = reason or Rejection(code="no_phone_number", detail="There is no phone number in this row.")
    if len(rules.headers) >= 3 and no_number.code in _OF_TITLES and _is_title(cells):
        return Rejection(
            code="not_a_table_row", detail="Only the first cell of this row is filled: a title or a total?"
        )
    return no_number


def _is_title(cells: Sequence[str]) -> bool:
    """Titles and the word before a sum stand in the first cell; a name further right is a person without a number."""
    first, *others = cells or ("",)
    return not any(map(visible, others)) and any(map(str.isalpha, visible(first)))


def _in_region(number: str, allowed: frozenset[str]) -> str | Rejection:
    region = country_of(number)
    if region in allowed:
        return number
    detail = f"The number is of {region or 'no country'}, and texts go to {', '.join(sorted(allowed))} only."
    return Rejection(code="foreign_region", detail=detail)
