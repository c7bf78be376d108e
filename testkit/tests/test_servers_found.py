"""Which server the tests get, by what the machine has; and what `make test` says about it in its last lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from source_tree import load_script
from testkit.servers import mongodb, secantus
from testkit.servers.found import Missing, TestServer
from testkit.servers.java_stand_in import fetch_jars


@pytest.fixture
def without_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A PATH on which there is nothing at all."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("without_java")
def test_without_java_the_durable_stand_in_is_taken_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secantus, "install", lambda: None)
    monkeypatch.setattr(secantus.SecantusServer, "start", lambda self: "8.2.11")
    found = mongodb.acquire({})
    assert isinstance(found, TestServer)
    assert found.how == secantus.NAME
    assert found.url.startswith("mongodb://127.0.0.1:")
    last_words = load_script("run_tests").took_part({"MongoDB": found}, durable=None)
    assert f"mongodb 8.2.11, {secantus.NAME}" in last_words


@pytest.mark.usefixtures("without_java")
def test_the_java_stand_in_says_what_it_lacks() -> None:
    assert fetch_jars() == "no java for the stand-in"


@pytest.mark.usefixtures("without_java")
def test_where_nothing_is_to_be_had_every_way_that_was_tried_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secantus, "install", lambda: "SecantusDB was not installed: no network")
    found = mongodb.acquire({})
    assert isinstance(found, Missing)
    for reason in ("TEST_DATABASE_URL", "Docker", "mongod on PATH", "no java", "SecantusDB was not installed"):
        assert reason in found.reason
    [loud] = [line for line in load_script("run_tests").took_part({"MongoDB": found}, None) if "!!!" in line]
    assert "NOT TESTED against MONGODB" in loud


def test_a_database_that_is_named_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mongodb, "version_at", lambda url, within: "8.0.4")
    found = mongodb.acquire({"TEST_DATABASE_URL": "mongodb://db.example/"})
    assert isinstance(found, TestServer)
    assert (found.url, found.how) == ("mongodb://db.example/", "TEST_DATABASE_URL")
    handed_on = mongodb.acquire({"TEST_DATABASE_URL": "mongodb://db.example/", mongodb.HOW: secantus.NAME})
    assert isinstance(handed_on, TestServer)
    assert handed_on.how == secantus.NAME, "the workers of make test know what they run on"
