"""How far one text is from another, and how alike two are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.texts.distance import LONGEST, distance, likeness

TEXTS = st.text(max_size=80)


@pytest.mark.parametrize(
    ("answer", "sent", "apart"),
    [
        ("We open at nine.", "We  open at\nnine. ", 0.0),
        ("Caf\u00e9", "Cafe\u0301", 0.0),
        ("We open at nine.", "We open at ten.", 0.188),
        ("abc", "xyz", 1.0),
        ("", "abc", 1.0),
        ("", "", 0.0),
        ("Geöffnet ab 9", "Geöffnet ab 8", 0.077),
    ],
)
def test_a_distance_is_the_share_that_was_edited(answer: str, sent: str, apart: float) -> None:
    assert distance(answer, sent) == pytest.approx(apart, abs=0.001)


@pytest.mark.parametrize(
    ("answer", "sent", "alike"),
    [
        ("On Sundays we open at seven.", "we open at seven on SUNDAYS", 1.0),
        ("A lemon cake is $32.", "Open Tuesday to Sunday.", 0.0),
        ("Yes, at nine", "At nine", 0.8),
        ("営業は 9時", "9時 営業は", 1.0),
        ("!", "?", 1.0),
        ("", "at nine", 0.0),
    ],
)
def test_likeness_is_the_share_of_words_in_common(answer: str, sent: str, alike: float) -> None:
    assert likeness(answer, sent) == pytest.approx(alike, abs=0.001)


@settings(max_examples=80, deadline=None)
@given(TEXTS, TEXTS)
def test_both_are_symmetric_shares_and_know_a_text_again(one: str, other: str) -> None:
    for compare in (distance, likeness):
        assert 0 <= compare(one, other) <= 1
        assert compare(one, other) == compare(other, one)
    assert (distance(one, one), likeness(one, one)) == (0, 1)


def test_what_lies_beyond_the_longest_text_is_not_read() -> None:
    assert distance("a" * LONGEST, "a" * LONGEST + "b" * 10_000_000) == 0
