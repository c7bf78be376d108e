"""Assistants and what their versions held, as both databases keep them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ai_responder.assistants.domain import versions
from ai_responder.assistants.domain.assistant import Assistant, AssistantContent, default_id, new_assistant
from ai_responder.assistants.domain.versions import Editor
from ai_responder.assistants.store import ASSISTANTS, VERSION_SPEC, Assistants
from shared.aggregates import Aggregates, Cause, Decision, Relay
from shared.clock import ManualClock
from shared.database.protocol import Database
from shared.errors import NotFound, Refused
from testkit.recording import RecordingBroker

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ANN = Editor("usr_ann", NOON)


class CrashBeforeFiling(Relay):
    """The process dies between the save and what follows from it."""

    crashes = False

    async def carry_out(self, *arguments: Any, **more: Any) -> None:
        if not self.crashes:
            await super().carry_out(*arguments, **more)


class Stage:
    def __init__(self, database: Database) -> None:
        clock = ManualClock()
        self.relay = CrashBeforeFiling(database, RecordingBroker(), clock)  # type: ignore[arg-type]  # what it uses
        aggregates = Aggregates(ASSISTANTS, database, self.relay, clock, "ai-responder")
        self.assistants = Assistants(aggregates, self.relay.file_into(VERSION_SPEC), clock)

    async def create(self, id: str, tenant: str = "ten_a") -> None:
        content = AssistantContent(name=id, prompt="first")
        new = new_assistant(id, tenant, content, "usr_ann", NOON)
        await self.assistants.aggregates.change(id, Cause.request(tenant), lambda _: Decision(new))

    async def create_within_the_limit(self, id: str) -> Assistant:
        new = new_assistant(id, "ten_a", AssistantContent(name=id, prompt="first"), "usr_ann", NOON)
        return await self.assistants.create(new, Cause.request("ten_a", id), "usr_ann")

    async def change(self, id: str, decide: Any, tenant: str = "ten_a") -> Assistant:
        return await self.assistants.change(tenant, id, Cause.request(tenant), decide)


@pytest.fixture
async def stage(either_database: Database) -> Stage:
    made = Stage(either_database)
    await either_database.start()
    return made


async def test_every_version_can_be_read_again_as_it_was(stage: Stage) -> None:
    await stage.create("ast_1")
    for prompt in ("second", "third"):
        await stage.change("ast_1", lambda one, text=prompt: Decision(versions.edit(one, {"prompt": text}, None, ANN)))
        await stage.change("ast_1", lambda one: versions.publish(one, ANN))
    assistant = await stage.change("ast_1", lambda one: Decision(versions.edit(one, {"prompt": "draft"}, None, ANN)))
    read = [(await stage.assistants.content(assistant, number)).prompt for number in (1, 2, 3, 4)]
    assert read == ["first", "second", "third", "draft"]
    contents = await stage.assistants.contents(assistant, assistant.versions)
    assert {number: content.prompt for number, content in contents.items()} == {1: "first", 2: "second", 3: "third"}
    with pytest.raises(NotFound):
        await stage.assistants.content(assistant, 5)


async def test_one_from_before_there_were_versions_is_listed_and_keeps_its_first(stage: Stage) -> None:
    old = {
        "id": "ast_old", "tenant_id": "ten_a", "name": "Old", "prompt": "old", "revision": 3,
        "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z",
    }  # fmt: skip
    kept = {"applied": [], "overflowed": False, "outbox": [], "outbox_at": None, "paced": []}
    created = datetime(2025, 1, 1, tzinfo=UTC)
    document = {"id": "ast_old", "tenant_id": "ten_a", "version": 1, "created_at": created, "state": old, **kept}
    await stage.assistants.aggregates.store.insert(document)
    await stage.create("ast_new")
    page = await stage.assistants.page("ten_a", 9, "")
    assert [document["id"] for document in page.items] == ["ast_old", "ast_new"]
    await stage.change("ast_old", lambda one: Decision(versions.edit(one, {"prompt": "new"}, 3, ANN)))
    assistant = await stage.change("ast_old", lambda one: versions.publish(one, ANN))
    assert (await stage.assistants.content(assistant, 1)).prompt == "old"


async def test_a_deleted_one_is_not_listed_and_another_tenants_not_found(stage: Stage) -> None:
    await stage.create("ast_1")
    await stage.create("ast_2", "ten_b")
    await stage.change("ast_1", lambda one: Decision(versions.archive(one, ANN)))
    assert (await stage.assistants.page("ten_a", 9, "")).items == []
    assert await stage.assistants.find("ten_a", "ast_2") is None
    with pytest.raises(NotFound):
        await stage.change("ast_2", lambda one: Decision(versions.archive(one, ANN)))
    assert (await stage.assistants.get("ten_a", default_id("ten_a"))).is_default
    with pytest.raises(NotFound):
        await stage.assistants.get("ten_a", default_id("ten_b"))


async def test_a_version_can_be_read_that_a_crash_left_unfiled(stage: Stage) -> None:
    await stage.create("ast_1")
    await stage.change("ast_1", lambda one: Decision(versions.edit(one, {"prompt": "second"}, None, ANN)))
    stage.relay.crashes = True
    assistant = await stage.change("ast_1", lambda one: versions.publish(one, ANN))
    contents = await stage.assistants.contents(assistant, assistant.versions)
    assert {number: content.prompt for number, content in contents.items()} == {1: "first", 2: "second"}


async def test_a_tenant_has_so_many_at_most_and_a_repeat_at_the_limit_gets_its_first_answer(stage: Stage) -> None:
    stage.assistants.room.most = 2
    await stage.create_within_the_limit("ast_1")
    await stage.create_within_the_limit("ast_2")
    with pytest.raises(Refused, match="delete one first"):
        await stage.create_within_the_limit("ast_3")
    assert (await stage.create_within_the_limit("ast_2")).id == "ast_2"
    await stage.change("ast_1", lambda one: Decision(versions.archive(one, ANN)))
    await stage.create_within_the_limit("ast_4")


async def test_one_that_came_too_late_for_the_last_place_is_taken_back(stage: Stage) -> None:
    counted, first = stage.assistants._count, True
    stage.assistants.room.most = 1

    async def another_saves_between(tenant_id: str) -> int:
        nonlocal first
        found = await counted(tenant_id)
        if first:
            first = False
            await stage.create("ast_there")
        return found

    stage.assistants._count = another_saves_between  # type: ignore[method-assign]
    with pytest.raises(Refused):
        await stage.create_within_the_limit("ast_late")
    assert [document["id"] for document in (await stage.assistants.page("ten_a", 9, "")).items] == ["ast_there"]
