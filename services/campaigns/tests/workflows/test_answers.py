"""What a reply says: as number, choice or date. What could mean two things is asked again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.workflows.domain.answers.choices import read_choice
from campaigns.workflows.domain.answers.dates import read_date
from campaigns.workflows.domain.answers.numbers import read_number
from campaigns.workflows.domain.answers.read import Unreadable, read_answer
from campaigns.workflows.domain.run import SavedAnswer
from campaigns.workflows.domain.steps import SaveResponse

NUMBERS: dict[str, int | float | None] = {
    "5": 5,
    " 5! ": 5,
    "five": 5,
    "Five.": 5,
    "cinco": 5,
    "uno": 1,
    "un": 1,
    "zero": 0,
    "twenty-five": 25,
    "treinta y dos": 32,
    "one hundred and twenty": 120,
    "five hundred dollars": 500,
    "about 25 people": 25,
    "it's a 9 for me": 9,
    "1,5": 1.5,
    "1.5": 1.5,
    "three point five": 3.5,
    "tres coma cinco": 3.5,
    "1,500": 1500,
    "1,500,000": 1_500_000,
    "1.500,75": 1500.75,
    "1,500.75": 1500.75,
    "1'500": 1500,
    "0.500": 0.5,
    "$20": 20,
    "€ 20": 20,
    "50%": 50,
    "-3": -3,
    "minus three": -3,
    "5\ufe0f\u20e3": 5,
    "\u0663": 3,
    "1.500": None,  # fifteen hundred in Spanish, one and a half in English
    "5 or 6": None,
    "two or three": None,
    "5/5": None,
    "10k": None,
    "12:30": None,
    "312-555-0123": None,
    "2 1/2": None,
    "seven and a half": None,
    "siete y medio": None,
    "two dozen": None,
    "no one": None,
    "a few": None,
    "1e5": None,
    "no": None,
    "": None,
    "9" * 40: None,
}
TIMES = ("Morning", "Afternoon", "Late evening")
CHOICES: dict[str, str | None] = {
    "b": "Afternoon",
    "B)": "Afternoon",
    "a": "Morning",
    "option c": "Late evening",
    "2": "Afternoon",
    "#3": "Late evening",
    "two": "Afternoon",
    "Number two": "Afternoon",
    "dos": "Afternoon",
    "MORNING": "Morning",
    "the afternoon please": "Afternoon",
    "late evening!": "Late evening",
    "evening": "Late evening",
    "mornng": "Morning",
    "afternon": "Afternoon",
    "mornings": "Morning",
    "not the morning": None,
    "morning or afternoon": None,
    "4": None,
    "d": None,
    "hello": None,
    "whenever": None,
    "": None,
}
YES_OR_NO = {"y": "Yes", "YES!": "Yes", "yep": "Yes", "si": "Yes", "Yes please": "Yes", "n": "No", "nope": "No"}
TODAY = date(2026, 11, 25)  # a Wednesday
DATES: dict[str, date | None] = {
    "2026-12-01": date(2026, 12, 1),
    "2026/12/1": date(2026, 12, 1),
    "12/25": date(2026, 12, 25),
    "25/12": date(2026, 12, 25),
    "25.12.2026": date(2026, 12, 25),
    "12/25/26": date(2026, 12, 25),
    "13/2/2027": date(2027, 2, 13),
    "3/3": date(2027, 3, 3),
    "2/29": date(2028, 2, 29),
    "Dec 1": date(2026, 12, 1),
    "december 1st, 2027": date(2027, 12, 1),
    "1st of December": date(2026, 12, 1),
    "the 5th of may": date(2027, 5, 5),
    "1 de diciembre": date(2026, 12, 1),
    "el 5 de mayo de 2027": date(2027, 5, 5),
    "november 25": date(2026, 11, 25),
    "the 5th": date(2026, 12, 5),
    "the 31st": date(2026, 12, 31),
    "today": date(2026, 11, 25),
    "Tomorrow at 5:30": date(2026, 11, 26),
    "day after tomorrow": date(2026, 11, 27),
    "mañana": date(2026, 11, 26),
    "pasado mañana": date(2026, 11, 27),
    "friday": date(2026, 11, 27),
    "next Friday": date(2026, 11, 27),
    "el viernes": date(2026, 11, 27),
    "Wednesday": date(2026, 12, 2),
    "Fri Nov 27": date(2026, 11, 27),
    "in 3 days": date(2026, 11, 28),
    "in two weeks": date(2026, 12, 9),
    "en una semana": date(2026, 12, 2),
    "03/04": None,  # the third of April, or the fourth of March
    "1/2/2027": None,
    "Fri Nov 28": None,  # a Saturday
    "monday or tuesday": None,
    "tomorrow or friday": None,
    "may 5 or may 6": None,
    "feb 30": None,
    "31/31": None,
    "9999-01-01": None,
    "may": None,
    "5": None,
    "10:30": None,
    "soon": None,
    "": None,
}


@pytest.mark.parametrize(("reply", "number"), NUMBERS.items())
def test_a_number_is_read_in_digits_and_words(reply: str, number: float | None) -> None:
    assert read_number(reply) == number


@pytest.mark.parametrize(("reply", "choice"), CHOICES.items())
def test_a_choice_is_read_by_letter_number_words_and_near_spelling(reply: str, choice: str | None) -> None:
    assert read_choice(reply, TIMES) == choice


@pytest.mark.parametrize(("reply", "choice"), YES_OR_NO.items())
def test_yes_and_no_have_many_forms(reply: str, choice: str) -> None:
    assert read_choice(reply, ("Yes", "No")) == choice


def test_a_choice_that_is_a_number_is_meant_by_its_own_figure() -> None:
    assert read_choice("2", ("2", "3", "4")) == "2"


@pytest.mark.parametrize(("reply", "day"), DATES.items())
def test_a_date_is_read_in_common_forms(reply: str, day: date | None) -> None:
    assert read_date(reply, TODAY) == day


def test_tomorrow_is_that_of_the_person() -> None:
    """At three in the morning in UTC it is still the day before in Los Angeles."""
    step = SaveResponse(id="s", field="day", as_="date")
    now = datetime(2026, 11, 25, 3, tzinfo=UTC)
    read = read_answer(step, "tomorrow", ("America/Los_Angeles",), now)
    assert read == SavedAnswer(field="day", type="date", answer="2026-11-25")
    assert read_answer(step, "tomorrow", ("Europe/Madrid",), now) == read.but(answer="2026-11-26")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=2_000), st.sampled_from(["text", "number", "choice", "date"]))
def test_any_text_is_an_answer_or_none(reply: str, kind: str) -> None:
    step = SaveResponse.read({"type": "save_response", "id": "s", "field": "f", "as": kind, "choices": TIMES})
    read = read_answer(step, reply, ("Europe/Madrid", "America/New_York"), datetime(2026, 11, 25, tzinfo=UTC))
    assert isinstance(read, SavedAnswer | Unreadable)


def test_a_very_long_text_is_read_up_to_a_limit() -> None:
    assert read_number("word " * 200_000 + "5") is None
    assert read_date("- " * 200_000, TODAY) is None
