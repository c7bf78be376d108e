"""What stands around a Spanish match: denial, question, report, and things that are not our texts."""

from __future__ import annotations

from shared.consent.context import Standing, before_of, clause_before
from shared.consent.objects import About
from shared.consent.phrases.spanish_words import FAVOR, LISTA, NUMERO, TEXTOS
from shared.consent.rules import Match
from shared.consent.tokens import Sentence
from shared.consent.wordlists import words

_NO = frozenset({"no", "nunca", "jamas", "tampoco"})
_CHAIN = words("""
    me nos que quiero queremos deseo se pido pedi pedir por favor va vaya vayan vayas a de lo la los las le les ya
    dije queria quise solicite he pedido quisiera intento era mi es necesario hace falta vais den deis te os
    porfavor todavia aun fui quien yo voy pienso planeo
""")
_SAYS = words("dice dicen decia pone palabra dijeron dijo significa")
_THINGS = words("""
    cita citas pedido factura seguro cebolla gimnasio cable internet tarjeta espera linea luz gas clase asignatura
    fijo turno moto padron hospital trabajo reserva curso poliza cuenta contrato plan membresia tecnico recibo
    correo email correos emails
""")
_END = (
    FAVOR
    | TEXTOS
    | words("a con para en este esta esto pero o u nada mas aqui desde sobre cosas tonterias basura eso ninguna")
)


def spanish_standing(sentence: Sentence, match: Match) -> Standing:
    before = before_of(sentence, match)
    if match.rule.says in ("order", "saying", "start", "past", "keep") and _denied(before):
        return "denied"
    if match.rule.says == "refusal" and before[-1:] in (("que",),) and "si" in before:
        return "idle"
    if match.rule.says == "refusal" and _reports(before, sentence.words[match.start : match.end]):
        return "idle"
    clause = clause_before(sentence, match)
    for place, word in enumerate(clause):
        if word in _SAYS and not any(one in ("stop", "pues") for one in clause[place + 1 :]):
            return "cited"
        if (
            word in ("envia", "responde", "responda", "manda", "envie", "mande")
            and place + 1 < len(clause)
            and clause[place + 1] in ("stop", "baja", "alto", "salir")
        ):
            return "cited"
    return _spanish_question(before, sentence.words[match.start]) or "said"


_INDICATIVE = words("mandan envian escriben llegan llega mandas envias escribes avisan llamaban")


def _reports(before: tuple[str, ...], matched: tuple[str, ...]) -> bool:
    """ "Ya no me mandan mensajes", "¿por qué no me escriben?": says that none come."""
    return bool(_INDICATIVE & set(matched)) and (
        "ya" in (*before, *matched) or "hace" in before or before[:2] == ("por", "que")
    )


def _denied(before: tuple[str, ...]) -> bool:
    if before[-2:] == ("si", "no"):
        return False  # "si no dejan de escribirme": wanted all the more
    place = len(before) - 1
    while place >= 0 and before[place] in _CHAIN:
        place -= 1
    return place >= 0 and before[place] in _NO


def _spanish_question(before: tuple[str, ...], first: str) -> Standing | None:
    for place, word in enumerate(before):
        following = before[place + 1] if place + 1 < len(before) else first
        if (word, following) == ("hay", "que"):
            return "idle"
        if word == "como":
            return "how"
        if word == "si" and following == "no":
            return None
        if word == "si" and following not in ("quiero", "por", "deseo", "no"):
            return None if following in ("puede", "pueden", "podria", "podrian", "me", "fueran", "fuera") else "idle"
        if word == "que" and following in ("pasa", "sucede", "ocurre"):
            return "idle"
        if word in ("cuando", "cuanto"):
            return "idle"
        if word in ("puedo", "podemos", "podria") and following in ("yo", "") and word != "podria":
            return "asked_for"
    return None


