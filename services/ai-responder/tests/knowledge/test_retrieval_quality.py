"""How well the passage that answers a question is found: figures of docs/knowledge.md."""

from __future__ import annotations

import random

from retrieval_set import count, missed

from ai_responder.knowledge.domain.fusion import fused
from ai_responder.knowledge.index import PassageIndex, packed
from ai_responder.knowledge.store import KeptPassage


def test_nineteen_of_twenty_questions_find_their_passage_among_three() -> None:
    assert len(missed(3)) <= count() // 20


def test_the_set_notices_a_search_that_does_not_understand_the_words() -> None:
    """Words without their stems, or a ranking by chance, would miss the goal."""
    chance = random.Random(7)

    def letters(question: str) -> list[str]:
        return chance.sample(question.split(), 1)

    assert len(missed(3, str.split)) > count() // 10
    assert len(missed(3, letters)) > count() // 4


def kept(n: int, text: str, vector: list[float] | None = None) -> KeptPassage:
    return KeptPassage(
        knowledge_id="knw", n=n, source="", title="", text=text, title_stems="", text_stems=text, source_stems="",
        vector=packed(vector) if vector else b"",
    )  # fmt: skip


def test_what_is_near_in_meaning_is_found_without_a_common_word() -> None:
    index = PassageIndex([kept(0, "refund", [1, 0]), kept(1, "parking", [0, 1]), kept(2, "hours", [0.7, 0.7])])
    assert index.by_words(["money"], 3) == []
    assert fused([index.by_words(["money"], 3), index.by_meaning([0.9, 0.1], None, 2)]) == [0, 2]


def test_both_rankings_together_prefer_what_stands_in_both() -> None:
    assert fused([[4, 7, 1], [9, 7, 3]])[0] == 7
    assert fused([[], [2, 1]]) == [2, 1]


def test_a_question_may_hold_anything() -> None:
    index = PassageIndex([kept(0, "open")])
    for hostile in ('"', "open OR *", "NEAR(", "'; DROP TABLE passages", "\x00", "a" * 10_000, "^open", "title : open"):
        index.by_words([hostile], 3)
    assert index.by_words(["open"], 3) == [0]
    assert PassageIndex([]).by_words(["open"], 3) == []
