"""The usage ledger: one row per ledger key. The highest revision counts, priced by the card in force when it was used.
The rows alone are the bill: every statement is a sum over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from accounts.billing.domain.pricing import UsagePrice, usage_price
from accounts.billing.domain.rate_cards import RateCard, RateCards
from shared.errors import Invalid
from shared.events import Event, UsageEntry, UsageRecorded
from shared.phone import country_of, is_pseudonym

LedgerRow = dict[str, Any]
LISTS = 1_000_000
"""A row's revision is the usage's revision × this + the version of the price list: a newer figure always wins, and for
the same figure the newer price list wins. One more where the number was erased, which wins over the same figure."""
GROUPS = {"number": "number", "campaign": "campaign_id", "assistant": "assistant_id", "model": "model"}
"""How statements may be grouped, besides by day, and the field of the usage for it."""


@dataclass(frozen=True)
class Terms:
    """The prices and the calendar by which a tenant's usage is booked."""

    cards: RateCards
    default: RateCard
    zone: tzinfo


def row_id(tenant_id: str, ledger_key: str) -> str:
    """It contains the tenant, so that no usage can overwrite another tenant's row."""
    return f"{tenant_id}|{ledger_key}"


def ledger_row(event: Event[UsageRecorded], used: UsageEntry, terms: Terms, booked: LedgerRow | None) -> LedgerRow:
    """The row for this entry of the event. `booked` is the row it replaces and keeps its day: that month may be billed
    already."""
    origin = {"correlation_id": event.correlation_id, "source": event.source, "event_id": event.id}
    day = booked["day"] if booked else used.used_at.astimezone(terms.zone).date().isoformat()
    if booked and _is_erased(booked):  # a later figure of a message to a person who was erased meanwhile
        used = used.but(contact=booked["contact"])
    return _row(used, event.tenant_id, terms, day) | origin


def repriced_row(row: LedgerRow, terms: Terms) -> LedgerRow:
    """The same usage on the same day, priced by these terms."""
    used = UsageEntry.read({**row, "revision": row["usage_revision"]})
    origin = {name: row[name] for name in ("correlation_id", "source", "event_id")}
    return _row(used, row["tenant_id"], terms, row["day"]) | origin


def erased_row(row: LedgerRow, stand_in: str) -> LedgerRow:
    """The same entry without the person's number."""
    return {**row, "contact": stand_in, "revision": row["revision"] + 1}


def _is_erased(row: LedgerRow) -> bool:
    return bool(row["contact"]) and is_pseudonym(row["contact"])


def _row(used: UsageEntry, tenant_id: str, terms: Terms, day: str) -> LedgerRow:
    card = terms.cards.at(used.used_at) or terms.default
    price = usage_price(card, used)
    cost = used.carrier_cost
    line = _line(used, price)
    erased = bool(used.contact and is_pseudonym(used.contact))
    return {
        **used.plain(),
        "id": row_id(tenant_id, used.ledger_key),
        "revision": _revision(used.revision, terms.cards.version) + erased,
        "usage_revision": used.revision,
        "price_list": terms.cards.version,
        "tenant_id": tenant_id,
        "country": country_of(used.contact) if used.contact else "",
        "rate_card_id": card.id,
        "price": price.price,
        "price_per": price.per,
        "amount_nano": price.amount_nano,
        "currency": price.currency,
        "unpriced": price.unpriced,
        "carrier_nano": cost.nano if cost else 0,
        "day": day,
        "by_day": f"{line}|{day}",
        **{f"by_{group}": f"{line}|{getattr(used, field) or ''}" for group, field in GROUPS.items()},
    }


def _revision(usage: int, price_list: int) -> int:
    if price_list >= LISTS:
        raise Invalid(
            "too_many_price_lists", "This tenant's rate cards have changed more often than the ledger can count."
        )
    return usage * LISTS + price_list


@dataclass(frozen=True)
class LedgerLine:
    """Entries that may be added up: same kind, currency and carrier currency; estimates and unpriced entries apart."""

    kind: str
    currency: str
    carrier_currency: str
    estimate: bool
    unpriced: bool


def _line(used: UsageEntry, price: UsagePrice) -> str:
    carrier = used.carrier_cost.currency if used.carrier_cost else ""
    marks = ("e" if used.estimate else "") + ("u" if price.unpriced else "")
    return f"{used.kind}|{price.currency}|{carrier}|{marks}"


def read_line(text: str) -> tuple[LedgerLine, str]:
    """The line and the group (a day, a number, …) of a row's `by_…` field."""
    kind, currency, carrier, marks, group = text.split("|", 4)
    return LedgerLine(kind, currency, carrier, "e" in marks, "u" in marks), group
