"""What campaigns keeps of a person: exported, and erased."""

from __future__ import annotations

import httpx2

from imports_world import TENANT, ImportWorld
from shared.database.paging import documents
from shared.erasure import ErasureKeys
from shared.events import ContactChanged, ContactErased, Event, EventData


async def handled(world: ImportWorld, data: EventData, n: int) -> None:
    event = Event(
        id=f"evt-{n}",
        source="test",
        subject="s",
        time=world.clock.now(),
        tenant_id=TENANT,
        partition_key="k",
        data=data,
    )
    await dict(world.service.handlers)[type(data)](event)


async def test_every_copy_of_an_erased_contacts_card_is_emptied(imports: ImportWorld) -> None:
    """Conversation tells a card under each id that leads to the contact, those of merged contacts too."""
    for n, id in enumerate(("cct_1", "cct_2", "cct_3")):
        await handled(imports, ContactChanged(contact_id=id, revision=3, phone_numbers=(), name=f"Ada of {id}"), n)
    key = await ErasureKeys(imports.database, imports.keyring, imports.clock).made_for(TENANT)
    sealed = ErasureKeys(imports.database, imports.keyring, imports.clock).sealed(key)
    erased = ContactErased(
        erasure_id="era_1", contact_id="cct_1", other_ids=("cct_2",), phone_numbers=(), at=imports.clock.now(),
        key=sealed,
    )  # fmt: skip
    await handled(imports, erased, 9)
    assert await imports.service.erasures.once() == 1  # type: ignore[union-attr]
    everything = str([row async for row in documents(imports.database._collections["copy_contacts"], {})])  # type: ignore[attr-defined]
    assert [id for id in ("cct_1", "cct_2", "cct_3") if f"Ada of {id}" in everything] == ["cct_3"]


async def test_an_export_has_the_rejected_rows_that_name_the_person(imports: ImportWorld) -> None:
    await imports.run(b"Number,Name,Pet\n+13125550199,Cy,dog\nnone,Ada,stoat of (312) 555-0123\nnone,Bo,cat\n")
    token = imports.keyring.token({"kind": "internal", "exp": 2**31})
    asked = {"tenant_id": TENANT, "phone_numbers": ["+13125550123"], "section": "rejected_rows"}
    transport = httpx2.ASGITransport(app=imports.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        headers = {"authorization": f"Bearer {token}"}
        answer = await client.post("/internal/campaigns/kept-of-a-person", json=asked, headers=headers)
    assert [row["values"] for row in answer.json()["items"]] == [["none", "Ada", "stoat of (312) 555-0123"]]
