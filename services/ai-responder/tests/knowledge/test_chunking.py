"""How a document is cut into passages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ai_responder.knowledge.domain.blocks import Block
from ai_responder.knowledge.domain.chunking import AIM, LONGEST, chunks_of


def heading(text: str, level: int = 1) -> Block:
    return Block(kind="heading", text=text, level=level)


def paragraph(text: str) -> Block:
    return Block(kind="paragraph", text=text)


def test_a_passage_ends_with_its_section_and_knows_the_headings_above_it() -> None:
    blocks = [heading("Cakes"), paragraph("To order."), heading("Prices", 2), paragraph("From $30."),
              heading("Bread"), paragraph("Daily.")]  # fmt: skip
    assert [(chunk.title, chunk.text) for chunk in chunks_of(blocks)] == [
        ("Cakes", "To order."), ("Cakes › Prices", "From $30."), ("Bread", "Daily."),
    ]  # fmt: skip


def test_a_question_stays_with_its_answer_however_long() -> None:
    [chunk] = chunks_of([Block(kind="pair", text="Do you ship?", answer="Yes. " * 700)])
    assert (chunk.title, len(chunk.text)) == ("Do you ship?", len("Yes. " * 700) - 1)


def test_the_last_sentence_of_a_passage_begins_the_next_one() -> None:
    sentences = [f"Sentence number {n} says a little about the shop." for n in range(60)]
    first, second, *_ = chunks_of([paragraph(" ".join(sentences))])
    assert second.text.startswith(first.text.split(". ")[-1])


@given(st.lists(st.text("ab é.?\n", max_size=2_500), max_size=8))
def test_nothing_is_lost_no_passage_is_too_long_and_the_same_is_always_cut_alike(texts: list[str]) -> None:
    blocks = [paragraph(text) for text in texts]
    chunks = chunks_of(blocks)
    assert chunks == chunks_of(blocks)
    assert all(0 < len(chunk.text) <= LONGEST for chunk in chunks)
    words = {word for text in texts for word in text.split() if len(word) < AIM // 2}
    found = {word for chunk in chunks for word in chunk.text.split()}
    assert words <= found
