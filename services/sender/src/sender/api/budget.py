"""`/api/messages/budget`: how much of the tenant's spend caps is used, and the prices that messages count with."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from sender.api import examples
from sender.budget.domain.budget import Budget
from sender.budget.store import BudgetLedger
from sender.domain.calendar import day_begins, day_ends, month_begins, month_ends, month_of
from sender.domain.cost import Terms
from shared.access.gate import Access, Principal
from shared.clock import Clock
from shared.errors import NotFound
from shared.events import Money
from shared.http.openapi_examples import with_example
from shared.http.value_models import MoneyOut


class PeriodOut(BaseModel):
    """One day or month, its cap and what is used of it."""

    period: Literal["day", "month"]
    name: str = Field(examples=["2026-03-10"], description="date or month in the tenant's time zone")
    begins_at: datetime
    ends_at: datetime
    cap: MoneyOut | None
    spent: MoneyOut = Field(description="cost of messages that were sent, or may have been")
    reserved: MoneyOut = Field(description="held for messages that are about to be sent")
    percent: int | None = Field(
        description="spent and reserved together, of the cap; null without a cap", examples=[81]
    )
    warnings: list[int] = Field(description="thresholds reported by `budget.warned`", examples=[[50, 80]])


class PricesOut(BaseModel):
    """The prices that messages count with: those of the rate card in force, or the estimate where it has none."""

    source: Literal["rate_card", "default_rate_card", "estimate"] = Field(
        description="`default_rate_card` is the installation's. `estimate`: no card applies; `reason` says why"
    )
    reason: Literal["", "no_rate_card", "no_prices", "other_currency"]
    detail: str = Field(description="the reason in words, and what to do about it")
    rate_card_id: str | None
    valid_from: datetime | None
    sms_per_part: dict[str, str] = Field(description="by the recipient's country; empty if the estimate applies")
    mms_per_message: dict[str, str] = Field(description="price of an MMS by the recipient's country")
    carrier_fee_markup_percent: str | None = Field(
        description="mark-up on the carrier's fee, which counts once it is known; null if the fee is not charged"
    )
    estimate_per_part: MoneyOut = Field(
        description="counts where the card has no price, until the carrier reports its charge in this currency"
    )

    @classmethod
    def of(cls, terms: Terms) -> PricesOut:
        reason = _no_price(terms)
        card = None if reason else terms.card
        return cls(
            source="estimate" if card is None else "rate_card" if terms.prices.own else "default_rate_card",
            reason=reason,
            detail=_in_words(reason, terms),
            rate_card_id=terms.prices.card.card_id if terms.prices.card else None,
            valid_from=terms.prices.card.valid_from if terms.prices.card else None,
            sms_per_part=card.sms_out if card else {},
            mms_per_message=card.mms_out if card else {},
            carrier_fee_markup_percent=card.carrier_fee_markup if card else None,
            estimate_per_part=Money(nano=terms.estimate, currency=terms.currency),
        )


def _no_price(terms: Terms) -> Literal["", "no_rate_card", "no_prices", "other_currency"]:
    card = terms.prices.card
    if card is None:
        return "no_rate_card"
    if not card.sms_out and not card.mms_out:
        return "no_prices"
    return "" if terms.card else "other_currency"


def _in_words(reason: str, terms: Terms) -> str:
    card = terms.prices.card
    match reason:
        case "no_rate_card":
            return "no rate card is in force; ask the operator of this installation to add one"
        case "no_prices":
            return "the rate card in force names no price for outbound messages"
        case "other_currency" if card:
            return (
                f"the rate card in force is in {card.currency}, the caps are in {terms.currency}: its prices cannot "
                "be compared with the caps; use the same currency for both"
            )
        case _:
            return ""


class BudgetOut(BaseModel):
    """The cost of a tenant's texts this day and month, beside its caps."""

    model_config = with_example(examples.BUDGET)

    covers: Literal["all", "bulk"] = Field(
        description="the texts that a reached cap holds back; all texts count toward it"
    )
    prices: PricesOut
    waiting: bool = Field(description="messages wait because a cap is reached")
    periods: list[PeriodOut]


def budget_router(ledger: BudgetLedger, gate: Access, clock: Clock) -> APIRouter:
    routes = APIRouter(prefix="/api/messages", tags=["sender"])

    @routes.get("/budget", summary="Spend caps and how much of them is used", response_model=BudgetOut)
    async def read_budget(who: Principal = Depends(gate.viewer)) -> BudgetOut:
        terms = await ledger.terms(who.tenant_id)
        if terms is None:
            raise NotFound("not_found", "no such tenant")
        today = terms.today(clock.now())
        return view(await ledger.read(who.tenant_id, month_of(today)), terms, today)

    return routes


def view(budget: Budget, terms: Terms, today: str) -> BudgetOut:
    return BudgetOut(
        covers=terms.covers,
        prices=PricesOut.of(terms),
        waiting=budget.waiting,
        periods=[_day(budget, terms, today), _month(budget, terms)],
    )


def _day(budget: Budget, terms: Terms, today: str) -> PeriodOut:
    held = sum(entry.nano for entry in budget.held if entry.day == today)
    return PeriodOut(
        period="day",
        name=today,
        begins_at=day_begins(today, terms.zone),
        ends_at=day_ends(today, terms.zone),
        **_amounts(budget, terms, (today, terms.daily), budget.of_day(today), held),
    )


def _month(budget: Budget, terms: Terms) -> PeriodOut:
    held = sum(entry.nano for entry in budget.held)
    return PeriodOut(
        period="month",
        name=budget.month,
        begins_at=month_begins(budget.month, terms.zone),
        ends_at=month_ends(budget.month, terms.zone),
        **_amounts(budget, terms, (budget.month, terms.monthly), budget.nano, held),
    )


def _amounts(budget: Budget, terms: Terms, named: tuple[str, int | None], total: int, held: int) -> dict[str, Any]:
    name, cap = named
    told = sorted(each.threshold for each in budget.told if each.name == name and each.cap == cap)
    return {
        "cap": None if cap is None else Money(nano=cap, currency=terms.currency),
        "spent": Money(nano=total - held, currency=terms.currency),
        "reserved": Money(nano=held, currency=terms.currency),
        "percent": None if not cap else total * 100 // cap,
        "warnings": told,
    }
