"""Who changed what: every change has an entry, and no entry shows a secret."""

from __future__ import annotations

import json

from shared.access.gate import read


async def test_every_change_of_settings_tells_who_and_what_and_no_secret(world):
    tenant_id = await world.tenant()
    admin = await world.key(tenant_id)
    path = f"/tenants/{tenant_id}"
    await world.ask("PATCH", path, {"quiet_seconds": 5.0, "ai_mode": "suggest"}, by=admin["key"])
    connection = await world.connection(tenant_id)
    await world.ask("PATCH", f"{path}/connections/{connection}", {"api_key": "KEY-another-secret"}, by=admin["key"])
    number = {"phone_number": "+13125550001", "connection_id": connection}
    await world.ask("POST", f"{path}/numbers", number)
    await world.ask("DELETE", f"{path}/numbers/+13125550001")
    await world.ask("DELETE", f"{path}/api-keys/{admin['id']}")
    response = await world.ask("GET", f"{path}/audit")
    entries = response.json()["items"]
    by_what = {entry["what"]: entry for entry in entries}
    assert set(by_what) == {
        "tenant.opened",
        "tenant.changed",
        "api_key.made",
        "api_key.revoked",
        "connection.added",
        "connection.changed",
        "number.added",
        "number.released",
    }
    assert by_what["tenant.changed"]["changes"] == [{"field": "quiet_seconds", "old": 2.0, "new": 5.0}]
    assert by_what["tenant.changed"]["who"] == admin["id"]
    assert by_what["number.released"]["who"] == "operator"
    changed = {"field": "encrypted_api_key", "old": "(secret)", "new": "(secret)"}
    assert by_what["connection.changed"]["changes"] == [changed]
    sealed = (await world.internal(f"connections/{connection}"))["encrypted_api_key"]
    assert not {"KEY-another-secret", sealed, admin["key"]} & set(json.dumps(entries).split('"'))
    assert sealed not in response.text


async def test_the_trail_tells_who_signed_in_and_which_session_an_admin_ended(world):
    tenant_id = await world.tenant()
    ann = await world.user(tenant_id)
    first = read(world.platform.keyring, await world.token()).subject_id
    second = await world.token()
    admin = await world.key(tenant_id)
    await world.ask("DELETE", f"/tenants/{tenant_id}/users/{ann['id']}/sessions/{first}", by=admin["key"])
    await world.ask("POST", "/logout", by=second)
    trail = (await world.ask("GET", f"/tenants/{tenant_id}/audit")).json()["items"]
    entries = [(row["what"], row["who"], row["changes"][0]) for row in trail if row["what"].startswith("user.s")]
    last = read(world.platform.keyring, second).subject_id
    assert sorted(entries, key=str) == sorted(
        [
            ("user.signed_in", ann["id"], {"field": "session", "old": None, "new": first}),
            ("user.signed_in", ann["id"], {"field": "session", "old": None, "new": last}),
            ("user.session_ended", admin["id"], {"field": "session", "old": first, "new": None}),
            ("user.session_ended", ann["id"], {"field": "session", "old": last, "new": None}),
        ],
        key=str,
    )
    assert {row["subject"] for row in trail if row["what"].startswith("user.s")} == {ann["id"]}


async def test_the_trail_is_read_page_by_page_newest_first(world):
    tenant_id = await world.tenant()
    for seconds in range(1, 6):
        world.clock.advance(1)
        await world.ask("PATCH", f"/tenants/{tenant_id}", {"quiet_seconds": seconds + 10})
    seen, cursor = [], ""
    while cursor is not None:
        query = f"?limit=2&cursor={cursor}" if cursor else "?limit=2"
        page = (await world.ask("GET", f"/tenants/{tenant_id}/audit{query}")).json()
        seen += [entry["at"] for entry in page["items"]]
        cursor = page["next_cursor"]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 6


async def test_a_released_numbers_past_stays_with_its_owner(world):
    first, second = await world.tenant("A"), await world.tenant("B")
    for tenant_id in (first, second):
        number = {"phone_number": "+13125550001", "connection_id": await world.connection(tenant_id)}
        await world.made(f"/tenants/{tenant_id}/numbers", number)
        if tenant_id == first:
            await world.ask("DELETE", f"/tenants/{first}/numbers/+13125550001")
    trail = (await world.ask("GET", f"/tenants/{second}/audit")).text
    assert "number.added" in trail
    assert first not in trail
