"""A conversation that was begun is not said to be unknown only because its record is not filed yet."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from conversation.api.conversations import Shown
from conversation.queries import Queries
from conversation.read_marks.store import ReadMarkStore
from shared.access.gate import Principal
from shared.errors import NotFound, Unavailable


class NothingFiled:
    async def conversation(self, tenant_id: str, id: str) -> Any:
        raise NotFound("not_found", "no conversation has this id")


async def test_a_client_is_asked_to_repeat_instead_of_being_told_404() -> None:
    shown = Shown(cast("Queries", NothingFiled()), cast("ReadMarkStore", None))
    who = Principal("ten_1", "agent", "key_1", None, datetime(2026, 3, 1, tzinfo=UTC))
    with pytest.raises(Unavailable, match="ask again with the same Idempotency-Key") as refused:
        await shown.started(who, "cnv_1")
    assert refused.value.status == 503
    with pytest.raises(NotFound):
        await shown.one(who, "cnv_1")
