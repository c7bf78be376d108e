"""Follow-ups that the assistant planned: sent in time, or cancelled by a text of the customer or of a person."""

from __future__ import annotations

from conversation.domain.assistant.limits import exceeded_limit, with_ai_message
from conversation.domain.assistant.mode import effective_mode
from conversation.domain.consent.state import is_out
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Thread
from conversation.domain.thread.planned import FollowUp
from conversation.domain.thread.send import Outgoing, decided_at, send
from conversation.timeline.domain.entry import ASSISTANT, SYSTEM, Change
from shared.aggregates import Decision
from shared.ids import derived_id
from shared.local_time.windows import opens_at


def cancel_follow_up(edit: Edit, why: str) -> None:
    """Nothing happens where none is planned."""
    plan = edit.thread.follow_up
    if plan is None:
        return
    edit.change(follow_up=None)
    if edit.thread.conversation(plan.conversation_id):
        edit.touch(plan.conversation_id)
        edit.tell(plan.conversation_id, Change(what="follow_up", summary=f"follow-up cancelled: {why}", by=SYSTEM))


def follow_up_due(thread: Thread, scene: Scene) -> Decision[Thread] | None:
    """None if nothing is due."""
    plan = thread.follow_up
    if plan is None or plan.at > scene.now:
        return None
    edit = Edit(thread, scene)
    opens = opens_at(thread.contact, scene.tenant.quiet_hours, scene.now)
    if why := _objection(thread, plan, scene):
        cancel_follow_up(edit, why)
    elif opens > scene.now:  # the process was away, and it is late where the customer is
        edit.change(follow_up=plan.but(at=opens))
    else:
        _send(edit, plan)
    return edit.done()


def _objection(thread: Thread, plan: FollowUp, scene: Scene) -> str:
    """Why it is not sent any more; "" if it is."""
    conversation = thread.conversation(plan.conversation_id)
    if is_out(thread, scene.consent):
        return "the contact has opted out"
    if conversation is None or effective_mode(conversation, scene.tenant) == "off":
        return "a person answers here"
    if exceeded_limit(thread, scene.tenant, scene.now):
        return "the assistant has sent as many texts as it may"
    return ""


def _send(edit: Edit, plan: FollowUp) -> None:
    edit.change(follow_up=None)
    outgoing = Outgoing(
        message_id=derived_id("msg", plan.id), text=plan.text, author="assistant", causes=(plan.run_id,)
    )
    message = send(edit, outgoing, decided_at(edit))
    edit.thread = with_ai_message(edit.thread, edit.scene.now)
    sent = Change(what="follow_up", summary="follow-up sent", by=ASSISTANT, message_id=message.id)
    edit.tell(message.conversation_id, sent)
