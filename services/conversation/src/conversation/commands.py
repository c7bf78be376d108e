"""Requests that change something: each changes one thread and is answered after the thread's records are filed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from conversation.domain import agent_actions
from conversation.domain.assistant.approve_draft import Approval, approve_draft, message_of_draft, reject_draft
from conversation.domain.snooze import check_snooze
from conversation.domain.thread.context import Scene
from conversation.domain.thread.model import Message, Thread
from conversation.domain.thread.send import Outgoing, check_length
from conversation.labels.requests import Labels
from conversation.media.uploads import Uploads
from conversation.numbers import Numbers
from conversation.queries import Queries
from conversation.references import References
from conversation.resources import Resources
from conversation.timeline.actors import actor_of
from shared.access.gate import Principal
from shared.aggregates import Cause
from shared.blank_text import is_blank
from shared.control_characters import refuse_control_characters
from shared.database.protocol import Document
from shared.errors import Invalid, NotFound, Refused
from shared.events import Author
from shared.http.idempotency import RequestKey, digest, require_same
from shared.phone import to_e164

SEND = "conversation messages"
START = "conversations"


@dataclass(frozen=True)
class Content:
    """The text and pictures of a message."""

    text: str
    media_urls: tuple[str, ...] = ()
    media_ids: tuple[str, ...] = ()
    """Of uploads."""

    @property
    def media(self) -> tuple[str, ...]:
        return (*self.media_urls, *self.media_ids)

    @property
    def meaning(self) -> list[Any]:
        """For fingerprints, which must not change for a message without uploads."""
        return [self.text, self.media_urls, *([self.media_ids] if self.media_ids else [])]

    def check(self) -> None:
        if is_blank(self.text) and not self.media:
            raise Invalid("empty_message", "a message needs visible text, an upload or at least one media URL")
        refuse_control_characters(self.text)
        check_length(self.text)


@dataclass(frozen=True)
class NewConversation:
    """Recipient and sending number. A national number is read in the tenant's default region."""

    to: str
    from_number: str | None = None
    hints: dict[str, str | None] = field(default_factory=dict[str, str | None])


