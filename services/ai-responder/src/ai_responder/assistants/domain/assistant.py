"""Assistants: who answers, in which voice, knowing what, within which limits.

Its instructions stand in versions. One is live and answers; changes collect in a draft until somebody
publishes it. The live version's content lies in the assistant's own document, so that an answer needs one read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from ai_responder.assistants.domain.business_hours import BusinessHours, OutsideHours
from ai_responder.assistants.domain.gate import Gate
from ai_responder.assistants.domain.routes import Route
from ai_responder.domain.grounding.judgement import Grounding
from ai_responder.tools.domain.settings import ToolSettings
from shared.ids import derived_id
from shared.values import Moment, Value

DEFAULT_PROMPT = (
    "You answer text messages for our business. Be friendly, concrete and brief: one to three short sentences. "
    "Use only what you were told here. If you do not know something, say so and offer that a colleague gets back "
    "to them. Answer in the language of the customer."
)
PLATFORM = "parley"
"""Stands where a user is named, for what no user did: the first version of the default assistant."""


class AssistantContent(Value):
    """Everything about an assistant that versions hold. A field added here is in the draft, in every version and in the
    API's bodies alike."""

    name: str
    prompt: str
    knowledge: str = ""
    model: str = ""
    """Empty: the installation's default model."""
    temperature: float | None = None
    """None: the model's own default."""
    max_output_tokens: int = 800
    grounding: Grounding | None = None
    """`strict`: an answer that states what stands in no source waits for a person. None: strict where there is
    knowledge."""
    tools: ToolSettings = ToolSettings()
    """What it may do beside answering."""
    pictures: bool = False
    """Whether its model takes pictures, so that it is shown those of customers."""
    business_hours: BusinessHours | None = None
    """None: always open."""
    outside_hours: OutsideHours = OutsideHours()


class AssistantVersion(AssistantContent):
    """One version of an assistant: what a run answers with."""

    id: str
    """The assistant's."""
    tenant_id: str
    number: int = 1
    knowledge_revision: int = 0
    """Of its documents, which belong to no version. 0: there were never any."""
    documents: int = 0

    @property
    def grounding_now(self) -> Grounding:
        return self.grounding or default_grounding(self.knowledge, self.documents)


class VersionEdit(Value):
    at: Moment
    by: str
    fields: tuple[str, ...]


class WentLive(Value):
    at: Moment
    by: str
    note: str = ""
    rolled_back: bool = False


class VersionHead(Value):
    """Who made a published version and when it went live. Its content is filed as a record and never changes."""

    number: int
    edits: tuple[VersionEdit, ...] = ()
    went_live: tuple[WentLive, ...] = ()


class Assistant(Value):
    id: str
    tenant_id: str
    live: AssistantContent
    live_version: int = 1
    draft: AssistantContent | None = None
    """Changes that are not live yet; None: there are none."""
    draft_edits: tuple[VersionEdit, ...] = ()
    versions: tuple[VersionHead, ...] = ()
    """The published ones, by number; of very many, the newest."""
    routes: tuple[Route, ...] = ()
    """Of the tenant's default assistant only. A text that names no assistant reads this document in any case, so
    looking for a route costs no read."""
    gate: Gate | None = None
    """What a replay must have shown before the draft may be published. None: nothing."""
    knowledge_revision: int = 0
    """Grows with every document that becomes ready or is deleted: a run reads this document in any case, so knowing
    whether its index is still right costs no read."""
    documents: int = 0
    """So many documents are ready."""
    archived_at: Moment | None = None
    """Answers no more; what names it falls through to the next assistant."""
    revision: int = 1
    created_at: Moment
    updated_at: Moment
    request_digest: str | None = None
    """Digest of the request that created it, to recognise a repeat."""
    requests: tuple[tuple[str, str], ...] = ()
    """The latest publishes and rollbacks that came with an Idempotency-Key, each with the digest of its body."""

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> Self:
        """Also reads an assistant from before there were versions: what it held is version 1, and live."""
        return super().read(fields if "live" in fields else _with_versions(fields))

    @property
    def is_default(self) -> bool:
        return self.id == default_id(self.tenant_id)

    @property
    def edited(self) -> AssistantContent:
        """What a person sees and changes: the draft, or else the live content."""
        return self.draft or self.live

    @property
    def newest_version(self) -> int:
        return max((head.number for head in self.versions), default=self.live_version)

    @property
    def draft_version(self) -> int | None:
        """The number that the draft gets when it is published."""
        return self.newest_version + 1 if self.draft else None

    @property
    def live_now(self) -> AssistantVersion:
        return self.version_with(self.live, self.live_version)

    def version_with(self, content: AssistantContent, number: int) -> AssistantVersion:
        own = {"id": self.id, "tenant_id": self.tenant_id, "number": number}
        knows = {"knowledge_revision": self.knowledge_revision, "documents": self.documents}
        return AssistantVersion.read({**content.plain(), **own, **knows})

    def knowing(self, documents: int) -> Assistant:
        """Its documents have changed; so many are ready now."""
        return self.but(knowledge_revision=self.knowledge_revision + 1, documents=documents)

    def head(self, number: int) -> VersionHead | None:
        return next((head for head in self.versions if head.number == number), None)


def default_grounding(knowledge: str, documents: int) -> Grounding:
    """An assistant that was told few facts would have most of its answers held."""
    return "strict" if knowledge.strip() or documents else "off"


def default_id(tenant_id: str) -> str:
    return derived_id("ast", tenant_id, "default")


def new_assistant(id: str, tenant_id: str, content: AssistantContent, by: str, now: datetime) -> Assistant:
    """With version 1, published."""
    head = VersionHead(number=1, went_live=(WentLive(at=now, by=by),))
    return Assistant(id=id, tenant_id=tenant_id, live=content, versions=(head,), created_at=now, updated_at=now)


def default_assistant(tenant_id: str, now: datetime) -> Assistant:
    """Every tenant has it from the start, so that the first answer needs no set-up."""
    content = AssistantContent(name="Assistant", prompt=DEFAULT_PROMPT)
    return new_assistant(default_id(tenant_id), tenant_id, content, PLATFORM, now)


def _with_versions(fields: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: fields[name] for name in AssistantContent.__struct_fields__ if name in fields}
    went_live = {"at": fields["updated_at"], "by": PLATFORM}
    return {**fields, "live": own, "versions": [{"number": 1, "went_live": [went_live]}]}
