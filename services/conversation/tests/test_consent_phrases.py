"""How well wishes to stop are told from everything else, counted over the corpus."""

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.domain.consent.phrases import read_consent

_spec = importlib.util.spec_from_file_location("consent_corpus", Path(__file__).with_name("consent_corpus.py"))
assert _spec
assert _spec.loader
corpus = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(corpus)


@pytest.mark.parametrize("text", corpus.OUT)
def test_a_wish_to_stop_is_heard(text: str) -> None:
    assert read_consent(text) == "out"


@pytest.mark.parametrize("text", corpus.NONE)
def test_other_texts_opt_nobody_out(text: str) -> None:
    assert read_consent(text) == "none"


@pytest.mark.parametrize("text", corpus.UNCLEAR)
def test_what_may_mean_it_asks_a_person(text: str) -> None:
    assert read_consent(text) == "unclear"


def test_precision_and_recall_over_the_corpus(capsys: pytest.CaptureFixture[str]) -> None:
    hits = sum(read_consent(text) == "out" for text in corpus.OUT)
    false = [text for text in (*corpus.NONE, *corpus.UNCLEAR) if read_consent(text) == "out"]
    precision, recall = hits / (hits + len(false)), hits / len(corpus.OUT)
    with capsys.disabled():
        total = len(corpus.OUT) + len(corpus.NONE) + len(corpus.UNCLEAR)
        print(f"\nopt-out phrases: precision {precision:.3f}, recall {recall:.3f} over {total} texts")
    assert precision >= 0.99
    assert recall >= 0.97


@given(st.text(max_size=300))
def test_any_text_gets_a_reading(text: str) -> None:
    assert read_consent(text) in {"out", "unclear", "none"}


def test_a_long_text_is_read_quickly() -> None:
    assert read_consent("do not dont never stop all these " * 300) in {"out", "unclear", "none"}
