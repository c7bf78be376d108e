"""Links that sign a user in once, without a password: the demo's, which `make run` prints."""

from __future__ import annotations

from datetime import timedelta

from accounts.acts import Act
from accounts.people.domain import login_tickets
from accounts.people.domain.users import LoginTicket
from accounts.people.known_devices import KnownDevices
from accounts.people.requests import SignedIn, new_session
from accounts.people.store import PeopleStore
from shared.access.gate import sign
from shared.aggregates import Cause
from shared.errors import Unauthenticated
from shared.ids import new_id

LIFETIME = timedelta(hours=24)
_KIND = "login ticket"


async def offer_ticket(store: PeopleStore, tenant_id: str, user_id: str, act: Act) -> str:
    """The end of a link, after `/login?ticket=`. Voids the user's previous ticket.

    Raises `NotFound`, or `Refused("account_closed")`.
    """
    ticket = LoginTicket(id=new_id("tkt"), expires_at=store.clock.now() + LIFETIME)
    await act.carry_out(
        store.users,
        user_id,
        store.clock,
        lambda state, author: login_tickets.offer_ticket(state, tenant_id, ticket, author),
    )
    expires = int(ticket.expires_at.timestamp())
    return store.keyring.token({"kind": _KIND, "uid": user_id, "tkt": ticket.id, "exp": expires})


class LoginTickets:
    def __init__(self, store: PeopleStore, session_life: timedelta) -> None:
        self._store = store
        self._session_life = session_life
        self._devices = KnownDevices(store.keyring, store.clock)

    async def use(self, token: str, agent: str) -> SignedIn:
        """Raises `Unauthenticated`: `bad_token`, `expired` or `login_ticket_used`."""
        claims = self._store.keyring.claims(token)
        if claims.get("kind") != _KIND:
            raise Unauthenticated("bad_token", "This is not a link for signing in.")
        user = await self._store.users.get(claims["uid"])
        if user is None:
            raise Unauthenticated("login_ticket_used", "This link belongs to no user.")
        now = self._store.clock.now()
        session = new_session(now, self._session_life, agent)
        change = await self._store.users.change(
            user.id,
            Cause.request(user.tenant_id),
            lambda state: login_tickets.use_ticket(state, claims["tkt"], session, now),
            publish_later=True,
        )
        device = self._devices.new_cookie(user.profile.email)
        return SignedIn(sign(self._store.keyring, change.answer), change.answer, device)
