"""Does a customer ask for a person instead of the assistant? "I don't need to talk to anyone" does not."""

from __future__ import annotations

from shared.consent.context import standing_of
from shared.consent.phrases.spanish_context import spanish_standing
from shared.consent.phrases.spanish_words import FAVOR
from shared.consent.quoting.quotes import own_words
from shared.consent.rules import Match, Rule, RuleIndex, rule
from shared.consent.tokens import Sentence, sentences_of
from shared.consent.wordlists import words
from shared.consent.words import CLASSES

_FLUFF = frozenset(CLASSES["FLUFF"].split())
_PERSON = """
    person human humans someone somebody agent representative rep operator manager supervisor people
    receptionist staff associate
    attendant secretary owner specialist advisor human-being man woman anyone coworker employee rep's csr
"""
_ENGLISH = {
    "PERSON": frozenset(_PERSON.split()),
    "TALK": words("""
        speak talk chat connect connected transfer transferred text message contact reach get put pass forward
        speaking talking
    """),
    "LIVE": words("""
        a an the your some real live actual human customer any to with another different service sales office front
        desk support care team in on of from who is can not
    """),
    "FLUFF": _FLUFF,
    "WANT": words("want need like prefer wish would wanna rather must can could may please let have"),
}
_SPANISH = {
    "PERSONA": words("""
        persona personas humano humana alguien agente representante operador operadora asesor asesora encargado
        encargada gerente supervisor supervisora empleado ejecutivo ejecutiva dueno duena recepcionista licenciado
        doctora
    """),
    "HABLAR": words("""
        hablar hablo hable chatear comunicarme comunicar comuniqueme comuniquenme comunicame comunica pasame paseme
        pasenme contactar conversar comuniquen pase pasen transfiera transfieran transfierame atienda atiendan
        atender atenderme
    """),
    "UNA": words("""
        una un con el la de alguna algun otra otro al su verdad real viva vivo humana humano servicio cliente carne
        y hueso que me a por favor
    """),
    "FAVOR": FAVOR,
}  # fmt: skip


def _rules() -> list[Rule]:
    en = rule(
        "asks for a person",
        "order",
        "en",
        _ENGLISH,
        """
        TALK (me|us|to|with|through|over|a|an|the|on|in|touch|hold|of)* LIVE* PERSON
        (real|live|actual) (PERSON|human|people|agents|person)
        (give|get|send|find|need|want|prefer) (me|us)? LIVE* (person|human|agent|representative|rep|\
operator|manager|supervisor)
        (have|ask|get|let|can|could) (a|an|the|your)* (someone|somebody|manager|person|supervisor|human|\
agent|representative) (please)? (to)? (call|text|contact|reach|help|talk|speak)
        talk (to|with) (LIVE)* (customer|service|support|office|front|desk|doctor|nurse)+
        speak (to|with) (LIVE)* (customer|service|support|office|front|desk|doctor|nurse)+
        not (want|wanna|like) (to)? (talk|speak|talking|speaking|chat|deal)? (to|with)? (a|an|this|the)? \
(bot|robot|machine|ai|computer|chatbot)
        (stop|no) (the|this|with)* (bot|robot|ai|chatbot)
        (you|this) (are|is)? (a|just|an)* (bot|robot|ai|chatbot|machine)
        (are|is) (you|this) (a|an|just|real|some|talking|the)* (bot|robot|ai|chatbot|machine|real|human|\
person|computer)
        < (FLUFF|a|an|the|live|real|customer)* (representative|agent|operator|human|person|rep|manager|\
supervisor) (FLUFF)* >
        < (FLUFF)* customer (service|support|care) (FLUFF)* >
        """,
    )
    es = rule(
        "pide una persona",
        "order",
        "es",
        _SPANISH,
        """
        HABLAR UNA* PERSONA
        (persona|alguien|humano) (real|de|viva|humana)+ (verdad|carne)?
        (quiero|necesito|prefiero|quisiera|deseo) (que)? (me)? (a|un|una|con|el|la|hablar|atienda|llame|\
contacte)* PERSONA
        (me)? (puede|pueden|podria|podrian) (hablar|atender|llamar|contactar|ayudar|comunicar|pasar)* \
(UNA)* PERSONA
        (que) (me) (llame|atienda|contacte|ayude|hable) (UNA)* PERSONA
        no quiero (hablar)? (con)? (un|una|el)? (bot|robot|maquina|contestadora)
        (eres|es|esto) (usted|esto|un|una|es)* (bot|robot|maquina|persona|humano)
        < (FAVOR|un|una|el|la)* (agente|representante|operador|operadora|humano|asesor|persona|gerente|\
encargado) (FAVOR)* >
        """,
    )
    return [*en, *es]


_INDEX = RuleIndex(_rules())
_PAST = words("spoke talked spoken already yesterday hable hablamos hablo hablado ayer")


def asks_for_a_person(text: str, phrases: tuple[str, ...] = ()) -> str | None:
    """The words by which a text asks for a person, or None. `phrases`: further ones a tenant has named, whole words."""
    own = own_words(text)
    if own.kind != "text":
        return None
    sentences = sentences_of(own.text)
    for sentence in sentences:
        for match in _INDEX.matches(sentence.words):
            if _wished(sentence, match):
                return " ".join(sentence.words[match.start : match.end])
    return next((phrase for phrase in phrases if _said(phrase, sentences)), None)


def _wished(sentence: Sentence, match: Match) -> bool:
    before = sentence.words[: match.start]
    if sentence.words[match.start] == "not" or "bot" in sentence.words[match.end - 1]:
        return True
    if match.rule.language == "es":
        return spanish_standing(sentence, match) in ("said", "asked_for", "how", "unable") and not (
            _PAST | {"ya"}
        ) & set(before)
    if standing_of(sentence, match) in ("denied", "cited", "of_others") or {"not", "never"} & set(before[-4:]):
        return "can" in before[-5:] and "not" in before[-4:]
    return not _PAST & set(before[-4:])


def _said(phrase: str, sentences: tuple[Sentence, ...]) -> bool:
    """A tenant's phrase, compared as the text is: mended, without accents; not right after a "not"."""
    wanted = tuple(word for one in sentences_of(phrase) for word in one.words)
    if not wanted:
        return False
    for sentence in sentences:
        for place in range(len(sentence.words) - len(wanted) + 1):
            if sentence.words[place : place + len(wanted)] == wanted:
                return not {"not", "never", "no"} & set(sentence.words[max(0, place - 4) : place])
    return False
