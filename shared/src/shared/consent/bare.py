"""Keywords that stand alone: the whole text, a clause of it, or at the edge of one ("stop wrong number")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.consent import keywords
from shared.consent.objects import FAMILY as _FAMILY
from shared.consent.objects import TEXTS
from shared.consent.phrases.spanish_words import FAVOR
from shared.consent.reading import ConsentWish
from shared.consent.spelling import distance
from shared.consent.tokens import BREAK, Sentence, folded
from shared.consent.wordlists import words
from shared.consent.words import BUSINESS, CLASSES, STOP_SIGNS

_POLITE = frozenset(CLASSES["FLUFF"].split()) - {"no"} | FAVOR - words("""
    todo todos que yo soy estoy esta son si tengo voy vivo y es mi no
""")
_FLUFF = _POLITE
_SOFT = _POLITE | words("no me all it for good too")
"""May stand beside STOP in its clause; beside a weaker keyword only politeness may."""
_TAIL = frozenset(CLASSES["TAIL"].split())
_STRONG = frozenset({"stop", "unsubscribe", "stopall", "estop"})
_OPT_OUT = frozenset({"opt", "out", *_STRONG})
_STRONG_SENTENCES = frozenset({"baja"})
_WEAK_SENTENCES = (
    ["remove"],
    ["cancel"],
    ["end"],
    ["quit"],
    ["remove", "me"],
    ["remove", "it"],
    ["delete", "it"],
    ["end", "them"],
    ["remove", "us"],
    ["take", "it", "off"],
    ["remove", "this"],
    ["delete"],
    ["delete", "me"],
)
_DETERMINERS = words("the my your a an this that these those our his her their all any some")
_PLACES = words("""
    by in at over off for on here there outside near between and to sign light when until if after before from with
    short working
""")
_NOUN_MAKERS = words("""
    bus next last first pit truck rest a the one another my your quick full non short door fuel gas train metro
    delivery to not we they he she it you can will and never should must at every subway until when no_stop of what
    which want say said shop this
