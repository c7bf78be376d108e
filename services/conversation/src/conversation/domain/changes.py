"""What a request changed in a conversation, told one by one for the timeline."""

from __future__ import annotations

from collections.abc import Iterator

from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Conversation
from conversation.labels.domain.label_list import with_labels
from conversation.timeline.domain.entry import Change


def tell_changes(edit: Edit, before: Conversation) -> None:
    """File what differs from `before` in the conversation as it is now."""
    for change in changes_between(before, edit.conversation(before.id)):
        edit.tell(before, change)


def changes_between(before: Conversation, after: Conversation) -> Iterator[Change]:
    if before.assignee != after.assignee:
        yield _assigned(after)
    if before.ai_mode != after.ai_mode:
        mode = f"set to {after.ai_mode}" if after.ai_mode else "left to the tenant's setting"
        yield Change(what="ai_mode", summary=f"assistant mode {mode}")
    if before.shadow != after.shadow:
        silent = "left to the tenant's setting" if after.shadow is None else "on" if after.shadow else "off"
        yield Change(what="ai_mode", summary=f"silent answers {silent}")
    if before.state != after.state:
        closed = after.state == "closed"
        yield Change(what="closed" if closed else "reopened", summary="closed" if closed else "reopened")
    if before.assistant_id != after.assistant_id:
        yield Change(what="assistant", summary=f"assistant set to {after.assistant_id or 'the default'}")
    if before.guide != after.guide:
        yield Change(what="guide", summary="guide changed" if after.guide else "guide removed")
    yield from _labelled(before, after)


def _assigned(after: Conversation) -> Change:
    if after.assignee:
        return Change(what="assigned", summary=f"assigned to {after.assignee}")
    return Change(what="unassigned", summary="no longer assigned")


def _labelled(before: Conversation, after: Conversation) -> Iterator[Change]:
    if added := with_labels(after.labels, removed=before.labels):
        yield Change(what="labelled", summary=f"labelled {', '.join(added)}")
    if removed := with_labels(before.labels, removed=after.labels):
        yield Change(what="unlabelled", summary=f"label removed: {', '.join(removed)}")
