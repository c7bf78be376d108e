"""A public key under which anybody can sign is refused, and one that was stored before is taken out of use."""

from __future__ import annotations

import base64

from accounts.tenants.store import open_tenant_store
from accounts.tenants.unsafe_keys import withdraw_unsafe_keys
from shared.aggregates import Cause, Decision
from testkit.eventually import eventually

GOOD = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
ZERO = base64.b64encode(bytes(32)).decode()
UNSAFE = {
    "zero": ZERO,
    "neutral element": base64.b64encode(b"\x01" + bytes(31)).decode(),
    "y = p, not canonical": base64.b64encode((2**255 - 19).to_bytes(32, "little")).decode(),
    "no point of the curve": base64.b64encode(b"\x02" + bytes(31)).decode(),
}


async def test_an_unsafe_key_is_refused_when_it_is_entered_and_when_it_is_changed(world):
    for key in UNSAFE.values():
        tenant_id = await world.tenant()
        path = f"/tenants/{tenant_id}/connections"
        added = await world.ask("POST", path, {"api_key": "KEY1", "public_key": key}, key=f"once {key}")
        changed = await world.ask("PATCH", f"{path}/{await world.connection(tenant_id)}", {"public_keys": [GOOD, key]})
        for answer in (added, changed):
            assert (answer.status_code, answer.json()["code"]) == (422, "unsafe_public_key")
        again = await world.ask("POST", path, {"api_key": "KEY1", "public_key": GOOD}, key=f"once {key}")
        assert again.status_code == 201, "a refused body does not use up the Idempotency-Key"


async def test_a_key_stored_before_is_withdrawn_everywhere_and_the_reason_shown(world):
    tenant_id = await world.tenant()
    id = await world.connection(tenant_id)
    store = open_tenant_store(world.storage())
    await store.connections.change(
        id,
        Cause.request(tenant_id),
        lambda state: Decision(state.but(facts=state.facts.but(public_keys=(ZERO,)))),
    )
    published = await world.published("ingress.connection.changed.v1")
    assert await withdraw_unsafe_keys(store) == 1
    assert await withdraw_unsafe_keys(store) == 0
    row = await world.internal(f"connections/{id}")
    assert (row["public_keys"], row["revision"]) == ([], 2)

    async def another() -> bool:
        return await world.published("ingress.connection.changed.v1") == published + 1

    await eventually(another)
    path = f"/tenants/{tenant_id}/connections/{id}"
    shown = (await world.ask("GET", path)).json()
    assert (shown["usable"], shown["public_key"], shown["public_keys"]) == (False, "", [])
    assert ZERO in shown["problem"]
    mended = (await world.ask("PATCH", path, {"public_keys": [GOOD]})).json()
    assert (mended["usable"], mended["problem"], mended["public_keys"]) == (True, None, [GOOD])
    trail = (await world.ask("GET", f"/tenants/{tenant_id}/audit")).json()["items"]
    assert {entry["who"] for entry in trail if entry["what"] == "connection.changed"} == {"operator", "key check"}


async def test_of_two_keys_the_safe_one_goes_on_verifying(world):
    tenant_id = await world.tenant()
    id = await world.connection(tenant_id)
    store = open_tenant_store(world.storage())
    await store.connections.change(
        id,
        Cause.request(tenant_id),
        lambda state: Decision(state.but(facts=state.facts.but(public_keys=(ZERO, GOOD)))),
    )
    await withdraw_unsafe_keys(store)
    shown = (await world.ask("GET", f"/tenants/{tenant_id}/connections/{id}")).json()
    assert (shown["usable"], shown["public_keys"]) == (True, [GOOD])
    assert ZERO in shown["problem"]
