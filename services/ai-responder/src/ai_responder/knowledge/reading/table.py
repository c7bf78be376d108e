"""A CSV file: each row is a line of its own, `Name: Flat white; Price: 3.20`. Columns named question and answer make
pairs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ai_responder.knowledge.domain.blocks import Block
from shared.errors import Invalid

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 50
MOST_CELLS = 200
_QUESTIONS = frozenset({"question", "questions", "q", "pregunta", "preguntas", "frage"})
_ANSWERS = frozenset({"answer", "answers", "a", "respuesta", "respuestas", "antwort"})
_LONGEST_CELL = 10_000


def table_blocks(text: str) -> Iterator[Block]:
    """Raises `Invalid("not_a_table")`."""
    rows = _rows(text)
    header = next(rows, None)
    if header is None:
        return
    names = [cell.casefold() for cell in header]
    question = next((n for n, name in enumerate(names) if name in _QUESTIONS), None)
    answer = next((n for n, name in enumerate(names) if name in _ANSWERS), None)
    has_header = all(cell and not any(char.isdigit() for char in cell) for cell in header)
    if not has_header:
        yield _row([], header)
    for row in rows:
        if question is not None and answer is not None:
            if len(row) > max(question, answer) and row[question] and row[answer]:
                yield Block(kind="pair", text=row[question], answer=row[answer])
        else:
            yield _row(header if has_header else [], row)


def _row(names: list[str], cells: list[str]) -> Block:
    named = [f"{names[n]}: {cell}" if n < len(names) and names[n] else cell for n, cell in enumerate(cells) if cell]
    return Block(kind="row", text="; ".join(named))


def _rows(text: str) -> Iterator[list[str]]:
    """Without blank rows. Cells are stripped and on one line."""
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            cells = [" ".join(cell.split()) for cell in row[:MOST_CELLS]]
            if any(cells):
                yield cells
    except csv.Error as error:
        raise Invalid("not_a_table", f"The file cannot be read as a table: {error}.") from None
    finally:
        csv.field_size_limit(before)


def _delimiter(text: str) -> str:
    """The sign that gives most of the first rows the same number of cells, above one."""
    lines = text[:100_000].split("\n")[:_SAMPLE_LINES]

    def rows_alike(sign: str) -> int:
        counts = [len(row) for row in csv.reader(lines, delimiter=sign) if row]
        usual = max(set(counts), key=counts.count, default=1)
        return counts.count(usual) if usual > 1 else 0

    try:
        return max(_DELIMITERS, key=rows_alike)
    except csv.Error:
        return ","
