"""What follows a match: our texts, or something else ("opt out of paperless", "remove me from the lease")?"""

from __future__ import annotations

from typing import Literal

from shared.consent.wordlists import words
from shared.consent.words import BUSINESS, CLASSES

About = Literal["texts", "doubtful", "else"]

TEXTS = frozenset(CLASSES["TEXTS"].split())
_LISTS = frozenset(CLASSES["LISTS"].split()) - words("""
    group chat file files directory service services thread club program roster
""")
_OTHER_LISTS = frozenset(CLASSES["OTHERLIST"].split())
_THINGS = frozenset(CLASSES["THING"].split()) | {"here", "all", "everywhere", "you", "yall"}
_SERVICES = frozenset({"service", "services", "program", "club", "thread"})
_DET = frozenset(CLASSES["DET"].split())
_FLUFF = frozenset(CLASSES["FLUFF"].split())
_AFTER_STOP = words("""
    two three four five ten countless many times multiple several like but yesterday twice already and before so
    with on last a every as for
""")
_TAIL = frozenset(CLASSES["TAIL"].split())
_NUM = frozenset(CLASSES["NUM"].split())
_EMAIL = frozenset(CLASSES["EMAIL"].split())
_WRITING = frozenset(CLASSES["WRITING"].split())
_WRITE = frozenset(CLASSES["WRITE"].split()) | {"texted", "contacted", "messaged", "receive", "communicate"}
_LIMITS = words("""
    until till til while during tonight tomorrow unless except only weekends after before hasta antes despues
    excepto salvo solo domingos noche
""")
_TIMES = words("night nights work noon midnight am pm weekends dinner school sunday sundays weekend lunch church")
_DAYS = words("""
    tomorrow today monday tuesday wednesday thursday friday saturday sunday week month appointment appointments
    order visit manana hoy lunes martes miercoles jueves viernes sabado domingo cita
""")
_LOOSE_WRITING = words("""
    sending writing reaching blowing hitting send write reach annoying disturbing disturb pinging messing
""")
_NEEDS_OFF = words("""
    take taking taken drop dropping get getting kick pull cut boot knock strike clear withdraw dropped
""")
_PAPER = words("""
    paper bill bills invoice invoices catalog catalogs statement statements letters voicemail email emails mail
    driver tech wrong package packages
""")
_REPLACES = words("use add put replace change update keep switch enter")
FAMILY = words("""
    him her them his wife husband mom mother dad kid kids son daughter family grandmother boss employees staff
""")
_CONTRARY = frozenset(CLASSES["ENDING"].split()) | words(
    "stopping until forget forgot opt unsubscribe unsubscribed hesitate lose miss missing remove"
)
_ELSEWHERE = words("and or but before when if until account waitlist lease")
_YOURS = words("phone phones end computer company stuff thing")
_WINDOW = 7


def about(kind: str, matched: tuple[str, ...], after: tuple[str, ...]) -> About:  # noqa: C901
    """Judged by the rule's kind of object."""
    rest = _content(after)
    match kind:
        case "person":
            return _person(matched, rest)
        case "list":
            return _list(matched, rest)
        case "removal":
            return _removal(matched, rest)
        case "consent":
            return _consent(rest)
        case "wanted":
            return _wanted(matched, rest)
        case "start":
            return (
                "texts"
                if not rest or rest[0] in ("again", "so", "when") or rest[0] in _TAIL or rest[0] in TEXTS
                else "else"
            )
        case "stop":
            if rest[:1] == ("to",) and "wrong" in rest[:3]:
                return "else"
            return (
                "texts"
                if not rest
                or rest[0] in _TAIL | TEXTS | _AFTER_STOP
                or rest[0].isdigit()
                or rest[0] in _WRITING
                or set(rest[:4]) & (TEXTS | {"number"})
                else "else"
            )
        case "alone":
            return (
                "else"
                if rest[:1]
                and rest[0] in ("on", "with", "in", "at", "for", "until")
                and not set(rest[:5]) & (TEXTS | _THINGS | {"good"})
                else "texts"
            )
        case "loose":
            return _loose(matched, rest)
        case "past":
            return (
                "else"
                if rest[:2] == ("from", "my")
                else _list(matched, rest)
                if not rest
                or rest[0] != "from"
                or (set(rest[:_WINDOW]) & (TEXTS | _LISTS | _THINGS) and not set(rest[:4]) & _EMAIL)
                else "else"
            )
        case "channel":
            return "else" if matched[-1] == "my" and rest and not set(rest[:3]) & _NUM else "doubtful"
        case _:
            return "texts"


def limit_after(after: tuple[str, ...]) -> bool:
    """ "until tomorrow", "after 9pm", "at work": a limit is not an end."""
    for place, word in enumerate(after[:_WINDOW]):
        following = after[place + 1 : place + 4]
        if word in _LIMITS:
            return not (
                word in ("before", "after", "unless", "until")
                and following[:1] in (("i",), ("my",), ("we",), ("this",))
            )
        if word in ("at", "on", "in", "during") and (
            set(following) & _TIMES or (word == "at" and any(one.isdigit() for one in following))
        ):
            return True
    return False


