"""The port to the outside: what sender asks of a carrier. Adapters translate every vendor's words and failures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sender.domain.message import Message
from sender.domain.outcome import SendOutcome
from shared.events.links import ReceiptToken
from shared.ids import derive


@dataclass(frozen=True)
class CarrierAccount:
    """The carrier account a message leaves through."""

    connection_id: str
    api_base: str | None
    api_key: str
    messaging_profile_id: str | None

    @property
    def fingerprint(self) -> str:
        """Names the account at the carrier without giving its key away."""
        return derive("carrier account", self.connection_id, self.api_base or "", self.api_key)


@dataclass(frozen=True)
class Request:
    """One attempt. The same `key` always goes with the same `body`."""

    account: CarrierAccount
    key: str
    body: bytes
    within_seconds: float
    """The request begins (a connection is had) in this time or not at all."""


@dataclass(frozen=True)
class RecordSearch:
    """What identifies a message in the carrier's own records."""

    account: CarrierAccount
    number: str
    contact: str
    token: ReceiptToken
    """What the webhook address of this message names, and no other's does."""
    since: datetime


class Carrier(Protocol):
    def body(self, message: Message, account: CarrierAccount, webhook_url: str) -> bytes:
        """The request, byte for byte. Deterministic."""
        ...

    async def send(self, request: Request) -> SendOutcome:
        """Exactly one request, whatever happens to it; every failure is an outcome."""
        ...

    async def search(self, trace: RecordSearch) -> SendOutcome | None:
        """`accepted` if the carrier's records show this very message; None if they do not. Raises `Unavailable` if they
        cannot be read now."""
        ...
