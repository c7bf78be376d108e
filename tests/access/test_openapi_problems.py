"""The API describes how it refuses: every operation names the problems it can answer with, and they have one shape."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from all_in_one.assembly import assemble
from shared.settings import PlatformSettings

Json = dict[str, Any]
PROBLEM = "#/components/schemas/Problem"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Json:
    folder: Path = tmp_path_factory.mktemp("openapi")
    settings = PlatformSettings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        secret_key=SecretStr("a secret of thirty-two characters or more"),
        admin_token=SecretStr("an admin token of thirty-two characters or more"),
        database_url=f"embedded:{folder}",
        sandbox="off",
    )
    return assemble(settings, folder).runner.app.openapi()


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_nothing_is_described_that_is_never_sent(document: Json):
    assert "HTTPValidationError" not in str(document)
    assert not {"HTTPValidationError", "ValidationError"} & document["components"]["schemas"].keys()


def test_every_refusal_is_a_problem(document: Json):
    wrong: list[str] = []
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status.startswith("2") or name == "GET /readyz":
                continue
            if "$ref" in answer:
                answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
            if answer["content"] != {"application/problem+json": {"schema": {"$ref": PROBLEM}}}:
                wrong.append(f"{name}: {status}")
            if ("Retry-After" in answer.get("headers", {})) != (status in ("429", "503")):
                wrong.append(f"{name}: {status}, Retry-After")
    assert wrong == []


def test_what_an_operation_takes_says_how_it_can_be_refused(document: Json):
    wrong: list[str] = []
    for name, operation in operations(document):
        if " /api/" not in name:
            continue
        refusals = {int(status) for status in operation["responses"] if not status.startswith("2")}
        expected = {503}
        expected |= {401} if operation.get("security") else set()
        expected |= {404} if "{" in name else set()
        expected |= {400, 413, 422} if "requestBody" in operation else set()
        if not expected <= refusals:
            wrong.append(f"{name}: {sorted(expected - refusals)}")
    assert wrong == []


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        ("GET /api/conversations", {401, 422, 503}),
        ("GET /api/conversations/{conversation_id}", {401, 404, 503}),
        ("POST /api/conversations", {400, 401, 403, 409, 413, 422, 503}),
        ("POST /api/assistants/{assistant_id}/try", {400, 401, 403, 404, 409, 413, 422, 429, 503}),
        ("POST /api/accounts/login", {400, 401, 403, 413, 422, 429, 503}),
        ("POST /api/realtime/tickets", {401, 403, 503}),
        ("GET /api/accounts/tenants", {401, 403, 422, 503}),
        ("POST /webhooks/telnyx", {400, 401, 413, 503}),
        ("GET /healthz", set()),
    ],
)
def test_these_can_be_refused_so_and_not_otherwise(document: Json, operation: str, statuses: set[int]):
    found = dict(operations(document))[operation]["responses"]
    assert {int(status) for status in found if not status.startswith("2")} == statuses
