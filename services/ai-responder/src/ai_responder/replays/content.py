"""Which content a replay has tried, so that a draft is recognised when it is published."""

from __future__ import annotations

from collections.abc import Sequence

from ai_responder.assistants.domain.assistant import Assistant, AssistantContent, AssistantVersion
from ai_responder.replays.domain.gate import objection
from ai_responder.replays.domain.replay import Replay
from shared.errors import Refused
from shared.http.idempotency import digest


def digest_of(version: AssistantVersion) -> str:
    """Of what a version holds, whatever its number: a draft keeps it when it is published."""
    held = version.jsonable()
    return digest({name: held[name] for name in AssistantContent.__struct_fields__})


def require_gate(assistant: Assistant, replays: Sequence[Replay]) -> None:
    """Raises `Refused("gate_not_passed")` with the figures. Without a draft there is nothing to ask."""
    if assistant.gate is None or assistant.draft is None:
        return
    wanted = digest_of(assistant.version_with(assistant.draft, 0))
    if why := objection(assistant.gate, wanted, replays):
        raise Refused("gate_not_passed", f"this version may not be published: {why}")
