"""Looks at the beginning of a file: its format, its columns, what each probably is, and how its first rows would fare.

Pure work on a file: it runs in a thread.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice

import phonenumbers

from campaigns.imports.domain.fields import MOST_COLUMNS, PHONE, ColumnMapping
from campaigns.imports.domain.format import Format, Seen, Wishes
from campaigns.imports.domain.guess import guesses, looks_like_phone
from campaigns.imports.domain.header_words import folded
from campaigns.imports.domain.model import Column, Import, Preview, RowCounts, ShownRow, Warned
from campaigns.imports.domain.rejected import DUPLICATES, RejectedRow
from campaigns.imports.domain.rows import Rules, read_row, visible
from campaigns.imports.domain.shape import Shape, shape_of
from campaigns.imports.reading.table import find_format, opened_rows
from shared.errors import Invalid
from shared.phone import read_number
from shared.values import Value

PREVIEW_ROWS = 1_000
SAMPLES, SAMPLE_CHARACTERS = 5, 80
SHOWN, SHOWN_REJECTED, SHOWN_CELLS = 6, 20, 30
_LOOKED_AT = 300


class Place(Value):
    """Whose numbers these are."""

    region: str
    allowed_regions: tuple[str, ...] = ()


class Look(Value):
    """What is in the file, before a mapping is chosen."""

    format: Format
    shape: Shape
    columns: tuple[Column, ...]
    fingerprint: str
    rows: tuple[tuple[str, ...], ...]
    """The first ones, title rows and header included."""
    sampled: bool


def look_at(source: io.BufferedIOBase, seen: Seen, wishes: Wishes, region: str) -> Look:
    """Raises `Invalid`: no table, empty, no row below the header."""
    format = find_format(source, seen, wishes)
    with opened_rows(source, format) as opened:
        rows = tuple(tuple(cells) for cells in islice(opened.stream, PREVIEW_ROWS + 1))
    sampled, rows = len(rows) > PREVIEW_ROWS, rows[:PREVIEW_ROWS]
    shape = shape_of(rows, wishes.has_header)
    if shape.width > MOST_COLUMNS:
        raise Invalid("not_a_table", f"The table has {shape.width} columns; {MOST_COLUMNS} is the most.")
    headers = _headers(rows, shape)
    body = [cells for cells in rows[shape.first :] if cells][:_LOOKED_AT]
    cells = [[text for row in body if n < len(row) and (text := visible(row[n]))] for n in range(shape.width)]
    found = guesses(headers, cells)
    columns = tuple(
        Column(
            index=n,
            header=headers[n],
            samples=tuple(text[:SAMPLE_CHARACTERS] for text in cells[n][:SAMPLES]),
            guess=guess,
            plus_lost=_plus_is_lost(cells[n], region),
        )
        for n, guess in enumerate(found)
    )
    return Look(
        format=format,
        shape=shape,
        columns=columns,
        fingerprint=_fingerprint(headers, shape, cells),
        rows=rows,
        sampled=sampled,
    )


def preview_of(look: Look, mapping: ColumnMapping, place: Place, warned: Sequence[Warned] = ()) -> Preview:
    rules = rules_of(look.columns, mapping, place, "")
    counts, reasons, shown = _tried(look, rules)
    warnings = list(warned)
    if PHONE not in {field for _, field in mapping}:
        warnings.append(Warned(code="no_phone_column", detail="No column holds phone numbers; choose one."))
    elif counts.total and counts.rejected * 2 > counts.total:
        most = reasons.most_common(1)[0][0]
        detail = f"Of the first {counts.total} rows {counts.rejected} would be rejected, most of them as {most}."
        warnings.append(Warned(code="many_rejected", detail=detail))
    return Preview(
        format=look.format,
        header=look.shape.header,
        first=look.shape.first,
        columns=look.columns,
        fingerprint=look.fingerprint,
        mapping=mapping,
        sampled=look.sampled,
        rows=counts,
        warnings=tuple(warnings),
        shown=shown,
    )


def guessed_mapping(columns: Sequence[Column]) -> ColumnMapping:
    return tuple((column.index, column.guess.field) for column in columns)


def rules_of(columns: Sequence[Column], mapping: ColumnMapping, place: Place, import_id: str) -> Rules:
    return Rules(
        import_id=import_id,
        mapping=mapping,
        headers=tuple(column.header for column in columns),
        region=place.region,
        allowed_regions=frozenset(place.allowed_regions),
        plus_lost=frozenset(column.index for column in columns if column.plus_lost),
    )


def rules_of_import(known: Import) -> Rules:
    place = Place(region=known.region, allowed_regions=known.allowed_regions)
    return rules_of(known.preview.columns, known.preview.mapping, place, known.id)


def _headers(rows: Sequence[Sequence[str]], shape: Shape) -> list[str]:
    """One per column; several columns of one name are numbered where they are shown only."""
    cells = rows[shape.header] if shape.header is not None else ()
    return [visible(cells[n])[:200] if n < len(cells) else "" for n in range(shape.width)]


def _tried(look: Look, rules: Rules) -> tuple[RowCounts, Counter[str], tuple[ShownRow, ...]]:
    """How the rows in sight would fare in an empty campaign, by reason, and some of them to be shown."""
    numbers: dict[str, int] = {}
    reasons: Counter[str] = Counter()
    shown: list[ShownRow] = []
    read = accepted = 0
    for n, cells in enumerate(look.rows[look.shape.first :], look.shape.first):
        if not any(map(visible, cells)):
            continue
        read += 1
        row = read_row(rules, n + 1, cells)
        code, detail = "", ""
        if isinstance(row, RejectedRow):
            code, detail = row.code, row.detail
        elif row.phone_number in numbers:
            code, detail = "duplicate_in_file", f"Row {numbers[row.phone_number]} has the same number."
        if code:
            reasons[code] += 1
        elif not isinstance(row, RejectedRow):
            numbers[row.phone_number] = n + 1
            accepted += 1
        if read <= SHOWN or (code and reasons.total() <= SHOWN_REJECTED):
            shown.append(_shown(n + 1, cells, code, detail))
    duplicates = sum(reasons[code] for code in DUPLICATES)
    rejected = reasons.total() - duplicates
    return RowCounts(total=read, accepted=accepted, rejected=rejected, duplicates=duplicates), reasons, tuple(shown)


def _shown(row: int, cells: Sequence[str], code: str, detail: str) -> ShownRow:
    values = tuple(visible(cell)[:SAMPLE_CHARACTERS] for cell in cells[:SHOWN_CELLS])
    return ShownRow(row=row, values=values, code=code, detail=detail)


def _plus_is_lost(cells: Sequence[str], region: str) -> bool:
    """Most numbers make sense only with a + before them."""
    asked = [cell for cell in cells if cell.isascii() and cell.isdigit() and 9 <= len(cell) <= 15][:100]
    if not asked:
        return False
    lost = sum(1 for cell in asked if not _is_number(cell, region) and _is_number(f"+{cell}", region))
    return lost >= 3 and lost * 5 >= len(asked) * 4


def _is_number(text: str, region: str) -> bool:
    try:
        read_number(text, region)
    except Invalid as error:
        return error.code == "not_textable"
    return True


def _fingerprint(headers: Sequence[str], shape: Shape, cells: Sequence[Sequence[str]]) -> str:
    """The same for files of the same columns: by header, or by what kind of text lies in them."""
    if shape.header is not None:
        signs = ["h", *(folded(header) or header for header in headers)]
    else:
        signs = ["c", *(_kind(column) for column in cells)]
    return hashlib.sha256("\x1f".join(signs).encode("utf-8", "replace")).hexdigest()[:32]


def _kind(cells: Sequence[str]) -> str:
    few = cells[:50]
    if few and all(map(looks_like_phone, few)):
        return "phone"
    if few and all("@" in cell for cell in few):
        return "email"
    return "number" if few and all(cell.replace(".", "").isdigit() for cell in few) else "text"


def checked_region(region: str) -> str:
    """Raises `Invalid("bad_region")`."""
    wanted = region.strip().upper()
    if wanted not in phonenumbers.SUPPORTED_REGIONS:
        raise Invalid("bad_region", f"{region[:20]!r} is no region; give a country code like US or DE.")
    return wanted


def profile_mapping(pairs: Mapping[int, str | None], columns: Sequence[Column]) -> ColumnMapping:
    """A saved mapping, for the columns that are there."""
    return tuple((column.index, pairs.get(column.index)) for column in columns)
