"""The service's side: starts the process, hands it pieces of the file, and takes its batches."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator

from campaigns.imports.batches import Batch
from campaigns.imports.domain.model import Import
from campaigns.imports.reading.chunked_file import ChunkedFile
from campaigns.imports.reading_process.messages import Damaged, Ended, Wanted, decoded, receive, send
from shared.errors import Invalid


def read_elsewhere(source: ChunkedFile, known: Import) -> Generator[Batch]:
    """As `batches`, computed by a process of its own. It ends with this generator, and if this process is killed.

    Runs in a thread. Raises `EOFError` or `BrokenPipeError` if the process dies; the import goes on from its cursor
    later.
    """
    # No environment, which holds secrets that the process needs as little as it needs the network. A session of its
    # own: an interrupt from the terminal is for the service, which ends it in its own time.
    command = [sys.executable, "-I", "-m", "campaigns.imports.reading_process.child"]
    with subprocess.Popen(  # noqa: S603 - the command is ours
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}, start_new_session=True
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            send(process.stdin, known.encode())
            while True:
                message = decoded(receive(process.stdout))
                match message:
                    case Wanted(n=n):
                        send(process.stdin, source.fetch(n))
                    case Batch():
                        yield message
                    case Damaged(code=code, detail=detail):
                        raise Invalid(code, detail)
                    case Ended():
                        return
        finally:
            process.kill()
