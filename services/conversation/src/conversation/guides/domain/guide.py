"""A tenant-wide guide and how a person changes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from conversation.domain.judgement.autopilot import Autopilot
from shared.errors import NotFound, Refused
from shared.events.conversation import GuideGoal
from shared.values import Moment, Value

MOST_GUIDES = 100
"""Of one tenant: all of them are read when an answer is requested."""


class Guide(Value):
    id: str
    tenant_id: str
    name: str
    goal: GuideGoal = "other"
    instructions: str
    keywords: tuple[str, ...] = ()
    """Any of them chooses the guide. None: it applies where no other guide's keyword was said."""
    priority: int = 50
    response_template: str = ""
    assistant_id: str | None = None
    """Answers under this guide, unless the conversation names an assistant."""
    active: bool = True
    autopilot: Autopilot = Autopilot()
    revision: int = 1
    created_at: Moment
    updated_at: Moment
    deleted_at: Moment | None = None
    request_digest: str | None = None
    """Fingerprint of the request that created it, to recognise a repeat."""

    @property
    def applies(self) -> bool:
        return self.active and self.deleted_at is None


def revise(guide: Guide, changes: dict[str, Any], expected: int | None, now: datetime) -> Guide:
    """The guide with these fields changed; `expected` is the revision the caller has read, if it sent one.

    Raises `Refused("conflict")`, `NotFound`.
    """
    require_there(guide)
    if expected is not None and expected != guide.revision:
        raise Refused("conflict", f"the guide has changed since (revision {guide.revision} now); read it again")
    changed = Guide.read({**guide.plain(), **changes})
    return guide if changed == guide else changed.but(revision=guide.revision + 1, updated_at=now)


def delete(guide: Guide, now: datetime) -> Guide:
    """What it said is gone; answers that were given under it keep its name and rule."""
    require_there(guide)
    return guide.but(
        instructions="", keywords=(), response_template="", active=False, deleted_at=now,
        revision=guide.revision + 1, updated_at=now,
    )  # fmt: skip


def require_there(guide: Guide) -> None:
    if guide.deleted_at:
        raise NotFound("not_found", "this guide was deleted")
