from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingress.domain.keywords import keyword_of


@pytest.mark.parametrize(
    "text",
    [
        "STOP", " Stop. ", "“STOP”", "STOPALL", "OPT-OUT", "Arrêt", "ＳＴＯＰ", "st\u200bop", "<STOP>", "STOPP",
        "ABMELDEN", "退订", "СТОП", "please stop", "Stop. I already bought one", "please refrain from texting me",
        "Quiero darme de baja", "I told you to stop", "Reply STOP", "> Reply STOP to end\nSTOP",
    ],
)  # fmt: skip
def test_every_plain_revocation_is_stop(text: str) -> None:
    """The sender suppresses by this event alone: a wish in a sentence must not take a hop more than the word."""
    assert keyword_of(text) == "stop"


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("START", "start"), ("Unstop.", "start"), ("start please", "start"),
        ("please start texting me again", "start"), ("help", "help"), ("INFO", "help"), ("¿Ayuda?", "help"),
    ],
)  # fmt: skip
def test_start_and_help_have_their_spellings(text: str, keyword: str) -> None:
    assert keyword_of(text) == keyword


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "...", "don't stop", "restart my order", "cancel my appointment", "the end", "yes", "nonstop",
        "help me", "🛑", "wrong number", "how do I unsubscribe?",
        "Liked “Reply STOP to opt out.”", "opt out of paperless",
        "what happens if I reply STOP?", "> Reply STOP to end",
    ],
)  # fmt: skip
def test_doubtful_texts_and_others_are_no_keyword(text: str) -> None:
    assert keyword_of(text) is None


@given(st.text())
def test_no_text_upsets_it(text: str) -> None:
    assert keyword_of(text) in (None, "stop", "start", "help")
