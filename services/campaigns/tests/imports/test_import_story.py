"""An import from the upload to the recipients."""

from __future__ import annotations

from imports_world import CAMPAIGN, ImportWorld


async def test_a_file_is_looked_at_then_added(imports: ImportWorld) -> None:
    text = "Name;Handy;Telefon;Lieblingskuchen\nAna;;0171 1234567;Käse\nBen;0172 1234567;0241 47010;\n;;0241 47010;x\n"
    made = await imports.preview(text.encode("cp1252"), region="DE")
    assert made["format"] == {
        "kind": "text", "encoding": "cp1252", "delimiter": ";", "has_header": True, "sheet": None, "sheets": [],
    }  # fmt: skip
    assert made["mapping"] == {"0": "name", "1": "phone_number", "2": "phone_number", "3": "lieblingskuchen"}
    assert made["rows"] == {"read": 3, "accepted": 2, "rejected": 1, "duplicates": 0}
    assert made["preview_rows"][2] == {
        "row": 4, "values": ["", "", "0241 47010", "x"], "code": "landline",
        "detail": "This is a landline: it cannot receive SMS.",
    }  # fmt: skip
    assert (made["preview_rows"][0]["row"], made["preview_rows"][0]["code"]) == (2, "")
    assert (made["state"], made["sampled"], await imports.added()) == ("preview", False, [])
    assert (await imports.commit(made["id"]))["state"] == "running"
    await imports.work()
    done = await imports.get_import(made["id"])
    assert done["preview_rows"] == []
    assert (done["state"], done["progress"], done["rows"]) == ("done", 1.0, made["rows"])
    ana, ben = await imports.added()
    assert (ana.phone_number, ana.name, ana.fields, ana.row) == (
        "+491711234567",
        "Ana",
        (("lieblingskuchen", "Käse"),),
        2,
    )
    assert (ben.phone_number, ben.fields) == ("+491721234567", ())
    assert await imports.rejected(made["id"]) == [
        {"row": 4, "code": "landline", "detail": "This is a landline: it cannot receive SMS.",
         "values": ["", "", "0241 47010", "x"]}
    ]  # fmt: skip
    campaign = await imports.campaigns.get(CAMPAIGN)
    assert campaign is not None
    assert campaign.importing == ()
