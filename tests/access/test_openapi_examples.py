"""The API describes itself by examples that are true: every operation has a summary or a description, a whole example
of what it takes and of what it answers, and every example is valid by the schema beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import SecretStr, TypeAdapter, ValidationError

from all_in_one.assembly import assemble
from shared.settings import PlatformSettings

Json = dict[str, Any]


@dataclass(frozen=True)
class Body:
    """What an operation takes, or what it answers when all is well."""

    operation: str
    side: str
    media_type: str
    content: Json

    @property
    def name(self) -> str:
        return f"{self.operation}: {self.side} ({self.media_type})"


@dataclass(frozen=True)
class Api:
    document: Json
    bodies_taken: dict[str, TypeAdapter[Any]]
    """By operation: what really reads its request. It checks more than the schema can say."""

    @property
    def operations(self) -> Iterator[tuple[str, Json]]:
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield f"{method.upper()} {path}", operation

    @property
    def bodies(self) -> Iterator[Body]:
        for name, operation in self.operations:
            for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
                yield Body(name, "request", media_type, content)
            for status, answer in operation["responses"].items():
                if status.startswith("2"):
                    for media_type, content in answer.get("content", {}).items():
                        yield Body(name, status, media_type, content)

    def schema(self, fragment: Json) -> Json:
        """Without its reference; of `T | None`, as a body that may be left out is described, it is T's."""
        while "$ref" in fragment or "anyOf" in fragment:
            if "$ref" in fragment:
                fragment = self.document["components"]["schemas"][fragment["$ref"].rpartition("/")[2]]
            else:
                some = [one for one in fragment["anyOf"] if one.get("type") != "null"]
                if len(some) != 1:
                    break
                fragment = some[0]
        return fragment

    def examples(self, content: Json) -> list[Any]:
        """Of the whole body: one of a field tells nobody what to send."""
        if "example" in content:
            return [content["example"]]
        if "examples" in content:
            return [one["value"] for one in content["examples"].values()]
        return self.schema(content.get("schema", {})).get("examples", [])

    def errors(self, schema: Json, example: Any) -> list[str]:
        whole = {**schema, "components": self.document["components"]}
        validator = Draft202012Validator(whole, format_checker=FormatChecker())
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(example)]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Api:
    folder: Path = tmp_path_factory.mktemp("openapi")
    settings = PlatformSettings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        secret_key=SecretStr("a secret of thirty-two characters or more"),
        admin_token=SecretStr("admin-token-of-this-test-long-enough"),
        database_url=f"embedded:{folder}",
        sandbox="off",
    )
    app = assemble(settings, folder).runner.app
    return Api(app.openapi(), dict(_bodies_taken(app.routes)))


def _bodies_taken(routes: Any) -> Iterator[tuple[str, TypeAdapter[Any]]]:
    for context in iter_route_contexts(routes):
        route = getattr(context, "original_route", context)
        if isinstance(route, APIRoute) and route.body_field is not None:
            for method in route.methods:
                yield f"{method} {context.path}", TypeAdapter(route.body_field.field_info.annotation)


def test_every_operation_says_what_it_is_for(api: Api):
    silent = [name for name, operation in api.operations if not (operation.get("summary") or "").strip()]
    assert silent == []


def test_every_body_has_a_whole_example(api: Api):
    assert len(list(api.bodies)) > 80, "a document without bodies proves nothing"
    assert [body.name for body in api.bodies if not api.examples(body.content)] == []


def test_every_example_is_valid_by_its_own_schema(api: Api):
    wrong = [
        f"{body.name}: {error}"
        for body in api.bodies
        for example in api.examples(body.content)
        for error in api.errors(body.content.get("schema", {}), example)
    ]
    assert wrong == []


def test_every_example_of_a_shape_is_valid_by_it_also_where_it_is_a_part(api: Api):
    wrong = [
        f"{name}: {error}"
        for name, schema in api.document["components"]["schemas"].items()
        for example in schema.get("examples", [])
        for error in api.errors(schema, example)
    ]
    assert wrong == []


def test_every_example_of_a_request_is_accepted_by_what_reads_it(api: Api):
    taken = [body for body in api.bodies if body.operation in api.bodies_taken and body.side == "request"]
    assert len(taken) > 20
    wrong: list[str] = []
    for body in taken:
        for example in api.examples(body.content):
            try:
                api.bodies_taken[body.operation].validate_python(example)
            except ValidationError as error:
                wrong.append(f"{body.name}: {error}")
    assert wrong == []
