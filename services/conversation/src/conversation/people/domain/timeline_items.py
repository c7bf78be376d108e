"""One item of a contact's timeline, from a row of each collection that it is read from."""

from __future__ import annotations

from typing import Any

from conversation.activities.domain.activity import Activity
from conversation.domain.thread.model import Message
from conversation.timeline.domain.entry import TimelineEntry

Wire = dict[str, Any]
Row = dict[str, Any]
SUMMARY = 300
NOTES = "workflow"
"""The channel of notes that workflow runs leave when they hand over."""


def message(row: Row) -> Wire:
    one = Message.read(row["message"])
    pictures = f"[{len(one.media)} attached]" if one.media else ""
    words = " ".join(part for part in (one.text[:SUMMARY], pictures) if part)
    return _item(
        row, "sms", "sms", words,
        direction=one.direction, conversation_id=one.conversation_id, message_id=one.id,
    )  # fmt: skip


def activity(row: Row) -> Wire:
    one = Activity.read(row)
    kind = "note" if one.channel == NOTES else "activity"
    return _item(
        row, kind, one.channel, one.summary,
        direction=one.direction, text=one.text or None, link=one.link, thread_key=one.thread_key,
    )  # fmt: skip


def consent(row: Row) -> Wire:
    said = {"out": "opted out", "in": "opted in"}[row["state"]]
    evidence = row["evidence"]
    words = f"{row['contact']} {said}" + (f": {evidence['text']}" if evidence.get("text") else "")
    return _item(
        row, "consent", "sms", words[:SUMMARY],
        message_id=evidence.get("message_id"), user_id=evidence.get("user_id"),
    )  # fmt: skip


def entry(row: Row) -> Wire:
    """A note is shown whole."""
    one = TimelineEntry.read(row)
    return _item(
        row, one.kind, one.channel, one.summary,
        direction=one.direction, link=one.link, message_id=one.message_id, user_id=one.user_id,
        conversation_id=one.conversation_id if one.thread_id else None,
    )  # fmt: skip


def _item(row: Row, kind: str, channel: str, summary: str, **more: Any) -> Wire:
    """The shape that every item has; what a kind does not have is null."""
    blank = dict.fromkeys(("text", "link", "thread_key", "conversation_id", "message_id", "user_id"))
    return {
        "id": row["id"], "kind": kind, "channel": channel, "at": row["at"], "direction": "none", "summary": summary,
        **blank, **more,
    }  # fmt: skip
