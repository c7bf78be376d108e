"""The pace among the gates: no crowd at a connection, a slot in the buckets of number and connection, and with the
number's slot a place among its parts of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sender.domain.calendar import day_of
from sender.domain.dispatch import Wait
from sender.domain.message import DAILY_PARTS, Message
from sender.pacing.buckets import Bucket, Pace, account_key, number_key
from sender.pacing.concurrency import ConnectionLimits
from sender.pacing.domain import DayTerms, SlotRequest, explanation
from shared.events import NumberChanged, TenantChanged
from shared.internal.read_models import ReadModel
from shared.local_time.zones import zone_of

SLOT_KEPT = timedelta(seconds=10)
"""A pace reservation that was not used so long after its moment is taken anew, or late ones would leave in a bunch."""


CARRIER_QUEUE_SECONDS = 10.0
"""What may wait at the carrier for one number: seconds of its throughput there."""


@dataclass(frozen=True)
class PaceTurn:
    """It may leave now."""

    counted_on: str | None
    """The day in which its number has counted it."""


def day_terms(number: NumberChanged, tenant: TenantChanged) -> DayTerms:
    return DayTerms(number.daily_parts, zone_of(tenant.timezone))


@dataclass(frozen=True)
class Pacing:
    pace: Pace
    account_parts_per_second: float
    connection_limits: ConnectionLimits
    numbers: ReadModel[NumberChanged]

    async def note_queue(self, message: Message, queued_seconds: float, now: datetime) -> None:
        """The carrier says how long this text waits in its queue for the number. While that is long no campaign text
        follows, so that none is left there when its hours close."""
        longer = queued_seconds - CARRIER_QUEUE_SECONDS
        if longer > 0 and message.priority == "bulk":
            await self.pace.hold_campaigns(message.order.number, now + timedelta(seconds=longer))

    async def void_tickets(self, phone_number: str) -> None:
        """The campaign texts that wait for this number's pace are withdrawn: the next ones do not queue behind them."""
        number = await self.numbers.get(phone_number)
        account = [account_key(number.connection_id)] if number and number.connection_id else []
        await self.pace.void_tickets([number_key(phone_number), *account])

    async def turn(
        self, message: Message, number: NumberChanged, tenant: TenantChanged, now: datetime
    ) -> PaceTurn | Wait:
        again = self.connection_limits.wait_for_place(number.connection_id or "", now, message.priority)
        if again:
            return Wait("pace", again)
        # One that may have left stays where it was counted, and no cap keeps its fate from being found out.
        terms = None if message.status == "unknown" else day_terms(number, tenant)
        if message.slot_at and message.slot_at > now:
            return Wait("pace", message.slot_at, reserved=True)
        if message.slot_at and now <= message.slot_at + SLOT_KEPT and _is_counted(message, terms, now):
            return PaceTurn(message.counted_on)
        request = SlotRequest(
            message.id, message.parts, message.priority, message.counted_on, again=bool(message.reason)
        )
        buckets = [
            Bucket(number_key(number.phone_number), number.parts_per_second, terms),
            Bucket(account_key(number.connection_id or ""), self.account_parts_per_second),
        ]
        slot = await self.pace.take(buckets, request, now)
        if slot.full and terms:
            latest = await self.numbers.get(number.phone_number)
            if latest and latest.revision != number.revision:
                # The raise may have been handled just before this message began to wait: then nothing would wake it.
                return Wait("pace", now)
            detail = explanation(slot.full, request, terms, number.phone_number, tenant.tenant_id)
            return Wait(DAILY_PARTS, slot.at, detail=detail)
        counted_on = slot.counted_on or message.counted_on
        if slot.taken and slot.at <= now:
            return PaceTurn(counted_on)
        return Wait("pace", slot.at, reserved=slot.taken, counted_on=counted_on)


def _is_counted(message: Message, terms: DayTerms | None, now: datetime) -> bool:
    return terms is None or (message.counted_on or "") >= day_of(now, terms.zone)
