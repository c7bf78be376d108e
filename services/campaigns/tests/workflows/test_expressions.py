"""Conditions in CEL: what they know, and that none of them harms the service."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.workflows.domain.expressions import EvaluationFailed, InvalidExpression, _pattern, compiled
from campaigns.workflows.domain.steps import LONGEST_EXPRESSION

FACTS: dict[str, Any] = {
    "recipient": {"city": "Rome", "name": "Ann"},
    "saved": {"score": 5, "share": 4.5, "wish": "", "day": datetime(2026, 3, 5, tzinfo=UTC)},
    "contact": {"labels": ["vip"], "fields": {}},
    "reply": {"text": "Yes please"},
    "last_message": {"status": "delivered"},
    "now": datetime(2026, 3, 4, tzinfo=UTC),
}
TRUE = (
    "recipient.city == 'Rome' && saved.score > 4",
    "saved.share > 4 || false",
    "saved.wish == ''",
    "reply.text.lowerAscii().contains('yes')",
    "reply.text.matches('(?i)^yes')",
    "'vip' in contact.labels",
    "contact.labels.exists(l, l == 'vip')",
    "last_message.status in ['delivered', 'sent']",
    "saved.day - now == duration('24h')",
    "saved.day.getFullYear() == 2026",
    "!has(recipient.town)",
    "size(recipient.name) == 3",
)
WITHOUT_VALUE = (
    "recipient.town == ''",
    "saved.wish > 3",
    "1 / 0 == 1",
    "saved.score",
    "'a' + 1 == 'a1'",
    "'x'.matches('(')",
)


@pytest.mark.parametrize("source", TRUE)
def test_an_expression_holds(source: str) -> None:
    assert compiled(source).holds(FACTS)


@pytest.mark.parametrize("source", WITHOUT_VALUE)
def test_an_expression_without_value_says_so(source: str) -> None:
    with pytest.raises(EvaluationFailed):
        compiled(source).holds(FACTS)


LONG = "[" + ",".join(["1"] * 200) + "]"
TOO_COSTLY = (
    "size(recipient.map(k, recipient)) > 0",
    "contact.labels.all(x, contact.labels.exists(y, y == x))",
    f"{LONG}.all(x, x == 1)",
    "'a'.matches('b') && contact.labels.exists(l, l == 'c')",
    "r'\\' != 'x' && contact.labels.all(x, contact.labels.all(y, x == y)) && r'a' == 'a'",
    "// '\n contact.labels.all(x, contact.labels.all(y, x == y))",
    "'''it's''' != '' && contact.labels.all(x, contact.labels.all(y, x == y))",
)


@pytest.mark.parametrize("source", TOO_COSTLY)
def test_what_could_take_seconds_is_refused_however_it_is_written(source: str) -> None:
    with pytest.raises(InvalidExpression) as refused:
        compiled(source)
    assert refused.value.code == "expression_too_costly"


def test_two_loops_after_each_other_are_fine() -> None:
    assert compiled("contact.labels.exists(l, l == 'vip') && contact.labels.filter(l, l == 'vip').size() == 1").holds(
        FACTS
    )


def test_a_regular_expression_is_read_once_and_a_large_one_not_at_all() -> None:
    """The worst that fits takes milliseconds; `(\\w{100}){8}` took half a second at each evaluation."""
    with pytest.raises(EvaluationFailed, match="too large"):
        compiled(r"reply.text.matches('(\\w{100}){8}')").holds(FACTS)
    known = _pattern.cache_info().misses
    for _ in range(3):
        assert compiled(r"matches(reply.text, r'^\w+ please$') && !'matches(x)'.matches('^x')").holds(FACTS)
    assert _pattern.cache_info().misses - known == 2


CALLS = ("recipient", "saved.score", "reply.text", ".map(x, ", ".all(x, ", "matches(")
TOKENS = st.sampled_from(
    [*"()[]{}!-+*/%<>?:.,'\"0\\\0", "1", "a", "true", "in", "&&", "||", "==", "r'", "b'", "9" * 20, "1e999", *CALLS]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(TOKENS, max_size=60).map("".join) | st.text(max_size=80))
def test_any_text_has_a_value_or_is_refused(source: str) -> None:
    try:
        compiled(source).holds(FACTS)
    except (InvalidExpression, EvaluationFailed):
        return


@pytest.mark.parametrize("piece", ["(", "[", "!", "-", "{", "a.", "a(", "1+", "true?", "[[", "!(", "-("])
def test_the_deepest_expression_is_read_or_refused(piece: str) -> None:
    closing = {"(": ")", "[": "]", "{": "}"}
    for source in (piece * (LONGEST_EXPRESSION // len(piece)), piece * 200 + "1" + closing.get(piece[-1], "") * 200):
        try:
            compiled(source).holds(FACTS)
        except (InvalidExpression, EvaluationFailed):
            continue


def test_a_service_starts_without_the_libraries_that_only_runs_need() -> None:
    """They come with the first expression and the first answer."""
    program = (
        "import sys, campaigns.wiring\n"
        "assert not {'cel', 're2', 'rapidfuzz', 'text_to_num'} & sys.modules.keys()\n"
        "from campaigns.workflows.domain.expressions import compiled\n"
        "compiled('true')\n"
        "assert 'cel' in sys.modules and 'prompt_toolkit' not in sys.modules and 'typer' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
