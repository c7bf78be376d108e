"""Why a row was not added."""

from __future__ import annotations

from typing import Literal

from shared.values import Value

RejectionCode = Literal[
    "no_phone_number",
    "invalid_number",
    "short_code",
    "landline",
    "foreign_region",
    "duplicate_in_file",
    "already_in_campaign",
    "not_a_table_row",
]
DUPLICATES: frozenset[RejectionCode] = frozenset({"duplicate_in_file", "already_in_campaign"})


class Rejection(Value):
    """`detail` is a sentence for the person who corrects the file."""

    code: RejectionCode
    detail: str


class RejectedRow(Value):
    """`row` counts from 1 as a spreadsheet shows it, title rows and header included."""

    row: int
    code: RejectionCode
    detail: str
    values: tuple[str, ...]
