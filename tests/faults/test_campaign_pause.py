"""A pause in the middle of a campaign: after its answer only claimed texts leave, and the report names them all.

`PAUSE_RECIPIENTS=10000` takes a minute; the default shows the same in a quarter of it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from testkit.eventually import eventually
from testkit.installation import Installation
from testkit.shop import Shop

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

RECIPIENTS, BEFORE_THE_PAUSE = int(os.environ.get("PAUSE_RECIPIENTS", "2000")), 150
_ROWS_AT_ONCE = 1000


async def test_after_the_pause_only_claimed_texts_leave_and_the_report_names_them(tmp_path: Path) -> None:
    parley = Installation(tmp_path)
    try:
        await parley.start()
        shop = await Shop(parley, "+17732009997").open(quiet_hours={"opens": 0, "closes": 24})
        id = await _running(shop)
        await eventually(lambda: _sent(shop, BEFORE_THE_PAUSE), within=120, every=0.05)
        await shop.call("POST", f"/api/campaigns/{id}/pause")
        at_the_answer = {sms["to"] for sms in await shop.sent_to_all()}
        counts = await eventually(lambda: _nothing_queued(shop, id), within=180, every=0.5)
        left = {sms["to"] for sms in await shop.sent_to_all()}
        report = await shop.call("GET", f"/api/campaigns/{id}/report")
        assert left - at_the_answer <= {each["phone_number"] for each in report["left_after_pause"]}
        assert counts["sent"] + counts["delivered"] == len(left)
        assert counts["pending"] == RECIPIENTS - len(left)
        assert len(left) < RECIPIENTS / 2
    finally:
        await parley.stop()


async def _running(shop: Shop) -> str:
    campaign = await shop.call("POST", "/api/campaigns", {"name": "Many", "text": "We open a second shop."})
    path = f"/api/campaigns/{campaign['id']}"
    for start in range(0, RECIPIENTS, _ROWS_AT_ONCE):
        rows = [{"phone_number": f"+1312{2000000 + n}"} for n in range(start, min(start + _ROWS_AT_ONCE, RECIPIENTS))]
        await shop.call("POST", f"{path}/recipients", {"recipients": rows})
    await shop.call("POST", f"{path}/start")
    return campaign["id"]


async def _sent(shop: Shop, wanted: int) -> bool:
    return len(await shop.sent_to_all()) >= wanted


async def _nothing_queued(shop: Shop, id: str) -> dict[str, int]:
    counts = (await shop.call("GET", f"/api/campaigns/{id}"))["counts"]
    assert counts["total"] == sum(n for state, n in counts.items() if state != "total")
    assert counts["queued"] == 0, counts
    return counts
