"""Which numbers the model may answer. The sandbox's pretend model must never write to a real carrier's customers.

Asked only where the model is limited to one carrier, which is in the sandbox: elsewhere this costs nothing.
"""

from __future__ import annotations

from cachetools import TTLCache

from shared.clock import Clock
from shared.errors import NotFound
from shared.internal.client import InternalClient

REMEMBERED_SECONDS = 10.0
MOST_REMEMBERED = 10_000


class ModelReach:
    def __init__(self, internal: InternalClient, only_carrier: str, default_carrier: str, clock: Clock) -> None:
        """`only_carrier` begins the one carrier's address; empty: the model answers for all numbers.

        `default_carrier` is the address of connections without their own.
        """
        self._internal = internal
        self._only_carrier = only_carrier
        self._default_carrier = default_carrier
        self._known: TTLCache[str, bool] = TTLCache(MOST_REMEMBERED, REMEMBERED_SECONDS, clock.monotonic)

    async def covers(self, number: str) -> bool:
        """Whether the model may answer texts to this number of ours. Raises `Unavailable` if accounts is away."""
        if not self._only_carrier:
            return True
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = (await self._carrier_of(number)).startswith(self._only_carrier)
        return known

    async def _carrier_of(self, number: str) -> str:
        """The address of the number's carrier; empty for a number without a connection."""
        try:
            row = await self._internal.get("accounts", "numbers", number)
            connection = await self._internal.get("accounts", "connections", row["connection_id"] or "none")
        except NotFound:
            return ""
        return connection["api_base"] or self._default_carrier
