"""Definitions that runs follow, read once and remembered: a version never changes."""

from __future__ import annotations

from collections import OrderedDict

import orjson

from campaigns.workflows.definitions.store import Workflows
from campaigns.workflows.domain.definition import Definition, read

REMEMBERED = 200


class Scripts:
    def __init__(self, workflows: Workflows) -> None:
        self._workflows = workflows
        self.known: OrderedDict[tuple[str, int], Definition] = OrderedDict()
        """By workflow id and version, the ones loaded last."""

    async def load(self, tenant_id: str, workflow_id: str, version: int) -> Definition:
        """Raises `NotFound`, and `Invalid` for one that is no longer valid."""
        key = (workflow_id, version)
        if key not in self.known:
            saved = await self._workflows.version(tenant_id, workflow_id, version)
            self.known[key] = read(orjson.loads(saved.definition))
        self.known.move_to_end(key)
        if len(self.known) > REMEMBERED:
            self.known.popitem(last=False)
        return self.known[key]
