"""The problems every operation can answer with, added to the API's description in one place.

What an operation takes and who may come in says already how it can go wrong; only what is special (429, a 409 of a
reading, a 401 without a door) is named at the route, with `may_answer`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, Field

from shared.http.openapi_examples import with_example

PROBLEM = "application/problem+json"
_SAFE = frozenset({"get", "head", "options"})
_NAMES = {
    400: ("Malformed", "The body is not JSON."),
    401: ("NotSignedIn", "No credentials, or none that are valid here."),
    403: ("Forbidden", "Signed in, but the role does not allow it; or a cookie sent by a page of another origin."),
    404: ("NotFound", "Unknown, or another tenant's; the answer is the same for both."),
    409: ("Refused", "Refused by a business rule, or changed in the meantime: `code` and `detail` say which and why."),
    413: ("TooLarge", "The body has too many bytes."),
    422: ("Invalid", "Understood, but wrong; `errors` lists the fields."),
    429: ("TooMany", "Too many requests: try again after `Retry-After` seconds."),
    503: ("NotNow", "A part of the service cannot be reached: try again after `Retry-After` seconds."),
}
_WAIT = {"Retry-After": {"description": "in seconds", "schema": {"type": "integer"}}}


class FieldProblem(BaseModel):
    model_config = with_example({"field": "limit", "problem": "Input should be less than or equal to 200"})

    field: str
    problem: str


class Problem(BaseModel):
    """What every refusal says (RFC 9457)."""

    model_config = with_example(
        {
            "type": "urn:parley:problem:not_found",
            "title": "not found",
            "status": 404,
            "detail": "there is no such conversation",
            "code": "not_found",
        }
    )

    type: str
    title: str
    status: int
    detail: str = Field(description="for people: what is wrong and what to do")
    code: str = Field(description="for programs: stable")
    errors: list[FieldProblem] = Field(default=[], description="of a 422: the fields, where there are fields")


def may_answer(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route that can refuse in a way its shape does not show."""
    return {status: {"description": _NAMES[status][1]} for status in statuses}


def with_problems(document: dict[str, Any]) -> dict[str, Any]:
    """The description, in which every operation names the problems it can answer with. Changes what it is given."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):  # FastAPI's, which is never sent
        schemas.pop(unused, None)
    schemas |= _schemas()
    components["responses"] = {name: _response(status, text) for status, (name, text) in _NAMES.items()}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if "HTTPValidationError" in str(operation["responses"].get("422")):
                del operation["responses"]["422"]
            if path.startswith("/api/"):
                _derive(method, operation)
            if path.startswith(("/api/", "/webhooks/")):
                _fill(operation["responses"])
    return document


def _derive(method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for status in _derived(method, operation):
        responses.setdefault(str(status), {"$ref": f"#/components/responses/{_NAMES[status][0]}"})
    operation["responses"] = dict(sorted(responses.items()))


def _fill(responses: dict[str, Any]) -> None:
    """A refusal that a route describes in its own words has the same body as every other."""
    for status, said in responses.items():
        if status[0] in "45" and "$ref" not in said:
            said.update({**_response(int(status), said["description"]), **said})


def _derived(method: str, operation: dict[str, Any]) -> Iterator[int]:
    yield 503
    parameters = operation.get("parameters", [])
    names_something = any(one["in"] == "path" for one in parameters)
    has_body = "requestBody" in operation
    if names_something:
        yield 404
    if has_body or any(one["in"] != "path" for one in parameters):
        yield 422
    if has_body:
        yield from (400, 413)
    if proofs := operation.get("security"):
        yield 401
        if method not in _SAFE or _leaves_somebody_out(proofs):
            yield 403
        if method not in _SAFE and (names_something or has_body):
            yield 409


def _leaves_somebody_out(proofs: list[dict[str, list[str]]]) -> bool:
    """Not every role will do."""
    roles = [one["bearer"] for one in proofs if "bearer" in one]
    return roles != [["viewer"]]


def _schemas() -> dict[str, Any]:
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**problem.pop("$defs"), "Problem": problem}


def _response(status: int, text: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "description": text,
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    return made | ({"headers": _WAIT} if status in (429, 503) else {})
