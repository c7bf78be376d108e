"""Makes events from a carrier's message and its tenant. The same webhook always gives the same ids."""

from __future__ import annotations

from datetime import datetime

from ingress.domain.carrier_messages import DeliveryReport, InboundText
from shared.events import Event, SmsInbound, SmsReceipt, event_id, thread_id
from shared.ids import derived_id
from shared.sms_parts import Measured, measure

SOURCE = "ingress"


def effective_at(text: InboundText, arrived_at: datetime) -> datetime:
    """The earlier of the carrier's time and arrival: neither a fast carrier clock nor a late delivery moves a STOP."""
    return min(text.received_at, arrived_at) if text.received_at else arrived_at


def inbound(
    text: InboundText, tenant_id: str, connection_id: str, number: str, arrived_at: datetime
) -> Event[SmsInbound]:
    message_id = derived_id("msg", connection_id, text.carrier_message_id)
    measured = measure(text.text)
    others = dict.fromkeys((*text.to, *text.others))
    data = SmsInbound(
        message_id=message_id,
        carrier_message_id=text.carrier_message_id,
        connection_id=connection_id,
        number=number,
        contact=text.contact,
        text=text.text,
        media=text.media,
        others=tuple(other for other in others if other not in (number, text.contact)),
        keyword=text.keyword,
        carrier_answered=text.carrier_answered,
        parts=text.charge.parts or _parts(text, measured),
        encoding=text.charge.encoding or measured.encoding,
        cost=text.charge.cost,
        carrier_fee=text.charge.carrier_fee,
        received_at=text.received_at or arrived_at,
        effective_at=effective_at(text, arrived_at),
    )
    # Not the webhook's own event id: a carrier that announces one text twice under two ids still means one text.
    cause = f"{connection_id}|{text.carrier_message_id}"
    return Event(
        id=event_id(tenant_id, SOURCE, cause, SmsInbound.TYPE, ""),
        source=SOURCE,
        subject=message_id,
        time=arrived_at,
        tenant_id=tenant_id,
        partition_key=thread_id(tenant_id, number, text.contact),
        data=data,
        correlation_id=message_id,
    )


def _parts(text: InboundText, measured: Measured) -> int:
    """Where the carrier is silent; an MMS is one part, however long."""
    return 1 if text.media else max(1, measured.parts)


def receipts(
    report: DeliveryReport, tenant_id: str, connection_id: str, message_id: str | None, arrived_at: datetime
) -> list[Event[SmsReceipt]]:
    """One event per recipient. `message_id` is ours, where the webhook's address named it."""
    occurred_at = report.occurred_at or arrived_at
    events: list[Event[SmsReceipt]] = []
    for contact, status in report.recipients:
        data = SmsReceipt(
            carrier_message_id=report.carrier_message_id,
            connection_id=connection_id,
            message_id=message_id,
            number=report.number,
            contact=contact,
            status=status,
            errors=report.errors,
            parts=report.charge.parts,
            encoding=report.charge.encoding,
            cost=report.charge.cost,
            carrier_fee=report.charge.carrier_fee,
            occurred_at=occurred_at,
        )
        cause = f"{report.carrier_message_id}|{status}|{report.occurred_at}"
        events.append(
            Event(
                id=event_id(tenant_id, SOURCE, cause, SmsReceipt.TYPE, contact),
                source=SOURCE,
                subject=message_id or report.carrier_message_id,
                time=arrived_at,
                tenant_id=tenant_id,
                partition_key=report.carrier_message_id,
                data=data,
                correlation_id=message_id or "",
            )
        )
    return events
