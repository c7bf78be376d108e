"""Labelled questions, as customers text them, and the passage that answers each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from ai_responder.knowledge.domain.words import asked_stems
from ai_responder.knowledge.index import PassageIndex
from ai_responder.knowledge.reading.read import read_file
from ai_responder.knowledge.store import KeptPassage

FOLDER = Path(__file__).parent / "cases" / "knowledge"
QUESTIONS: dict[str, list[tuple[str, str]]] = json.loads((FOLDER / "questions.json").read_text())


def passages_of(name: str) -> list[KeptPassage]:
    content = read_file((FOLDER / f"{name}.md").read_bytes(), "md")
    return [
        KeptPassage(knowledge_id=name, n=n, source=name, source_stems="", **one.plain())
        for n, one in enumerate(content.passages)
    ]


def missed(within: int, ask: Callable[[str], list[str]] = asked_stems) -> list[str]:
    """The questions whose passage is not among the first ones. `ask` says which words are searched for."""
    wrong: list[str] = []
    for name, questions in QUESTIONS.items():
        index = PassageIndex(passages_of(name))
        for question, answer in questions:
            found = [index.passages[n].text for n in index.by_words(ask(question), within)]
            if not any(answer in text for text in found):
                wrong.append(question)
    return wrong


def count() -> int:
    return sum(map(len, QUESTIONS.values()))
