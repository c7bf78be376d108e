"""Runs that a campaign starts: they send for it, wait while it is paused, and end with it."""

from __future__ import annotations

from typing import Any

import pytest

from shared.events import ContactChanged, QuietHours, TenantChanged
from shared.ids import derived_id
from workflow_world import OURS, PERSON, WorkflowsWorld, send, wait, workflow

NAMES = {PERSON: "Ada {x}", "+13125550002": "Bob"}
STEPS = workflow(send("Second, {name}", "second"), wait(), send("Third", "third"), trigger="campaign")


class Marketer:
    def __init__(self, world: WorkflowsWorld) -> None:
        self.world = world

    async def begin(self, definition: dict[str, Any], text: str | None = "Hi {name}") -> str:
        """A campaign that has handed everybody over."""
        at_any_hour = QuietHours(opens=0, closes=24)
        await self.world.handle(TenantChanged(tenant_id="ten_a", revision=5, name="a", quiet_hours=at_any_hour))
        body = {
            "name": "Spring",
            "text": text,
            "from_numbers": [OURS],
            "workflow_id": await self.world.made(definition),
        }
        id = (await self.ask("", body))["id"]
        rows = [{"phone_number": number, "name": name} for number, name in NAMES.items()]
        await self.ask(f"/{id}/recipients", {"recipients": rows})
        await self.ask(f"/{id}/start", {})
        for _ in range(3):
            await self.world.pass_time(1)
        return id

    async def ask(self, path: str, body: Any = None, method: str = "POST") -> Any:
        answer = await self.world.ask(method, f"/api/campaigns{path}", body)
        assert answer.is_success, answer.text
        return answer.json()

    async def recipients(self, id: str) -> dict[str, tuple[str, str]]:
        """State and reason, by name."""
        items = (await self.ask(f"/{id}/recipients", method="GET"))["items"]
        return {row["name"]: (row["state"], row["reason"]) for row in items}

    async def runs(self, state: str) -> list[dict[str, Any]]:
        [workflow] = (await self.world.ask("GET", "/api/workflows")).json()["items"]
        return (await self.world.ask("GET", f"/api/workflows/{workflow['id']}/runs?state={state}")).json()["items"]


@pytest.fixture
def marketer(world: WorkflowsWorld) -> Marketer:
    return Marketer(world)


async def test_the_campaigns_text_comes_first_and_is_followed(world: WorkflowsWorld, marketer: Marketer) -> None:
    id = await marketer.begin(STEPS)
    assert sorted(world.texts) == ["Hi Ada {x}", "Hi Bob"]
    assert {(sent["campaign_id"], sent["author"], sent["priority"]) for sent in world.sent} == {
        (id, "workflow", "bulk")
    }
    await world.settle("accepted", n=0)
    assert world.texts[2] == f"Second, {world.texts[0].removeprefix('Hi ')}"
    await world.settle("delivered", n=0, revision=5)
    states = await marketer.recipients(id)
    assert sorted(state for state, _ in states.values()) == ["delivered", "queued"]


async def test_runs_of_a_paused_campaign_hold_their_texts(world: WorkflowsWorld, marketer: Marketer) -> None:
    id = await marketer.begin(STEPS)
    await marketer.ask(f"/{id}/pause")
    await world.settle("withdrawn", n=0, reason="campaign_withdrawn")
    await world.settle("accepted", n=1)
    held = await marketer.runs("waiting")
    assert [run["held"] for run in held] == ["campaign_paused", "campaign_paused"]
    assert len(world.sent) == 2
    await marketer.ask(f"/{id}/resume")
    await world.pass_time(1)
    first, second, again, following = world.sent
    assert sorted([again["text"], following["text"]]) == sorted([first["text"], f"Second, {NAMES[second['contact']]}"])
    assert len({sent["message_id"] for sent in world.sent}) == 4
    assert {again["feed"], following["feed"]} == {first["feed"] + 1}, "what follows is not withdrawn with what was"


async def test_a_cancelled_campaign_stops_its_runs(world: WorkflowsWorld, marketer: Marketer) -> None:
    id = await marketer.begin(STEPS)
    await world.settle(n=0)
    await world.settle(n=-1)
    assert len(await marketer.runs("waiting")) == 1
    await marketer.ask(f"/{id}/cancel")
    await world.pass_time(1)
    stopped = await marketer.runs("stopped")
    assert len(stopped) == 2
    assert len(world.acts("released")) == 1
    await world.handle(world.texted("hello?", stopped[0]["recipient"]["phone_number"]))
    assert world.acts("took") == []


async def test_a_recipient_filtered_out_before_any_text_is_skipped(world: WorkflowsWorld, marketer: Marketer) -> None:
    keep = {"id": "only-ada", "type": "filter", "keep": "recipient.name == 'Ada {x}'"}
    id = await marketer.begin(workflow(keep, send("Hello", "a"), trigger="campaign"), text=None)
    assert world.texts == ["Hello"]
    await world.settle()
    await world.pass_time(1)
    assert await marketer.recipients(id) == {"Ada {x}": ("sent", ""), "Bob": ("skipped", "filtered")}


async def test_a_recipient_whose_text_would_have_a_hole_is_skipped(world: WorkflowsWorld, marketer: Marketer) -> None:
    id = await marketer.begin(workflow(send("Hello {shoe_size}", "a"), trigger="campaign"), text=None)
    await world.pass_time(1)
    assert set((await marketer.recipients(id)).values()) == {("skipped", "missing_variable")}
    assert world.texts == []


async def test_a_recipient_in_the_same_workflow_already_is_skipped(world: WorkflowsWorld, marketer: Marketer) -> None:
    first = await marketer.begin(STEPS)
    [workflow] = (await world.ask("GET", "/api/workflows")).json()["items"]
    copy = (await marketer.ask(f"/{first}/copy", {}))["id"]
    await marketer.ask(f"/{copy}/recipients", {"recipients": [{"phone_number": PERSON, "name": "Ada {x}"}]})
    await marketer.ask(f"/{copy}/start", {})
    for _ in range(3):
        await world.pass_time(1)
    assert await marketer.recipients(copy) == {"Ada {x}": ("skipped", "already_running")}
    assert workflow["live_version"] == 1


async def test_an_opted_out_recipients_run_ends(world: WorkflowsWorld, marketer: Marketer) -> None:
    await marketer.begin(STEPS)
    await world.settle("suppressed", n=0, reason="opted_out")
    [run] = await marketer.runs("stopped")
    assert run["reason"] == "opted_out"


async def test_a_text_that_names_a_field_of_the_contact_asks_for_it(world: WorkflowsWorld, marketer: Marketer) -> None:
    """Whether the contact is known here already makes no difference."""
    id = derived_id("cct", "ten_a", PERSON)
    world.cards[id] = ContactChanged(
        contact_id=id, revision=1, phone_numbers=(PERSON,), fields=(("pet", "Rex"),), labels=()
    )
    await marketer.begin(workflow(send("How is {pet|your pet}?", "ask"), trigger="campaign"), text=None)
    assert sorted(world.texts) == ["How is Rex?", "How is your pet?"]
