"""Goes through the recipients of a campaign once and counts what a forecast says. Memory does not grow with them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from campaigns.campaigns.domain.recipient import Recipient
from campaigns.campaigns.domain.screening import screen
from campaigns.counting.domain.contact import Contact
from campaigns.forecasts.domain.forecast import CharacterCount, Costliest, Ucs2
from shared.events import TenantChanged
from shared.phone import country_of
from shared.sms_parts import GSM_BASIC, GSM_EXTENSION, Measured
from shared.text_templates.template import Template

WORST_NAMED = 10
_GSM = GSM_BASIC | GSM_EXTENSION
_LAST_DIGITS = 4
"""The country of a number shows in the digits before these; so it is looked up once for up to 10,000 numbers."""
_MOST_PREFIXES = 50_000


@dataclass
class Survey:
    """`now`: when the campaign would start."""

    template: Template | None
    tenant: TenantChanged
    now: datetime
    recipients: int = 0
    skipped: Counter[str] = field(default_factory=Counter[str])
    parts: Counter[int] = field(default_factory=Counter[int])
    parts_by_country: Counter[str] = field(default_factory=Counter[str])
    parts_by_clock: Counter[str] = field(default_factory=Counter[str])
    kept_by_clock: Counter[str] = field(default_factory=Counter[str])
    costliest: Costliest | None = None
    _ucs2: int = 0
    _characters: Counter[str] = field(default_factory=Counter[str])
    _most_units: int = 0
    _countries: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def kept(self) -> int:
        return self.recipients - self.skipped.total()

    @property
    def ucs2(self) -> Ucs2:
        worst = sorted(self._characters.items(), key=lambda item: (-item[1], item[0]))[:WORST_NAMED]
        return Ucs2(n=self._ucs2, worst=tuple(CharacterCount(character=char, n=n) for char, n in worst))

    def look_at(self, recipient: Recipient, contact: Contact | None) -> None:
        """Count one recipient. `contact`: what campaigns knows of this person."""
        self.recipients += 1
        verdict = screen(recipient, contact, self.template, self.tenant, self.now)
        if verdict.skip:
            self.skipped[verdict.skip] += 1
            return
        self.kept_by_clock[recipient.clock] += 1
        if verdict.measured is None:
            return  # the workflow sends all texts
        parts = verdict.measured.parts
        self.parts[parts] += 1
        self.parts_by_clock[recipient.clock] += parts
        self.parts_by_country[self._country(recipient.phone_number)] += parts
        self._note_encoding(verdict.text, verdict.measured)
        self._note_costliest(recipient, verdict.measured)

    def _note_encoding(self, text: str, measured: Measured) -> None:
        if measured.encoding == "UCS-2":
            self._ucs2 += 1
            self._characters.update(set(text) - _GSM)

    def _note_costliest(self, recipient: Recipient, measured: Measured) -> None:
        known = self.costliest.parts if self.costliest else 0
        if (measured.parts, measured.units) <= (known, self._most_units):
            return
        self._most_units = measured.units
        self.costliest = Costliest(
            recipient_id=recipient.id,
            phone_number=recipient.phone_number,
            parts=measured.parts,
            encoding=measured.encoding,
        )

    def _country(self, phone_number: str) -> str:
        prefix = phone_number[:-_LAST_DIGITS]
        if prefix not in self._countries:
            if len(self._countries) >= _MOST_PREFIXES:
                self._countries.clear()
            self._countries[prefix] = country_of(phone_number)
        return self._countries[prefix]
