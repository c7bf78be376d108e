"""Requests that ask the carrier: which numbers are ours there, take them in, is everything set up?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from accounts.access import Caller
from accounts.acts import Act
from accounts.adapters.telnyx import Access, Telnyx
from accounts.carrier import domain as at_carrier
from accounts.carrier.domain import Finding, OwnedNumber, Wanted
from accounts.store import Books
from accounts.tenants import requests
from accounts.tenants.domain.connections import Connection
from accounts.tenants.domain.numbers import RATES, Assignment, Number, Pace
from shared.errors import Invalid, ParleyError, Refused
from shared.phone import to_e164

Holding = Literal["available", "yours", "taken"]


@dataclass(frozen=True)
class Offer:
    """A number of the carrier account, and how it stands here."""

    number: OwnedNumber
    holding: Holding
    fits_profile: bool


@dataclass(frozen=True)
class Left:
    """A number that was not taken in, and why."""

    phone_number: str
    code: str
    detail: str


class CarrierDesk:
    def __init__(self, books: Books, telnyx: Telnyx, public_base: str) -> None:
        self._books = books
        self._telnyx = telnyx
        self._public_base = public_base

    async def available(self, tenant_id: str, id: str, page: int, size: int) -> tuple[list[Offer], int | None]:
        connection = await requests.connection(self._books, tenant_id, id)
        found = await self._telnyx.numbers(self._access(connection), page, size)
        return [await self._offer(connection, number) for number in found.items], found.next_page

    async def must_own(self, tenant_id: str, connection_id: str, phone_number: str) -> None:
        """Raises `Refused` for a number that this connection's account does not have, `Unavailable` if the carrier is
        away."""
        connection = await requests.named_connection(self._books, tenant_id, connection_id)
        number = await self._telnyx.number(self._access(connection), phone_number)
        if number is None:
            raise _not_at_carrier()
        _must_be_usable(connection, number)

    async def import_numbers(
        self, tenant_id: str, id: str, wanted: Sequence[str] | None, caller: Caller
    ) -> tuple[list[Number], list[Left]]:
        """`wanted` None: all that fit. A repeat changes nothing. Each is taken in, or left with a reason."""
        connection = await requests.connection(self._books, tenant_id, id)
        if wanted is None and connection.facts.messaging_profile_id is None and not caller.is_operator:
            raise Refused(
                "profile_needed", "the account may be shared: give the connection a messaging_profile_id, or name the "
                "numbers"
            )  # fmt: skip
        owned = await self._owned(self._access(connection))
        made: list[Number] = []
        left: list[Left] = []
        for asked in owned if wanted is None else wanted:
            try:
                made.append(await self._take_in(connection, owned, asked, caller.label))
            except (Refused, Invalid) as error:
                left.append(Left(asked, error.code, error.detail))
        return made, left

    async def check(self, tenant_id: str, id: str) -> list[Finding]:
        """Raises `Unavailable` if the carrier is away: that says nothing about the connection."""
        connection = await requests.connection(self._books, tenant_id, id)
        address = [] if connection.facts.api_base else [at_carrier.address_finding(self._public_base)]
        try:
            return [*address, *await self._findings(connection)]
        except ParleyError as error:
            if error.code != "carrier_key_refused":
                raise
            remedy = "make an API key in the Telnyx portal under Account > Keys & Credentials, and enter it here"
            return [*address, Finding("api_key", "the carrier does not accept the API key", remedy)]

    async def _findings(self, connection: Connection) -> list[Finding]:
        access, hooks = self._access(connection), f"{self._public_base}/webhooks/telnyx"
        wanted = Wanted(f"{hooks}/{connection.id}", hooks, connection.facts.messaging_profile_id)
        profile, choice = at_carrier.which_profile(await self._telnyx.profiles(access), wanted)
        findings = [Finding("api_key"), choice]
        if profile is None:
            return findings
        ours = await self._numbers_of(connection)
        theirs = [number async for number in self._telnyx.all_numbers(access)]
        numbers = at_carrier.number_findings(ours, theirs, profile.id)
        return [*findings, *at_carrier.profile_findings(profile, wanted), numbers]

    async def _take_in(self, connection: Connection, owned: dict[str, OwnedNumber], asked: str, who: str) -> Number:
        tenant_id = connection.facts.tenant_id
        tenant = await requests.tenant(self._books, tenant_id)
        number = owned.get(asked) or owned.get(to_e164(asked, tenant.facts.default_region))
        if number is None:
            raise _not_at_carrier()
        if number.number_class == "short_code":
            raise Refused("short_code", "short codes of your own are not supported")
        _must_be_usable(connection, number)
        if not number.capabilities:
            raise Refused("no_messaging", "the carrier has neither SMS nor MMS enabled for it; enable messaging there")
        pace = Pace(number.number_class, RATES[number.number_class])
        can = number.capabilities
        assignment = Assignment(number.phone_number, tenant_id, connection.id, pace=pace, capabilities=can)
        return await requests.assign_number(self._books, assignment, Act.of(who, tenant_id))

    async def _owned(self, access: Access) -> dict[str, OwnedNumber]:
        """With what each can carry; one about which the carrier does not say is taken to carry both."""
        numbers = [number async for number in self._telnyx.all_numbers(access)]
        can = await self._telnyx.capabilities(access)
        return {
            one.phone_number: replace(one, capabilities=can.get(one.phone_number, one.capabilities)) for one in numbers
        }

    async def _offer(self, connection: Connection, number: OwnedNumber) -> Offer:
        held = await self._books.numbers.get(number.phone_number)
        holding: Holding = "available"
        if held is not None and held.facts.tenant_id is not None:
            holding = "yours" if held.belongs_to(connection.facts.tenant_id) else "taken"
        return Offer(number, holding, _fits(connection, number))

    async def _numbers_of(self, connection: Connection) -> list[str]:
        found: list[str] = []
        cursor: str | None = None
        while True:
            where = {"tenant_id": connection.facts.tenant_id}
            page = await self._books.numbers.find(where, limit=500, cursor=cursor)
            states = map(self._books.numbers.state_of, page.items)
            found += [n.facts.phone_number for n in states if n.facts.connection_id == connection.id]
            cursor = page.next_cursor
            if cursor is None:
                return found

    def _access(self, connection: Connection) -> Access:
        facts = connection.facts
        return Access(self._books.keyring.unseal(facts.encrypted_api_key), facts.api_base)


def _not_at_carrier() -> Refused:
    return Refused("not_at_carrier", "this number is not in the connection's carrier account")


def _must_be_usable(connection: Connection, number: OwnedNumber) -> None:
    if number.status != "active":
        raise Refused("not_active", f"the carrier has it as {number.status or 'unknown'}, not active")
    if not _fits(connection, number):
        raise Refused("other_profile", "at the carrier it is not on this connection's messaging profile; put it there")


def _fits(connection: Connection, number: OwnedNumber) -> bool:
    profile_id = connection.facts.messaging_profile_id
    return profile_id is None or number.messaging_profile_id == profile_id
