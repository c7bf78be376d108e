"""Each awkward file gives the right rows, or is refused with a reason and leaves nothing behind."""

from __future__ import annotations

import pytest

from awkward_files import BOOKS, REFUSED, TEXTS, Awkward
from imports_world import ImportWorld
from shared.files.store import CHUNKS_SPEC, FILES_SPEC


def test_there_are_enough_of_them() -> None:
    assert len(TEXTS) + len(BOOKS) + len(REFUSED) >= 60


@pytest.mark.parametrize("file", [*TEXTS, *BOOKS], ids=lambda file: file.what)
async def test_a_table_gives_its_rows(imports: ImportWorld, file: Awkward) -> None:
    made = await imports.preview(file.content, file.file_name, **file.fields)
    assert made["format"].items() >= file.format.items()
    done = await imports.run(file.content, file.file_name, **file.fields)
    assert (done["state"], done["error"]) == ("done", None)
    added = await imports.added()
    assert [(each.phone_number, each.name) for each in added] == list(file.rows), await imports.rejected(done["id"])
    assert dict(added[0].fields).items() >= file.own.items()
    refused = [(row["row"], row["code"]) for row in await imports.rejected(done["id"])]
    if file.rejected or len(file.content) < 10_000:
        assert refused == list(file.rejected)
    counts = done["rows"]
    assert counts["read"] == counts["accepted"] + counts["rejected"] + counts["duplicates"]
    if not made["sampled"]:
        assert counts == made["rows"]


@pytest.mark.parametrize("file", REFUSED, ids=lambda file: file.what)
async def test_what_is_no_table_is_refused(imports: ImportWorld, file: Awkward) -> None:
    answer = await imports.upload(file.content, file.file_name, file.fields)
    assert (answer.status_code, answer.json()["code"]) == (422, file.refused), answer.text
    assert answer.json()["detail"].endswith(".")
    for spec in (FILES_SPEC, CHUNKS_SPEC):
        assert await imports.database.collection(spec).count({}) == 0
