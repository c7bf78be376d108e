"""What people do in a conversation: write, take over, close, hand back. They win over the assistant."""

from __future__ import annotations

from typing import Any

from conversation.domain.assistant.turn import end_turn
from conversation.domain.consent.state import is_out
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Card, Conversation, Thread
from conversation.domain.thread.send import Outgoing, decided_at, send
from shared.aggregates import Decision
from shared.errors import Refused


def write(thread: Thread, outgoing: Outgoing, scene: Scene, *, takes_over: bool) -> Decision[Thread]:
    """A person's (or another system's) message; the answer is the message. Raises `Refused("opted_out")`."""
    if is_out(thread, scene.consent):
        raise Refused("opted_out", "this person opted out of your texts; nothing can be sent to them")
    edit = Edit(thread, scene)
    by_person = takes_over or outgoing.author == "agent"
    interrupts = by_person and thread.turn.state != "idle"
    if interrupts:
        end_turn(edit, "person_replied")
    message = send(edit, outgoing, decided_at(edit))
    edit.update(message.conversation_id, state="open")
    if by_person:
        edit.update(message.conversation_id, unread=0, needs_person=None)
    if takes_over or interrupts:
        edit.update(message.conversation_id, ai_mode="off")
    return edit.done(message)


def patch(thread: Thread, conversation_id: str, wanted: dict[str, Any], scene: Scene) -> Decision[Thread]:
    """Change what `wanted` names: ai_mode, assignee, state, guide, assistant_id. Raises `Refused`."""
    conversation = present(thread, conversation_id)
    changes = dict(wanted)
    if changes.get("assignee") and "ai_mode" not in changes and changes["assignee"] != conversation.assignee:
        changes["ai_mode"] = "off"
    gives_back = "ai_mode" in wanted and wanted["ai_mode"] != "off"
    if gives_back or changes.get("state") == "closed":
        changes["needs_person"] = None
    edit = Edit(thread, scene)
    edit.update(conversation, **changes)
    silenced = changes.get("ai_mode") == "off" or changes.get("state") == "closed"
    if silenced and thread.turn.conversation_id == conversation_id:
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
    """The contact was renamed, or facts about them changed."""
    if card.revision <= thread.card.revision:
        return None
    edit = Edit(thread.but(card=card), scene)
    for conversation in thread.conversations:
        edit.update(conversation)
    return edit.done()


def present(thread: Thread, conversation_id: str) -> Conversation:
    conversation = thread.conversation(conversation_id)
    if conversation is None:
        detail = "this conversation is long over and can only be read; the thread goes on in a newer one"
        raise Refused("conversation_archived", detail)
    return conversation


def require_latest(thread: Thread, conversation_id: str) -> None:
    """A text joins the latest conversation: writing into an older one would land elsewhere."""
    latest = thread.latest
    if latest and latest.id != conversation_id:
        raise Refused("conversation_superseded", f"the thread goes on in {latest.id}; write there")
