"""Parley's API as the neighbours' admin uses it: adds them once, knows the customer, reads the timeline."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import httpx2

from sandbox.neighbours.person import Person
from sandbox.world import Connect
from shared.errors import Unavailable

_SECONDS = 10.0
_TAKEN = 409
_MOST_LOOKS, _LOOK_SECONDS = 10, 0.2
_MOST_TRIES = 20
"""Of idempotency keys, where a user deleted what an earlier one had added."""


class Parley:
    """`base` is where it is reached. Every method raises `Unavailable` if it is not, or refuses."""

    def __init__(self, base: str, api_key: str, connect: Connect) -> None:
        self._base = base.rstrip("/")
        self._headers = {"authorization": f"Bearer {api_key}"}
        self._connect = connect
        self._http: httpx2.AsyncClient | None = None

    async def add_neighbour(self, body: dict[str, Any]) -> str:
        """Its path. The one that an earlier start added, unless it was deleted or changed."""
        refused = Unavailable("parley_refuses", "Parley adds no neighbour")
        for n in range(1, _MOST_TRIES + 1):
            key = {"idempotency-key": f"sandbox-{body['kind']}-{n}"}
            answer = await self._ask("POST", "/api/neighbours", json=body, headers=self._headers | key)
            if answer.is_success:
                return urlsplit(str(answer.json()["url"])).path
            refused = _not_now(answer)
        raise refused

    async def contact_of(self, person: Person) -> dict[str, Any]:
        """In the address book with number and e-mail, as a business would have entered a customer."""
        refused = Unavailable("parley_refuses", "Parley has no such contact")
        for _ in range(_MOST_LOOKS):
            if contact := await self._found(person.phone_number):
                missing = {} if person.email.casefold() in contact["emails"] else {"email": person.email}
                missing |= {} if contact["name"] else {"name": person.name}
                return await self._send("PATCH", f"/api/contacts/{contact['id']}", missing) if missing else contact
            answer = await self._ask("POST", "/api/contacts", json=person.model_dump(), headers=self._headers)
            if answer.status_code != _TAKEN:
                return _content(answer)
            refused = _not_now(answer)
            await asyncio.sleep(_LOOK_SECONDS)  # a first text is making the contact at this moment
        raise refused

    async def _found(self, number: str) -> dict[str, Any] | None:
        found = (await self._get("/api/contacts", q=number))["items"]
        return next((one for one in found if number in one["phone_numbers"]), None)

    async def timeline(self, contact_id: str) -> list[dict[str, Any]]:
        """Newest first."""
        return (await self._get(f"/api/contacts/{contact_id}/timeline", limit="50"))["items"]

    async def post_webhook(self, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        """What it answers. A neighbour has no credentials."""
        answer = await self._ask("POST", path, content=body, headers=headers)
        return _content(answer)

    async def close(self) -> None:
        if self._http:
            await self._http.aclose()

    async def _get(self, path: str, **params: str) -> dict[str, Any]:
        return _content(await self._ask("GET", path, params=params, headers=self._headers))

    async def _send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return _content(await self._ask(method, path, json=body, headers=self._headers))

    async def _ask(self, method: str, path: str, **request: Any) -> httpx2.Response:
        self._http = self._http or self._connect()
        try:
            return await self._http.request(method, self._base + path, timeout=_SECONDS, **request)
        except httpx2.HTTPError as error:
            raise Unavailable("parley_away", f"Parley does not answer ({type(error).__name__})") from None


def _content(answer: httpx2.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise _not_now(answer)
    return answer.json()


def _not_now(answer: httpx2.Response) -> Unavailable:
    """Parley's own words are what a person who tries things out needs to read."""
    try:
        said = str(answer.json().get("detail", ""))
    except ValueError:
        said = ""
    return Unavailable("parley_refuses", f"Parley answered {answer.status_code}: {said or answer.text[:200]}")
