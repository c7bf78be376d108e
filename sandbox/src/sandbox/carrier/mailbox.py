"""Every message the carrier ever saw, in order, by id and by customer, with a version that pages can wait for."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from sandbox.carrier.messages import CarrierMessage
from sandbox.journal import Journal, Shelf


class Mailbox:
    def __init__(self, journal: Journal) -> None:
        self._messages = Shelf(journal, "message", CarrierMessage)
        self._by_customer: dict[str, dict[str, CarrierMessage]] = defaultdict(dict)
        for message in self._messages:
            self._by_customer[message.customer][message.id] = message
        self.version = max((message.version for message in self._messages), default=0)
        self._cleared_at = 0
        self._changed = asyncio.Event()
        self._closed = False

    def save(self, message: CarrierMessage) -> CarrierMessage:
        self.version += 1
        message.version = self.version
        self._by_customer[message.customer][message.id] = message
        self._messages.put(message.id, message)
        self._announce()
        return message

    def get(self, message_id: str) -> CarrierMessage | None:
        return self._messages.get(message_id)

    def all(self) -> list[CarrierMessage]:
        return self._messages.values()

    def of_customers(self, customers: list[str]) -> list[CarrierMessage]:
        found = [message for customer in customers for message in self._by_customer.get(customer, {}).values()]
        return sorted(found, key=lambda message: (message.received_at, message.id)) if len(customers) > 1 else found

    def clear(self) -> None:
        self._messages.clear()
        self._by_customer.clear()
        self.version += 1
        self._cleared_at = self.version
        self._announce()

    def close(self) -> None:
        """Nobody is kept waiting any more."""
        self._closed = True
        self._announce()

    async def wait_for_change(self, customers: list[str], after: int, seconds: float) -> None:
        """Until something of these customers is newer than `after`, the mailbox was cleared, or time is up."""
        try:
            async with asyncio.timeout(seconds):
                while not self._is_news(customers, after):
                    await self._changed.wait()
        except TimeoutError:
            return

    def _is_news(self, customers: list[str], after: int) -> bool:
        if self._closed or after > self.version or after < self._cleared_at:
            return True
        return any(message.version > after for message in self.of_customers(customers))

    def _announce(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
