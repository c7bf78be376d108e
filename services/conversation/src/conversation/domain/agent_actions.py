"""Actions of people in a conversation: write, take over, close, give back. They override the assistant."""

from __future__ import annotations

from typing import Any

from conversation.domain.assistant.follow_ups import cancel_follow_up
from conversation.domain.assistant.turn import drop_draft, end_turn
from conversation.domain.changes import tell_changes
from conversation.domain.consent.state import is_out
from conversation.domain.judgement.judge import judge_by_text, of_draft
from conversation.domain.judgement.silent_answers import compare_with
from conversation.domain.snooze import snooze
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Card, Conversation, Message, Thread
from conversation.domain.thread.send import Outgoing, decided_at, send
from conversation.labels.domain.label_list import MOST_LABELS, with_labels
from shared.aggregates import Decision
from shared.errors import Invalid, Refused


def write(thread: Thread, outgoing: Outgoing, scene: Scene, *, takes_over: bool) -> Decision[Thread]:
    """Send a message of a person or program. Answers with the message. Raises `Refused("opted_out")`."""
    if is_out(thread, scene.consent):
        raise Refused("opted_out", "this contact has opted out; no texts can be sent to them")
    edit = Edit(thread, scene)
    by_person = takes_over or outgoing.author == "agent"
    interrupts = by_person and thread.turn.state != "idle" and not thread.turn.shadow
    if by_person:
        cancel_follow_up(edit, "a person wrote")
        _judge_answers(edit, outgoing.text)
    if by_person and thread.turn.state != "idle":
        end_turn(edit, "person_replied")
    message = send(edit, outgoing, decided_at(edit))
    before = edit.conversation(message.conversation_id)
    edit.update(before, state="open")
    if by_person:
        edit.update(before, unread=0, needs_person=None)
    if takes_over or interrupts:
        edit.update(before, ai_mode="off")
    tell_changes(edit, before)
    return edit.done(_marked(edit, message, opened=edit.thread.periods > thread.periods))


def _marked(edit: Edit, message: Message, *, opened: bool) -> Message:
    return edit.file(message.but(opened=True)) if opened else message


def _judge_answers(edit: Edit, text: str) -> None:
    """A person wrote: instead of approving the draft, or beside the assistant, or after it."""
    if draft := edit.thread.draft:
        judge_by_text(edit, of_draft(draft), text, "replaced")
        drop_draft(edit, "superseded", judged=True)
    compare_with(edit, text)


def patch(thread: Thread, conversation_id: str, wanted: dict[str, Any], scene: Scene) -> Decision[Thread] | None:
    """Change what `wanted` names: ai_mode, assignee, state, guide, assistant_id, labels, add_labels, remove_labels,
    snoozed_until. None if all of it is so already.

    Raises `Refused`, `Invalid("too_many_labels")`.
    """
    conversation = present(thread, conversation_id)
    changes = _with_labels(conversation, wanted)
    until = changes.pop("snoozed_until", conversation.snoozed_until)
    if changes.get("assignee") and "ai_mode" not in changes and changes["assignee"] != conversation.assignee:
        changes["ai_mode"] = "off"
    gives_back = "ai_mode" in wanted and wanted["ai_mode"] != "off"
    if gives_back or changes.get("state") == "closed":
        changes["needs_person"] = None
    if changes.get("state") == "closed":
        changes["snoozed_until"] = until = None
    silences = changes.get("ai_mode") == "off" or changes.get("state") == "closed"
    ends_turn = silences and thread.turn.conversation_id == conversation_id
    if conversation.but(**{**changes, "snoozed_until": until}) == conversation and not ends_turn:
        return None
    edit = Edit(thread, scene)
    changed = edit.update(conversation, **changes)
    tell_changes(edit, conversation)
    snooze(edit, changed, until)
    if silences:
        cancel_follow_up(edit, "a person took over")
    if ends_turn:
        end_turn(edit, "taken_over")
    return edit.done()


def _with_labels(conversation: Conversation, wanted: dict[str, Any]) -> dict[str, Any]:
    changes = dict(wanted)
    added, removed = changes.pop("add_labels", ()), changes.pop("remove_labels", ())
    if "labels" not in changes and not added and not removed:
        return changes
    whole = with_labels((), changes.get("labels", conversation.labels))
    labels = with_labels(whole, added, removed)
    if len(labels) > MOST_LABELS:
        raise Invalid("too_many_labels", f"a conversation has at most {MOST_LABELS} labels")
    return changes | {"labels": labels}


def mark_read(thread: Thread, conversation_id: str, scene: Scene) -> Decision[Thread] | None:
    """For everybody, as an API key does it. A user's own mark is not the thread's."""
    conversation = present(thread, conversation_id)
    if conversation.unread == 0:
        return None
    edit = Edit(thread, scene)
    edit.update(conversation, unread=0)
    return edit.done()


def mark_unread(thread: Thread, conversation_id: str, scene: Scene) -> Decision[Thread] | None:
    """For everybody. None where a text is unread already."""
    conversation = present(thread, conversation_id)
    if conversation.unread > 0:
        return None
    edit = Edit(thread, scene)
    edit.update(conversation, unread=1)
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
