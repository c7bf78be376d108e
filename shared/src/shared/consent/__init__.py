"""Opt-out, opt-in and hand-over: what a customer's text says about being texted, read alike by every service.

Ingress publishes keywords by it, so that the sender suppresses one hop from the webhook; conversation keeps the ledger
and asks a person where it is doubtful. The kinds, the figures and how to add a case: docs/consent.md.
"""

from shared.consent.read import read_consent
from shared.consent.reading import ConsentReading, ConsentWish, TextKind
from shared.consent.tokens import keyword_form

__all__ = ["ConsentReading", "ConsentWish", "TextKind", "keyword_form", "read_consent"]
