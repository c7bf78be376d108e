"""Requests that write internal notes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from conversation.queries import Queries
from conversation.resources import Resources
from conversation.timeline.actors import actor_of
from conversation.timeline.domain.entry import TimelineEntry
from conversation.timeline.domain.note import LONGEST_NOTE, NewNote, write_note
from shared.access.gate import Principal
from shared.blank_text import is_blank
from shared.control_characters import refuse_control_characters
from shared.errors import Invalid, Refused
from shared.http.idempotency import RequestKey, digest, require_same


@dataclass(frozen=True)
class Notes:
    resources: Resources
    queries: Queries

    async def write(self, who: Principal, conversation_id: str, text: str, key: RequestKey) -> TimelineEntry:
        """Raises `Invalid("empty_note" | "note_too_long" | "idempotency_key_reused")`."""
        _check(text)
        record = await self.queries.record(who.tenant_id, conversation_id)
        route = f"notes|{conversation_id}"
        note = NewNote(key.id_for("tml", who.tenant_id, route), text, digest(text) if key.value else None)
        scene = replace(await self.resources.scene(who.tenant_id), by=actor_of(who))
        change = await self.resources.threads.change(
            record["thread_id"],
            key.cause(who.tenant_id, route, note.id),
            lambda thread: write_note(thread, conversation_id, note, scene),
            publish_later=True,
        )
        return change.answer if change.fresh else await self._earlier(who.tenant_id, note)

    async def _earlier(self, tenant_id: str, note: NewNote) -> TimelineEntry:
        entry = await self.resources.timeline.get(tenant_id, note.id)
        if entry is None:
            raise Refused("note_forgotten", "the note of this Idempotency-Key was deleted after the retention period")
        require_same(entry.digest, note.digest or "")
        return entry


def _check(text: str) -> None:
    if is_blank(text):
        raise Invalid("empty_note", "a note needs visible text")
    if len(text) > LONGEST_NOTE:
        raise Invalid("note_too_long", f"a note has at most {LONGEST_NOTE} characters")
    refuse_control_characters(text)
