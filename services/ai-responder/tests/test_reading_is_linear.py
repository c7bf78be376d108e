"""The work of reading what a model wrote grows with the text and no faster, so that no text freezes the process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from ai_responder.adapters.openai_body import read_body
from ai_responder.adapters.openai_complaints import complaint_in
from ai_responder.domain.answer import parse
from ai_responder.domain.cleaning.leftovers import leftover_in
from ai_responder.domain.cleaning.own_words import own_words
from ai_responder.domain.cleaning.plain_text import plain_text
from ai_responder.domain.cleaning.trimmings import first_own_turn, without_count, without_introduction, without_quotes
from ai_responder.domain.excerpt import excerpt
from ai_responder.domain.grounding.judgement import Sources, ungrounded_claims

READERS: dict[str, Callable[[str], Any]] = {
    "parse": lambda text: parse(text, "json_schema"),
    "parse as text": lambda text: parse(text, "text"),
    "own words": own_words,
    "leftovers": leftover_in,
    "plain text": plain_text,
    "trimmings": lambda text: without_quotes(without_count(first_own_turn(without_introduction(text)))),
    "excerpt": excerpt,
    "body": read_body,
    "complaint": complaint_in,
    "grounding": lambda text: ungrounded_claims(text, Sources([text, "It is 9."])),
}
UNITS = (
    "{", '{"a":', '{"a ', "[", "<", "<think>", "</think>", "<think></think>", "<|", "<|x|>", "</s>", "[INST]",
    "```\n", "`a``",
     "**a *", "[a](", "![a](", "*a_", "|a", "> ", "- a\n", "Agent:\n",
    "Customer:\n", "data: {\n", "'", '"', "\\", "\n",
    " ", "1", "key=", "&", "~~a", "<a ", "(1 characters)", "---\n", "a",
    "$1", "9 ", "9-", "5 to ", "ten ", "twenty-", "mil ", "mon-", "may 1 ", "we will ", "at 9 ", "1/",
    "1.", "a las ", "x1",
)  # fmt: skip
SHORT = 10_000
SHORT_OF = {"plain text": 1_000, "grounding": 3_000}
"""Characters, fewer for readers that do more with each. Four times as many must take about four times as
long; quadratic work would take sixteen times."""


def seconds(read: Callable[[str], Any], text: str, times: int = 1) -> float:
    """Processor time, the least of so many tries: what else runs here does not count."""
    least = float("inf")
    for _ in range(times):
        start = time.process_time()
        read(text)
        least = min(least, time.process_time() - start)
    return least


def grows_faster(read: Callable[[str], Any], short: str) -> bool:
    """Measured closely only where a first look is suspicious; less than 4 ms freezes nothing."""
    for times in (1, 5):
        once, again = seconds(read, short, times), seconds(read, short * 4, times)
        if again < 0.004 or again < 9 * once:
            return False
    return True


@pytest.mark.parametrize("name", READERS)
def test_four_times_the_text_is_about_four_times_the_work(name: str) -> None:
    length = SHORT_OF.get(name, SHORT)
    assert [unit for unit in UNITS if grows_faster(READERS[name], (unit * length)[:length])] == []
