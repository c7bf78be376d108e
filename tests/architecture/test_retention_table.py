"""docs/retention.md says of every collection what it holds and how long, docs/privacy.md what an erasure does to it.
What is not in them was not thought about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from all_in_one.assembly import assemble
from shared.consuming import crash_marks
from shared.settings import PlatformSettings

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([a-z-]+|every one) \| ((?:`[a-z_]+`(?:, )?)+) \|", re.MULTILINE)


def described(page_name: str) -> set[tuple[str, str]]:
    page = (ROOT / "docs" / page_name).read_text()
    return {(service, name) for service, names in ROW.findall(page) for name in re.findall(r"[a-z_]+", names)}


@pytest.mark.parametrize("page_name", ["retention.md", "privacy.md"])
async def test_every_collection_is_in_the_table_and_nothing_else(page_name: str, tmp_path: Path) -> None:
    settings = PlatformSettings(
        _env_file=None,
        admin_token=SecretStr("admin" * 8),
        secret_key=SecretStr("a secret of at least thirty-two characters"),
        sandbox="off",
    )
    services = assemble(settings, tmp_path).services
    declared = {
        (service, name)
        for service, wired in services.items()
        for name in (*wired.database._collections, crash_marks.SPEC.name)
    }
    table = described(page_name)
    of_all = {name for service, name in table if service == "every one"}
    assert {(service, name) for service, name in declared if name not in of_all} == {
        (service, name) for service, name in table if service != "every one"
    }
    assert of_all <= {name for _, name in declared}
