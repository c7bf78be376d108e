"""The text of one recipient: what it measures, and why it must not be sent."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from campaigns.texts.domain.row import text_for, text_with
from shared.text_templates.template import parse


@dataclass(frozen=True)
class Person:
    phone_number: str = "+13125550123"
    name: str = ""
    company: str = ""
    fields: tuple[tuple[str, str], ...] = ()


def test_a_row_is_rendered_and_measured() -> None:
    row = text_for(parse("Hi {first_name}, “hello”"), Person(name="Ana Ruiz"))
    assert (row.text, row.measured.parts, row.measured.forced_by) == ("Hi Ana, “hello”", 1, "“")
    assert row.skip_reason is None


@pytest.mark.parametrize(
    ("text", "values", "codes"),
    [
        ("Hi {name}", {}, ["missing_variable"]),
        ("{a}", {"a": "x" * 1530}, []),
        ("{a}", {"a": "x" * 1531}, ["too_long"]),
        ("{a}", {"a": "é你" * 336}, ["too_long"]),
        ("{a|}", {}, ["empty"]),
        ("", {}, ["empty"]),
        ("{b} {a}", {"a": "x" * 5000}, ["missing_variable", "too_long"]),
    ],
)
def test_why_a_text_is_not_sent(text: str, values: dict[str, str], codes: list[str]) -> None:
    assert [problem.code for problem in text_with(parse(text), values).problems] == codes
