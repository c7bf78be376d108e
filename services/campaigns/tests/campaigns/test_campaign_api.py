"""The API of campaigns refuses what cannot be, and lists and exports recipients."""

from __future__ import annotations

from typing import Any

import pytest
from services.campaigns.tests.campaigns.conftest import number

from shared.aggregates import Aggregates


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": ""}, "invalid"),
        ({"name": "x", "text": "Hi {name"}, "invalid_text"),
        ({"name": "x", "from_numbers": ["+13125559999"]}, "number_not_yours"),
        ({"name": "x", "send_window": {"opens": 20, "closes": 8}}, "invalid"),
    ],
)
async def test_a_draft_that_cannot_be_is_refused(world: Any, marketer: Any, body: Any, code: str) -> None:
    answer = await world.ask("POST", "/api/campaigns", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text


async def test_start_is_refused_with_the_reason(world: Any, marketer: Any) -> None:
    empty = await marketer.draft(0)
    assert (await marketer.post(empty, "start")).json()["code"] == "no_recipients"
    silent = await marketer.draft(1, text=" ")
    assert (await marketer.post(silent, "start")).json()["code"] == "nothing_to_send"
    flow = await marketer.draft(1, workflow_id="wfl_none")
    assert (await marketer.post(flow, "start")).status_code == 404
    running = await marketer.draft(1)
    assert (await marketer.post(running, "start")).status_code == 200
    assert (await marketer.post(running, "start")).json()["code"] == "not_a_draft"
    more = {"recipients": [{"phone_number": number(9)}]}
    assert (await marketer.post(running, "recipients", more)).json()["code"] == "campaign_takes_no_recipients"
    renamed = await world.ask("PATCH", f"/api/campaigns/{running}", {"name": "Summer"})
    assert renamed.json()["name"] == "Summer"
    changed = await world.ask("PATCH", f"/api/campaigns/{running}", {"text": "No"})
    assert (changed.status_code, changed.json()["code"]) == (409, "not_a_draft")
    assert (await world.ask("DELETE", f"/api/campaigns/{running}")).json()["code"] == "not_a_draft"


async def test_a_repeated_key_makes_one_campaign_and_one_start(world: Any, marketer: Any) -> None:
    body = {"name": "Spring", "text": "Hi"}
    first = await world.ask("POST", "/api/campaigns", body, key="k1")
    again = await world.ask("POST", "/api/campaigns", body, key="k1")
    assert first.json()["id"] == again.json()["id"]
    other = await world.ask("POST", "/api/campaigns", {"name": "Other"}, key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    id = await marketer.draft(1)
    at = {"at": "2026-02-01T10:00:00Z"}
    for _ in range(2):
        assert (await marketer.post(id, "start", at, key="s1")).json()["state"] == "scheduled"
    assert (await marketer.post(id, "start", {}, key="s1")).json()["code"] == "idempotency_key_reused"
    assert (await marketer.post(id, "unschedule")).json()["state"] == "draft"


async def test_rows_that_cannot_be_texted_are_rejected_by_place(world: Any, marketer: Any) -> None:
    id = await marketer.draft(1)
    given = ["12345", "no number", "(312) 556-0005", "+13125560005", number(0), "+1312", ""]
    rows = [{"phone_number": text} for text in given]
    answer = (await marketer.post(id, "recipients", {"recipients": rows})).json()
    assert answer["accepted"] == 1
    assert [(each["index"], each["code"]) for each in answer["rejected"]] == [
        (0, "short_code"), (1, "no_phone_number"), (3, "duplicate_in_file"), (4, "already_in_campaign"),
        (5, "invalid_number"), (6, "no_phone_number"),
    ]  # fmt: skip


async def test_recipients_are_searched_paged_and_exported_safely(world: Any, marketer: Any) -> None:
    id = await marketer.draft(4)
    evil = {"phone_number": number(50), "name": "=cmd|' /C calc'!A0", "company": "Acme", "fields": {"cake": "@lemon"}}
    await marketer.post(id, "recipients", {"recipients": [evil]})

    async def listed(query: str) -> list[str]:
        answer = await world.get(f"/api/campaigns/{id}/recipients?{query}")
        return [each["phone_number"] for each in answer.json()["items"]]

    assert await listed("q=acme") == [number(50)]
    assert await listed("q=(312) 556-0050") == [number(50)]
    assert await listed("state=sent") == []
    assert sorted(await listed("state=pending")) == [*(number(n) for n in range(4)), number(50)]
    first = (await world.get(f"/api/campaigns/{id}/recipients?limit=3")).json()
    rest = (await world.get(f"/api/campaigns/{id}/recipients?limit=3&cursor={first['next_cursor']}")).json()
    assert len({each["id"] for each in first["items"] + rest["items"]}) == 5
    csv = await world.get(f"/api/campaigns/{id}/recipients?format=csv")
    assert csv.headers["content-type"].startswith("text/csv")
    assert "'=cmd" in csv.text and "'@lemon" in csv.text and ",=cmd" not in csv.text  # noqa: PT018
    assert csv.text.count("\r\n") == 6
    assert (await world.get(f"/api/campaigns/{id}/recipients", "ten_b")).status_code == 404


async def test_recipients_are_listed_in_the_order_of_their_list(world: Any, marketer: Any) -> None:
    id = await marketer.draft(0)
    wanted = [number(n) for n in (7, 2, 9, 4, 1)]
    await marketer.post(id, "recipients", {"recipients": [{"phone_number": each} for each in wanted]})
    first = (await world.get(f"/api/campaigns/{id}/recipients?limit=3")).json()
    rest = (await world.get(f"/api/campaigns/{id}/recipients?limit=3&cursor={first['next_cursor']}")).json()
    assert [each["phone_number"] for each in (*first["items"], *rest["items"])] == wanted


async def test_a_draft_is_copied_with_its_recipients_and_deleted_without_a_trace(world: Any, marketer: Any) -> None:
    id = await marketer.draft(3)
    copy = (await marketer.post(id, "copy", {"recipients": True})).json()
    assert (await marketer.post(copy["id"], "start")).json()["code"] == "import_running"
    assert (await world.ask("DELETE", f"/api/campaigns/{copy['id']}")).json()["code"] == "import_running"
    await world.look(2)
    assert await marketer.counts(copy["id"]) == {"pending": 3}
    bare = (await marketer.post(id, "copy")).json()
    assert (bare["name"], bare["counts"]["total"]) == ("Spring (copy)", 0)
    assert (await world.ask("DELETE", f"/api/campaigns/{id}")).status_code == 204
    assert (await world.get(f"/api/campaigns/{id}")).status_code == 404
    await world.look(1)
    left = world.database.collection(world.recipients_spec)
    assert await left.count({"campaign_id": id}) == 0
    shown = (await world.get("/api/campaigns")).json()["items"]
    assert {each["id"] for each in shown} == {copy["id"], bare["id"]}
    [gone] = [each["id"] for each in shown if each["counts"]["total"] == 3 or each["id"] == copy["id"]]
    recipient = (await world.get(f"/api/campaigns/{gone}/recipients?limit=1")).json()["items"][0]["id"]
    assert (await world.ask("DELETE", f"/api/campaigns/{gone}/recipients/{recipient}")).status_code == 204
    assert await marketer.counts(gone) == {"pending": 2}


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("start", {"starts_at": "2026-12-01T15:00:00Z"}),
        ("retry", {"reason": ["unreachable"]}),
        ("copy", {"with_recipients": True}),
        ("recipients", {"recipients": [{"phone_number": number(9), "email": "a@b.example"}]}),
    ],
)
async def test_a_misspelled_field_is_refused_and_nothing_is_done(
    world: Any, marketer: Any, what: str, body: Any
) -> None:
    id = await marketer.draft(1)
    answer = await marketer.post(id, what, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert (await marketer.campaign(id))["state"] == "draft"


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ({"local_time": "9999-12-31T23:59"}, "too_far_ahead"),
        ({"local_time": "2099-01-01T10:00"}, "too_far_ahead"),
        ({"at": "9999-12-31T23:59:00-12:00"}, "too_far_ahead"),
        ({"local_time": "0001-01-01T00:00"}, "long_past"),
    ],
)
async def test_nothing_starts_or_is_forecast_more_than_a_year_away(
    world: Any, marketer: Any, when: Any, code: str
) -> None:
    id = await marketer.draft(1)
    for what in ("start", "forecast"):
        answer = await marketer.post(id, what, when)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text


