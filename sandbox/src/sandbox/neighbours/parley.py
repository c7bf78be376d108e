"""Parley's API as the neighbours' admin uses it: adds them once, knows the customer, reads the timeline."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx2

from sandbox.neighbours.person import Person
from sandbox.world import Connect
from shared.errors import Unavailable

_SECONDS = 10.0
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
        for n in range(1, _MOST_TRIES + 1):
            key = {"idempotency-key": f"sandbox-{body['kind']}-{n}"}
            answer = await self._ask("POST", "/api/neighbours", json=body, headers=self._headers | key)
            if answer.is_success:
                return urlsplit(answer.json()["url"]).path
        raise _not_now(answer)

    async def contact_of(self, person: Person) -> dict[str, Any]:
        """In the address book with number and e-mail, as a business would have entered a customer."""
        number = person.phone_number
        found = await self._get("/api/contacts", q=number)
        contact = next((one for one in found["items"] if number in one["phone_numbers"]), None)
        if contact is None:
            return await self._send("POST", "/api/contacts", person.model_dump())
        missing = {} if person.email.casefold() in contact["emails"] else {"email": person.email}
        missing |= {} if contact["name"] else {"name": person.name}
        return await self._send("PATCH", f"/api/contacts/{contact['id']}", missing) if missing else contact

    async def timeline(self, contact_id: str) -> list[dict[str, Any]]:
        """Newest first."""
        return (await self._get(f"/api/contacts/{contact_id}/timeline", limit="50"))["items"]

    async def post_webhook(self, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        """What it answers. A neighbour has no credentials."""
        answer = await self._ask("POST", path, content=body, headers=headers)
        if not answer.is_success:
            raise _not_now(answer)
        return answer.json()

    async def close(self) -> None:
        if self._http:
            await self._http.aclose()

    async def _get(self, path: str, **params: str) -> dict[str, Any]:
        answer = await self._ask("GET", path, params=params, headers=self._headers)
        if not answer.is_success:
            raise _not_now(answer)
        return answer.json()

    async def _send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self._ask(method, path, json=body, headers=self._headers)
        if not answer.is_success:
            raise _not_now(answer)
        return answer.json()

    async def _ask(self, method: str, path: str, **request: Any) -> httpx2.Response:
        self._http = self._http or self._connect()
        try:
            return await self._http.request(method, self._base + path, timeout=_SECONDS, **request)
        except httpx2.HTTPError as error:
            raise Unavailable("parley_away", f"Parley does not answer ({type(error).__name__})") from None


def _not_now(answer: httpx2.Response) -> Unavailable:
    """Parley's own words are what a person who tries things out needs to read."""
    try:
        said = str(answer.json().get("detail", ""))
    except ValueError:
        said = ""
    return Unavailable("parley_refuses", f"Parley answered {answer.status_code}: {said or answer.text[:200]}")
