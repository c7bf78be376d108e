"""Takes away what is not the customer's own words: reactions, quoted texts, e-mail headers, automatic replies.

Whatever the quoted words say, they are never the customer's wish. Where nothing else is left, the customer may still
have meant what stands there: it is read, and what it says is doubtful.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.consent.quoting import quote_forms as forms
from shared.consent.quoting.reactions import reaction
from shared.consent.reading import TextKind
from shared.consent.tokens import folded


@dataclass(frozen=True, slots=True)
class OwnWords:
    text: str
    """What the customer wrote themselves; unless `kind` is `text`, what they may have written."""
    kind: TextKind = "text"
    quoted: str = ""
    reaction: str = ""
    doubtful: bool = False
    """A wish in `text` is at most a possible one, except a plain keyword in a text of kind `text`."""


@dataclass(frozen=True, slots=True)
class _Lines:
    kept: str
    subject: str
    """Of a Re: or Fwd: line."""
    quoted: str


def own_words(text: str) -> OwnWords:
    bare = text.strip()
    if reacted := reaction(bare):
        return OwnWords(reacted.name, "reaction", reacted.quoted, reacted.sign, doubtful=True)
    if _is_autoreply(bare):
        return OwnWords(_NAME_OF_MODE.sub("", _without_footers(bare)), "autoreply", doubtful=True)
    lines = _lines_of(bare)
    kept, cited = _without_cited_footer(lines.kept)
    quoted = "\n".join(part for part in (lines.subject, lines.quoted, cited) if part)
    if _says_something(kept) or not _says_something(bare):
        return OwnWords(kept, "text", quoted)
    return _only_others_words(bare, lines, quoted)


def _only_others_words(bare: str, lines: _Lines, quoted: str) -> OwnWords:
    subject = _without_footers(lines.subject)
    if _says_something(subject):
        return OwnWords(subject, "text", lines.quoted, doubtful=True)
    return OwnWords(_without_footers(bare), "quote" if quoted else "text", quoted, doubtful=True)


def _says_something(text: str) -> bool:
    return any(char.isalnum() for char in text) or (bool(text.strip()) and not text.isascii())


def _is_autoreply(text: str) -> bool:
    if text.endswith(("?", "？")):
        return False  # machines do not ask
    plain = folded(text[:200]).replace("'", "’").replace("‘", "’").replace('"', "“").lstrip("“ *-_\n\t")
    if plain.startswith(forms.DRIVING):
        return plain.rstrip(" .!") in forms.DRIVING_WHOLE or any(part in plain for part in forms.MACHINE)
    if start := next((start for start in forms.AUTOREPLY_STARTS if plain.startswith(start)), ""):
        return plain[len(start) :].lstrip()[:1] != "?"  # "Auto-reply? STOP"
    if start := next((start for start in forms.OUT_OF_OFFICE if plain.startswith(start)), ""):
        return _goes_on_like_a_notice(plain[len(start) :].lstrip(" "))
    return any(part in plain for part in forms.AUTOREPLY_PARTS)


def _goes_on_like_a_notice(rest: str) -> bool:
    if not rest or not rest[0].isalnum():
        return rest[:1] != "?"
    return rest.split()[0].strip(".,:;!") in forms.OUT_UNTIL


def _lines_of(text: str) -> _Lines:
    """The writer's own lines; then those that quote, with the subject and what stands above a quoted mail."""
    kept: list[str] = []
    subjects: list[str] = []
    quoted: list[str] = []
    lines = text.splitlines()
    last_quoting = max((place for place, line in enumerate(lines) if _quotes(line)), default=-1)
    for place, line in enumerate(lines):
        bare = folded(line.strip()).replace("'", "’")
        if bare.startswith(forms.ORIGINAL) or (len(bare) > 4 and not bare.strip("_")):
            quoted.extend(lines[place + 1 :])
            break
        if _quotes(line):
            quoted.append(line.lstrip(" >＞|"))
        elif bare.startswith(forms.HEADERS):
            subjects.append(_without_prefix(line))
        elif (end := _end_of_wrote(bare, quotes_follow=place < last_quoting)) is not None:
            quoted.append(line.strip()[end:].strip() or line)
        elif not bare.startswith(forms.SIGNATURES):
            kept.append(line)
    return _Lines("\n".join(kept), "\n".join(subjects), "\n".join(quoted))


def _quotes(line: str) -> bool:
    return line.lstrip().startswith((">", "＞", "|>")) and bool(line.strip(" >＞|"))


def _without_prefix(line: str) -> str:
    """`Re: Fwd: STOP` says STOP."""
    while folded(line.strip()).startswith(forms.HEADERS):
        line = (line.partition("]") if line.lstrip().startswith("[") else line.partition(":"))[2]
    return line.strip()


def _end_of_wrote(bare: str, *, quotes_follow: bool) -> int | None:
    """Where "On Tue you wrote:" ends, or "Ann wrote:" above quoted lines; None for "As I wrote: stop texting me"."""
    for sign in forms.WROTE:
        place = f" {bare}".find(f" {sign}")
        if place >= 0 and (bare.startswith(forms.DATED) or (quotes_follow and bare.endswith(sign))):
            return place + len(sign)
    return None


_FOOTER = re.compile(
    rf"\b(?:{'|'.join(sorted(forms.ORDERS))})\s+[\"“”«„'’]?(?:{'|'.join(sorted(forms.FOOTER_KEYWORDS))})\b[^.!?\n]*",
    re.IGNORECASE,
)


_ANOTHER_ORDER = re.compile(
    rf"\b(?:{'|'.join(sorted(forms.ORDERS))})\b.*\b(?:{'|'.join(sorted(forms.FOOTER_KEYWORDS))})\s+(?:to|2|para|pour)\b"
)
"""`Reply 1 to confirm, STOP to unsubscribe`."""
_NAME_OF_MODE = re.compile(
    "do not disturb(?: while driving)?|no molestar|ne pas déranger|nicht stören|não perturbe|non disturbare",
    re.IGNORECASE,
)
"""Names of a phone's mode, which read like a wish."""


def _without_footers(text: str) -> str:
    """Without "Reply STOP to opt out": our own words, which machines and mail programs send back."""
    return _FOOTER.sub("", text)


def _without_cited_footer(text: str) -> tuple[str, str]:
    """`"Reply STOP to end" - it never came`: a keyword that is cited with its order is not said by the customer."""
    start = next((place for place, char in enumerate(text) if char in '“"«„'), None)
    if start is None:
        return text, ""
    end = next((place for place in range(start + 1, len(text)) if text[place] in '”"»“'), None)
    if end is None:
        return text, ""
    cited, outside = text[start + 1 : end], f"{text[:start]} {text[end + 1 :]}"
    if len(cited.split()) < 3 or not any(char.isalnum() for char in outside):
        return text, ""
    is_footer = _FOOTER.search(folded(cited)) or _ANOTHER_ORDER.search(folded(cited[:200]))
    return (outside, cited) if is_footer else (text, "")
