"""What the assistant is doing in a conversation, as the inbox shows it."""

from __future__ import annotations

from typing import Literal

from conversation.domain.thread.model import Conversation, Thread
from shared.events import AiMode

AiDoing = Literal["idle", "drafting", "waiting", "draft_ready", "paused"]
AiState = Literal["off", "idle", "drafting", "waiting", "draft_ready", "paused"]
MEANINGS: dict[AiState, str] = {
    "off": "the assistant is silent here: `ai_mode` is `off`",
    "idle": "nothing to do",
    "drafting": "a text came; the assistant waits a moment for more and prepares its answer",
    "waiting": "a text is held for a workflow run that waits for the customer's answer",
    "draft_ready": "an answer waits for approval",
    "paused": "silent until a person writes or sets `ai_mode`; `needs_person` says why",
}


def doing(thread: Thread, conversation: Conversation) -> AiDoing:
    """Where several apply, what a person should know first."""
    if conversation.needs_person is not None and conversation.needs_person.paused:
        return "paused"
    if thread.draft is not None and thread.draft.conversation_id == conversation.id:
        return "draft_ready"
    turn = thread.turn
    if turn.conversation_id != conversation.id or turn.state not in ("quiet", "asked") or turn.shadow:
        return "idle"
    return "waiting" if turn.held else "drafting"


def shown_state(mode: AiMode, present: AiDoing) -> AiState:
    return "off" if mode == "off" else present
