"""The wire shapes of tenants, connections and API keys. Each field of a request is validated here."""

from __future__ import annotations

import ipaddress
import zoneinfo
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import phonenumbers
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from accounts.request_body import RequestBody
from accounts.tenants import examples
from accounts.tenants.addresses import Addresses
from accounts.tenants.domain.api_keys import ApiKey
from accounts.tenants.domain.connections import Connection, canonical_public_key, printable_api_key
from accounts.tenants.domain.tenants import Tenant
from shared.access.principal import Role
from shared.errors import Invalid
from shared.events import AiMode, CampaignFrequency, Money, QuietHours
from shared.http.openapi_examples import with_example
from shared.http.value_models import AS_MODEL, MoneyOut
from shared.service.retention import LEAST_DAYS


def _timezone(name: str) -> str:
    if name not in _timezones():
        raise ValueError("Not a time zone of the IANA list, such as America/Chicago.")
    return name


@lru_cache(maxsize=1)
def _timezones() -> frozenset[str]:
    """Without `localtime` and `Factory`, which name the zone of the machine this runs on."""
    return frozenset(zoneinfo.available_timezones() - {"localtime", "Factory"})


def _region(code: str) -> str:
    if code.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("Not a country code of ISO 3166, such as US.")
    return code.upper()


def _public_key(text: str) -> str:
    try:
        return canonical_public_key(text)
    except Invalid as error:
        raise ValueError(error.detail) from None


def _api_key(text: str) -> str:
    try:
        return printable_api_key(text)
    except Invalid as error:
        raise ValueError(error.detail) from None


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if not parts.hostname or parts.port == 0 or parts.query or parts.fragment or parts.username:
        raise ValueError("Give a base address such as https://api.telnyx.com/v2.")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(parts.hostname)):
        raise ValueError("Use https: the API key travels with every request. Plain http is for this machine only.")
    return text.rstrip("/")


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Label = Annotated[str, StringConstraints(max_length=200)]
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=100)]
CarrierKey = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_api_key)]
PublicKey = Annotated[str, AfterValidator(_public_key)]
WebAddress = Annotated[str, StringConstraints(max_length=500), AfterValidator(_web_address)]


def _cap(cap: Money) -> Money:
    if not 0 <= cap.nano <= _HIGHEST_CAP:
        raise ValueError(f"nano must be from 0 to {_HIGHEST_CAP} (one billion of the currency's unit).")
    return cap


_HIGHEST_CAP = 10**18
"""Far above any bill, and sums below it still fit into 64 bits."""
Cap = Annotated[Money, AS_MODEL, AfterValidator(_cap)]
_ONE_CURRENCY = "Both caps must use one currency (422 `caps_in_two_currencies`)."


class QuietHoursIn(BaseModel):
    opens: int = Field(default=8, ge=0, le=23)
    closes: int = Field(default=21, ge=1, le=24)

    @model_validator(mode="after")
    def _a_window(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("opens must be before closes.")
        return self


class CampaignFrequencyIn(BaseModel):
    texts: int = Field(ge=1, le=1000)
    days: int = Field(ge=1, le=366)


def _each_once(regions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(regions)))


Region = Annotated[str, AfterValidator(_region)]


