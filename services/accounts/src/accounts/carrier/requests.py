"""Requests that ask the carrier: list its numbers, import them, check its settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from accounts.access import Caller
from accounts.acts import Act
from accounts.carrier import domain
from accounts.carrier.adapters.telnyx import Telnyx
from accounts.carrier.adapters.telnyx_account import CarrierAccount
from accounts.carrier.domain import Finding, OwnedNumber, RequiredSettings
from accounts.tenants.connections import connection, named_connection
from accounts.tenants.domain.connections import Connection
from accounts.tenants.domain.numbers import RATES, Assignment, Number, Pace
from accounts.tenants.numbers import assign_number
from accounts.tenants.store import TenantStore
from accounts.tenants.tenants import tenant
from shared.database.paging import documents
from shared.errors import Invalid, ParleyError, Refused
from shared.phone import to_e164

Availability = Literal["available", "yours", "taken"]


@dataclass(frozen=True)
class AvailableNumber:
    """A number of the carrier account, and whether it is in use here."""

    number: OwnedNumber
    availability: Availability
    fits_profile: bool


@dataclass(frozen=True)
class SkippedNumber:
    """A number that was not imported, and why."""

    phone_number: str
    code: str
    detail: str


class CarrierRequests:
    def __init__(self, store: TenantStore, telnyx: Telnyx, public_base: str) -> None:
        self._store = store
        self._telnyx = telnyx
        self._public_base = public_base

    async def available(
        self, tenant_id: str, id: str, page: int, size: int
    ) -> tuple[list[AvailableNumber], int | None]:
        found_connection = await connection(self._store, tenant_id, id)
        found = await self._telnyx.numbers(self._account(found_connection), page, size)
        return [await self._available(found_connection, number) for number in found.items], found.next_page

    async def check_ownership(self, tenant_id: str, connection_id: str, phone_number: str) -> None:
        """Raises `Refused` if this connection's account does not have the number, `Unavailable` if the carrier does not
        answer."""
        named = await named_connection(self._store, tenant_id, connection_id)
        number = await self._telnyx.number(self._account(named), phone_number)
        if number is None:
            raise _not_at_carrier()
        _check_usable(named, number)

    async def import_numbers(
        self, tenant_id: str, id: str, wanted: Sequence[str] | None, caller: Caller
    ) -> tuple[list[Number], list[SkippedNumber]]:
        """`wanted` None imports every number that fits. A repeat changes nothing."""
        source = await connection(self._store, tenant_id, id)
        if wanted is None and source.facts.messaging_profile_id is None and not caller.is_operator:
            raise Refused(
                "profile_needed",
                "Other tenants may share this carrier account. Give the connection a messaging_profile_id, or name the "
                "numbers to import.",
            )
        owned = await self._owned(self._account(source))
        imported: list[Number] = []
        skipped: list[SkippedNumber] = []
        for asked in owned if wanted is None else wanted:
            try:
                imported.append(await self._import(source, owned, asked, caller.label))
            except (Refused, Invalid) as error:
                skipped.append(SkippedNumber(asked, error.code, error.detail))
        return imported, skipped

    async def check(self, tenant_id: str, id: str) -> list[Finding]:
        """Raises `Unavailable` if the carrier does not answer, which says nothing about the connection."""
        checked = await connection(self._store, tenant_id, id)
        ours = [] if checked.facts.api_base else [domain.address_finding(self._public_base)]
        if checked.unsafe_public_keys:
            ours.append(domain.public_key_finding(checked.unsafe_public_keys))
        try:
            return [*ours, *await self._findings(checked)]
        except ParleyError as error:
            if error.code != "carrier_key_refused":
                raise
            remedy = "Make an API key in the Telnyx portal under Account > Keys & Credentials and enter it here."
            return [*ours, Finding("api_key", "The carrier does not accept the API key.", remedy)]

    async def _findings(self, connection: Connection) -> list[Finding]:
        account, hooks = self._account(connection), f"{self._public_base}/webhooks/telnyx"
        required = RequiredSettings(f"{hooks}/{connection.id}", hooks, connection.facts.messaging_profile_id)
        profile, choice = domain.choose_profile(await self._telnyx.profiles(account), required)
        findings = [Finding("api_key"), choice]
        if profile is None:
            return findings
        ours = await self._numbers_of(connection)
        theirs = [number async for number in self._telnyx.all_numbers(account)]
        numbers = domain.numbers_finding(ours, theirs, profile.id)
        return [*findings, *domain.profile_findings(profile, required), numbers]

    async def _import(self, connection: Connection, owned: dict[str, OwnedNumber], asked: str, who: str) -> Number:
        tenant_id = connection.facts.tenant_id
        region = (await tenant(self._store, tenant_id)).facts.default_region
        number = owned.get(asked) or owned.get(to_e164(asked, region))
        if number is None:
            raise _not_at_carrier()
        if number.number_class == "short_code":
            raise Refused("short_code", "Your own short codes are not supported.")
        _check_usable(connection, number)
        if not number.capabilities:
            raise Refused("no_messaging", "SMS and MMS are disabled for it at the carrier; enable messaging there.")
        pace = Pace(number.number_class, RATES[number.number_class])
        can = number.capabilities
        assignment = Assignment(number.phone_number, tenant_id, connection.id, pace=pace, capabilities=can)
        return await assign_number(self._store, assignment, Act.without_key(who, tenant_id))

    async def _owned(self, account: CarrierAccount) -> dict[str, OwnedNumber]:
        """With capabilities. A number for which the carrier lists none is assumed to carry both SMS and MMS."""
        numbers = [number async for number in self._telnyx.all_numbers(account)]
        can = await self._telnyx.capabilities(account)
        return {
            one.phone_number: replace(one, capabilities=can.get(one.phone_number, one.capabilities)) for one in numbers
        }

    async def _available(self, connection: Connection, number: OwnedNumber) -> AvailableNumber:
        held = await self._store.numbers.get(number.phone_number)
        availability: Availability = "available"
        if held is not None and held.facts.tenant_id is not None:
            availability = "yours" if held.belongs_to(connection.facts.tenant_id) else "taken"
        return AvailableNumber(number, availability, _fits(connection, number))

    async def _numbers_of(self, connection: Connection) -> list[str]:
        rows = documents(self._store.numbers.store, {"tenant_id": connection.facts.tenant_id})
        numbers = [self._store.numbers.state_of(row).facts async for row in rows]
        return [facts.phone_number for facts in numbers if facts.connection_id == connection.id]

    def _account(self, connection: Connection) -> CarrierAccount:
        facts = connection.facts
        return CarrierAccount(self._store.keyring.unseal(facts.encrypted_api_key), facts.api_base)


def _not_at_carrier() -> Refused:
    return Refused("not_at_carrier", "This number is not in the connection's carrier account.")


def _check_usable(connection: Connection, number: OwnedNumber) -> None:
    if number.status != "active":
        raise Refused("not_active", f"The carrier reports its status as {number.status or 'unknown'}, not active.")
    if not _fits(connection, number):
        raise Refused(
            "other_profile",
            "The carrier has it on another messaging profile than this connection's; move it to that profile.",
        )


def _fits(connection: Connection, number: OwnedNumber) -> bool:
    profile_id = connection.facts.messaging_profile_id
    return profile_id is None or number.messaging_profile_id == profile_id