def _content(after: tuple[str, ...]) -> tuple[str, ...]:
    """Without leading politeness and plain numbers."""
    place = 0
    while place < len(after) and (
        (after[place] in _FLUFF and after[place] not in ("and", "mi", "una", "de"))
        or after[place] == "good"
        or after[place].isdigit()
    ):
        place += 1
    return after[place:]


def _loose(matched: tuple[str, ...], rest: tuple[str, ...]) -> About:
    """Between verb and noun anything may stand; a thing of another kind there is what it is about."""
    between = set(matched[1:-1])
    if (rest[:1] == ("for",) and set(rest[1:4]) & _DAYS) or (
        rest[:1] == ("to",) and rest[1:2] in (("stop",), ("end",), ("go",))
    ):
        return "else"
    if any(word[:1].isdigit() for word in between):
        return "else"
    if matched[0] in ("not", "never", "longer", "nor") and between & (_STOP_VERBS | _CONTRARY):
        return "else"
    if matched[-1] in ("my", "this") and rest[:1] and not set(rest[:3]) & _NUM:
        return "else"
    if {"text", "contact", "message", "write"} & set(matched) and _CHANNELS & set(rest[:4]):
        return "else"
    if between & (_OTHER_LISTS | BUSINESS | _PAPER | _DAYS | _ELSEWHERE):
        return "else"
    if "to" in between and matched[0] in ("drop", "lose", "skip", "end"):
        return "else"
    if rest[:1] == ("the",) and set(rest[1:3]) & _ASKED_FOR:
        return "else"
    return "else" if set(rest[:3]) & {"back", "question", "about"} else "texts"


_ASKED_FOR = words(
    "code address link pin password menu photo photos picture pictures pic pics details directions total"
)


def _person(matched: tuple[str, ...], rest: tuple[str, ...]) -> About:  # noqa: C901
    near = set(rest[:_WINDOW])
    loose = bool(_LOOSE_WRITING & set(matched))
    if matched[-1] == "my" and rest and not set(rest[:4]) & _NUM:
        return "texts" if rest[0] in FAMILY and set(matched) & _STOP_VERBS else "else"
    if rest[:1] == ("the",) and set(rest[1:3]) & _ASKED_FOR:
        return "else"  # "don't text me the code, I got it"
    if "you" in rest[:1] or rest[:2] == ("and", "driving"):
        return "else"
    if _PAPER & near and not TEXTS & near:
        return "else" if loose else "doubtful"
    if near & (TEXTS | {"stuff", "crap", "shit", "garbage", "junk"}) or not rest:
        return "texts"
    if loose and rest[0] in ("out", "up") and rest[1:2] in ((), ("to",), ("me",)):
        return "texts"
    if loose and rest[1:2] == ("up",):
        return "texts"
    if matched[-1] in ("this", "my", "that", "his", "her", "the", "our", "it") and (
        rest[0] in _NUM or rest[0] in _TAIL or set(rest[:4]) & _NUM
    ):
        return "texts"
    if matched[-1] in ("me", "us", "here", "again", "anymore", "ever", "any") and not loose:
        return "doubtful" if _CHANNELS & near else "texts"
    if rest[0] in ("me", "us"):
        return _sent_to_me(rest[1:], loose=loose)
    if rest[0] in ("my", "this", "his", "her", "our", "the", "any", "that", "it") and set(rest[1:4]) & _NUM:
        return "texts"
    if "address" in near:
        return "else"
    if set(rest[:3]) & FAMILY and rest[0] == "my" and set(matched) & _STOP_VERBS:
        return "texts"
    if set(rest[:3]) & FAMILY or rest[0] == "my":
        return "doubtful" if set(matched) & _STOP_VERBS else "else"
    if (
        rest[0] in _TAIL
        or rest[0] in _THINGS
        or rest[0]
        in (
            "about",
            "here",
            "again",
            "people",
            "and",
            "to",
            "with",
            "on",
            "up",
            "so",
            "at",
            "after",
            "until",
            "before",
            "over",
            "for",
            "any",
            "anyone",
            "while",
            "during",
        )
    ):
        return "texts"
    return "else" if loose or not set(matched) & _STOP_VERBS else "doubtful"


_CHANNELS = words("email emails phone call calls mail correo")
_STOP_VERBS = words("stop quit cease halt end discontinue refrain abstain desist")


def _sent_to_me(rest: tuple[str, ...], *, loose: bool) -> About:
    rest = _content(rest)
    if (
        not rest
        or not loose
        or rest[0] in _TAIL
        or rest[0] in _THINGS
        or rest[0] in ("about", "so", "to", "at", "on", "here", "again", "and", "any", "no")
    ):
        return "else" if rest[:2] == ("to", "voicemail") else "texts"
    return "doubtful"


_READING = words("magazine magazines print paper catalog catalogs podcast channel streaming gym journal")