class TenantSettings(RequestBody):
    """Every setting of a tenant, all optional."""

    default_region: Region = Field(
        default="US", description="Country of phone numbers given without a country code.", examples=["US"]
    )
    timezone: Annotated[str, AfterValidator(_timezone)] = Field(
        default="UTC", description="IANA name.", examples=["America/Chicago"]
    )
    ai_mode: AiMode = Field(default="suggest", description="`off`, `suggest` (a person approves each draft) or `auto`.")
    shadow: bool = Field(
        default=False,
        description="Where people answer, the assistant answers silently as well. Its answers are never sent or shown, "
        "only compared with theirs, and cost tokens.",
    )
    resume_days: int = Field(
        default=30, ge=1, le=365, description="Days of inactivity after which a new text opens a new conversation."
    )
    quiet_seconds: float = Field(
        default=2.0, ge=0, le=60, description="Seconds of silence from the customer before the assistant answers."
    )
    quiet_hours: QuietHoursIn = Field(
        default=QuietHoursIn(), description="Hours in which campaigns may text, in the recipient's time."
    )
    answer_within_seconds: int = Field(
        default=600, ge=10, le=86_400, description="Drafts older than this are not sent."
    )
    max_ai_messages_per_hour: int = Field(default=20, ge=1, le=1000, description="Per conversation.")
    max_ai_parts: int = Field(default=4, ge=1, le=10, description="Longest answer of the assistant, in SMS parts.")
    hand_over_phrases: tuple[Phrase, ...] = Field(
        default=(), max_length=100, description="A text that contains one of these goes to a person."
    )
    daily_cap: Cap | None = Field(default=None, description=f"Spending limit per day. {_ONE_CURRENCY}")
    monthly_cap: Cap | None = Field(default=None, description=f"Spending limit per calendar month. {_ONE_CURRENCY}")
    cap_covers: Literal["all", "bulk"] = Field(
        default="all", description="What a reached cap stops: `all` messages, or `bulk` (campaigns) only."
    )
    retention_days: int | None = Field(
        default=None,
        ge=LEAST_DAYS,
        le=3650,
        description="Days until the text of a message is deleted; null keeps it. Conversations, contacts, opt-outs "
        "with their evidence and the bill stay.",
    )
    campaign_frequency: CampaignFrequencyIn | None = Field(
        default=None,
        description="The most campaign texts one person may get: `texts` within `days`, over all campaigns. Campaigns "
        "skip whom the next text would be too many for (`frequency_cap`). null: no limit.",
        examples=[{"texts": 4, "days": 30}],
    )
    allowed_regions: Annotated[tuple[Region, ...], AfterValidator(_each_once)] = Field(
        default=(),
        max_length=250,
        description="Countries (ISO 3166) that campaigns may text; an import rejects numbers of others "
        "(`foreign_region`). Empty: all.",
        examples=[["US", "CA"]],
    )
    status: Literal["active", "suspended"] = Field(
        default="active",
        description="Only the operator may change this. `suspended` stops sending and the assistant at once: queued "
        "one-to-one messages are refused (`tenant_inactive`), those of campaigns and workflows wait; requests to send "
        "answer 409 `tenant_suspended`. Inbound texts are still stored, and everything can be read.",
    )

    def settings(self) -> dict[str, Any]:
        given = self.sent_fields()
        if hours := given.get("quiet_hours"):
            given["quiet_hours"] = QuietHours(opens=hours.opens, closes=hours.closes)
        if often := given.get("campaign_frequency"):
            given["campaign_frequency"] = CampaignFrequency(texts=often.texts, days=often.days)
        return given


class TenantIn(TenantSettings):
    model_config = with_example(examples.NEW_TENANT)

    name: Name = Field(examples=["Corner Bakery"])


class TenantPatch(TenantSettings):
    model_config = with_example(examples.TENANT_CHANGE)

    name: Name = Field(default="")


class TenantOut(BaseModel):
    model_config = with_example(examples.TENANT)

    id: str
    name: str
    status: str
    default_region: str
    timezone: str
    ai_mode: AiMode
    shadow: bool
    resume_days: int
    quiet_seconds: float
    quiet_hours: Annotated[QuietHours, AS_MODEL]
    answer_within_seconds: int
    max_ai_messages_per_hour: int
    max_ai_parts: int
    hand_over_phrases: tuple[str, ...]
    daily_cap: MoneyOut | None
    monthly_cap: MoneyOut | None
    cap_covers: str
    retention_days: int | None
    campaign_frequency: Annotated[CampaignFrequency, AS_MODEL] | None
    allowed_regions: tuple[str, ...]
    revision: int
    created_at: datetime

    @classmethod
    def from_tenant(cls, tenant: Tenant) -> TenantOut:
        return cls(id=tenant.id, created_at=tenant.created_at, **tenant.facts.plain(without=["tenant_id"]))


