"""Guides and versions as an owner uses them: a change is in the next answer, and the answer says why."""

from collections.abc import Callable
from typing import Any

import pytest

from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

Customer = Callable[[], str]


async def test_a_guide_and_a_published_version_are_in_the_next_answer_which_says_so(shop: Shop, customer: Customer):
    ann = customer()

    async def told(text: str, turn: int) -> tuple[str, dict[str, Any]]:
        await shop.text(ann, text)
        sms = (await shop.answered(ann, turn))[-1]
        message = (await shop.messages_with(ann))[-1]
        assert message["text"] == sms["text"]
        return sms["text"], (await shop.call("GET", f"/api/messages/{message['id']}/why"))["answer"]

    said, why = await told("Is there any zucchini?", 1)
    assert "Zucchini" not in said
    assert (why["guide_id"], why["version"]) == (None, 1)

    new = {"name": "Vegetables", "instructions": "Zucchini comes on Mondays.", "keywords": ["zucchini"]}
    guide = await shop.call("POST", "/api/guides", new)
    said, why = await told("So no zucchini?", 2)
    assert "Zucchini comes on Mondays." in said
    assert (why["guide_id"], why["guide_name"]) == (guide["id"], "Vegetables")
    assert why["guide_rule"] == 'keyword "zucchini" in the unanswered texts'

    [assistant] = (await shop.call("GET", "/api/assistants"))["items"]
    path = f"/api/assistants/{assistant['id']}"
    await shop.call("PATCH", path, {"knowledge": "Zucchini is sold out until June."})
    await shop.call("DELETE", f"/api/guides/{guide['id']}")
    await shop.call("POST", f"{path}/publish", {"note": "sold out"})
    said, why = await told("Zucchini now?", 3)
    assert "Zucchini is sold out until June." in said
    assert (why["guide_id"], why["version"]) == (None, 2)
    await shop.call("POST", f"{path}/rollback", {"version": 1})

    second = (await shop.messages_with(ann))[3]
    assert second["why"]["guide_name"] == "Vegetables", "the deleted guide's answer still says so"
