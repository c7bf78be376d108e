"""Files of which a crash leaves all or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from all_in_one.durable import write_durably

NO_TEXT = "a part is written before this cannot be" * 1000 + "\ud800"


def test_a_write_that_ends_half_way_leaves_what_was_there_and_can_be_repeated(tmp_path: Path):
    path = tmp_path / "moving.json"
    for text in ("before", "after"):
        with pytest.raises(UnicodeEncodeError):
            write_durably(path, NO_TEXT)
        assert path.exists() == (text == "after")
        write_durably(path, text)
        assert path.read_text() == text
    assert [file.name for file in tmp_path.iterdir()] == ["moving.json"]


def test_what_a_crash_left_open_to_others_does_not_become_the_file(tmp_path: Path):
    left = tmp_path / "credentials.new"
    left.write_text("left by a crash")
    left.chmod(0o644)
    write_durably(tmp_path / "credentials.json", "secret")
    assert (tmp_path / "credentials.json").stat().st_mode & 0o777 == 0o600
    assert not left.exists()
