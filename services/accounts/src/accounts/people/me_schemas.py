"""The wire shapes of the caller: a user with preferences, an API key, or the operator."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from accounts.people import examples
from accounts.people.domain.preferences import Notify, NotifyAbout
from accounts.people.schemas import Secret
from accounts.request_body import RequestBody
from accounts.tenants.schemas import Name
from shared.access.principal import Role
from shared.http.openapi_examples import with_example

TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$")]


class DoNotDisturbIn(RequestBody):
    """From one time of day to another on the browser's clock. It may span midnight."""

    starts: TimeOfDay
    ends: TimeOfDay

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.starts == self.ends:
            raise ValueError("It starts and ends at the same time; null turns it off.")
        return self


class NotifyIn(RequestBody):
    model_config = with_example(examples.NOTIFY)

    about: NotifyAbout = Field(
        default="mine", description="mine: conversations that are assigned to you, or to nobody."
    )
    sound: bool = False
    do_not_disturb: DoNotDisturbIn | None = None


class NotifyOut(BaseModel):
    model_config = with_example(examples.NOTIFY)

    about: NotifyAbout
    sound: bool
    do_not_disturb: DoNotDisturbOut | None


class DoNotDisturbOut(BaseModel):
    starts: str
    ends: str


class MePatch(RequestBody):
    model_config = with_example(examples.ME_CHANGE)

    name: Name = ""
    language: LanguageTag | None = Field(default=None, description="Such as `de`; null: the browser's.")
    notify: NotifyIn = Field(default=NotifyIn(), description="Replaces all of it.")

    def changes(self) -> dict[str, Any]:
        """As `domain.users.change_own` takes them."""
        sent = self.sent_fields()
        return sent | ({"notify": Notify.read(self.notify.model_dump())} if "notify" in sent else {})


class MeOut(BaseModel):
    """The caller: a user's session, or an API key (then without user, e-mail address, name and preferences)."""

    model_config = with_example(examples.ME)

    tenant_id: str
    tenant_name: str
    tenant_timezone: str = Field(description="IANA name; times are shown in this zone.")
    tenant_region: str = Field(description="ISO 3166: how numbers without a country code are read.")
    role: Role
    subject_id: str = Field(description="The session or API key.")
    user_id: str | None
    email: str | None = None
    name: str | None = None
    language: str | None = Field(default=None, description="Of the user's dashboard; null: the browser's.")
    notify: NotifyOut | None = None
    expires_at: datetime | None
    operator: bool = Field(default=False, description="This browser has an operator's session too.")


class OperatorOut(BaseModel):
    """The operator, who belongs to no tenant."""

    model_config = with_example(examples.OPERATOR)

    operator: Literal[True] = True
    expires_at: datetime | None = Field(description="When the operator's session ends; null with ADMIN_TOKEN.")


class OperatorLoginIn(RequestBody):
    model_config = with_example(examples.OPERATOR_LOGIN)

    admin_token: Secret


class SetupOut(BaseModel):
    model_config = with_example(examples.SETUP)

    needs_setup: bool = Field(description="There is no tenant yet.")
    sandbox: bool = Field(description="The pretend carrier and model answer here.")
