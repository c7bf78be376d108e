"""What `make run` prints is true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from accounts.bootstrap import Demo
from accounts.demo_people import DemoLogin
from all_in_one.credentials import with_secrets
from all_in_one.demo.world import DemoWorld, banner
from shared.settings import PlatformSettings

SECRET = SecretStr("a secret of thirty-two characters or more")
TOKEN = SecretStr("a token of thirty-two characters or more")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "{folder}/credentials.json"),
        ({"admin_token": TOKEN}, "{folder}/credentials.json; ADMIN_TOKEN, as you set it"),
        ({"secret_key": SECRET, "admin_token": TOKEN}, "SECRET_KEY and ADMIN_TOKEN, as you set them"),
    ],
)
def test_the_banner_says_where_the_secrets_in_use_are(given: dict[str, Any], said: str, tmp_path: Path):
    (tmp_path / "kept").mkdir()
    settings = PlatformSettings(_env_file=None).model_copy(update=given)  # pyright: ignore[reportCallIssue]
    complete, secrets_in = with_secrets(settings, tmp_path / "kept")
    text = banner(complete, secrets_in, None)
    line = f"  Secrets, admin token   {said.format(folder=tmp_path / 'kept')}"
    assert line in text.splitlines()
    assert (tmp_path / "kept" / "credentials.json").exists() == ("credentials.json" in said)


def test_the_banner_begins_with_how_to_sign_in():
    settings = PlatformSettings(_env_file=None, public_url="http://here.example")  # pyright: ignore[reportCallIssue]
    demo = Demo("ten_1", "con_1", "+13125550100", "pk_1")
    said = banner(settings, "a file", DemoWorld(demo, DemoLogin("owner@demo.example", "its password", "tkt")))
    assert said.splitlines()[1:4] == [
        "Parley is ready.",
        "  Sign in (works once)     http://here.example/login?ticket=tkt",
        "  … or with                owner@demo.example, its password",
    ]
    assert "Sign in" not in banner(settings, "a file", DemoWorld(demo, None))
