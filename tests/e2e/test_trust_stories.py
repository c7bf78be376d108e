"""What an owner sees of the assistant before leaving it on `auto`: judged drafts, silent answers, a replay."""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import pytest

from testkit.eventually import eventually
from testkit.installation import ADMIN_TOKEN
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

Customer = Callable[[], str]
OpenShop = Callable[..., Awaitable[Shop]]


async def test_people_judge_drafts_and_silent_answers_and_the_scores_and_a_replay_show_it(
    open_shop: OpenShop, customer: Customer
):
    shop = await open_shop(ai_mode="suggest", shadow=True)
    kinds = ("prompt", "completion", "cached")
    card = {"currency": "USD", "tokens": [{"model": "*", "kind": kind, "price": "1", "per": 1000} for kind in kinds]}
    await shop.call("POST", f"/api/accounts/tenants/{shop.tenant_id}/rate-cards", card, token=ADMIN_TOKEN)
    [assistant] = (await shop.call("GET", "/api/assistants"))["items"]
    path = f"/api/assistants/{assistant['id']}"
    new = {"name": "Vegetables", "instructions": "Zucchini comes on Mondays.", "keywords": ["zucchini"]}
    guide = await shop.call("POST", "/api/guides", new)

    async def drafted(ann: str) -> tuple[str, dict[str, Any]]:
        async def waiting() -> dict[str, Any] | None:
            return (await shop.conversation_with(ann))["draft"]

        draft = await eventually(waiting)
        return (await shop.conversation_with(ann))["id"], draft

    async def judged(mode: str, times: int) -> dict[str, Any]:
        async def counted() -> dict[str, Any] | None:
            found = (await shop.call("GET", f"{path}/scores"))[mode]
            return found if found["judged"] >= times else None

        return await eventually(counted)

    ann, bo = customer(), customer()
    await shop.text(ann, "Any zucchini?")
    conversation, draft = await drafted(ann)
    assert (draft["why"]["guide_id"], draft["why"]["version"]) == (guide["id"], 1)
    approve = f"/api/conversations/{conversation}/drafts/{draft['id']}/approve"
    await shop.call("POST", approve, {"text": f"{draft['text']} See you!"})
    suggest = await judged("suggest", 1)
    assert (suggest["edited"], suggest["accepted"]) == (1, 0)
    assert 0 < suggest["mean_distance"] < 0.5

    await shop.text(bo, "Hello?")
    conversation, draft = await drafted(bo)
    await shop.call("POST", f"/api/conversations/{conversation}/drafts/{draft['id']}/reject", {"reason": "too stiff"})
    await shop.call("PATCH", f"/api/conversations/{conversation}", {"ai_mode": "off"})
    tries = count(1)

    async def compared() -> bool:
        """A silent answer cannot be seen, so a person's text may still come a moment too early for it."""
        question = f"Zucchini, please, {next(tries)}?"
        await shop.text(bo, question)

        async def asked() -> bool:
            found = await shop.parley.world.ask("GET", "/model-requests", text=question, limit=1)
            return bool(found["items"] and found["items"][0]["finished_at"])

        await eventually(asked)
        await shop.write(bo, "On Mondays, yes.")
        return (await shop.call("GET", f"{path}/scores"))["shadow"]["judged"] > 0

    await eventually(compared)
    assert (await shop.conversation_with(bo))["draft"] is None
    scores = await shop.call("GET", f"{path}/scores")
    assert scores["suggest"]["rejected"] == 1
    assert guide["id"] in {group["guide_id"] for group in scores["by_guide"]}

    await shop.call("PATCH", path, {"knowledge": "Zucchini is sold out until June."})
    past = {"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}
    replay = await shop.call("POST", f"{path}/replays", {"version": 2, "conversations": past})

    async def done() -> dict[str, Any] | None:
        found = await shop.call("GET", f"{path}/replays/{replay['id']}")
        return found if found["state"] == "done" else None

    report = await eventually(done)
    assert report["cases"] >= 2
    assert [side["cases"] for side in report["sides"]] == [report["cases"]] * 2
    tokens = sum(sum(side["tokens"].values()) for side in report["sides"])
    assert sum(side["cost"]["nano"] for side in report["sides"]) == tokens * 1_000_000, "by the rate card in force"

    async def booked() -> bool:
        rows = (await shop.call("GET", "/api/accounts/usage/entries?limit=200"))["items"]
        return sum(row["quantity"] for row in rows if row["purpose"] == "replay") == tokens

    await eventually(booked)
