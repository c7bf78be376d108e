"""What a browser's trace says of a page's work."""

from __future__ import annotations

from typing import Any

import pytest

from bench.dashboard.tasks import Tasks

MAIN = {"name": "thread_name", "pid": 1, "tid": 7, "args": {"name": "CrRendererMain"}}


def _task(tid: int, **spent: int) -> dict[str, Any]:
    return {"name": "ThreadControllerImpl::RunTask", "pid": 1, "tid": tid, **spent}


def test_the_longest_task_is_that_of_a_pages_main_thread():
    tasks = Tasks([MAIN, _task(7, tdur=12_000), _task(7, tdur=4_000), _task(8, tdur=90_000)])
    assert tasks.longest_ms == 12


@pytest.mark.parametrize("told", [[], [MAIN], [MAIN, _task(7)], [MAIN, _task(8, tdur=5)]])
def test_a_browser_that_tells_nothing_is_no_result(told: list[dict[str, Any]]):
    with pytest.raises(SystemExit, match="not measured"):
        _ = Tasks(told).longest_ms
