"""The wire shapes of users, signing in, sessions, passwords and the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from accounts.people import examples
from accounts.people.domain.users import Session, User, UserStatus
from accounts.request_body import RequestBody
from accounts.tenants.domain.api_keys import ApiKey
from accounts.tenants.schemas import Name
from shared.access.principal import Role
from shared.http.openapi_examples import with_example


def normalized_email(text: str) -> str:
    """The address as it is compared. Raises ValueError if it is no address."""
    try:
        return validate_email(text, check_deliverability=False, globally_deliverable=False).normalized.casefold()
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None


def login_email(text: str) -> str:
    """For signing in: text that is no address is treated as an unknown address, not as an error."""
    try:
        return normalized_email(text)
    except ValueError:
        return text.strip().casefold()


Email = Annotated[str, StringConstraints(min_length=3, max_length=254), AfterValidator(normalized_email)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=False)]
_ROLE = "viewer: reads. agent: also answers customers. admin: also changes settings."
_RULES = "At least 10 characters, not the e-mail address, not a widely used password. Without one, make a reset link."


class UserIn(RequestBody):
    model_config = with_example(examples.NEW_USER)

    email: Email = Field(examples=["ann@example.com"])
    name: Name = Field(examples=["Ann Miller"])
    role: Role = Field(description=_ROLE)
    password: Secret | None = Field(default=None, description=_RULES)


class UserPatch(RequestBody):
    """A changed role, status or password ends every session of this user."""

    model_config = with_example(examples.USER_CHANGE)

    email: Email = ""
    name: Name = ""
    role: Role = "viewer"
    status: UserStatus = Field(default="active", description="inactive: may no longer sign in.")
    password: Secret = Field(default="", description=_RULES)
    revoke_keys: bool = Field(default=False, description="Revoke every API key this user made.")


class UserOut(BaseModel):
    model_config = with_example(examples.USER)

    id: str
    email: str
    name: str
    role: Role
    status: UserStatus
    has_password: bool = Field(description="False: invited, with no password set yet.")
    created_at: datetime
    last_login_at: datetime | None

    @classmethod
    def from_user(cls, user: User) -> UserOut:
        about = user.profile.plain(without=["password_hash"])
        has = user.profile.password_hash is not None
        return cls(id=user.id, has_password=has, created_at=user.created_at, last_login_at=user.last_login_at, **about)


class RemainingKeyOut(BaseModel):
    id: str
    label: str
    role: Role


class ChangedUserOut(UserOut):
    model_config = with_example(examples.USER_CHANGED)

    api_keys: list[RemainingKeyOut] = Field(
        description="Valid API keys that this user made, directly or through another key. They work without the user."
    )

    @classmethod
    def from_user_and_keys(cls, user: User, keys: list[ApiKey]) -> ChangedUserOut:
        left = [RemainingKeyOut(id=key.id, label=key.label, role=key.role) for key in keys]
        return cls(**UserOut.from_user(user).model_dump(), api_keys=left)


class ColleagueOut(BaseModel):
    model_config = with_example(examples.COLLEAGUE)

    id: str
    name: str
    role: Role


class LoginIn(RequestBody):
    model_config = with_example(examples.LOGIN)

    email: Annotated[str, StringConstraints(max_length=320)] = Field(examples=["ann@example.com"])
    password: Secret


class LoginTicketIn(RequestBody):
    model_config = with_example(examples.LOGIN_TICKET)

    ticket: Annotated[str, StringConstraints(min_length=1, max_length=2000)] = Field(
        description="The end of the link, after `?ticket=`."
    )


class LoginOut(BaseModel):
    model_config = with_example(examples.LOGGED_IN)

    token: str = Field(description="For programs, as `Authorization: Bearer`. Browsers get it as a cookie.")
    expires_at: datetime


class OwnPasswordIn(RequestBody):
    model_config = with_example(examples.OWN_PASSWORD)

    current: Secret
    new: Secret

    @model_validator(mode="after")
    def _another(self) -> Self:
        if self.current == self.new:
            raise ValueError("The new password is the same as the current one.")
        return self


class LinkPasswordIn(RequestBody):
    model_config = with_example(examples.LINKED_PASSWORD)

    token: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    password: Secret


class ResetLinkOut(BaseModel):
    model_config = with_example(examples.RESET_LINK)

    url: str = Field(description="Give it to the user yourself; it works once.")
    token: str
    expires_at: datetime


class SessionOut(BaseModel):
    model_config = with_example(examples.SESSION)

    id: str
    issued_at: datetime
    expires_at: datetime
    agent: str = Field(description="The User-Agent of the browser or program.")
    current: bool

    @classmethod
    def from_session(cls, session: Session, current: str) -> SessionOut:
        return cls(**session.plain(), current=session.id == current)


class AuditChangeOut(BaseModel):
    field: str
    old: object
    new: object


class AuditEntryOut(BaseModel):
    """Who did what to which subject, with each changed field. Secrets show as `(secret)`."""

    model_config = with_example(examples.AUDIT)

    id: str
    at: datetime
    who: str = Field(description="A user, an API key, or `operator`.")
    what: str = Field(examples=["tenant.changed"])
    subject: str
    changes: list[AuditChangeOut]
