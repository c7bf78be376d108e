"""The pretend world is on only beside nothing real and on addresses of this machine, unless somebody asks for it."""

from __future__ import annotations

import pytest

from all_in_one.sandbox_choice import with_decided_sandbox
from shared.settings import PlatformSettings


def decided(**given: str) -> str:
    return with_decided_sandbox(PlatformSettings(_env_file=None, **given)).sandbox


@pytest.mark.parametrize("given", [{}, {"host": "localhost"}, {"host": "::1", "public_url": "http://[::1]:8080"}])
def test_on_this_machine_with_nothing_real_it_is_on(given: dict[str, str]):
    assert decided(**given) == "on"


@pytest.mark.parametrize("real", ["telnyx_api_base", "openai_base_url", "openai_api_key"])
def test_a_public_address_with_something_real_is_a_real_installation(real: str):
    value = "sk-1" if real.endswith("key") else "https://api.example.com/v1"
    assert decided(public_url="https://sms.example.com", **{real: value}) == "off"


@pytest.mark.parametrize(
    "given",
    [
        {"host": "0.0.0.0"},
        {"host": ""},
        {"public_url": "https://sms.example.com"},
        {"openai_api_key": "sk-1"},
        {"openai_base_url": "http://127.0.0.1:11434/v1"},
        {"telnyx_api_base": "https://api.telnyx.com/v2"},
        {"host": "0.0.0.0", "openai_api_key": "sk-1"},
    ],
    ids=lambda given: "-".join(given),
)
def test_in_between_the_start_asks(given: dict[str, str]):
    with pytest.raises(SystemExit) as caught:
        decided(**given)
    line = str(caught.value)
    assert all(name.upper() in line for name in given)
    assert "SANDBOX=on" in line
    assert "SANDBOX=off" in line
    assert decided(**given, sandbox="on") == "on"
    assert decided(**given, sandbox="off") == "off"
