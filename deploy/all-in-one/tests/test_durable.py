"""Files of which a crash leaves all or nothing."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import Mock

import pytest

from all_in_one.durable import write_durably


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_a_write_that_ends_half_way_leaves_what_was_there_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
):
    path, failing = tmp_path / "moving.json", Mock(side_effect=OSError("the disk is full"))
    write_durably(path, "before")
    with monkeypatch.context() as broken:
        broken.setattr(os if step == "fsync" else Path, step, failing)
        with pytest.raises(OSError, match="full"):
            write_durably(path, "after")
    failing.assert_called()
    assert path.read_text() == "before"
    write_durably(path, "after")
    assert path.read_text() == "after"
    assert [file.name for file in tmp_path.iterdir()] == ["moving.json"]


def test_what_a_crash_left_open_to_others_does_not_become_the_file(tmp_path: Path):
    left = tmp_path / "credentials.new"
    left.write_text("left by a crash")
    left.chmod(0o644)
    write_durably(tmp_path / "credentials.json", "secret")
    assert (tmp_path / "credentials.json").stat().st_mode & 0o777 == 0o600
    assert not left.exists()
