"""`GET /v2/detail_records`: the carrier's own list of traffic, by which unknown outcomes are settled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.carrier.errors import CarrierError
from sandbox.carrier.messages import CarrierMessage, cost_of, iso

_STATUS = {
    "sent": "sent",
    "delivered": "delivered",
    "delivery_failed": "failed",
    "sending_failed": "gw_reject",
    "delivery_unconfirmed": "dlr_unconfirmed",
    "webhook_delivered": "received",
}
_EXACT = {
    "cli": "cli",
    "cld": "cld",
    "uuid": "uuid",
    "direction": "direction",
    "status": "status",
    "profile_id": "profile_id",
}


def visible(message: CarrierMessage, now: datetime, after: float) -> bool:
    """A queued message is not in the records yet; some never get there, as a fault may have told."""
    if message.hidden or message.automatic or message.status == "queued":
        return False
    return now >= message.received_at + timedelta(seconds=after)


def row(message: CarrierMessage) -> dict[str, Any]:
    told = message.recorded
    message = message.model_copy(update={"parts": told.parts or message.parts})
    prices = cost_of(message)
    return {
        "record_type": "message_detail_record",
        "uuid": message.id,
        "cli": message.sender,
        "cld": message.recipient,
        "direction": message.direction,
        "message_type": message.type,
        "status": _STATUS.get(message.status, message.status),
        "delivery_status": "delivered",
        "delivery_status_webhook_url": message.webhook_url,
        "delivery_status_failover_url": message.webhook_failover_url,
        "errors": [str(error["code"]) for error in message.errors],
        "parts": message.parts,
        "rate": prices["cost_breakdown"]["rate"]["amount"],
        "carrier_fee": prices["cost_breakdown"]["carrier_fee"]["amount"],
        "cost": prices["cost"]["amount"] if told.cost is None else str(told.cost),
        "currency": "USD",
        "carrier": "T-MOBILE USA, INC.",
        "country_code": "US",
        "profile_id": message.messaging_profile_id,
        "organization_id": message.organization_id,
        "autoresponse_type": message.autoresponse_type,
        "created_at": iso(message.received_at),
        "sent_at": iso(message.sent_at),
        "completed_at": iso(message.completed_at),
    }


def page(messages: list[CarrierMessage], query: Mapping[str, str]) -> dict[str, Any]:
    if query.get("filter[record_type]", "messaging") != "messaging":
        raise CarrierError("10015", "The sandbox has records of type 'messaging' only.", "/filter[record_type]")
    wanted = [message for message in messages if _in_range(message, query)]
    rows = [entry for entry in map(row, wanted) if _matches(entry, query)]
    rows.sort(key=lambda entry: entry["created_at"], reverse=query.get("sort", "-created_at").startswith("-"))
    return paged(rows, query)


def paged(rows: list[dict[str, Any]], query: Mapping[str, str]) -> dict[str, Any]:
    number, size = _integer(query, "page[number]", 1), min(_integer(query, "page[size]", 20), 250)
    return {
        "data": rows[(number - 1) * size : number * size],
        "meta": {
            "page_number": number,
            "page_size": size,
            "total_pages": -(-len(rows) // size),
            "total_results": len(rows),
        },
    }


def _integer(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise CarrierError("10015", f"{name} must be a positive number.", f"/{name}")
    return int(text)


def _matches(entry: dict[str, Any], query: Mapping[str, str]) -> bool:
    return all(query.get(f"filter[{name}]", entry[field]) == entry[field] for name, field in _EXACT.items())


def _in_range(message: CarrierMessage, query: Mapping[str, str]) -> bool:
    at = message.received_at
    compare = {"gte": at.__ge__, "gt": at.__gt__, "lte": at.__le__, "lt": at.__lt__}
    return all(
        holds(_moment(query[f"filter[created_at][{name}]"]))
        for name, holds in compare.items()
        if f"filter[created_at][{name}]" in query
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CarrierError("10015", f"{text!r} is not an ISO 8601 time.", "/filter[created_at]") from error
    if moment.tzinfo is None:
        raise CarrierError("10015", "Times need an offset, e.g. Z.", "/filter[created_at]")
    return moment
