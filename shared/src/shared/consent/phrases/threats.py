"""A threat for the next text ("text me again and I will report you") is a plain opt-out, however it is put."""

from __future__ import annotations

from shared.consent.phrases.english import en
from shared.consent.phrases.spanish_words import CLASES, ESCRIBA, ESCRIBIR
from shared.consent.rules import Rule, RuleIndex, rule
from shared.consent.tokens import Sentence
from shared.consent.wordlists import words
from shared.consent.words import CLASSES

_THREATS: list[Rule] = [
    *en(
        "threat for the next text",
        "unhappy",
        """
        sue|suing
        (report|reporting|block|blocking) (and|or|to|report|block|reporting|blocking)* (you|yall|ya|u|your|this|it|\
them|spam|fcc|ftc)
        (report|reporting) _? _? _? (fcc|ftc|bbb|attorney|police|spam|carrier|authorities)
        (call|calling|contact|contacting|hear|hearing|talk|talking|go|goes|going|straight|turn|turning|forward|\
forwarding) _? _? _? (lawyer|attorney|police|cops|fcc|ftc|bbb|authorities|lawyers|attorneys|carrier)
        (file|filing|make|making|lodge|submit) _? _? _? (complaint|complaints|charges|lawsuit|suit|grievance)
        (take|taking|pursue|pursuing|face|seek) _? (legal|court) (action|remedies|damages)?
        (take|taking|see) (you|yall) (in|to) court
        press|pressing charges
        (small claims|class action|lawsuit|tcpa|restraining order)
        (fcc|ftc|bbb|attorney general|lawyer|attorney|police) (will|complaint|report|gets)
    """,
    ),
    *rule(
        "amenaza por el próximo mensaje",
        "unhappy",
        "es",
        CLASES,
        """
        (los|las|les|lo|la|os|te)+ (voy|vamos|vais)? (a)? (denunciar|denuncio|reportar|reporto|demandar|demando|\
bloquear|bloqueo|reportare|denunciare|bloqueare|demandare|acusar|acuso)
        (denunciarlos|reportarlos|demandarlos|bloquearlos|denunciarles|reportarlas)
        (voy|vamos) a (denunciar|reportar|demandar|llamar a la policia|poner|presentar)
        (acciones|medidas|accion|vias) (legales|legal)
        (poner|presentar|pondre|pongo|interponer|presento|interpongo|meter|metere) (una|la)? (denuncia|queja|demanda)
        (mi|un) abogado
        (a|ante) la (profeco|policia|fcc|ftc|ocu|cnmc|agencia)
    """,
    ),
]
_INDEX = RuleIndex(_THREATS)
_ANOTHER = words("""
    again another more further next keep continue still if ever anymore otro otra mas vuelvan vuelven vuelva vuelve
    vuelves volver siguen sigan siga sigue seguir siguiente proximo proxima
""")
"""What the threat depends on: that one more text comes."""
_COMING = (
    frozenset(CLASSES["WRITING"].split())
    | frozenset(CLASSES["WRITE"].split())
    | words("texts messages sms texted messaged contacted mensaje mensajes texto textos escribir")
    | ESCRIBA
    | ESCRIBIR
)
_HELD_BACK = words("not never without no nunca jamas should")


def threatens_over_the_next(sentences: tuple[Sentence, ...]) -> bool:
    """In one sentence, or in a threat and the sentence before it."""
    before: frozenset[str] = frozenset()
    for sentence in sentences:
        said = frozenset(sentence.words)
        if not sentence.asks and _threatens(sentence) and any(_next_text(one) for one in (said, before)):
            return True
        before = said
    return False


def _threatens(sentence: Sentence) -> bool:
    return any(
        not _HELD_BACK & set(sentence.words[max(0, match.start - 3) : match.start])
        for match in _INDEX.matches(sentence.words)
    )


def _next_text(said: frozenset[str]) -> bool:
    return bool(said & _ANOTHER and said & _COMING)
