"""What stands in the data folder, and what the start says of it in one line when it cannot be used."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from all_in_one import folder
from all_in_one.credentials import load_or_create, with_secrets
from shared.settings import PlatformSettings


def settings(**given: str) -> PlatformSettings:
    return PlatformSettings(_env_file=None, **given)  # pyright: ignore[reportCallIssue, reportArgumentType]


def start(data: Path) -> subprocess.CompletedProcess[str]:
    """`python -m all_in_one`, which is expected to give up."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": f"embedded:{data}", "BROKER_URL": f"embedded:{data}"}
    environment |= {"PORT": str(port), "HOST": "127.0.0.1", "SANDBOX": "off"}
    command = [sys.executable, "-m", "all_in_one"]
    return subprocess.run(
        command, env=environment, cwd=data.parent, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_damaged_file_ends_the_start_in_one_line_with_its_name(tmp_path: Path):
    data = tmp_path / "data"
    data.mkdir()
    load_or_create(data)
    (data / "conversation.sqlite").write_bytes(b"no database " * 1000)
    ended = start(data)
    assert ended.returncode == 1, ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    last = ended.stderr.strip().splitlines()[-1]
    assert last.startswith("Cannot start: ")
    assert str(data / "conversation.sqlite") in last


def test_a_file_where_the_folder_should_be_is_said(tmp_path: Path):
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(SystemExit, match=r"Cannot start: .*/data/lock cannot be opened for writing"):
        folder.lock(tmp_path / "data")


def test_a_folder_held_by_another_process_is_said(tmp_path: Path):
    held = folder.lock(tmp_path)
    with pytest.raises(SystemExit, match="in use by another Parley process"):
        folder.lock(tmp_path)
    fcntl.flock(held, fcntl.LOCK_UN)
    held.close()
    folder.lock(tmp_path).close()


def test_a_folder_where_the_lock_should_be_is_said(tmp_path: Path):
    (tmp_path / "lock").mkdir()
    with pytest.raises(SystemExit, match=r"Cannot start: .*/lock cannot be opened for writing"):
        folder.lock(tmp_path)


def test_secrets_lost_beside_old_databases_are_never_made_anew(tmp_path: Path):
    (tmp_path / "accounts.sqlite").touch()
    with pytest.raises(SystemExit, match=r"Cannot start: .*/credentials.json is missing, but accounts.sqlite"):
        with_secrets(settings(database_url=f"embedded:{tmp_path}"), tmp_path)
    assert not (tmp_path / "credentials.json").exists()


def test_a_secret_that_is_set_needs_no_file_and_the_rest_is_made(tmp_path: Path):
    (tmp_path / "accounts.sqlite").touch()
    given = settings(database_url=f"embedded:{tmp_path}", secret_key="s" * 40)
    filled, _ = with_secrets(given, tmp_path)
    assert filled.secret_key.get_secret_value() == "s" * 40
    assert len(filled.admin_token.get_secret_value()) >= 32


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"secret_key": "x"}', '{"secret_key": 1, "admin_token": "y"}'])
def test_damaged_secrets_are_said_with_the_files_name(tmp_path: Path, text: str):
    (tmp_path / "credentials.json").write_text(text)
    with pytest.raises(SystemExit, match=r"Cannot start: .*/credentials.json"):
        load_or_create(tmp_path)


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_lock_and_secrets_are_private_whatever_the_umask(tmp_path: Path, umask: int):
    data = tmp_path / "data"
    before = os.umask(umask)
    try:
        folder.lock(data).close()
        (data / "credentials.new").write_text("left by a crash")
        made = load_or_create(data)
    finally:
        os.umask(before)
    assert data.stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o777 for file in data.iterdir()} == {
        "lock": 0o600,
        "credentials.json": 0o600,
    }
    assert json.loads((data / "credentials.json").read_text()) == made


def test_what_others_could_read_is_closed_at_the_next_start(tmp_path: Path):
    files = [tmp_path / name for name in ("credentials.json", "accounts.sqlite", "accounts.sqlite-wal", "notes.txt")]
    for file in files:
        file.write_text("{}")
        file.chmod(0o644)
    folder.lock(tmp_path).close()
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600, 0o600, 0o644]
