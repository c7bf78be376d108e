"""Finds claims that something was done: "I have booked you in", "your refund is processed", "su cita está confirmada".

The assistant has no tools, so such a claim is false unless a person or another system said so before. A claim counts as
given where the business's own texts hold the same word (a fact "appointment: confirmed", a guide, a colleague's text).
English and Spanish; one pass over the words of each sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_SENTENCE_END = re.compile(r"[.!?\n;]+")
_WORD = re.compile(r"[^\W\d_]+")

_DONE = frozenset(
    [
        *("booked", "reserved", "scheduled", "rescheduled", "cancelled", "canceled", "refunded", "charged", "ordered"),
        *("shipped", "updated", "changed", "confirmed", "issued", "credited", "processed", "submitted", "transferred"),
        *("placed", "arranged", "moved", "waived", "upgraded", "extended", "renewed", "activated", "deactivated"),
    ]
)
_HECHO = frozenset(
    [
        *("reservado", "agendado", "cancelado", "confirmado", "cambiado", "procesado", "reembolsado", "programado"),
        *("reservada", "agendada", "cancelada", "confirmada", "cambiada", "procesada", "reembolsada", "programada"),
        *("actualizado", "actualizada", "activado", "activada", "enviado", "enviada", "tramitado", "tramitada"),
    ]
)
_MATTERS = frozenset(
    [
        *(
            "appointment",
            "booking",
            "reservation",
            "table",
            "room",
            "spot",
            "seat",
            "order",
            "refund",
            "payment",
            "visit",
        ),
        *("account", "subscription", "delivery", "request", "slot", "cita", "reserva", "pedido", "reembolso", "mesa"),
        *("pago", "cuenta", "entrega", "visita", "suscripcion", "habitacion"),
    ]
)
_OWNERS = frozenset({"your", "the", "su", "tu", "la", "el", "vuestra", "vuestro"})
_STATES = frozenset(
    {"is", "are", "was", "has", "have", "been", "now", "s", "esta", "ha", "sido", "queda", "quedo", "fue"}
)
_WE = frozenset({"i", "we"})
_TARGETS = frozenset({"you", "your", "it", "that", "this", "the", "a", "an", "for", "them", "him", "her"})
_FILLERS = frozenset(
    {"have", "ve", "just", "already", "now", "gone", "ahead", "and", "successfully", "ya", "acabo", "de"}
)
_HE = frozenset({"he", "hemos"})
_NEGATED = frozenset(
    {"not", "never", "no", "t", "cannot", "if", "once", "when", "until", "unless", "cuando", "si", "after"}
)
"""Also conditions: "once your order is confirmed" claims nothing."""


def unfounded_claim(text: str, ours: Iterable[str]) -> str | None:
    """The first sentence that claims a deed which nothing of the business's own texts mentions, or None."""
    given: set[str] | None = None
    for sentence in _SENTENCE_END.split(text):
        deed = _deed(_words(sentence))
        if deed is None:
            continue
        if given is None:
            given = {word for source in ours for word in _words(source)}
        if deed not in given:
            return sentence.strip()
    return None


def _deed(words: list[str]) -> str | None:
    """The participle of what these words claim was done."""
    for at, word in enumerate(words):
        if word in _DONE | _HECHO and not _NEGATED & set(words[max(0, at - 6) : at]):
            before, after = words[max(0, at - 5) : at], words[at + 1 : at + 2]
            if _we_did(before, after, word) or _it_is(before) or _you_are(before, word):
                return word
    return None


def _we_did(before: list[str], after: list[str], word: str) -> bool:
    rest = list(before)
    while rest and rest[-1] in _FILLERS:
        rest.pop()
    subject = rest[-1] if rest else ""
    if word in _HECHO:
        return bool(_HE & set(before))
    return subject in _WE and bool(after) and after[0] in _TARGETS


def _it_is(before: list[str]) -> bool:
    """Owner, matter, state: `your appointment is now …`."""
    matter = next((at for at, word in enumerate(before) if word in _MATTERS), None)
    return (
        matter is not None
        and bool(_OWNERS & set(before[:matter]))
        and bool(before[matter + 1 :])
        and set(before[matter + 1 :]) <= _STATES
    )


def _you_are(before: list[str], word: str) -> bool:
    return word in {"booked", "scheduled", "confirmed", "refunded"} and before[-2:] in (["you", "are"], ["you", "re"])


def _words(text: str) -> list[str]:
    """Without case and accents."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(letter for letter in folded if not unicodedata.combining(letter)))
