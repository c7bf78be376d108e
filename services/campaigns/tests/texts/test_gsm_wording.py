"""The offered GSM-7 wording keeps the meaning, and names what it cannot keep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.texts.domain.gsm_replacements import SAME_MEANING
from campaigns.texts.domain.gsm_wording import gsm_wording
from shared.errors import Invalid
from shared.sms_parts import measure
from shared.text_templates.template import parse


def offered(text: str) -> str:
    wording = gsm_wording(parse(text))
    assert wording is not None
    return wording.text


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("“Don’t miss it” – today…", '"Don\'t miss it" - today...'),
        ("«Hola»\u00a0Ana\u200b!", '"Hola" Ana!'),
        ("Così è più — ¡sí, mañana!", "Così è più - ¡si, mañana!"),
        ("français, São João, Łódź, Çay", "francais, Sao Joao, Lodz, Cay"),
        ("50％ off ｛now｝ ½ price™", "50% off (now) 1/2 price(TM)"),
    ],
)
def test_typography_and_customary_accents_become_plain(text: str, wording: str) -> None:
    assert offered(text) == wording
    assert measure(wording).encoding == "GSM-7"


def test_letters_that_gsm_has_stay_as_they_are() -> None:
    assert gsm_wording(parse("Mañana: über, già, smørrebrød, 5€ {{ok}}")) is None


def test_variables_keep_their_names_and_defaults_are_plain_too() -> None:
    assert offered("{prénom|là‑bas} “{{x}}” {name}") == '{prénom|là-bas} "{{x}}" {name}'


def test_emoji_and_other_scripts_stay_and_are_named() -> None:
    wording = gsm_wording(parse("Sale 🎉 “today” 你 👨‍👩‍👧 ❤️ 10²"))
    assert wording is not None
    assert wording.text == 'Sale 🎉 "today" 你 👨‍👩‍👧 ❤️ 10²'
    assert [left.name for left in wording.left] == [
        "party popper", "cjk unified ideograph-4f60", "man", "woman", "girl", "heavy black heart", "superscript two",
    ]  # fmt: skip


def test_vietnamese_tones_are_not_taken_away() -> None:
    wording = gsm_wording(parse("dừng lại"))
    assert wording is not None
    assert "ừ" in wording.text


def test_each_replacement_is_shown_and_says_if_it_respells_a_word() -> None:
    wording = gsm_wording(parse("está – está"))
    assert wording is not None
    assert [(each.character, each.by, each.accent) for each in wording.replaced] == [
        ("á", "a", True),
        ("–", "-", False),
    ]


def test_every_replacement_of_the_table_fits_gsm() -> None:
    assert {char: by for char, by in SAME_MEANING.items() if by and measure(by).encoding != "GSM-7" and by != "`"} == {}


@given(st.text(max_size=80))
def test_the_wording_of_any_text_reads_again_and_is_never_dearer(text: str) -> None:
    try:
        template = parse(text)
    except Invalid:
        return
    wording = gsm_wording(template)
    if wording is None:
        assert measure(template.filled()).encoding == "GSM-7"
        return
    again = parse(wording.text)
    assert [piece.name for piece in again.variables] == [piece.name for piece in template.variables]
    fits = measure(again.filled()).encoding == "GSM-7"
    assert fits or wording.left or not wording.replaced
