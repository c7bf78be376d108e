"""An erased person in what sender keeps. Opt-outs move to the keyed hash of the number, so that a STOP stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from sender.alarms import Alarms
from sender.domain import erase
from sender.domain.message import Message
from sender.sending.suppression import Suppressions
from sender.store import Lanes, Messages, message_of
from shared.aggregates import Cause
from shared.clock import Clock
from shared.database.paging import pages
from shared.database.protocol import Collection, In, Sort
from shared.erasure import ErasedPerson
from shared.events import NumberChanged, thread_id
from shared.internal.kept import Rows
from shared.internal.read_models import ReadModel


@dataclass(frozen=True)
class SenderErasure:
    lanes: Lanes
    messages: Messages
    suppressions: Suppressions
    numbers: ReadModel[NumberChanged]
    clock: Clock
    alarms: Alarms

    async def waiting(self, person: ErasedPerson) -> int:
        """First of all: what has not left is withdrawn, and says so under the number that its publisher knows."""
        withdrawn = 0
        async for lane_id in self._lanes_of(person):
            now = self.clock.now()
            cause = Cause.due(person.tenant_id, f"withdraw|{person.erasure_id}|{lane_id}", person.erasure_id)
            change = await self.lanes.change(lane_id, cause, lambda lane, at=now: erase.withdraw_all(lane, at))
            withdrawn += change.fresh
        for alarm in self.alarms.lanes.values():
            alarm.ring()
        return withdrawn

    async def hashes(self, person: ErasedPerson) -> int:
        return sum([await self.suppressions.hash_number(person, number) for number in person.phone_numbers])

    async def rows(self, person: ErasedPerson) -> int:
        """Later than the hash: until then another process may not know that this tenant has any."""
        return sum([await self.suppressions.drop_number(person, number) for number in person.phone_numbers])

    async def ended(self, person: ErasedPerson) -> int:
        """Later than the withdrawal: its reports name the number, and must find their way."""
        erased = 0
        for number in person.phone_numbers:
            async for page in self.kept(person.tenant_id, number):
                by_lane: defaultdict[str, list[Message]] = defaultdict(list)
                for message in page:
                    by_lane[message.lane_id].append(message)
                for lane_id, found in by_lane.items():
                    erased += await self.messages.erase(person, lane_id, found, person.stand_in(number))
            for lane_id in await self._lane_ids(person.tenant_id, number):
                await self.messages.erase(person, lane_id, (), person.stand_in(number))
        return erased

    async def is_open(self, person: ErasedPerson) -> bool:
        """Whether the outcome of a message is not known yet, for 15 minutes at most while sender runs."""
        lanes = [await self.lanes.get(id) async for id in self._lanes_of(person)]
        return any(message.live for lane in lanes if lane for message in lane.messages)

    async def kept(self, tenant_id: str, number: str) -> AsyncIterator[Sequence[Message]]:
        """What was ever sent to this number, page by page."""
        where = {"tenant_id": tenant_id, "contact": number}
        async for page in pages(self.messages.records, where, Sort("created_at")):
            yield [message_of(record) for record in page]

    async def _lanes_of(self, person: ErasedPerson) -> AsyncIterator[str]:
        for number in person.phone_numbers:
            for lane_id in await self._lane_ids(person.tenant_id, number):
                yield lane_id

    async def _lane_ids(self, tenant_id: str, contact: str) -> list[str]:
        """Of every number that this installation ever had: the tenant may have given one back."""
        ids = [thread_id(tenant_id, number, contact) async for number in self.numbers.each_key()]
        return [id for id in ids if await self.lanes.get(id) is not None]


def kept_messages(records: Collection) -> Rows:
    """What was ever sent to a person, for an export."""
    return Rows(
        records,
        lambda asked: {"tenant_id": asked.tenant_id, "contact": In(asked.phone_numbers)},
        Sort("created_at"),
        lambda record, _: _shown(message_of(record)),
    )


def _shown(message: Message) -> dict[str, Any]:
    order = message.order
    return {
        "id": message.id, "from": order.number, "to": order.contact, "text": order.text,
        "media": list(order.media_urls), "author": order.author, "status": message.status, "reason": message.reason,
        "parts": message.parts, "cost": message.cost.plain() if message.cost else None,
        "campaign_id": order.campaign_id, "conversation_id": order.conversation_id, "created_at": message.created_at,
        "sent_at": message.sent_at, "delivered_at": message.delivered_at,
    }  # fmt: skip
