"""Plain English, as far as a test can see it: these words make a sentence that has to be decoded."""

from __future__ import annotations

import re

from source_tree import ROOT, files_in_git

DECODED = re.compile(r"\b(whoever|what became of|is told|are told)\b", re.IGNORECASE)
FOLDERS = ("services/", "shared/", "docs/", "sandbox/", "deploy/", "testkit/", "bench/", "tests/", "scripts/")
QUOTING = {"docs/plain-english.md", "tests/architecture/test_words.py"}
"""These show the words they advise against."""
TEXTS = {".py", ".md", ".json", ".toml", ".yaml", ".yml", ".sh", ".java", ".html", ".js", ".txt", ".sql"}


def test_nothing_says_whoever_or_what_became_of_or_is_told() -> None:
    found: dict[str, list[str]] = {}
    for path in files_in_git():
        name = str(path.relative_to(ROOT))
        is_ours = name.startswith(FOLDERS) or path.suffix == ".md"
        if path.suffix in TEXTS and is_ours and name not in QUOTING:
            words = DECODED.findall(" ".join(path.read_text(errors="ignore").split()))
            found |= {name: words} if words else {}
    assert found == {}


def test_a_word_would_be_found() -> None:
    assert DECODED.findall("Whoever asks is told what became of it; a person told twice is not.") == [
        "Whoever",
        "is told",
        "what became of",
    ]
