"""What users choose for their own dashboard."""

from __future__ import annotations

import pytest

NOTIFY = {"about": "all", "sound": True, "do_not_disturb": {"starts": "19:00", "ends": "08:00"}}


async def test_users_change_their_own_name_language_and_notifications(world):
    tenant_id = await world.tenant()
    await world.user(tenant_id, role="viewer")
    token = await world.token()
    before = (await world.ask("GET", "/me", by=token)).json()
    assert (before["language"], before["notify"]["about"]) == (None, "mine")
    changed = await world.ask("PATCH", "/me", {"name": "Anne", "language": "de", "notify": NOTIFY}, by=token)
    assert changed.status_code == 200, changed.text
    after = (await world.ask("GET", "/me", by=token)).json()
    assert after == changed.json() == {**before, "name": "Anne", "language": "de", "notify": NOTIFY}
    await world.ask("PATCH", "/me", {"language": None}, by=token)
    assert (await world.ask("GET", "/me", by=token)).json() == {**after, "language": None}


async def test_only_the_name_is_in_the_audit_trail(world):
    tenant_id = await world.tenant()
    ann = await world.user(tenant_id)
    token = await world.token()
    for change in ({"notify": NOTIFY}, {"name": "Anne"}, {"name": "Anne"}):
        assert (await world.ask("PATCH", "/me", change, by=token)).status_code == 200
    audit = (await world.ask("GET", f"/tenants/{tenant_id}/audit")).json()["items"]
    [entry] = [entry for entry in audit if entry["what"] == "user.changed"]
    assert (entry["who"], entry["changes"]) == (ann["id"], [{"field": "name", "old": "Ann", "new": "Anne"}])


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"role": "admin"},
        {"language": "German, please"},
        {"notify": {"about": "everything"}},
        {"notify": {"do_not_disturb": {"starts": "25:00", "ends": "08:00"}}},
        {"notify": {"do_not_disturb": {"starts": "08:00", "ends": "08:00"}}},
    ],
    ids=str,
)
async def test_what_makes_no_sense_is_refused(world, wrong):
    await world.user(await world.tenant())
    assert (await world.ask("PATCH", "/me", wrong, by=await world.token())).status_code == 422


async def test_an_api_key_has_no_preferences(world):
    key = (await world.key(await world.tenant()))["key"]
    assert (await world.ask("PATCH", "/me", {"language": "de"}, by=key)).json()["code"] == "not_a_person"
    assert (await world.ask("GET", "/me", by=key)).json()["notify"] is None
