"""A short piece of what a model wrote, for people to judge it by: without numbers and secrets, on one line."""

from __future__ import annotations

import re

from shared.control_characters import without_control_characters

LONGEST = 120
_FEWEST_DIGITS = 4
"""Fewer are a price or a time of day."""
_LONGEST_WORD = 24
"""Words of letters and digits that are longer are keys and tokens."""
_NUMBER = re.compile(r"[0-9][0-9 ().+/-]*")
_SECRET = ("key", "token", "password", "passwort", "secret", "bearer", "pin", "code")


def excerpt(text: str) -> str:
    """In quotation marks, at most 120 characters; "nothing" if there is none."""
    shown = " ".join(without_control_characters(text[: LONGEST * 8]).split())
    redacted = _NUMBER.sub(_masked, " ".join(_without_secrets(shown.split(" "))))
    if not redacted:
        return "nothing"
    return f'"{redacted}"' if len(redacted) <= LONGEST else f'"{redacted[: LONGEST - 3]}..."'


def _masked(number: re.Match[str]) -> str:
    found = number.group()
    if sum(char.isdigit() for char in found) < _FEWEST_DIGITS:
        return found
    return "".join("#" if char.isdigit() else char for char in found)


def _without_secrets(words: list[str]) -> list[str]:
    """Long words of letters and digits, and whatever follows `password:` or `key=`."""
    kept: list[str] = []
    expected = False
    for word in words:
        name, sign, value = word.partition("=") if "=" in word else word.partition(":")
        named = bool(sign) and name.strip("\"'({[-_*").casefold().endswith(_SECRET)
        if expected or (named and value.strip("\"'")):
            kept.append(f"{name}{sign}[hidden]" if named else "[hidden]")
        else:
            kept.append("[hidden]" if _is_token(word) else word)
        expected = (named and not value.strip("\"'")) or word.casefold() == "bearer"
    return kept


def _is_token(word: str) -> bool:
    return len(word) > _LONGEST_WORD and any(char.isdigit() for char in word) and any(char.isalpha() for char in word)
