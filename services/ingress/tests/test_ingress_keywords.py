from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingress.domain.keywords import HELP, OPT_IN, OPT_OUT, keyword_of


@pytest.mark.parametrize(
    "text",
    [
        "STOP", "stop", " Stop. ", "stop!!!", "“STOP”", "'stop'", "Stop all", "STOPALL", "unsubscribe", "CANCEL", "end",
        "Quit", "revoke", "opt out", "OPT-OUT", "optout", "remove", "arret", "Arrêt", "ARRE\u0302T", "alto", "parar",
        "no mas", "No más", "s t o p", "ＳＴＯＰ", "st\u200bop", "\u202aSTOP\u202c", "stop\n", "<STOP>", "stop?",
    ],
)  # fmt: skip
def test_a_text_that_is_only_an_opt_out_word_is_stop(text):
    assert keyword_of(text) == "stop"


@pytest.mark.parametrize(
    ("text", "keyword"),
    [("START", "start"), ("Unstop.", "start"), ("help", "help"), ("INFO", "help"), ("¿Ayuda?", "help")],
)
def test_start_and_help_have_their_spellings(text, keyword):
    assert keyword_of(text) == keyword


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "...", "Café STOP", "don't stop", "restart my order", "cancel my appointment", "the end", "yes",
        "subscribe", "stop it", "please stop", "nonstop", "stop 2", "stopp", "help me", "no", "🛑",
        "stop" + "!" * 100,
    ],
)  # fmt: skip
def test_anything_more_or_less_is_no_keyword(text):
    assert keyword_of(text) is None


@given(st.text())
def test_no_text_upsets_it(text):
    assert keyword_of(text) in (None, "stop", "start", "help")


def test_no_word_means_two_things():
    assert len(OPT_OUT | OPT_IN | HELP) == len(OPT_OUT) + len(OPT_IN) + len(HELP)
