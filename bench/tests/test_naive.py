"""The comparison with the naive pipeline keeps running. No test has an opinion on time."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from bench import shop
from bench.ground import Ground
from bench.naive import answers, ledger, out
from bench.naive.outside import Outside
from bench.naive.stage import Stage, staged
from bench.options import Options
from bench.table import Row
from testkit.servers import postgresql
from testkit.servers.found import Missing


async def test_the_carrier_sends_once_for_one_idempotency_key():
    outside = Outside()
    head = b"POST /v2/messages HTTP/1.1\r\nidempotency-key: msg_1\r\n\r\n"
    order = json.dumps({"from": shop.NUMBER, "to": shop.contact(1), "text": "x", "webhook_url": ""}).encode()

    first, second = await outside._answer(head, order), await outside._answer(head, order)
    found = await outside._answer(b"GET /v2/detail_records?filter%5Bcld%5D=%2B13125000001 HTTP/1.1\r\n\r\n", b"")

    assert first == second
    assert await outside._answer(b"GET /control/state HTTP/1.1\r\n\r\n", b"") == {
        "sent": 1, "contacts": 1, "open_reports": 0,
    }  # fmt: skip
    assert [row["uuid"] for row in found["data"]] == [first["data"]["id"]]


async def test_without_a_key_each_send_is_an_sms():
    outside = Outside()
    order = json.dumps({"from": shop.NUMBER, "to": shop.contact(1), "text": "x"}).encode()
    for _ in range(2):
        await outside._answer(b"POST /v2/messages HTTP/1.1\r\n\r\n", order)

    told = await outside._answer(b"GET /control/ledger HTTP/1.1\r\n\r\n", b"")
    counts = Counter(contact for contact, _at in told)

    assert ledger.doubled(counts) == 1
    assert ledger.lost(counts, [shop.contact(1), shop.contact(2)]) == 1


@pytest.mark.rabbitmq
async def test_both_sides_answer_and_send(rabbitmq_url: str, monkeypatch):
    monkeypatch.setenv("TEST_BROKER_URL", rabbitmq_url)
    found = postgresql.acquire()
    if isinstance(found, Missing):
        pytest.skip(f"NO POSTGRESQL: {found.reason}")
    found.stop()

    rows = await staged(_both, "bench.naive.fed")(Ground(), Options(rounds=1, burst=2, out=2, warm_up=2))

    assert len(rows) == 5
    assert all(re.search(r"\d", row.floor) and re.search(r"\d", row.product) for row in rows)


async def _both(stage: Stage, options: Options) -> list[Row]:
    return [*await answers.measure_burst(stage, options), *await out.measure(stage, options)]
