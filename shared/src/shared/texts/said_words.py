"""Whether a text says a keyword, in any script. Guides and routes are chosen by it, in two services alike.

Compared are whole words, without regard to case and accents. Where a script writes no spaces between words, or joins
endings to them (Chinese, Japanese, Korean, Thai and its neighbours), a keyword may be a part of a word.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ASCII_WORD = re.compile(r"[0-9a-z]+")
_JOINED_SCRIPTS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, Japanese kana, Chinese characters, Korean."""
_FIRST_ACCENT_CLASS, _POINTS = 200, range(10, 36)
"""Combining classes of accents, and of Hebrew and Arabic points. Others (voicing of kana, viramas, Thai tones) make
another letter and stay."""


class SaidWords:
    """The words of a text, to look keywords up in."""

    def __init__(self, text: str) -> None:
        self._spaced = f" {' '.join(words_in(text))} "

    def contains(self, keyword: str) -> bool:
        """False for a keyword without letters and digits."""
        wanted = _looked_for(keyword)
        return bool(wanted) and wanted in self._spaced


@lru_cache(maxsize=20_000)
def _looked_for(keyword: str) -> str:
    wanted = " ".join(words_in(keyword))
    return wanted if not wanted or _JOINED_SCRIPTS.search(wanted) else f" {wanted} "


def words_in(text: str) -> list[str]:
    """Letters and digits, case-folded, without accents; what stands between them separates the words."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())  # the usual case
    taken_apart = unicodedata.normalize("NFKD", text.casefold())
    kept = unicodedata.normalize("NFC", "".join(char for char in taken_apart if not _is_accent(char)))
    return "".join(char if _belongs_to_word(char) else " " for char in kept.casefold()).split()


def _is_accent(char: str) -> bool:
    kind = unicodedata.combining(char)
    return kind >= _FIRST_ACCENT_CLASS or kind in _POINTS


def _belongs_to_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M"
