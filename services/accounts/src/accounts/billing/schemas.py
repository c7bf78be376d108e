"""The wire shapes of rate cards, statements and ledger entries. Prices are decimal text. Amounts are integers of
nano-units (billionths of the currency's unit), and decimal text beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)

from accounts.billing import examples
from accounts.billing.domain.rate_cards import CarrierFee, CountryPrice, RateCard, TokenKind, TokenPrice
from accounts.billing.domain.statement import GroupBy, StatementKey, Tally, money_text
from accounts.request_body import RequestBody
from shared.errors import Invalid
from shared.http.openapi_examples import with_example
from shared.http.value_models import AS_MODEL
from shared.money import ANYWHERE

Price = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,7}(\.[0-9]{1,12})?$"),
    Field(description="Exact decimal number, as text.", examples=["0.0079"]),
]


def _country(code: str) -> str:
    if code != ANYWHERE and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise ValueError("Use a country code of two letters such as US, or * for all other countries.")
    return code.upper()


Country = Annotated[str, AfterValidator(_country)]
_PRICES = {"US": "0.0079", "CA": "0.0085", "*": "0.05"}


def _anywhere(prices: dict[str, str]) -> dict[str, str]:
    if prices and ANYWHERE not in prices:
        raise ValueError('Give a price for all other countries too: {"US": "0.0079", "*": "0.05"}.')
    return prices


ByCountry = Annotated[dict[Country, Price], Field(max_length=300), AfterValidator(_anywhere)]


class CarrierFeeIn(RequestBody):
    mode: Literal["pass_through", "none"] = "pass_through"
    markup_percent: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}(\.[0-9]{1,6})?$")] = Field(
        default="0", examples=["10"]
    )


class TokenPriceIn(RequestBody):
    model: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:/@+-]*(\*[A-Za-z0-9._:/@+-]*){0,3}$")] = Field(
        min_length=1, max_length=100, description="Name of a model; `*` matches any text.", examples=["gpt-4o*"]
    )
    kind: TokenKind
    price: Price
    per: Literal[1000, 1_000_000] = Field(default=1_000_000, description="How many tokens the price is for.")


class PricesIn(RequestBody):
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "USD"
    sms_out: ByCountry = Field(default={}, description="Per SMS part, by the customer's country.", examples=[_PRICES])
    sms_in: ByCountry = Field(default={}, description="Per SMS part, by the customer's country.")
    mms_out: ByCountry = Field(default={}, description="Per message.")
    mms_in: ByCountry = Field(default={}, description="Per message.")
    carrier_fee: CarrierFeeIn = Field(
        default=CarrierFeeIn(),
        description="The carrier's own fee for a text, in or out: passed on with a mark-up, in its currency.",
    )
    tokens: tuple[TokenPriceIn, ...] = Field(
        default=(), max_length=200, description="The first entry that matches model and kind applies."
    )
    note: Annotated[str, StringConstraints(max_length=500)] = ""

    @field_validator("carrier_fee", mode="before")
    @classmethod
    def _by_name(cls, value: Any) -> Any:
        return {"mode": value} if isinstance(value, str) else value

    def card(self, id: str, valid_from: datetime, created_at: datetime, created_by: str) -> RateCard:
        maps = {name: _pairs(getattr(self, name)) for name in ("sms_out", "sms_in", "mms_out", "mms_in")}
        return RateCard(
            id=id,
            valid_from=valid_from,
            currency=self.currency,
            **maps,
            carrier_fee=CarrierFee(**self.carrier_fee.model_dump()),
            tokens=tuple(TokenPrice(**token.model_dump()) for token in self.tokens),
            note=self.note,
            created_at=created_at,
            created_by=created_by,
        )


class RateCardIn(PricesIn):
    model_config = with_example(examples.NEW_RATE_CARD)

    valid_from: AwareDatetime | None = Field(
        default=None,
        description="Default: now. Entries booked already keep their price; see `POST …/repricings`.",
        examples=["2026-04-01T00:00:00Z"],
    )


def default_card(text: str) -> RateCard:
    """The installation's own prices, from the settings. Raises `Invalid`, so that a start with wrong prices fails."""
    try:
        prices = PricesIn.model_validate_json(text or "{}")
    except ValidationError as error:
        detail = f"ACCOUNTS_DEFAULT_RATE_CARD is not the JSON of a rate card: {error}"
        raise Invalid("bad_default_rate_card", detail) from None
    begin = datetime(1970, 1, 1, tzinfo=UTC)
    return prices.card("default", begin, begin, "settings")


def _pairs(prices: dict[str, str]) -> tuple[CountryPrice, ...]:
    return tuple(CountryPrice(country=country, price=price) for country, price in prices.items())


