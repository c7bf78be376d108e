"""The wire shapes of people: users, signing in, sessions, passwords. What comes in is spelled one way here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from accounts.people import examples
from accounts.people.domain.users import Session, User, UserStatus
from accounts.tenants.domain.api_keys import ApiKey
from accounts.tenants.schemas import Asked, Name
from shared.access.principal import Role
from shared.http.openapi_examples import with_example


def spelled(text: str) -> str:
    """The address as we compare it. Raises ValueError for what is none."""
    try:
        return validate_email(text, check_deliverability=False, globally_deliverable=False).normalized.casefold()
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None


def spelled_or_not(text: str) -> str:
    """For signing in: what is no address belongs to nobody, and is told so like any other stranger's."""
    try:
        return spelled(text)
    except ValueError:
        return text.strip().casefold()


Email = Annotated[str, StringConstraints(min_length=3, max_length=254), AfterValidator(spelled)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=False)]
_ROLE = "viewer reads, agent also answers customers, admin also changes settings"
_RULES = "at least 10 characters, not the address, not one of the best known; left out: make a link for it"


class NewUserBody(Asked):
    model_config = with_example(examples.NEW_USER)

    email: Email = Field(examples=["ann@example.com"])
    name: Name = Field(examples=["Ann Miller"])
    role: Role = Field(description=_ROLE)
    password: Secret | None = Field(default=None, description=_RULES)


class UserChange(Asked):
    """A changed role, status or password ends every session of this user."""

    model_config = with_example(examples.USER_CHANGE)

    email: Email = ""
    name: Name = ""
    role: Role = "viewer"
    status: UserStatus = Field(default="active", description="inactive: may not sign in any more")
    password: Secret = Field(default="", description=_RULES)
    revoke_keys: bool = Field(default=False, description="revoke every API key this user made")


class UserView(BaseModel):
    model_config = with_example(examples.USER)

    id: str
    email: str
    name: str
    role: Role
    status: UserStatus
    has_password: bool = Field(description="false: invited, and no password set yet")
    created_at: datetime
    last_login_at: datetime | None

    @classmethod
    def of(cls, user: User) -> UserView:
        about = user.profile.model_dump(exclude={"password_hash"})
        has = user.profile.password_hash is not None
        return cls(id=user.id, has_password=has, created_at=user.created_at, last_login_at=user.last_login_at, **about)


class KeyLeft(BaseModel):
    id: str
    label: str
    role: Role


class UserChanged(UserView):
    model_config = with_example(examples.USER_CHANGED)

    api_keys: list[KeyLeft] = Field(
        description="keys this user made, also by way of another key, that still open the tenant, whatever the user may"
    )

    @classmethod
    def after(cls, user: User, keys: list[ApiKey]) -> UserChanged:
        left = [KeyLeft(id=key.id, label=key.label, role=key.role) for key in keys]
        return cls(**UserView.of(user).model_dump(), api_keys=left)


class Colleague(BaseModel):
    model_config = with_example(examples.COLLEAGUE)

    id: str
    name: str
    role: Role


class Login(Asked):
    model_config = with_example(examples.LOGIN)

    email: Annotated[str, StringConstraints(max_length=320)] = Field(examples=["ann@example.com"])
    password: Secret


class LoggedIn(BaseModel):
    model_config = with_example(examples.LOGGED_IN)

    token: str = Field(description="for programs, as Authorization: Bearer; browsers get it as a cookie")
    expires_at: datetime


class OwnPassword(Asked):
    model_config = with_example(examples.OWN_PASSWORD)

    current: Secret
    new: Secret

    @model_validator(mode="after")
    def _another(self) -> Self:
        if self.current == self.new:
            raise ValueError("the new password is the old one")
        return self


class LinkedPassword(Asked):
    model_config = with_example(examples.LINKED_PASSWORD)

    token: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    password: Secret


class ResetLink(BaseModel):
    model_config = with_example(examples.RESET_LINK)

    url: str = Field(description="give it to the user yourself; it works once")
    token: str
    expires_at: datetime


class SessionView(BaseModel):
    model_config = with_example(examples.SESSION)

    id: str
    issued_at: datetime
    expires_at: datetime
    agent: str = Field(description="the browser or program, in its own words")
    current: bool

    @classmethod
    def of(cls, session: Session, current: str) -> SessionView:
        return cls(**session.model_dump(), current=session.id == current)


class AuditChange(BaseModel):
    field: str
    old: object
    new: object


class AuditView(BaseModel):
    """One act: who did what to what, and each field it changed. Secrets show as `(secret)`."""

    model_config = with_example(examples.AUDIT)

    id: str
    at: datetime
    who: str = Field(description="a user, an API key, or `operator`")
    what: str = Field(examples=["tenant.changed"])
    subject: str
    changes: list[AuditChange]
