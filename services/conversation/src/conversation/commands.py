"""What people and programs ask for over HTTP: one change of one thread each, answered after its records are filed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from conversation.domain import agent_actions
from conversation.domain.assistant import approve_draft
from conversation.domain.assistant.approve_draft import Approval
from conversation.domain.thread.model import Message, Thread
from conversation.domain.thread.send import Outgoing, check_length
from conversation.handlers import Desk
from conversation.numbers import Numbers
from conversation.queries import Reading
from conversation.references import Named
from shared.access.gate import Principal
from shared.aggregates import Cause
from shared.control_characters import refuse_control_characters
from shared.errors import Invalid, NotFound, Refused
from shared.events import Author
from shared.http.idempotency import RequestKey, digest, require_same
from shared.phone import to_e164

SEND = "conversation messages"
START = "conversations"


@dataclass(frozen=True)
class Words:
    """The text and pictures to send."""

    text: str
    media_urls: tuple[str, ...] = ()

    def check(self) -> None:
        if not self.text.strip() and not self.media_urls:
            raise Invalid("empty_message", "a message needs a text or at least one media URL")
        refuse_control_characters(self.text)
        check_length(self.text)


@dataclass(frozen=True)
class Opening:
    """Whom to write to, and from where; a national number is read in the tenant's region."""

    to: str
    from_number: str | None = None
    hints: dict[str, str | None] = field(default_factory=dict[str, str | None])


