"""All that the pretend world knows, put together once; the control API and in-process tests read and change it here."""

from __future__ import annotations

from typing import Any

from sandbox.agenda import Agenda
from sandbox.carrier.accounts import Capability, Number, Registry
from sandbox.carrier.idempotency import Keys
from sandbox.carrier.inbound import CustomerText, Inbound
from sandbox.carrier.mailbox import Mailbox
from sandbox.carrier.messages import CarrierMessage, iso
from sandbox.carrier.pictures import Pictures
from sandbox.carrier.receipts import Receipts
from sandbox.carrier.receiver import Receiver
from sandbox.carrier.sending import Sending
from sandbox.carrier.webhooks import Webhooks
from sandbox.faults import FaultBook
from sandbox.journal import Journal
from sandbox.model.log import ModelLog
from sandbox.neighbours.channels import Channels
from sandbox.settings import SandboxSettings
from sandbox.world import Connect, World
from shared.clock import Clock


class SandboxState:
    def __init__(self, settings: SandboxSettings, clock: Clock, deliver: Connect) -> None:
        journal, faults = Journal(settings.data), FaultBook(settings.seed)
        self.world = World(clock, journal, Agenda(), faults, settings.tunables.model_copy(), deliver)
        self.model_log = ModelLog(clock)
        self.registry = Registry(journal, settings.secret.get_secret_value(), settings.public_url)
        self.mailbox = Mailbox(journal)
        self.pictures = Pictures(journal)
        self.keys = Keys(journal, clock)
        receiver = Receiver(settings.public_url, settings.known_as)
        self.webhooks = Webhooks(self.world, self.registry, self.mailbox, receiver)
        self.receipts = Receipts(self.world, self.mailbox, self.webhooks)
        self.sending = Sending(self.world, self.registry, self.mailbox, self.keys, self.receipts)
        self.inbound = Inbound(self.registry, self.mailbox, self.webhooks, clock)
        self.channels = Channels(self.world, settings.secret.get_secret_value(), settings.public_url)
        self.receipts.resume()
        self.webhooks.resume()

    def register_number(
        self,
        number: str,
        api_key: str,
        webhook_url: str | None = None,
        messaging_profile_id: str | None = None,
        capabilities: tuple[Capability, ...] = ("sms", "mms"),
    ) -> dict[str, Any]:
        return self.number_view(
            self.registry.put_number(number, api_key, webhook_url, messaging_profile_id, capabilities)
        )

    def number_view(self, number: Number) -> dict[str, Any]:
        profile = self.registry.profile(number.messaging_profile_id)
        return {
            "number": number.number,
            "api_key": number.api_key,
            "messaging_profile_id": number.messaging_profile_id,
            "webhook_url": profile.webhook_url if profile else None,
            "public_key": self.registry.public_key(number.api_key),
        }

    def public_key(self, api_key: str) -> str:
        return self.registry.public_key(api_key)

    def receive(self, sender: str, to: str, text: str) -> CarrierMessage:
        """A customer's text, as `POST /sandbox/control/inbound` makes it."""
        return self.inbound.receive(CustomerText.model_validate({"from": sender, "to": to, "text": text}))[0]

    def ledger(self, **wanted: str | None) -> list[dict[str, Any]]:
        """Every SMS the carrier accepted, oldest first. Filters: to, sender, api_key, key, text (a part of it)."""
        return [_ledger_row(one) for one in self.mailbox.all() if one.is_accepted_send and _is_wanted(one, wanted)]

    def summary(self) -> dict[str, Any]:
        messages, webhooks = self.mailbox.all(), self.webhooks.all()
        states = [webhook.state for webhook in webhooks]
        return {
            "messages": len(messages),
            "accepted": sum(one.is_accepted_send for one in messages),
            "inbound": sum(one.direction == "inbound" for one in messages),
            "pending": self.world.agenda.pending,
            "pending_webhooks": states.count("pending"),
            "held": states.count("held"),
            "given_up": states.count("given_up"),
            "faults": sum(not fault.used_up for fault in self.world.faults.all()),
            "model_requests": len(self.model_log.all()),
            "public_url": self.registry.public_url,
        }

    def reset(self, numbers: bool, seed: int | None) -> None:
        for part in (
            self.world.agenda,
            self.mailbox,
            self.pictures,
            self.webhooks,
            self.keys,
            self.model_log,
            self.channels,
        ):
            part.clear()
        self.world.faults.clear(seed)
        self.registry.forget(numbers_too=numbers)

    def close(self) -> None:
        self.mailbox.close()
        self.world.journal.close()


def _is_wanted(message: CarrierMessage, wanted: dict[str, str | None]) -> bool:
    exact = {
        "to": message.recipient,
        "sender": message.sender,
        "api_key": message.api_key,
        "key": message.idempotency_key,
    }
    if any(wanted.get(name) is not None and wanted[name] != value for name, value in exact.items()):
        return False
    part = wanted.get("text")
    return part is None or part.casefold() in message.text.casefold()


def _ledger_row(message: CarrierMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "api_key": message.api_key,
        "from": message.sender,
        "to": message.recipient,
        "text": message.text,
        "media_urls": [item.url for item in message.media],
        "idempotency_key": message.idempotency_key,
        "body": message.body,
        "accepted_at": iso(message.received_at),
        "webhook_url": message.webhook_url,
        "parts": message.parts,
        "encoding": message.encoding,
        "status": message.status,
        "events": message.events,
    }
