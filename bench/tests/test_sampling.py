from __future__ import annotations

from bench.profiling.sampling import Samples, room

RAW = """\
thread (1): MainThread;run (asyncio/runners.py);get (shared/database/sqlite/rows.py);loads (json/__init__.py) 3
thread (1): MainThread;run (asyncio/runners.py);receive (conversation/domain/receive.py) 1
process 9:"python";thread (2): writer_0;commit (shared/sqlite/writer.py) 4
"""


def test_a_function_belongs_to_a_room_of_its_service_or_to_its_package():
    assert room("get (shared/database/sqlite/rows.py)") == "shared.database"
    assert room("validate (pydantic/main.py)") == "pydantic"


def test_samples_are_counted_by_thread_by_room_and_by_who_asked():
    samples = Samples()
    samples.read(RAW)
    samples.processor = {1: 0.3, 2: 0.5, 3: 0.2}

    report = samples.report()

    assert "8 samples" in report
    assert " 50.0 %  writer" in report
    assert " 30.0 %  MainThread" in report
    assert " 20.0 %  (never held the interpreter)" in report
    assert " 37.5 %  json" in report
    assert " 37.5 %  shared.database" in report
    assert " 12.5 %  conversation.domain" in report
