"""Takes a webhook from arrival to safety: verify the signature, find the tenant, hand the event on.

Every webhook that cannot be verified gets the same refusal after the same work: one look at the owner's directory.
Status, text and time therefore tell a stranger nothing about which numbers exist here.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from ingress.adapters import telnyx
from ingress.adapters.telnyx_signature import WebhookSignature, read_signature
from ingress.delivery import Delivery
from ingress.directory import Directory
from ingress.domain.carrier_messages import DeliveryReport, Ignored, InboundText, Webhook
from ingress.domain.events import effective_at, inbound, receipts
from ingress.last_seen import LastSeen
from ingress.unrouted import Unrouted
from shared import lenient_json
from shared.clock import Clock
from shared.errors import Invalid, Malformed, Unauthenticated
from shared.events import ConnectionChanged, NumberChanged
from shared.events.links import ReceiptToken, is_connection_id, read_receipt
from shared.keyring import Keyring

log = structlog.get_logger()

NOT_OF_THIS_CONNECTION = "number_not_of_this_connection"
BEFORE_ASSIGNMENT = "received_before_the_number_was_assigned"
_CONNECTION_ID = re.compile(r"con_[0-9A-Za-z]{1,64}\.[\w-]{10,64}", re.ASCII)
_MOST_CANDIDATES = 10
"""How many recipients of a group are looked up to find our number; the carrier allows eight."""
_BUDGET_SECONDS = 1.5
"""From the last byte of the body to the answer: the carrier gives up at 2 s and delivers again."""


@dataclass(frozen=True)
class Incoming:
    """A webhook request as it came. Nothing of it is believed yet, and its body is not read yet."""

    timestamp: str
    signature: str
    receipt_token: tuple[str, str, str]
    """Tenant, message and code from the query of our own webhook address; empty where it has none."""
    read_body: Callable[[], Awaitable[bytes]]


@dataclass(frozen=True)
class Arrival:
    """A webhook read whole, its headers well formed. Its signature is still to be verified."""

    raw: bytes
    signature: WebhookSignature
    token: ReceiptToken | None
    """From our own webhook address; its code is checked."""
    at: datetime


def not_genuine() -> Unauthenticated:
    return Unauthenticated("not_genuine", "the signature could not be verified")


class OutsideTimeWindow(Unauthenticated):
    """Signed by the right key, but minutes ago or ahead: a repeated request, or one of the two clocks is wrong."""

    def __init__(self) -> None:
        same = not_genuine()  # a stranger must not learn that the key was right
        super().__init__(same.code, same.detail)


class Reception:
    def __init__(
        self,
        directory: Directory,
        delivery: Delivery,
        unrouted: Unrouted,
        last_seen: LastSeen,
        keyring: Keyring,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._delivery = delivery
        self._unrouted = unrouted
        self._last_seen = last_seen
        self._keyring = keyring
        self._clock = clock

    async def take_for_connection(self, connection_id: str, incoming: Incoming) -> str:
        """A webhook whose path names the connection. Returns the outcome for the metrics.

        Raises `Unauthenticated`, `Malformed`, `TooLarge`, `Unavailable`, or `TimeoutError` beyond the time budget.
        """
        if not (self._directory.connections.remembers(connection_id) or await self._is_ours(connection_id)):
            raise not_genuine()
        arrival = await self._arrival(incoming)
        async with asyncio.timeout(_BUDGET_SECONDS):
            connection = await self._directory.connections.get(connection_id)
            if connection is None or not await self._signed(connection, arrival):
                raise not_genuine()
            self._require_fresh(connection, arrival)
            return await self._take(_parsed(arrival.raw), connection, arrival)

    async def take_by_number(self, incoming: Incoming) -> str:
        """A webhook on the plain path: our number in the body names the connection. Returns and raises as above.

        The body is believed only once its signature fits. In a group our number need not be the first recipient.
        """
        arrival = await self._arrival(incoming)
        async with asyncio.timeout(_BUDGET_SECONDS):
            webhook = _parsed(arrival.raw)
            for address in _candidates(webhook.our_numbers):
                connection = await self._signing_connection(address, arrival)
                if connection:
                    self._require_fresh(connection, arrival)
                    return await self._take(webhook, connection, arrival)
            raise not_genuine()

    async def _is_ours(self, connection_id: str) -> bool:
        """Accepts an id signed with a retired secret too: the carrier still calls the address it was given."""
        if is_connection_id(self._keyring, connection_id):
            return True
        well_formed = _CONNECTION_ID.fullmatch(connection_id) is not None
        return well_formed and await self._directory.connections.has(connection_id)

    async def _arrival(self, incoming: Incoming) -> Arrival:
        raw = await incoming.read_body()
        signature = read_signature(incoming.timestamp, incoming.signature)
        if signature is None:
            raise not_genuine()
        return Arrival(raw, signature, read_receipt(self._keyring, *incoming.receipt_token), self._clock.now())

    def _require_fresh(self, connection: ConnectionChanged, arrival: Arrival) -> None:
        """Checked after the signature, so that log and metrics distinguish a wrong clock from a forgery."""
        if not arrival.signature.is_fresh(arrival.at):
            skew = round(arrival.signature.skew_seconds(arrival.at))
            log.warning(
                "webhook_outside_time_window",
                connection=connection.connection_id,
                tenant=connection.tenant_id,
                our_clock_ahead_seconds=skew,
                hint="the signature is right: check this machine's clock, or somebody repeats an old request",
            )
            raise OutsideTimeWindow()

    async def _signing_connection(self, address: str, arrival: Arrival) -> ConnectionChanged | None:
        """The connection of this number, if its key signed the webhook."""
        number = await self._directory.numbers.get(address)
        if number is None:
            return None
        connection = await self._connection_of(number)
        if connection is None or not arrival.signature.signs(arrival.raw, connection.public_keys):
            connection = await self._connection_from_owner(address, number)
        return connection if connection and arrival.signature.signs(arrival.raw, connection.public_keys) else None

    async def _signed(self, connection: ConnectionChanged, arrival: Arrival) -> bool:
        if arrival.signature.signs(arrival.raw, connection.public_keys):
            return True
        fresh = await self._directory.connections.ask(connection.connection_id)  # its key may just have been replaced
        return fresh is not None and arrival.signature.signs(arrival.raw, fresh.public_keys)

    async def _connection_of(self, number: NumberChanged) -> ConnectionChanged | None:
        return await self._directory.connections.get(number.connection_id) if number.connection_id else None

    async def _connection_from_owner(self, ours: str, known: NumberChanged) -> ConnectionChanged | None:
        """The number's connection as accounts knows it: number, connection or key may have changed a moment ago."""
        if known.connection_id is None:
            number = await self._directory.numbers.ask(ours)
            return await self._connection_of(number) if number else None
        number, connection = await asyncio.gather(
            self._directory.numbers.ask(ours), self._directory.connections.ask(known.connection_id)
        )
        if number is None or number.connection_id == known.connection_id:
            return connection if number else None
        return await self._connection_of(number)

    async def _take(self, webhook: Webhook, connection: ConnectionChanged, arrival: Arrival) -> str:
        self._last_seen.note(connection.connection_id)
        if isinstance(webhook, Ignored):
            return "ignored"
        if isinstance(webhook, DeliveryReport):
            return await self._take_report(webhook, connection, arrival)
        return await self._take_text(webhook, connection, arrival)

    async def _take_text(self, text: InboundText, connection: ConnectionChanged, arrival: Arrival) -> str:
        number = await self._own_number(text.to, connection)
        if number is None:
            return await self._keep_unrouted(text, connection, arrival, NOT_OF_THIS_CONNECTION)
        if effective_at(text, arrival.at) < number.assigned_at:
            return await self._keep_unrouted(text, connection, arrival, BEFORE_ASSIGNMENT)
        event = inbound(text, connection.tenant_id, connection.connection_id, number.phone_number, arrival.at)
        return await self._delivery.send([event])

    async def _take_report(self, report: DeliveryReport, connection: ConnectionChanged, arrival: Arrival) -> str:
        token = arrival.token
        if token and token.tenant_id == connection.tenant_id:
            message_id = token.message_id
        elif await self._own_number((report.number,), connection):
            message_id = None
        else:
            return await self._keep_unrouted(report, connection, arrival, NOT_OF_THIS_CONNECTION)
        tenant_id, connection_id = connection.tenant_id, connection.connection_id
        return await self._delivery.send(receipts(report, tenant_id, connection_id, message_id, arrival.at))

    async def _own_number(self, addresses: tuple[str, ...], connection: ConnectionChanged) -> NumberChanged | None:
        """The first address that belongs to this connection. Asks accounts before it says that none does."""
        for look in (self._directory.numbers.get, self._directory.numbers.ask):
            for address in _candidates(addresses):
                number = await look(address)
                if number and _belongs(number, connection):
                    return number
        return None

    async def _keep_unrouted(
        self, webhook: InboundText | DeliveryReport, connection: ConnectionChanged, arrival: Arrival, reason: str
    ) -> str:
        await self._unrouted.keep(connection.connection_id, webhook.carrier_message_id, reason, arrival.raw)
        return "unrouted"


def _candidates(addresses: tuple[str, ...]) -> list[str]:
    return [address for address in addresses if lenient_json.is_e164(address)][:_MOST_CANDIDATES]


def _belongs(number: NumberChanged, connection: ConnectionChanged) -> bool:
    return number.tenant_id == connection.tenant_id and number.connection_id == connection.connection_id


def _parsed(raw: bytes) -> Webhook:
    try:
        return telnyx.parse(raw)
    except Invalid as error:
        raise Malformed(error.code, error.detail) from None
