"""`python -m bench.naive.outside PORT`: carrier and model of both sides, in one process; both answer at once.

The carrier knows `Idempotency-Key` and detail records, and reports each text as sent and as delivered by signed
webhooks, again and again until they are answered with 200. Its ledger says what really happened.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import uvloop

from bench import shop
from bench.wire import Wire, length_in

REPORTERS = 8
_REPORT_AFTER_SECONDS = 0.05
"""From the send to `message.sent`, from there to `message.finalized`, and between two attempts of a report."""


@dataclass
class Sms:
    contact: str
    at: float
    """`time.monotonic()`, which all processes of a machine share."""
    id: str
    webhook_url: str
    number: str
    text: str


@dataclass
class Ledger:
    sent: list[Sms] = field(default_factory=list[Sms])
    by_key: dict[str, Sms] = field(default_factory=dict[str, Sms])
    contacts: set[str] = field(default_factory=set[str])
    open_reports: int = 0


class Outside:
    def __init__(self) -> None:
        self._ledger = Ledger()
        self._waiting: dict[str, asyncio.Future[float]] = {}
        self._reports: asyncio.Queue[tuple[Ledger, Sms, str]] = asyncio.Queue()
        self._routes: dict[str, Callable[[str, bytes], Any]] = {
            "/control/state": self._state,
            "/control/ledger": self._told,
            "/control/forget": self._forget,
            "/readyz": lambda _query, _body: {},
        }

    async def serve(self, port: int) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", port, backlog=512)
        async with server, asyncio.TaskGroup() as group:
            for _ in range(REPORTERS):
                group.create_task(self._report())

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                body = await reader.readexactly(length_in(head))
                writer.write(_http(await self._answer(head, body)))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, head: bytes, body: bytes) -> Any:
        path, _, query = head.split(b" ", 2)[1].decode().partition("?")
        if path.endswith("/messages"):
            return self._send(head, json.loads(body))
        if path.endswith("/chat/completions"):
            return _COMPLETION
        if path.endswith("/detail_records"):
            return self._records(query)
        if path == "/control/arrival":
            return await self._arrival(query)
        return self._routes[path](query, body)

    def _send(self, head: bytes, order: dict[str, Any]) -> dict[str, Any]:
        key = _header(head, b"idempotency-key")
        known = self._ledger.by_key.get(key) if key else None
        if known is None:
            address = order.get("webhook_url", "")
            known = Sms(order["to"], time.monotonic(), str(uuid.uuid4()), address, order["from"], order.get("text", ""))
            self._note(known, key)
        return {"data": {"id": known.id, "parts": 1, "encoding": "GSM-7", "errors": []}}

    def _note(self, sms: Sms, key: str) -> None:
        ledger = self._ledger
        ledger.sent.append(sms)
        ledger.contacts.add(sms.contact)
        if key:
            ledger.by_key[key] = sms
        waiting = self._waiting.pop(sms.contact, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(sms.at)
        if sms.webhook_url:
            ledger.open_reports += 2
            self._report_soon(ledger, sms, "message.sent")

    def _report_soon(self, ledger: Ledger, sms: Sms, what: str) -> None:
        asyncio.get_running_loop().call_later(_REPORT_AFTER_SECONDS, self._reports.put_nowait, (ledger, sms, what))

    async def _report(self) -> None:
        """Both reports of a text come one after the other; a refused one comes again."""
        wires: dict[int, Wire] = {}
        while True:
            ledger, sms, what = await self._reports.get()
            address = urlsplit(sms.webhook_url)
            port = address.port or 80
            wire = wires.setdefault(port, Wire(port))
            target = address.path + (f"?{address.query}" if address.query else "")
            if not await _delivered(wire, _receipt(sms, what).request(target, port)):
                wires.pop(port).close()
                self._report_soon(ledger, sms, what)
                continue
            ledger.open_reports -= 1
            if what == "message.sent":
                self._report_soon(ledger, sms, "message.finalized")

    async def _arrival(self, query: str) -> float:
        """When a text to this customer was here in full; asked for before the webhook leaves."""
        contact = unquote(query)
        future = self._waiting.setdefault(contact, asyncio.get_running_loop().create_future())
        return await future

    def _records(self, query: str) -> dict[str, Any]:
        wanted = parse_qs(query).get("filter[cld]", [""])[0]
        rows = [
            {"uuid": sms.id, "cli": sms.number, "cld": sms.contact, "parts": 1, "cost": "0.0051", "currency": "USD",
             "delivery_status_webhook_url": sms.webhook_url}
            for sms in self._ledger.sent if sms.contact == wanted
        ]  # fmt: skip
        return {"data": rows}

    def _state(self, _query: str, _body: bytes) -> dict[str, int]:
        ledger = self._ledger
        return {"sent": len(ledger.sent), "contacts": len(ledger.contacts), "open_reports": ledger.open_reports}

    def _told(self, _query: str, _body: bytes) -> list[tuple[str, float]]:
        return [(sms.contact, sms.at) for sms in self._ledger.sent]

    def _forget(self, _query: str, _body: bytes) -> dict[str, int]:
        self._ledger = Ledger()
        return {}


async def _delivered(wire: Wire, request: bytes) -> bool:
    try:
        return await wire.ask(request) == 200
    except (OSError, asyncio.IncompleteReadError):
        return False


def _receipt(sms: Sms, what: str) -> shop.Webhook:
    moment = shop.now()
    payload = {
        "id": sms.id,
        "record_type": "message",
        "direction": "outbound",
        "type": "SMS",
        "encoding": "GSM-7",
        "parts": 1,
        "from": {"phone_number": sms.number, "carrier": "Telnyx", "line_type": "Wireless"},
        "to": [{"phone_number": sms.contact, "status": "sent" if what == "message.sent" else "delivered"}],
        "text": sms.text,
        "media": [],
        "errors": [],
        "cost": {"amount": "0.0051", "currency": "USD"},
        "webhook_url": sms.webhook_url,
        "received_at": moment,
        "sent_at": moment,
        "completed_at": None if what == "message.sent" else moment,
    }
    data = {
        "event_type": what, "id": str(uuid.uuid4()), "occurred_at": moment,
        "record_type": "event", "payload": payload,
    }  # fmt: skip
    return shop.signed(json.dumps({"data": data, "meta": {"attempt": 1}}).encode())


def _completion() -> dict[str, Any]:
    content = json.dumps({"reply": "Yes, we are open.", "hand_over": False, "reason": "opening hours"})
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}


_COMPLETION = _completion()


def _header(head: bytes, name: bytes) -> str:
    at = head.lower().find(b"\r\n" + name + b":")
    if at < 0:
        return ""
    start = at + len(name) + 3
    return head[start : head.index(b"\r\n", start)].strip().decode()


def _http(answer: Any) -> bytes:
    body = json.dumps(answer).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


if __name__ == "__main__":
    uvloop.run(Outside().serve(int(sys.argv[1])))
