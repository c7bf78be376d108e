"""Runs sender alone, in a process of its own."""

from sender.settings import Settings
from sender.wiring import build
from shared.service.process import run
from shared.settings import read

if __name__ == "__main__":
    run(build, read(Settings))
