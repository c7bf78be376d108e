"""Opt-outs that give way where the writer wants the texts: of another channel, or by another person.

"Unsubscribe me from the emails, texts are fine"; "my wife opted out but I still want them".
"""

from __future__ import annotations

from shared.consent.context import clause_before
from shared.consent.rules import Match
from shared.consent.tokens import BREAK, Sentence
from shared.consent.wordlists import words

_CHANNELS = words("""
    email emails mail mails mailing mailings newsletter newsletters catalog catalogs call calls calling robocalls
    voicemail voicemails emailing postcards flyers correo correos boletin boletines llamada llamadas llamarme llamar
    llamen llame newsletters push
""")
_TEXTS = words("""
    text texts texting sms message messages messaging mensaje mensajes texto textos mensajitos
""")
_ORDERS = words("""
    unsubscribe off remove removed stop cancel out opt quit end cancele cancelen cancela cancelar quiten quite baja
    borren dejen desuscribanme desuscribirme quitenme saquenme
""")
_WAYS = words("send want prefer use via by through only just asked said get use mandenme prefiero quiero por solo")
_ENDS = words("but though pero sino not y") | {BREAK}
_PHONE = words("phone cell number mobile celular telefono")
_NOT = frozenset({"not", "no"})
_PEOPLE = words("""
    he she someone somebody people others wife husband mom mother dad father son daughter kid kids sister brother
    friend roommate coworker boyfriend girlfriend partner neighbor boss aunt uncle grandma grandmother spouse
    esposa esposo marido mujer hijo hija mama papa madre padre hermano hermana amigo amiga novio novia vecino vecina
    companero companera jefe abuela abuelo nino nina colega
""")
_SELF = words("i we yo nosotros")
_NEAR = 6


ELSEWHERE = " elsewhere"
BY_ANOTHER = " by another"


def whose(sentence: Sentence, match: Match) -> str:
    """What a wish that gives way is marked with; nothing for the writer's own wish about texts."""
    if _is_of_another_channel(sentence.words, match):
        return ELSEWHERE
    return BY_ANOTHER if _is_by_another_person(sentence, match) else ""


def _is_of_another_channel(said: tuple[str, ...], match: Match) -> bool:
    end = match.end
    while end < min(len(said), match.end + _NEAR) and said[end] not in _ENDS:
        end += 1
    named = set(said[match.start : end])
    return bool(named & _CHANNELS) and not named & _TEXTS


def _is_by_another_person(sentence: Sentence, match: Match) -> bool:
    before = clause_before(sentence, match)
    person = next((place for place in range(len(before) - 1, -1, -1) if before[place] in _PEOPLE), None)
    return person is not None and not _SELF & set(before[person:])


def excepts_the_texts(sentence: Sentence) -> bool:
    """ "Take me off the email list, not the text list": an order, another channel, and "not" the texts after it."""
    said = tuple(word for word in sentence.words if word != BREAK)
    for place, word in enumerate(said):
        if word not in _CHANNELS:
            continue
        before = said[max(0, place - _NEAR) : place]
        order = next((at for at in range(len(before) - 1, -1, -1) if before[at] in _ORDERS), None)
        if order is not None and not _WAYS & set(before[order:]) and _denies_texts(said[place + 1 : place + _NEAR]):
            return True
    return False


def _denies_texts(after: tuple[str, ...]) -> bool:
    return any(
        word in _NOT and (_TEXTS | _PHONE) & set(after[place + 1 : place + 4]) for place, word in enumerate(after)
    )
