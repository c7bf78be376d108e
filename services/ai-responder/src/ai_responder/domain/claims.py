"""Finds claims that something was done: "I have booked you in", "your refund is processed", "su cita está confirmada".

Such a claim is false unless a person or another system said so before, or a tool did it for this very answer. A claim
counts as given where the business's own texts hold the same word (a fact "appointment: confirmed", a guide, a
colleague's text). What a tool did bears out claims about that alone: "I have scheduled a reminder", but no appointment.
English and Spanish; questions, conditions and denials claim nothing. One pass over the words of each sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

_SENTENCE = re.compile(r"[^.!?\n;]+[.!?\n;]?")
_WORD = re.compile(r"[^\W\d_]+")


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DONE = word_set("""
    booked rebooked reserved scheduled rescheduled cancelled canceled refunded reimbursed charged ordered shipped
    updated changed confirmed issued credited processed submitted transferred placed arranged moved waived upgraded
    extended renewed activated deactivated unsubscribed removed registered enrolled sent
""")
_DONE_TO_YOU = word_set("""
    booked rebooked scheduled rescheduled confirmed refunded reimbursed unsubscribed removed registered enrolled
""")
_ALONE = word_set("booked rebooked confirmed rescheduled cancelled canceled refunded")
_HECHO = word_set("""
    reservado agendado cancelado confirmado cambiado procesado reembolsado programado actualizado activado enviado
    tramitado reservada agendada cancelada confirmada cambiada procesada reembolsada programada actualizada activada
    enviada tramitada
""")
_HICE = word_set(
    "reservé agendé cancelé confirmé cambié procesé reembolsé programé actualicé activé envié tramité anulé"
)
"""First person of the past. Without the accent the same letters are a request ("reserve su mesa")."""
_MATTERS = word_set("""
    appointment booking reservation table room spot seat order refund payment visit account subscription delivery
    request slot cita reserva pedido reembolso mesa pago cuenta entrega visita suscripcion habitacion
""")
_OWNERS = word_set("your the a an su tu la el una un vuestra vuestro")
_STATES = word_set("is are was were has have been s esta ha han sido queda quedo quedado fue")
_CLOSED = word_set("closed reopened cerrado cerrada")
_CLOSABLE = word_set("""
    account subscription ticket case request order claim complaint cuenta suscripcion pedido solicitud caso reclamacion
""")
_PARTICIPLES = _DONE | _HECHO | _CLOSED
_TURNS = word_set("but however pero")
_POSSIBLE = word_set("can could may might will would must should be being puede pueden podria sera ser to")
"""Before the participle these words say that a deed may follow, not that it is done."""
_WE = word_set("i we")
_FILLERS = word_set("have ve just already now gone went ahead and successfully also then")
_BETWEEN = word_set("now already just successfully all been")
_ABOUT_YOU = word_set("you your it that this him her them")
_ARTICLES = word_set("the a an")
_NEGATED = word_set("not never no t cannot if once when until unless cuando si after before nunca")
"""Also conditions: "once your order is confirmed" claims nothing."""
_SAYINGS = (
    ("got", "you", "down", "for"),
    ("have", "you", "down", "for"),
    ("put", "you", "down", "for"),
    ("you", "re", "all", "set"),
    ("you", "are", "all", "set"),
    ("consider", "it", "done"),
)
_ABOUT = word_set("about for of on before regarding to at sobre de para")
_LATER = word_set("""
    remind reminder reminders text message follow followup check back touch recordatorio recordar recordaremos aviso
    mensaje escribiremos avisaremos contactaremos
