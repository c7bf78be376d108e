"""Events of accounts: tenants, their numbers, connections and prices, revoked credentials, and usage."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self

from msgspec import Meta

from shared.events.envelope import EventData
from shared.events.kinds import E164, AiMode, Money
from shared.values import Int64, Moment, Value


class QuietHours(Value):
    """Hours of the recipient's day in which campaigns may text: `opens` included, `closes` not."""

    opens: Annotated[int, Meta(ge=0, le=23)] = 8
    closes: Annotated[int, Meta(ge=1, le=24)] = 21


class CampaignFrequency(Value):
    """The most campaign texts one person may get: `texts` within `days`, over all campaigns of the tenant."""

    texts: Annotated[int, Meta(ge=1, le=1000)]
    days: Annotated[int, Meta(ge=1, le=366)]


class TenantChanged(EventData):
    """A tenant with all its settings. Applied only if `revision` is newer. The internal page has the same shape."""

    TYPE: ClassVar[str] = "tenant.changed"

    tenant_id: str
    revision: Int64
    name: str
    status: Literal["active", "suspended"] = "active"
    default_region: str = "US"
    timezone: str = "UTC"
    ai_mode: AiMode = "suggest"
    shadow: bool = False
    """Whether the assistant answers silently where people answer, to be compared with them."""
    resume_days: Int64 = 30
    quiet_seconds: float = 2.0
    """How long a customer must be silent before the assistant answers."""
    quiet_hours: QuietHours = QuietHours()
    answer_within_seconds: Int64 = 600
    """An assistant's answer later than this is not sent; the conversation then needs a person."""
    max_ai_messages_per_hour: Int64 = 20
    max_ai_parts: Int64 = 4
    hand_over_phrases: tuple[str, ...] = ()
    daily_cap: Money | None = None
    monthly_cap: Money | None = None
    cap_covers: Literal["all", "bulk"] = "all"
    """What a reached cap stops: all messages, or campaigns only, so that customers are still answered."""
    retention_days: Int64 | None = None
    """Days until the text of a message is deleted; None: never."""
    campaign_frequency: CampaignFrequency | None = None
    """None: no limit."""
    allowed_regions: tuple[str, ...] = ()
    """ISO 3166 countries that campaigns may text; empty: all."""


NumberClass = Literal["long_code", "ten_dlc", "toll_free", "short_code"]
Capability = Literal["sms", "mms"]


class NumberChanged(EventData):
    """A phone number's owner, or none. Owned by the number's own document; `revision` grows over all its owners."""

    TYPE: ClassVar[str] = "number.changed"

    phone_number: E164
    revision: Int64
    tenant_id: str | None
    connection_id: str | None
    assigned_at: Moment
    """Texts received before this are not delivered to the present owner."""
    label: str = ""
    parts_per_second: float = 1.0
    daily_parts: Int64 | None = None
    """The most SMS parts it may send per day in the tenant's time zone, the last tenth reserved for one-to-one texts;
    None: no cap. Sender queues the rest (reason `daily_parts`)."""
    number_class: NumberClass = "ten_dlc"
    """How the carrier classifies it, which decides how fast it may send. `short_code`: in older events only."""
    capabilities: tuple[Capability, ...] = ("sms", "mms")
    """What it can carry: SMS, MMS (any message with media). Others are refused (`number_without_sms`, `…_mms`)."""
    active: bool = True


class ConnectionChanged(EventData):
    """A carrier connection. The API key is encrypted with the installation's secret; only sender decrypts it."""

    TYPE: ClassVar[str] = "connection.changed"

    connection_id: str
    revision: Int64
    tenant_id: str
    kind: Literal["telnyx"] = "telnyx"
    public_keys: tuple[str, ...]
    """Base64 Ed25519 keys that may sign its webhooks: two during a replacement, none if no stored key is safe."""
    encrypted_api_key: str
    messaging_profile_id: str | None = None
    api_base: str | None = None
    active: bool = True


DecimalText = Annotated[str, Meta(pattern=r"^[0-9]{1,7}(\.[0-9]{1,12})?\Z", max_length=20)]


class SendingPrices(Value):
    """The part of a rate card that says what sending costs."""

    card_id: str
    valid_from: Moment
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
    sms_out: dict[str, DecimalText]
    """Per SMS part, in the currency's unit, by ISO 3166 country of the recipient; `*`: everywhere else."""
    mms_out: dict[str, DecimalText]
    """Per MMS."""
    carrier_fee_markup: DecimalText | None = None
    """Percent added to the carrier's own fee, which is passed on in the carrier's currency. None: not charged."""


DEFAULT_PRICES = "default"


