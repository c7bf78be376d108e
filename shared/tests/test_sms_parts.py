"""The vectors of the carrier's documentation, checked by hand, and the laws any counter must obey."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sms_parts import GSM_BASIC, GSM_EXTENSION, measure

GSM = "".join(sorted(GSM_BASIC | GSM_EXTENSION))


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("a" * 1530, "GSM-7", 1530, 10),
        ("a" * 1531, "GSM-7", 1531, 11),
        ("a" * 155 + "|||", "GSM-7", 161, 2),
        ("a" * 158 + "€", "GSM-7", 160, 1),
        ("a" * 159 + "€", "GSM-7", 161, 2),
        (
            "a" * 152 + "€" + "a" * 152,
            "GSM-7",
            306,
            3,
        ),  # formula: 2; the escape pair stays whole
        ("é" * 70, "GSM-7", 70, 1),
        ("’" + "a" * 69, "UCS-2", 70, 1),
        ("’" + "a" * 70, "UCS-2", 71, 2),
        ("a" * 68 + "😀", "UCS-2", 70, 1),
        ("a" * 69 + "😀", "UCS-2", 71, 2),
        ("a" * 66 + "😀" + "a" * 66, "UCS-2", 134, 3),  # likewise for the surrogate pair
        ("你" * 134, "UCS-2", 134, 2),
        ("你" * 135, "UCS-2", 135, 3),
        ("", "GSM-7", 0, 0),
    ],
)
def test_a_text_takes_as_many_parts_as_the_reference_says(text: str, encoding: str, units: int, parts: int) -> None:
    measured = measure(text)
    assert (measured.encoding, measured.units, measured.parts) == (encoding, units, parts)


def test_u_umlaut_and_section_sign_are_gsm_although_a_copied_table_says_otherwise() -> None:
    assert measure("\u00dc\u00a7").encoding == "GSM-7"


@pytest.mark.parametrize("char", list("Ç¤ΔΦΓΛΩΠΨΣΘΞ`\tçêáíóú‘’“”–—…•\u00a0\u200b\x1b"))
def test_a_character_the_carrier_does_not_list_forces_ucs2_and_is_named(char: str) -> None:
    measured = measure(f"ok {char} 😀")
    assert (measured.encoding, measured.forced_by) == ("UCS-2", char)


def test_nothing_is_blamed_when_gsm_suffices() -> None:
    assert measure("plain {text} for 5€").forced_by is None


@given(st.text(alphabet=GSM, max_size=700))
def test_gsm_text_stays_gsm_and_is_at_most_one_pair_per_part_above_the_formula(text: str) -> None:
    measured = measure(text)
    formula = 1 if measured.units <= 160 else -(-measured.units // 153)
    assert measured.encoding == "GSM-7"
    assert measured.parts >= (formula if text else 0)
    assert measured.parts <= 1 or measured.parts <= -(-measured.units // 152)


@given(st.text(max_size=400), st.characters())
def test_adding_a_character_never_saves_a_part(text: str, more: str) -> None:
    assert measure(text + more).parts >= measure(text).parts