""")
"""Words of a sentence that says when we write again."""
_NEAR, _WINDOW = 4, 8


class Deed(NamedTuple):
    """What a tool did: the words that may claim it, and what such a sentence must be about."""

    words: frozenset[str]
    about: frozenset[str]


def unfounded_claim(text: str, ours: Iterable[str], done: Sequence[Deed] = ()) -> str | None:
    """The first sentence that claims a deed which nothing of the business's own texts mentions and no tool did, or
    None."""
    given: set[str] | None = None
    for sentence in _SENTENCE.findall(text):
        deeds = [] if sentence.endswith("?") else _deeds(sentence)
        if deeds and given is None:
            given = {word for source in ours for word in words_in(source)}
        if any(deed not in (given or ()) and not _is_done(deed, sentence, done) for deed in deeds):
            return sentence.strip()
    return None


def without_reminders(text: str) -> str:
    """Without the sentences that say when we write again: a time that a model chose for that bears out nothing else."""
    return " ".join(one.strip() for one in _SENTENCE.findall(text) if not _LATER & set(words_in(one)))


def _is_done(deed: str, sentence: str, done: Sequence[Deed]) -> bool:
    words = words_in(sentence) if done else []
    return any(_bears_out(one, deed, words) for one in done)


def _bears_out(done: Deed, claimed: str, words: list[str]) -> bool:
    """`a reminder about your appointment` is about the reminder; any other matter in the sentence is too much."""
    ends = (at for at, pair in enumerate(pairwise(words), start=1)
            if pair[0] in done.about and pair[1] in _ABOUT)  # fmt: skip
    said = set(words[: next(ends, len(words))])
    return claimed in done.words and bool(said & done.about) and not said & (_MATTERS - done.about)


def _deeds(sentence: str) -> list[str]:
    """The words that name what this sentence claims was done."""
    words = words_in(sentence)
    found = [*_sayings(words), *(word for word in _WORD.findall(sentence.casefold()) if word in _HICE)]
    for at, word in enumerate(words):
        if word in _PARTICIPLES and not _NEGATED & set(_clause(words, at)):
            before, after = words[:at], words[at + 1 :]
            if _is_closed(before, after) if word in _CLOSED else _is_claimed(before, after, word):
                found.append(word)
    return found


def _clause(words: list[str], at: int) -> list[str]:
    """What stands shortly before this word, and after a "but": what comes before that says the opposite."""
    before = words[max(0, at - _WINDOW) : at]
    turns = [place for place, word in enumerate(before) if word in _TURNS]
    return before[turns[-1] :] if turns else before


def _sayings(words: list[str]) -> Iterator[str]:
    for at in range(len(words)):
        for saying in _SAYINGS:
            if tuple(words[at : at + len(saying)]) == saying and not _NEGATED & set(_clause(words, at)):
                yield saying[-1]


def _is_claimed(before: list[str], after: list[str], word: str) -> bool:
    return _we_did(before, after, word) or _it_is(before) or _you_are(before, word) or _on_its_own(before, after, word)


def _is_closed(before: list[str], after: list[str]) -> bool:
    """Shops and roads are closed too: what was closed must be said, or be "it"."""
    subject = next((other for other in reversed(before) if other not in _FILLERS), "")
    if subject in _WE and after:
        return after[0] in {"it", "this"} or bool(_CLOSABLE & set(after[:_NEAR]))
    thing = next((other for other in reversed(before) if other not in _STATES | _BETWEEN), "")
    return thing in _CLOSABLE and bool(before) and before[-1] in _STATES | _BETWEEN


def _we_did(before: list[str], after: list[str], word: str) -> bool:
    if word in _HECHO:
        return bool({"he", "hemos"} & set(before[-3:])) or before[-2:-1] == ["se"]
    subject = next((other for other in reversed(before) if other not in _FILLERS), "")
    if subject not in _WE or not after:
        return False
    near = set(after[:_NEAR])
    return after[0] in _ABOUT_YOU | {"for"} or (after[0] in _ARTICLES and bool(near & (_MATTERS | _ABOUT_YOU)))


def _it_is(before: list[str]) -> bool:
    """Owner, matter, state: `your table for two is now …`."""
    near = before[-_WINDOW:]
    for at, word in enumerate(near):
        if word in _MATTERS and _OWNERS & set(near[max(0, at - 2) : at]):
            between = near[at + 1 :]
            return bool(_STATES & set(between)) and not _POSSIBLE & set(between)
    return False


def _you_are(before: list[str], word: str) -> bool:
    rest = list(before)
    while rest and rest[-1] in _BETWEEN:
        rest.pop()
    return word in _DONE_TO_YOU and rest[-2:] in (["you", "are"], ["you", "re"], ["you", "ve"], ["you", "have"])


def _on_its_own(before: list[str], after: list[str], word: str) -> bool:
    """`Booked!`, `Confirmed for Friday`."""
    return not before and word in _ALONE and (not after or after[0] in {"for", "you", "and", "in"})


def words_in(text: str) -> list[str]:
    """Without case and accents."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(letter for letter in folded if not unicodedata.combining(letter)))
