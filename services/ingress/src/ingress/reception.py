"""A webhook from arrival to safety: is it genuine, whose is it, hand it on.

What cannot be proved gets one and the same refusal, after the same work: one look at the owner's directory. So nobody
learns from status, text or time which numbers exist here.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime

from ingress.adapters import telnyx
from ingress.adapters.telnyx_signature import Proof
from ingress.delivery import Post
from ingress.directory import Directory
from ingress.domain.carrier_messages import DeliveryReport, Ignored, InboundText, Webhook
from ingress.domain.events import effective_at, inbound, receipts
from ingress.unrouted import Unrouted
from shared import lenient_json
from shared.errors import Invalid, Malformed, Unauthenticated
from shared.events import ConnectionChanged, NumberChanged
from shared.events.links import ReceiptToken

NOBODYS = "number_not_of_this_connection"
BEFORE_ASSIGNMENT = "received_before_the_number_was_assigned"
_CONNECTION_ID = re.compile(r"con_[0-9A-Za-z]{1,64}\.[\w-]{10,64}", re.ASCII)
_MOST_CANDIDATES = 10
"""Recipients of a group among which ours is looked for; the carrier allows eight."""


@dataclass(frozen=True)
class Arrival:
    """A webhook as it came, its headers already in form."""

    raw: bytes
    proof: Proof
    token: ReceiptToken | None
    """From its own address, code checked."""
    at: datetime


def not_genuine() -> Unauthenticated:
    return Unauthenticated("not_genuine", "the signature could not be verified")


class Reception:
    def __init__(self, directory: Directory, post: Post, unrouted: Unrouted) -> None:
        self._directory = directory
        self._post = post
        self._unrouted = unrouted

    async def knows(self, connection_id: str) -> bool:
        """An id signed with a secret that was retired since: the carrier still calls the address it was given."""
        return _CONNECTION_ID.fullmatch(connection_id) is not None and await self._directory.connections.has(
            connection_id
        )

    async def by_connection(self, connection_id: str, arrival: Arrival) -> str:
        """The path names the connection (its id is ours: checked before). Returns the outcome for the metrics."""
        connection = await self._directory.connections.get(connection_id)
        if connection is None or not await self._signed(connection, arrival):
            raise not_genuine()
        return await self._take(_parsed(arrival.raw), connection, arrival)

    async def by_number(self, arrival: Arrival) -> str:
        """The connection is that of our number in the body; the body is believed only once its signature fits.

        In a group ours need not be the first of the recipients.
        """
        webhook = _parsed(arrival.raw)
        for address in _candidates(webhook.our_numbers):
            connection = await self._vouching(address, arrival)
            if connection:
                return await self._take(webhook, connection, arrival)
        raise not_genuine()

    async def _vouching(self, address: str, arrival: Arrival) -> ConnectionChanged | None:
        """The connection of this number, if it signed what arrived."""
        number = await self._directory.numbers.get(address)
        if number is None:
            return None
        connection = await self._connection_of(number)
        if connection is None or not arrival.proof.holds(arrival.raw, connection.public_keys):
            connection = await self._as_of_now(address, number)
        return connection if connection and arrival.proof.holds(arrival.raw, connection.public_keys) else None

    async def _signed(self, connection: ConnectionChanged, arrival: Arrival) -> bool:
        if arrival.proof.holds(arrival.raw, connection.public_keys):
            return True
        fresh = await self._directory.connections.ask(connection.connection_id)  # its key may just have been replaced
        return fresh is not None and arrival.proof.holds(arrival.raw, fresh.public_keys)

    async def _connection_of(self, number: NumberChanged) -> ConnectionChanged | None:
        return await self._directory.connections.get(number.connection_id) if number.connection_id else None

    async def _as_of_now(self, ours: str, known: NumberChanged) -> ConnectionChanged | None:
        """The number's connection as the owner knows it: number, connection or key may have changed a moment ago."""
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
        if isinstance(webhook, Ignored):
            return "ignored"
        if isinstance(webhook, DeliveryReport):
            return await self._take_report(webhook, connection, arrival)
        return await self._take_text(webhook, connection, arrival)

    async def _take_text(self, text: InboundText, connection: ConnectionChanged, arrival: Arrival) -> str:
        number = await self._own_number(text.to, connection)
        if number is None:
            return await self._keep_unrouted(text, connection, arrival, NOBODYS)
        if effective_at(text, arrival.at) < number.assigned_at:
            return await self._keep_unrouted(text, connection, arrival, BEFORE_ASSIGNMENT)
        event = inbound(text, connection.tenant_id, connection.connection_id, number.phone_number, arrival.at)
        return await self._post.send([event])

    async def _take_report(self, report: DeliveryReport, connection: ConnectionChanged, arrival: Arrival) -> str:
        token = arrival.token
        if token and token.tenant_id == connection.tenant_id:
            message_id = token.message_id
        elif await self._own_number((report.number,), connection):
            message_id = None
        else:
            return await self._keep_unrouted(report, connection, arrival, NOBODYS)
        tenant_id, connection_id = connection.tenant_id, connection.connection_id
        return await self._post.send(receipts(report, tenant_id, connection_id, message_id, arrival.at))

    async def _own_number(self, addresses: tuple[str, ...], connection: ConnectionChanged) -> NumberChanged | None:
        """The first of these that is this connection's; for a text that seems to be nobody's the owner is asked."""
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
