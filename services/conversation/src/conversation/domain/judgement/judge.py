"""A person has judged an answer: the judgement is filed, and published for the assistant's scores.

An automatic answer that is sent and not corrected says nothing. It is only filed, and only where the guide's autopilot
is earned: so that a rise of corrections can be told from a rise of texts.
"""

from __future__ import annotations

from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import AnswerOrigin, Draft
from shared.events import ReplyDrafted, ReplyJudged, Why
from shared.events.conversation import JudgedMode, Verdict
from shared.texts.distance import distance
from shared.values import Value

JUDGEMENTS = "judgements"
HELD = frozenset({"too_long", "ungrounded"})
"""Why a draft waits that was to go out by itself."""
SENT, JUDGED = 1, 2
"""Revisions of a judgement's record: an answer that was sent may still be corrected."""


class Judged(Value):
    """The answer that was judged, and how it was made."""

    origin: AnswerOrigin
    conversation_id: str
    mode: JudgedMode
    text: str = ""


def origin_of(answer: ReplyDrafted | Draft) -> AnswerOrigin:
    why = answer.why or Why()
    return AnswerOrigin(
        run_id=answer.run_id,
        assistant_id=answer.assistant_id,
        version=why.version,
        guide_id=why.guide_id or "",
        intent=why.intent,
    )


def of_draft(draft: Draft) -> Judged:
    """A draft with a reason was to go out by itself."""
    mode: JudgedMode = "auto" if draft.reason in HELD else "suggest"
    return Judged(origin=origin_of(draft), conversation_id=draft.conversation_id, mode=mode, text=draft.text)


def judge_by_text(edit: Edit, judged: Judged, sent: str, changed: Verdict) -> None:
    """A person sent this text. `changed` is the verdict if it is not the answer's own."""
    apart = distance(judged.text, sent)
    judge(edit, judged, changed if apart else "accepted", apart)


def judge(edit: Edit, judged: Judged, verdict: Verdict, apart: float | None = None) -> None:
    """File and publish a person's judgement. `apart`: as `ReplyJudged.distance`."""
    origin, at = judged.origin, edit.scene.now
    data = ReplyJudged(
        run_id=origin.run_id,
        thread_id=edit.thread.id,
        conversation_id=judged.conversation_id,
        assistant_id=origin.assistant_id,
        version=origin.version,
        guide_id=origin.guide_id,
        intent=origin.intent,
        mode=judged.mode,
        verdict=verdict,
        distance=apart,
        at=at,
    )
    _file(edit, data, JUDGED)
    edit.publish(data, judged.conversation_id, discriminator=f"{origin.run_id}|{verdict}")


def count_sent(edit: Edit, judged: Judged) -> None:
    """An automatic answer was sent, for a guide that earns its autopilot. Filed only."""
    origin = judged.origin
    data = ReplyJudged(
        run_id=origin.run_id,
        thread_id=edit.thread.id,
        conversation_id=judged.conversation_id,
        assistant_id=origin.assistant_id,
        guide_id=origin.guide_id,
        mode="auto",
        verdict="accepted",
        distance=0.0,
        at=edit.scene.now,
    )
    _file(edit, data, SENT)


def _file(edit: Edit, data: ReplyJudged, revision: int) -> None:
    """Without a guide there is nothing to earn, and what the customer overtook earns nothing."""
    if not data.guide_id or data.verdict == "superseded":
        return
    edit.record(
        JUDGEMENTS,
        {
            "id": data.run_id,
            "revision": revision,
            "tenant_id": edit.thread.tenant_id,
            "guide_id": data.guide_id,
            "at": data.at,
            "mode": data.mode,
            "verdict": data.verdict,
            "distance": data.distance,
        },
    )
