"""Decisions about threads: pure functions from a thread and what happened to a thread and its effects."""
