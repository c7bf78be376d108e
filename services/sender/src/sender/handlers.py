"""Handles the events about messages and consent: one aggregate, one save, no call to the outside. Workers send."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sender.alarms import Alarms, ring_for
from sender.domain.absorb import absorb, lane_of
from sender.domain.effects import decision
from sender.domain.erase import refuse
from sender.domain.lane import Lane, Withdrawal
from sender.domain.message import Message
from sender.domain.receipts import report
from sender.domain.timing import Timing
from sender.domain.withdraw import withdraw, withdraw_message, withdrawal_of
from sender.metrics import FOREIGN_RECEIPTS
from sender.sending.suppression import Suppressions, entry_id
from sender.store import Lanes, Messages, traced
from sender.withdrawals.lookup import WithdrawalLookup
from shared import tracing
from shared.aggregates import Cause, Decision
from shared.clock import Clock
from shared.errors import Invalid, NotFound, Refused
from shared.events import (
    ConsentChanged,
    ConsentEntry,
    Event,
    NumberChanged,
    SmsInbound,
    SmsOutbound,
    SmsReceipt,
    SmsWithdrawn,
    thread_id,
)
from shared.internal.read_models import ReadModel

FOREIGN_AFTER = timedelta(seconds=45)
"""A report without our token about a carrier id that is still unknown after so long concerns a text that another system
sent through the same account. A request takes 40 s at most to bring the id; the last retry of `NotFound` comes after
71 s."""


@dataclass(frozen=True)
class MessageHandlers:
    lanes: Lanes
    messages: Messages
    numbers: ReadModel[NumberChanged]
    unwanted: WithdrawalLookup
    suppressions: Suppressions
    clock: Clock
    timing: Timing
    alarms: Alarms

    async def on_sms_outbound(self, event: Event[SmsOutbound]) -> None:
        order = event.data
        known = await self.messages.records.get(order.message_id)
        lane_id = lane_of(event).id
        if known and (known["lane_id"] != lane_id or known["tenant_id"] != event.tenant_id):
            raise Invalid(
                "message_id_taken", "another message, to another recipient, has this id; use a new id for each SMS"
            )
        number = await self.numbers.get(order.number)
        now = self.clock.now()
        stand_in = await self._erased_since(event)

        def decide(lane: Lane | None) -> Decision[Lane] | None:
            if known and not (lane and lane.find(order.message_id)):
                return None  # it was here, ended and was let go of
            if stand_in:
                return refuse(lane or lane_of(event).but(contact=stand_in), event, stand_in, now)
            absorbed = absorb(lane, event, number, now, self.timing)
            if absorbed is None:
                return None
            return decision(lane, absorbed)

        await self.lanes.change(
            lane_id, Cause.of(event), decide, saved=lambda _lane: self.alarms.lanes[order.priority].ring()
        )
        # Read only now: from its filing on, a withdrawal finds the message; one before is remembered.
        if reason := await self.unwanted.campaign_reason(event.tenant_id, order):
            # As its sweep does: one that has left is no concern of a withdrawal, though its order may come again.
            await self._withdraw_filed(order.message_id, reason, event, only_live=True)
            self.alarms.lanes[order.priority].ring()
        if reason := await self.unwanted.messages.reason(event.tenant_id, order.message_id):
            await self._withdraw_filed(order.message_id, reason, event)
            self.alarms.lanes[order.priority].ring()

    async def _erased_since(self, event: Event[SmsOutbound]) -> str | None:
        """What stands for the recipient, if the person was erased after this order was given."""
        erased_at = await self.suppressions.erased_at(event.tenant_id, event.data.contact)
        if erased_at is None or event.time > erased_at:
            return None
        return await self.suppressions.stand_in(event.tenant_id, event.data.contact)

    async def on_sms_withdrawn(self, event: Event[SmsWithdrawn]) -> None:
        data, now = event.data, self.clock.now()
        if data.campaign_id:
            await self.unwanted.campaigns.record(event.tenant_id, data.campaign_id, data.up_to_feed, now)
            self.alarms.withdrawn_campaigns.ring()
            return
        withdrawal = withdrawal_of(data, now)
        if data.number and data.contact:
            empty = Lane(
                id=thread_id(event.tenant_id, data.number, data.contact),
                tenant_id=event.tenant_id,
                number=data.number,
                contact=data.contact,
            )
            await self._withdraw(empty, withdrawal, event)
            return
        await self._withdraw_by_ids(withdrawal, event)

    async def _withdraw(self, empty: Lane, withdrawal: Withdrawal, event: Event[SmsWithdrawn]) -> None:
        now = self.clock.now()

        def decide(lane: Lane | None) -> Decision[Lane]:
            return decision(lane, withdraw(lane or empty, withdrawal, now))

        change = await self.lanes.change(empty.id, Cause.of(event), decide)
        for alarm in self.alarms.lanes.values():
            alarm.ring()
        for message_id in withdrawal.message_ids:
            if change.state is None or change.state.find(message_id) is None:
                await self._withdraw_filed(message_id, withdrawal.reason, event)

    async def _withdraw_filed(
        self, message_id: str, reason: str, event: Event[Any], *, only_live: bool = False
    ) -> None:
        """Wherever it is: a message that its lane has let go of still answers "too late", if it left."""
        filed = await self.messages.get(event.tenant_id, message_id)
        if filed is None:
            return  # not here yet: remembered
        now = self.clock.now()
        id = f"{event.source}|{event.id}|{message_id}"
        cause = Cause(id, event.tenant_id, event.correlation_id, event.id, event.traceparent)

        def decide(lane: Lane, message: Message) -> Lane:
            changed = message if only_live and not message.live else withdraw_message(message, reason, now)
            return lane if changed is message else lane.with_message(changed)

        await self.messages.change(filed, cause, decide)

    async def _withdraw_by_ids(self, withdrawal: Withdrawal, event: Event[SmsWithdrawn]) -> None:
        """Those that are here, each in its lane; those still to come are remembered."""
        tenant_id, ids = event.tenant_id, withdrawal.message_ids
        if not ids:
            raise Invalid(
                "withdrawal_names_nothing",
                "the withdrawal names no message; give message ids, or number and contact, or a campaign",
            )
        here = await self._filed(tenant_id, ids)
        if missing := [id for id in ids if id not in here]:
            await self.unwanted.messages.remember(tenant_id, missing, withdrawal.reason, withdrawal.at)
            here |= await self._filed(tenant_id, missing)  # absorbed meanwhile, before it was remembered
        by_lane: defaultdict[str, list[Message]] = defaultdict(list)
        for message in here.values():
            by_lane[message.lane_id].append(message)
        for messages in by_lane.values():
            order = messages[0].order
            empty = Lane(id=messages[0].lane_id, tenant_id=tenant_id, number=order.number, contact=order.contact)
            named = tuple(message.id for message in messages)
            await self._withdraw(empty, withdrawal.but(message_ids=named), event)

    async def _filed(self, tenant_id: str, ids: Sequence[str]) -> dict[str, Message]:
        found = [await self.messages.get(tenant_id, id) for id in ids]
        return {message.id: message for message in found if message}

    async def on_sms_receipt(self, event: Event[SmsReceipt]) -> None:
        data = event.data
        filed = await self._reported(event)
        now = self.clock.now()

        def decide(lane: Lane, message: Message) -> Lane | None:
            return report(lane, message, data, now)

        # The carrier's report begins a trace of its own; what it says belongs to that of the message.
        with tracing.span("receipt", parent=filed.traceparent, facts=traced(filed)) as span:
            change = await self.messages.change(filed, Cause.of(event), decide)
            tracing.ended(span, data.status)
        if change.fresh and change.state:
            ring_for(change.state, filed.priority, self.alarms.lanes[filed.priority])

    async def _reported(self, event: Event[SmsReceipt]) -> Message:
        """Which message a receipt is about. `NotFound` is tried again soon: our own record may be on its way."""
        data = event.data
        if data.message_id:
            filed = await self.messages.addressed(event.tenant_id, data.message_id)
        else:
            filed = await self.messages.by_carrier_id(event.tenant_id, data.carrier_message_id)
        if filed:
            return filed
        if data.message_id is None and self.clock.now() - event.time > FOREIGN_AFTER:
            FOREIGN_RECEIPTS.inc()
            raise Refused("foreign_receipt", "the report concerns a text that this installation did not send")
        raise NotFound("unknown_message", "the receipt names a message that is not known here")

    async def on_sms_inbound(self, event: Event[SmsInbound]) -> None:
        """The short way of STOP: read here, one hop from the webhook, without waiting for conversation. Texts without a
        keyword come from ingresses of an earlier version only."""
        data = event.data
        if data.keyword not in ("stop", "start"):
            return
        entry = ConsentEntry(
            entry_id=entry_id(data.message_id, data.keyword),
            state="out" if data.keyword == "stop" else "in",
            effective_at=data.effective_at,
        )
        await self.suppressions.record(event.tenant_id, data.contact, entry)

    async def on_consent_changed(self, event: Event[ConsentChanged]) -> None:
        await self.suppressions.record(event.tenant_id, event.data.contact, ConsentEntry.of(event.data))
