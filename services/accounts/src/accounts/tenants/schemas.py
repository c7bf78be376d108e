"""The wire shapes of the accounts API. What is asked is checked here, field by field; unknown fields are refused, so
that a misspelt setting does not pass for a set one."""

from __future__ import annotations

import ipaddress
import zoneinfo
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from accounts.tenants import examples
from accounts.tenants.domain.api_keys import ApiKey
from accounts.tenants.domain.connections import Connection, check_api_key, check_public_key
from accounts.tenants.domain.tenants import Tenant
from shared.access.principal import Role
from shared.errors import Invalid
from shared.events import AiMode, Money, QuietHours
from shared.http.openapi_examples import with_example
from shared.service.retention import LEAST_DAYS


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    def given(self) -> dict[str, Any]:
        """The fields that were sent, as values: what a PATCH changes."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _timezone(name: str) -> str:
    if name not in _timezones():
        raise ValueError("not a time zone of the IANA list, such as America/Chicago")
    return name


@lru_cache(maxsize=1)
def _timezones() -> frozenset[str]:
    """Places and UTC offsets; `localtime` and `Factory` are names for whatever this machine happens to have."""
    return frozenset(zoneinfo.available_timezones() - {"localtime", "Factory"})


def _region(code: str) -> str:
    if code.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("not a country code of ISO 3166, such as US")
    return code.upper()


def _public_key(text: str) -> str:
    try:
        return check_public_key(text)
    except Invalid as error:
        raise ValueError(error.detail) from None


def _api_key(text: str) -> str:
    try:
        return check_api_key(text)
    except Invalid as error:
        raise ValueError(error.detail) from None


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if not parts.hostname or parts.port == 0 or parts.query or parts.fragment or parts.username:
        raise ValueError("an address such as https://api.telnyx.com/v2")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(parts.hostname)):
        raise ValueError("the API key travels with every request: https, unless it is this machine")
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
        raise ValueError(f"nano must be from 0 to {_HIGHEST_CAP} (a thousand million of the currency's unit)")
    return cap


_HIGHEST_CAP = 10**18
"""Far above any bill, and whatever is added up beneath it still fits 64 bits."""
Cap = Annotated[Money, AfterValidator(_cap)]
_ONE_CURRENCY = "both caps are in one currency (`caps_in_two_currencies`)"


class _Hours(QuietHours):
    @model_validator(mode="after")
    def _a_window(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("opens must be before closes")
        return self


class TenantSettings(Asked):
    """Every setting of a tenant; all optional here."""

    default_region: Annotated[str, AfterValidator(_region)] = Field(
        default="US", description="country a national number is read in", examples=["US"]
    )
    timezone: Annotated[str, AfterValidator(_timezone)] = Field(default="UTC", examples=["America/Chicago"])
    ai_mode: AiMode = Field(default="suggest", description="off, suggest (a person approves) or auto")
    resume_days: int = Field(default=30, ge=1, le=365, description="a text within so many days goes on a conversation")
    quiet_seconds: float = Field(
        default=2.0, ge=0, le=60, description="how long a customer is silent before the assistant answers"
    )
    quiet_hours: _Hours = Field(default=_Hours(), description="when campaigns may text, in the recipient's own time")
    answer_within_seconds: int = Field(default=600, ge=10, le=86_400, description="a later draft is not sent")
    max_ai_messages_per_hour: int = Field(default=20, ge=1, le=1000)
    max_ai_parts: int = Field(default=4, ge=1, le=10)
    hand_over_phrases: tuple[Phrase, ...] = Field(default=(), max_length=100)
    daily_cap: Cap | None = Field(default=None, description=f"the most it may spend in a day; {_ONE_CURRENCY}")
    monthly_cap: Cap | None = Field(
        default=None, description=f"the most it may spend in a calendar month; {_ONE_CURRENCY}"
    )
    cap_covers: Literal["all", "bulk"] = Field(
        default="all", description="what a reached cap holds back: everything, or campaigns only"
    )
    retention_days: int | None = Field(
        default=None,
        ge=LEAST_DAYS,
        le=3650,
        description="how long texts are kept, each counted from when it was written; null: for ever. Conversations, "
        "contacts, opt-outs with their proof and the bill stay",
    )
    status: Literal["active", "suspended"] = Field(
        default="active",
        description="only the operator may change it. Suspended: nothing is sent and no assistant answers, at once; "
        "what waits is refused (`tenant_inactive`), requests to send answer 409 `tenant_suspended`; texts that come in "
        "are kept and everything can be read",
    )

    def settings(self) -> dict[str, Any]:
        given = self.given()
        if hours := given.get("quiet_hours"):
            given["quiet_hours"] = QuietHours(opens=hours.opens, closes=hours.closes)
        return given


class NewTenant(TenantSettings):
    model_config = with_example(examples.NEW_TENANT)

    name: Name = Field(examples=["Corner Bakery"])


class TenantChange(TenantSettings):
    model_config = with_example(examples.TENANT_CHANGE)

    name: Name = Field(default="")


class TenantView(BaseModel):
    model_config = with_example(examples.TENANT)

    id: str
    name: str
    status: str
    default_region: str
    timezone: str
    ai_mode: AiMode
    resume_days: int
    quiet_seconds: float
    quiet_hours: QuietHours
    answer_within_seconds: int
    max_ai_messages_per_hour: int
    max_ai_parts: int
    hand_over_phrases: tuple[str, ...]
    daily_cap: Money | None
    monthly_cap: Money | None
    cap_covers: str
    retention_days: int | None
    revision: int
    created_at: datetime

    @classmethod
    def of(cls, tenant: Tenant) -> TenantView:
        return cls(id=tenant.id, created_at=tenant.created_at, **tenant.facts.model_dump(exclude={"tenant_id"}))


ProfileId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
_PROFILE = (
    "The Telnyx messaging profile its numbers are on. Give each tenant a profile of its own: a customer's STOP blocks "
    "that customer for every number of the profile, and START lifts it only at the number it was sent to"
)
_API_BASE = "another address of the carrier's API; the operator's to set, https unless it is this machine"


class NewConnectionBody(Asked):
    model_config = with_example(examples.NEW_CONNECTION)

    kind: Literal["telnyx"] = "telnyx"
    api_key: CarrierKey = Field(description="kept encrypted, never shown again", examples=["KEY0123456789ABCDEF"])
    public_key: PublicKey = Field(
        description="base64 of the 32 bytes that verify webhooks",
        examples=["A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="],
    )
    messaging_profile_id: ProfileId | None = Field(default=None, description=_PROFILE)
    api_base: WebAddress | None = Field(default=None, description=_API_BASE)


class ConnectionChange(Asked):
    model_config = with_example(examples.CONNECTION_CHANGE)

    api_key: CarrierKey = ""
    public_keys: tuple[PublicKey, ...] = Field(
        default=(), min_length=1, max_length=5, description="all that may sign; two while one is being replaced"
    )
    messaging_profile_id: ProfileId | None = Field(default=None, description=_PROFILE)
    api_base: WebAddress | None = Field(default=None, description=_API_BASE)
    active: bool = True


class ConnectionView(BaseModel):
    model_config = with_example(examples.CONNECTION)

    id: str
    kind: str
    public_key: str
    public_keys: tuple[str, ...]
    messaging_profile_id: str | None
    api_base: str | None
    active: bool
    webhook_url: str = Field(description="enter this at the carrier")
    revision: int
    created_at: datetime

    @classmethod
    def of(cls, connection: Connection, public_base: str) -> ConnectionView:
        facts = connection.facts
        return cls(
            id=connection.id,
            kind=facts.kind,
            public_key=facts.public_keys[0],
            public_keys=facts.public_keys,
            messaging_profile_id=facts.messaging_profile_id,
            api_base=facts.api_base,
            active=facts.active,
            webhook_url=f"{public_base}/webhooks/telnyx/{connection.id}",
            revision=facts.revision,
            created_at=connection.created_at,
        )


class NewApiKey(Asked):
    model_config = with_example(examples.NEW_API_KEY)

    label: Label = Field(default="", examples=["billing export"])
    role: Role = Field(description="viewer reads, agent also answers customers, admin also changes settings")


class ApiKeyView(BaseModel):
    model_config = with_example(examples.API_KEY)

    id: str
    label: str
    role: Role
    created_at: datetime
    created_by: str
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="at any service, to the minute; null: not yet")
    of_first_secret: bool = Field(
        description="false: signed with an older secret of SECRET_KEY, and void once that one is taken out"
    )

    @classmethod
    def of(cls, key: ApiKey, last_used_at: datetime | None, of_first_secret: bool) -> ApiKeyView:
        kept = key.model_dump(include=set(cls.model_fields))
        return cls(**kept, last_used_at=last_used_at, of_first_secret=of_first_secret)


class ApiKeyShown(BaseModel):
    model_config = with_example(examples.API_KEY_SHOWN)

    id: str
    key: str = Field(description="shown this once", examples=["pk_…"])
    label: str
    role: Role
    created_at: datetime


class Me(BaseModel):
    """Whose credentials these are."""

    model_config = with_example(examples.ME)

    tenant_id: str
    tenant_name: str
    role: Role
    subject_id: str
    user_id: str | None
    email: str | None = None
    name: str | None = None
    expires_at: datetime | None