class RateCardOut(BaseModel):
    model_config = with_example(examples.RATE_CARD)

    id: str
    valid_from: datetime
    in_force: bool = Field(description="Whether this card is in force now.")
    currency: str
    sms_out: dict[str, str]
    sms_in: dict[str, str]
    mms_out: dict[str, str]
    mms_in: dict[str, str]
    carrier_fee: Annotated[CarrierFee, AS_MODEL]
    tokens: tuple[Annotated[TokenPrice, AS_MODEL], ...]
    note: str
    created_at: datetime
    created_by: str

    @classmethod
    def from_card(cls, card: RateCard, in_force: RateCard | None) -> RateCardOut:
        maps = ("sms_out", "sms_in", "mms_out", "mms_in")
        fields: dict[str, Any] = card.plain(without=maps)
        fields |= {name: {entry.country: entry.price for entry in getattr(card, name)} for name in maps}
        return cls(**fields, in_force=in_force is not None and card.id == in_force.id)


class CarrierCostOut(BaseModel):
    """What the carrier charges us, in its own currency."""

    currency: str
    amount: str = Field(examples=["0.0160"])
    amount_nano: int

    @classmethod
    def from_costs(cls, costs: Mapping[str, int]) -> list[CarrierCostOut]:
        return [cls(currency=name, amount=money_text(nano), amount_nano=nano) for name, nano in sorted(costs.items())]


class TotalOut(BaseModel):
    currency: str
    amount: str = Field(examples=["12.3456"])
    amount_nano: int
    estimated_amount: str = Field(description="The part of `amount` that later figures may still replace.")
    estimated_amount_nano: int
    entries: int
    estimated_entries: int
    unpriced_entries: int = Field(description="Entries that the rate card has no price for; they cost nothing.")
    carrier_costs: list[CarrierCostOut]

    @classmethod
    def from_tally(cls, currency: str, tally: Tally) -> TotalOut:
        return cls(currency=currency, **figures(tally))


def figures(tally: Tally) -> dict[str, Any]:
    return {
        "amount": money_text(tally.amount),
        "amount_nano": tally.amount,
        "estimated_amount": money_text(tally.estimated_amount),
        "estimated_amount_nano": tally.estimated_amount,
        "entries": tally.entries,
        "estimated_entries": tally.estimated_entries,
        "unpriced_entries": tally.unpriced_entries,
        "carrier_costs": CarrierCostOut.from_costs(tally.carrier),
    }


class StatementLineOut(TotalOut):
    """One kind of usage in one group. Only the field that was grouped by is present; "" means none."""

    month: str = ""
    day: str = ""
    number: str = ""
    campaign: str = ""
    assistant: str = ""
    model: str = ""
    kind: str
    quantity: int = Field(description="SMS parts or tokens, depending on `kind`.")
    estimated_quantity: int

    @classmethod
    def from_tally_of(cls, key: StatementKey, tally: Tally, group_by: GroupBy) -> StatementLineOut:
        group = {} if group_by == "kind" else {group_by: key.group}
        quantities = {"quantity": tally.quantity, "estimated_quantity": tally.estimated_quantity}
        return cls(**group, kind=key.kind, currency=key.currency, **quantities, **figures(tally))


class ProjectionOut(BaseModel):
    """Run rate: amount so far × (length of the month ÷ the part of it that has passed)."""

    currency: str
    amount: str
    amount_nano: int
    amount_so_far: str
    amount_so_far_nano: int


class StatementOut(BaseModel):
    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True) | with_example(examples.STATEMENT)

    tenant_id: str
    first: date = Field(alias="from")
    last: date = Field(alias="to", description="This day is included.")
    timezone: str
    group_by: GroupBy
    items: list[StatementLineOut]
    totals: list[TotalOut] = Field(description="One per currency: currencies are never added up.")
    month: str = Field(description="The current month, to which the projection applies.", examples=["2026-04"])
    projection: list[ProjectionOut] | None = Field(description="Null if the period does not contain today.")


class LedgerEntryOut(BaseModel):
    """One entry of the ledger, with everything that explains it."""

    model_config = with_example(examples.ENTRY)

    ledger_key: str
    revision: int = Field(description="Revision of the figure: the highest reported one counts.")
    kind: str
    message_type: str
    purpose: str = Field(default="", description="What it was used for, where it answered nobody: `replay`.")
    quantity: int
    estimate: bool
    unpriced: bool
    price: str = Field(description='For `price_per` units of the quantity; "" for a carrier fee that is passed on.')
    price_per: int
    amount: str
    amount_nano: int
    currency: str
    carrier_cost: CarrierCostOut | None
    rate_card_id: str
    used_at: datetime
    day: str
    number: str | None
    contact: str | None
    country: str
    message_id: str | None
    conversation_id: str | None
    campaign_id: str | None
    assistant_id: str | None
    run_id: str | None
    model: str | None
    correlation_id: str
    source: str

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> LedgerEntryOut:
        cost = row["carrier_cost"]
        cost_out = CarrierCostOut.from_costs({cost["currency"]: cost["nano"]})[0] if cost else None
        changed = {
            "carrier_cost": cost_out,
            "revision": row["usage_revision"],
            "amount": money_text(row["amount_nano"]),
        }
        return cls.model_validate({**row, **changed})
