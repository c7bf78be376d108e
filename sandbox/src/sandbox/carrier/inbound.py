"""A customer's text arrives at the carrier: keyword answered, block rule kept, webhook sent."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from sandbox.carrier.accounts import Block, Number, Registry
from sandbox.carrier.keywords import AUTOMATIC_REPLIES, Keyword, keyword_in
from sandbox.carrier.mailbox import Mailbox
from sandbox.carrier.messages import CarrierMessage, Media, carrier_parts
from sandbox.carrier.webhooks import Webhook, Webhooks
from shared.clock import Clock
from shared.errors import Conflict, Invalid


class CustomerText(BaseModel):
    """Body of `POST /sandbox/control/inbound`."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    sender: str = Field(alias="from", min_length=1)
    to: str
    text: str = ""
    media: list[Media | str] = []
    id: str | None = None
    received_at: datetime | None = None
    api_key: str | None = None


class Inbound:
    def __init__(self, registry: Registry, mailbox: Mailbox, webhooks: Webhooks, clock: Clock) -> None:
        self._registry = registry
        self._mailbox = mailbox
        self._webhooks = webhooks
        self._clock = clock

    def receive(self, text: CustomerText) -> tuple[CarrierMessage, Webhook | None]:
        """The message and the webhook about it; a repeated `id` is the same message and makes no second webhook."""
        known = self._mailbox.get(text.id) if text.id else None
        if known:
            return known, None
        number = self._number(text)
        if not text.text and not text.media:
            raise Invalid("empty_message", "give a text or at least one media URL")
        message = self._mailbox.save(self._message(number, text))
        webhook = self._webhooks.post("message.received", message)
        self._answer_keyword(number, message)
        return message, webhook

    def _number(self, text: CustomerText) -> Number:
        number = self._registry.known_number(text.to)
        if text.api_key and text.api_key != number.api_key:
            raise Conflict("number_of_another_account", f"{text.to} belongs to another API key now")
        return number

    def _message(self, number: Number, text: CustomerText) -> CarrierMessage:
        account = self._registry.account(number.api_key) or self._registry.put_account(number.api_key)
        encoding, parts = carrier_parts(text.text)
        media = [_media(item) for item in text.media]
        profile = self._registry.profile(number.messaging_profile_id)
        return CarrierMessage(
            id=text.id or str(uuid4()),
            direction="inbound",
            api_key=account.api_key,
            organization_id=account.organization_id,
            messaging_profile_id=number.messaging_profile_id,
            sender=text.sender,
            recipient=number.number,
            text=text.text,
            media=media,
            encoding=encoding,
            parts=1 if media else parts,
            status="webhook_delivered",
            received_at=text.received_at or self._clock.now(),
            webhook_url=profile.webhook_url if profile else None,
            autoresponse_type=keyword_in(text.text),
        )

    def _answer_keyword(self, number: Number, message: CarrierMessage) -> None:
        keyword, profile_id = keyword_in(message.text), number.messaging_profile_id
        if keyword is None:
            return
        if keyword == "STOP":
            word, now = message.text.strip(), self._clock.now()
            block = Block(
                messaging_profile_id=profile_id, customer=message.sender, number=number.number, keyword=word, at=now
            )
            self._registry.block(block)
        elif keyword == "START":
            self._registry.unblock(profile_id, message.sender, number.number)
        self._mailbox.save(_automatic_reply(message, keyword, self._clock.now()))


def _automatic_reply(message: CarrierMessage, keyword: Keyword, now: datetime) -> CarrierMessage:
    text = AUTOMATIC_REPLIES[keyword]
    encoding, parts = carrier_parts(text)
    return CarrierMessage(
        id=str(uuid4()),
        direction="outbound",
        api_key=message.api_key,
        organization_id=message.organization_id,
        messaging_profile_id=message.messaging_profile_id,
        sender=message.recipient,
        recipient=message.sender,
        text=text,
        encoding=encoding,
        parts=parts,
        status="delivered",
        received_at=now,
        sent_at=now,
        completed_at=now,
        autoresponse_type=keyword,
        automatic=True,
    )


def _media(item: Media | str) -> Media:
    if isinstance(item, Media):
        return item
    ending = item.partition("?")[0].rpartition(".")[2].lower()
    kinds = {
        "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
        "gif": "image/gif",
        "webp": "image/webp",
        "pdf": "application/pdf",
    }
    return Media(url=item, content_type=kinds.get(ending, "image/png"), size=102_400)
