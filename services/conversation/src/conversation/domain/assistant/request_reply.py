"""A turn is due: request an answer, or end the turn without one; and give up on an answer that did not come."""

from __future__ import annotations

from datetime import timedelta

from conversation.domain.assistant.limits import exceeded_limit
from conversation.domain.assistant.mode import effective_mode, limited
from conversation.domain.assistant.needs_person import ask_for_person, flagged, paused
from conversation.domain.assistant.snapshot import Surroundings, request
from conversation.domain.assistant.turn import hold
from conversation.domain.consent.state import is_out
from conversation.domain.judgement.silent_answers import is_shadowed
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Conversation, Thread
from conversation.domain.workflows.waits import is_silenced
from shared.aggregates import Decision
from shared.events import AiMode


def on_due(thread: Thread, known: Surroundings, scene: Scene) -> Decision[Thread] | None:
    """None if nothing is due."""
    due_at = thread.turn.due_at
    if due_at is None or due_at > scene.now:
        return None
    edit = Edit(thread, scene)
    conversation = thread.conversation(thread.turn.conversation_id)
    if conversation is None or (thread.turn.state == "asked" and thread.turn.shadow):
        edit.change(turn=thread.turn.ended())
    elif thread.turn.state == "asked":
        edit.change(turn=thread.turn.ended())
        ask_for_person(edit, conversation, flagged("no_answer_in_time", scene.now, "the assistant did not answer"))
    else:
        _ask(edit, conversation, known)
    return edit.done()


def _ask(edit: Edit, conversation: Conversation, known: Surroundings) -> None:
    thread, scene = edit.thread, edit.scene
    mode = effective_mode(conversation, scene.tenant)
    if is_out(thread, scene.consent):
        edit.change(turn=thread.turn.ended())
        ask_for_person(edit, conversation, flagged("opted_out_writes", scene.now))
        return
    if _expected_by_workflow(thread) or (mode == "off" and not _may_answer_silently(edit, conversation)):
        edit.change(turn=thread.turn.ended())
    elif mode == "off":
        _request(edit, conversation, known, mode)
    elif is_silenced(thread):
        _wait_for_workflow(edit, conversation)
    elif reason := exceeded_limit(thread, scene.tenant, scene.now):
        ask_for_person(edit, conversation, paused(reason, scene.now))
    else:
        _request(edit, conversation, known, mode)


def _may_answer_silently(edit: Edit, conversation: Conversation) -> bool:
    """Nobody waits for a silent answer, so whatever would hold up another one ends it."""
    thread, scene = edit.thread, edit.scene
    held_up = is_silenced(thread) or exceeded_limit(thread, scene.tenant, scene.now)
    return is_shadowed(conversation, scene.tenant) and not held_up


def _request(edit: Edit, conversation: Conversation, known: Surroundings, mode: AiMode) -> None:
    """Ask the assistant; with the mode `off` for a silent answer."""
    turn, scene, silent = edit.thread.turn, edit.scene, mode == "off"
    answer_by = scene.now + timedelta(seconds=scene.tenant.answer_within_seconds)
    asked = turn.but(
        state="asked", answer_by=answer_by, awaiting=None, quiet_since=None, quiet_until=None, answer_id=None,
        held=False, shadow=silent,
    )  # fmt: skip
    edit.change(turn=asked)
    try:
        wanted = request(edit.thread, conversation, known, answer_by)
    except ValueError:  # no text is left, or one that no event can carry: trying again would fail again
        edit.change(turn=turn.ended())
        if not silent:
            ask_for_person(edit, conversation, flagged("failure", scene.now, "the texts could not be prepared"))
        return
    guide = known.allowance_of(wanted)
    edit.change(turn=asked.but(ceiling=guide.ceiling, is_counted=guide.is_counted))
    allowed = limited(mode, guide.ceiling)
    edit.publish(wanted.but(ai_mode=allowed, max_parts=scene.tenant.max_ai_parts, shadow=silent), edit.thread.id)


def _wait_for_workflow(edit: Edit, conversation: Conversation) -> None:
    """A run waits for an answer, so it decides first. It does so within seconds, unless campaigns is away."""
    turn, now = edit.thread.turn, edit.scene.now
    until = (turn.quiet_since or now) + timedelta(seconds=edit.scene.tenant.answer_within_seconds)
    if now < until:
        hold(edit, until=until)
        return
    edit.change(turn=turn.ended())
    detail = "a workflow waits for an answer and did not take this text"
    ask_for_person(edit, conversation, flagged("no_answer_in_time", now, detail))


def _expected_by_workflow(thread: Thread) -> bool:
    """Every unanswered text came after the question of another system's workflow and before its time ran out."""
    silence = thread.silence
    if silence is None or silence.until is None or silence.run_id is not None:
        return False
    times = [one.created_at for one in thread.messages if one.id in thread.turn.causes]
    return all(silence.at <= at <= silence.until for at in times)
