"""Webhooks of the pretend carrier go to this installation and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.carrier.receiver import Receiver

ELSEWHERE = [
    "http://169.254.169.254/latest/meta-data",
    "https://parley.test/hook",  # another scheme: another port
    "http://parley.test:81/hook",
    "http://parley.test.evil.example/hook",
    "http://parley.test@evil.example/hook",
    "ftp://parley.test/hook",
    "http://[::1",
    "hook",
]


@pytest.mark.parametrize("url", ELSEWHERE)
async def test_an_address_elsewhere_gets_no_request(world: Any, url: str):
    await world.send(webhook_url=url)
    await world.settled()
    assert world.receiver.requests == []


async def test_a_number_with_an_address_elsewhere_gets_no_request(world: Any):
    body = {"api_key": "KEY_acme", "webhook_url": "http://169.254.169.254/"}
    assert (await world.http.put("/sandbox/control/numbers/+17735550002", json=body)).status_code == 200
    await world.inbound("hello")
    await world.settled()
    assert world.receiver.requests == []


def test_the_public_address_stands_for_the_receiver():
    receiver = Receiver("http://127.0.0.1:8080", "https://sms.example.com")
    assert receiver.address("https://sms.example.com/webhooks/x?t=1") == "http://127.0.0.1:8080/webhooks/x?t=1"
    assert receiver.address("http://127.0.0.1:8080/webhooks/x") == "http://127.0.0.1:8080/webhooks/x"
    assert receiver.address("https://evil.example/webhooks/x") is None
