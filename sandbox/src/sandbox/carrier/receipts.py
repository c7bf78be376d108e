"""What becomes of an accepted SMS: `sent`, then its final state, each reported by a webhook."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sandbox.carrier.errors import error_object
from sandbox.carrier.mailbox import Mailbox
from sandbox.carrier.messages import CarrierMessage
from sandbox.carrier.webhooks import Webhooks
from sandbox.world import World

VALID_FOR = timedelta(hours=1)

_UNDELIVERED_CODE = {"delivery_failed": "40008", "sending_failed": "40014"}


class Receipts:
    def __init__(self, world: World, mailbox: Mailbox, webhooks: Webhooks) -> None:
        self._world = world
        self._mailbox = mailbox
        self._webhooks = webhooks

    def follow(self, message: CarrierMessage) -> None:
        """Plans the rest of this message's life."""
        if message.fate != "sending_failed" and message.status == "queued":
            self._world.agenda.after(self._world.tunables.sent_after, self._later(self._sent, message.id))
        if message.fate != "sent":
            self._world.agenda.after(self._world.tunables.delivered_after, self._later(self._finalized, message.id))

    def resume(self) -> None:
        """After a restart: messages that had not reached their end go on."""
        for message in self._mailbox.all():
            if message.is_accepted_send and message.completed_at is None:
                self.follow(message)

    def _later(self, step: Callable[[str], None], message_id: str) -> Callable[[], Awaitable[None]]:
        async def act() -> None:
            step(message_id)

        return act

    def _sent(self, message_id: str) -> None:
        message = self._mailbox.get(message_id)
        if message is None or message.status != "queued":
            return
        message.status, message.sent_at, message.valid_until = "sent", self._world.clock.now(), None
        self._report("message.sent", message)

    def _finalized(self, message_id: str) -> None:
        message = self._mailbox.get(message_id)
        if message is None or message.completed_at is not None:
            return
        message.status, message.completed_at, message.valid_until = message.fate, self._world.clock.now(), None
        code = message.fate_code or _UNDELIVERED_CODE.get(message.fate)
        if code and message.fate != "delivered":
            message.errors = [error_object(code)]
        self._report("message.finalized", message)

    def _report(self, event_type: str, message: CarrierMessage) -> None:
        message.events.append(event_type)
        self._mailbox.save(message)
        self._webhooks.post(event_type, message)
