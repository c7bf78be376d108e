"""What users ask of imports, and what they are refused."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from awkward_files import PLAIN, workbook
from campaigns.imports import batches, upload
from campaigns.imports.domain.model import Import
from campaigns.imports.requests import Imports
from campaigns.imports.worker import ImportWorker
from imports_world import CAMPAIGN, OTHER, OTHERS_CAMPAIGN, TENANT, ImportWorld
from shared.files.store import CHUNKS_SPEC, FILES_SPEC

ROWS, FORM = PLAIN.encode(), "multipart/form-data"


async def test_the_same_file_again_adds_nothing(imports: ImportWorld) -> None:
    first = await imports.run(ROWS)
    again = await imports.run(ROWS)
    assert first["rows"] == {"read": 2, "accepted": 2, "rejected": 0, "duplicates": 0}
    assert again["rows"] == {"read": 2, "accepted": 0, "rejected": 0, "duplicates": 2}
    assert [row["code"] for row in await imports.rejected(again["id"])] == ["already_in_campaign"] * 2
    assert [(each.import_id, each.row) for each in await imports.added()] == [(first["id"], 2), (first["id"], 3)]


async def test_a_repeated_upload_with_its_key_is_the_same_import(imports: ImportWorld) -> None:
    key = {"idempotency-key": "once"}
    first, second = [(await imports.upload(ROWS, headers=key)).json() for _ in range(2)]
    assert first == second
    other = await imports.upload(ROWS + b"+13125550125,Cy\n", headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await imports.database.collection(FILES_SPEC).count({}) == 1


async def test_a_corrected_mapping_is_found_again(imports: ImportWorld) -> None:
    text = b"Ref,Line,Who\nA1,(312) 555-0123,Ana\nA2,(312) 555-0124,Ben\n"
    made = await imports.preview(text)
    path = f"{CAMPAIGN}/imports/{made['id']}"
    answer = await imports.call("PATCH", path, json={"mapping": {"1": "phone_number", "2": "name", "0": None}})
    assert answer.json()["mapping"] == {"0": None, "1": "phone_number", "2": "name"}
    assert (await imports.preview(text))["mapping"] == {"0": None, "1": "phone_number", "2": "name"}
    assert (await imports.preview(text))["warnings"][0]["code"] == "mapping_found"
    elsewhere = await imports.upload(text, tenant=OTHER, campaign=OTHERS_CAMPAIGN)
    assert elsewhere.json()["mapping"] == made["mapping"]


async def test_a_preview_is_corrected(imports: ImportWorld) -> None:
    book = workbook(["Phone"], ["0171 1234567"], sheets=("Notes", "People"))
    refused = await imports.upload(book, "list.xlsx")
    assert refused.json()["code"] == "file_empty"
    made = await imports.preview("Phone;Städte\n0171 1234567;Köln\n".encode("mac_roman"))
    path = f"{CAMPAIGN}/imports/{made['id']}"
    changes = {"encoding": "mac_roman", "region": "de", "has_header": True, "delimiter": ";"}
    revised = (await imports.call("PATCH", path, json=changes)).json()
    assert revised["columns"][1] | {"guess": None} == {
        "index": 1, "header": "Städte", "samples": ["Köln"], "guess": None,
    }  # fmt: skip
    assert (revised["format"]["encoding"], revised["region"], revised["rows"]["accepted"]) == ("mac_roman", "DE", 1)
    for wrong, code in (
        ({"encoding": "klingon"}, "bad_encoding"),
        ({"delimiter": "ab"}, "bad_delimiter"),
        ({"region": "XX"}, "bad_region"),
        ({"mapping": {"0": "Not A Name"}}, "bad_mapping"),
        ({"mapping": {"0": "name", "1": "name"}}, "bad_mapping"),
        ({"mapping": {"x": "name"}}, "bad_mapping"),
    ):
        answer = await imports.call("PATCH", path, json=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await imports.get_import(made["id"]))["region"] == "DE"


async def test_without_a_phone_column_nothing_is_committed(imports: ImportWorld) -> None:
    made = await imports.preview(b"Name,City\nAna,Chicago\nBen,Boston\n")
    assert [warning["code"] for warning in made["warnings"]] == ["no_phone_column"]
    answer = await imports.call("POST", f"{CAMPAIGN}/imports/{made['id']}/commit")
    assert (answer.status_code, answer.json()["code"]) == (422, "no_phone_column")


async def test_numbers_of_other_regions_are_refused_where_the_tenant_says_so(imports: ImportWorld) -> None:
    await imports.tenant(TENANT, default_region="DE", allowed_regions=("DE", "US"))
    done = await imports.run(b"Phone\n0171 1234567\n+13125550123\n+447400123456\n")
    assert [each.phone_number for each in await imports.added()] == ["+491711234567", "+13125550123"]
    assert [(row["row"], row["code"]) for row in await imports.rejected(done["id"])] == [(4, "foreign_region")]


async def test_only_drafts_and_paused_campaigns_take_rows(imports: ImportWorld) -> None:
    made = await imports.preview(ROWS)
    await imports.campaign(CAMPAIGN, TENANT, "running")
    for answer in (await imports.upload(ROWS), await imports.call("POST", f"{CAMPAIGN}/imports/{made['id']}/commit")):
        assert (answer.status_code, answer.json()["code"]) == (409, "campaign_takes_no_recipients")
    await imports.campaign(CAMPAIGN, TENANT, "paused")
    await imports.commit(made["id"])
    running = await imports.campaigns.get(CAMPAIGN)
    assert running is not None
    assert running.importing == (made["id"],), "it must not start now"


async def test_a_cancelled_import_takes_its_rows_with_it_and_no_others(imports: ImportWorld) -> None:
    await imports.run(b"Phone\n+13125550199\n")
    done = await imports.run(ROWS)
    answer = await imports.call("POST", f"{CAMPAIGN}/imports/{done['id']}/cancel")
    assert (answer.status_code, answer.json()["state"], answer.json()["rows"]["accepted"]) == (200, "cancelled", 0)
    assert [each.phone_number for each in await imports.added()] == ["+13125550199"]
    assert (await imports.call("POST", f"{CAMPAIGN}/imports/{done['id']}/cancel")).status_code == 200
    again = await imports.call("POST", f"{CAMPAIGN}/imports/{done['id']}/commit")
    assert (again.status_code, again.json()["code"]) == (409, "import_not_in_preview")
    assert (await imports.run(ROWS))["rows"]["accepted"] == 2


async def test_a_preview_that_is_cancelled_leaves_no_file(imports: ImportWorld) -> None:
    made = await imports.preview(ROWS)
    await imports.call("POST", f"{CAMPAIGN}/imports/{made['id']}/cancel")
    assert await imports.database.collection(CHUNKS_SPEC).count({}) == 0


async def test_a_file_that_is_damaged_further_down_adds_nothing(imports: ImportWorld) -> None:
    rows = "".join(f"+1312555{n:04d},Person\n" for n in range(100, 3000))
    made = await imports.preview(f'Phone,Name\n{rows}+13125550001,"{"x" * 200_000}\n'.encode())
    assert made["sampled"]
    assert made["rows"]["read"] == 999
    await imports.commit(made["id"])
    await imports.work()
    failed = await imports.get_import(made["id"])
    assert failed["state"] == "failed"
    assert "quote" in failed["error"]
    assert failed["rows"]["accepted"] == 0
    assert await imports.added() == []


async def test_tenants_never_meet(imports: ImportWorld) -> None:
    made = await imports.preview(ROWS)
    path = f"{CAMPAIGN}/imports/{made['id']}"
    for method, rest in (("GET", ""), ("GET", "/rejected"), ("POST", "/commit"), ("POST", "/cancel")):
        assert (await imports.call(method, f"{path}{rest}", tenant=OTHER)).status_code == 404
    assert (await imports.call("PATCH", path, tenant=OTHER, json={})).status_code == 404
    assert (await imports.call("GET", f"{OTHERS_CAMPAIGN}/imports/{made['id']}")).status_code == 404
    assert (await imports.upload(ROWS, tenant=OTHER)).status_code == 404
    assert (await imports.upload(ROWS, role="viewer")).status_code == 403


async def test_rejected_rows_are_downloaded_without_formulas(imports: ImportWorld) -> None:
    done = await imports.run(b'Phone,Name\n12345,=HYPERLINK("evil")\n+49 241 4701,"@x, y"\n')
    path = f"{CAMPAIGN}/imports/{done['id']}/rejected"
    answer = await imports.call("GET", path, headers={"accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == ["row", "code", "detail", "Phone", "Name"]
    assert [(row[0], row[1], row[4]) for row in rows[1:]] == [
        ("2", "short_code", '\'=HYPERLINK("evil")'),
        ("3", "landline", "'@x, y"),
    ]
    page = (await imports.call("GET", f"{path}?limit=1")).json()
    assert [row["row"] for row in page["items"]] == [2]
    following = (await imports.call("GET", f"{path}?limit=1&cursor={page['next_cursor']}")).json()
    assert [row["row"] for row in following["items"]] == [3]


async def test_a_file_above_the_limit_is_cut_off(imports: ImportWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "MOST_BYTES", 2 * 1024 * 1024)
    answer = await imports.upload(b"+13125550123,Ana\n" * 150_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert await imports.database.collection(CHUNKS_SPEC).count({}) == 0


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"json": {}}, 422, "not_multipart"),
        ({"data": {"a": "b"}, "files": {"other": b"x"}}, 422, "no_file"),
        ({"files": [("file", b"a"), ("file", b"b")]}, 422, "several_files"),
        ({"files": {"file": ROWS}, "data": {"mapping": "[1]"}}, 422, "bad_mapping"),
        ({"files": {"file": ROWS}, "data": {"has_header": "perhaps"}}, 422, "bad_has_header"),
        ({"files": {"file": ROWS}, "data": {"note": "x" * 70_000}}, 422, "field_too_large"),
        ({"content": b"--b\r\nnonsense", "headers": {"content-type": f"{FORM}; boundary=b"}}, 400, "malformed"),
        ({"content": b"", "headers": {"content-type": FORM}}, 422, "not_multipart"),
    ],
)  # fmt: skip
async def test_a_malformed_form_is_refused(
    imports: ImportWorld, sent: dict[str, object], status: int, code: str
) -> None:
    answer = await imports.call("POST", f"{CAMPAIGN}/imports", **sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await imports.database.collection(FILES_SPEC).count({}) == 0


async def test_a_preview_is_given_up_after_a_week(imports: ImportWorld) -> None:
    made = await imports.preview(ROWS)
    sweep = imports.service.tasks["import sweep"].__self__.imports.sweep  # type: ignore[attr-defined]  # the loop's own object
    await sweep()
    assert (await imports.get_import(made["id"]))["state"] == "preview"
    imports.clock.advance(8 * 86_400)
    await sweep()
    assert (await imports.get_import(made["id"]))["state"] == "cancelled"
    assert await imports.database.collection(CHUNKS_SPEC).count({}) == 0


async def test_a_draft_that_is_deleted_while_rows_are_added_keeps_none(
    imports: ImportWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 1)
    made = await imports.preview(ROWS)
    await imports.commit(made["id"])
    add = ImportWorker._add

    async def deleting(self: ImportWorker, *args: Any) -> Any:
        await imports.campaign(CAMPAIGN, TENANT, "deleted")
        return await add(self, *args)

    monkeypatch.setattr(ImportWorker, "_add", deleting)
    await imports.work()
    assert (await imports.added(), await imports.database.collection(CHUNKS_SPEC).count({})) == ([], 0)


@pytest.mark.parametrize("asked", ["commit", "cancel"])
async def test_who_cancels_at_the_moment_of_another_request_leaves_no_campaign_that_cannot_start(
    imports: ImportWorld, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    made = (await imports.run(ROWS)) if asked == "cancel" else await imports.preview(ROWS)
    path, hold = f"{CAMPAIGN}/imports/{made['id']}", Imports._hold_campaign

    async def slow(self: Imports, known: Import) -> None:
        monkeypatch.setattr(Imports, "_hold_campaign", hold)
        assert (await imports.call("POST", f"{path}/cancel")).json()["state"] == "cancelled"
        await hold(self, known)

    monkeypatch.setattr(Imports, "_hold_campaign", slow)
    answer = await imports.call("POST", f"{path}/{asked}")
    assert answer.status_code == (200 if asked == "cancel" else 409), answer.text
    campaign = await imports.campaigns.get(CAMPAIGN)
    assert campaign is not None
    assert campaign.importing == ()


async def test_rows_with_long_cells_make_smaller_batches(imports: ImportWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH_CHARACTERS", 200)
    sizes, add = list[int](), ImportWorker._add

    async def noting(self: ImportWorker, *args: Any) -> Any:
        sizes.append(args[3].rows)
        return await add(self, *args)

    monkeypatch.setattr(ImportWorker, "_add", noting)
    done = await imports.run(b"Phone,Note\n" + b"".join(b"+131255501%02d,%s\n" % (n, b"x" * 90) for n in range(8)))
    assert (done["rows"]["accepted"], sizes) == (8, [2, 2, 2, 2])


async def test_what_is_imported_is_not_looked_at_anew(imports: ImportWorld) -> None:
    done = await imports.run(ROWS)
    change = {"mapping": {"0": None, "1": "phone_number"}}
    answer = await imports.call("PATCH", f"{CAMPAIGN}/imports/{done['id']}", json=change)
    assert (answer.status_code, answer.json()["code"]) == (409, "import_not_in_preview"), "its file is gone"
    assert (await imports.preview(ROWS))["mapping"] == done["mapping"]
