from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.processes import trees
from testkit.eventually import eventually
from testkit.ports import free_port

_FAMILY = """
import subprocess, sys, time
work = "import time; sum(range(20_000_000)); print(flush=True); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", work], stdout=subprocess.PIPE, start_new_session=True)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def family():
    """A process with a child that has used the processor, in a session of its own."""
    parent = subprocess.Popen([sys.executable, "-c", _FAMILY], stdout=subprocess.PIPE, process_group=0)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    yield parent, child
    trees.kill([parent.pid, child])
    parent.wait(10)


def test_processor_time_and_memory_of_children_count(family: tuple[subprocess.Popen[bytes], int]):
    parent, child = family

    assert trees.cpu_seconds([parent.pid]) >= trees.cpu_seconds([child]) > 0
    assert trees.memory([parent.pid]).resident > trees.memory([child]).resident > 0
    assert trees.memory([child]).proportional <= trees.memory([child]).resident


async def test_a_kill_reaches_children_in_other_groups(family: tuple[subprocess.Popen[bytes], int]):
    parent, child = family

    trees.kill([parent.pid])

    assert parent.wait(10) == -9
    await eventually(lambda: _is_gone(child), within=10)


def test_the_process_behind_a_port_is_found():
    port = free_port()
    assert trees.listening_on(port) is None
    program = f"import socket; s = socket.create_server(('127.0.0.1', {port})); print(flush=True); s.accept()"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = trees.listening_on(port)
        process.kill()

    assert found == process.pid


async def _is_gone(pid: int) -> bool:
    """A zombie counts as gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()  # noqa: ASYNC240 - no disk behind it
        return fields[0] == "Z"
    except FileNotFoundError:
        return True


def test_what_has_no_process_costs_nothing():
    assert trees.cpu_seconds([2**22 + os.getpid()]) == 0
