"""A page that names a file which has moved sends its reader astray."""

from __future__ import annotations

import re

from source_tree import ROOT, files_in_git

FILE = re.compile(r"`((?:[\w-]+/)*[\w-]+\.py)`")
SERVICE = re.compile(r"`services/([a-z-]+)`")
FUNCTION = re.compile(r"`(?:\w+\.)?(\w+)\(\)`")
PAGES = [ROOT / "ARCHITECTURE.md", *sorted(ROOT.glob("services/*/README.md"))]


def named_but_missing(page: str, folder: str, files: list[str]) -> list[str]:
    """Files that `page` names and that lie neither at the root nor below `folder`, or the service named on the line.

    A test may lie in the common tests/.
    """
    missing: list[str] = []
    for line in page.splitlines():
        service = SERVICE.search(line)
        below = (f"services/{service[1]}/" if service else folder, "tests/")
        for name in FILE.findall(line):
            inside = below if name.startswith("test_") else below[:1]
            if name not in files and not any(
                f"/{file}".endswith(f"/{name}") for file in files if file.startswith(inside)
            ):
                missing.append(name)
    return missing


def functions_not_there(page: str, files: dict[str, str]) -> list[str]:
    """Functions that a line of `page` names and that no file named on the same line defines. `files`: name to text."""
    missing: list[str] = []
    for line in page.splitlines():
        service = SERVICE.search(line)
        below = f"services/{service[1]}/" if service else ""
        ends = tuple(f"/{name}" for name in FILE.findall(line))
        texts = [text for file, text in files.items() if file.startswith(below) and f"/{file}".endswith(ends or ("/",))]
        missing += [name for name in FUNCTION.findall(line) if not any(f"def {name}(" in text for text in texts)]
    return missing


def test_every_function_that_the_architecture_names_is_in_the_file_beside_it() -> None:
    files = {str(path.relative_to(ROOT)): path.read_text() for path in files_in_git() if path.suffix == ".py"}
    assert functions_not_there((ROOT / "ARCHITECTURE.md").read_text(), files) == []


def test_every_file_that_a_page_names_exists() -> None:
    files = [str(path.relative_to(ROOT)) for path in files_in_git()]
    folders = {page: "" if page.parent == ROOT else f"{page.parent.relative_to(ROOT)}/" for page in PAGES}
    missing = {str(page.relative_to(ROOT)): named_but_missing(page.read_text(), folders[page], files) for page in PAGES}
    assert {page: names for page, names in missing.items() if names} == {}


def test_a_file_that_has_moved_would_be_found() -> None:
    files = ["services/sender/src/sender/domain/cost.py", "services/ingress/src/ingress/api.py", "scripts/soak.py"]
    page = "`domain/cost.py`, `scripts/soak.py`, `booking.py`\n| `services/ingress` | `api.py`, `cost.py` |"
    assert named_but_missing(page, "services/sender/", files) == ["booking.py", "cost.py"]


def test_a_function_that_was_renamed_would_be_found() -> None:
    files = {
        "services/sender/src/sender/domain/cost.py": "def price(",
        "services/ingress/src/ingress/cost.py": "def fee(",
    }
    page = "| `services/sender` | `domain/cost.py`: `Cost.price()`, `fee()` |\nno file: `price()`"
    assert functions_not_there(page, files) == ["fee", "price"]
