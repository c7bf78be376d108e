"""Requests about people: users added and changed, signing in and out, passwords set by the user or by a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from accounts.acts import Act
from accounts.people.admin_roster import AdminRosters
from accounts.people.domain import users
from accounts.people.domain.passwords import check_password, normalised
from accounts.people.domain.users import Profile, Reset, Session, User
from accounts.people.email_claims import EmailClaims
from accounts.people.known_devices import KnownDevices
from accounts.people.login_throttle import LoginAttempt, LoginThrottle
from accounts.people.password_hashing import PasswordHashing
from accounts.people.store import PeopleStore
from shared.access.gate import sign
from shared.access.principal import Principal, Role
from shared.aggregates import Cause
from shared.errors import Conflict, NotFound, Unauthenticated
from shared.ids import new_id

MAX_RACES = 10
LINK_LIFETIME = timedelta(hours=24)
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
    """The cookie of a browser that signed in before."""


@dataclass(frozen=True)
class SignedIn:
    token: str
    who: Principal
    device: str
    """The cookie that identifies this browser from now on."""


class People:
    def __init__(
        self, store: PeopleStore, hashing: PasswordHashing, throttle: LoginThrottle, session_life: timedelta
    ) -> None:
        self._store = store
        self._hashing = hashing
        self._throttle = throttle
        self._session_life = session_life
        self._devices = KnownDevices(store.keyring, store.clock)
        self._rosters = AdminRosters(store)
        self._emails = EmailClaims(store)

    async def add(self, tenant_id: str, id: str, new: NewUser, act: Act) -> User:
        """Raises `Refused("email_taken")`, or `Invalid("weak_password")`."""
        hashed = await self._hash(new.password, new.email)
        await self._emails.take(new.email, id)
        now = self._store.clock.now()
        profile = Profile(email=new.email, name=new.name, role=new.role, password_hash=hashed)
        user = User(id=id, tenant_id=tenant_id, profile=profile, created_at=now, issued_up_to=now)
        made = await act.carry_out(
            self._store.users, id, self._store.clock, lambda state, author: users.add_user(state, user, author)
        )
        await self._rosters.join(made)
        return made

    async def change(self, tenant_id: str, id: str, changes: Mapping[str, Any], act: Act) -> User:
        """Raises `Refused` with `last_admin` or `email_taken`."""
        before = await self.one(tenant_id, id)
        rest = dict(changes)
        email = str(rest.get("email", before.profile.email))
        if "password" in rest:
            rest["password_hash"] = await self._hash(rest.pop("password"), email)
        if email != before.profile.email:
            await self._emails.take(email, id)
        changed = await self._change_and_update_roster(before, rest, act)
        if email != before.profile.email:
            await self._emails.release(before.profile.email, id)
        return changed

    async def _change_and_update_roster(self, before: User, changes: Mapping[str, Any], act: Act) -> User:
        """Leaves the roster before rights are taken, joins it after they are given."""
        author = act.author(self._store.clock.now())
        for _ in range(MAX_RACES):
            user = await self.one(before.tenant_id, before.id)
            if user.is_admin and not user.profile.but(**changes).is_admin:
                await self._rosters.leave(user)
            try:
                change = await self._store.users.change(
                    user.id,
                    act.cause,
                    partial(users.change_user, user, changes=changes, author=author),
                    publish_later=True,
                )
            except Conflict:
                continue
            changed = change.state or user
            await self._rosters.join(changed)
            return changed
        raise Conflict("conflict", "Many requests are changing this user at once; retry shortly.")

    async def one(self, tenant_id: str, id: str) -> User:
        """Raises `NotFound`, also for another tenant's user."""
        user = await self._store.users.get(id)
        if user is None or user.tenant_id != tenant_id:
            raise NotFound("not_found", "No such user.")
        return user

    async def login(self, email: str, password: str, visitor: Visitor) -> SignedIn:
        """Raises `TooMany`, or `Unauthenticated` with the same text and after the same time for every reason."""
        attempt = LoginAttempt(email, visitor.address, self._devices.device_id(visitor.device, email))
        await self._throttle.charge(attempt)
        user = await self._emails.holder(email)
        verified = await self._verified_hash(user, password)
        signed_in = await self._sign_in(user, verified, visitor.agent)
        await self._throttle.refund(attempt)
        return signed_in

    async def set_own_password(self, who: Principal, current: str, new: str, visitor: Visitor) -> SignedIn:
        """Ends every session of this user and opens a new one for the caller."""
        user = await self.one(who.tenant_id, who.user_id or "")
        attempt = LoginAttempt(user.profile.email, visitor.address, known=who.subject_id)
        await self._throttle.charge(attempt)
        if await self._verified_hash(user, current) is None:
            raise Unauthenticated("wrong_credentials", "The current password is wrong.")
        await self._throttle.refund(attempt)
        act = Act.without_key(user.id, who.tenant_id)
        changed = await self.change(who.tenant_id, user.id, {"password": new}, act)
        return await self._sign_in(changed, changed.profile.password_hash, visitor.agent)

    async def change_own(self, who: Principal, changes: Mapping[str, Any]) -> None:
        """Name and preferences of the caller, who is a user."""
        now = self._store.clock.now()
        await self._store.users.change(
            who.user_id or "",
            Cause.request(who.tenant_id),
            lambda state: users.change_own(state, who, changes, now),
            publish_later=True,
        )

    async def offer_reset(self, tenant_id: str, id: str, act: Act) -> tuple[str, datetime]:
        """The token of a link that sets this user's password once, and when it expires."""
        reset = Reset(id=new_id("rst"), expires_at=self._store.clock.now() + LINK_LIFETIME)
        await act.carry_out(
            self._store.users,
            id,
            self._store.clock,
            lambda state, author: users.offer_reset(state, tenant_id, reset, author),
        )
        claims = {"kind": _LINK, "uid": id, "rst": reset.id, "exp": int(reset.expires_at.timestamp())}
        return self._store.keyring.token(claims), reset.expires_at

    async def use_reset(self, token: str, password: str) -> str:
        """The device cookie for the browser that used the link.

        Raises `Unauthenticated` for a link that no longer works, or `Invalid("weak_password")`.
        """
        claims = self._store.keyring.claims(token)
        if claims.get("kind") != _LINK:
            raise Unauthenticated("bad_token", "This is not a link for setting a password.")
        now, user = self._store.clock.now(), await self._store.users.get(claims["uid"])
        if user is None:
            raise Unauthenticated("link_used", "This link belongs to no user; ask an admin for another.")
        users.use_reset(user, claims["rst"], "", now)  # refuses a used link before any work is done for it
        hashed = await self._hashing.hash(check_password(password, user.profile.email))
        await self._store.users.change(
            user.id,
            Cause.request(user.tenant_id),
            lambda state: users.use_reset(state, claims["rst"], hashed, now),
            publish_later=True,
        )
        return self._devices.new_cookie(user.profile.email)

    async def end_session(self, tenant_id: str, user_id: str, session_id: str, act: Act) -> None:
        await act.carry_out(
            self._store.users,
            user_id,
            self._store.clock,
            lambda state, author: users.end_session(state, tenant_id, session_id, author),
        )

    async def _sign_in(self, user: User | None, verified: str | None, agent: str) -> SignedIn:
        now = self._store.clock.now()
        session = new_session(now, self._session_life, agent)
        if user is None:
            users.sign_in(None, verified, session, now)
            raise AssertionError("an unknown user never signs in")
        cause = Cause.request(user.tenant_id)
        change = await self._store.users.change(
            user.id, cause, lambda state: users.sign_in(state, verified, session, now), publish_later=True
        )
        device = self._devices.new_cookie(user.profile.email)
        return SignedIn(sign(self._store.keyring, change.answer), change.answer, device)

    async def _verified_hash(self, user: User | None, password: str) -> str | None:
        """The stored hash that this password matches, of a user who may sign in."""
        kept = user.profile.password_hash if user and user.is_active else None
        return kept if await self._hashing.verify(kept, normalised(password)) else None

    async def _hash(self, password: str | None, email: str) -> str | None:
        return None if password is None else await self._hashing.hash(check_password(password, email))


def new_session(now: datetime, life: timedelta, agent: str) -> Session:
    return Session(id=new_id("ses"), issued_at=now, expires_at=now + life, agent=agent[:120])
