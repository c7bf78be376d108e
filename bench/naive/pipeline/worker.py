"""`python -m bench.naive.pipeline.worker`: answers what came in, sends what is to go out."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aio_pika
import httpx2
import uvloop
from aio_pika.abc import AbstractIncomingMessage

from bench.naive.pipeline import configuration, table
from bench.naive.pipeline.configuration import INBOUND, OUTBOUND, Configuration

PREFETCH = 32
PROMPT = 'You answer text messages of a shop. Answer as JSON: {"reply": "…"}'


class Worker:
    def __init__(self, configuration: Configuration, pool: table.Pool, http: httpx2.AsyncClient) -> None:
        self._configuration, self._pool, self._http = configuration, pool, http

    async def answer(self, message: AbstractIncomingMessage) -> None:
        async with message.process(requeue=True):
            job = json.loads(message.body)
            reply = await self._ask(job["contact"])
            id = await table.queued(self._pool, job["contact"], job["number"], reply)
            await self._send(id, job["contact"], job["number"], reply)

    async def send(self, message: AbstractIncomingMessage) -> None:
        async with message.process(requeue=True):
            job = json.loads(message.body)
            await self._send(job["id"], job["contact"], job["number"], job["text"])

    async def _ask(self, contact: str) -> str:
        said = await table.history(self._pool, contact)
        roles = {"in": "user", "out": "assistant"}
        messages = [{"role": roles[row["direction"]], "content": row["body"]} for row in said]
        question: dict[str, Any] = {
            "model": "m",
            "messages": [{"role": "system", "content": PROMPT}, *messages],
            "response_format": {"type": "json_object"},
        }
        answer = await self._http.post(f"{self._configuration.model_base}/chat/completions", json=question)
        answer.raise_for_status()
        return json.loads(answer.json()["choices"][0]["message"]["content"])["reply"]

    async def _send(self, id: int, contact: str, number: str, text: str) -> None:
        order = {"from": number, "to": contact, "text": text, "webhook_url": self._configuration.webhook_url}
        answer = await self._http.post(f"{self._configuration.carrier_base}/messages", json=order)
        if answer.is_success:
            await table.submitted(self._pool, id, answer.json()["data"]["id"])
        elif answer.is_client_error:
            await table.failed(self._pool, id, answer.text)
        else:
            answer.raise_for_status()


async def main() -> None:
    given = configuration.read()
    pool = await table.connect(given.database_url)
    connection = await aio_pika.connect_robust(given.broker_url)
    async with connection, httpx2.AsyncClient(headers={"authorization": "Bearer KEYbench"}, timeout=30) as http:
        worker = Worker(given, pool, http)
        for name, handle in ((INBOUND, worker.answer), (OUTBOUND, worker.send)):
            channel = await connection.channel()
            await channel.set_qos(prefetch_count=PREFETCH)
            queue = await channel.declare_queue(name, durable=True)
            await queue.consume(handle)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
