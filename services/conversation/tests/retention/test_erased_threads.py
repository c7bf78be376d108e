"""What is left of a thread when its person is erased: nothing that anybody said, planned or noted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from conversation.domain.thread.erase import erase
from conversation.domain.thread.model import (
    AnswerOrigin,
    Card,
    Conversation,
    Draft,
    Message,
    Needs,
    Preview,
    SilentAnswer,
    Thread,
    Turn,
)
from conversation.domain.thread.planned import FieldNote, FollowUp
from conversation.people.domain.identifiers import Identifier
from shared.events import Why, thread_id
from shared.events.ai_responder import Act, Passage, UngroundedClaim

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OURS, THEIRS = "+12025550100", "+12025550123"
WORD = "zebrafinch"
WHY = Why(intent=WORD, assistant_rule=WORD, passages=(Passage(knowledge_id="kno_1", title=WORD, text=WORD),))


def draft() -> Draft:
    return Draft(
        id="drf_1", conversation_id="cnv_1", turn=3, text=WORD, run_id="run_1", assistant_id="ast_1", why=WHY,
        ungrounded=(UngroundedClaim(words=WORD, kind="price"),),
        acts=(Act(kind="set_field", name="pet", value=WORD), Act(kind="follow_up", text=WORD, at=NOW)), created_at=NOW,
    )  # fmt: skip


def conversation() -> Conversation:
    preview = Preview(id="msg_1", direction="inbound", author="customer", text=WORD, status="received", created_at=NOW)
    return Conversation(
        id="cnv_1", ordinal=1, guide=WORD, labels=(WORD,), needs_person=Needs(reason=WORD, detail=WORD, at=NOW),
        last_message=preview, last_activity_at=NOW, created_at=NOW,
    )  # fmt: skip


def full_thread() -> Thread:
    """Every part of it that may hold words has one."""
    origin = AnswerOrigin(run_id="run_1", assistant_id="ast_1", intent=WORD)
    message = Message(
        id="msg_1", conversation_id="cnv_1", direction="inbound", author="customer", text=WORD, from_number=THEIRS,
        to_number=OURS, status="received", created_at=NOW, why=WHY,
    )  # fmt: skip
    card = Card(
        id="cct_1", phone_number=THEIRS, name=WORD, company=WORD, facts=((WORD, WORD),), revision=7,
        others=(Identifier(kind="email", value=f"{WORD}@example.com"),),
    )  # fmt: skip
    return Thread(
        id=thread_id("ten_1", OURS, THEIRS), tenant_id="ten_1", number=OURS, card=card, conversations=(conversation(),),
        periods=1, messages=(message,), turn=Turn(n=3, state="suggested"), draft=draft(), out_seq=5, saves=9,
        silent=SilentAnswer(conversation_id="cnv_1", turn=3, origin=origin, text=WORD, created_at=NOW),
        follow_up=FollowUp(
            id="fol_1", conversation_id="cnv_1", text=WORD, at=NOW + timedelta(days=1), run_id="run_1", created_at=NOW
        ),
        field_notes=(FieldNote(field="pet", value=WORD, at=NOW),),
    )  # fmt: skip


def test_no_word_and_no_number_is_left_and_nothing_is_due() -> None:
    before = full_thread()
    told = erase(before, NOW)
    assert told is not None
    left = told.state
    assert WORD in repr(before)
    assert WORD not in repr(left)
    assert THEIRS not in repr(left)
    assert left.due_at is None, "a planned text to somebody who was erased is never sent"


def test_ids_and_counters_stay_so_that_what_comes_late_changes_nothing() -> None:
    before = full_thread()
    told = erase(before, NOW)
    assert told is not None
    left = told.state
    kept = ("id", "periods", "out_seq")
    assert [getattr(left, name) for name in kept] == [getattr(before, name) for name in kept]
    assert (left.turn.n, left.card.revision, left.card.id) == (3, 7, "cct_1")
    assert erase(left, NOW) is None
