"""The dashboard counts unread texts by the server's rule: both read the same cases."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conversation.read_marks.domain.marks import ReadMark, ReadMarks

CASES = json.loads((Path(__file__).parents[3] / "dashboard/tests/cases/live.json").read_text())
NOW = datetime(2026, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize("case", CASES["unread"], ids=lambda case: case["name"])
def test_a_user_has_as_many_unread_texts_as_the_dashboard_shows(case: dict[str, Any]) -> None:
    mark = ReadMark(conversation_id="cnv_1", texts=case["read_texts"], at=NOW)
    marks = ReadMarks(user_id="usr_1", marks=(mark,) if case["read_texts"] else ())
    assert marks.unread_of({"id": "cnv_1", "unread": case["unread"], "received": case["received"]}) == case["shown"]
