"""Gives the demo's tenant its business, once, by Parley's own API.

The assistant comes last. Where it was edited or published before, by an earlier start or by a user, nothing is done:
what users changed or deleted stays so. A start that was cut off is finished by the next one, as each request has its
own Idempotency-Key.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2

from all_in_one.demo import business

_NOTE = "The demo's business"
_SECONDS, _LOOKS_EACH = 20.0, 0.05
_NOT_YET = 503


async def furnish(http: httpx2.AsyncClient, api_key: str) -> bool:
    """False if there was nothing to do. Raises `httpx2.HTTPError` if a request fails, `TimeoutError` if the knowledge
    is not read in time."""
    ask = _Asking(http, api_key)
    assistant = next(one for one in await ask.items("/api/assistants") if one["is_default"])
    is_edited = assistant["draft_version"] and assistant["prompt"] != business.ASSISTANT["prompt"]
    if assistant["live_version"] > 1 or is_edited:
        return False
    path = f"/api/assistants/{assistant['id']}"
    for where, bodies in (
        ("/api/labels", business.LABELS),
        ("/api/canned-replies", business.CANNED_REPLIES),
        ("/api/guides", business.GUIDES),
        (f"{path}/knowledge", business.KNOWLEDGE),
    ):
        for number, body in enumerate(bodies, 1):
            await ask.once(where, body, number)
    async with asyncio.timeout(_SECONDS):
        await _read(ask, f"{path}/knowledge")
    await ask.once(path, business.ASSISTANT, method="PATCH")
    await ask.once(f"{path}/publish", {"note": _NOTE})
    return True


async def _read(ask: _Asking, path: str) -> None:
    """Waits for its documents: the first text may come as soon as the start is over."""
    while any(one["state"] == "reading" for one in await ask.items(path)):  # noqa: ASYNC110 - the API tells by asking
        await asyncio.sleep(_LOOKS_EACH)


class _Asking:
    def __init__(self, http: httpx2.AsyncClient, api_key: str) -> None:
        self._http = http
        self._headers = {"authorization": f"Bearer {api_key}"}

    async def items(self, path: str) -> list[dict[str, Any]]:
        answer = await self._sent("GET", path, headers=self._headers, params={"limit": 200})
        return answer.raise_for_status().json()["items"]

    async def once(self, path: str, body: dict[str, Any], number: int = 1, method: str = "POST") -> None:
        """What there is already, made by a user or by a start that was cut off, is left as it is."""
        headers = {**self._headers, "idempotency-key": f"demo-{number}"}
        answer = await self._sent(method, path, json=body, headers=headers)
        if answer.status_code not in (httpx2.codes.CONFLICT, httpx2.codes.NOT_FOUND):
            answer.raise_for_status()

    async def _sent(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """Right after the start a service may still read who was locked out: then it says 503."""
        async with asyncio.timeout(_SECONDS):
            while (answer := await self._http.request(method, path, **more)).status_code == _NOT_YET:  # noqa: ASYNC110 - the API tells by asking
                await asyncio.sleep(_LOOKS_EACH)
        return answer
