"""What stands before a match: is it denied, asked about, cited, put under a condition, or said of somebody else?

The same words are an order ("remove me"), its denial ("please don't remove me"), a question ("what happens if you
remove me?") or a report ("they removed me"). Only the clause is looked at,
from its last "and", "so", "but" or "please" on.
"""

from __future__ import annotations

from typing import Literal

from shared.consent.rules import Match
from shared.consent.tokens import BREAK, Sentence
from shared.consent.wordlists import words
from shared.consent.words import CLASSES

Standing = Literal["said", "asked_for", "how", "unable", "persists", "denied", "idle", "cited", "of_others"]
"""`said`: plainly. `how`, `unable`, `persists`: the wish shows, a person should look. The rest is no wish."""

_NEAR = 30
"""Words to either side that bear upon a match: a bound, so that work grows with the text and no faster."""
_RESETS = frozenset({BREAK, "and", "so", "but", "then", "please", "kindly", "pero", "pues", "because", "y", "favor"})
_NEGATIONS = frozenset({"not", "never", "without", "nor"})
_CHAIN = words("""
    want wish mean meant intend intended intending try trying tried ask asked asking like need have had ever to you
    me be just really actually going planning plan the this texts reminders messages alerts said say saying i we
    would should request requested choose chose decide decided it please wanted getting get being looking about
""")
_DIRECT = words("to ever be just even really actually you me i it being get getting of by about")
_SUBJECTS = words("""
    i we you yall they he she it this that the my your these someone somebody anyone people there replying texting
    reply a text u ya
""")
_OTHERS = words("he she they it who husband wife mom son daughter neighbor everyone")
_QUESTION_VERBS = words("do does did will would should shall am is are was were can could may might has have")
_OPENERS = words("""
    what how when why where which hi hey hello ok okay wait question lol um uh no yes quick just times also or oh
    well now curious wondering not
""")
_SAYS = words("says say said saying reads mentions mentioned word dice decia pone palabra")
_IDLE = words("if whether unless until when whenever once after before while")
_REPLY = words("reply text send respond txt type")
_STOPS = frozenset(CLASSES["STOP"].split())


def before_of(sentence: Sentence, match: Match) -> tuple[str, ...]:
    """The words before it that bear upon it."""
    start = match.start
    while start > max(0, match.start - _NEAR) and sentence.words[start - 1] not in _RESETS:
        start -= 1
    return sentence.words[start : match.start]


def clause_before(sentence: Sentence, match: Match) -> tuple[str, ...]:
    start = match.start
    while start > max(0, match.start - _NEAR) and sentence.words[start - 1] != BREAK:
        start -= 1
    return sentence.words[start : match.start]


def after_of(sentence: Sentence, match: Match) -> tuple[str, ...]:
    """The rest of its clause."""
    end = match.end
    while end < min(len(sentence.words), match.end + _NEAR) and sentence.words[end] != BREAK:
        end += 1
    return sentence.words[match.end : end]


def standing_of(sentence: Sentence, match: Match) -> Standing:
    before = _without_dismissal(before_of(sentence, match))
    if match.rule.name == "come to an end" and _NEGATIONS & set(before):
        return "denied"
    if match.rule.objects == "loose" and _NEGATIONS & set(before) and match.rule.says == "order":
        return "denied"
    if negation := _negation(before, sentence.words[match.start]):
        return negation
    if _is_cited(before):
        return "cited"
    if match.rule.says == "refusal" and (held := _refusal(before, sentence.words[match.start : match.end])):
        return held
    if match.rule.name == "told you to stop" and not _first_person(before):
        return "cited"
    if (asked := _question(before, sentence.words[match.start])) is not None:
        return asked
    if match.rule.says == "order" and before and before[-1] in _OTHERS:
        return "of_others"
    if sentence.words[match.start] in _STOPV and before and before[-1] in ("i", "we"):
        return "of_others"
    return "said"


_STOPV = frozenset(CLASSES["STOPV"].split())


def _without_dismissal(before: tuple[str, ...]) -> tuple[str, ...]:
    """ "who is this" and "i do not know you" run on into the order without a pause."""
    for place in range(len(before) - 2, -1, -1):
        if before[place : place + 3] in _DISMISSALS:
            return before[place + 3 :]
    return before


_DISMISSALS = {
    ("who", "is", "this"), ("who", "are", "you"), ("who", "is", "it"), ("not", "know", "you"), ("who", "tf", "is"),
    ("do", "not", "care"), ("who", "the", "hell"), ("who", "this", "is"),
}  # fmt: skip


def _negation(before: tuple[str, ...], first: str) -> Standing | None:
    place = len(before) - 1
    if place >= 0 and before[place] not in _NEGATIONS and before[place] not in _DIRECT and first not in _CONTINUES:
        return None
    while place >= 0 and before[place] in _CHAIN:
        place -= 1
    if before[-1:] == ("hate",) and first in _CONTINUES:
        return "denied"
    if place < 0 or before[place] not in _NEGATIONS:
        return "denied" if before[-3:] in _NO_NEED or before[-4:-1] in _NO_NEED else None
    if {"if", "unless"} & set(before[:place]) and {"you", "yall", "they", "this"} & set(before[:place]):
        return None  # "if you don't stop texting me": wanted all the more
    lead = before[place - 1] if place else ""
    if lead in ("can", "could") or "able" in before[place:]:
        return "unable"
    if before[:1] == ("why",) or (before[place + 1 : place + 2] == ("you",) and before[place:] == ("not", "you")):
        return "how"
    if lead in ("will", "would") and (before[:place][-2:-1] or ("",))[0] not in ("i", "we"):
        return "persists"
    return "denied"


