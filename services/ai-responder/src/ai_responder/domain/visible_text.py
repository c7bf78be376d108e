"""Characters that people cannot see. They hide instructions from people, and split an address that a phone joins again.

Removed are the code points of category Cf (format) and the property Default_Ignorable_Code_Point of Unicode 15.1,
and control characters other than tab and line feed. Some of them hold scripts and emoji together and are kept where the
text is for people, or where they stand between the characters that need them.
"""

from __future__ import annotations

import re
import unicodedata

_FORMAT = (
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001"
    "\U000e0020-\U000e007f"
)
_IGNORABLE = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff"
)
_CONTROL = "\u0000-\u0008\u000b-\u001f\u007f-\u009f"
_INVISIBLE = re.compile(f"[{_CONTROL}{_FORMAT}{_IGNORABLE}]")

_JOINERS = "\u200c\u200d"
"""Persian needs the non-joiner, Indic scripts and families of emoji the joiner."""
_FOR_PEOPLE = _JOINERS + "\u200e\u200f\ufe0e\ufe0f\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2"
"""Also marks of direction where scripts mix, both faces of an emoji, and Arabic signs that are Cf but can be seen."""
_KEYCAPS = re.compile("[\ufe0e\ufe0f\u20e3]")


def visible(text: str) -> str:
    """Only what can be seen: for checks."""
    return _INVISIBLE.sub("", text)


def writable(text: str) -> str:
    """As `visible`, with what scripts and emoji are put together by: for texts that people are to read."""
    return _INVISIBLE.sub(lambda found: found[0] if found[0] in _FOR_PEOPLE else "", text)


def readable(text: str) -> str:
    """As `visible`, with joiners between characters beyond ASCII: for texts that a model is to read."""
    return _INVISIBLE.sub(lambda found: found[0] if _joins(text, found.start()) else "", text)


def one_line(text: str) -> str:
    """A datum as one line: line breaks of any kind and runs of space become one space."""
    return " ".join(readable(text).split())


def plain_form(text: str) -> str:
    """How a phone's link detection may read it: compatibility forms folded (full-width letters, keycaps), nothing
    invisible."""
    return unicodedata.normalize("NFKC", _KEYCAPS.sub("", visible(text)))


def _joins(text: str, at: int) -> bool:
    if text[at] not in _JOINERS or at == 0 or at + 1 == len(text):
        return False
    return not text[at - 1].isascii() and not text[at + 1].isascii()
