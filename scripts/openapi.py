"""The whole HTTP API as one OpenAPI document, for the dashboard's types: `python scripts/openapi.py FILE`."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from all_in_one.assembly import assemble
from all_in_one.credentials import with_secrets
from shared.settings import PlatformSettings, read


def document() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings, _ = with_secrets(read(PlatformSettings, sandbox="on", data_folder=folder), folder)
        whole: dict[str, Any] = assemble(settings, folder).runner.app.openapi()
    whole["paths"] = {
        path: item for path, item in whole["paths"].items() if path.startswith(("/api/", "/sandbox/control/"))
    }
    return whole


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(document(), indent=1))
