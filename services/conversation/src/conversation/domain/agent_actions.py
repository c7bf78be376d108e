"""Actions of people in a conversation: write, take over, close, give back. They override the assistant."""

from __future__ import annotations

from typing import Any

from conversation.domain.assistant.turn import drop_draft, end_turn
from conversation.domain.consent.state import is_out
from conversation.domain.judgement.judge import judge_by_text, of_draft
from conversation.domain.judgement.silent_answers import compare_with
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Card, Conversation, Thread
from conversation.domain.thread.send import Outgoing, decided_at, send
from shared.aggregates import Decision
from shared.errors import Refused


def write(thread: Thread, outgoing: Outgoing, scene: Scene, *, takes_over: bool) -> Decision[Thread]:
    """Send a message of a person or program. Answers with the message. Raises `Refused("opted_out")`."""
    if is_out(thread, scene.consent):
        raise Refused("opted_out", "this contact has opted out; no texts can be sent to them")
    edit = Edit(thread, scene)
    by_person = takes_over or outgoing.author == "agent"
    interrupts = by_person and thread.turn.state != "idle" and not thread.turn.shadow
    if by_person:
        _judge_answers(edit, outgoing.text)
    if by_person and thread.turn.state != "idle":
        end_turn(edit, "person_replied")
    message = send(edit, outgoing, decided_at(edit))
    edit.update(message.conversation_id, state="open")
    if by_person:
        edit.update(message.conversation_id, unread=0, needs_person=None)
    if takes_over or interrupts:
        edit.update(message.conversation_id, ai_mode="off")
    return edit.done(message)


def _judge_answers(edit: Edit, text: str) -> None:
    """A person wrote: instead of approving the draft, or beside the assistant, or after it."""
    if draft := edit.thread.draft:
        judge_by_text(edit, of_draft(draft), text, "replaced")
        drop_draft(edit, "superseded", judged=True)
    compare_with(edit, text)


def patch(thread: Thread, conversation_id: str, wanted: dict[str, Any], scene: Scene) -> Decision[Thread] | None:
    """Change what `wanted` names: ai_mode, assignee, state, guide, assistant_id. None if all of it is so already.

    Raises `Refused`.
    """
    conversation = present(thread, conversation_id)
    changes = dict(wanted)
    if changes.get("assignee") and "ai_mode" not in changes and changes["assignee"] != conversation.assignee:
        changes["ai_mode"] = "off"
    gives_back = "ai_mode" in wanted and wanted["ai_mode"] != "off"
    if gives_back or changes.get("state") == "closed":
        changes["needs_person"] = None
    silences = changes.get("ai_mode") == "off" or changes.get("state") == "closed"
    ends_turn = silences and thread.turn.conversation_id == conversation_id
    if conversation.but(**changes) == conversation and not ends_turn:
        return None
    edit = Edit(thread, scene)
    edit.update(conversation, **changes)
    if ends_turn:
        end_turn(edit, "taken_over")
    return edit.done()


def mark_read(thread: Thread, conversation_id: str, scene: Scene) -> Decision[Thread] | None:
    conversation = present(thread, conversation_id)
    if conversation.unread == 0:
        return None
    edit = Edit(thread, scene)
    edit.update(conversation, unread=0)
    return edit.done()


def with_card(thread: Thread, card: Card, scene: Scene) -> Decision[Thread] | None:
    """The contact's card has changed. None if the thread has this revision or a newer one."""
    if card.revision <= thread.card.revision:
        return None
    edit = Edit(thread.but(card=card), scene)
    for conversation in thread.conversations:
        edit.touch(conversation.id)
    return edit.done()


def present(thread: Thread, conversation_id: str) -> Conversation:
    conversation = thread.conversation(conversation_id)
    if conversation is None:
        detail = "this conversation is archived and read-only; continue in the latest one with this contact"
        raise Refused("conversation_archived", detail)
    return conversation


def require_latest(thread: Thread, conversation_id: str) -> None:
    """Raises `Refused`: a text joins the latest conversation, so it cannot be written into an older one."""
    latest = thread.latest
    if latest and latest.id != conversation_id:
        raise Refused("conversation_superseded", f"this contact has a newer conversation, {latest.id}; write there")
