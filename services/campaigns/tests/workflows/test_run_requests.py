"""What people do with runs: start, stop, move past a step, look at the figures."""

from __future__ import annotations

from campaigns.workflows.runs.domain.participant import MOST_RUNS
from workflow_world import OURS_TOO, PERSON, QUESTION, WorkflowsWorld, keep, send, wait, workflow


async def test_runs_are_exported_with_their_answers_and_no_formula(world: WorkflowsWorld) -> None:
    id = await world.made(workflow(send("Name?", "ask"), wait(), keep("name_given")))
    await world.started(id)
    await world.settle()
    await world.reply("=HYPERLINK(1)")
    head, line, rest = (await world.ask("GET", f"/api/workflows/{id}/runs?format=csv")).text.split("\r\n")
    assert (head.split(",")[0], head.split(",")[-2]) == ("phone_number", "answer: name_given")
    assert (line.split(",")[0], line.split(",")[-2]) == (PERSON, "'=HYPERLINK(1)")
    assert rest == ""


async def test_a_repeated_key_starts_one_run(world: WorkflowsWorld) -> None:
    path, body = f"/api/workflows/{await world.made(QUESTION)}/runs", {"phone_number": PERSON}
    first, again = [await world.ask("POST", path, body, **{"idempotency-key": "k"}) for _ in range(2)]
    assert (first.status_code, again.status_code, first.json()["id"]) == (201, 201, again.json()["id"])
    assert len(world.sent) == 1
    other = await world.ask("POST", path, body | {"number": OURS_TOO}, **{"idempotency-key": "k"})
    assert other.json()["code"] == "idempotency_key_reused"


async def test_a_person_stops_a_run_and_its_unsent_text_is_withdrawn(world: WorkflowsWorld) -> None:
    run = await world.started(await world.made(QUESTION))
    stopped = await world.ask("POST", f"/api/workflows/runs/{run['id']}/stop", role="agent")
    assert (stopped.json()["state"], stopped.json()["reason"]) == ("stopped", "stopped")
    [withdrawn] = world.published("sms.withdrawn")
    assert withdrawn["message_ids"] == [world.sent[0]["message_id"]]
    assert (await world.ask("POST", f"/api/workflows/runs/{run['id']}/stop")).json()["state"] == "stopped"


async def test_a_person_moves_a_run_past_its_step(world: WorkflowsWorld) -> None:
    pause = {"id": "pause", "type": "delay", "seconds": 86400}
    run = await world.started(await world.made(workflow(pause, send("Early", "a"))))
    moved = await world.ask("POST", f"/api/workflows/runs/{run['id']}/skip", role="agent")
    assert (moved.status_code, world.texts) == (200, ["Early"])
    await world.settle()
    over = await world.ask("POST", f"/api/workflows/runs/{run['id']}/skip")
    assert (over.status_code, over.json()["code"]) == (409, "run_is_over")


async def test_a_repeated_request_skips_no_further_step(world: WorkflowsWorld) -> None:
    pauses = [{"id": f"pause{n}", "type": "delay", "seconds": 86400} for n in (1, 2, 3)]
    run = await world.started(await world.made(workflow(*pauses)))
    path = f"/api/workflows/runs/{run['id']}/skip"
    steps = [(await world.ask("POST", path, **{"idempotency-key": key})).json()["step"] for key in ("a", "a", "b")]
    assert steps == ["pause2", "pause2", "pause3"]


async def test_a_run_that_failed_is_moved_past_its_step(world: WorkflowsWorld) -> None:
    steps = [{"id": f"s{n}", "type": "set_field", "field": "f", "value": str(n)} for n in range(12)]
    again = {"id": "again", "type": "go_to", "step": "s0", "at_most": 99}
    id = await world.made(workflow(*steps, again, send("Done", "done")))
    run = await world.started(id)
    assert (run["state"], run["reason"]) == ("failed", "too_many_moves")
    newer = await world.started(id)
    assert newer["id"] != run["id"], "a failed run is not under way"
    moved, second = [await world.ask("POST", f"/api/workflows/runs/{one['id']}/skip") for one in (run, newer)]
    assert (moved.json()["state"], moved.json()["reason"], world.texts) == ("running", "", ["Done"])
    assert (second.status_code, second.json()["code"]) == (409, "already_running")


async def test_one_person_has_a_bounded_number_of_runs(world: WorkflowsWorld) -> None:
    for _ in range(MOST_RUNS):
        await world.started(await world.made(QUESTION))
    path = f"/api/workflows/{await world.made(QUESTION)}/runs"
    refused = await world.ask("POST", path, {"phone_number": PERSON})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_runs")


async def test_figures_per_step_are_published_and_shown(world: WorkflowsWorld) -> None:
    id = await world.made(QUESTION)
    for n in range(3):
        await world.started(id, f"+1312555000{n}")
    await world.settle(n=1)
    await world.count()
    shown = (await world.ask("GET", f"/api/workflows/{id}")).json()
    assert shown["counts"] == {"waiting": 1, "running": 2, "finished": 0, "stopped": 0, "failed": 0}
    assert {row["step"]: row["waiting"] + row["running"] for row in shown["steps"]} == {"ask": 2, "wait": 1}
    assert world.published("workflow.updated")[-1]["workflow"]["counts"] == shown["counts"]
    assert await world.count() == 0
    page = (await world.ask("GET", f"/api/workflows/{id}/runs?state=waiting")).json()["items"]
    assert [row["recipient"]["phone_number"] for row in page] == ["+13125550001"]