class PricesChanged(EventData):
    """What sending costs a tenant, now and later. Applied only if `revision` is newer. The internal page has the same
    shape."""

    TYPE: ClassVar[str] = "prices.changed"

    tenant_id: str
    """`default`: the installation's own prices, for tenants while no card of theirs is in force."""
    revision: Int64
    """0: the tenant has never had a card."""
    cards: tuple[SendingPrices, ...] = ()
    """By `valid_from`: the card in force when this was published, the one before it, and all future ones."""

    def at(self, moment: datetime) -> SendingPrices | None:
        """The prices in force at that moment, or None before the first."""
        return next((card for card in reversed(self.cards) if card.valid_from <= moment), None)


class AccessRevoked(EventData):
    """A key or session is void, or everything issued to a user before a moment. Cannot be undone."""

    TYPE: ClassVar[str] = "access.revoked"

    subject_id: str
    """A key id (`key_…`), a session id (`ses_…`) or a user id (`usr_…`)."""
    issued_before: Moment | None = None
    """For a user: everything issued before this is void. None: the subject itself is void."""
    revision: Int64 = 1


UsageKind = Literal[
    "sms_parts_out", "sms_parts_in", "carrier_fee", "tokens_prompt", "tokens_completion", "tokens_cached"
]


USAGE_V2_ROUTING_KEY = "usage.recorded.v2"


class UsageLine(Value):
    """The quantity of one kind."""

    ledger_key: str
    """`<message or attempt id>:<kind>`."""
    revision: Int64
    kind: UsageKind
    quantity: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    """Parts or tokens; for `carrier_fee` the number of parts it covers."""
    carrier_cost: Money | None = None
    """What the carrier charges us for this, where it says so."""
    estimate: bool = False


class UsageEntry(EventData):
    """A quantity was used. One ledger key per message or model attempt and kind; the highest revision counts.
    Dataversion 1 of `usage.recorded` says one of these per event; other internal services may still publish it."""

    TYPE: ClassVar[str] = "usage.recorded"

    ledger_key: str
    """`<message or attempt id>:<kind>`."""
    revision: Int64
    kind: UsageKind
    quantity: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    """Parts or tokens; for `carrier_fee` the number of parts it covers."""
    carrier_cost: Money | None = None
    """What the carrier charges us for this, where it says so."""
    estimate: bool = False
    used_at: Moment
    number: str | None = None
    contact: str | None = None
    message_id: str | None = None
    conversation_id: str | None = None
    campaign_id: str | None = None
    assistant_id: str | None = None
    run_id: str | None = None
    model: str | None = None
    message_type: Literal["sms", "mms"] = "sms"
    """For parts in or out: an MMS has its own price."""
    purpose: Annotated[str, Meta(max_length=50)] = ""
    """What it was used for, where it answered nobody: `replay`."""

    def renewed(self) -> UsageRecorded:
        fields = {name: getattr(self, name) for name in _OF_THE_CAUSE}
        line = UsageLine(**{name: getattr(self, name) for name in _OF_THE_LINE})
        return UsageRecorded(lines=(line,), **fields)


_OF_THE_LINE = UsageLine.__struct_fields__
_OF_THE_CAUSE = tuple(name for name in UsageEntry.__struct_fields__ if name not in _OF_THE_LINE)
"""What an entry says besides is said once for all lines of its cause."""


class UsageRecorded(EventData):
    """Quantities were used for one cause, a line for each kind. Of one ledger key, the line with the highest revision
    counts."""

    TYPE: ClassVar[str] = "usage.recorded"
    VERSION: ClassVar[int] = 2
    FORMER: ClassVar[Mapping[int, type[EventData]]] = {1: UsageEntry}

    lines: Annotated[tuple[UsageLine, ...], Meta(min_length=1)]
    used_at: Moment
    number: str | None = None
    contact: str | None = None
    message_id: str | None = None
    conversation_id: str | None = None
    campaign_id: str | None = None
    assistant_id: str | None = None
    run_id: str | None = None
    model: str | None = None
    message_type: Literal["sms", "mms"] = "sms"
    """For parts in or out: an MMS has its own price."""
    purpose: Annotated[str, Meta(max_length=50)] = ""
    """What it was used for, where it answered nobody: `replay`."""

    def routing_key(self, source: str = "") -> str:
        return USAGE_V2_ROUTING_KEY

    def after(self, earlier: EventData) -> Self:
        """Of each ledger key the line with the higher revision."""
        if not isinstance(earlier, UsageRecorded):
            return self
        newest = {line.ledger_key: line for line in earlier.lines}
        for line in self.lines:
            known = newest.get(line.ledger_key)
            if known is None or known.revision <= line.revision:
                newest[line.ledger_key] = line
        return self.but(lines=tuple(newest.values()))

    def entries(self) -> tuple[UsageEntry, ...]:
        """Each line with all that is known of its cause."""
        cause = {name: getattr(self, name) for name in _OF_THE_CAUSE}
        return tuple(UsageEntry(**cause, **{name: getattr(line, name) for name in _OF_THE_LINE}) for line in self.lines)

    def in_former_shape(self) -> tuple[UsageEntry, ...]:
        return self.entries()
