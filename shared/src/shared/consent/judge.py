"""One match of a rule, judged by what stands around it: what it finds, or nothing."""

from __future__ import annotations

from typing import Literal

from shared.consent.context import Standing, after_of, before_of, standing_of
from shared.consent.objects import About, about, limit_after
from shared.consent.phrases.spanish_context import spanish_about, spanish_standing
from shared.consent.rules import Match
from shared.consent.tokens import Sentence
from shared.consent.wordlists import words

Finding = Literal["stop", "possible_stop", "start", "keep", "keep mine"]

_ACCIDENT = words("""
    accident accidentally accidently mistake mistakenly oops error equivoque equivocacion accidente whoops button
    boton querer
""")
_NO_WISH: frozenset[Standing] = frozenset({"denied", "idle", "cited", "of_others"})
_ONLY_EVER_DOUBTFUL = frozenset({"unhappy", "question", "past"})


def judged(sentence: Sentence, match: Match) -> Finding | None:
    standing = (spanish_standing if match.rule.language == "es" else standing_of)(sentence, match)
    match match.rule.says:
        case "keep":
            return "keep" if standing == "said" and not _ends_it(sentence, match) else None
        case "keep mine":
            return "keep mine" if standing == "said" else None
        case "start":
            return _started(sentence, match, standing)
        case "past":
            return _reported(sentence, match, standing)
        case _:
            return _wished(sentence, match, standing)


def _started(sentence: Sentence, match: Match, standing: Standing) -> Finding | None:
    before = before_of(sentence, match)
    denied = {"not", "never"} & set(before) or (before[-1:] == ("you",) and not _ASKING & set(before[-2:-1]))
    meant = _of_our_texts(sentence, match) if match.rule.language == "es" else _of_me(sentence, match)
    return "start" if standing in ("said", "asked_for") and meant and not denied else None


_ASKING = words("can could will would may might should must hope please")
"""Before "you start texting me again" these ask for it; else it is a complaint."""


def _of_me(sentence: Sentence, match: Match) -> bool:
    matched = sentence.words[match.start : match.end]
    if match.rule.name == "start" and "resume" in matched and not {"start", "unstop", "resubscribe"} & set(matched):
        return False  # "resume" is a paper too
    after = after_of(sentence, match)
    if matched[0] in ("undo", "reverse", "cancel"):
        return matched[-1] != "opt" or after[:1] == ("out",)
    ours = after[:1] != ("my",) or bool({"texts", "number", "phone", "cell", "messages"} & set(after[1:3]))
    return ours and matched[-1] != "my" and _thing(sentence, match) == "texts"


def _of_our_texts(sentence: Sentence, match: Match) -> bool:
    """ "darme de alta en el seguro" is about an insurance."""
    said = sentence.words[match.start : match.end]
    if "alta" not in said:
        return True
    of_what = (*said[said.index("alta") + 1 :], *after_of(sentence, match))
    return not _OF & set(of_what[:1]) or bool(_SPANISH_TEXTS & set(of_what))


_OF = words("en de del al a")
_SPANISH_TEXTS = words("""
    lista listas mensaje mensajes texto textos sms recordatorio recordatorios aviso avisos alerta alertas numero nuevo
    promociones ofertas suscripcion servicio
""")


def _reported(sentence: Sentence, match: Match, standing: Standing) -> Finding | None:
    """ "I opted out": by mistake, of a gym, or of our texts, which still come."""
    if standing in _NO_WISH or _ACCIDENT & set(sentence.words) or _thing(sentence, match) == "else":
        return None
    if "without" in after_of(sentence, match)[:2]:
        return None  # "I was unsubscribed without asking"
    return "stop" if standing == "said" and "still" in sentence.words else "possible_stop"


def _wished(sentence: Sentence, match: Match, standing: Standing) -> Finding | None:
    rule, after = match.rule, after_of(sentence, match)
    if rule.says == "order" and standing == "idle" and "yet" in after:
        return "possible_stop"  # "did you take me off yet?"
    if _held_back(sentence, match, standing):
        return None
    thing = _thing(sentence, match)
    if thing == "else":
        return None
    doubtful = rule.doubtful or rule.says in _ONLY_EVER_DOUBTFUL or thing == "doubtful"
    return "possible_stop" if doubtful or standing != "said" or limit_after(after) else "stop"


def _held_back(sentence: Sentence, match: Match, standing: Standing) -> bool:
    rule = match.rule
    if standing in _NO_WISH and not (standing == "idle" and rule.says in ("unhappy", "question")):
        return True
    if _UNDOING & set(before_of(sentence, match)[-2:]):
        return True  # "please undo my opt out"
    if after_of(sentence, match)[:1] in (("mean",), ("means",)) or after_of(sentence, match)[:2] == ("is", "spelled"):
        return True  # "what does unsubscribe mean"
    if standing == "asked_for" and {"later", "anytime", "someday"} & set(after_of(sentence, match)):
        return True
    if rule.says == "saying" and {"equivocado", "equivocada"} & set(after_of(sentence, match)):
        return True
    if rule.says == "saying" and _ACCIDENT & set(sentence.words):
        return True
    if rule.name == "stop selling" and standing != "said":
        return True
    if sentence.words[match.start] == "why" and {"stop", "stopped", "not"} & set(
        sentence.words[match.start : match.end]
    ):
        return True  # "why did you stop texting me?"
    if rule.name == "too many texts" and sentence.asks and {"got", "get", "received"} & set(before_of(sentence, match)):
        return True  # "I got too many texts, which one is right?"
    if (
        rule.says == "order"
        and _ACCIDENT & set(after_of(sentence, match))
        and _DONE_TO & set(before_of(sentence, match))
    ):
        return True  # "you took me off the list by mistake"
    if rule.name in ("threatens to report", "amenaza") and sentence.asks:
        return True
    idle_what = sentence.words[match.start] == "what" and _IDLE_AFTER_WHAT & set(sentence.words[match.start :][:3])
    about_mail = (rule.says == "question" or standing == "how") and "email" in after_of(sentence, match)
    return bool(idle_what) or about_mail


_DONE_TO = frozenset({"you", "they", "was", "were", "got"})
_IDLE_AFTER_WHAT = frozenset({"happens", "does", "if"})


_UNDOING = words("undo reverse cancel")


def _thing(sentence: Sentence, match: Match) -> About:
    matched = sentence.words[match.start : match.end]
    judge = spanish_about if match.rule.language == "es" else about
    return judge(match.rule.objects, matched, after_of(sentence, match))


def _ends_it(sentence: Sentence, match: Match) -> bool:
    """ "I no longer want these texts", "you keep texting me", "I want the texts to stop": the contrary."""
    before = before_of(sentence, match)[-3:]
    first = sentence.words[match.start]
    if {"no", "longer", "not", "never"} & set(before) or (
        first in ("keep", "still")
        and not {"want", "need", "like", "love", "wanna"} & set(sentence.words[match.start : match.start + 2])
        and before[-1:]
        and before[-1] in _COMPLAINING
    ):
        return True
    return bool({"stop", "stopped", "gone", "off", "end"} & set(sentence.words[match.end : match.end + 3]))


_COMPLAINING = words("i you yall they people guys why am and who")
