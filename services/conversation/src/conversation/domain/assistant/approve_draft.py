"""A person approves or rejects a draft. An approved draft is the agent's message: no newer text withdraws it."""

from __future__ import annotations

from dataclasses import dataclass

from conversation.domain.assistant.acts import carry_out, possible
from conversation.domain.assistant.turn import drop_draft
from conversation.domain.consent.state import is_out
from conversation.domain.judgement.judge import judge, judge_by_text, of_draft
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Draft, Thread
from conversation.domain.thread.send import Outgoing, check_length, decided_at, send
from conversation.labels.domain.book import NO_LABELS, LabelBook
from conversation.timeline.domain.entry import Change
from shared.aggregates import Decision
from shared.errors import NotFound, Refused
from shared.ids import derived_id


def message_of_draft(draft_id: str) -> str:
    """The message id of an approved draft: the same for every repeat."""
    return derived_id("msg", draft_id)


@dataclass(frozen=True)
class Approval:
    text: str
    """Sent instead of the draft's text, if not empty."""
    user_id: str | None
    digest: str | None = None
    """Fingerprint of the request, if it has an Idempotency-Key."""
    labels: LabelBook = NO_LABELS
    """The tenant's, now: a label may have been renamed or deleted while the draft was waiting."""


def approve_draft(thread: Thread, draft_id: str, approval: Approval, scene: Scene) -> Decision[Thread]:
    """Send the draft. Answers with the message. Raises `Refused`, `NotFound`."""
    draft = _waiting(thread, draft_id)
    if is_out(thread, scene.consent):
        raise Refused("opted_out", "this contact has opted out; no texts can be sent to them")
    text = approval.text or draft.text
    check_length(text)
    edit = Edit(thread, scene)
    causes = (*thread.turn.causes, draft.run_id)
    judge_by_text(edit, of_draft(draft), text, "edited")
    drop_draft(edit, "approved", judged=True)
    edit.tell(draft.conversation_id, _approved(draft, text))
    edit.change(turn=thread.turn.ended())
    conversation = edit.update(draft.conversation_id, unread=0)
    if (needs := conversation.needs_person) and not needs.paused:
        edit.update(conversation, needs_person=None)
    outgoing = Outgoing(
        message_of_draft(draft_id), text, "agent", user_id=approval.user_id, causes=causes, digest=approval.digest,
        why=draft.why,
    )  # fmt: skip
    message = send(edit, outgoing, decided_at(edit))
    carry_out(edit, message.conversation_id, possible(draft.acts, approval.labels), draft.run_id)
    return edit.done(message)


def reject_draft(thread: Thread, draft_id: str, scene: Scene, reason: str = "") -> Decision[Thread] | None:
    """Drop the draft; the reason stands in the timeline. None if it was rejected before.

    Raises `Refused`, `NotFound`.
    """
    if _fate(thread, draft_id) == "rejected":
        return None
    draft = _waiting(thread, draft_id)
    edit = Edit(thread, scene)
    judge(edit, of_draft(draft), "rejected")
    drop_draft(edit, "rejected", judged=True)
    said = f"draft rejected: {reason}" if reason else "draft rejected"
    edit.tell(draft.conversation_id, Change(what="draft_rejected", summary=said))
    edit.change(turn=thread.turn.ended())
    return edit.done()


def _approved(draft: Draft, text: str) -> Change:
    what = "draft_approved" if text == draft.text else "draft_edited"
    summary = "draft approved" if what == "draft_approved" else "draft edited and sent"
    return Change(what=what, summary=summary, message_id=message_of_draft(draft.id))


def _waiting(thread: Thread, draft_id: str) -> Draft:
    if thread.draft and thread.draft.id == draft_id:
        return thread.draft
    past = _fate(thread, draft_id)
    if past == "superseded":
        raise Refused("draft_superseded", "the conversation changed after this draft was made; read it again")
    if past:
        raise Refused(f"draft_{past}", f"this draft was already {past}")
    raise NotFound("not_found", "this conversation has no such draft")


def _fate(thread: Thread, draft_id: str) -> str | None:
    return next((past.fate for past in thread.past_drafts if past.id == draft_id), None)
