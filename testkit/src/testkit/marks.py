"""Marks that several test modules share."""

from __future__ import annotations

import pytest

STORIES = "one Parley on servers"
"""The tests that share the session's installation on servers run in one worker: a second one takes its messages."""

ON_SERVERS = (pytest.mark.servers, pytest.mark.xdist_group(STORIES))
