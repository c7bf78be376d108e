"""What models put around an answer: `Here is a draft:`, a label, quotation marks, `(142 characters)`, the next turns.

Taken off where an answer is left. Each of them is recognised by words of a closed list, so that a sentence meant for
the customer is never taken for one. String operations only: linear in the text.
"""

from __future__ import annotations

from itertools import pairwise

_LONGEST_INTRODUCTION = 120
_LONGEST_LABEL = 24

_INTRODUCES = frozenset(
    "draft reply response message text sms answer version borrador respuesta mensaje texto antwort "  # noqa: SIM905 - words
    "nachricht".split()
)
_AROUND = frozenset(
    "sure certainly absolutely okay ok of course great yes here's here is are heres below this that's a "  # noqa: SIM905 - words
    "an the my your our one possible potential suggested proposed short brief concise friendly polite professional "
    "final revised improved shorter for to in under within about and as with you customer client user can could might "
    "send use characters character chars parts part it would i i'd suggest recommend following "
    "claro aquí está tienes un una el la de para al cliente hier ist eine die der mögliche".split()
)
_CLOSING = ("let me know if", "would you like me", "feel free to", "i hope this", "want me to")

_OURS = frozenset(
    "agent assistant ai bot chatbot reply response answer sms message draft support-agent text-message "  # noqa: SIM905 - words
    "ai-assistant sms-reply agente asistente respuesta antwort".split()
)
_THEIRS = frozenset(
    {"customer", "user", "human", "client", "caller", "cliente", "usuario", "kunde", "nutzer", "system"}
)

_QUOTES = (('"', '"'), ("'", "'"), ("`", "`"), ("\u201c", "\u201d"), ("\u201e", "\u201c"), ("\u00ab", "\u00bb"))

_ABOUT_THE_REPLY = (
    "i kept", "i've kept", "i have kept", "i wrote", "i used", "i avoided", "this reply", "this response",
    "the reply", "the response", "this draft",
)  # fmt: skip

_UNITS = frozenset(
    {"character", "characters", "char", "chars", "word", "words", "part", "parts", "segment", "segments", "caracteres"}
)
_COUNTING = frozenset(
    {"count", "total", "length", "about", "approximately", "approx", "around", "under", "exactly", "sms", "of", "in"}
)


def without_introduction(text: str) -> str:
    """Without `Sure! Here is a draft:` and, where it had one, without what the model then says to us below."""
    bare = text.lstrip()
    head, colon, rest = bare[:_LONGEST_INTRODUCTION].partition(":")
    if not colon or not rest.strip() or not _introduces(head):
        return text
    paragraphs = _between_rules(f"{rest}{bare[_LONGEST_INTRODUCTION:]}".strip().lstrip("*_ \n")).split("\n\n")
    if len(paragraphs) > 1 and paragraphs[-1].strip().casefold().startswith(_CLOSING):
        paragraphs.pop()
    return "\n\n".join(paragraphs).strip()


def first_own_turn(text: str) -> str:
    """What follows `Agent:`, up to where the model plays the customer: `Customer: …`."""
    said: list[str] = []
    ours, spoken, before = True, False, ""
    for line in text.splitlines():
        speaker, rest = ("", line) if _is_detail(before) else _speaker(line)
        before = line
        if speaker in _THEIRS and spoken:
            break
        if speaker in _THEIRS:
            ours = False
        elif speaker in _OURS:
            ours, line = True, rest
        if ours:
            said.append(line)
            spoken = spoken or bool(line.strip())
    return "\n".join(said).strip()


def without_quotes(text: str) -> str:
    """Without marks around the whole text; those around its parts stay."""
    bare = text.strip()
    for opens, closes in _QUOTES:
        inside = bare[1:-1]
        if len(bare) > 2 and bare.startswith(opens) and bare.endswith(closes) and not _quotes_in(inside, opens, closes):
            return inside.strip()
    return text


def without_note(text: str) -> str:
    """Without `Note: I kept it short.` as the last line."""
    before, newline, last = text.rstrip().rpartition("\n")
    said = " ".join(last.strip(" *_()[]").casefold().split())
    about_itself = said.startswith("note:") and any(words in said for words in _ABOUT_THE_REPLY)
    return before.rstrip() if newline and before.strip() and about_itself else text


def without_count(text: str) -> str:
    """Without `(142 characters)` at the end, in whatever brackets or on a line of its own."""
    bare = text.rstrip()
    for opens, closes in (("(", ")"), ("[", "]")):
        if bare.endswith(closes) and (at := bare.rfind(opens)) > 0 and _counts(bare[at + 1 : -1]):
            return bare[:at].rstrip(" \n*_-")
    before, newline, last = bare.rpartition("\n")
    return before.rstrip(" \n*_-") if newline and before.strip() and _counts(last) else text


def _introduces(head: str) -> bool:
    words = [word.strip("!.,;*_()~#0123456789") for word in head.casefold().replace("\u2019", "'").split()]
    words = [word for word in words if word]
    known = _INTRODUCES | _AROUND
    return any(word in _INTRODUCES for word in words) and all(word in known for word in words) and len(words) > 1


def _between_rules(text: str) -> str:
    """What stands before, or between, lines of `---`."""
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        if len(line.strip()) >= 3 and not line.strip().strip("-*_"):
            blocks.append([])
        else:
            blocks[-1].append(line)
    joined = ("\n".join(block).strip() for block in blocks)
    return next((block for block in joined if block), "")


def _is_detail(line: str) -> bool:
    """`Time: 3 pm` or `Your booking:`, after which `Customer: John` is no turn but the next detail."""
    speaker, rest = _speaker(line)
    bare = line.rstrip(" *_")
    return bare.endswith(":") or (bool(speaker) and rest != line and speaker not in _OURS | _THEIRS)


def _speaker(line: str) -> tuple[str, str]:
    head, colon, rest = line.partition(":")
    if not colon or len(head) > _LONGEST_LABEL:
        return "", line
    return "-".join(head.strip(" *_#>[]()-").casefold().split()), rest.lstrip(" *_")


def _quotes_in(inside: str, opens: str, closes: str) -> bool:
    if opens != "'":
        return opens in inside or closes in inside
    within_words = (left[-1:].isalnum() and right[:1].isalnum() for left, right in pairwise(inside.split("'")))
    return not all(within_words)


def _counts(text: str) -> bool:
    """`142 characters`, `Character count: 142`, `~142/160 chars`."""
    if len(text) > 60 or not any(char.isdigit() for char in text):
        return False
    words = [word.strip("~*_.,:()[]") for word in text.casefold().replace("/", " ").split()]
    words = [word for word in words if word and not word.replace(",", "").isdigit()]
    return any(word in _UNITS for word in words) and all(word in _UNITS or word in _COUNTING for word in words)
