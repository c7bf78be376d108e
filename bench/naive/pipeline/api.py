"""`python -m bench.naive.pipeline.api PORT [HOST]`: the carrier's webhooks and texts that other programs want sent."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aio_pika
import uvicorn
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel

from bench.naive.pipeline import configuration, table
from bench.naive.pipeline.configuration import INBOUND, OUTBOUND

CONFIGURATION = configuration.read()
KEY = Ed25519PublicKey.from_public_bytes(base64.b64decode(CONFIGURATION.public_key))


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    app.state.pool = await table.connect(CONFIGURATION.database_url)
    connection = await aio_pika.connect_robust(CONFIGURATION.broker_url)
    channel = await connection.channel()
    for queue in (INBOUND, OUTBOUND):
        await channel.declare_queue(queue, durable=True)
    app.state.exchange = channel.default_exchange
    yield
    await connection.close()
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)


class Text(BaseModel):
    to: str
    sender: str
    text: str


class Texts(BaseModel):
    to: list[str]
    sender: str
    text: str


@app.get("/readyz")
async def readyz() -> dict[str, str]:
    return {"status": "ready"}


@app.post("/webhooks/telnyx")
async def webhook(request: Request) -> dict[str, str]:
    body = await request.body()
    _verify(request, body)
    data = json.loads(body)["data"]
    payload = data["payload"]
    if data["event_type"] == "message.received":
        await _received(payload)
    elif data["event_type"] in ("message.sent", "message.finalized"):
        await table.reported(app.state.pool, payload["id"], payload["to"][0]["status"])
    return {"status": "ok"}


def _verify(request: Request, body: bytes) -> None:
    timestamp = request.headers.get("telnyx-timestamp", "")
    signature = request.headers.get("telnyx-signature-ed25519", "")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > 300:
        raise HTTPException(401)
    try:
        KEY.verify(base64.b64decode(signature), f"{timestamp}|".encode() + body)
    except (InvalidSignature, ValueError):
        raise HTTPException(401) from None


async def _received(payload: dict[str, Any]) -> None:
    contact, number = payload["from"]["phone_number"], payload["to"][0]["phone_number"]
    id = await table.received(app.state.pool, payload["id"], contact, number, payload["text"])
    await _publish(INBOUND, {"id": id, "contact": contact, "number": number})


@app.post("/texts", status_code=201)
async def send(text: Text) -> dict[str, int]:
    id = await table.queued(app.state.pool, text.to, text.sender, text.text)
    await _publish(OUTBOUND, {"id": id, "contact": text.to, "number": text.sender, "text": text.text})
    return {"id": id}


@app.post("/texts/bulk", status_code=202)
async def send_many(texts: Texts) -> dict[str, int]:
    ids = await table.queued_many(app.state.pool, texts.to, texts.sender, texts.text)
    orders = [
        {"id": id, "contact": contact, "number": texts.sender, "text": texts.text}
        for id, contact in zip(ids, texts.to, strict=True)
    ]
    await asyncio.gather(*(_publish(OUTBOUND, order) for order in orders))
    return {"queued": len(orders)}


async def _publish(queue: str, document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
    await app.state.exchange.publish(message, routing_key=queue)


if __name__ == "__main__":
    host = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"
    uvicorn.run(app, host=host, port=int(sys.argv[1]), access_log=False, log_level="warning")
