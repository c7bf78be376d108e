"""A whole list goes through a workflow in virtual time; nothing is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from campaigns.workflows.domain.run import ContactFacts, Person
from campaigns.workflows.dry_run.domain.script import Script, ScriptedReply
from campaigns.workflows.dry_run.domain.summary import Summary
from campaigns.workflows.dry_run.domain.walk import Stage, walk
from campaigns.workflows.dry_run.runner import PORTION, Page, Traveller, dry_run
from shared.events import QuietHours
from workflow_play import definition, save, send, wait
from workflow_world import WorkflowsWorld

NOON = datetime(2026, 3, 10, 18, tzinfo=UTC)
NIGHT = datetime(2026, 3, 11, 6, tzinfo=UTC)
ASK = (
    send("ask", "How was it?"),
    wait(seconds=3600, on_timeout=[{"id": "bye", "type": "end"}]),
    save(retry_text="A number, please", on_invalid=[{"id": "odd", "type": "end"}]),
    {
        "id": "good",
        "type": "condition",
        "if": "saved.score >= 4",
        "then": [send("thanks", "{score}, thanks!")],
        "else": [send("sorry", "Sorry")],
    },
)


def stage(*steps: dict[str, Any], replies: list[ScriptedReply] | None = None, **more: Any) -> Stage:
    settings = {"starts_at": NOON, "hours": QuietHours(), **more}
    return Stage(definition=definition(*steps), script=Script(replies or []), **settings)


def replied(text: str, to: str = "wait", after: float = 60, phone: str | None = None) -> ScriptedReply:
    return ScriptedReply(to_step=to, after_seconds=after, text=text, phone_number=phone)


def summary_of(stage: Stage, *people: Person) -> Summary:
    summary = Summary(stage.definition)
    for person in people:
        summary.add(walk(stage, person, ContactFacts()))
    return summary


def person(n: int, **more: Any) -> Person:
    return Person(phone_number=f"+1312555{n:04}", **more)


def test_paths_are_counted_and_steps_nobody_comes_to_are_named() -> None:
    script = [
        replied("5"),
        replied("2", phone="+13125550002"),
        replied("x", phone="+13125550003", to="wait", after=9999),
    ]
    found = summary_of(stage(*ASK, replies=script), person(1), person(2), person(3), person(4))
    assert found.paths == {
        ("ask", "wait", "save", "good", "thanks"): 2,
        ("ask", "wait", "save", "good", "sorry"): 1,
        ("ask", "wait", "bye"): 1,
    }
    assert found.never_taken == ["odd"]
    assert (found.recipients, found.sends, found.parts) == (4, 7, 7)


def test_replies_of_one_step_answer_its_visits_in_turn() -> None:
    walked = walk(stage(*ASK, replies=[replied("dunno"), replied("five")]), person(1), ContactFacts())
    assert [sent.text for sent in walked.sends] == ["How was it?", "A number, please", "5, thanks!"]
    assert walked.run.saved_as_json() == {"score": 5}


def test_a_scripted_stop_ends_the_run() -> None:
    walked = walk(stage(*ASK, replies=[replied("STOP")]), person(1), ContactFacts())
    assert (walked.run.state, len(walked.sends)) == ("stopped", 1)


def test_sends_in_quiet_hours_wait_for_the_morning_unless_they_answer() -> None:
    walked = walk(stage(*ASK, replies=[replied("5", after=60)], starts_at=NIGHT), person(1), ContactFacts())
    assert [(sent.at.hour, sent.in_quiet_hours) for sent in walked.sends] == [(13, True), (13, False)]
    late = [replied("5", after=13 * 3600)]
    evening = stage(send("ask", "?"), wait(seconds=90_000), save(), send("t", "x"), replies=late, starts_at=NIGHT)
    walked = walk(evening, person(1), ContactFacts())
    assert [sent.in_quiet_hours for sent in walked.sends] == [True, True]
    assert (walked.sends[1].at - walked.sends[0].at).total_seconds() == 13 * 3600 + 2


def test_dead_ends_are_named_with_their_reason() -> None:
    steps = (
        send("a", "Hi {town}"),
        {"id": "c", "type": "condition", "if": "recipient.town == ''", "then": []},
        wait(seconds=60),
        save(),
    )
    dead = summary_of(stage(*steps), person(1)).dead_ends
    assert dead == {("a", "missing_variable"): 1, ("c", "expression_failed"): 1, ("save", "no_reply"): 1}
    assert summary_of(stage(*steps, replies=[replied("dunno")]), person(1)).dead_ends[("save", "nothing_saved")] == 1
    assert summary_of(stage(wait(seconds=60)), person(1)).dead_ends == {("wait", "unanswered"): 1}


def test_the_text_of_the_campaign_counts() -> None:
    walked = walk(stage(send("b", "2"), opening="Hi {name|you}"), person(1), ContactFacts())
    assert [(sent.step, sent.text) for sent in walked.sends] == [("opening", "Hi you"), ("b", "2")]


async def test_a_page_shows_its_people_only() -> None:
    async def people() -> AsyncIterator[Traveller]:
        for n in range(2 * PORTION + 7):
            yield Traveller(person(n), ContactFacts())

    page = Page(start=PORTION - 1, size=2)
    summary = await dry_run(stage(send("a", "x")), people(), page, asyncio.Semaphore(1))
    assert summary.recipients == 2 * PORTION + 7
    assert [one.run.recipient.phone_number for one in page.walks] == ["+13125550099", "+13125550100"]


async def asked(world: WorkflowsWorld, steps: tuple[dict[str, Any], ...], body: dict[str, Any]) -> Any:
    made = {"name": "Survey", "definition": {"trigger": {"type": "campaign"}, "steps": list(steps)}}
    id = (await world.ask("POST", "/api/workflows", made)).json()["id"]
    return await world.ask("POST", f"/api/workflows/{id}/dry-run", body)


PEOPLE = [{"phone_number": f"+1312555000{n}", "name": "Ann", "fields": {"city": "Rome"}} for n in range(3)]


async def test_the_api_answers_with_all_figures_and_sends_nothing(world: WorkflowsWorld) -> None:
    replies = [{"to_step": "wait", "after_seconds": 90, "text": "five"}]
    body = {
        "recipients": PEOPLE,
        "replies": replies,
        "starts_at": "2026-03-10T18:00:00Z",
        "per_recipient": {"limit": 2},
    }
    answer = (await asked(world, ASK, body)).json()
    assert answer["paths"] == [{"steps": ["ask", "wait", "save", "good", "thanks"], "n": 3}]
    assert (answer["recipients"], answer["sends"], answer["parts"], answer["in_quiet_hours"]) == (3, 6, 6, 0)
    assert answer["never_taken"] == ["bye", "odd", "sorry"]
    assert answer["cost"]["high"] >= answer["cost"]["low"] >= 0
    assert (len(answer["per_recipient"]["items"]), answer["per_recipient"]["next_cursor"]) == (2, "2")
    assert answer["per_recipient"]["items"][0]["saved"] == {"score": 5}
    assert world.sent == []


async def test_the_recipients_of_a_campaign_go_through_it(world: WorkflowsWorld) -> None:
    made = {"name": "Spring", "text": "Hi {city}", "send_window": {"opens": 9, "closes": 12}}
    campaign = (await world.ask("POST", "/api/campaigns", made)).json()["id"]
    await world.ask("POST", f"/api/campaigns/{campaign}/recipients", {"recipients": PEOPLE})
    body = {"campaign_id": campaign, "starts_at": "2026-03-10T18:00:00Z", "per_recipient": {}}
    answer = (await asked(world, (send("a", "2"),), body)).json()
    assert (answer["recipients"], answer["sends"], answer["in_quiet_hours"]) == (3, 6, 3)
    first = answer["per_recipient"]["items"][0]["sends"][0]
    assert (first["text"], first["at"]) == ("Hi Rome", "2026-03-11T14:00:00Z")


async def test_what_cannot_be_walked_is_refused(world: WorkflowsWorld) -> None:
    for body in ({}, {"recipients": PEOPLE, "campaign_id": "cmp_1"}):
        assert (await asked(world, ASK, body)).json()["code"] == "invalid_request"
    wrong = {"recipients": PEOPLE, "replies": [{"to_step": "nowhere", "after_seconds": 1, "text": "x"}]}
    assert (await asked(world, ASK, wrong)).json()["errors"][0]["field"] == "replies[0].to_step"
    assert (await asked(world, ASK, {"recipients": [{"phone_number": "12"}]})).status_code == 422
    assert (await asked(world, ASK, {"campaign_id": "cmp_unknown"})).status_code == 404
    broken = await asked(world, (send("a", "Hi {"),), {"recipients": PEOPLE})
    assert (broken.status_code, broken.json()["code"]) == (422, "invalid_definition")


async def test_a_short_dry_run_does_not_wait_for_the_end_of_a_long_one() -> None:
    taken: list[int] = []
    turns, plain = asyncio.Semaphore(1), stage(send("a", "x"))

    async def many() -> AsyncIterator[Traveller]:
        for n in range(5 * PORTION):
            taken.append(n)
            yield Traveller(person(n), ContactFacts())

    async def one() -> AsyncIterator[Traveller]:
        yield Traveller(person(1), ContactFacts())

    long = asyncio.create_task(dry_run(plain, many(), Page(), turns))
    await asyncio.sleep(0)
    await dry_run(plain, one(), Page(), turns)
    assert len(taken) < 5 * PORTION
    await long
