"""A setting that cannot work ends the process with one line that names it, and never shows its value."""

from __future__ import annotations

import pytest

from shared.settings import PlatformSettings, is_loopback, read

WRONG = {
    "port": ["99999", "-1", "http"],
    "database_url": ["postgres://user:hunter2@db/x", "", "mongo://x", "mongodb://"],
    "broker_url": ["redis://hunter2@x", "amqp:/x", "amqp://", "amqp://guest:hunter2@/"],
    "log_level": ["loud", ""],
    "log_format": ["xml"],
    "sandbox": ["maybe"],
    "public_url": ["javascript:alert(1)", "not-a-url", "http://", "https://a b", "http://x:99999999", "ftp://x"],
    "internal_url": ["//x"],
    "telnyx_api_base": ["api.telnyx.com"],
    "openai_base_url": ["not-a-url", "file:///etc/passwd"],
    "forwarded_allow_ips": ["proxy"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_is_refused_in_one_line_that_names_the_variable(name: str, value: str):
    with pytest.raises(SystemExit) as caught:
        read(PlatformSettings, _env_file=None, **{name: value})
    line = str(caught.value)
    assert line.startswith(f"Cannot start: {name.upper()} cannot be used: ")
    assert "\n" not in line
    assert "hunter2" not in line


@pytest.mark.parametrize(
    "given",
    [
        {"public_url": "https://sms.example.com", "internal_url": "http://{service}:8080"},
        {"database_url": "mongodb+srv://db/x", "broker_url": "amqps://user:pass@mq/v"},
        {"log_level": "INFO", "log_format": "JSON", "port": "0"},
        {"openai_base_url": "http://127.0.0.1:11434/v1", "public_url": "http://[::1]:8080"},
    ],
    ids=lambda given: "-".join(given),
)
def test_what_people_really_set_is_taken(given: dict[str, str]):
    settings = read(PlatformSettings, _env_file=None, **given)
    assert {name: str(getattr(settings, name)).lower() for name in given} == {n: v.lower() for n, v in given.items()}


def test_several_wrong_values_are_named_together():
    with pytest.raises(SystemExit, match=r"PORT cannot be used: .*; LOG_LEVEL cannot be used: "):
        read(PlatformSettings, _env_file=None, port="x", log_level="loud")


def test_loopback_is_what_only_this_machine_reaches():
    here = ("localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "::ffff:127.0.0.1")
    elsewhere = ("", "0.0.0.0", "::", "10.0.0.1", "example.com", "localhost.example.com", "127.0.0.1.nip.io")
    assert [host for host in here if not is_loopback(host)] == []
    assert [host for host in elsewhere if is_loopback(host)] == []
