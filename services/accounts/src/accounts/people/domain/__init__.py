"""Decisions about people, without I/O."""
