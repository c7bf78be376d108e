"""The spend cap's place among the gates: reserve under the message id before the claim, release if it ends unsent."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sender.domain.message import Message


class Budget(Protocol):
    async def reserve(self, message: Message, now: datetime) -> datetime | None:
        """None: there is money for it. Else when to ask again. Repeating it for the same message costs nothing."""
        ...

    async def release(self, message: Message) -> None:
        """It will not be sent after all."""
        ...


class Unlimited:
    """No cap is kept yet."""

    async def reserve(self, message: Message, now: datetime) -> datetime | None:
        return None

    async def release(self, message: Message) -> None:
        return None
