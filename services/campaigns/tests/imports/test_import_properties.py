"""Whatever the bytes: a table or `Invalid`, in time that grows with their number."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaigns.campaigns.domain.recipient import NewRecipient
from campaigns.imports.domain.format import Seen, Wishes
from campaigns.imports.domain.guess import looks_like_phone
from campaigns.imports.domain.header_words import kind_of
from campaigns.imports.domain.rejected import RejectedRow, Rejection
from campaigns.imports.domain.repair import mended, phone_number
from campaigns.imports.domain.rows import Rules, read_row, visible
from campaigns.imports.preview import Place, guessed_mapping, look_at, preview_of
from campaigns.imports.reading.encoding import Utf8Check
from campaigns.imports.reading.lines import lines_of
from shared.errors import Invalid
from shared.phone import read_number, to_e164

CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)
NUMBERS = st.from_regex(r"[+=\"'(0-9][0-9 ().,eE+\"'-]{0,20}", fullmatch=True)


class CountingBytes(io.BytesIO):
    """How many bytes were read."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.taken += len(piece)
        return piece


def looked_at(content: bytes, **wishes: object) -> None:
    check = Utf8Check()
    check.feed(content)
    check.finish()
    look = look_at(io.BytesIO(content), Seen(utf8=check.valid, high=bytes(check.high)), Wishes(**wishes), "US")
    preview_of(look, guessed_mapping(look.columns), Place(region="US"))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([None, True, False]))
@example(b"PK\x03\x04", None)
@example(b"\xff\xfe", None)
@example(b'"', None)
@example(b"\xff\xfea\x00\x00\xd8", None)
@example(b"sep=\n", None)
def test_any_bytes_are_a_table_or_invalid(content: bytes, has_header: bool | None) -> None:
    with suppress(Invalid):
        looked_at(content, has_header=has_header)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=8), st.sampled_from(",;\t|"))
def test_any_text_is_a_table_or_invalid(rows: list[list[str]], delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    with suppress(Invalid):
        looked_at(text.getvalue().encode())


@settings(max_examples=200, deadline=None)
@given(st.one_of(NUMBERS, CELLS), st.sampled_from(["US", "DE", "GB"]), st.booleans())
def test_a_number_is_e164_or_refused(text: str, region: str, plus_lost: bool) -> None:
    number = phone_number(text, region, plus_lost=plus_lost)
    if isinstance(number, Rejection):
        assert number.code in ("invalid_number", "short_code", "landline")
    else:
        assert to_e164(number, region) == number


@settings(max_examples=200, deadline=None)
@given(st.one_of(NUMBERS, CELLS), st.sampled_from(["US", "DE", "CA"]))
def test_reading_a_million_numbers_is_reading_one_a_million_times(text: str, region: str) -> None:
    answers: list[str] = []
    for read in (read_number, to_e164):
        try:
            answers.append(read(text, region))
        except Invalid as error:
            answers.append(error.detail)
    assert answers[0] == answers[1]


@given(st.lists(CELLS, max_size=6))
def test_any_row_is_a_recipient_or_has_a_reason(cells: list[str]) -> None:
    rules = Rules("imp", ((0, "phone_number"), (1, "name"), (2, "cake")), ("Phone", "Name", "Cake"), "US")
    assert isinstance(read_row(rules, 2, cells), NewRecipient | RejectedRow)


@given(st.text())
def test_what_is_visible_stays_so(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert isinstance(mended(text), str | Rejection)
    kind_of(text)
    looks_like_phone(text)


@pytest.mark.parametrize("line", [b"x" * 25_000_000, b'"' * 25_000_000, b"," * 25_000_000])
def test_a_line_without_end_is_given_up_after_its_first_megabyte(line: bytes) -> None:
    source = CountingBytes(line)
    with pytest.raises(Invalid):
        list(lines_of(source, "utf-8"))
    assert source.taken < 1_100_000
