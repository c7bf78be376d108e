"""Decisions about the bill, without I/O."""
