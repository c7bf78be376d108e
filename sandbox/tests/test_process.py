"""The sandbox as a process of its own, killed without warning: what it answered for is still there."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from testkit.ports import free_port

BODY = {"from": "+17735550002", "to": "+13125550123", "text": "once"}


@asynccontextmanager
async def process(port: int, data: Path) -> AsyncGenerator[httpx2.AsyncClient]:
    """Up and answering inside; killed with SIGKILL at the end."""
    arguments = ("-m", "sandbox", "--port", str(port), "--data", str(data), "--public-url", "http://127.0.0.1:9")
    running = await asyncio.create_subprocess_exec(sys.executable, *arguments)
    headers = {"authorization": "Bearer KEY_acme"}
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}/sandbox", headers=headers) as http:
        try:
            await answering(http)
            yield http
        finally:
            running.send_signal(signal.SIGKILL)
            await running.wait()


async def answering(http: httpx2.AsyncClient) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                return (await http.get("/control/summary")).raise_for_status() and None
            except httpx2.TransportError:
                await asyncio.sleep(0.05)


async def test_a_killed_sandbox_keeps_its_ledger_keys_blocks_and_phones(tmp_path: Path) -> None:
    port = free_port()
    async with process(port, tmp_path) as http:
        number = (await http.put("/control/numbers/+17735550002", json={"api_key": "KEY_acme"})).json()
        first = await http.post("/telnyx/v2/messages", json=BODY, headers={"idempotency-key": "k"})
        await http.post("/control/inbound", json={"from": "+13125550124", "to": "+17735550002", "text": "STOP"})
    async with process(port, tmp_path) as http:
        again = await http.post("/telnyx/v2/messages", json=BODY, headers={"idempotency-key": "k"})
        blocked = await http.post("/telnyx/v2/messages", json={**BODY, "to": "+13125550124"})
        assert (again.status_code, again.content) == (200, first.content)
        assert blocked.status_code == 409
        assert (await http.get("/control/numbers")).json()["items"] == [number]
        assert (await http.get("/control/ledger")).json()["total"] == 1
        phone = (await http.get("/control/phone", params={"number": "+13125550124"})).json()
        assert [message["automatic"] for message in phone["messages"]] == [False, True]
