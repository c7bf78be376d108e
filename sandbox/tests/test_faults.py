"""Misfortune on order: what fails, what was accepted all the same, and what becomes of the key."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
import uvicorn

from sandbox import SandboxSettings, build
from sandbox.app import create_app
from shared.clock import SystemClock


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_failure_before_accepting_leaves_nothing_and_frees_the_key(world: Any, status: int) -> None:
    await world.fault("send", "fail", status=status, retry_after=2)
    answer = await world.send("once", key="k")
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "2")
    assert world.accepted == []
    assert (await world.send("once", key="k")).status_code == 200


async def test_a_429_carries_code_and_rate_limit_headers(world: Any) -> None:
    await world.fault("send", "fail", status=429)
    answer = await world.send()
    assert answer.json()["errors"][0]["code"] == "10011"
    assert {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"} <= answer.headers.keys()
    assert "retry-after" not in answer.headers


async def test_a_500_after_accepting_frees_the_key_so_a_repeat_sends_twice(world: Any) -> None:
    await world.fault("send", "fail", status=500, accept=True)
    assert (await world.send("oops", key="k")).status_code == 500
    assert world.accepted == ["oops"]
    assert (await world.send("oops", key="k")).status_code == 200
    assert world.accepted == ["oops", "oops"]


async def test_a_refusal_carries_its_code_and_usual_status(world: Any) -> None:
    await world.fault("send", "reject", code="40333")
    answer = await world.send()
    assert (answer.status_code, answer.json()["errors"][0]["title"]) == (429, "Messaging profile spend limit reached")


async def test_in_process_a_cut_line_is_a_transport_error_and_a_repeat_replays(world: Any) -> None:
    await world.fault("send", "cut", accept=True)
    with pytest.raises(httpx2.TransportError):
        await world.send("once", key="k")
    assert (await world.send("once", key="k")).status_code == 200
    assert world.accepted == ["once"]


async def test_a_hanging_carrier_is_cut_in_the_end_and_the_key_is_taken_meanwhile(world: Any) -> None:
    await world.fault("send", "hang", seconds=0.2, accept=True)
    hanging = asyncio.create_task(world.send("once", key="k"))
    await asyncio.sleep(0.05)
    assert (await world.send("once", key="k")).json()["errors"][0]["code"] == "10036"
    with pytest.raises(httpx2.TransportError):
        await hanging
    assert (await world.send("once", key="k")).status_code == 200
    assert world.accepted == ["once"]


async def test_faults_strike_only_their_target_and_only_as_often_as_told(world: Any) -> None:
    await world.fault("send", "fail", status=503, to="+13125550124", text="SALE", count=2, skip=1)
    statuses = [(await world.send("big sale", to="+13125550124")).status_code for _ in range(4)]
    assert statuses == [200, 503, 503, 200]
    await world.fault("send", "fail", status=503, to="+13125550124", count=None)
    assert (await world.send("big sale")).status_code == 200
    assert [(await world.send(to="+13125550124")).status_code for _ in range(3)] == [503] * 3


async def test_a_delay_and_another_fault_strike_together(world: Any) -> None:
    await world.fault("send", "delay", seconds=0.1)
    await world.fault("send", "fail", status=503)
    started = time.monotonic()
    assert (await world.send()).status_code == 503
    assert time.monotonic() - started >= 0.1
    assert (await world.send()).status_code == 200


async def test_chance_is_the_same_for_the_same_seed(start: Any) -> None:
    async def outcomes(seed: int) -> list[int]:
        async with start(SystemClock(), seed=seed) as world:
            await world.fault("send", "fail", status=503, probability=0.5, count=None)
            return [(await world.send()).status_code for _ in range(20)]

    first, again, other = await outcomes(7), await outcomes(7), await outcomes(8)
    assert first == again
    assert first != other
    assert {200, 503} == set(first)


async def test_a_fault_can_be_listed_and_taken_back(world: Any) -> None:
    made = await world.fault("send", "cut", count=None)
    assert [fault["id"] for fault in (await world.control("GET", "/faults"))["items"]] == [made["id"]]
    await world.control("DELETE", f"/faults/{made['id']}")
    assert (await world.send()).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"on": "send", "do": "duplicate"},
        {"on": "send", "do": "fail"},
        {"on": "send", "do": "reject"},
        {"on": "nothing", "do": "fail"},
        {"on": "send", "do": "cut", "colour": "red"},
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(world: Any, body: dict[str, Any]) -> None:
    assert (await world.http.post("/sandbox/control/faults", json=body)).status_code == 422


@asynccontextmanager
async def served() -> AsyncGenerator[httpx2.AsyncClient]:
    """The sandbox behind a real socket."""
    built = build(SandboxSettings(), SystemClock())
    built.state.register_number("+17735550002", "KEY_acme")
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(built), log_level="error"))
    server.install_signal_handlers = lambda: None  # pytest owns the signals
    task = asyncio.create_task(server.serve(sockets=[listener]))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with httpx2.AsyncClient(base_url=address, headers={"authorization": "Bearer KEY_acme"}) as http:
        yield http
    server.should_exit = True
    await task


async def test_over_a_real_socket_the_connection_closes_without_a_byte(capsys: Any) -> None:
    async with served() as http:
        for path, fault, body in (
            (
                "/sandbox/telnyx/v2/messages",
                {"on": "send", "do": "cut", "accept": True},
                {"from": "+17735550002", "to": "+13125550123", "text": "hi"},
            ),
            (
                "/sandbox/openai/v1/chat/completions",
                {"on": "model", "do": "cut"},
                {"model": "sandbox", "messages": [{"role": "user", "content": "hi"}]},
            ),
        ):
            await http.post("/sandbox/control/faults", json=fault)
            with pytest.raises((httpx2.ReadError, httpx2.RemoteProtocolError)) as cut:
                await http.post(path, json=body)
            assert "incomplete" not in str(cut.value)
        ledger = (await http.get("/sandbox/control/ledger")).json()
        assert ledger["total"] == 1
    assert "Traceback" not in capsys.readouterr().err
