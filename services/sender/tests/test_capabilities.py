"""What the number cannot carry is refused, whenever it is found out."""

from __future__ import annotations

from typing import Any

import pytest

from sender_alone import OneSender, set_number


@pytest.mark.parametrize(
    ("capabilities", "media", "code"),
    [(("sms",), ("https://x.test/a.png",), "number_without_mms"), (("mms",), (), "number_without_sms")],
)
async def test_what_the_number_cannot_carry_is_refused(
    world: OneSender, capabilities: Any, media: Any, code: str
) -> None:
    await set_number(world, 2, capabilities=capabilities)
    await world.send("msg_1", media_urls=media)
    message = await world.message("msg_1")
    assert (message.status, message.reason) == ("refused", code)
    assert "from another number" in message.detail


async def test_a_number_that_loses_a_capability_refuses_what_waits(world: OneSender) -> None:
    await set_number(world, 2, daily_parts=0)
    await world.send("msg_1", media_urls=("https://x.test/a.png",))
    await world.send("msg_2", contact="+13125550102")
    await world.work()
    await set_number(world, 3, capabilities=("sms",))
    await world.work(24 * 3600)
    assert (await world.message("msg_1")).reason == "number_without_mms"
    assert world.sent() == ["msg_2"]


async def test_a_number_with_everything_sends_everything(world: OneSender) -> None:
    await world.send("msg_1", text="", media_urls=("https://x.test/a.png",))
    await world.work()
    assert world.sent() == ["msg_1"]
