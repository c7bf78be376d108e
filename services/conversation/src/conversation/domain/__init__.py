"""Decisions about threads: pure functions from a thread and an event to the new thread and its effects."""
