"""`python -m bench.latency.chain`: the floor of inbound → submitted. It makes the unavoidable round trips of the path,
one after the other, in one bare process. It parses, decides and looks up nothing.

The round trips are unavoidable because services own their databases, decide by one read and one conditional write, and
mark a call to the outside before they make it:

    webhook request                               1 HTTP in
    ingress       publish sms.inbound             1 hop
    conversation  absorb the text                 1 read 1 write
                  the turn is due: ask            1 read 1 write   1 hop (reply.requested)
    ai-responder  absorb the run                  1 read 1 write
                  claim the run                   1 read 1 write   1 HTTP out (model)
                  record the answer               1 read 1 write   1 hop (reply.drafted)
    conversation  check the draft                 1 read 1 write   1 hop (sms.outbound)
    sender        absorb into the lane            1 read 1 write
                  claim, read the suppression     2 reads 1 write  1 HTTP out (carrier)
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvicorn

from bench.ground import Ground
from bench.wire import Wire
from shared import logging
from shared.broker.protocol import Broker, Delivery, Message, Subscription
from shared.database.protocol import Collection, CollectionSpec
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events.catalogue import topology
from shared.ids import new_id

SPEC = CollectionSpec("aggregates", {"due_at": "datetime"}, (("due_at",),))
_STATE = {"text": "x" * 2000}
"""About as much as a young thread or lane."""
CORNER = [
    Subscription(f"floor.{known.queue}", tuple(f"floor.{pattern}" for pattern in known.patterns))
    for known in topology()
]
"""The product's queues once more under other names, so that both sides can use one server in turns."""
COUNTS = "4 hops, 9 reads, 8 writes, 3 HTTP"

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Chain:
    def __init__(self, broker: Broker, folder: Path, outside: int) -> None:
        self._broker = broker
        self._databases = {n: EmbeddedDatabase(folder / f"{n}.sqlite") for n in ("conversation", "ai", "sender")}
        self._rows: dict[str, Collection] = {name: db.collection(SPEC) for name, db in self._databases.items()}
        self._model, self._carrier = Wire(outside), Wire(outside)
        self._outside = outside

    async def start(self) -> None:
        for database in self._databases.values():
            await database.start()
        await self._broker.start(CORNER)
        steps = {
            "conversation.sms.inbound.v1": self._received,
            "ai-responder.reply.requested.v1": self._requested,
            "conversation.reply.drafted.v1": self._drafted,
            "sender.sms.outbound.v1": self._outbound,
        }
        for queue, step in steps.items():
            await self._broker.subscribe(f"floor.{queue}", step)

    async def begin(self, contact: str) -> None:
        await self._hop("sms.inbound", contact)

    async def _received(self, delivery: Delivery) -> None:
        contact = delivery.message.partition_key
        await self._save("conversation", contact, 2)
        await self._hop("reply.requested", contact)
        await delivery.ack()

    async def _requested(self, delivery: Delivery) -> None:
        contact = delivery.message.partition_key
        await self._save("ai", contact, 2)
        await self._model.ask(_post("/v1/chat/completions", b"{}", self._outside))
        await self._save("ai", contact)
        await self._hop("reply.drafted", contact)
        await delivery.ack()

    async def _drafted(self, delivery: Delivery) -> None:
        contact = delivery.message.partition_key
        await self._save("conversation", contact)
        await self._hop("sms.outbound", contact)
        await delivery.ack()

    async def _outbound(self, delivery: Delivery) -> None:
        contact = delivery.message.partition_key
        await self._save("sender", contact, 2)
        await self._rows["sender"].get(f"suppressed|{contact}")
        await self._carrier.ask(_post("/v2/messages", b'{"to":"%s"}' % contact.encode(), self._outside))
        await delivery.ack()

    async def _save(self, service: str, id: str, times: int = 1) -> None:
        rows = self._rows[service]
        for _ in range(times):
            known = await rows.get(id)
            version = known["version"] if known else 0
            document = {"id": id, "version": version + 1, "due_at": None, **_STATE}
            await (rows.replace(document, version) if known else rows.insert(document))

    async def _hop(self, key: str, contact: str) -> None:
        await self._broker.publish(Message(f"floor.{key}", b"x" * 800, new_id("evt"), "ten_bench", contact))


def _post(path: str, body: bytes, port: int) -> bytes:
    return b"POST %s HTTP/1.1\r\nhost: 127.0.0.1:%d\r\ncontent-length: %d\r\n\r\n%s" % (
        path.encode(), port, len(body), body,
    )  # fmt: skip


class Door:
    """Takes a webhook without a look at it; the customer's number stands in a header."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        contact = dict(scope["headers"]).get(b"x-contact", b"").decode()
        while (await receive()).get("more_body"):
            pass
        if contact:
            await self._chain.begin(contact)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


async def serve(given: argparse.Namespace) -> None:
    chain = Chain(Ground(given.rabbitmq).broker(given.folder), given.folder, given.outside)
    await chain.start()
    config = uvicorn.Config(Door(chain), port=given.port, log_config=None, access_log=False, lifespan="off")
    await uvicorn.Server(config).serve()


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--outside", type=int, required=True)
    arguments.add_argument("--folder", type=Path, required=True)
    arguments.add_argument("--rabbitmq", default="")
    given = arguments.parse_args()
    logging.configure("error", "json")
    asyncio.run(serve(given))


if __name__ == "__main__":
    main()
