"""Requests about people: added, changed, signing in and out, their passwords set by themselves or by a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from accounts.acts import Act
from accounts.people.admin_roster import Rosters
from accounts.people.domain import users
from accounts.people.domain.passwords import check_password, normalised
from accounts.people.domain.users import Profile, Reset, Session, User
from accounts.people.email_claims import Emails
from accounts.people.known_devices import Devices
from accounts.people.login_throttle import Guard, Try
from accounts.people.password_hashing import Passwords
from accounts.store import Books
from shared.access.gate import sign
from shared.access.principal import Principal, Role
from shared.aggregates import Cause
from shared.errors import Conflict, NotFound, Unauthenticated
from shared.ids import new_id

MAX_RACES = 10
LINK_LIVES = timedelta(hours=24)
_LINK = "password link"


@dataclass(frozen=True)
class NewUser:
    email: str
    name: str
    role: Role
    password: str | None = None


@dataclass(frozen=True)
class Visitor:
    """Where a sign-in comes from."""

    address: str
    agent: str
    device: str = ""
    """The cookie of a browser that was let in before."""


@dataclass(frozen=True)
class SignedIn:
    token: str
    who: Principal
    device: str
    """The cookie by which this browser is known from now on."""


class People:
    def __init__(self, books: Books, passwords: Passwords, guard: Guard, session_life: timedelta) -> None:
        self._books = books
        self._passwords = passwords
        self._guard = guard
        self._session_life = session_life
        self._devices = Devices(books.keyring, books.clock)
        self._rosters = Rosters(books)
        self._emails = Emails(books.emails, books.users, books.clock)

    async def add(self, tenant_id: str, id: str, new: NewUser, act: Act) -> User:
        """Raises `Refused("email_taken")`."""
        hashed = await self._hashed(new.password, new.email)
        await self._emails.take(new.email, id)
        now = self._books.clock.now()
        profile = Profile(email=new.email, name=new.name, role=new.role, password_hash=hashed)
        user = User(id=id, tenant_id=tenant_id, profile=profile, created_at=now, issued_up_to=now)
        change = await self._books.users.change(
            id, act.cause, lambda state: users.add_user(state, user, act.at(now)), publish_later=True
        )
        made = change.state or user
        await self._rosters.join(made)
        return made

    async def change(self, tenant_id: str, id: str, changes: Mapping[str, Any], act: Act) -> User:
        """Raises `Refused` with `last_admin` or `email_taken`."""
        before = await self.one(tenant_id, id)
        rest = dict(changes)
        email = str(rest.get("email", before.profile.email))
        if "password" in rest:
            rest["password_hash"] = await self._hashed(rest.pop("password"), email)
        if email != before.profile.email:
            await self._emails.take(email, id)
        changed = await self._decided(before, rest, act)
        if email != before.profile.email:
            await self._emails.leave(before.profile.email, id)
        return changed

    async def _decided(self, before: User, changes: Mapping[str, Any], act: Act) -> User:
        """Leaves the roster before rights are taken, joins it after they are given."""
        by = act.at(self._books.clock.now())
        for _ in range(MAX_RACES):
            user = await self.one(before.tenant_id, before.id)
            if user.is_admin and not user.profile.but(**changes).is_admin:
                await self._rosters.leave(user)
            try:
                change = await self._books.users.change(
                    user.id, act.cause, partial(users.change_user, user, changes=changes, by=by), publish_later=True
                )
            except Conflict:
                continue
            changed = change.state or user
            await self._rosters.join(changed)
            return changed
        raise Conflict("changed_meanwhile", "this user is being changed by many at once; try again")

    async def one(self, tenant_id: str, id: str) -> User:
        user = await self._books.users.get(id)
        if user is None or user.tenant_id != tenant_id:
            raise NotFound("not_found", "no such user")
        return user

    async def login(self, email: str, password: str, visitor: Visitor) -> SignedIn:
        """Raises `TooMany`, or `Unauthenticated` in the same words and time whatever was wrong."""
        tried = Try(email, visitor.address, self._devices.known(visitor.device, email))
        await self._guard.charge(tried)
        user = await self._emails.holder(email)
        verified = await self._verified(user, password)
        signed_in = await self._sign_in(user, verified, visitor.agent)
        await self._guard.right(tried)
        return signed_in

    async def set_own_password(self, who: Principal, current: str, new: str, visitor: Visitor) -> SignedIn:
        """Ends every session of this user, and begins another one for the caller."""
        user = await self.one(who.tenant_id, who.user_id or "")
        tried = Try(user.profile.email, visitor.address, known=who.subject_id)
        await self._guard.charge(tried)
        if await self._verified(user, current) is None:
            raise Unauthenticated("wrong_credentials", "the current password is wrong")
        await self._guard.right(tried)
        changed = await self.change(who.tenant_id, user.id, {"password": new}, Act.of(user.id, who.tenant_id))
        return await self._sign_in(changed, changed.profile.password_hash, visitor.agent)

    async def offer_reset(self, tenant_id: str, id: str, act: Act) -> tuple[str, datetime]:
        """The token of a link that sets this user's password, once."""
        now = self._books.clock.now()
        reset = Reset(id=new_id("rst"), expires_at=now + LINK_LIVES)
        by = act.at(now)
        await self._books.users.change(
            id, act.cause, lambda state: users.offer_reset(state, tenant_id, reset, by), publish_later=True
        )
        claims = {"kind": _LINK, "uid": id, "rst": reset.id, "exp": int(reset.expires_at.timestamp())}
        return self._books.keyring.token(claims), reset.expires_at

    async def use_reset(self, token: str, password: str) -> str:
        """The device cookie of whoever used the link.

        Raises `Unauthenticated` for a link that is not good any more, or `Invalid("weak_password")`.
        """
        claims = self._books.keyring.claims(token)
        if claims.get("kind") != _LINK:
            raise Unauthenticated("bad_token", "this is no link for setting a password")
        now, user = self._books.clock.now(), await self._books.users.get(claims["uid"])
        if user is None:
            raise Unauthenticated("link_used", "this link is for nobody here; ask an admin for another")
        users.use_reset(user, claims["rst"], "", now)  # a used link is told so before any work is done for it
        hashed = await self._passwords.hash(check_password(password, user.profile.email))
        await self._books.users.change(
            user.id,
            Cause.request(user.tenant_id),
            lambda state: users.use_reset(state, claims["rst"], hashed, now),
            publish_later=True,
        )
        return self._devices.cookie(user.profile.email)

    async def end_session(self, tenant_id: str, user_id: str, session_id: str, act: Act) -> None:
        by = act.at(self._books.clock.now())
        await self._books.users.change(
            user_id,
            act.cause,
            lambda state: users.end_session(state, tenant_id, session_id, by),
            publish_later=True,
        )

    async def _sign_in(self, user: User | None, verified: str | None, agent: str) -> SignedIn:
        now = self._books.clock.now()
        session = Session(id=new_id("ses"), issued_at=now, expires_at=now + self._session_life, agent=agent[:120])
        if user is None:
            users.sign_in(None, verified, session, now)
            raise AssertionError("nobody never signs in")
        cause = Cause.request(user.tenant_id)
        change = await self._books.users.change(
            user.id, cause, lambda state: users.sign_in(state, verified, session, now), publish_later=True
        )
        device = self._devices.cookie(user.profile.email)
        return SignedIn(sign(self._books.keyring, change.answer), change.answer, device)

    async def _verified(self, user: User | None, password: str) -> str | None:
        """The hash that this password fits, of a user who may sign in."""
        kept = user.profile.password_hash if user and user.is_active else None
        return kept if await self._passwords.verify(kept, normalised(password)) else None

    async def _hashed(self, password: str | None, email: str) -> str | None:
        return None if password is None else await self._passwords.hash(check_password(password, email))