_CONTINUES = words("to be being get have receiving want")
_NO_NEED = {
    ("would", "hate", "to"),
    ("i", "hate", "to"),
    ("no", "need", "to"),
    ("no", "reason", "to"),
    ("no", "intention", "of"),
    ("no", "plans", "to"),
    ("no", "want", "to"),
    ("no", "desire", "to"),
    ("no", "plan", "to"),
    ("no", "i", "want"),
}


def _is_cited(before: tuple[str, ...]) -> bool:
    """Somebody else's words: "it says reply STOP to unsubscribe"."""
    for place, word in enumerate(before):
        if word in _REPLY and place + 1 < len(before) and before[place + 1] in _STOPS:
            return True
        if word in _SAYS:
            subject = before[place - 1] if place else ""
            if subject not in ("i", "we", "have", "already", "told", "to", "just", "can", "as", ""):
                return word not in ("word", "palabra") or place >= len(before) - 3
    return bool(before) and before[-1] in ("stop", "word", "keyword")


def _refusal(before: tuple[str, ...], matched: tuple[str, ...]) -> Standing | None:
    """A refusal says "not" itself: "you did not text me" reports, "if you don't text me" supposes."""
    if "if" in before or "when" in before:
        return "idle"
    verb = before[-1] if before else ""
    subject = before[-2] if len(before) > 1 else ""
    wanted = bool(_WANTS & set(matched))
    if "interest" in matched:
        return None
    if (
        matched[0] in ("no", "zero")
        and before
        and before[-1] in _EXIST
        and not {"ensure", "sure", "want"} & set(before)
    ):
        return "idle"
    if verb in ("did", "does", "has", "had", "was", "were", "have") and not wanted:
        return None if subject in ("i", "we") and "consent" in matched else "idle"
    if subject in (
        "ask",
        "asked",
        "asking",
        "tell",
        "telling",
        "want",
        "request",
        "beg",
        "can",
        "could",
        "would",
        "will",
    ):
        return None
    if (verb in _TELLERS or (verb in ("do", "will", "would", "can", "could") and subject in _TELLERS)) and not wanted:
        return (
            "idle"
            if "permission" not in matched and "consent" not in matched and not (verb == "can" and subject == "you")
            else None
        )
    if verb in ("can", "could") and subject in ("i", "we") and not wanted:
        return "idle"
    if wanted and (subject in ("you", "they", "he", "she") or verb in ("you", "they", "he", "she")):
        return "of_others"
    return None


_EXIST = words("are is were was got get have has had received receive see getting been be there")
_WANTS = words("prefer rather want wish need care like longer interested")
_TELLERS = words("you they he she it who i we yall people")


_BETWEEN = words("""
    writing here hereby now have had already just keep am been was do did will times literally to only really
    also not nicely kindly once time repeatedly politely third second are be
""")
"""May stand between who told and what they told."""


def _first_person(before: tuple[str, ...]) -> bool:
    """Who told: "I told you", "have told you", or nobody named."""
    place = len(before) - 1
    while place >= 0 and before[place] in _BETWEEN:
        place -= 1
    return place < 0 or before[place] in (
        "i",
        "we",
        "is",
        "must",
        "my",
        "husband",
        "wife",
        "mom",
        "son",
        "please",
        "this",
        "cause",
        "lawyer",
    )


def _question(before: tuple[str, ...], first: str) -> Standing | None:
    for place, word in enumerate(before):
        following = before[place + 1] if place + 1 < len(before) else first
        if word == "how" and following == "many":
            return None  # "how many times do I have to tell you"
        if word in ("how", "where", "way", "possible", "able", "steps", "instructions", "ways"):
            return "how"
        if word == "what":
            return (
                "how" if following in ("do", "can", "must", "should", "number") and "happens" not in before else "idle"
            )
        if word == "why":
            return "how" if {"not", "keep", "still"} & set(before) else "idle"
        if word in _IDLE:
            return _condition(before[place:])
        if word in _QUESTION_VERBS and following in _SUBJECTS and (place == 0 or before[place - 1] in _OPENERS):
            return _inverted(word, following)
        if word in ("thinking", "considering", "might", "wondering"):
            return "how"
    return None


def _condition(rest: tuple[str, ...]) -> Standing | None:
    """ "if I unsubscribe" asks; "if you could unsubscribe me" and "if you don't unsubscribe me" want it."""
    if rest[0] in ("if", "unless", "until") and rest[1:2] in (("you",), ("yall",), ("they",)):
        return None if {"could", "can", "would", "will", "not"} & set(rest[2:5]) or rest[0] == "unless" else "how"
    return "idle"


def _inverted(verb: str, subject: str) -> Standing | None:
    if subject in ("you", "yall", "someone", "somebody", "anyone", "they", "u", "ya", "people"):
        return None if verb in ("can", "could", "will", "would") else "idle"
    if subject in ("i", "we"):
        return "asked_for" if verb in ("can", "could", "may", "might") else "idle"
    if verb in ("can", "could", "will", "would", "have", "has", "may"):
        return None
    return "idle"
