"""Finds promises: a guarantee, a refund to come, a thing to be held, delivered or given.

A promise is grounded where a text of the business speaks of the same matter without a denial. The customer's words
ground none. "A colleague will get back to you" promises nothing that the business does not do by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SENTENCE = re.compile(r"[^.!?\n;]+[.!?\n;]?")
_DENIED = re.compile(r"\b(?:not|never|no|nor|cannot|can't|won't|don't|doesn't|isn't|aren't|unable|nunca|ni|sin)\b")
_WILL = r"(?:(?:we|i|you|it|they)(?:'ll| will| are going to|'re going to|'m going to| am going to)|will|vamos a|voy a)"
_MATTERS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(said), re.compile(known))
    for said, known in (
        (r"\bguarantee[ds]?\b|\bgarantiza\w{0,4}\b|\bgarantizado\b", r"\bguarant|\bgaranti"),
        (
            r"\b(?:i|we) promise\b|\byou have (?:my|our) word\b|\b(?:le|te) prometo\b|\bprometemos\b",
            r"\bpromise|\bpromet",
        ),
        (
            rf"\b{_WILL} [^.]{{0,30}}\b(?:refund|reimburs)|\b(?:your|a|the|full) refund (?:is|will|has|should)\b|"
            r"\b(?:su|tu) reembolso (?:esta|va|llegara|sera)\b|\b(?:le|te) (?:reembolsaremos|devolveremos)\b|"
            r"\b(?:get|receive|entitled to|eligible for) (?:a|your|the) (?:full )?refund\b|\bmoney back\b",
            r"\brefund|\breimburs|\breembols|\bmoney back|\bdevol",
        ),
        (
            r"\bon (?:its|the|their) way\b|\bhas (?:been )?(?:shipped|dispatched)\b|\bout for delivery\b|\ben camino\b",
            r"\bon (?:its|the|their) way\b|\bshipped|\bdispatched|\bout for delivery\b|\ben camino\b|\benviado",
        ),
        (
            rf"\b{_WILL} [^.]{{0,20}}\b(?:hold|reserve|book|save|schedule|set aside|pencil)\b"
            r"(?! (?:on|by|through|online))|"
            r"\b(?:le|te) (?:reservare|reservaremos|agendare|apartamos|guardamos|guardaremos)\b",
            r"\bwe (?:can |will |do )?(?:hold|reserve|book|set aside)\b|"
            r"\b(?:reservamos|guardamos|apartamos|podemos reservar)\b",
        ),
        (
            rf"\b{_WILL} [^.]{{0,20}}\b(?:deliver|ship|arrive|be delivered|be there|be ready)\b|"
            r"\b(?:llegara|entregaremos|estara list[oa])\b",
            r"\bdeliver|\bship|\barriv|\bready|\bentreg|\blleg|\blist[oa]",
        ),
        (
            rf"\b{_WILL} [^.]{{0,20}}\b(?:waive|discount|credit|compensate|replace|upgrade|price match|"
            r"match (?:that|any|the))|"
            r"\b(?:get|have|give you|offer you|receive) an? (?:\w+ )?(?:discount|credit|voucher|replacement|upgrade)\b|"
            r"\b(?:le|te) (?:haremos|daremos|ofrecemos) un (?:descuento|reemplazo)\b",
            r"\bwaive|\bdiscount|\bcredit|\bcompensat|\breplace|\bupgrade|\bprice match|"
            r"\bmatch|\bvoucher|\bdescuento|\breempl",
        ),
        (
            rf"\b{_WILL} [^.]{{0,12}}\b(?:cancel|change|update|fix|process|move|reschedule|transfer|activate)\b|"
            r"\b(?:le|te|lo|la) (?:cancelare|cambiare|cancelaremos|cambiaremos)\b",
            r"\bwe (?:can |will |do )?(?:cancel|change|update|fix|process|move|reschedule|transfer|activate)\b|"
            r"\b(?:cancelamos|cambiamos)\b",
        ),
    )
)


def promises_without_ground(text: str, ours: Iterable[str]) -> list[tuple[int, int]]:
    """Where `text`, a normal text, promises what no sentence of `ours`, normal texts likewise, affirms."""
    found = [(match, known) for sentence in _SENTENCE.finditer(text) for match, known in _promised(sentence, text)]
    if not found:
        return []
    affirmed = [part for source in ours for part in _SENTENCE.findall(source) if not _DENIED.search(part)]
    return [match.span() for match, known in found if not any(known.search(sentence) for sentence in affirmed)]


def _promised(sentence: re.Match[str], text: str) -> list[tuple[re.Match[str], re.Pattern[str]]]:
    if sentence[0].endswith("?"):
        return []
    denial = _DENIED.search(sentence[0])
    until = sentence.start() + denial.start() if denial else sentence.end()  # "we cannot guarantee" promises nothing
    matches = ((said.search(text, sentence.start(), until), known) for said, known in _MATTERS)
    return [(match, known) for match, known in matches if match]
