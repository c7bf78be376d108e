"""The counts that a test holds (`per_text.toml`), and what they look like when measured."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.cost.tally import Counts, Kind, totals
from bench.cost.texts import Cost

FILE = Path(__file__).parent / "per_text.toml"
HEAD = """\
# What one answered text costs, receipts included, one text at a time on a quiet installation.
# A test holds these counts. `.venv/bin/python -m bench.cost --write` writes the file anew (with --mongodb for the round
# trips too). A change that makes a text dearer says so in docs/performance.md. [2, 3]: from, to; a slow machine needs
# longer for a text, so fewer live updates meet; widen these by hand after writing.
"""
EXACT: tuple[Kind, ...] = ("events", "live frames", "handlings", "gets", "finds", "writes")
_SLACK = 1.1
"""Of counts that are held from above only: jobs that meet share a commit, and an outbox is often emptied by the next
save."""

Count = int | list[int]
"""Exactly so many; or from the first to the second, where live updates that wait 0.7 s for others are involved: a slow
machine needs longer for a text, so fewer of them meet."""
Table = dict[str, dict[str, Count]]
"""Kind → place → count."""


def kept() -> Table:
    return tomllib.loads(FILE.read_text())


def undisturbed(texts: Sequence[Cost]) -> Counts:
    """The lowest count of each: what disturbs a text only ever adds."""
    keys = {key for text in texts for key in text.counts}
    return Counter({key: lowest for key in keys if (lowest := min(text.counts[key] for text in texts))})


def table_of(counts: Counts, kinds: Iterable[Kind]) -> Table:
    """By event, queue, file or service."""
    found: Table = {}
    for kind in kinds:
        section: Counter[str] = Counter()
        for (its_kind, place), count in counts.items():
            if its_kind == kind:
                section[place.partition(": ")[0]] += count
        found[kind] = dict(sorted(section.items()))
    return found


def bound(texts: Sequence[Cost], kind: Kind) -> dict[str, Count]:
    return {"at most": round(_SLACK * max(totals(text.counts)[kind] for text in texts))}


def above(texts: Sequence[Cost], kind: Kind, wanted: Table) -> list[str]:
    least, most = min(totals(text.counts)[kind] for text in texts), _span(wanted[kind]["at most"])[1]
    return [f"a text now costs {least} {kind}, more than {most}"] if least > most else []


def written(table: Table) -> str:
    """As TOML."""
    sections = (
        "\n".join([f'["{kind}"]', *(f'"{place}" = {count}' for place, count in section.items())])
        for kind, section in table.items()
    )
    return HEAD + "".join(f"\n{section}\n" for section in sections)


def complaints(measured: Table, wanted: Table) -> list[str]:
    """One sentence for each count that is another than the table's."""
    found: list[str] = []
    for kind, section in measured.items():
        expected = wanted.get(kind, {})
        for place in sorted(section.keys() | expected.keys()):
            now, _ = _span(section.get(place, 0))
            least, most = _span(expected.get(place, 0))
            if not least <= now <= most:
                then = most if now > most else least
                change = f"{now - then} more" if now > then else f"{then - now} fewer"
                found.append(f"a text now costs {change} {kind} ({place}: {now} instead of {then})")
    return found


def _span(count: Count) -> tuple[int, int]:
    return (count, count) if isinstance(count, int) else (count[0], count[1])
