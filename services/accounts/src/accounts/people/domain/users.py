"""A person who signs in. Sessions are in the user's own document, so that voiding all of them is one save.

Taking a role, setting a password or closing the account voids everything issued before. `issued_up_to` orders sessions
independently of the clock, so that one from the same millisecond is voided or kept correctly.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from accounts.audit import Action, Author, audit_entry, differences
from accounts.people.domain.preferences import Preferences
from accounts.revocations import revocation
from shared.access.principal import Principal, Role
from shared.aggregates import Decision, NewRecord
from shared.errors import Conflict, NotFound, Refused, Unauthenticated
from shared.events import AccessRevoked
from shared.values import Moment, Value

MOST_SESSIONS = 20
LONGEST_SESSION = timedelta(days=365)
"""The upper limit of ACCOUNTS_SESSION_HOURS."""
_TICK = timedelta(milliseconds=1)
_WRONG = "The e-mail address or the password is wrong."
UserStatus = Literal["active", "inactive"]


class Profile(Value):
    """What an admin sets for a user, and what the audit trail compares."""

    email: str
    name: str
    role: Role
    status: UserStatus = "active"
    password_hash: str | None = None

    @property
    def is_admin(self) -> bool:
        return self.role == "admin" and self.status == "active"


class Session(Value):
    id: str
    issued_at: Moment
    expires_at: Moment
    agent: str = ""
    """The User-Agent of the browser or program."""


class Reset(Value):
    """A link that sets the password once."""

    id: str
    expires_at: Moment


class LoginTicket(Value):
    """A link that signs the user in once, without a password."""

    id: str
    expires_at: Moment


class User(Value):
    id: str
    tenant_id: str
    profile: Profile
    created_at: Moment
    last_login_at: Moment | None = None
    sessions: tuple[Session, ...] = ()
    reset: Reset | None = None
    ticket: LoginTicket | None = None
    preferences: Preferences = Preferences()
    issued_up_to: Moment
    """The latest `issued_at` of any session so far."""
    revision: int = 1
    voids: int = 0

    @property
    def is_active(self) -> bool:
        return self.profile.status == "active"

    @property
    def is_admin(self) -> bool:
        return self.profile.is_admin


def add_user(state: User | None, user: User, author: Author) -> Decision[User] | None:
    if state is not None:
        return None
    return _decision(None, user, author, "user.added")


def change_user(before: User, state: User | None, changes: Mapping[str, Any], author: Author) -> Decision[User] | None:
    """`before` is the user as it was when the roster of admins was updated for this change.

    Raises `Conflict` if another request has changed the user since.
    """
    user = _existing(state, before.tenant_id)
    profile = user.profile.but(**changes)
    if profile == user.profile:
        return None
    if not profile.is_admin and user.revision != before.revision:
        raise Conflict("conflict", "Another request is changing this user; retry shortly.")
    if profile.email != user.profile.email:
        user = user.but(reset=None)  # a link sent to the old mailbox must not work any more
    voided = any(name in changes and changes[name] != getattr(user.profile, name) for name in _VOIDING)
    return _decision(user, user.but(profile=profile), author, "user.changed", voided=voided)


def change_own(state: User | None, who: Principal, changes: Mapping[str, Any], now: datetime) -> Decision[User] | None:
    """What users change about themselves: `name`, and their preferences. Only the name is audited: others see it."""
    user = _existing(state, who.tenant_id)
    rest = dict(changes)
    profile = user.profile.but(name=rest.pop("name", user.profile.name))
    changed = user.but(profile=profile, preferences=user.preferences.but(**rest))
    if changed == user:
        return None
    if profile == user.profile:
        return Decision(changed.but(revision=user.revision + 1))
    return _decision(user, changed, Author(user.id, now), "user.changed")


def confirm_admin(state: User | None) -> Decision[User] | None:
    """A new revision for an admin, so that a demotion that began before has to start over."""
    return Decision(state.but(revision=state.revision + 1)) if state and state.is_admin else None


_VOIDING = ("role", "status", "password_hash")


def sign_in(state: User | None, verified: str | None, session: Session, now: datetime) -> Decision[User]:
    """`verified` is the hash that the password matched; another request may have replaced it since.

    Raises `Unauthenticated`, with the same text for every reason.
    """
    if state is None or verified is None or not state.is_active or state.profile.password_hash != verified:
        raise Unauthenticated("wrong_credentials", _WRONG)
    return begin_session(state, session, now)


def begin_session(state: User, session: Session, now: datetime) -> Decision[User]:
    """The user has proved who they are. If there are too many sessions, the oldest end. Answers the `Principal`."""
    issued_at = max(now, state.issued_up_to)
    fresh = session.but(issued_at=issued_at)
    live = [one for one in state.sessions if one.expires_at > now]
    dropped = live[: max(0, len(live) + 1 - MOST_SESSIONS)]
    kept = (*live[len(dropped) :], fresh)
    signed_in = state.but(sessions=kept, issued_up_to=issued_at, last_login_at=now, revision=state.revision + 1)
    audited = _session_entry("user.signed_in", signed_in, Author(state.id, now), old=None, new=fresh.id)
    void = [revocation(AccessRevoked(subject_id=one.id), until=one.expires_at) for one in dropped]
    return Decision(
        signed_in,
        events=tuple(event for event, _ in void),
        records=(*(record for _, record in void), audited),
        answer=principal(signed_in, fresh),
    )


def principal(user: User, session: Session) -> Principal:
    return Principal(user.tenant_id, user.profile.role, session.id, user.id, session.issued_at, session.expires_at)


def end_session(state: User | None, tenant_id: str, session_id: str, author: Author) -> Decision[User] | None:
    """Raises `NotFound` unless it is a current session of this user."""
    user = _existing(state, tenant_id)
    rest = tuple(one for one in user.sessions if one.id != session_id)
    if len(rest) == len(user.sessions):
        raise NotFound("not_found", "No such session.")
    until = next(one.expires_at for one in user.sessions if one.id == session_id)
    event, record = revocation(AccessRevoked(subject_id=session_id), until)
    ended = user.but(sessions=rest, revision=user.revision + 1)
    audited = _session_entry("user.session_ended", ended, author, old=session_id, new=None)
    return Decision(ended, events=(event,), records=(record, audited))


def _session_entry(what: str, user: User, author: Author, *, old: str | None, new: str | None) -> NewRecord:
    changes = [{"field": "session", "old": old, "new": new}]
    return audit_entry(user.tenant_id, author, Action(what, user.id, user.revision), changes)


def offer_reset(state: User | None, tenant_id: str, reset: Reset, author: Author) -> Decision[User]:
    """A new link voids the previous one. Raises `Refused("account_closed")`."""
    user = _existing(state, tenant_id)
    if not user.is_active:
        raise Refused("account_closed", "This account is closed; set its status to active before making a link for it.")
    offered = user.but(reset=reset, revision=user.revision + 1)
    action = Action("user.reset_link_made", user.id, offered.revision)
    return Decision(offered, records=(audit_entry(tenant_id, author, action, []),))


def use_reset(state: User | None, reset_id: str, password_hash: str, at: datetime) -> Decision[User]:
    """Raises `Unauthenticated("link_used")` for a link that was used, replaced or has expired."""
    if state is None or state.reset is None or state.reset.id != reset_id or state.reset.expires_at <= at:
        raise Unauthenticated("link_used", "This link was used already or has expired; ask an admin for another.")
    changed = state.but(profile=state.profile.but(password_hash=password_hash), reset=None)
    return _decision(state, changed, Author(state.id, at), "user.password_set", voided=True)


def _existing(state: User | None, tenant_id: str) -> User:
    if state is None or state.tenant_id != tenant_id:
        raise NotFound("not_found", "No such user.")
    return state


def _decision(old: User | None, new: User, author: Author, what: str, *, voided: bool = False) -> Decision[User]:
    new = new.but(revision=old.revision + 1) if old else new
    changes = differences(old.profile if old else None, new.profile)
    records = (audit_entry(new.tenant_id, author, Action(what, new.id, new.revision), changes),)
    if not voided:
        return Decision(new, records=records)
    line = max(author.at, new.issued_up_to) + _TICK
    new = new.but(sessions=(), reset=None, ticket=None, issued_up_to=line, voids=new.voids + 1)
    voided_all = AccessRevoked(subject_id=new.id, issued_before=line, revision=new.voids)
    event, row = revocation(voided_all, until=line + LONGEST_SESSION)
    return Decision(new, events=(event,), records=(*records, row))
