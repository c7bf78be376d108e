"""Writes docs/replay-report.md: a recorded set of texts replayed against two versions of an assistant.

The model is the sandbox's, which quotes what it was told: the report shows what a replay says, not how good a model is.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
from responder_world import PretendModel, World, completion

from ai_responder.assistants.domain.assistant import default_id
from sandbox.model.answers import answer, as_json
from sandbox.model.usage import usage_of

ROOT = Path(__file__).parents[3]
SET = Path(__file__).parent / "cases" / "replay" / "bakery.json"
PAGE = ROOT / "docs" / "replay-report.md"
TENANT = "ten_a"
PATH = f"/api/assistants/{default_id(TENANT)}"
HEAD = """# A replay report

Written by `make replay-report`; how replays work stands in [trust.md](trust.md). Below is the report as
`GET /api/assistants/{id}/replays/{replay_id}?format=markdown` gives it.

The texts and the answers of people are a recorded set of this repository
(`services/ai-responder/tests/cases/replay/bakery.json`), written for it. The model is the sandbox's: it has no
understanding. It says the sentences of what it knows that share most words with the question, behind `[sandbox]`, and
hands over where that is too little. So the likeness is low even where the fact is right. Version 3 is a draft that
knows more than version 2, which is live. Nothing is priced here, because no accounts service runs beside it.

"""


def sandbox_answers(body: dict[str, Any]) -> httpx2.Response:
    content = as_json(answer(body["messages"]), body.get("response_format") or {})
    return httpx2.Response(200, json=completion(content) | {"usage": usage_of(body["messages"], content)})


async def report() -> str:
    recorded = json.loads(SET.read_text())
    world = World(PretendModel([sandbox_answers]))
    world.prices_tokens = False
    await world.start("none")
    async with world.client() as client:
        await client.patch(PATH, json={"knowledge": recorded["live"], "grounding": "strict"})
        await client.post(f"{PATH}/publish", json={})
        await client.patch(PATH, json={"knowledge": recorded["draft"]})
        made = (await client.post(f"{PATH}/replays", json={"version": 3, "set": recorded["set"]})).json()
        loop = world.service.tasks["replays"].__self__.loop  # type: ignore[attr-defined]
        for _ in recorded["set"]:
            await loop.once()
        shown = await client.get(f"{PATH}/replays/{made['id']}", params={"format": "markdown"})
    await world.stop()
    return shown.text


def main() -> None:
    PAGE.write_text(HEAD + asyncio.run(report()).replace("# Replay", "## Replay", 1))
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
