"""How values stand in documents, and that documents of before are still read."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from shared.aggregates import stored
from shared.database.sqlite import json
from shared.database.validation import to_milliseconds
from shared.errors import Invalid
from shared.values import Moment, Value

NOON = datetime(2026, 3, 10, 12, 0, 0, 5000, UTC)


class Part(Value):
    at: Moment
    body: bytes | None = None


class Whole(Value):
    parts: tuple[Part, ...] = ()
    name: str = ""


class Loose(Value):
    share: float = 0.0
    words: dict[str, str] = {}  # noqa: RUF012


WHOLE = Whole(parts=(Part(at=NOON, body=b"\x00\xff"), Part(at=NOON)), name="Ann")


def test_a_stored_value_has_only_what_json_has_and_comes_back() -> None:
    document = orjson.loads(orjson.dumps(stored(WHOLE), option=orjson.OPT_PASSTHROUGH_DATETIME))
    assert document["parts"][0] == {"at": "2026-03-10T12:00:00.005000Z", "body": "AP8="}
    assert Whole.read(document) == WHOLE


def test_a_value_with_times_and_bytes_as_such_is_read_too() -> None:
    """As MongoDB has kept states until now."""
    assert Whole.read(WHOLE.plain()) == WHOLE
    assert WHOLE.plain()["parts"][0] == {"at": NOON, "body": b"\x00\xff"}


def test_a_state_with_tagged_times_is_read_from_sqlite() -> None:
    """As SQLite has kept them until now."""
    stamp = {"$t": to_milliseconds(NOON)}
    text = orjson.dumps({"id": "a", "outbox_at": None, "state": {"parts": [{"at": stamp, "body": {"$b": "AP8="}}]}})
    assert Whole.read(json.decode(text)["state"]) == Whole(parts=(Part(at=NOON, body=b"\x00\xff"),))


@pytest.mark.parametrize(
    "document",
    [
        {"id": "a", "at": NOON},
        {"id": "a", "state": {"$x": '{"$t": 1}'}, "outbox": [{"record": {"document": {"at": NOON, "raw": b"x"}}}]},
        {"id": "a", "list": [[NOON], {"deep": [{"at": NOON}]}], "text": '{"$t": 5}', "empty": {}, "none": []},
    ],
)
def test_times_and_bytes_come_back_from_sqlite_wherever_they_stand(document: dict[str, Any]) -> None:
    assert json.decode(json.encode(document)) == document


@pytest.mark.parametrize("loose", [Loose(share=float("nan")), Loose(words={"$t": "5"}), Loose(words={"a.b": ""})])
def test_a_value_that_could_hold_anything_is_looked_through(loose: Loose) -> None:
    with pytest.raises(Invalid):
        stored(loose)