def _list(matched: tuple[str, ...], rest: tuple[str, ...]) -> About:
    near = rest[:_WINDOW]
    if any(near[place] == "and" and near[place + 1] in _REPLACES for place in range(len(near) - 1)):
        return "else"
    if not rest or rest[0] in _TAIL or (rest[0] in ("me", "my", "this", "us", "thing") and set(near) & _NUM):
        return "texts"
    if rest[0] in ("from", "of", "for", "to", "on", "off"):
        if set(near) & _READING and not set(near) & TEXTS:
            return "else"
        named = [word for word in rest[1:_WINDOW] if word not in _DET or word in TEXTS]
        if set(named) & _SERVICES and not set(rest[:_WINDOW]) & TEXTS:
            return "doubtful" if set(rest[1:3]) & {"your", "this", "the"} and len(named) == 1 else "else"
        if (
            not named
            or any(word in TEXTS or word in _LISTS or word in _THINGS for word in named[:3])
            or (set(rest[1:3]) & (_THINGS | {"your"}) and not set(named) - _FLUFF)
        ):
            return "else" if set(near) & _OTHER_LISTS else "texts"
        if set(named[:2]) & _EMAIL:
            return "doubtful"
        return "else" if "out" in matched else "doubtful"
    if set(near) & (TEXTS | _LISTS | {"me", "us"}):
        return "texts"
    if rest[0] in ("my", "our", "his", "her", "the", "form", "forms", "deadline", "period", "date", "box") or (
        rest[0] in ("link", "button", "page") and {"email", "website", "site", "app"} & set(near)
    ):
        return "else"
    if rest[0] in ("needed", "required", "necessary"):
        return "else"
    if rest[0] in ("and", "as", "effective"):
        return "texts"
    return "doubtful"


def _removal(matched: tuple[str, ...], rest: tuple[str, ...]) -> About:
    verb_needs_off = bool(set(matched) & _NEEDS_OFF) and not set(matched) & {"off", "from"}
    if rest[:1] and rest[0] in ("off", "from", "out", "of", "on", "in"):
        return _removed_from(matched, rest)
    if verb_needs_off:
        return "else"
    if not rest or rest[0] in _TAIL or rest[:2] == ("at", "once") or rest[:2] == ("for", "good"):
        return "texts"
    if rest[0] == "and":
        return "else" if len(rest) > 1 and rest[1] in _REPLACES else "texts"
    return (
        "texts"
        if set(rest[:4]) & {"list", "lists", "texts"}
        else "else"
        if rest[0] in ("as", "to", "with", "by", "for", "a", "the", "when", "at")
        else "doubtful"
    )


def _removed_from(matched: tuple[str, ...], rest: tuple[str, ...]) -> About:
    place = 0
    while place < len(rest) and rest[place] in ("off", "from", "out", "of", "on", "in"):
        place += 1
    named = rest[place : place + _WINDOW]
    if named[:1] == ("here",) and rest[0] == "out":
        return "else"
    if (
        not named
        or (named[0] in _TAIL and named[0] not in ("my",))
        or (named[0] in _FLUFF and named[0] not in ("me", "all", "it", "a", "in"))
    ):
        return "else" if set(matched) & {"drop", "dropping", "cut"} or rest[0] in ("out", "on", "in") else "texts"
    for index, word in enumerate(named):
        if named[index : index + 2] == ("group", "chat") and not set(named) & {"text"}:
            return "else"
        if word in TEXTS or word in _LISTS:
            if any(one[:1].isdigit() for one in named[:index]):
                return "else"
            if word in _LISTS and set(named[:index]) & _OTHER_LISTS:
                return "else"
            return "doubtful" if word in _LISTS and "email" in named[:index] else "texts"
        if word in ("waitlist", "account", "lease", "policy", "insurance"):
            return "else"
    if named[0] in _THINGS or (named[0] in ("this", "these", "here") and (len(named) == 1 or named[1] in _FLUFF)):
        return "texts" if len(named) == 1 or named[1] in _FLUFF or named[1] in _TAIL or named[1] in ("and",) else "else"
    if named[0] in ("your", "you") and set(named[1:3]) & _YOURS:
        return "texts"
    return "else"


def _consent(rest: tuple[str, ...]) -> About:
    if not rest or rest[0] not in ("to", "for", "of"):
        return "texts" if not rest or rest[0] not in ("form", "forms") else "else"
    near = set(rest[:10])
    return "texts" if near & (TEXTS | _WRITE | _THINGS) else "else"


_ONE_REMINDER = {(one, thing) for one in ("the", "that") for thing in ("reminder", "update", "notice", "notification")}


def _wanted(matched: tuple[str, ...], rest: tuple[str, ...]) -> About:
    if rest[:1] == ("for",) and set(rest[1:4]) & _DAYS:
        return "else"
    if matched[:2] == ("no", "need"):
        return "else"
    if (
        "need" in matched
        and matched[-1] in ("reminder", "update", "notification", "message", "text", "notice")
        and "a" in matched
    ):
        return "else"
    if "need" in matched and matched[-2:] in _ONE_REMINDER:
        return "else"
    if rest[:1] == ("to",) and rest[1:2] in (("stop",), ("end",), ("go",), ("cease",)):
        return "else"
    if rest[:1] == ("left",):
        return "else"
    return "texts"
