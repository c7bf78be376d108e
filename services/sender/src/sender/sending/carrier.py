"""The port to the outside: what sender asks of a carrier. Adapters translate every vendor's words and failures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sender.domain.message import Message
from sender.domain.outcome import Outcome
from sender.sending.gates import Account
from shared.events.links import ReceiptToken


@dataclass(frozen=True)
class Request:
    """One attempt. The same `key` always goes with the same `body`."""

    account: Account
    key: str
    body: bytes
    within_seconds: float
    """The request begins (a connection is had) in this time or not at all."""


@dataclass(frozen=True)
class Trace:
    """What identifies a message in the carrier's own records."""

    account: Account
    number: str
    contact: str
    token: ReceiptToken
    """What the webhook address of this message names, and no other's does."""
    since: datetime


class Carrier(Protocol):
    def body(self, message: Message, account: Account, webhook_url: str) -> bytes:
        """The request, byte for byte. Deterministic."""
        ...

    async def send(self, request: Request) -> Outcome:
        """Exactly one request, whatever happens to it; every failure is an outcome."""
        ...

    async def search(self, trace: Trace) -> Outcome | None:
        """`accepted` if the carrier's records show this very message; None if they do not, or cannot be read now."""
        ...
