"""The customer's chat and mailbox, and Parley's timeline of that customer."""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from typing import Any

import orjson

from sandbox.neighbours import chatwoot, postmark
from sandbox.neighbours.parley import Parley
from sandbox.neighbours.person import Person
from sandbox.world import World
from shared.errors import Unavailable

_KEPT = 200


class Channels:
    """Nothing is asked of Parley before somebody uses them."""

    def __init__(self, world: World, secret: str, base: str) -> None:
        self._world = world
        self._base = base
        self._secret = hashlib.sha256(f"{secret}|chat".encode()).hexdigest()
        self._parley: Parley | None = None
        self._paths: dict[str, str] = {}
        self._contacts: dict[Person, str] = {}
        self._said: deque[tuple[Person, dict[str, Any]]] = deque(maxlen=_KEPT)
        self._setting_up = asyncio.Lock()

    def join(self, api_key: str) -> None:
        """From now on the neighbours are those of the tenant with this admin key."""
        self._parley = Parley(self._base, api_key, self._world.connect)
        self._paths, self._contacts = {}, {}

    async def chat(self, person: Person, text: str, author: chatwoot.Author) -> dict[str, Any]:
        at = self._world.clock.now()
        told = chatwoot.message(person, text, author, int(at.timestamp() * 1000), at)
        body, headers = chatwoot.signed(told, self._secret, at)
        answer = await self._post("chatwoot", person, body, headers)
        return self._keep(person, {"channel": "chat", "author": author, "text": text}, answer)

    async def email(self, person: Person, subject: str, text: str) -> dict[str, Any]:
        body = orjson.dumps(postmark.mail(person, subject, text, self._world.clock.now()))
        answer = await self._post("postmark", person, body, {"content-type": "application/json"})
        return self._keep(person, {"channel": "email", "author": "visitor", "subject": subject, "text": text}, answer)

    async def view(self, person: Person) -> dict[str, Any]:
        """What was said here, oldest first, and the timeline that Parley has, newest first."""
        parley = self._joined()
        timeline = await parley.timeline(await self._contact(parley, person))
        return {"said": [one for whose, one in self._said if whose == person], "timeline": timeline}

    def clear(self) -> None:
        self._said.clear()

    async def close(self) -> None:
        if self._parley:
            await self._parley.close()

    async def _post(self, kind: str, person: Person, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        parley = self._joined()
        await self._contact(parley, person)
        async with self._setting_up:
            if kind not in self._paths:
                secret = {"secret": self._secret} if kind == "chatwoot" else {}
                self._paths[kind] = await parley.add_neighbour({"kind": kind, "name": f"Sandbox {kind}", **secret})
        try:
            return await parley.post_webhook(self._paths[kind], body, headers)
        except Unavailable:
            del self._paths[kind]  # its address may have been rotated, or the neighbour deleted
            raise

    async def _contact(self, parley: Parley, person: Person) -> str:
        async with self._setting_up:
            if person not in self._contacts:
                self._contacts[person] = (await parley.contact_of(person))["id"]
        return self._contacts[person]

    def _keep(self, person: Person, said: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        kept = {"at": self._world.clock.now().isoformat(), **said, "answer": answer}
        self._said.append((person, kept))
        return kept

    def _joined(self) -> Parley:
        if self._parley is None:
            detail = "No tenant has joined the sandbox's chat and e-mail: PUT /sandbox/control/neighbours {api_key}"
            raise Unavailable("no_tenant", detail)
        return self._parley
