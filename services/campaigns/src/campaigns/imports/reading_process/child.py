"""The process's side: `python -m campaigns.imports.reading_process.child`, started by `parent`."""

from __future__ import annotations

import contextlib
import sys
from typing import IO

from campaigns.imports.batches import batches
from campaigns.imports.domain.model import Import
from campaigns.imports.reading.chunked_file import ChunkedFile
from campaigns.imports.reading_process.messages import Damaged, Ended, Wanted, encoded, receive, send
from shared.errors import Invalid


class AskedFile(ChunkedFile):
    """Its pieces come from the service."""

    def __init__(self, size: int, questions: IO[bytes], answers: IO[bytes]) -> None:
        super().__init__(size)
        self._questions, self._answers = questions, answers

    def fetch(self, n: int) -> bytes:
        send(self._questions, encoded(Wanted(n=n)))
        return receive(self._answers)


def main() -> None:
    answers, said = sys.stdin.buffer, sys.stdout.buffer
    known = Import.decode(receive(answers))
    try:
        for batch in batches(AskedFile(known.file.size, said, answers), known):
            send(said, encoded(batch))
        send(said, encoded(Ended()))
    except Invalid as error:
        send(said, encoded(Damaged(code=error.code, detail=error.detail)))


if __name__ == "__main__":
    with contextlib.suppress(EOFError, BrokenPipeError):  # the service has ended
        main()
