"""The tenants' phone numbers: a copy of the rows that accounts owns, also listed by tenant."""

from __future__ import annotations

from collections.abc import Sequence

from conversation.store import NUMBER_SPEC
from shared.clock import Clock
from shared.database.protocol import Database
from shared.errors import Invalid, Refused
from shared.events import NumberChanged, lack_of
from shared.internal.client import InternalClient
from shared.internal.read_models import ReadModel, Source

LISTED = 20
LABEL_SECONDS = 60.0
_MOST_LABELS = 10_000


class Numbers(ReadModel[NumberChanged]):
    def __init__(self, database: Database, internal: InternalClient, clock: Clock) -> None:
        source = Source(service="accounts", path="numbers")
        super().__init__(NumberChanged, lambda number: number.phone_number, source, database, internal)
        self._by_tenant = database.collection(NUMBER_SPEC)
        self._time = clock
        self._labels: dict[str, tuple[float, str]] = {}

    async def _keep(self, data: NumberChanged) -> None:
        owner = data.tenant_id if data.active else None
        await self._by_tenant.put({"id": data.phone_number, "revision": data.revision, "tenant_id": owner})
        await super()._keep(data)
        self._remember_label(data.phone_number, data.label)

    async def label_of(self, phone_number: str) -> str:
        """The tenant's name for its number; empty: none. It is asked for with each request of an answer, so it is
        remembered; after a change another process shows the old one for a minute."""
        now = self._time.monotonic()
        since, label = self._labels.get(phone_number, (now - LABEL_SECONDS, ""))
        if now - since >= LABEL_SECONDS:
            number = await self.known(phone_number)
            label = number.label if number else ""
            self._remember_label(phone_number, label)
        return label

    def _remember_label(self, phone_number: str, label: str) -> None:
        if len(self._labels) >= _MOST_LABELS:
            self._labels.clear()
        self._labels[phone_number] = (self._time.monotonic(), label)

    async def owned_by(self, tenant_id: str) -> list[str]:
        page = await self._by_tenant.find({"tenant_id": tenant_id}, limit=LISTED)
        return [document["id"] for document in page.items]

    async def sending_number(self, tenant_id: str, wanted: str | None) -> str:
        """The number to send from: the wanted one, or else the tenant's only one. Raises `Invalid`."""
        if wanted:
            number = await self.get(wanted)
            if number is None or number.tenant_id != tenant_id or not number.active:
                raise Invalid("unknown_number", "`from` is not one of your numbers")
            return wanted
        owned = await self.owned_by(tenant_id) or await self._asked_of_owner(tenant_id)
        if len(owned) == 1:
            return owned[0]
        if not owned:
            raise Invalid("no_number", "you have no phone number yet; add one first")
        raise Invalid("choose_number", f"you have several numbers; set `from` to one of them: {', '.join(owned)}")

    async def objection(self, tenant_id: str, phone_number: str, media_urls: Sequence[str] = ()) -> Refused | None:
        """Why this message cannot be sent from this number, or None.

        Checked for each message: a conversation outlives its number, and the number's capabilities may change.
        """
        number = await self.get(phone_number)
        if number is None or number.tenant_id != tenant_id:
            detail = f"{phone_number} no longer belongs to you; start a conversation from another of your numbers"
            return Refused("number_released", detail)
        lack = lack_of(number, media_urls)
        return Refused(lack.code, lack.detail) if lack else None

    async def _asked_of_owner(self, tenant_id: str) -> list[str]:
        """A number just added works at once, even before its event arrives. Raises `Unavailable`."""
        async for row in self._internal.rows(self._source.service, self.name):
            if row["tenant_id"] == tenant_id:
                await self._keep(NumberChanged.read(row))
        return await self.owned_by(tenant_id)