@dataclass(frozen=True)
class Requests:
    desk: Desk
    numbers: Numbers
    reading: Reading
    named: Named

    async def start(self, who: Principal, opening: Opening, words: Words, key: RequestKey) -> Message:
        """Write to somebody: resumes their conversation or opens one. The answer is the first message."""
        words.check()
        tenant = await self.desk.tenant(who.tenant_id)
        contact = to_e164(opening.to, tenant.default_region)
        wanted = to_e164(opening.from_number, tenant.default_region) if opening.from_number else None
        number = await self.numbers.sending_number(who.tenant_id, wanted)
        if number == contact:
            raise Invalid("own_number", "`to` is the number it would be sent from")
        fingerprint = digest([opening.to, opening.from_number, opening.hints, words.text, words.media_urls])
        message_id = key.id_for("msg", who.tenant_id, START)
        if (earlier := await self._earlier(who, message_id, fingerprint, key)) is not None:
            return earlier
        if objection := await self.numbers.objection(who.tenant_id, number, words.media_urls):
            raise objection
        card = await self.desk.contacts.fill(who.tenant_id, contact, opening.hints, self.desk.clock.now())
        scene = await self.desk.scene_with_consent(who.tenant_id, contact, message_id)
        author: Author = "agent" if who.user_id else "api"  # a program may begin; an answer is a person's word
        outgoing = _outgoing(who, message_id, words, fingerprint if key.value else None, author=author)
        change = await self.desk.threads.between(
            key.cause(who.tenant_id, START, message_id),
            number,
            contact,
            lambda thread: agent_actions.write(thread.knowing(card), outgoing, scene, takes_over=False),
            publish_later=True,
        )
        return change.answer if change.fresh else await self._made(who, message_id, fingerprint)

    async def send(self, who: Principal, conversation_id: str, words: Words, key: RequestKey) -> Message:
        words.check()
        record = await self.reading.record(who.tenant_id, conversation_id)
        route = f"{SEND}|{conversation_id}"
        fingerprint = digest([words.text, words.media_urls])
        message_id = key.id_for("msg", who.tenant_id, route)
        if (earlier := await self._earlier(who, message_id, fingerprint, key)) is not None:
            return earlier
        contact = record["conversation"]["contact"]["phone_number"]
        _require_textable(contact)
        if objection := await self.numbers.objection(
            who.tenant_id, record["conversation"]["phone_number"], words.media_urls
        ):
            raise objection
        scene = await self.desk.scene_with_consent(who.tenant_id, contact, message_id)
        outgoing = _outgoing(who, message_id, words, fingerprint if key.value else None, author="agent")

        def decide(thread: Thread) -> Any:
            agent_actions.require_latest(thread, conversation_id)
            return agent_actions.write(thread, outgoing, scene, takes_over=True)

        cause = key.cause(who.tenant_id, route, message_id)
        change = await self.desk.threads.change(record["thread_id"], cause, decide, publish_later=True)
        return change.answer if change.fresh else await self._made(who, message_id, fingerprint)

    async def patch(self, who: Principal, conversation_id: str, wanted: dict[str, Any]) -> None:
        record = await self.reading.record(who.tenant_id, conversation_id)
        if not wanted:
            return
        await self.named.check(who.tenant_id, wanted, record["conversation"])
        scene = await self.desk.scene(who.tenant_id)
        await self.desk.threads.change(
            record["thread_id"],
            Cause.request(who.tenant_id),
            lambda thread: agent_actions.patch(thread, conversation_id, wanted, scene),
            publish_later=True,
        )

    async def mark_read(self, who: Principal, conversation_id: str) -> None:
        record = await self.reading.record(who.tenant_id, conversation_id)
        scene = await self.desk.scene(who.tenant_id)
        await self.desk.threads.change(
            record["thread_id"],
            Cause.request(who.tenant_id),
            lambda thread: agent_actions.mark_read(thread, conversation_id, scene),
            publish_later=True,
        )

    async def approve_draft(
        self, who: Principal, conversation_id: str, draft_id: str, text: str, key: RequestKey
    ) -> Message:
        """A repeat gives the message that the first time made."""
        if text:
            Words(text).check()
        record = await self.reading.record(who.tenant_id, conversation_id)
        contact = record["conversation"]["contact"]["phone_number"]
        objection = await self.numbers.objection(who.tenant_id, record["conversation"]["phone_number"])
        scene = await self.desk.scene_with_consent(who.tenant_id, contact)

        # Whoever repeats it without a key, or with another, is measured by the text alone.
        under_key = digest(key.value) if key.value else ""
        fingerprint = under_key + digest(text) if under_key else None

        def decide(thread: Thread) -> Any:
            if thread.draft and thread.draft.conversation_id != conversation_id:
                raise NotFound("not_found", "no such draft in this conversation")
            decision = approve_draft.approve_draft(thread, draft_id, Approval(text, who.user_id, fingerprint), scene)
            if objection:  # after what became of the draft: a repeat is told that, whatever the number can do now
                raise objection
            return decision

        cause = Cause.request(who.tenant_id, f"approve|{draft_id}", correlation_id=draft_id)
        change = await self.desk.threads.change(record["thread_id"], cause, decide, publish_later=True)
        if change.fresh:
            return change.answer
        made = await self.desk.messages.get(who.tenant_id, approve_draft.message_of_draft(draft_id))
        if made is None:
            raise Refused("message_forgotten", "this draft was approved, and its message is kept no longer")
        if fingerprint and made.digest and made.digest.startswith(under_key):
            require_same(made.digest, fingerprint)
        if text and made.text != text:
            raise Refused("draft_approved", "this draft has been approved already, with another text")
        return made

    async def reject_draft(self, who: Principal, conversation_id: str, draft_id: str) -> None:
        record = await self.reading.record(who.tenant_id, conversation_id)
        scene = await self.desk.scene(who.tenant_id)
        await self.desk.threads.change(
            record["thread_id"],
            Cause.request(who.tenant_id, f"reject|{draft_id}"),
            lambda thread: approve_draft.reject_draft(thread, draft_id, scene),
            publish_later=True,
        )

    async def _earlier(self, who: Principal, message_id: str, fingerprint: str, key: RequestKey) -> Message | None:
        """What the same key made before. Raises `Invalid` if it came with another body."""
        if key.value is None:
            return None
        message = await self.desk.messages.get(who.tenant_id, message_id)
        if message:
            require_same(message.digest, fingerprint)
        elif await self.desk.messages.was_forgotten(who.tenant_id, message_id):
            raise _forgotten()
        return message

    async def _made(self, who: Principal, message_id: str, fingerprint: str) -> Message:
        message = await self.desk.messages.get(who.tenant_id, message_id)
        if message is None:
            raise _forgotten()
        require_same(message.digest, fingerprint)
        return message


def _forgotten() -> Refused:
    detail = "this Idempotency-Key made a message that is kept no longer; nothing was sent now: use a new key"
    return Refused("message_forgotten", detail)


def _outgoing(who: Principal, message_id: str, words: Words, fingerprint: str | None, *, author: Author) -> Outgoing:
    """`fingerprint` only of a request with a key: nobody can name the others again, so nothing of them need be kept."""
    return Outgoing(
        message_id=message_id,
        text=words.text,
        author=author,
        media_urls=words.media_urls,
        user_id=who.user_id,
        digest=fingerprint,
    )


def _require_textable(contact: str) -> None:
    if not contact.startswith("+"):
        raise Refused("not_textable", "this sender is a short code or a name; it cannot be answered")
