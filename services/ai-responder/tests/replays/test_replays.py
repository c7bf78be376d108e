"""Replays: durable, behind all customers, never sent, booked, and each tenant's own."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from responder_world import NOON, PretendModel, World, answered, requested, says

from ai_responder.assistants.domain.assistant import default_id
from ai_responder.replays.domain.replay import LONGEST_PAUSE, MOST_FAILURES
from ai_responder.replays.rating import rating_in
from shared.clock import ManualClock
from shared.erasure import ErasedPerson
from shared.internal.kept import KeptIn

TENANT = "ten_a"
ASSISTANT = default_id(TENANT)
PATH = f"/api/assistants/{ASSISTANT}/replays"
CASE = {"messages": [{"author": "customer", "text": "When do you open?"}], "sent": "We open at nine."}
SET = {"version": 2, "set": [CASE]}


def answering(body: dict[str, Any]) -> httpx2.Response:
    """The draft says it as people do; the live version hands over."""
    is_draft = "kind words" in body["messages"][0]["content"]
    return answered(says("We open at nine.") if is_draft else says("", hand_over=True, reason="unsure"))


class Stage(World):
    """An assistant with a draft beside its live version."""

    async def with_draft(self) -> Stage:
        await self.start("none")
        async with self.client() as client:
            await client.patch(f"/api/assistants/{ASSISTANT}", json={"prompt": "Use kind words."})
        return self

    async def begun(self, body: dict[str, Any] | None = None, tenant: str = TENANT, **headers: str) -> dict[str, Any]:
        async with self.client(tenant) as client:
            made = await client.post(PATH, json=body or SET, headers=headers)
            assert made.status_code == 202, made.text
            return made.json()

    async def report(self, id: str, **params: str) -> Any:
        async with self.client(role="viewer") as client:
            answer = await client.get(f"{PATH}/{id}", params=params)
            assert answer.status_code == 200, answer.text
            return answer.json() if "json" in answer.headers["content-type"] else answer.text

    async def steps(self, n: int = 1) -> None:
        """So many rounds of the worker."""
        for _ in range(n):
            await self.service.tasks["replays"].__self__.loop.once()  # type: ignore[attr-defined]


async def staged(script: Any = answering, **more: Any) -> Stage:
    return await Stage(PretendModel([script]), **more).with_draft()


async def test_a_replay_shows_what_both_versions_would_have_answered() -> None:
    stage = await staged()
    made = await stage.begun()
    assert (made["state"], made["version"], made["against"]) == ("running", 2, 1)
    await stage.steps()
    shown = await stage.report(made["id"])
    assert (shown["state"], shown["done"]) == ("done", 1)
    tried, live = shown["sides"]
    assert (tried["replies"], tried["likeness"], tried["hand_overs"]) == (1, 1.0, 0)
    assert (live["replies"], live["likeness"], live["hand_over_share"]) == (0, None, 1.0)
    assert tried["cost"] == {"nano": 120, "currency": "USD"}
    [turn] = shown["turns"]["items"]
    assert (turn["question"], turn["sent"], turn["answers"][1]["outcome"]) == (
        "When do you open?", "We open at nine.", "hand_over",
    )  # fmt: skip
    assert stage.drafted == [], "nothing is sent for a replay"
    assert {line["purpose"] for line in stage.usage} == {"replay"}
    assert sum(line["quantity"] for line in stage.usage) == shown["tokens_used"]


async def test_past_conversations_are_collected_page_by_page_up_to_the_limit() -> None:
    stage = await staged()
    line = {"author": "customer", "text": "Hi", "at": NOON.isoformat()}
    turn = {"conversation_id": "cnv_1", "message_id": "msg_1", "contact": "+13125550123", "number": "+13125550100"}
    stage.past_turns[TENANT] = [{**turn, "history": [line], "sent": f"Hello {n}", "sent_by": "agent"} for n in range(4)]
    past = {"from": "2025-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z", "limit": 3}
    made = await stage.begun({"version": 2, "conversations": past})
    assert made["state"] == "collecting"
    await stage.steps(3)
    assert (await stage.report(made["id"]))["cases"] == 3
    await stage.steps(3)
    shown = await stage.report(made["id"])
    assert (shown["state"], [turn["sent"] for turn in shown["turns"]["items"]]) == (
        "done", ["Hello 0", "Hello 1", "Hello 2"],
    )  # fmt: skip


async def test_reports_can_be_read_as_a_table_and_as_markdown() -> None:
    stage = await staged()
    body = {"version": 2, "set": [{"messages": [{"text": "=cmd() | *bold*"}], "sent": "Yes"}]}
    made = await stage.begun(body)
    await stage.steps()
    table = await stage.report(made["id"], format="csv")
    assert "'=cmd()" in table, "no cell of a customer is a formula"
    page = await stage.report(made["id"], format="markdown")
    assert "version 2 beside version 1" in page
    assert "\\| \\*bold\\*" in page, "no character of a customer is Markdown"


async def test_a_repeated_request_begins_one_replay() -> None:
    stage = await staged()
    key = {"idempotency-key": "once"}
    assert (await stage.begun(**key))["id"] == (await stage.begun(**key))["id"]
    async with stage.client() as client:
        other = await client.post(PATH, json={**SET, "budget_tokens": 5000}, headers=key)
        assert other.json()["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"version": 1, "set": [CASE]}, 422, "same_version"),
        ({"version": 9, "set": [CASE]}, 404, "unknown_version"),
        ({"version": 2}, 422, "invalid"),
    ],
)
async def test_what_cannot_be_replayed_is_refused(body: dict[str, Any], status: int, code: str) -> None:
    stage = await staged()
    async with stage.client() as client:
        answer = await client.post(PATH, json=body)
    assert answer.status_code == status
    if code != "invalid":
        assert answer.json()["code"] == code


async def test_tenants_do_not_reach_each_others_replays() -> None:
    stage = await staged()
    made = await stage.begun()
    async with stage.client("ten_b") as client:
        for method, path in (
            ("GET", PATH), ("GET", f"{PATH}/{made['id']}"), ("POST", f"{PATH}/{made['id']}/cancel"), ("POST", PATH),
        ):  # fmt: skip
            assert (await client.request(method, path, json=SET)).status_code == 404, (method, path)
        own = f"/api/assistants/{default_id('ten_b')}/replays/{made['id']}"
        assert (await client.get(own)).status_code == 404


async def test_after_a_death_the_next_process_goes_on_with_the_step_and_counts_no_case_twice() -> None:
    stage = await staged()
    made = await stage.begun({"version": 2, "set": [CASE, CASE]})
    await stage.steps()
    replays = stage.service.tasks["replays"].__self__.replays  # type: ignore[attr-defined]
    worker = stage.service.tasks["replays"].__self__  # type: ignore[attr-defined]
    [document] = (await replays.aggregates.find({})).items
    claimed = await worker._change(  # what a process does before it dies
        replays.aggregates.state_of(document), "claim", lambda state: _claimed(state, stage)
    )
    assert claimed is not None
    after = Stage(PretendModel([answering]), beside=stage)
    object.__setattr__(after.service.tasks["replays"].__self__.holder, "alone", True)  # type: ignore[attr-defined]
    await after.service.tasks["replays"].__self__.take_over()  # type: ignore[attr-defined]
    await after.steps()
    shown = await stage.report(made["id"])
    assert (shown["state"], shown["done"], shown["sides"][0]["cases"]) == ("done", 2, 2)
    lost = [line for line in stage.usage if line["estimate"]]
    assert len(lost) == 1, "what the lost step may have used is on the bill"


def _claimed(state: Any, stage: Stage) -> Any:
    from ai_responder.replays.domain.replay import claim

    return claim(state, stage.clock.now(), "wrk_dead")


async def test_customers_come_first() -> None:
    stage = await staged(model_calls_at_once=1)
    made = await stage.begun()
    await stage.handle(requested())
    await stage.steps()
    assert (await stage.report(made["id"]))["done"] == 0, "a customer waits"


async def test_a_cancelled_replay_keeps_what_it_has_and_asks_no_more() -> None:
    stage = await staged()
    made = await stage.begun({"version": 2, "set": [CASE, CASE]})
    await stage.steps()
    async with stage.client() as client:
        assert (await client.post(f"{PATH}/{made['id']}/cancel")).json()["state"] == "cancelled"
    await stage.steps(2)
    shown = await stage.report(made["id"])
    assert (shown["state"], shown["done"]) == ("cancelled", 1)


async def test_a_step_that_cannot_be_done_is_tried_again_and_given_up() -> None:
    clock = ManualClock()
    stage = await staged(clock=clock)
    past = {"from": "2025-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}
    made = await stage.begun({"version": 2, "conversations": past})
    stage.past_turns[TENANT] = [{"history": "not a history"}]
    await stage.steps()
    stage.accounts_away = True
    for _ in range(MOST_FAILURES - 1):
        clock.advance(LONGEST_PAUSE)
        await stage.steps()
    stage.accounts_away = False
    shown = await stage.report(made["id"])
    assert (shown["state"], shown["reason"]) == ("failed", "a part of the platform is unavailable")


async def test_a_replay_ends_when_its_budget_is_used() -> None:
    stage = await staged()
    made = await stage.begun({"version": 2, "set": [CASE] * 9, "budget_tokens": 1000})
    await stage.steps(9)
    shown = await stage.report(made["id"])
    assert (shown["state"], shown["done"]) == ("done", 5)
    assert "budget" in shown["reason"]


async def test_a_draft_that_is_edited_meanwhile_ends_its_replay() -> None:
    stage = await staged()
    made = await stage.begun()
    async with stage.client() as client:
        await client.patch(f"/api/assistants/{ASSISTANT}", json={"prompt": "Other words."})
    await stage.steps()
    shown = await stage.report(made["id"])
    assert (shown["state"], "edited" in shown["reason"]) == ("failed", True)


async def test_a_draft_behind_a_gate_is_published_only_after_a_replay_that_passes() -> None:
    stage = await staged()
    publish = f"/api/assistants/{ASSISTANT}/publish"
    async with stage.client() as client:
        await client.patch(f"/api/assistants/{ASSISTANT}/gate", json={"replay_similarity": 0.9, "cases": 1})
        refused = await client.post(publish, json={})
        assert (refused.status_code, refused.json()["code"]) == (409, "gate_not_passed")
        await stage.begun({"version": 2, "set": [{**CASE, "sent": "Quite other words, sorry."}]})
        await stage.steps()
        assert "0.900 is needed" in (await client.post(publish, json={})).json()["detail"]
        await stage.begun()
        await stage.steps()
        assert (await client.post(publish, json={})).json()["live_version"] == 2
        await client.post(f"/api/assistants/{ASSISTANT}/rollback", json={"version": 1})


async def test_without_a_gate_nothing_is_asked() -> None:
    stage = await staged()
    async with stage.client() as client:
        assert (await client.get(f"/api/assistants/{ASSISTANT}")).json()["gate"] is None
        assert (await client.post(f"/api/assistants/{ASSISTANT}/publish", json={})).status_code == 200


async def test_a_rubric_has_a_model_rate_each_answer() -> None:
    def rating(body: dict[str, Any]) -> httpx2.Response:
        if "# Rubric" in body["messages"][0]["content"]:
            return answered('{"rating": 8}')
        return answering(body)

    stage = await staged(rating)
    made = await stage.begun({**SET, "rubric": "Is it friendly?"})
    await stage.steps()
    tried, live = (await stage.report(made["id"]))["sides"]
    assert (tried["rating"], live["rating"]) == (8.0, None)


@pytest.mark.parametrize(
    ("said", "rating"), [('{"rating": 10}', 10), ("7/10", 7), ("none", None), ("x" * 10_000 + "5", None), ("11", None)]
)
def test_only_a_whole_number_up_to_ten_is_a_rating(said: str, rating: int | None) -> None:
    assert rating_in(said) == rating


async def test_an_erased_person_is_in_no_replay() -> None:
    stage = await staged()
    line = {"author": "customer", "text": "Hi", "at": NOON.isoformat()}
    stage.past_turns[TENANT] = [{"contact": "+13125550123", "history": [line], "sent": "Hello", "sent_by": "agent"}]
    past = {"from": "2025-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}
    made = await stage.begun({"version": 2, "conversations": past})
    await stage.steps()
    replays = stage.service.tasks["replays"].__self__.replays  # type: ignore[attr-defined]
    assert await replays.erase(person_of("ten_b")) == 0
    assert await replays.erase(person_of(TENANT)) == 1
    await stage.steps()
    shown = await stage.report(made["id"])
    assert (shown["state"], shown["turns"]["items"]) == ("done", [])


async def test_an_uploaded_case_that_names_a_person_is_in_their_export_and_goes_with_an_erasure() -> None:
    stage = await staged()
    cases = [{"messages": [{"text": text}]} for text in ("I am at (312) 555-0123", "I am at (312) 555-0124")]
    await stage.begun({"version": 2, "set": cases})
    replays = stage.service.tasks["replays"].__self__.replays  # type: ignore[attr-defined]
    asked = KeptIn(tenant_id=TENANT, phone_numbers=["+13125550123"], section="replay_cases")
    kept, _ = await replays.kept_cases(asked)
    assert [case["turn"]["history"][0]["text"] for case in kept] == ["I am at (312) 555-0123"]
    assert await replays.erase(person_of("ten_b")) == 0
    assert await replays.erase(person_of(TENANT)) == 1
    assert (await replays.kept_cases(asked))[0] == []


def person_of(tenant_id: str) -> ErasedPerson:
    return ErasedPerson(
        tenant_id=tenant_id, erasure_id="era_1", contact_id="cct_1", phone_numbers=("+13125550123",), at=NOON, key=b"k"
    )
