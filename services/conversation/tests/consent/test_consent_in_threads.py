"""What an inbound text does to its thread: opt-outs, reactions, automatic replies, groups, a customer who opted out."""

from __future__ import annotations

import pytest

from conversation.domain.thread.model import Needs
from conversation_play import Play
from conversation_world import World
from shared.events import ConsentChanged, ReplyRequested, SmsOutbound, SmsWithdrawn

OUR_TEXT = "Your bread is ready. Reply STOP to opt out."


def needs_of(play: Play) -> Needs | None:
    latest = play.thread.latest
    assert latest
    return latest.needs_person


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("STOP", "keyword"),
        ("please refrain from texting me", "phrase"),
        ("Stop. I already bought one", "phrase"),
        ("déjenme de escribir, quiero darme de baja", "phrase"),
    ],
)
def test_an_opt_out_is_recorded_with_its_evidence(text: str, kind: str) -> None:
    play = Play()
    play.text(text)
    [change] = play.of(ConsentChanged)
    assert (change.state, change.evidence.kind, change.evidence.text) == ("out", kind, text)


@pytest.mark.parametrize("text", ["please start texting me again", "start please", "vuelve a enviarme mensajes"])
def test_who_asks_to_be_texted_again_is_opted_in(text: str) -> None:
    play = Play()
    play.text("STOP", "stop")
    play.wait(60)
    play.text(text)
    assert [change.state for change in play.of(ConsentChanged)] == ["out", "in"]


def test_a_doubtful_text_pauses_the_assistant_and_says_why() -> None:
    play = Play()
    play.text("wrong number")
    play.wait(5)
    needs = needs_of(play)
    assert needs
    assert (needs.reason, needs.paused, needs.detail) == ("possible_opt_out", True, "reads like: wrong number")
    assert (play.of(ReplyRequested), play.of(ConsentChanged)) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        f"Liked “{OUR_TEXT}”",
        f"👍 to “ {OUR_TEXT} ”",
        f"A Ann le gustó “{OUR_TEXT}”",
        f"> {OUR_TEXT}",
        "I’m driving with Focus turned on. I’ll see your message when I get where I’m going.",
    ],
)
def test_what_the_customer_did_not_write_is_neither_answered_nor_an_opt_out(text: str) -> None:
    play = Play()
    play.text(text)
    play.wait(5)
    assert (play.of(ConsentChanged), play.of(ReplyRequested), needs_of(play)) == ([], [], None)
    assert play.thread.messages[-1].kind in ("reaction", "quote", "autoreply")


def test_a_reaction_leaves_a_running_answer_alone() -> None:
    play = Play()
    play.text("When do you open?")
    play.wait(5)
    play.text("Liked “Hello”")
    play.answer("At nine.")
    assert [sent.text for sent in play.of(SmsOutbound)] == ["At nine."]
    assert play.of(SmsWithdrawn) == []


@pytest.mark.parametrize(
    ("reaction", "sign", "quotes"),
    [
        ("Loved “Your bread is ready”", "Loved", True),
        ("😂 to “Your bread is…”", "😂", True),
        ("Liked “Something else”", "Liked", False),
        ("Liked “…”", "Liked", False),
    ],
)
async def test_a_reaction_is_shown_on_the_message_it_quotes(
    world: World, reaction: str, sign: str, quotes: bool
) -> None:
    started = await world.started(text="Your bread is ready")
    await world.text(reaction)
    ours, theirs = await world.messages(started["id"])
    assert theirs["kind"] == "reaction"
    assert theirs["reaction"]["sign"] == sign
    assert theirs["reaction"]["message_id"] == (ours["id"] if quotes else None)
    assert (ours["kind"], ours["reaction"]) == ("text", None)


@pytest.mark.parametrize("ai_mode", ["auto", "suggest", "off"])
def test_a_customer_who_opted_out_and_writes_again_is_seen_by_a_person(ai_mode: str) -> None:
    play = Play(ai_mode=ai_mode)
    play.text("STOP", "stop")
    assert needs_of(play) is None
    play.wait(60)
    play.text("Is my order ready?")
    play.wait(5)
    needs = needs_of(play)
    assert needs
    assert (needs.reason, needs.paused) == ("opted_out_writes", False)
    assert play.of(ReplyRequested) == []


def test_a_question_beside_an_opt_in_is_answered() -> None:
    play = Play()
    play.text("STOP", "stop")
    play.wait(60)
    play.text("Please start texting me again. Are you open today?", "start")
    play.wait(5)
    assert len(play.of(ReplyRequested)) == 1


def test_a_reaction_of_a_customer_who_opted_out_asks_for_nobody() -> None:
    play = Play()
    play.text("STOP", "stop")
    play.wait(60)
    play.text("Liked “Hello”")
    play.wait(5)
    assert needs_of(play) is None


async def test_a_group_text_is_marked_and_a_person_is_asked(world: World) -> None:
    await world.text("Hello all", others=("+12025550177",))
    await world.pass_time(5)
    conversation = await world.conversation()
    assert conversation["needs_person"]["reason"] == "group_text"
    assert conversation["needs_person"]["paused"] is False
    [message] = await world.messages(conversation["id"])
    assert message["others"] == ["+12025550177"]
    assert world.requested() == []


async def test_a_bare_stop_in_a_group_is_that_persons_stop(world: World) -> None:
    await world.text("Stop please", others=("+12025550177",))
    [change] = world.broker.data(ConsentChanged)
    assert change.state == "out"
