"""Plain keywords: a text that is nothing but STOP, START or HELP in one of its spellings.

Whole messages only, never a word within one ("cancel my appointment" is not an opt-out); wishes in plain language are
conversation's to understand. The sets are those of CTIA, the FCC (47 CFR 64.1200(a)(10)) and the carrier.
"""

from __future__ import annotations

import unicodedata

from shared.events.kinds import Keyword

OPT_OUT = frozenset({
    "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "remove",
    "arret", "alto", "parar", "nomas",
})  # fmt: skip
OPT_IN = frozenset({"start", "unstop"})
"""Not "yes" or "subscribe": outside an opt-in dialogue they mean something else."""
HELP = frozenset({"help", "info", "aide", "ayuda"})

_LONGEST = 60
"""Characters; a longer text is no keyword, however it is decorated."""
_DECORATION = frozenset({"Cf", "Cc", "Mn", "Me", "Zs", "Zl", "Zp", "Sm", "Sk"})
"""Zero-width and control characters, accents (after decomposition), spaces, `<` and `=`, free-standing accents."""


def keyword_of(text: str) -> Keyword | None:
    if len(text) > _LONGEST:
        return None
    word = _bare(text)
    if word in OPT_OUT:
        return "stop"
    if word in OPT_IN:
        return "start"
    return "help" if word in HELP else None


def _bare(text: str) -> str:
    """The letters alone: compatibility forms folded, case, accents, spaces and punctuation gone."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in folded if not _is_decoration(unicodedata.category(letter)))


def _is_decoration(category: str) -> bool:
    return category in _DECORATION or category.startswith("P")
