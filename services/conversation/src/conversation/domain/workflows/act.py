"""A workflow run did something in this thread. Acts and texts may come in any order, and lead to the same thread."""

from __future__ import annotations

from datetime import datetime

from conversation.domain.assistant.needs_person import ask_for_person, paused
from conversation.domain.assistant.turn import count_text, drop_texts, open_turn, opens_turn, release
from conversation.domain.campaign_replies import follow_from
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import ACTIVITIES, Edit
from conversation.domain.thread.model import Message, RunWait, Thread
from conversation.domain.thread.timeline import LEFT
from conversation.domain.workflows.waits import with_claims, with_wait
from conversation.timeline.domain.entry import WORKFLOW
from shared.aggregates import Decision
from shared.blank_text import is_blank
from shared.consent import read_consent
from shared.events import WorkflowActed
from shared.ids import derived_id

CHANNEL = "workflow"


def act(thread: Thread, event: WorkflowActed, scene: Scene) -> Decision[Thread] | None:
    """None if it changes nothing."""
    edit = Edit(thread, scene)
    if event.action == "took":
        edit.thread = with_claims(edit.thread, event.message_ids, event.at, to_assistant=False)
        drop_texts(edit, "taken_by_workflow")
    else:
        waits = event.action == "awaits"
        wait = RunWait(
            run_id=event.run_id, revision=event.revision, at=event.at, until=event.until if waits else None, open=waits
        )
        edit.thread = with_wait(edit.thread, wait)
    if event.action == "awaits":
        follow_from(edit, event.at)
    elif event.action == "hand_over":
        _hand_over(edit, event)
    release(edit)
    return edit.done() if edit.thread != thread or edit.is_dirty else None


def _hand_over(edit: Edit, event: WorkflowActed) -> None:
    if event.note:
        edit.record(ACTIVITIES, _note(edit.thread, event))
    if event.to == "person":
        conversation = edit.update(edit.join(event.at), state="open")
        ask_for_person(edit, conversation, paused("hand_over", event.at, event.note), WORKFLOW)
        return
    edit.thread = with_claims(edit.thread, event.message_ids, event.at, to_assistant=True)
    for id in event.message_ids:
        _ask_assistant(edit, edit.thread.message(id))


def _ask_assistant(edit: Edit, text: Message | None) -> None:
    """Each text counts once here, whether it has arrived or not: the number of a turn must not depend on the order."""
    if text and _may_be_answered(text) and not _was_answered(edit, text) and opens_turn(edit, text):
        open_turn(edit, text)
    else:
        count_text(edit)


def _may_be_answered(text: Message) -> bool:
    """As when it arrived: neither a keyword nor a wish, nobody else addressed, and written by the customer."""
    if text.direction != "inbound" or text.keyword or text.kind or text.others:
        return False
    return read_consent(text.text).reading == "none" and (bool(text.media) or not is_blank(text.text))


def _was_answered(edit: Edit, text: Message) -> bool:
    theirs = (one for one in edit.thread.messages if one.author == "assistant" and one.place > text.place)
    return any(one.status in LEFT for one in theirs)


def _note(thread: Thread, event: WorkflowActed) -> dict[str, str | int | datetime | None]:
    """Filed among the customer's activities, where the timeline and the assistant find it."""
    return {
        "id": derived_id("act", thread.tenant_id, event.run_id, str(event.revision)),
        "revision": 1,
        "tenant_id": thread.tenant_id,
        "contact_id": thread.card.id,
        "channel": CHANNEL,
        "at": event.at,
        "phone_number": thread.contact,
        "email": None,
        "external_id": None,
        "name": None,
        "summary": event.note,
        "link": None,
    }