async def test_a_moment_that_is_past_means_now(world: Any, marketer: Any) -> None:
    id = await marketer.draft(1)
    started = (await marketer.post(id, "start", {"at": "0001-01-01T00:00:00+14:00"})).json()
    assert (started["state"], started["starts_at"]) == ("running", "2026-01-01T18:00:00Z")


async def test_hours_in_which_nothing_may_leave_are_refused_at_the_start(world: Any, marketer: Any) -> None:
    id = await marketer.draft(1, send_window={"opens": 21, "closes": 24})
    answer = await marketer.post(id, "start")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_common_hours")


async def test_recipients_under_a_key_get_one_answer(world: Any, marketer: Any) -> None:
    id = await marketer.draft(1)
    body = {"recipients": [{"phone_number": text} for text in (number(0), number(1), number(1), "12345")]}
    first = await marketer.post(id, "recipients", body, key="k1")
    assert (first.json()["accepted"], len(first.json()["rejected"])) == (1, 3)
    assert (await marketer.post(id, "recipients", body, key="k1")).json() == first.json()
    assert (await marketer.post(id, "recipients", body, key="k2")).json()["accepted"] == 0
    for what, other in (("recipients", {"recipients": [{"phone_number": number(2)}]}), ("audience", {"label": "vip"})):
        assert (await marketer.post(id, "audience", {"label": "old"}, key="k1")).status_code == 200
        answer = await marketer.post(id, what, other, key="k1")
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert await marketer.counts(id) == {"pending": 2}


async def test_a_search_that_finds_little_reads_page_by_page(
    world: Any, marketer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await marketer.draft(1100)
    reads, find = list[Any](), Aggregates.find

    async def noted(self: Aggregates[Any], *args: Any, **more: Any) -> Any:
        reads.append(args)
        return await find(self, *args, **more)

    monkeypatch.setattr(Aggregates, "find", noted)
    path = f"/api/campaigns/{id}/recipients?q=P10"  # 11 below 110, and a hundred from 1000 on
    assert len((await world.get(f"{path}00&limit=1")).json()["items"]) == 1
    assert len(reads) <= 5
    found, cursor = list[str](), ""
    while cursor is not None:
        page = (await world.get(f"{path}&limit=7&cursor={cursor}")).json()
        assert len(page["items"]) <= 7
        found += [each["name"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert sorted(found) == sorted(f"P{n}" for n in (10, *range(100, 110), *range(1000, 1100)))


async def test_a_number_in_its_usual_spelling_is_found_and_exported(world: Any, marketer: Any) -> None:
    id = await marketer.draft(2)
    listed = await world.get(f"/api/campaigns/{id}/recipients?q=(312) 556-0001")
    assert [each["phone_number"] for each in listed.json()["items"]] == [number(1)]
    export = await world.get(f"/api/campaigns/{id}/recipients?q=(312) 556-0001&format=csv")
    assert [line.split(",")[1] for line in export.text.splitlines()[1:]] == [number(1)]
