"""The dead letters of all services as one list, newest first.

Its cursor is the time and id of the last letter shown, so each service goes on from there by itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.system.asking import answers
from accounts.system.opaque_ids import opaque, plain
from accounts.system.schemas import DeadLetterOut, DeadLettersOut, LetterState, WholeDeadLetterOut
from shared.errors import Invalid, NotFound
from shared.events.catalogue import EVERY_HTTP_SERVICE
from shared.internal.client import InternalClient

_PATH = "dead-letters"


class DeadLetters:
    def __init__(self, internal: InternalClient) -> None:
        self._internal = internal

    async def page(self, services: tuple[str, ...], state: LetterState, limit: int, cursor: str) -> DeadLettersOut:
        """Raises `Invalid("bad_cursor")`."""
        after = _position(cursor) if cursor else {}
        params = {"state": state, "limit": str(limit + 1), **after}

        async def ask(service: str) -> list[dict[str, Any]]:
            return (await self._internal.get(service, f"{_PATH}/before", **params))["items"]

        found, unreachable = await answers(services, ask)
        letters = [letter for _, items in found for letter in items]
        letters.sort(key=lambda letter: (datetime.fromisoformat(letter["at"]), letter["id"]), reverse=True)
        shown = letters[:limit]
        more = len(letters) > limit
        return DeadLettersOut(
            items=[DeadLetterOut.of(letter) for letter in shown],
            next_cursor=opaque(f"{shown[-1]['at']} {shown[-1]['id']}") if more else None,
            unreachable=unreachable,
        )

    async def one(self, opaque_id: str) -> WholeDeadLetterOut:
        """With its body. Raises `NotFound`."""
        service, id = _address(opaque_id)
        letter = await self._internal.get(service, _PATH, id)
        return WholeDeadLetterOut(**DeadLetterOut.of(letter).model_dump(), body=letter["body"])

    async def replay(self, opaque_id: str, body: str | None) -> DeadLetterOut:
        """Raises `NotFound`, `Refused("too_old")`, or `Invalid` for a body that is no event."""
        service, id = _address(opaque_id)
        return DeadLetterOut.of(await self._internal.order(service, _PATH, id, "replay", body={"body": body}))

    async def discard(self, opaque_id: str, why: str) -> DeadLetterOut:
        service, id = _address(opaque_id)
        return DeadLetterOut.of(await self._internal.order(service, _PATH, id, "discard", body={"why": why}))


def _address(opaque_id: str) -> tuple[str, str]:
    """The service that keeps the letter: its id begins with the name of the queue, which begins with the service's."""
    try:
        id = plain(opaque_id)
    except ValueError:
        id = ""
    service = id.partition(".")[0]
    if service not in EVERY_HTTP_SERVICE:
        raise NotFound("not_found", "No such dead letter.")
    return service, id


def _position(cursor: str) -> dict[str, str]:
    try:
        at, _, id = plain(cursor).partition(" ")
        if datetime.fromisoformat(at).tzinfo is None:
            raise ValueError("services compare it with moments that have a zone")
    except ValueError:
        raise Invalid("bad_cursor", "This cursor is not from this list; begin without one.") from None
    return {"at": at, "id": id}
