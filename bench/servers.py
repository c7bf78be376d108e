"""`python -m bench.servers floor|product`: accepts webhooks, in a process of its own.

The floor makes the same check and one confirmed publish to the same queues, in a bare ASGI application on uvicorn.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bench import shop
from bench.ground import Ground, platform
from ingress.settings import Settings
from ingress.wiring import build
from shared import logging
from shared.broker.protocol import Broker, Message
from shared.events.catalogue import topology
from shared.http.app import create_app
from shared.service.process import LARGE_BODY_PATHS
from shared.service.runner import Runner

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Bare:
    """Ed25519 over `timestamp|body`, one confirmed publish, 200."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._key = Ed25519PublicKey.from_public_bytes(base64.b64decode(shop.PUBLIC_KEY))

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        status = await self._take(scope, receive) if scope["method"] == "POST" else 200
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"15")]})
        await send({"type": "http.response.body", "body": b'{"status":"ok"}'})

    async def _take(self, scope: dict[str, Any], receive: Receive) -> int:
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part["body"], part["more_body"]
        headers = dict(scope["headers"])
        timestamp = headers[b"telnyx-timestamp"]
        if abs(time.time() - int(timestamp)) > 300:
            return 401
        try:
            self._key.verify(base64.b64decode(headers[b"telnyx-signature-ed25519"]), timestamp + b"|" + body)
        except InvalidSignature:
            return 401
        await self._broker.publish(Message("sms.inbound", body, str(uuid.uuid4()), shop.TENANT))
        return 200


async def floor(broker: Broker, port: int) -> None:
    await broker.start(topology())
    config = uvicorn.Config(
        Bare(broker), port=port, log_config=None, access_log=False, lifespan="off", server_header=False
    )
    await uvicorn.Server(config).serve()


async def product(broker: Broker, port: int, folder: Path) -> None:
    given = platform(folder, broker, shop.owners_rows())
    service = build(Settings(_env_file=None), given)  # pyright: ignore[reportCallIssue]
    app = create_app("Parley ingress", "", LARGE_BODY_PATHS)
    settings = given.settings.model_copy(update={"port": port})
    await Runner([service], replace(given, settings=settings), app).serve()


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("side", choices=["floor", "product"])
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--folder", type=Path, required=True)
    arguments.add_argument("--rabbitmq", default="")
    given = arguments.parse_args()
    logging.configure("warning", "json")
    broker = Ground(given.rabbitmq).broker(given.folder)
    serving = floor(broker, given.port) if given.side == "floor" else product(broker, given.port, given.folder)
    asyncio.run(serving)


if __name__ == "__main__":
    main()
