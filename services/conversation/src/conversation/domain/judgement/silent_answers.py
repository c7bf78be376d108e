"""Shadow: the assistant answers silently where people answer, and is compared with what they send in the same turn.

A silent answer is never sent or shown. The customer's next text makes it void, because it answers another question.
"""

from __future__ import annotations

from datetime import timedelta

from conversation.domain.assistant.mode import effective_mode
from conversation.domain.judgement.judge import Judged, judge, judge_by_text, origin_of
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Conversation, SilentAnswer
from shared.blank_text import is_blank
from shared.events import ReplyDrafted, TenantChanged

CORRECTED_WITHIN = timedelta(minutes=10)
"""A person who writes later than this after an automatic answer has something new to say."""


def is_shadowed(conversation: Conversation, tenant: TenantChanged) -> bool:
    """Whether the assistant answers silently here: people answer, and somebody wants the comparison."""
    wanted = tenant.shadow if conversation.shadow is None else conversation.shadow
    open_here = conversation.state == "open" and tenant.status == "active"
    return wanted and open_here and effective_mode(conversation, tenant) == "off"


def keep_silent_answer(edit: Edit, drafted: ReplyDrafted) -> None:
    """A failure and the text for outside business hours say nothing about the assistant's words: they are not kept."""
    turn = edit.thread.turn
    edit.change(turn=turn.ended())
    if drafted.outcome == "failure" or drafted.say_once_in_hours:
        return
    answers = drafted.outcome == "reply" and not is_blank(drafted.text)
    silent = SilentAnswer(
        conversation_id=drafted.conversation_id,
        turn=turn.n,
        origin=origin_of(drafted),
        text=drafted.text.strip() if answers else "",
        created_at=edit.scene.now,
    )
    edit.change(silent=silent)


def compare_with(edit: Edit, sent: str) -> None:
    """A person wrote this: compare it with the answers of the assistant to the same texts of the customer."""
    thread, now = edit.thread, edit.scene.now
    if (silent := thread.silent) and silent.turn == thread.turn.n:
        judged = Judged(origin=silent.origin, conversation_id=silent.conversation_id, mode="shadow", text=silent.text)
        if silent.text:
            judge_by_text(edit, judged, sent, "replaced")
        else:
            judge(edit, judged, "handed_over")
    if (before := thread.sent_answer) and before.turn == thread.turn.n and now <= before.at + CORRECTED_WITHIN:
        answer = thread.message(before.message_id)
        judged = Judged(
            origin=before.origin,
            conversation_id=before.conversation_id,
            mode="auto",
            text=answer.text if answer else "",
        )
        judge_by_text(edit, judged, sent, "replaced")
    if thread.silent or thread.sent_answer:
        edit.change(silent=None, sent_answer=None)