@dataclass(frozen=True)
class Commands:
    resources: Resources
    numbers: Numbers
    queries: Queries
    references: References
    labels: Labels
    uploads: Uploads

    async def start(self, who: Principal, new: NewConversation, content: Content, key: RequestKey) -> Message:
        """Send a text to a number: resumes its conversation or opens one. Returns the message."""
        content.check()
        tenant = await self.resources.tenant(who.tenant_id)
        contact = to_e164(new.to, tenant.default_region)
        wanted = to_e164(new.from_number, tenant.default_region) if new.from_number else None
        number = await self.numbers.sending_number(who.tenant_id, wanted)
        if number == contact:
            raise Invalid("own_number", "`to` and the sending number are the same")
        fingerprint = digest([new.to, new.from_number, new.hints, *content.meaning])
        message_id = key.id_for("msg", who.tenant_id, START)
        earlier = await self._earlier(who, message_id, fingerprint, key)
        # A message may be filed before its conversation is; the change below then files what is missing.
        if earlier is not None and await self.queries.is_filed(who.tenant_id, earlier.conversation_id):
            return earlier
        if objection := await self.numbers.objection(who.tenant_id, number, content.media):
            raise objection
        media = await self.uploads.media_for(who.tenant_id, content.media_urls, content.media_ids)
        card = await self.resources.people.fill(who.tenant_id, contact, new.hints, self.resources.clock.now())
        scene = await self._scene_with_consent(who, contact, message_id)
        author: Author = "agent" if who.user_id else "api"  # an API key may start a conversation without taking it over
        outgoing = _outgoing(who, message_id, content, fingerprint if key.value else None, author=author)
        outgoing = replace(outgoing, media=media)
        change = await self.resources.threads.between(
            key.cause(who.tenant_id, START, message_id),
            number,
            contact,
            lambda thread: agent_actions.write(thread.knowing(card), outgoing, scene, takes_over=False),
            publish_later=True,
        )
        return change.answer if change.fresh else await self._made(who, message_id, fingerprint)

    async def send(self, who: Principal, conversation_id: str, content: Content, key: RequestKey) -> Message:
        content.check()
        record = await self.queries.record(who.tenant_id, conversation_id)
        route = f"{SEND}|{conversation_id}"
        fingerprint = digest(content.meaning)
        message_id = key.id_for("msg", who.tenant_id, route)
        if (earlier := await self._earlier(who, message_id, fingerprint, key)) is not None:
            return earlier
        contact = record["conversation"]["contact"]["phone_number"]
        _require_textable(contact)
        if objection := await self.numbers.objection(
            who.tenant_id, record["conversation"]["phone_number"], content.media
        ):
            raise objection
        media = await self.uploads.media_for(who.tenant_id, content.media_urls, content.media_ids)
        scene = await self._scene_with_consent(who, contact, message_id)
        outgoing = _outgoing(who, message_id, content, fingerprint if key.value else None, author="agent")
        outgoing = replace(outgoing, media=media)

        def decide(thread: Thread) -> Any:
            agent_actions.require_latest(thread, conversation_id)
            return agent_actions.write(thread, outgoing, scene, takes_over=True)

        cause = key.cause(who.tenant_id, route, message_id)
        change = await self.resources.threads.change(record["thread_id"], cause, decide, publish_later=True)
        return change.answer if change.fresh else await self._made(who, message_id, fingerprint)

    async def patch(self, who: Principal, conversation_id: str, wanted: dict[str, Any]) -> None:
        """Change what `agent_actions.patch` can change."""
        record = await self.queries.record(who.tenant_id, conversation_id)
        if not wanted:
            return
        await self.references.check(who.tenant_id, wanted, record["conversation"])
        wanted = await self.checked(who, wanted)
        await self.apply(who, record, wanted)
        await self.keep_known(who, wanted)

    async def checked(self, who: Principal, wanted: dict[str, Any]) -> dict[str, Any]:
        """What a patch names, with the tenant's spelling of labels; new ones are made. Raises `Invalid`."""
        check_snooze(wanted.get("snoozed_until"), self.resources.clock.now())
        given = [key for key in ("labels", "add_labels") if wanted.get(key)]
        named = {key: await self.labels.known_as(who, wanted[key]) for key in given}
        if removed := wanted.get("remove_labels"):  # need not be known
            book = await self.labels.of_tenant(who.tenant_id)
            named["remove_labels"] = [book.name_of(text) for text in removed]
        return {**wanted, **named}

    async def keep_known(self, who: Principal, wanted: dict[str, Any]) -> None:
        """Once a checked patch is applied: a label that was deleted or renamed meanwhile is made anew, because the
        change may have come too late to lose it."""
        for given in (wanted.get("labels"), wanted.get("add_labels")):
            await self.labels.known_as(who, given or ())

    async def apply(self, who: Principal, record: Document, wanted: dict[str, Any], cause: Cause | None = None) -> None:
        """Change a conversation as a checked patch says."""
        scene = await self._scene(who)
        await self.resources.threads.change(
            record["thread_id"],
            cause or Cause.request(who.tenant_id),
            lambda thread: agent_actions.patch(thread, record["id"], wanted, scene),
            publish_later=True,
        )

    async def mark(self, who: Principal, conversation_id: str, *, read: bool) -> None:
        """As read or unread: for the user who asks; or, by an API key, for all."""
        record = await self.queries.record(who.tenant_id, conversation_id)
        now = self.resources.clock.now()
        if who.user_id:
            marks = self.resources.read_marks
            await marks.mark(who.tenant_id, who.user_id, record["conversation"], now, read=read)
            return
        scene = await self._scene(who)
        decide = agent_actions.mark_read if read else agent_actions.mark_unread
        await self.resources.threads.change(
            record["thread_id"],
            Cause.request(who.tenant_id),
            lambda thread: decide(thread, conversation_id, scene),
            publish_later=True,
        )

    async def approve_draft(
        self, who: Principal, conversation_id: str, draft_id: str, text: str, key: RequestKey
    ) -> Message:
        """Send the draft. A repeated request returns the message of the first one."""
        if text:
            Content(text).check()
        record = await self.queries.record(who.tenant_id, conversation_id)
        contact = record["conversation"]["contact"]["phone_number"]
        objection = await self.numbers.objection(who.tenant_id, record["conversation"]["phone_number"])
        scene = await self._scene_with_consent(who, contact)
        labels = await self.labels.of_tenant(who.tenant_id)

        # A repeat without a key, or with another one, is compared by its text alone.
        under_key = digest(key.value) if key.value else ""
        fingerprint = under_key + digest(text) if under_key else None

        def decide(thread: Thread) -> Any:
            if thread.draft and thread.draft.conversation_id != conversation_id:
                raise NotFound("not_found", "this conversation has no such draft")
            decision = approve_draft(thread, draft_id, Approval(text, who.user_id, fingerprint, labels), scene)
            if objection:  # only now: a repeat gets the first outcome, even if the number has changed
                raise objection
            return decision

        cause = Cause.request(who.tenant_id, f"approve|{draft_id}", correlation_id=draft_id)
        change = await self.resources.threads.change(record["thread_id"], cause, decide, publish_later=True)
        if change.fresh:
            return change.answer
        made = await self.resources.messages.get(who.tenant_id, message_of_draft(draft_id))
        if made is None:
            raise Refused("message_forgotten", "the approved message was deleted after the retention period")
        if fingerprint and made.digest and made.digest.startswith(under_key):
            require_same(made.digest, fingerprint)
        if text and made.text != text:
            raise Refused("draft_approved", "this draft was already approved with another text")
        return made

    async def reject_draft(self, who: Principal, conversation_id: str, draft_id: str, reason: str) -> None:
        refuse_control_characters(reason)
        record = await self.queries.record(who.tenant_id, conversation_id)
        scene = await self._scene(who)
        await self.resources.threads.change(
            record["thread_id"],
            Cause.request(who.tenant_id, f"reject|{draft_id}"),
            lambda thread: reject_draft(thread, draft_id, scene, reason),
            publish_later=True,
        )

    async def _scene(self, who: Principal) -> Scene:
        return replace(await self.resources.scene(who.tenant_id), by=actor_of(who))

    async def _scene_with_consent(self, who: Principal, contact: str, correlation_id: str = "") -> Scene:
        scene = await self.resources.scene_with_consent(who.tenant_id, contact, correlation_id)
        return replace(scene, by=actor_of(who))

    async def _earlier(self, who: Principal, message_id: str, fingerprint: str, key: RequestKey) -> Message | None:
        """The message that the same key created before. Raises `Invalid` if the body differs."""
        if key.value is None:
            return None
        message = await self.resources.messages.get(who.tenant_id, message_id)
        if message:
            require_same(message.digest, fingerprint)
        elif await self.resources.messages.was_forgotten(who.tenant_id, message_id):
            raise _forgotten()
        return message

    async def _made(self, who: Principal, message_id: str, fingerprint: str) -> Message:
        message = await self.resources.messages.get(who.tenant_id, message_id)
        if message is None:
            raise _forgotten()
        require_same(message.digest, fingerprint)
        return message


def _forgotten() -> Refused:
    detail = (
        "the message of this Idempotency-Key was deleted after the retention period; nothing was sent, use a new key"
    )
    return Refused("message_forgotten", detail)


def _outgoing(
    who: Principal, message_id: str, content: Content, fingerprint: str | None, *, author: Author
) -> Outgoing:
    """`fingerprint`: only of a request with an Idempotency-Key, for only such a request can be repeated."""
    return Outgoing(
        message_id=message_id,
        text=content.text,
        author=author,
        user_id=who.user_id,
        digest=fingerprint,
    )


def _require_textable(contact: str) -> None:
    if not contact.startswith("+"):
        raise Refused("not_textable", "this sender is a short code or a name and cannot receive texts")
