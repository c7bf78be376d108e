"""The operator sees whether a carrier still calls."""

from __future__ import annotations

from datetime import datetime

from testkit.eventually import eventually


async def test_the_operator_sees_when_the_last_genuine_webhook_came(world):
    token = world.keyring.token({"kind": "internal", "exp": 4_000_000_000})
    asked = {"connection_ids": [world.connection, world.other_connection]}

    async def seen() -> dict[str, str]:
        answer = await world.http.post(
            "/internal/ingress/webhooks-last-seen", json=asked, headers={"authorization": f"Bearer {token}"}
        )
        return {row["connection_id"]: datetime.fromisoformat(row["at"]) for row in answer.json()["items"]}

    assert (await world.deliver(world.text(), seed=b"x" * 32)).status_code == 401
    assert await seen() == {}
    first = world.clock.now()
    assert (await world.deliver(world.text())).status_code == 200
    assert await eventually(seen) == {world.connection: first}
    for seconds in (30, 61):
        world.clock.advance(seconds)
        assert (await world.deliver(world.text())).status_code == 200

    async def later() -> bool:
        return (await seen())[world.connection] == world.clock.now()

    await eventually(later)
