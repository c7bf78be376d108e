"""The passages of one assistant, searched by BM25: SQLite's FTS5, in memory.

Words are stemmed before they come here, so that both databases find alike; FTS5 counts and ranks (ADR 23).
"""

from __future__ import annotations

import sqlite3
import struct
from array import array
from collections.abc import Sequence
from math import sqrt
from operator import mul
from threading import Lock

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from ai_responder.knowledge.store import KeptPassage

TITLE_WEIGHT, TEXT_WEIGHT = 2.0, 1.0
MOST_ASKED = 40
"""Words of one question; a longer text asks about its first ones."""
_FEWEST_LETTERS = 5
"""A shorter word has too many neighbours to guess which one was meant."""
_CREATE = """
CREATE VIRTUAL TABLE passages
USING fts5(title, text, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'")
"""
_BEST = f"""
SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY bm25(passages, {TITLE_WEIGHT}, {TEXT_WEIGHT}), rowid LIMIT ?
"""  # noqa: S608 - two constants


class PassageIndex:
    """Built once, then only read; searches from any thread, one at a time."""

    def __init__(self, passages: Sequence[KeptPassage]) -> None:
        self.passages = passages
        self._lock = Lock()
        self._rows = sqlite3.connect(":memory:", check_same_thread=False)
        self._rows.execute(_CREATE)
        self._rows.executemany(
            "INSERT INTO passages (rowid, title, text) VALUES (?, ?, ?)",
            [(n, f"{one.source_stems} {one.title_stems}", one.text_stems) for n, one in enumerate(passages)],
        )
        words = {word for one in passages for word in _words_of(one)}
        self._words, self._listed = words, sorted(words)
        self._vectors = [_unpacked(one.vector) for one in passages] if any(one.vector for one in passages) else []

    @property
    def has_vectors(self) -> bool:
        return bool(self._vectors)

    def by_words(self, stems: Sequence[str], limit: int) -> list[int]:
        """Places of the passages that have any of these words, the best first."""
        known = [found for stem in stems[:MOST_ASKED] if (found := self._known(stem))]
        if not known:
            return []
        query = " OR ".join(f'"{word}"' for word in dict.fromkeys(known))
        with self._lock:
            return [row[0] for row in self._rows.execute(_BEST, (query, limit))]

    def by_meaning(self, vector: Sequence[float], places: Sequence[int] | None, limit: int) -> list[int]:
        """The nearest of these (None: of all), by the cosine of their embeddings."""
        if not self._vectors or not vector:
            return []
        among = range(len(self._vectors)) if places is None else places
        rated = [(_product(vector, kept), n) for n in among if len(kept := self._vectors[n]) == len(vector)]
        return [n for _, n in sorted(rated, reverse=True)[:limit]]

    def _known(self, stem: str) -> str | None:
        """The word as the passages have it: a typing error of one letter is forgiven where no passage has that word."""
        if stem in self._words:
            return stem
        if len(stem) < _FEWEST_LETTERS or not stem.isalpha():
            return None
        near = process.extractOne(stem, self._listed, scorer=DamerauLevenshtein.distance, score_cutoff=1)
        return near[0] if near else None


def packed(vector: Sequence[float]) -> bytes:
    """Of length one, as half floats: half of the room, and in practice the same order."""
    length = sqrt(sum(value * value for value in vector)) or 1.0
    return struct.pack(f"<{len(vector)}e", *(value / length for value in vector))


def _unpacked(kept: bytes) -> array[float]:
    return array("f", struct.unpack(f"<{len(kept) // 2}e", kept))


def _product(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(map(mul, one, other))


def _words_of(passage: KeptPassage) -> list[str]:
    return f"{passage.source_stems} {passage.title_stems} {passage.text_stems}".split()
