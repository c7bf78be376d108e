"""Copies of what other services own: tenants, their numbers, prices, and the contacts that runs look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.clock import Clock
from shared.database.protocol import CollectionSpec, Database
from shared.events import ContactChanged, NumberChanged, PricesChanged, TenantChanged
from shared.internal.client import InternalClient
from shared.internal.read_models import ReadModel, Source

NUMBER_SPEC = CollectionSpec("numbers", {"tenant_id": "str"}, (("tenant_id",),))
MOST_NUMBERS = 500
"""Of one tenant, in one pool."""


@dataclass(frozen=True)
class Copies:
    """`contacts` is not pulled: a card is asked for when a run first looks at it, and events keep it fresh."""

    tenants: ReadModel[TenantChanged]
    numbers: Numbers
    prices: ReadModel[PricesChanged]
    """Also under `DEFAULT_PRICES`."""
    contacts: ReadModel[ContactChanged]


class Numbers(ReadModel[NumberChanged]):
    """The numbers of the installation, also listed by tenant."""

    def __init__(self, database: Database, internal: InternalClient) -> None:
        source = Source(service="accounts", path="numbers")
        super().__init__(NumberChanged, lambda number: number.phone_number, source, database, internal)
        self._by_tenant = database.collection(NUMBER_SPEC)

    async def _keep(self, data: NumberChanged) -> None:
        owner = data.tenant_id if data.active else None
        row = {"id": data.phone_number, "revision": data.revision, "tenant_id": owner, "number": data.plain()}
        await self._by_tenant.put(row)
        await super()._keep(data)

    async def of_tenant(self, tenant_id: str) -> list[NumberChanged]:
        """The tenant's active numbers."""
        page = await self._by_tenant.find({"tenant_id": tenant_id}, limit=MOST_NUMBERS)
        return [NumberChanged.read(document["number"]) for document in page.items]

    async def chosen(self, tenant_id: str, phone_numbers: Sequence[str]) -> list[NumberChanged]:
        """These numbers, or without any the tenant's active ones. Whether they may still send is for `pool_of`."""
        if not phone_numbers:
            return await self.of_tenant(tenant_id)
        found = [await self.get(phone_number) for phone_number in phone_numbers]
        return [number for number in found if number]


def copies_of(database: Database, internal: InternalClient, clock: Clock) -> Copies:
    """The tenants are remembered for a second, as every status and text asks for one."""
    accounts, conversation = "accounts", "conversation"
    tenants, prices = Source(service=accounts, path="tenants"), Source(service=accounts, path="prices")
    contacts = Source(service=conversation, path="contacts")
    return Copies(
        ReadModel(TenantChanged, lambda tenant: tenant.tenant_id, tenants, database, internal, clock),
        Numbers(database, internal),
        ReadModel(PricesChanged, lambda prices: prices.tenant_id, prices, database, internal),
        ReadModel(ContactChanged, lambda contact: contact.contact_id, contacts, database, internal),
    )