ProfileId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
_PROFILE = (
    "The Telnyx messaging profile of its numbers. Give each tenant its own profile: a customer's STOP blocks that "
    "customer for every number of the profile, and START unblocks only the number it is sent to."
)
_API_BASE = "Another address of the carrier's API. Only the operator may set it; https, except for this machine."


_UNSAFE = (
    "Not used, because anybody could forge webhooks with it: {}. Copy the public key from the carrier's portal and "
    "PATCH `public_keys`."
)


class ConnectionIn(RequestBody):
    model_config = with_example(examples.NEW_CONNECTION)

    kind: Literal["telnyx"] = "telnyx"
    api_key: CarrierKey = Field(description="Stored encrypted and never shown again.", examples=["KEY0123456789ABCDEF"])
    public_key: PublicKey = Field(
        description="Verifies webhooks: base64 of the 32 bytes. 422 `unsafe_public_key` if anybody could sign for it.",
        examples=["A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="],
    )
    messaging_profile_id: ProfileId | None = Field(default=None, description=_PROFILE)
    api_base: WebAddress | None = Field(default=None, description=_API_BASE)


class ConnectionPatch(RequestBody):
    model_config = with_example(examples.CONNECTION_CHANGE)

    api_key: CarrierKey = ""
    public_keys: tuple[PublicKey, ...] = Field(
        default=(),
        min_length=1,
        max_length=5,
        description="All keys that may sign webhooks: two while one is being replaced.",
    )
    messaging_profile_id: ProfileId | None = Field(default=None, description=_PROFILE)
    api_base: WebAddress | None = Field(default=None, description=_API_BASE)
    active: bool = True


class ConnectionOut(BaseModel):
    model_config = with_example(examples.CONNECTION)

    id: str
    kind: str
    public_key: str
    public_keys: tuple[str, ...]
    messaging_profile_id: str | None
    api_base: str | None
    active: bool
    usable: bool = Field(description="False: its webhooks cannot be verified, so no text arrives. See `problem`.")
    problem: str | None = Field(description="Why a public key of it is not used, and what to do.")
    webhook_url: str = Field(description="Enter this address at the carrier.")
    texts_go_to: str = Field(description="The carrier that gets its texts, or the sandbox of this installation.")
    revision: int
    created_at: datetime

    @classmethod
    def from_connection(cls, connection: Connection, addresses: Addresses) -> ConnectionOut:
        facts = connection.facts
        return cls(
            id=connection.id,
            kind=facts.kind,
            public_key=next(iter(facts.public_keys), ""),
            public_keys=facts.public_keys,
            messaging_profile_id=facts.messaging_profile_id,
            api_base=facts.api_base,
            active=facts.active,
            usable=connection.is_usable,
            problem=_UNSAFE.format(", ".join(connection.unsafe_public_keys)) if connection.unsafe_public_keys else None,
            webhook_url=f"{addresses.public_base}/webhooks/telnyx/{connection.id}",
            texts_go_to=addresses.destination(facts.api_base),
            revision=facts.revision,
            created_at=connection.created_at,
        )


class ApiKeyIn(RequestBody):
    model_config = with_example(examples.NEW_API_KEY)

    label: Label = Field(default="", examples=["billing export"])
    role: Role = Field(description="viewer: reads. agent: also answers customers. admin: also changes settings.")


class ApiKeyOut(BaseModel):
    model_config = with_example(examples.API_KEY)

    id: str
    label: str
    role: Role
    created_at: datetime
    created_by: str
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="At any service, to the minute; null: never.")
    of_first_secret: bool = Field(
        description="False: signed with an older secret of SECRET_KEY; it stops working when that secret is removed."
    )

    @classmethod
    def from_key(cls, key: ApiKey, last_used_at: datetime | None, of_first_secret: bool) -> ApiKeyOut:
        kept = {name: value for name, value in key.plain().items() if name in cls.model_fields}
        return cls(**kept, last_used_at=last_used_at, of_first_secret=of_first_secret)


class IssuedApiKeyOut(BaseModel):
    model_config = with_example(examples.ISSUED_API_KEY)

    id: str
    key: str = Field(description="Shown only in this answer.", examples=["pk_…"])
    label: str
    role: Role
    created_at: datetime
