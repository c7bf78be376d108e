"""Editing an assistant's draft, and which version is live. A published version never changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ai_responder.assistants.domain.assistant import (
    Assistant,
    AssistantContent,
    VersionEdit,
    VersionHead,
    WentLive,
)
from shared.aggregates import Decision, NewRecord
from shared.errors import NotFound, Refused

VERSIONS = "assistant_versions"
MOST_VERSIONS = 100
"""Of one assistant that can be listed and made live again; of more, the newest and the live one."""
MOST_NOTED = 10
"""Edits of one version, and times that it went live, that are kept: the latest."""
MOST_REQUESTS = 20
"""Publishes and rollbacks with an Idempotency-Key whose bodies are remembered: the latest."""


@dataclass(frozen=True)
class Editor:
    """The person who changes something, and when."""

    by: str
    at: datetime
    note: str = ""


def edit(assistant: Assistant, changes: dict[str, Any], expected: int | None, editor: Editor) -> Assistant:
    """The assistant with these fields changed in its draft; `expected` is the revision the caller has read, if it sent
    one. A draft that says what is live anyway is none.

    Raises `Refused("conflict" | "archived")`.
    """
    require_active(assistant)
    require_revision(assistant, expected)
    before = assistant.edited
    after = AssistantContent.read({**before.plain(), **changes})
    if after == before:
        return assistant
    edits = _with_edit(assistant.draft_edits, VersionEdit(at=editor.at, by=editor.by, fields=differing(before, after)))
    draft = None if after == assistant.live else after
    return _next(assistant, editor, draft=draft, draft_edits=edits if draft else ())


def publish(assistant: Assistant, editor: Editor, expected: int | None = None) -> Decision[Assistant]:
    """Make the draft the live version; `expected` is its number as the caller knows it.

    Raises `Refused("nothing_to_publish" | "conflict" | "archived")`.
    """
    require_active(assistant)
    number = assistant.draft_version
    if number is None or assistant.draft is None:
        raise Refused("nothing_to_publish", "nothing has changed since the live version; PATCH the assistant first")
    if expected not in (None, number):
        raise Refused("conflict", f"the draft is version {number} by now; read the assistant again")
    went = WentLive(at=editor.at, by=editor.by, note=editor.note)
    head = VersionHead(number=number, edits=assistant.draft_edits, went_live=(went,))
    after = _next(
        assistant, editor, live=assistant.draft, live_version=number, draft=None, draft_edits=(),
        versions=_bounded((*assistant.versions, head), number),
    )  # fmt: skip
    return Decision(after, records=(version_record(assistant), version_record(after)))


def make_live(assistant: Assistant, number: int, content: AssistantContent, editor: Editor) -> Decision[Assistant]:
    """Make a published version live again; `content` is what was filed of it. The draft stays.

    Raises `NotFound("unknown_version")`, `Refused("archived")`.
    """
    require_active(assistant)
    if number == assistant.live_version:
        return Decision(assistant)
    head = assistant.head(number)
    if head is None:
        raise unknown_version(number)
    went = WentLive(at=editor.at, by=editor.by, note=editor.note, rolled_back=True)
    head = head.but(went_live=(*head.went_live, went)[-MOST_NOTED:])
    heads = tuple(head if one.number == number else one for one in assistant.versions)
    draft = None if assistant.draft == content else assistant.draft
    after = _next(
        assistant, editor, live=content, live_version=number, versions=heads, draft=draft,
        draft_edits=assistant.draft_edits if draft else (),
    )  # fmt: skip
    return Decision(after, records=(version_record(assistant),))


def asked_by(decision: Decision[Assistant], request: str, body: str) -> Decision[Assistant]:
    """The same, remembering the digest of the body that came with this Idempotency-Key."""
    requests = (*decision.state.requests, (request, body))[-MOST_REQUESTS:]
    return replace(decision, state=decision.state.but(requests=requests))


def archive(assistant: Assistant, editor: Editor) -> Assistant:
    """Raises `Refused("default_assistant")`: the default one answers where no other does."""
    if assistant.is_default:
        raise Refused("default_assistant", "the default assistant answers where no other does; it cannot be deleted")
    return assistant if assistant.archived_at else _next(assistant, editor, archived_at=editor.at)


def require_revision(assistant: Assistant, expected: int | None) -> None:
    if expected is not None and expected != assistant.revision:
        raise Refused("conflict", f"the assistant has changed since (revision {assistant.revision} now); read it again")


def require_active(assistant: Assistant) -> None:
    if assistant.archived_at:
        raise Refused("archived", "this assistant was deleted; create another one")


def version_record(assistant: Assistant) -> NewRecord:
    """The live version as it is kept. Filed when it goes live and when another one does: what was there before there
    were versions is filed by then. The revision never grows, so the first filing stands."""
    number = assistant.live_version
    return NewRecord(
        VERSIONS,
        {
            "id": version_id(assistant.id, number),
            "revision": 1,
            "tenant_id": assistant.tenant_id,
            "assistant_id": assistant.id,
            "content": assistant.live.jsonable(),
        },
    )


def version_id(assistant_id: str, number: int) -> str:
    return f"{assistant_id}|{number}"


def unknown_version(number: int) -> NotFound:
    return NotFound("unknown_version", f"this assistant has no published version {number}")


def _next(assistant: Assistant, editor: Editor, **changes: Any) -> Assistant:
    return assistant.but(**changes, revision=assistant.revision + 1, updated_at=editor.at)


def differing(before: AssistantContent, after: AssistantContent) -> tuple[str, ...]:
    return tuple(name for name in before.__struct_fields__ if getattr(before, name) != getattr(after, name))


def _with_edit(edits: tuple[VersionEdit, ...], new: VersionEdit) -> tuple[VersionEdit, ...]:
    """Edits of one person in a row are one."""
    if edits and edits[-1].by == new.by:
        fields = tuple(dict.fromkeys((*edits[-1].fields, *new.fields)))
        return (*edits[:-1], new.but(fields=fields))
    return (*edits, new)[-MOST_NOTED:]


def _bounded(heads: tuple[VersionHead, ...], live: int) -> tuple[VersionHead, ...]:
    return tuple(head for head in heads if head.number == live or head in heads[-MOST_VERSIONS:])