def spanish_about(kind: str, matched: tuple[str, ...], after: tuple[str, ...]) -> About:
    rest = _content(after)
    near = set(rest[:5])
    match kind:
        case "baja":
            return _baja(matched, rest, near)
        case "mensajes":
            one = matched[0].startswith("dej") and matched[-1] in ("mensaje", "texto", "aviso")
            last = matched[-1:] == ("mensaje",) and rest[:1] == ("anterior",)
            return "else" if (one and rest) or last else "texts"  # "deje un mensaje con mi mamá"
        case "paz":
            return "else" if rest[:1] and matched[-1] == "en" else "texts"  # "déjenme en la esquina"
        case "llamar":
            return "else" if set(after[:1]) & _CALLED or near & _THINGS else "doubtful"
        case "lista":
            return _lista(matched, rest, near)
        case "escribir" | "escriban":
            return _escribir(matched if after[:1] != ("mas",) else (*matched, "mas"), rest, near)
        case "numero":
            return (
                "else"
                if near & _THINGS
                or (rest[:1] == ("de",) and not near & (LISTA | TEXTOS | {"ustedes", "sus", "su", "tu"}))
                else "texts"
            )
        case _:
            return "texts"


def _content(after: tuple[str, ...]) -> tuple[str, ...]:
    place = 0
    while (
        place < len(after)
        and after[place] in FAVOR
        and after[place] not in ("de", "los", "lo", "una", "y", "que", "se")
    ):
        place += 1
    return after[place:]


def _baja(matched: tuple[str, ...], rest: tuple[str, ...], near: set[str]) -> About:
    if near & _THINGS and not near & TEXTOS:
        return "else"
    if not rest or near & (LISTA | TEXTOS | NUMERO) or rest[0] in _END:
        return "texts"
    if rest[0] in ("de", "del", "en", "solo", "la", "el", "un", "una", "los", "las"):
        return "texts" if near & {"ustedes", "empresa", "comercial", "comerciales"} else "else"
    return "texts"


def _lista(matched: tuple[str, ...], rest: tuple[str, ...], near: set[str]) -> About:
    if near & _THINGS and not near & TEXTOS:
        return "else"
    if not rest:
        return "texts"
    if rest[0] in ("de", "del", "su", "tu", "esta"):
        return "texts" if near & (LISTA | TEXTOS | {"ustedes", "contactos"}) and not near & {"espera"} else "else"
    if rest[0] in ("el", "la", "los", "las", "un", "una", "a", "mi"):
        return "texts" if near & (NUMERO | {"lista", "mensajes"}) else "else"
    if rest[0] in _END or rest[0] in ("y",):
        return "texts"
    return "doubtful"


_CALLED = words("antes despues hoy manana al a si para cuando hasta el la los las un una")
_MATERIAL = words("mande manden mandes envie envien envies mandeis envieis manda envia")


def _escribir(matched: tuple[str, ...], rest: tuple[str, ...], near: set[str]) -> About:
    if near & TEXTOS or not rest or (near & NUMERO and "a" in near) or matched[-1] == "mas":
        return "texts"
    if set(matched) & _MATERIAL or any(word.startswith(("mand", "envi")) for word in matched[-1:]):
        if rest[0] == "a" and not near & NUMERO:
            return "texts" if near & {"mi", "esta", "este", "nadie", "nosotros"} else "else"
        if rest[0] in (
            "a",
            "desde",
            "o",
            "ni",
            "y",
            "que",
            "pero",
            "mas",
            "nada",
            "cosas",
            "de",
            "aqui",
            "esto",
            "eso",
            "tantas",
            "tonterias",
            "basura",
            "estos",
            "mamadas",
        ):
            return "texts"
        return (
            "else" if near & _THINGS or rest[0] in ("el", "la", "los", "las", "lo", "un", "una", "al") else "doubtful"
        )
    if rest[:2] == ("a", "mi") and {"le", "les"} & set(matched):
        return "else"  # "no le escriban a mi esposa, es sorpresa"
    return "else" if near & _THINGS and rest[0] in ("el", "la", "por", "al", "a", "en") else "texts"
