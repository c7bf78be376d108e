"""Decisions about one campaign or one recipient. No I/O."""
