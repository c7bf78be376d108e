"""A preview shows the text as recipients read it, what is wrong with it, and what it could be."""

from __future__ import annotations

from typing import Any

TEXT = "Blue Door: “{thing}” for {name|you}. Reply STOP to stop."


async def test_each_row_is_shown_with_its_parts_and_problems(stage: Any, people: Any) -> None:
    rows = [people.one(1, thing="cake"), people.one(2), people.one(3, thing="x" * 800)]
    id = await stage.campaign(TEXT, rows)
    shown = await stage.post(f"/api/campaigns/{id}/preview")
    by_number = {item["phone_number"]: item for item in shown["items"]}
    assert by_number["+13125550001"] == {
        "phone_number": "+13125550001", "text": "Blue Door: “cake” for Ana Ruiz. Reply STOP to stop.",
        "parts": 1, "encoding": "UCS-2", "forced_by": "“", "problems": [],
    }  # fmt: skip
    assert [problem["code"] for problem in by_number["+13125550002"]["problems"]] == ["missing_variable"]
    assert [problem["code"] for problem in by_number["+13125550003"]["problems"]] == ["too_long"]
    assert shown["costliest"]["phone_number"] == "+13125550003"
    assert shown["looked_at"] == 3
    assert shown["reminders"] == []
    assert shown["wording"]["text"] == 'Blue Door: "{thing}" for {name|you}. Reply STOP to stop.'
    assert stage.texts == []


async def test_the_limit_bounds_what_is_shown_and_not_what_is_looked_at(stage: Any, people: Any) -> None:
    id = await stage.campaign("Hi {name}", people(5))
    shown = await stage.post(f"/api/campaigns/{id}/preview", {"limit": 2})
    assert (len(shown["items"]), shown["looked_at"]) == (2, 5)


async def test_a_text_that_is_being_written_can_be_shown_and_is_not_kept(stage: Any, people: Any) -> None:
    id = await stage.campaign("Hi {name}", people(1))
    shown = await stage.post(f"/api/campaigns/{id}/preview", {"text": "Dear {nmae}"})
    assert shown["variables"] == [{"name": "nmae", "default": None, "known": False}]
    assert [each["code"] for each in shown["reminders"]] == ["no_sender", "no_way_to_stop"]
    assert (await stage.call("GET", f"/api/campaigns/{id}")).json()["text"] == "Hi {name}"


async def test_a_mistake_in_the_text_is_named_with_its_place(stage: Any) -> None:
    id = await stage.campaign()
    refused = await stage.call("POST", f"/api/campaigns/{id}/preview", {"text": "Hi {name"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_text")
    assert "character 4" in refused.json()["detail"]


async def test_a_draft_without_recipients_can_be_previewed(stage: Any) -> None:
    id = await stage.campaign()
    shown = await stage.post(f"/api/campaigns/{id}/preview", role="viewer")
    assert (shown["items"], shown["costliest"]) == ([], None)


async def test_another_tenants_campaign_is_not_found(stage: Any) -> None:
    id = await stage.campaign()
    assert (await stage.call("POST", f"/api/campaigns/{id}/preview", tenant="ten_b")).status_code == 404


async def test_a_campaign_that_leaves_all_texts_to_its_workflow_has_none_to_preview(stage: Any, people: Any) -> None:
    step = {"id": "a", "type": "send_message", "text": "Hi"}
    definition = {"trigger": {"type": "campaign"}, "steps": [step]}
    workflow = await stage.post("/api/workflows", {"name": "Welcome", "definition": definition}, role="admin")
    id = await stage.campaign(None, people(1), workflow_id=workflow["id"])
    assert (await stage.post(f"/api/campaigns/{id}/preview"))["items"] == []
    written = await stage.post(f"/api/campaigns/{id}/preview", {"text": "Hello"})
    assert [item["text"] for item in written["items"]] == ["Hello"]