""")
_OATHS = words("love god gods sake real christs christ fucks fuck")
_DISMISSED = (
    ("who", "is", "this"), ("who", "are", "you"), ("wrong", "number"), ("wrong", "person"), ("not", "interested"),
    ("not", "me"), ("who", "dis"),
    ("numero", "equivocado"), ("no", "thanks"), ("tf", "is", "this"), ("who", "this"), ("wrong", "num"),
)  # fmt: skip
_PLAIN_LONGEST = 60


@dataclass(frozen=True, slots=True)
class _Whole:
    """A whole text in several strengths of undressing."""

    words: tuple[str, ...]
    said: frozenset[str]
    """As it was typed, and as it was mended."""
    core: tuple[str, ...]
    """Without what may stand beside STOP."""
    bare: tuple[str, ...]
    """Without politeness only."""


def whole_text(text: str, sentences: tuple[Sentence, ...]) -> tuple[ConsentWish, str, bool] | None:
    """The reading of a text that is nothing but a keyword: with its rule, and whether it is a plain one."""
    spoken = tuple(word for sentence in sentences for word in sentence.words if word != BREAK)
    if not spoken:
        return ("none", "", False)
    if all(word in STOP_SIGNS for word in spoken):
        return "possible_stop", "stop sign", False
    whole = _undressed(text, tuple(word for word in spoken if word not in STOP_SIGNS))
    return _exact(whole) or _dressed(whole) or _doubtful(whole)


def _undressed(text: str, spoken: tuple[str, ...]) -> _Whole:
    bare = tuple(word for word in spoken if word not in _POLITE)
    if bare[:1] == ("no",) and bare[1:2] not in _NO_AND:
        bare = bare[1:]
    return _Whole(
        words=spoken,
        said=frozenset({" ".join(spoken), _raw(text)}),
        core=tuple(word for word in spoken if word not in _SOFT and not word.isdigit()),
        bare=bare,
    )


def _exact(whole: _Whole) -> tuple[ConsentWish, str, bool] | None:
    if whole.said & keywords.STOP_WORDS:
        return "stop", "keyword", True
    if whole.said & keywords.START_WORDS:
        return "start", "keyword", True
    if whole.said & keywords.HELP_WORDS:
        return "help", "keyword", True
    return ("stop", "reply STOP", True) if _is_order_to_stop(whole.words) else None


def _dressed(whole: _Whole) -> tuple[ConsentWish, str, bool] | None:
    """The keyword with politeness around it; a word that is said of bookings too is doubtful then."""
    core, bare = whole.core, whole.bare
    if core and (set(core) <= _STRONG or {"opt", "out"} <= set(core) <= _OPT_OUT) and "not" not in whole.words:
        return "stop", "keyword", True
    if core and " ".join(core) in keywords.START_WORDS:
        return "start", "keyword", True
    if not bare or bare[0] in _EXACT_ONLY:
        return None
    if " ".join(bare) in keywords.STOP_WORDS or (len(set(bare)) == 1 and bare[0] in keywords.STOP_WORDS):
        doubtful = bare[0] in _UNCLEAR and len(bare) == 1
        return ("possible_stop", "keyword, politely", False) if doubtful else ("stop", "keyword", True)
    return None


def _doubtful(whole: _Whole) -> tuple[ConsentWish, str, bool] | None:
    bare, first = whole.bare, whole.words[0] if whole.words else ""
    politely = " ".join(bare) in keywords.POSSIBLE_WORDS and bare[0] not in _EXACT_ONLY
    if whole.said & keywords.POSSIBLE_WORDS or politely:
        return "possible_stop", "word of refusal", False
    if len(whole.words) < len(_PARTED) and "".join(whole.words) == _PARTED:
        return "possible_stop", "stop, parted", False
    if len(whole.words) == 1 and first.isascii() and first not in _NOT_STOP and _one_slip_from_stop(first):
        return "possible_stop", "one slip from stop", False
    return None


def _one_slip_from_stop(word: str) -> bool:
    return abs(len(word) - len(_PARTED)) <= 1 and distance(word, _PARTED) == 1


_NO_AND = (("more",), ("mas",), (), ("molestar",))
_PARTED = "stop"
_NOT_STOP = words("step shop top spot slop store stops so strop stow")


def _is_order_to_stop(words: tuple[str, ...]) -> bool:
    """ "Reply STOP to opt out", sent back as the whole text: by people who take it for what they are to type."""
    said = [word for word in words if word not in _POLITE and (word not in _AROUND)]
    return bool(_STRONG & set(said)) and all(word in _ENDINGS or word.isdigit() for word in said)


_AROUND = words("reply replying text send sending respond type with to the word as instructed or")
_ENDINGS = words("stop end quit cancel unsubscribe opt leave stopall exit remove")


_UNCLEAR = words("""
    cancel end quit remove cancelar salir terminar eliminar cancela cancele cancelen dejar borrar anular finalizar
    detener annuler cancella annulla excluir
