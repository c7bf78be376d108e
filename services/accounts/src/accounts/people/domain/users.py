"""A person who signs in. Sessions lie in the person's own document, so that whatever voids them is one save.

A role taken, a password set or an account closed voids everything issued before. Sessions are issued in an order of
their own (`issued_up_to`), never by the clock alone: one from the same millisecond is on the right side of the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from accounts.audit import By, Deed, differences, entry
from accounts.tenants.domain.api_keys import revocation
from shared.access.principal import Principal, Role
from shared.aggregates import Decision, NewRecord
from shared.errors import Conflict, NotFound, Refused, Unauthenticated
from shared.events import AccessRevoked
from shared.values import Moment, Value

MOST_SESSIONS = 20
LONGEST_SESSION = timedelta(days=365)
"""Whatever the setting is or was."""
_TICK = timedelta(milliseconds=1)
_TOLD_ALIKE = "e-mail address or password is wrong"
UserStatus = Literal["active", "inactive"]


class Profile(Value):
    """What an admin decides about a person, and what the audit trail compares."""

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
    """The browser or program, in its own words."""


class Reset(Value):
    """A link that lets its holder set the password, once."""

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
    issued_up_to: Moment
    """No session so far was issued after this."""
    revision: int = 1
    voids: int = 0

    @property
    def is_active(self) -> bool:
        return self.profile.status == "active"

    @property
    def is_admin(self) -> bool:
        return self.profile.is_admin


def add_user(state: User | None, user: User, by: By) -> Decision[User] | None:
    if state is not None:
        return None
    return _told(None, user, by, "user.added")


def change_user(before: User, state: User | None, changes: Mapping[str, Any], by: By) -> Decision[User] | None:
    """`before` is the user as it was when the roster of admins was told what comes.

    Raises `Conflict("changed_meanwhile")` where that may not be true any more: somebody else changed the user.
    """
    user = _of(state, before.tenant_id)
    profile = user.profile.but(**changes)
    if profile == user.profile:
        return None
    if not profile.is_admin and user.revision != before.revision:
        raise Conflict("changed_meanwhile", "this user is being changed by somebody else; try again")
    if profile.email != user.profile.email:
        user = user.but(reset=None)  # whoever reads the old mailbox is not this user any more
    voided = any(name in changes and changes[name] != getattr(user.profile, name) for name in _VOIDING)
    return _told(user, user.but(profile=profile), by, "user.changed", voided=voided)


def confirm_admin(state: User | None) -> Decision[User] | None:
    """A new revision of somebody who is an admin, so that no demotion that began before goes on unnoticed."""
    return Decision(state.but(revision=state.revision + 1)) if state and state.is_admin else None


_VOIDING = ("role", "status", "password_hash")


def sign_in(state: User | None, verified: str | None, session: Session, now: datetime) -> Decision[User]:
    """`verified` is the hash the password was held against: it may have been replaced meanwhile.

    Raises `Unauthenticated`, with the same words for every reason.
    """
    if state is None or verified is None or not state.is_active or state.profile.password_hash != verified:
        raise Unauthenticated("wrong_credentials", _TOLD_ALIKE)
    issued_at = max(now, state.issued_up_to)
    fresh = session.but(issued_at=issued_at)
    live = [one for one in state.sessions if one.expires_at > now]
    dropped = live[: max(0, len(live) + 1 - MOST_SESSIONS)]
    kept = (*live[len(dropped) :], fresh)
    signed_in = state.but(sessions=kept, issued_up_to=issued_at, last_login_at=now, revision=state.revision + 1)
    audited = _of_session("user.signed_in", signed_in, By(state.id, now), old=None, new=fresh.id)
    void = [revocation(AccessRevoked(subject_id=one.id), until=one.expires_at) for one in dropped]
    return Decision(
        signed_in,
        events=tuple(event for event, _ in void),
        records=(*(record for _, record in void), audited),
        answer=principal(signed_in, fresh),
    )


def principal(user: User, session: Session) -> Principal:
    return Principal(user.tenant_id, user.profile.role, session.id, user.id, session.issued_at, session.expires_at)


def end_session(state: User | None, tenant_id: str, session_id: str, by: By) -> Decision[User] | None:
    """Void from now on. Raises `NotFound` unless it is one of this user's; one that ended is no session any more."""
    user = _of(state, tenant_id)
    rest = tuple(one for one in user.sessions if one.id != session_id)
    if len(rest) == len(user.sessions):
        raise NotFound("not_found", "no such session")
    until = next(one.expires_at for one in user.sessions if one.id == session_id)
    event, record = revocation(AccessRevoked(subject_id=session_id), until)
    ended = user.but(sessions=rest, revision=user.revision + 1)
    audited = _of_session("user.session_ended", ended, by, old=session_id, new=None)
    return Decision(ended, events=(event,), records=(record, audited))


def _of_session(what: str, user: User, by: By, *, old: str | None, new: str | None) -> NewRecord:
    changes = [{"field": "session", "old": old, "new": new}]
    return entry(user.tenant_id, by, Deed(what, user.id, user.revision), changes)


def offer_reset(state: User | None, tenant_id: str, reset: Reset, by: By) -> Decision[User]:
    """A new link voids the one before it. Raises `Refused("account_closed")`."""
    user = _of(state, tenant_id)
    if not user.is_active:
        raise Refused("account_closed", "this account is closed: set its status to active before making a link for it")
    offered = user.but(reset=reset, revision=user.revision + 1)
    deed = Deed("user.reset_link_made", user.id, offered.revision)
    return Decision(offered, records=(entry(tenant_id, by, deed, []),))


def use_reset(state: User | None, reset_id: str, password_hash: str, at: datetime) -> Decision[User]:
    """Raises `Unauthenticated("link_used")` for a link that was used, replaced or has run out."""
    if state is None or state.reset is None or state.reset.id != reset_id or state.reset.expires_at <= at:
        raise Unauthenticated("link_used", "this link was used already or has run out; ask an admin for another")
    changed = state.but(profile=state.profile.but(password_hash=password_hash), reset=None)
    return _told(state, changed, By(state.id, at), "user.password_set", voided=True)


def _of(state: User | None, tenant_id: str) -> User:
    if state is None or state.tenant_id != tenant_id:
        raise NotFound("not_found", "no such user")
    return state


def _told(old: User | None, new: User, by: By, what: str, *, voided: bool = False) -> Decision[User]:
    new = new.but(revision=old.revision + 1) if old else new
    changes = differences(old.profile if old else None, new.profile)
    records = (entry(new.tenant_id, by, Deed(what, new.id, new.revision), changes),)
    if not voided:
        return Decision(new, records=records)
    line = max(by.at, new.issued_up_to) + _TICK
    new = new.but(sessions=(), reset=None, issued_up_to=line, voids=new.voids + 1)
    voided_all = AccessRevoked(subject_id=new.id, issued_before=line, revision=new.voids)
    event, row = revocation(voided_all, until=line + LONGEST_SESSION)
    return Decision(new, events=(event,), records=(*records, row))
