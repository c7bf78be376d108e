"""Media in words, for an assistant and for lists: `[attached: 2 photos (340 kB), PDF (size unknown)]`."""

from __future__ import annotations

from collections.abc import Sequence

from conversation.domain.media.types import Kind, type_of
from conversation.domain.thread.model import MessageMedia


def attached(media: Sequence[MessageMedia]) -> str:
    """Empty for none. Kinds in the order in which they first appear."""
    by_kind: dict[tuple[Kind, bool], list[int | None]] = {}
    for one in media:
        by_kind.setdefault((type_of(one.content_type).kind, one.state == "missing"), []).append(one.size)
    told = [_told(kind, sizes, missing=missing) for (kind, missing), sizes in by_kind.items()]
    return f"[attached: {', '.join(told)}]" if told else ""


def _told(kind: Kind, sizes: list[int | None], *, missing: bool) -> str:
    count = len(sizes)
    what = kind if count == 1 else f"{count} {'calendar entries' if kind == 'calendar entry' else f'{kind}s'}"
    if missing:
        return f"{what} (could not be loaded)"
    known = [size for size in sizes if size is not None]
    size = f"{_rounded(sum(known))}" if len(known) == count else "size unknown"
    return f"{what} ({size})"


def _rounded(size: int) -> str:
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / 1_000_000:.1f} MB"
