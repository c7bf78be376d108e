"""docs/events.md and docs/asyncapi.json are what the code says, and AsyncAPI is what AsyncAPI says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cases import failing
from shared.errors import Invalid
from shared.events import decode
from shared.events.catalogue import BY_TYPE, CATALOGUE, EVERY_HTTP_SERVICE, Entry, subscriptions_of

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SAMPLES = sorted((HERE / "samples").glob("*.json"))


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads((ROOT / "docs" / "asyncapi.json").read_text(encoding="utf-8"))


def payload_of(document: dict[str, Any], type_: str) -> jsonschema.Draft7Validator:
    """The payload schema of one message, its references looked up in the document."""
    payload = document["components"]["messages"][type_]["payload"]
    whole = {**payload, "components": document["components"]}
    return jsonschema.Draft7Validator(whole, format_checker=jsonschema.FormatChecker())


def test_the_generated_documents_are_not_stale(event_docs):
    assert event_docs.stale() == [], "run scripts/event_docs.py"


def test_check_mode_says_so_with_its_exit_code():
    run = subprocess.run([sys.executable, ROOT / "scripts" / "event_docs.py", "--check"], capture_output=True)
    assert run.returncode == 0, run.stderr.decode()


def test_a_stale_document_is_found(event_docs, monkeypatch, tmp_path):
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(event_docs, "ROOT", tmp_path)
    assert event_docs.main(["--check"]) == 1
    assert event_docs.main([]) == 0
    assert event_docs.main(["--check"]) == 0
    page = tmp_path / "docs" / "events.md"
    page.write_text(page.read_text().replace("sms.inbound", "sms.outbound", 1))
    assert event_docs.main(["--check"]) == 1


def test_the_document_is_valid_asyncapi_3(document):
    official = json.loads((HERE / "asyncapi" / "3.0.0.schema.json").read_text(encoding="utf-8"))
    found = [
        f"{'/'.join(map(str, e.path))}: {e.message}" for e in jsonschema.Draft7Validator(official).iter_errors(document)
    ]
    assert found == []


def test_the_official_schema_would_find_a_mistake(document):
    official = json.loads((HERE / "asyncapi" / "3.0.0.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(official)
    for broken in (
        {**document, "asyncapi": "2.0.0"},
        {**document, "operations": {"x": {"action": "shout", "channel": {"$ref": "#/channels/sms.inbound"}}}},
        {**document, "surprise": 1},
    ):
        assert not validator.is_valid(broken)


def test_every_reference_leads_somewhere(document):
    def references(node: Any) -> list[str]:
        if isinstance(node, list):
            return [ref for part in node for ref in references(part)]
        if not isinstance(node, dict):
            return []
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [ref for part in node.values() for ref in references(part)]

    for reference in references(document):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_the_schemas_take_every_sample(document):
    def check(path: Path) -> None:
        sample = json.loads(path.read_bytes())
        name = path.name.removesuffix(".json").removesuffix(".older").removesuffix(".newer").removesuffix(".bulk")
        assert [error.message for error in payload_of(document, name).iter_errors(sample)] == []

    assert failing(SAMPLES, check, lambda path: path.name) == {}


def test_schema_and_parser_agree_about_what_is_required(document):
    assert failing(CATALOGUE, lambda entry: _agree(document, entry), lambda entry: entry.type) == {}


def _agree(document: dict[str, Any], entry: Entry) -> None:
    sample = json.loads((HERE / "samples" / f"{entry.type}.json").read_bytes())
    schema = payload_of(document, entry.type)
    for place, whole in (("", sample), ("data", sample["data"])):
        for name in whole:
            less = {key: value for key, value in whole.items() if key != name}
            event = {**sample, "data": less} if place else less
            try:
                decode(json.dumps(event).encode(), entry.data)
                parses = True
            except Invalid:
                parses = False
            assert schema.is_valid(event) == parses, f"{place} without {name}"


def test_a_former_version_has_a_message_and_a_section_of_its_own(document, event_docs):
    former = [(entry, shape) for entry in CATALOGUE for shape in entry.data.FORMER.values()]
    assert former
    page = event_docs.markdown()
    for entry, shape in former:
        assert document["components"]["messages"][f"{entry.type}.v{shape.VERSION}"]["title"] == shape.__name__
        section = page.split(f"\n### {entry.type}, data version {shape.VERSION}\n")[1].split("\n## ")[0]
        assert all(f"| `{name}` |" in section for name in shape.__struct_fields__)


def test_operations_are_the_queues_and_publishers_of_the_catalogue(document):
    received = {
        (name.split(".receives.")[0], operation["channel"]["$ref"].removeprefix("#/channels/"))
        for name, operation in document["operations"].items()
        if operation["action"] == "receive"
    }
    wanted = {
        (service, key) for service in EVERY_HTTP_SERVICE for s, _ in subscriptions_of(service) for key in s.patterns
    }
    assert received == wanted
    sent = {name for name, operation in document["operations"].items() if operation["action"] == "send"}
    assert len(sent) == sum(len(entry.publishers) * len(entry.routing_keys) for entry in CATALOGUE)


def test_the_page_tells_of_every_type_and_field(event_docs):
    page = event_docs.markdown()
    for entry in BY_TYPE.values():
        section = page.split(f"\n## {entry.type}\n")[1].split("\n## ")[0]
        for name in entry.data.__struct_fields__:
            assert f"| `{name}` |" in section
        for consumer in entry.consumers:
            assert consumer in section


def test_every_event_with_words_says_so_in_the_catalogue():
    """Its dead letters go when the tenant's retention is over. The proof of an opt-out is kept on purpose."""
    holds_words = {"text", "note", "history", "summary", "conversation", "messages"}
    with_words = {entry.type for entry in CATALOGUE if holds_words & set(entry.data.__struct_fields__)}
    assert {entry.type for entry in CATALOGUE if entry.words} == with_words
