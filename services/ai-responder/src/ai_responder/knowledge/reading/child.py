"""The process that reads one file: bytes come in by standard input, passages go out as JSON.

A file may be made to use up processor and memory. Here it uses up those of a process that has no secrets, no network
connection and no data of others, and that ends with it.
"""

from __future__ import annotations

import sys
from typing import cast

from ai_responder.knowledge.domain.blocks import FileKind
from ai_responder.knowledge.reading.content import Refusal
from shared.errors import Invalid

MOST_MEMORY, MOST_SECONDS = 768 * 1024**2, 60
OUT_OF_MEMORY = Refusal(
    code="reading_needs_too_much", detail="Reading the file needs too much memory; split or simplify it."
).encode()
"""Made while there is memory."""


def main() -> int:
    _limit()
    from ai_responder.knowledge.reading.read import read_file  # within the limits

    try:
        content = read_file(sys.stdin.buffer.read(), cast("FileKind", sys.argv[1]))
        answer = content.encode()
    except Invalid as error:
        answer = Refusal(code=error.code, detail=error.detail).encode()
    except MemoryError:
        answer = OUT_OF_MEMORY
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return 0


def _limit() -> None:
    """Where the system has limits; elsewhere the parent's clock is the only one."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_SECONDS)):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    sys.exit(main())
