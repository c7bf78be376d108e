"""A run of a workflow, from its start to its end, as the neighbouring services see it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.events import ConsentChanged, ConsentEvidence, ContactChanged, ConversationOpened
from shared.ids import derived_id
from workflow_world import OURS, OURS_TOO, PERSON, QUESTION, WorkflowsWorld, keep, send, wait, workflow


async def test_a_question_is_asked_answered_and_saved(world: WorkflowsWorld) -> None:
    run = await world.started(await world.made(QUESTION))
    [asked] = world.sent
    assert (asked["text"], asked["number"], asked["author"], asked["priority"]) == (
        "Which cake, friend?", OURS, "workflow", "bulk",
    )  # fmt: skip
    assert (asked["stream"], asked["seq"], asked["respect_quiet_hours"]) == (run["id"], 1, True)
    await world.settle()
    [awaits] = world.acts()
    assert (awaits["action"], awaits["run_id"]) == ("awaits", run["id"])
    assert (await world.run(run["id"]))["state"] == "waiting"
    await world.reply("vanila")
    assert world.texts[1:] == ["vanilla it is!"]
    assert (world.sent[1]["seq"], world.sent[1]["priority"], world.sent[1]["respect_quiet_hours"]) == (2, "one", False)
    await world.settle()
    done = await world.run(run["id"])
    assert (done["state"], done["saved"]) == ("finished", {"cake": "vanilla"})
    assert [act["action"] for act in world.acts()] == ["awaits", "took", "released"]
    revisions = [act["revision"] for act in world.acts()]
    assert revisions == sorted(set(revisions))


async def test_texts_right_after_each_other_are_one_reply(world: WorkflowsWorld) -> None:
    run = await world.started(await world.made(workflow(send("Name?", "ask"), wait(), keep("name_given"))))
    await world.settle()
    world.clock.advance(5)
    await world.handle(world.texted("Ada"))
    world.clock.advance(1)
    await world.handle(world.texted("Lovelace"))
    assert (await world.run(run["id"]))["state"] == "waiting", "more may follow"
    await world.pass_time(3)
    assert (await world.run(run["id"]))["saved"] == {"name_given": "Ada Lovelace"}
    assert [len(act["message_ids"]) for act in world.acts("took")] == [1, 1], "each is taken the moment it comes"


async def test_no_answer_in_time_takes_the_other_branch(world: WorkflowsWorld) -> None:
    steps = [send("Coming?", "ask"), wait(600, on_timeout=[send("We keep your seat.", "late")]), send("Bye", "bye")]
    run = await world.started(await world.made(workflow(*steps)))
    await world.settle()
    await world.pass_time(599)
    assert len(world.sent) == 1
    await world.pass_time(10)
    assert world.texts[1:] == ["We keep your seat."]
    await world.settle()
    await world.settle()
    assert (await world.run(run["id"]))["state"] == "finished"


async def test_a_text_from_before_the_deadline_counts_though_it_is_handled_after_it(world: WorkflowsWorld) -> None:
    run = await world.started(await world.made(workflow(send("Coming?", "ask"), wait(600), keep("coming"))))
    await world.settle()
    world.clock.advance(602)
    await world.handle(world.texted("yes", at=world.clock.now() - timedelta(seconds=3)))
    await world.pass_time(3)
    assert (await world.run(run["id"]))["saved"] == {"coming": "yes"}


async def test_a_text_from_after_the_deadline_is_left_to_the_assistant(world: WorkflowsWorld) -> None:
    run = await world.started(await world.made(workflow(send("Coming?", "ask"), wait(600), keep("coming"))))
    await world.settle()
    world.clock.advance(602)
    await world.handle(world.texted("yes", at=world.clock.now() - timedelta(seconds=1)))
    await world.pass_time(10)
    assert ((await world.run(run["id"]))["saved"], world.acts("took")) == ({}, [])


async def test_after_a_start_replies_in_the_queues_are_handled_before_time_outs(world: WorkflowsWorld) -> None:
    run = await world.started(await world.made(workflow(send("Coming?", "ask"), wait(600), keep("coming"))))
    await world.settle()
    world.clock.advance(500)
    in_the_queue = world.event(world.texted("yes"))
    world.clock.advance(3600)
    later = WorkflowsWorld(world.database, world.clock, world.recorded)
    await later.start()
    await later.pass_time(1)
    await later.deliver(in_the_queue)
    await later.pass_time(5)
    assert (await later.run(run["id"]))["saved"] == {"coming": "yes"}


async def test_a_reply_that_overtakes_the_news_of_its_question_is_taken(world: WorkflowsWorld) -> None:
    run = await world.started(await world.made(workflow(send("Coming?", "ask"), wait(), keep("coming"))))
    accepted_at = world.clock.now()
    world.clock.advance(2)
    await world.handle(world.texted("yes"))
    await world.settle(sent_at=accepted_at)
    await world.pass_time(3)
    assert (await world.run(run["id"]))["saved"] == {"coming": "yes"}


async def test_a_reply_from_before_the_acceptance_became_known_is_taken(world: WorkflowsWorld) -> None:
    """The sender died between request and answer, and learnt later that the carrier had taken the question."""
    run = await world.started(await world.made(workflow(send("Coming?", "ask"), wait(), keep("coming"))))
    tried_at = world.clock.now()
    world.clock.advance(5)
    await world.handle(world.texted("yes"))
    world.clock.advance(10)
    await world.settle(tried_at=tried_at)
    await world.pass_time(3)
    assert (await world.run(run["id"]))["saved"] == {"coming": "yes"}


async def test_delays_count_from_the_moment_the_carrier_took_the_text(world: WorkflowsWorld) -> None:
    pause = {"id": "pause", "type": "delay", "seconds": 3600}
    await world.started(await world.made(workflow(send("One", "one"), pause, send("Two", "two"))))
    await world.pass_time(7200)
    assert world.texts == ["One"], "it has not left yet"
    await world.settle()
    await world.pass_time(3599)
    assert world.texts == ["One"]
    await world.pass_time(1)
    assert world.texts == ["One", "Two"]


async def test_a_failed_send_is_in_the_history_and_the_run_goes_on(world: WorkflowsWorld) -> None:
    run = await world.started(await world.made(workflow(send("One", "one"), send("Two", "two"))))
    await world.settle("failed", reason="landline")
    assert world.texts == ["One", "Two"]
    lines = (await world.run(run["id"]))["history"]
    assert ("one", "not_sent") in [(line["step"], line["what"]) for line in lines]


async def test_a_stop_ends_every_run_of_the_person(world: WorkflowsWorld) -> None:
    first = await world.started(await world.made(QUESTION))
    second = await world.started(await world.made(workflow(send("Hello", "a"), wait())), number=OURS_TOO)
    other = await world.started(await world.made(QUESTION), "+13125550002")
    await world.settle(n=0)
    world.clock.advance(5)
    await world.opt_out()
    states = [(await world.run(run["id"]))["state"] for run in (first, second, other)]
    assert states == ["stopped", "stopped", "running"]
    assert (await world.run(first["id"]))["reason"] == "opted_out"
    assert [act["run_id"] for act in world.acts("released")] == [first["id"]]
    await world.handle(world.texted("vanilla"))
    assert world.acts("took") == []


async def test_a_wish_to_be_left_alone_is_no_answer(world: WorkflowsWorld) -> None:
    await world.started(await world.made(QUESTION))
    await world.settle()
    await world.reply("please stop texting me")
    assert (world.acts("took"), len(world.sent)) == ([], 1)


async def test_a_stop_at_another_tenant_ends_nothing_here(world: WorkflowsWorld) -> None:
    run = await world.started(await world.made(QUESTION))
    await world.opt_out(tenant="ten_b")
    assert (await world.run(run["id"]))["state"] == "running"
    assert (await world.ask("GET", f"/api/workflows/runs/{run['id']}", tenant="ten_b")).status_code == 404
    assert (await world.ask("POST", f"/api/workflows/runs/{run['id']}/stop", tenant="ten_b")).status_code == 404


async def test_a_workflow_runs_once_at_a_time_for_one_person(world: WorkflowsWorld) -> None:
    id = await world.made(QUESTION)
    run = await world.started(id)
    again = await world.ask("POST", f"/api/workflows/{id}/runs", {"phone_number": "(312) 555-0001"})
    assert (again.status_code, again.json()["code"]) == (409, "already_running")
    await world.ask("POST", f"/api/workflows/runs/{run['id']}/stop")
    assert (await world.started(id))["id"] != run["id"]


async def test_a_run_keeps_the_version_it_started_with(world: WorkflowsWorld) -> None:
    id = await world.made(QUESTION)
    old = await world.started(id)
    await world.ask("PATCH", f"/api/workflows/{id}", {"definition": workflow(send("New", "new"))})
    assert (await world.started(id, "+13125550002"))["version"] == 2
    await world.settle(n=0)
    await world.reply("chocolate")
    assert world.texts == ["Which cake, friend?", "New", "chocolate it is!"]
    assert (await world.run(old["id"]))["version"] == 1


async def test_the_run_that_asked_last_on_a_number_takes_the_reply(world: WorkflowsWorld) -> None:
    ids = [await world.made(workflow(send(f"Question {n}?", "ask"), wait(), keep("answer"))) for n in range(3)]
    runs = [await world.started(id, number=number) for id, number in zip(ids, (OURS, OURS, OURS_TOO), strict=True)]
    for n in (1, 0, 2):  # the second was asked before the first
        world.clock.advance(5)
        await world.settle(n=n)
    await world.reply("mine")
    saved = [(await world.run(run["id"]))["saved"] for run in runs]
    assert saved == [{"answer": "mine"}, {}, {}]
    await world.reply("and mine")
    assert (await world.run(runs[1]["id"]))["saved"] == {"answer": "and mine"}
    assert len(world.acts("took")) == 2


async def test_a_keyword_starts_a_run_and_is_taken_from_the_assistant(world: WorkflowsWorld) -> None:
    await world.made(workflow(send("Here you are.", "a"), trigger="keyword", keywords=("CAKE",)))
    text = world.texted(" cake! ")
    event = world.event(text)
    await world.deliver(event)
    await world.deliver(event)
    await world.handle(world.texted("cake or tea"), world.texted("cake", "+13125550002").but(kind="autoreply"))
    assert world.texts == ["Here you are."]
    assert [act["message_ids"] for act in world.acts("took")] == [[text.message_id]]


async def test_an_open_question_comes_before_a_keyword(world: WorkflowsWorld) -> None:
    run = await world.started(await world.made(workflow(send("Cake or tea?", "ask"), wait(), keep("choice"))))
    await world.made(workflow(send("Here you are.", "a"), trigger="keyword", keywords=("CAKE",)))
    await world.settle()
    await world.reply("cake")
    assert (await world.run(run["id"]))["saved"] == {"choice": "cake"}
    assert world.texts == ["Cake or tea?"]


async def test_a_new_conversation_starts_a_run_without_taking_its_text(world: WorkflowsWorld) -> None:
    await world.made(workflow(send("Welcome!", "a"), trigger="new_conversation"))
    text = world.texted("hello")
    opened = ConversationOpened(
        conversation_id="cnv_1",
        thread_id=text.thread_id,
        message_id=text.message_id,
        number=OURS,
        contact=PERSON,
        contact_id="cct_1",
        text="hello",
        effective_at=text.effective_at,
    )
    event = world.event(opened)
    await world.deliver(event)
    await world.deliver(event)
    assert (world.texts, world.sent[0]["priority"], world.acts("took")) == (["Welcome!"], "one", [])


async def test_a_run_goes_to_a_person_or_the_assistant_with_the_texts_to_answer(world: WorkflowsWorld) -> None:
    steps = [send("Help?", "ask"), wait(), {"id": "over", "type": "hand_over", "to": "assistant", "note": "wants help"}]
    run = await world.started(await world.made(workflow(*steps)))
    await world.settle()
    await world.reply("yes, please")
    [handed] = world.acts("hand_over")
    assert (handed["to"], handed["note"], len(handed["message_ids"])) == ("assistant", "wants help", 1)
    assert (await world.run(run["id"]))["state"] == "finished"


async def test_fields_go_to_the_contact_and_its_card_is_live(world: WorkflowsWorld) -> None:
    id = derived_id("cct", "ten_a", PERSON)
    card = ContactChanged(contact_id=id, revision=1, phone_numbers=(PERSON,), name="Ada", labels=())
    world.cards[id] = card
    steps = [
        send("Hi {name}", "a"),
        {"id": "set", "type": "set_field", "field": "greeted", "value": "yes"},
        {"id": "if", "type": "condition", "if": "'vip' in contact.labels", "then": [send("Dear VIP", "b")]},
    ]
    await world.started(await world.made(workflow(*steps)), phone_number=None, contact_id=id)
    await world.handle(card.but(revision=2, labels=("vip",)))
    await world.settle()
    assert world.texts == ["Hi Ada", "Dear VIP"]
    assert [(act["field"], act["value"]) for act in world.acts("set_field")] == [("greeted", "yes")]
    answer = await world.ask(
        "POST", f"/api/workflows/{await world.made(QUESTION, 'ten_b')}/runs", {"contact_id": id}, tenant="ten_b"
    )
    assert answer.status_code == 404


async def test_a_suspended_tenants_texts_are_held_and_sent_when_it_is_active_again(world: WorkflowsWorld) -> None:
    run = await world.started(await world.made(QUESTION))
    await world.settle("refused", reason="tenant_inactive")
    held = await world.run(run["id"])
    assert (held["held"], held["state"]) == ("tenant_suspended", "waiting")
    await world.activate("ten_a")
    assert world.texts == ["Which cake, friend?"] * 2
    assert world.sent[0]["message_id"] != world.sent[1]["message_id"]


async def test_a_stop_that_seems_a_second_older_than_the_run_ends_it(world: WorkflowsWorld) -> None:
    """Carriers give times in whole seconds."""
    id = await world.made(workflow({"id": "pause", "type": "delay", "seconds": 60}, send("Hi", "hi")))
    world.clock.advance(0.7)
    run = await world.started(id)
    written = world.clock.now() - timedelta(seconds=0.7)
    evidence = ConsentEvidence(kind="keyword")
    await world.handle(
        ConsentChanged(entry_id="e", contact=PERSON, state="out", effective_at=written, evidence=evidence)
    )
    assert (await world.run(run["id"]))["state"] == "stopped"


@pytest.mark.parametrize("opened_first", [False, True])
async def test_a_first_text_that_is_a_keyword_starts_both_workflows_in_either_order(
    world: WorkflowsWorld, opened_first: bool
) -> None:
    await world.made(workflow(send("Welcome", "welcome"), trigger="new_conversation"))
    await world.made(workflow(send("Cake!", "cake"), trigger="keyword", keywords=("CAKE",)))
    text = world.texted("cake")
    opened = ConversationOpened(
        conversation_id="cnv_1", thread_id=text.thread_id, message_id=text.message_id, number=OURS, contact=PERSON,
        contact_id="cct_1", text="cake", effective_at=text.effective_at,
    )  # fmt: skip
    await world.handle(*((opened, text) if opened_first else (text, opened)))
    assert sorted(world.texts) == ["Cake!", "Welcome"]