""")
"""Beside "please" these may as well be about a booking."""
_EXACT_ONLY = words("para fin ya out off leave ende bas dur band ret cik opt mute pause huy dung thoi dejen")
"""Words of daily speech: only where nothing at all stands beside them."""


def _raw(text: str) -> str:
    """The folded words as typed, before mending: keywords of other languages look like slips of ours."""
    letters = "".join(char if char.isalnum() or char in "'’" else " " for char in folded(text[: _PLAIN_LONGEST * 2]))
    return " ".join(letters.replace("'", " ").replace("’", " ").split()) if len(text) <= _PLAIN_LONGEST * 2 else ""


def bare_stop(sentence: Sentence, sentences: tuple[Sentence, ...]) -> tuple[ConsentWish | Literal["weak"], str] | None:
    """A clause that is nothing but STOP: "no, stop", "Stop. I already bought one"."""
    for clause in sentence.clauses:
        core = [word for word in clause if word not in _SOFT and not word.isdigit() and word not in STOP_SIGNS]
        if core and (set(core) <= _STRONG or core == ["opt", "out"]):
            return ("possible_stop" if sentence.asks and len(sentences) > 1 else "stop"), "stop, alone in its clause"
        if core and set(core) <= _STRONG_SENTENCES:
            return "stop", "baja, alone in its sentence"
        if (
            len(sentence.clauses) == 1
            and len(sentences) > 1
            and [word for word in clause if word not in _POLITE] in _WEAK_SENTENCES
        ):
            return "weak", "keyword, alone in its sentence"
    return None


def edge_stop(sentence: Sentence) -> tuple[ConsentWish, str] | None:
    """STOP first or last in a clause that runs on without a pause: "stop wrong number", "who is this stop"."""
    for clause in sentence.clauses:
        words = tuple(word for word in clause if word not in STOP_SIGNS)
        start = next((place for place, word in enumerate(words) if word not in _SOFT), None)
        if start is None:
            continue
        if words[start] in _STRONG and (verdict := _leading(words[start + 1 :], sentence)):
            return verdict
        end = next(
            place for place in range(len(words) - 1, -1, -1) if words[place] not in _FLUFF or words[place] in _STRONG
        )
        if words[end] == "stop" and end > start and (verdict := _trailing(words[start:end], sentence)):
            return verdict
    return None


def _leading(tail: tuple[str, ...], sentence: Sentence) -> tuple[ConsentWish, str] | None:
    first = tail[0] if tail else ""
    second = tail[1] if len(tail) > 1 else ""
    if all(word in _SOFT for word in tail):
        return "stop", "stop, then politeness"
    if (
        first == "for"
        and second in ("the", "real", "gods", "christs", "fucks", "fuck", "christ")
        and _OATHS & set(tail[1:4])
    ):
        return "stop", "stop, then an oath"
    if first == "my" and second in _FAMILY:
        return "stop", "stop, then a reason"
    if first in ("was", "were", "means") or (first == "is" and second in _SPOKEN_OF):
        return None
    if first in _DETERMINERS and second and (first, second) not in (("this", "is"), ("this", "time")):
        return None
    if first in _TAIL or (first, second) in (("this", "is"), ("this", "time")):
        return "stop", "stop, then a reason"
    if first in _PLACES or first in TEXTS or first in BUSINESS or first.endswith("ing"):
        return None
    if first in _SOFT:
        return _leading(tail[1:], sentence) if first not in ("it", "me", "all", "a", "in", "at") else None
    if len(tail) <= 3 and not sentence.asks:
        return (
            ("stop", "stop, then a name")
            if len(tail) == 1 and first not in _ADVERBS
            else ("possible_stop", "stop and a word")
        )
    return None


_SPOKEN_OF = words("spelled misspelled a an in on at the what that listed supposed")
_ADVERBS = words("it this that short here there sometimes often")


_SUPPOSED = words("""
    friend neighbor lady yesterday
    if what happens does do when how why says dice si almost typed meant said accidentally mistake accident error
    fui accidente significa ignoren ignora ignore disregard querer es dijo namali nagkamali engano erreur sbaglio
    errore versehen ere
    responder sirve pasa contestar mandar""")


def _trailing(before: tuple[str, ...], sentence: Sentence) -> tuple[ConsentWish, str] | None:
    if before[-1] in ("texts", "messages", "texting") and (sentence.asks or _SUPPOSED & set(before)):
        return None
    if (
        before[-2:] in _DISMISSED
        or before[-3:] in _DISMISSED
        or before[-1]
        in (
            "no",
            "yes",
            "ok",
            "interested",
            "number",
            "please",
            "nope",
            "nah",
            "already",
            "then",
            "so",
            "pues",
            "good",
            "texting",
            "texts",
            "messages",
        )
        or (before[-1] == "me" and before[-2:-1] not in (("let",), ("make",), ("told",), ("asked",)))
    ):
        return ("stop", "dismissal, then stop") if "not" not in before[-1:] else None
    if {"will", "not"} <= set(before[-3:]):
        return None  # "I won't text STOP"
    if before[-1] in _NOUN_MAKERS or sentence.asks or _SUPPOSED & set(before):
        return None
    if "stop" in sentence.shouted:
        return "possible_stop", "STOP in capitals at the end"
    return None
