"""deploy/compose.yaml starts every service with what it needs. `make image-proof` runs its containers."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from all_in_one.assembly import PARTS
from shared.service.process import server_platform

Read = Callable[..., dict[str, Any]]
DEPLOY = Path(__file__).parents[1]
SERVICES = {build.__module__.split(".")[0].replace("_", "-"): settings for settings, build in PARTS}


def write_env(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "ENV_FILE": str(file)}
    return subprocess.run([DEPLOY / "write-env.sh", *arguments], capture_output=True, text=True, env=environment)


def environment_of(service: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in (service.get("environment") or {}).items() if value}


def test_every_service_has_a_container_of_its_own(read_compose: Read) -> None:
    containers = read_compose("servers")["services"]
    commands = {name: containers[name]["command"] for name in SERVICES}
    assert commands == {name: [name] for name in SERVICES}
    others = set(containers) - set(SERVICES)
    assert others == {"caddy", "rabbitmq", "mongodb", "mongodb-init"}


def test_a_small_server_gets_one_process_that_answers_to_every_name(read_compose: Read) -> None:
    containers = read_compose("single")["services"]
    assert set(containers) == {"all-in-one", "caddy"}
    assert set(containers["all-in-one"]["networks"]["parley"]["aliases"]) == set(SERVICES)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_is_given_what_it_needs(read_compose: Read, name: str) -> None:
    containers = read_compose("servers")["services"]
    given = environment_of(containers[name])
    assert {variable for variable in given if variable not in SERVICES[name].model_fields} == set(), "no such setting"
    settings = SERVICES[name](_env_file=None, host="0.0.0.0", **given)
    server_platform(settings)  # raises if something is missing
    assert urlsplit(settings.broker_url).hostname in containers
    assert urlsplit(settings.database_url).hostname in containers
    assert urlsplit(settings.internal_base("sender")).hostname == "sender"
    assert settings.public_base == "https://sms.example.com"
    assert len(settings.admin_token.get_secret_value()) >= 32
    assert not settings.sandbox_is_on


def test_the_assistant_has_its_model_in_both_profiles(read_compose: Read) -> None:
    for profile, name in (("servers", "ai-responder"), ("single", "all-in-one")):
        given = environment_of(read_compose(profile)["services"][name])
        endpoint = SERVICES["ai-responder"](_env_file=None, **given).model_endpoint
        assert endpoint is not None, profile
        assert endpoint[1] == "sk-of-a-test"


@pytest.mark.parametrize("profile", ["servers", "single"])
def test_any_setting_reaches_the_containers_of_parley_and_no_other(read_compose: Read, profile: str) -> None:
    containers = read_compose(profile, "MODEL_TRIES=5\nADMIN_TOKEN=of the wrong file\n")["services"]
    given = {name for name, container in containers.items() if environment_of(container).get("model_tries") == "5"}
    assert given == (set(SERVICES) if profile == "servers" else {"all-in-one"})
    tokens = {environment_of(containers[name])["admin_token"] for name in given}
    assert tokens.isdisjoint({"of the wrong file"}), "what compose.yaml names comes from .env"


def test_containers_of_parley_can_write_to_their_volume_only(read_compose: Read) -> None:
    for profile in ("servers", "single"):
        for name, container in read_compose(profile)["services"].items():
            if container["image"].startswith("parley:"):
                assert container["read_only"], name
                assert container["cap_drop"] == ["ALL"], name
                assert container["healthcheck"]["test"] == ["CMD", "parley", "ready"], name
                targets = [volume["target"] for volume in container.get("volumes") or ()]
                assert targets == (["/data"] if name == "all-in-one" else []), name


def test_what_must_not_be_lost_is_on_volumes(read_compose: Read) -> None:
    containers = read_compose("servers")["services"]
    kept = {
        volume["target"]
        for container in containers.values()
        for volume in container.get("volumes") or ()
        if volume["type"] == "volume"
    }
    assert {"/data/db", "/var/lib/rabbitmq", "/data"} <= kept


def test_parleys_user_may_use_the_database_of_every_service() -> None:
    named = re.search(r"databases = \[(.*?)\]", (DEPLOY / "mongodb-init.js").read_text(), re.S)
    assert named
    assert {f'"{name.replace("-", "_")}"' for name in SERVICES} == {word.strip() for word in named[1].split(",")}


def test_env_is_written_once_with_strong_secrets_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    assert write_env(file, "sms.example.com").returncode == 0
    written = file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    secrets = re.findall(r"\b[0-9a-f]{64}\b", written)
    assert len(set(secrets)) == 6, "two of seven servers' passwords stand in addresses too"
    again = write_env(file, "sms.example.com")
    assert again.returncode == 1
    assert file.read_text() == written


@pytest.mark.parametrize("arguments", [(), ("two words",), ("a.example\nSECRET_KEY=x",), ("a.example", "tripled")])
def test_env_is_not_written_from_nonsense(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert write_env(tmp_path / ".env", *arguments).returncode == 64
    assert not (tmp_path / ".env").exists()
