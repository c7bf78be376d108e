"""What a first text should say and does not: who writes, and how to stop. Only a reminder: nothing is appended."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.consent.keywords import STOP_WORDS
from shared.consent.tokens import folded
from shared.consent.wordlists import phrases, words

NO_SENDER, NO_WAY_TO_STOP = "no_sender", "no_way_to_stop"

_WORD = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r"[\"'“”„‘’«»]")
_LEGAL_FORMS = words("the and of llc inc ltd co corp company gmbh ag sa sl srl plc pty limited y de la el und")
_ANYWHERE = frozenset(
    folded(phrase)
    for phrase in phrases("""
    unsubscribe|opt out|optout|darse de baja|dar de baja|date de baja|cancelar la suscripcion|desuscribir
    desuscribirse|desuscribirte|se desabonner|vous desabonner|desabonner|desinscrire|desinscription|abmelden
    abbestellen|austragen|descadastrar|cancelar inscricao|disiscriviti|disiscrivere|annulla iscrizione|отписаться
    uitschrijven|afmelden|wypisz|avregistrera|avsluta prenumeration
    """)
)
"""Say how to stop wherever they stand."""
_ASKING_FOR_A_REPLY = words("""
    reply text txt send answer respond write type with responde responda responder envia envie enviar contesta manda
    escribe repondez repondre reponds envoyez envoyer antworte antworten sende senden schreibe schreiben
    rispondi invia scrivi svara odpowiedz wyslij antwoord stuur ответьте отправьте reponda
""")
_LOOKED_BACK = 3
"""Words between "reply" and "stop": "reply with the word stop"."""
_CASELESS = frozenset(word for word in STOP_WORDS if len(word) > 1 and word.upper() == word.lower())
"""Of scripts without capitals (and often without spaces): 退订, 수신거부."""


@dataclass(frozen=True, slots=True)
class Reminder:
    code: str
    detail: str


def reminders_for(text: str, tenant_name: str) -> tuple[Reminder, ...]:
    """`text`: the words of a first text, its defaults in place. Time is linear in it."""
    found: list[Reminder] = []
    if not names_the_sender(text, tenant_name):
        found.append(
            Reminder(
                NO_SENDER, f"The text does not say who writes; people do not know your number. Name {tenant_name}."
            )
        )
    if not says_how_to_stop(text):
        detail = 'The text does not say how to stop. Add words such as "Reply STOP to stop" to a first text.'
        found.append(Reminder(NO_WAY_TO_STOP, detail))
    return tuple(found)


def names_the_sender(text: str, tenant_name: str) -> bool:
    """Whether the tenant's name, or its first telling word, stands in the text."""
    name, said = _folded_words(tenant_name), _folded_words(text)
    telling = [word for word in name if word not in _LEGAL_FORMS and len(word) > 1] or name
    if not telling:
        return True  # a name of signs only cannot be looked for
    return telling[0] in said or "".join(telling) in said


def says_how_to_stop(text: str) -> bool:
    """A word that unsubscribes, or a keyword for STOP that is asked for, in capitals or in quotes: not "stop by"."""
    typed = _WORD.findall(text)
    plain = [folded(word) for word in typed]
    running = f" {' '.join(plain)} "
    if any(f" {phrase} " in running for phrase in _ANYWHERE) or any(word in running for word in _CASELESS):
        return True
    shouting = text.upper() == text
    for place, (word, spelled) in enumerate(zip(typed, plain, strict=True)):
        if spelled not in STOP_WORDS:
            continue
        if (len(word) > 2 and word.isupper() and not shouting) or _is_quoted(text, word):
            return True
        if _ASKING_FOR_A_REPLY.intersection(plain[max(place - _LOOKED_BACK, 0) : place]) and len(word) > 2:
            return True
    return False


def _folded_words(text: str) -> list[str]:
    return [folded(word) for word in _WORD.findall(text)]


def _is_quoted(text: str, word: str) -> bool:
    at = text.find(word)
    return bool(at > 0 and _QUOTED.match(text[at - 1]) and _QUOTED.match(text[at + len(word) : at + len(word) + 1]))
