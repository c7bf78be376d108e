"""`POST /v2/messages`: idempotency, faults, checks, acceptance. What is accepted here is in the ledger for good."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import uuid4

import orjson

from sandbox.carrier.accounts import Account, Number, Registry
from sandbox.carrier.errors import CarrierError
from sandbox.carrier.idempotency import Keys, Ticket
from sandbox.carrier.mailbox import Mailbox
from sandbox.carrier.messages import CarrierMessage, Media, on_the_wire
from sandbox.carrier.receipts import VALID_FOR, Receipts
from sandbox.carrier.requests import SendRequest, read_object, read_send
from sandbox.faults import Fault, Subject
from sandbox.line import LineCut
from sandbox.world import World

_LONGEST_KEYED_BODY = 256 * 1024


class Sending:
    def __init__(self, world: World, registry: Registry, mailbox: Mailbox, keys: Keys, receipts: Receipts) -> None:
        self._world = world
        self._registry = registry
        self._mailbox = mailbox
        self._keys = keys
        self._receipts = receipts

    async def send(self, account: Account, raw: bytes, key: str | None, path: str) -> bytes:
        """The body of a 200. Raises CarrierError for any other answer and LineCut for none."""
        if key and len(raw) > _LONGEST_KEYED_BODY:
            raise CarrierError("10015", "The request body is too large for an Idempotency-Key.", status=413)
        key = key if self._world.tunables.idempotency else None
        ticket = self._keys.begin(key, (account.organization_id, "POST", path), raw)
        try:
            return await self._under_ticket(ticket, account, raw, key)
        finally:
            ticket.done()

    async def _under_ticket(self, ticket: Ticket, account: Account, raw: bytes, key: str | None) -> bytes:
        struck = self._world.faults.strikes("send", _subject(account, raw))
        await asyncio.sleep(self._world.tunables.send_latency)
        await self._suffer([fault for fault in struck if not fault.accept])
        answer = ticket.replay
        if answer is None:
            with self._world.journal.together():
                answer = self._accept(account, raw, key)
                ticket.keep(answer)
        try:
            await self._suffer([fault for fault in struck if fault.accept])
        except CarrierError:
            ticket.free()
            raise
        return answer

    async def _suffer(self, faults: list[Fault]) -> None:
        for fault in faults:
            if fault.do in ("delay", "hang"):
                await asyncio.sleep(self._world.faults.seconds(fault))
            if fault.do in ("cut", "hang"):
                raise LineCut
            if fault.do == "fail":
                raise CarrierError.of_status(int(fault.status or 500), fault.retry_after)
            if fault.do == "reject":
                status = fault.status if isinstance(fault.status, int) else None
                raise CarrierError(fault.code or "10015", pointer="/to", status=status)

    def _accept(self, account: Account, raw: bytes, key: str | None) -> bytes:
        request = read_send(raw)
        sender = self._sender(account, request)
        if self._registry.is_blocked(sender.messaging_profile_id, request.to):
            detail = f"Messages cannot be sent from '{sender.number}' to '{request.to}' due to an existing block rule."
            raise CarrierError("40300", detail, "/to")
        message = self._message(account, sender, request)
        message.idempotency_key, message.body = key, raw.decode()
        self._decide_fate(message)
        self._mailbox.save(message)
        self._receipts.follow(message)
        return orjson.dumps({"data": on_the_wire(message)})

    def _sender(self, account: Account, request: SendRequest) -> Number:
        if request.sender is None and request.profile_id:
            mine = (number for number in self._registry.numbers() if number.messaging_profile_id == request.profile_id)
            chosen = next((number for number in mine if number.api_key == account.api_key), None)
            if chosen is None:
                raise CarrierError("40321", "The messaging profile has no number.", "/messaging_profile_id")
            return chosen
        number = self._registry.number(request.sender or "")
        if number is None or number.api_key != account.api_key:
            raise CarrierError("40305", "The 'from' address is not a number of this account.", "/from")
        return number

    def _message(self, account: Account, sender: Number, request: SendRequest) -> CarrierMessage:
        now = self._world.clock.now()
        return CarrierMessage(
            id=str(uuid4()),
            direction="outbound",
            api_key=account.api_key,
            organization_id=account.organization_id,
            messaging_profile_id=sender.messaging_profile_id,
            sender=sender.number,
            recipient=request.to,
            text=request.text,
            media=[Media(url=url) for url in request.media_urls],
            subject=request.subject,
            encoding=request.encoding,
            parts=request.parts,
            status="queued",
            received_at=now,
            valid_until=now + VALID_FOR,
            webhook_url=request.webhook_url,
            webhook_failover_url=request.webhook_failover_url,
        )

    def _decide_fate(self, message: CarrierMessage) -> None:
        subject = Subject(message.recipient, message.sender, message.text, api_key=message.api_key)
        for fault in self._world.faults.strikes("receipt", subject):
            message.fate, message.fate_code = str(fault.status), fault.code
        message.hidden = bool(self._world.faults.strikes("records", subject))


def _subject(account: Account, raw: bytes) -> Subject:
    """What faults may aim at, read as kindly as possible: the real check comes later."""
    with suppress(CarrierError):
        body = read_object(raw)
        return Subject(str(body.get("to")), str(body.get("from")), str(body.get("text")), api_key=account.api_key)
    return Subject(api_key=account.api_key)
