"""docs/errors.md lists every error code of the source with the statuses that it is answered with, and no other."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from pydantic import SecretStr

from all_in_one.assembly import assemble
from error_codes import codes_in_source
from shared.settings import PlatformSettings
from source_tree import ROOT

ROW = re.compile(r"^\| `([a-z_]+)` \| ([0-9, ]+|other) \| ([^|]+\S) \| ([^|]+\S) \|$", re.MULTILINE)
IN_EXAMPLES = re.compile(r"'code': '([a-z_]+)'")


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, str]]:
    page = (ROOT / "docs" / "errors.md").read_text()
    found = ROW.findall(page)
    assert len(found) == page.count("\n| `"), "a row is not of the form | `code` | status | meaning | what to do |"
    return [(code, statuses) for code, statuses, _, _ in found]


def test_every_code_stands_in_the_table_with_its_statuses_and_nothing_else(rows: list[tuple[str, str]]) -> None:
    source = {code: ", ".join(map(str, sorted(statuses))) or "other" for code, statuses in codes_in_source().items()}
    assert dict(rows) == source


def test_a_code_has_one_row(rows: list[tuple[str, str]]) -> None:
    assert [code for code, count in Counter(code for code, _ in rows).items() if count > 1] == []


def test_the_apis_description_shows_only_codes_of_the_table(rows: list[tuple[str, str]], tmp_path: Path) -> None:
    settings = PlatformSettings(
        _env_file=None,
        admin_token=SecretStr("admin" * 8),
        secret_key=SecretStr("a secret of at least thirty-two characters"),
        sandbox="off",
    )
    document = assemble(settings, tmp_path).runner.app.openapi()
    refusals = [
        answer
        for operations in document["paths"].values()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        if status[0] in "45"
    ]
    shown = set(IN_EXAMPLES.findall(str([refusals, document["components"]["schemas"]["Problem"]])))
    assert shown
    assert shown <= {code for code, _ in rows}
