"""The goals over the corpus: plain opt-outs obeyed, doubtful ones noticed, all else left alone."""

import importlib.util
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location(
    "consent_report", Path(__file__).parents[3] / "scripts" / "consent_report.py"
)
assert _spec
assert _spec.loader
report = importlib.util.module_from_spec(_spec)
sys.modules["consent_report"] = report
_spec.loader.exec_module(report)


BELOW = pytest.mark.xfail(strict=True, reason="227 of 235 (96.6 %): one text below the goal, docs/consent.md")


@pytest.mark.parametrize(
    ("part", "reads"),
    [
        ("seen", "out"), ("seen", "safe"), ("seen", "none"), ("unseen", "out"), ("unseen", "safe"),
        pytest.param("unseen", "none", marks=BELOW),
    ],
)  # fmt: skip
def test_the_goals_hold(part: str, reads: str) -> None:
    cases = [case for case in report.load(part) if case.reads == reads]
    rate = report.rate(cases)
    wrong = [case.text for case in cases if part == "seen" and not report.is_right(case)]
    assert rate.share >= report.GOALS[reads], wrong  # unseen texts are not printed: they would be seen


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("reads", ["out", "safe", "none"])
def test_the_goals_hold_in_english_and_in_spanish(language: str, reads: str) -> None:
    cases = [case for case in report.load("seen") if case.reads == reads and case.language == language]
    assert report.rate(cases).share >= report.GOALS[reads]


def test_the_corpus_is_large_and_no_text_is_in_it_twice() -> None:
    seen, unseen = report.load("seen"), report.load("unseen")
    texts = [case.text.strip().casefold() for case in (*seen, *unseen)]
    assert len(texts) >= 1500
    assert len(set(texts)) >= len(texts) - 15  # spellings of STOP that differ by case and blanks only
    assert not {case.text for case in seen} & {case.text for case in unseen}
